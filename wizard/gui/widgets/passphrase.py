"""A field for a passphrase that can be shown while it is typed, and how hard it would be to guess, in words."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.gui.theme import ColorName, theme
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.plain import PlainLabel, Role

#: A guess costs Argon2id with at least 64 MiB: a thief with a hundred good machines makes about this many a second.
_GUESSES_A_SECOND = 1e5
#: Bits that a word adds: a thief tries the two thousand usual words first.
_BITS_A_WORD = 11.0
_USUAL = ("password", "passwort", "passphrase", "qwerty", "letmein", "welcome", "admin", "secret", "attestry", "123456")


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard it is to guess: 0 (not usable) to 4, a word for it, and a sentence."""

    level: int
    word: str
    sentence: str


def strength(text: str, shortest: int) -> Strength:
    """The strength of a passphrase, estimated on the cautious side."""
    if not text:
        return Strength(0, "", _("Five or more unrelated words are easy to remember and hard to guess."))
    if len(text) < shortest:
        return Strength(0, _("Too short."), _("At least {n} characters are needed.").format(n=shortest))
    words = [word for word in re.split(r"[\s\-_.,]+", text.lower()) if len(word) > 1]
    bits = _bits(text, words)
    years = 2 ** (bits - 1) / _GUESSES_A_SECOND / (3600 * 24 * 365)
    made_of = (
        ngettext("{n} word", "{n} words", len(words)).format(n=len(words))
        if len(words) > 1
        else ngettext("{n} character", "{n} characters", len(text)).format(n=len(text))
    )
    if bits < 30:
        return Strength(1, _("Weak."), _("{made_of}; guessing it would take hours.").format(made_of=made_of))
    if bits < 48:
        return Strength(2, _("Fair."), _("{made_of}; guessing it would take months.").format(made_of=made_of))
    how_long = _("many years") if years < 1e6 else _("longer than anyone has")
    sentence = _("{made_of}; guessing it would take {how_long}.").format(made_of=made_of, how_long=how_long)
    return Strength(3, _("Strong."), sentence) if bits < 75 else Strength(4, _("Very strong."), sentence)


def _bits(text: str, words: list[str]) -> float:
    kinds = ((r"[a-z]", 26), (r"[A-Z]", 26), (r"\d", 10), (r"[^A-Za-z0-9]", 20))
    alphabet = sum(size for pattern, size in kinds if re.search(pattern, text)) or 1
    steps = [abs(ord(b) - ord(a)) for a, b in itertools.pairwise(text)]
    surprising = 1 + sum(step > 1 for step in steps)  # repeated and neighbouring signs (aaa, 1234) add nothing
    by_signs = min(surprising, len(set(text)) * 2) * math.log2(alphabet) * 0.6
    bits = by_signs
    if len(words) > 1:
        bits = min(by_signs, len(set(words)) * _BITS_A_WORD)
    if any(usual in text.lower() for usual in _USUAL):
        bits -= 18
    return bits


class _Show(LinkButton):
    """What is typed while it has the focus is not typed into the field around it, where nobody would notice."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()


class PassphraseField(LineField):
    """Dots, with a *Show* at the right; never offered to the clipboard or to an input method that learns."""

    def __init__(self, spoken: str, parent: QWidget | None = None):
        super().__init__("", "", parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setStyleSheet("lineedit-password-character: 8226")
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.setAccessibleName(spoken)
        self._spoken = spoken
        self._show = _Show(_("Show"), "eye", quiet=True, parent=self)
        self._show.clicked.connect(self._turn)
        self._name()

    @property
    def show_button(self) -> LinkButton:
        """Shows or hides what is typed."""
        return self._show

    def hide_text(self) -> None:
        """Back to dots."""
        if self.echoMode() != QLineEdit.EchoMode.Password:
            self._turn()

    def _turn(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._show.setText(_("Hide") if hidden else _("Show"))
        self._show.set_icon("eye-off" if hidden else "eye")
        self._name()
        self._place()

    def _name(self) -> None:
        shown = self.echoMode() == QLineEdit.EchoMode.Normal
        text = _("Hide what is typed in “{field}”") if shown else _("Show what is typed in “{field}”")
        self._show.setAccessibleName(text.format(field=self._spoken))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        wide = self._show.sizeHint().width()
        left = 8 if self.isRightToLeft() else self.width() - wide - 8
        self._show.setGeometry(left, (self.height() - 24) // 2, wide, 24)
        self.setTextMargins(0, 0, wide + 8, 0)


class _Steps(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._level, self._color = 0, "track"
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, level: int, color: ColorName) -> None:
        self._level, self._color = level, color
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wide = (self.width() - 6) / 4
        for step in range(4):
            color: ColorName = self._color if step < self._level else "track"  # type: ignore[assignment]
            painter.fillRect(QRectF(step * (wide + 2), 0, wide, 4), theme().color(color))
        painter.end()


class StrengthMeter(QWidget):
    """Four steps and a sentence under a passphrase field."""

    def __init__(self, shortest: int, parent: QWidget | None = None):
        super().__init__(parent)
        self._shortest = shortest
        self._steps = _Steps()
        self._word = PlainLabel("", "strong")
        self._sentence = PlainLabel("", "quiet", wrap=True)
        words = QHBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._word, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 10)
        column.setSpacing(6)
        column.addWidget(self._steps)
        column.addLayout(words)
        self.level = 0
        self.show_for("")

    def show_for(self, text: str) -> None:
        """Say how strong `text` is."""
        found = strength(text, self._shortest)
        looks: tuple[tuple[ColorName, Role], ...] = (
            ("contradicts", "red"),
            ("contradicts", "red"),
            ("unsure", "unsure"),
            ("supports", "supports"),
            ("supports", "supports"),
        )
        color, role = looks[found.level]
        self.level = found.level
        self._steps.set(found.level, color)
        self._word.set_role(role)
        self._word.setText(found.word)
        self._sentence.setText(found.sentence)
        self._word.setVisible(bool(found.word))
        self.setAccessibleName(f"{found.word} {found.sentence}".strip())

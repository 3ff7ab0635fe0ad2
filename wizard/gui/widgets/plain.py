"""Words on a page: the one place where text becomes a label, so that untrusted text is never markup."""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget  # noqa: TID251

Role = Literal[
    "text", "title", "heading", "strong", "quiet", "id", "accent", "supports", "contradicts", "red", "unsure", "block"
]

#: Signs that turn the order of the letters behind them, so that a text of others reads as what it is not (UAX 9, 2).
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def without_turns(text: str) -> str:
    """A text with the signs that turn its direction written out, as the PDF does."""
    return text if text.isascii() else _TURNS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


class PlainLabel(QLabel):
    """Text exactly as it is: markup, links and control characters are shown, never followed."""

    def __init__(self, text: str = "", role: Role = "text", *, wrap: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setOpenExternalLinks(False)
        self.setProperty("role", role)
        self._begin_like_all()
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
            self.setMinimumWidth(40)
        self.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and self.alignment() & Qt.AlignmentFlag.AlignAbsolute:
            self._begin_like_all()

    def _begin_like_all(self) -> None:
        """A name of the other direction begins where all the others do."""
        side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)

    def setText(self, text: str) -> None:
        """Show this text, and nothing that turns its direction."""
        super().setText(without_turns(text))

    def set_role(self, role: Role) -> None:
        """Change what the text is, and with it colour and weight."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def setTextFormat(self, format: Qt.TextFormat) -> None:
        """Only plain text is ever shown."""
        super().setTextFormat(Qt.TextFormat.PlainText)


class ElidedLabel(PlainLabel):
    """One line that is shortened with … when there is no room; the whole text is in the tooltip."""

    def __init__(self, text: str = "", role: Role = "text", *, parent: QWidget | None = None):
        super().__init__(text, role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(40, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        short = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if short else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()) | int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class FactLabel(PlainLabel):
    """A fact from a machine: monospaced, selectable by mouse and keyboard, optionally on a tinted ground."""

    def __init__(self, text: str = "", *, block: bool = False, wrap: bool = True, parent: QWidget | None = None):
        super().__init__(text, "block" if block else "text", wrap=wrap, parent=parent)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)  # by its own direction
        self.setAccessibleName(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)


def label_for(text: str, field: QWidget, role: Role = "strong", *, wrap: bool = False) -> PlainLabel:
    """A label that names a field: pressing it focuses the field, and a screen reader says it there."""
    label = PlainLabel(text.replace("&", "&&"), role, wrap=wrap)
    label.setBuddy(field)
    return label

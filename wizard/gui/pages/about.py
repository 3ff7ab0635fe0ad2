"""What this is made of: versions, the licences of everything shipped, and the log exactly as it would be sent."""

from __future__ import annotations

import platform
import ssl
import sys
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

import wizard
from wizard import resources
from wizard.domain.language import _, ngettext
from wizard.gui.context import Context, Place
from wizard.gui.pages.form import Form
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import ComboField
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.plain import FactLabel, PlainLabel, Role
from wizard.session import redact

_PARTS = ("sqlcipher3", "SQLAlchemy", "cryptography", "pyHanko", "reportlab", "pikepdf", "httpx", "dnspython", "pyrage")


class AboutPage(Page):
    """Versions and log can be copied; nothing is sent anywhere."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("About Attestry"),
            _("Attestry {version}. It sends nothing about you or your assessment anywhere.").format(
                version=wizard.__version__
            ),
            parent,
        )
        self.versions = FactLabel(_versions(), block=True)
        copy_versions = OutlineButton(_("Copy"))
        copy_versions.setAccessibleName(_("Copy the versions"))
        copy_versions.clicked.connect(lambda: self._copy(self.versions.text()))
        self._section(_("Versions"), _("What to name when you report something."), copy_versions, self.versions)
        self.body.addSpacing(8)
        self.body.addWidget(PlainLabel(_("What the record can show, and what it cannot"), "heading"))
        for words, role in _claims():
            self.body.addWidget(PlainLabel(words, role, wrap=True))
        self.log = _Text(_("The log of this run"))
        copy_log = OutlineButton(_("Copy"))
        copy_log.setAccessibleName(_("Copy the log"))
        copy_log.clicked.connect(lambda: self._copy(self.log.toPlainText()))
        self.log_sentence = PlainLabel("", "quiet", wrap=True)
        self._section(_("Log"), self.log_sentence, copy_log, self.log)
        self.licence = ComboField()
        self.licence.setMaximumWidth(420)
        for path in _licences():
            name = _("Attestry itself") if path.name == "LICENSE" else path.stem.replace("-", " ")
            self.licence.addItem(name, str(path))
        self.licence.currentIndexChanged.connect(self._show_licence)
        self.licence_text = _Text(_("The licence"))
        self.body.addSpacing(8)
        self.body.addWidget(PlainLabel(_("Licences"), "heading"))
        form = Form()
        form.row(_("Licence of"), self.licence)
        self.body.addWidget(form)
        self.body.addWidget(self.licence_text)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Show the log as it is now."""
        lines = tuple(redact.recent.lines)
        self.log.setPlainText("\n".join(lines) if lines else _("Nothing has been written to the log in this run."))
        self.log_sentence.setText(
            ngettext("{n} line.", "{n} lines.", len(lines)).format(n=len(lines))
            + " "
            + _("This is all there is: no answer, no file name, no passphrase. It is kept in memory only.")
        )
        self._show_licence()

    def foot(self) -> Foot:
        return Foot(next_shown=False) if self.context.session else Foot(left=" ", next_shown=False)

    def side(self) -> Side | None:
        return None if self.context.session else Side(_("No assessment is open"))

    def back_pressed(self) -> bool:
        if self.context.session is None:
            self.go.emit(Place("welcome"))
            return True
        return False

    def _section(self, title: str, sentence: str | PlainLabel, deed: OutlineButton, content: QWidget) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(title, "heading"))
        words.addWidget(sentence if isinstance(sentence, PlainLabel) else PlainLabel(sentence, "quiet", wrap=True))
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(deed)
        self.body.addSpacing(8)
        self.body.addLayout(row)
        self.body.addWidget(content)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.message_bar.say(_("Copied to the clipboard."))

    def _show_licence(self) -> None:
        path = self.licence.currentData()
        if not path:
            self.licence_text.setPlainText(_("No licence texts are installed."))
            return
        try:
            self.licence_text.setPlainText(Path(path).read_text("utf-8", "replace"))
        except OSError:
            self.licence_text.setPlainText(_("This text could not be read. Install Attestry again to get it back."))


class _Text(QPlainTextEdit):
    """Text to read and select, monospaced; Tab leaves it."""

    def __init__(self, spoken: str):
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(theme().mono())
        self.setAccessibleName(spoken)
        self.setFixedHeight(168)


def _claims() -> tuple[tuple[str, Role], ...]:
    """What the journal may claim and what it must not: sentence and role of its label."""
    return (
        (_("It can show:"), "strong"),
        (
            _(
                "Once an attestation was handed over, whoever kept it can tell when an entry from before it was "
                "changed, taken out or put elsewhere."
            ),
            "text",
        ),
        (
            _("Nobody on a team can alter what another one wrote, as long as you compared your keys."),
            "text",
        ),
        (_("When an older copy of a workspace is opened on this computer, you are told."), "text"),
        (_("A document is the one that was signed, when Attestry or its offline page verifies it."), "text"),
        (_("It cannot show:"), "strong"),
        (
            _(
                "That an answer is true or a file genuine: only that these were the words, and these the bytes, at the "
                "latest when they were first anchored outside."
            ),
            "text",
        ),
        (
            _(
                "When something happened before that first anchor: someone alone can make up a whole history. What "
                "comes before the first attestation is what its author says."
            ),
            "text",
        ),
        (_("That this is all there is: somebody can keep a second workspace and show you one."), "text"),
        (
            _(
                "That the computer was clean: a program that spies on it sees what you see, and when a whole computer "
                "is set back, only a teammate or a reviewer who holds something newer can tell."
            ),
            "text",
        ),
        (_("That a signature binds anyone by law: it rests on no qualified certificate."), "text"),
    )


def _licences() -> list[Path]:
    found = [Path(wizard.__file__).resolve().parent.parent / "LICENSE"]
    folder = resources.asset("licences")
    return [p for p in (*found, *sorted(folder.glob("*.txt"))) if p.is_file()]


def _versions() -> str:
    lines = [
        f"Attestry {wizard.__version__}",
        f"Python {platform.python_version()} ({platform.machine()}), {platform.platform(terse=True)}",
        f"Qt {qVersion()}, PySide6 {_version('PySide6-Essentials')}, {QGuiApplication.platformName()}",
        f"{ssl.OPENSSL_VERSION}",
        ", ".join(f"{part} {_version(part)}" for part in _PARTS),
        _("frozen program") if getattr(sys, "frozen", False) else _("installed with Python"),
    ]
    return "\n".join(lines)


def _version(part: str) -> str:
    try:
        return metadata.version(part)
    except metadata.PackageNotFoundError:
        return "?"

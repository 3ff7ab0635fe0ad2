"""Hides an assessment at once while something still runs in it; what runs goes on, and then the keys are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import a11y
from wizard.gui.context import sentence_of
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.gui.mailbox import Mailbox
    from wizard.gui.shell import Shell
    from wizard.session.session import Session

#: What runs is given so long; then it is stopped and the keys are let go.
LONGEST_MS = 15 * 60 * 1000
#: After so many misses it is locked for good; where it is opened again, a pause follows each further one.
_MISSES = 3


def nobody_is_there(shell: Shell) -> None:
    """Nothing is seen any more from now on. What is running goes on; the keys are let go when it is done."""
    if not shell.context.work.running:
        shell.lock()
    elif shell.context.session is not None and not shell.covered:
        cover(shell)


def nothing_runs(shell: Shell) -> None:
    """The last job ended. Behind a curtain that is what the keys were kept for."""
    if shell.covered:
        nobody_is_there(shell)


def cover(shell: Shell) -> None:
    """Hide the assessment that is open behind a curtain. What is being typed is handed over first."""
    shell.page.left()
    curtain = Curtain(shell.context.open, shell.mailbox)
    curtain.lifted.connect(lambda: uncover(shell))
    curtain.given_up.connect(shell.lock)
    shell.front.addWidget(curtain)
    shell.front.setCurrentWidget(curtain)
    for shortcut in shell.findChildren(QShortcut):
        shortcut.setEnabled(False)
    shell.setWindowTitle("Attestry")
    curtain.field.setFocus()
    a11y.announce(curtain, _("Locked"))


def uncover(shell: Shell) -> None:
    """Take the curtain away: the passphrase was typed, or there is nothing behind it any more."""
    curtain = shell.front.currentWidget()
    if isinstance(curtain, Curtain):
        curtain.take_away()
        shell.front.removeWidget(curtain)
        curtain.deleteLater()
        shell.front.setCurrentWidget(shell.inside)
        for shortcut in shell.findChildren(QShortcut):
            shortcut.setEnabled(True)
        shell.idle.start(shell.idle.limit_seconds)
        if shell.context.session is not None:
            shell.draw_title()


class Curtain(QWidget):
    """`lifted` when the passphrase (or the recovery key) was typed, `given_up` when it is to be locked for good now.

    Nothing of the assessment is on it: not its name, not what runs.
    """

    lifted = Signal()
    given_up = Signal()

    def __init__(self, session: Session, mailbox: Mailbox, parent: QWidget | None = None):
        super().__init__(parent)
        self._mailbox = mailbox
        self._session: Session | None = session
        self._misses = 0
        words = PlainLabel(
            _("Something still runs in here and goes on. As soon as it is done, the keys are let go."),
            "quiet",
            wrap=True,
        )
        label = PlainLabel(_("Passphrase"), "strong")
        self.field = PassphraseField(_("Passphrase"))
        self.field.setFixedWidth(380)
        label.setBuddy(self.field)
        self.button = FilledButton(_("Show it again"))
        self.stop = LinkButton(_("Stop what runs, and lock it now"))
        self.problem = PlainLabel("", "red", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self.button)
        row.addStretch(1)
        inside = QVBoxLayout()
        inside.setSpacing(8)
        for part in (PlainLabel(_("Locked"), "title"), words, label):
            inside.addWidget(part)
        inside.addLayout(row)
        inside.addWidget(self.problem)
        inside.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        size = theme().size
        whole = QHBoxLayout(self)
        whole.setContentsMargins(size.margin, size.margin_top, size.margin, size.margin)
        whole.addLayout(inside, 3)
        whole.addStretch(2)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._longest.timeout.connect(self.given_up)
        self._longest.start()
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._try)
        self.button.clicked.connect(self._try)
        self.stop.clicked.connect(self.given_up)
        self._typed()

    def take_away(self) -> None:
        """Hear nothing any more, and keep nothing that was typed."""
        self._session = None
        self._longest.stop()
        self.field.clear()

    def _typed(self) -> None:
        self.button.setEnabled(bool(self.field.text()))
        self._say("")

    def _try(self) -> None:
        from wizard.vault.unlocking import proof_of

        session, text = self._session, self.field.text()
        if session is None or not text or not self.button.isEnabled():
            return
        self.button.setEnabled(False)

        async def work(progress: object) -> None:
            import asyncio

            await asyncio.to_thread(session.workspace.prove, proof_of(text))

        self._mailbox.when_done(
            session.runner.start(work, _("Opening")).result, lambda _none: self._proved(session), self._refused
        )

    def _proved(self, session: Session) -> None:
        if session is self._session:
            self.lifted.emit()

    def _refused(self, error: Exception) -> None:
        if self._session is None:
            return
        self._misses += 1
        if self._misses >= _MISSES:
            self.given_up.emit()
            return
        self.field.selectAll()
        self.field.setFocus()
        self.button.setEnabled(True)
        self._say(sentence_of(error))

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        a11y.announce(self, sentence)

"""The recovery key of an open vault: is there a sheet with it, try that sheet out, make another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.pages import errand
from wizard.gui.pages.form import Form, beside, empty
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import keeping
from wizard.vault.header import SlotKind

if TYPE_CHECKING:
    from wizard.session.session import Session


class RecoveryForm(Folded):
    """Trying the sheet out opens nothing and changes nothing; a new key asks for the passphrase first."""

    def __init__(self, page: Page, session: Session):
        super().__init__(_("Recovery key"))
        self._page, self._session = page, session
        self._state = PlainLabel("", "quiet", wrap=True)
        self.sheet = PassphraseField(_("The recovery key of your sheet"))
        self.sheet.setPlaceholderText(_("Six groups of six, from your printed sheet"))
        self.check = OutlineButton(_("Try it out"))
        self.proof = PassphraseField(_("Passphrase"))
        self.make = OutlineButton(_("Make a new recovery key"))
        form = Form()
        form.over(self._state)
        form.row(_("Your sheet"), self.sheet, _("Whether it opens this vault. Nothing is changed."))
        form.row("", beside(self.check))
        form.row(
            _("Passphrase"),
            self.proof,
            _("From then on, the sheet of today opens only backups and copies from before."),
        )
        form.row("", beside(self.make))
        self._sheet_at = QVBoxLayout()
        self.body.addWidget(form)
        self.body.addLayout(self._sheet_at)
        self.sheet.textChanged.connect(self.draw)
        self.proof.textChanged.connect(self.draw)
        self.check.clicked.connect(self._check)
        self.make.clicked.connect(self._make)
        self.draw()

    def draw(self) -> None:
        """Show what is known and what can be done now."""
        made = self._session.workspace.since(SlotKind.RECOVERY)
        when = _("It was made {when}.").format(when=words.ago(made, self._page.context.now())) if made else ""
        down = keeping.written_down(self._session)
        self._state.setText(
            " ".join(
                (
                    when,
                    _("It was typed back from its sheet.")
                    if down
                    else _(
                        "It was never typed back here, so nobody knows whether there is a sheet with it. Without "
                        "one, a forgotten passphrase is the end: nobody can open the vault. Try your sheet out, or "
                        "make a new key."
                    ),
                )
            )
        )
        self._state.set_role("quiet" if down else "red")
        self.check.setEnabled(bool(self.sheet.text()))
        self.make.setEnabled(bool(self.proof.text()))

    def _check(self) -> None:
        from wizard.vault.unlocking import WithRecoveryKey

        session, proof = self._session, WithRecoveryKey(self.sheet.text())

        def work() -> None:
            session.workspace.prove(proof)
            keeping.note_written_down(session)

        def then(_nothing: object) -> None:
            self.sheet.clear()
            self.draw()
            self._page.message_bar.say(_("The recovery key of your sheet opens this vault."))

        self.check.setEnabled(False)
        errand.run(self._page, _("Trying the recovery key"), work, then, failed=self._failed)

    def _make(self) -> None:
        from wizard.vault.unlocking import proof_of

        workspace, proof = self._session.workspace, proof_of(self.proof.text())

        def then(key: str) -> None:
            self.proof.clear()
            self.draw()
            empty(self._sheet_at)
            sheet = RecoverySheet(key, workspace.folder.name)
            sheet.setMaximumWidth(560)
            sheet.matched.connect(lambda matched: self._typed_back(sheet) if matched else None)
            self._sheet_at.addWidget(sheet)
            self._page.bring_into_view(sheet)

        self.make.setEnabled(False)
        errand.run(
            self._page,
            _("Making a recovery key"),
            lambda: workspace.new_recovery_key(proof),
            then,
            failed=self._failed,
            whole=True,
        )

    def _typed_back(self, sheet: RecoverySheet) -> None:
        def then(_nothing: object) -> None:
            sheet.hide()
            sheet.deleteLater()
            self.button.set_open(False)
            self.draw()
            self._page.message_bar.say(
                _("The new recovery key is written down. Destroy the old sheet: it opens backups from before.")
            )

        errand.run(
            self._page,
            _("Noting that it is written down"),
            lambda: keeping.note_written_down(self._session),
            then,
            failed=self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self.draw()
        self._page.say_mistake(error)

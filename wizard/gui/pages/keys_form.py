"""What opens the vault: another passphrase, whether this computer opens it without asking, or only together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.pages import errand
from wizard.gui.pages.form import Form, beside, column
from wizard.gui.pages.recovery_form import RecoveryForm
from wizard.gui.pages.vault_stop import SHORTEST
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.passphrase import PassphraseField, StrengthMeter
from wizard.gui.widgets.plain import PlainLabel
from wizard.vault.header import SlotKind

if TYPE_CHECKING:
    from wizard.session.session import Session


class KeysForm(QWidget):
    """Each change asks for the current passphrase, so that a passer-by at an unlocked computer changes nothing."""

    def __init__(self, page: Page, session: Session):
        super().__init__()
        self._page, self._workspace = page, session.workspace
        self.setEnabled(not session.read_only)
        self.remember = TickBox(_("Open without asking on this computer"))
        self.remember.clicked.connect(self._remember)
        consequence = PlainLabel(
            _("The computer's keyring then keeps a key: whoever uses your session can read the vault."),
            "quiet",
            wrap=True,
        )
        consequence.setContentsMargins(26, 0, 0, 0)
        top = Form(fields=560)
        top.row(_("Remember"), column(self.remember, consequence, gap=0))
        self.passphrase = Folded(_("Change the passphrase"))
        self.old = PassphraseField(_("Current passphrase"))
        self.new = PassphraseField(_("New passphrase"))
        self.again = PassphraseField(_("The new passphrase once more"))
        self._meter = StrengthMeter(SHORTEST)
        self.change = OutlineButton(_("Change the passphrase"))
        self._why = PlainLabel("", "quiet")
        form = Form()
        self._since = PlainLabel("", "quiet")
        form.over(self._since)
        form.row(_("Current"), self.old, _("Forgotten? The recovery key from your sheet does as well."))
        form.row(_("New"), self.new)
        form.under(self._meter)
        form.row(_("Once more"), self.again)
        form.row("", beside(self.change, self._why, gap=12))
        self.passphrase.body.addWidget(form)
        self.recovery = RecoveryForm(page, session)
        self.together = Folded(_("Ask for the passphrase and this computer together"))
        self._together_said = PlainLabel("", "quiet", wrap=True)
        self.proof = PassphraseField(_("Passphrase"))
        self.turn = OutlineButton()
        both = Form()
        both.over(self._together_said)
        both.row(_("Passphrase"), self.proof)
        both.row("", beside(self.turn))
        self.together.body.addWidget(both)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for widget in (top, self.passphrase, self.recovery, self.together):
            whole.addWidget(widget)
        for field in (self.old, self.new, self.again, self.proof):
            field.textChanged.connect(self.draw)
        self.change.clicked.connect(self._change)
        self.turn.clicked.connect(self._turn)
        self.draw()

    def draw(self) -> None:
        """Show what can be done now."""
        self.remember.setChecked(self._workspace.remembered)
        since = self._workspace.since(SlotKind.PASSPHRASE)
        self._since.setText(
            _("It was set {when}.").format(when=words.ago(since, self._page.context.now())) if since else ""
        )
        self._meter.show_for(self.new.text())
        if not self.old.text():
            why = _("Type the current one")
        elif len(self.new.text()) < SHORTEST:
            why = _("Choose a new one")
        elif self.new.text() != self.again.text():
            why = _("Type the new one once more")
        else:
            why = ""
        self._why.setText(why)
        self.change.setEnabled(not why)
        strict = self._workspace.strict
        self.remember.setEnabled(not strict)
        self.turn.setText(_("Ask for the passphrase alone again") if strict else _("Ask for both from now on"))
        self._together_said.setText(
            _(
                "The passphrase opens the vault only together with a key in the keyring of this computer. On another "
                "computer, and when the keyring is lost, only the recovery key does."
            )
            if strict
            else _(
                "A copy of the folder cannot be opened then even by someone who guesses the passphrase: a second key "
                "lies in the keyring of this computer. On another computer, and when the keyring is lost, only the "
                "recovery key opens the vault. Keep its sheet."
            )
        )
        self.turn.setEnabled(bool(self.proof.text()))
        self.recovery.draw()

    def _remember(self, on: bool) -> None:
        workspace = self._workspace

        def work() -> str:
            if not on:
                workspace.forget()
                return ""
            return "" if workspace.remember() else workspace.keyring_said

        def then(said: str) -> None:
            self.draw()
            if said:
                self._page.message_bar.say_mistake(
                    _("{why} So the passphrase is asked for as before.").format(why=said)
                )
            else:
                self._page.message_bar.say(
                    _("This computer opens the vault without asking now.")
                    if on
                    else _("The passphrase is asked for again.")
                )

        errand.run(self._page, _("Asking the keyring"), work, then, failed=self._failed)

    def _change(self) -> None:
        from wizard.vault.unlocking import proof_of

        workspace, new, proof = self._workspace, self.new.text(), proof_of(self.old.text())

        def then(_nothing: object) -> None:
            for field in (self.old, self.new, self.again):
                field.clear()
            self.passphrase.button.set_open(False)
            self._page.message_bar.say(
                _(
                    "The passphrase is changed. Backups and copies from before still open with the old one: if "
                    "somebody else knows it, seal everything under a new data key, and delete them."
                )
            )

        self.change.setEnabled(False)
        errand.run(
            self._page,
            _("Changing the passphrase"),
            lambda: workspace.change_passphrase(new, proof),
            then,
            failed=self._not_changed,
            whole=True,
        )

    def _turn(self) -> None:
        from wizard.vault.unlocking import WithPassphrase

        workspace, proof, strict = self._workspace, WithPassphrase(self.proof.text()), not self._workspace.strict

        def then(_nothing: object) -> None:
            self.proof.clear()
            self.draw()
            self.together.button.set_open(False)
            self._page.message_bar.say(
                _("The vault opens with the passphrase and this computer's keyring together now.")
                if strict
                else _("The passphrase alone opens the vault again.")
            )

        self.turn.setEnabled(False)
        errand.run(
            self._page,
            _("Asking the keyring"),
            lambda: workspace.set_strict(strict, proof),
            then,
            failed=self._not_turned,
            whole=True,
        )

    def _not_turned(self, error: Exception) -> None:
        from wizard.vault.mistakes import KeyringDoesNotOpen

        if isinstance(error, KeyringDoesNotOpen) and not self._workspace.strict:
            self.draw()
            self._page.message_bar.say_mistake(
                _("{why} So the passphrase alone opens the vault, as before.").format(why=error.why)
            )
        else:
            self._failed(error)

    def _not_changed(self, error: Exception) -> None:
        self._failed(error)
        self.old.setFocus()
        self.old.selectAll()

    def _failed(self, error: Exception) -> None:
        self.draw()
        self._page.say_mistake(error)

"""What can be done for the vault as a whole: check everything now, back up, put back, take along, a new data key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.context import Place
from wizard.gui.pages.form import Form, beside, column, empty
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.pages.vault_stop import SHORTEST
from wizard.gui.pages.welcome import EXPORT_SUFFIX
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import keeping

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.session.session import Session


class VaultForm(QWidget):
    """Each deed says in the page what it did."""

    def __init__(self, page: Page, session: Session):
        super().__init__()
        self._page, self._session = page, session
        self.check = OutlineButton(_("Check everything now"))
        self.back_up = OutlineButton(_("Back up now"))
        self.restore = OutlineButton(_("Put back a backup…"))
        self._checked = PlainLabel("", "quiet", wrap=True)
        self._read = PlainLabel("", "quiet", wrap=True)
        top = Form(fields=560)
        top.row(
            _("Kept safe"),
            column(_holder(self.check, self.back_up, self.restore), self._checked, self._read, gap=6),
            _("It is backed up to this computer once a day, and every sealed file is read again once a week."),
        )
        self.export = Folded(_("Take the whole workspace along as one file"))
        self.first = PassphraseField(_("Passphrase for the file"))
        self.second = PassphraseField(_("The same once more"))
        self.write = OutlineButton(_("Write the file…"))
        along = Form()
        along.row(_("Passphrase"), self.first, _("Of its own. Whoever has the file and it has everything."))
        along.row(_("Once more"), self.second)
        along.row("", beside(self.write))
        self.export.body.addWidget(along)
        self.renew = Folded(_("Seal everything under a new data key"))
        self._since = PlainLabel("", "quiet", wrap=True)
        self.proof = PassphraseField(_("Current passphrase"))
        self.begin = OutlineButton(_("Show the new recovery key"))
        self.seal = OutlineButton(_("Seal under a new key"))
        self.seal.setEnabled(False)
        self._sheet_at = QVBoxLayout()
        self._sheet_text = ""
        first, then = Form(), Form()
        first.over(self._since)
        first.row(
            _("First"),
            beside(self.begin),
            _("For when someone may have copied the vault and knew how to open it. Its recovery key changes with it."),
        )
        then.row(_("Passphrase"), self.proof)
        then.row("", beside(self.seal))
        self.renew.body.addWidget(first)
        self.renew.body.addLayout(self._sheet_at)
        self.renew.body.addWidget(then)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for widget in (top, self.export, self.renew):
            whole.addWidget(widget)
        for field in (self.first, self.second, self.proof):
            field.textChanged.connect(self.draw)
        self.check.clicked.connect(self._check)
        self.back_up.clicked.connect(self._back_up)
        self.restore.clicked.connect(lambda: page.leave.emit(Place("restore", str(session.workspace.folder))))
        self.write.clicked.connect(self._write)
        self.begin.clicked.connect(self._begin)
        self.seal.clicked.connect(self._seal)
        self.draw()

    def draw(self) -> None:
        """Show what can be done now."""
        session = self._session
        now = self._page.context.now()
        self._since.setText(
            _("The key that everything is sealed under was made {when}.").format(
                when=words.ago(session.workspace.data_key_since, now)
            )
        )
        self._read.setText(_read_again(session, now))
        self.write.setEnabled(len(self.first.text()) >= SHORTEST and self.first.text() == self.second.text())
        self.seal.setEnabled(bool(self._sheet_text and self.proof.text()))
        for widget in (self.back_up, self.renew):
            widget.setEnabled(not session.read_only)

    def _check(self) -> None:
        self._run(self.check, lambda hear: keeping.check_everything(self._session, hear), self._show)

    def _show(self, found: keeping.Checked) -> None:
        self._checked.setText(found.sentence)
        self._checked.set_role("red" if found.problems else "quiet")

    def _back_up(self) -> None:
        self._run(
            self.back_up,
            lambda hear: keeping.back_up(self._session, hear),
            lambda new: self._page.message_bar.say(
                _("A backup was made and read back.") if new else _("The newest backup has everything already.")
            ),
        )

    def _write(self) -> None:
        folder = self._session.workspace.folder
        start = folder.parent / f"{folder.name.removesuffix('.attestry')}{EXPORT_SUFFIX}"
        target = choosing.choose_target(self, _("Take the workspace along"), start)
        if target is None:
            return
        passphrase = self.first.text()

        def then(_path: object) -> None:
            self.first.clear()
            self.second.clear()
            self.export.button.set_open(False)
            self._page.message_bar.say(_("Written: {name}. Keep its passphrase elsewhere.").format(name=target.name))

        self._run(self.write, lambda hear: keeping.export_workspace(self._session, target, passphrase, hear), then)

    def _begin(self) -> None:
        empty(self._sheet_at)
        self._sheet_text = ""
        text = keeping.new_recovery_text()
        sheet = RecoverySheet(text, self._session.workspace.folder.name)
        sheet.setMaximumWidth(560)

        def matched(is_matched: bool) -> None:
            self._sheet_text = text if is_matched else ""
            self.draw()

        sheet.matched.connect(matched)
        self._sheet_at.addWidget(sheet)
        self._page.bring_into_view(sheet)
        self.draw()

    def _seal(self) -> None:
        from wizard.vault.unlocking import WithPassphrase

        proof, text = WithPassphrase(self.proof.text()), self._sheet_text

        def then(_nothing: object) -> None:
            self.proof.clear()
            self._sheet_text = ""
            empty(self._sheet_at)
            self.renew.button.set_open(False)
            self._page.message_bar.say(
                _("Everything is sealed under a new key. The old recovery key opens only backups from before.")
            )

        self._run(self.seal, lambda hear: keeping.new_data_key(self._session, proof, text, hear), then, whole=True)

    def _run(self, button: OutlineButton, begin: object, then: object, *, whole: bool = False) -> None:
        button.setEnabled(False)

        def done(value: object) -> None:
            button.setEnabled(True)
            then(value)  # type: ignore[operator]
            self.draw()

        def failed(error: Exception) -> None:
            button.setEnabled(True)
            self.draw()
            self._page.say_mistake(error)

        def stopped() -> None:
            button.setEnabled(True)
            self.draw()

        self._page.start(begin, done, failed=failed, stopped=stopped, whole=whole)  # type: ignore[arg-type]


def _read_again(session: Session, now: datetime) -> str:
    """When every sealed file was read again last, and whether that is going on."""
    kept = keeping.scrubbed(session)
    if kept.upto:
        return _("The weekly reading of every sealed file began {when} and goes on where it was stopped.").format(
            when=words.ago(kept.begun, now)
        )
    if kept.finished.year == 1:
        return ""
    return _("Every sealed file was read again {when}.").format(when=words.ago(kept.finished, now))


def _holder(*widgets: QWidget) -> QWidget:
    """Beside each other where there is room, else on more lines."""
    holder = Flow()
    for widget in widgets:
        holder.add(widget)
    return holder

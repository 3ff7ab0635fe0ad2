"""Puts a backup back into a workspace that is closed; what was there is kept beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages import errand
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets.buttons import FilledButton
from wizard.gui.widgets.fields import ComboField
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import keeping

if TYPE_CHECKING:
    from wizard.session.session import Session
    from wizard.vault.backups import Backup


class RestorePage(Page):
    """`Place.item` is the workspace's folder. Only a copy that was checked whole replaces anything."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Put back a backup"), "", parent)
        self._folder = Path()
        self._backups: tuple[Backup, ...] = ()
        self.choice = ComboField()
        self.field = PassphraseField(_("Passphrase"))
        self.button = FilledButton(_("Put it back"))
        self.none = PlainLabel(
            _(
                "This computer has no backup of that workspace. Put back a copy of the whole folder from wherever you "
                "keep copies, then open it."
            ),
            "red",
            wrap=True,
        )
        self.form = Form()
        self.form.row(_("Backup"), self.choice)
        self.form.row(
            _("Passphrase"),
            self.field,
            _("The one that held when the backup was made opens it too, and so does the recovery key from its sheet."),
        )
        self.form.row("", beside(self.button))
        self.body.addWidget(self.none)
        self.body.addWidget(self.form)
        self.body.addWidget(
            PlainLabel(
                _(
                    "The backup is checked entry by entry before it replaces anything, and what is there now is kept "
                    "in the workspace's folder. Evidence files are not in a backup: they stay as they are."
                ),
                "quiet",
                wrap=True,
            )
        )
        self.body.addStretch(1)
        self.field.textChanged.connect(self._draw)
        self.field.returnPressed.connect(self._restore)
        self.button.clicked.connect(self._restore)

    def shown(self, place: Place) -> None:
        """List the backups that this computer has."""
        self._folder = Path(place.item)
        self.set_sentence(str(self._folder))
        self._backups = keeping.backups_of(self._folder, errand.preferences_of(self.context).home.data)
        self.choice.clear()
        for backup in self._backups:
            entries = ngettext("{n} entry", "{n} entries", backup.events).format(n=backup.events)
            self.choice.addItem(_("{when}, {entries}").format(when=words.moment(backup.made), entries=entries))
        self.form.setVisible(bool(self._backups))
        self.none.setVisible(not self._backups)
        self.field.clear()
        self._draw()
        self.field.setFocus()

    def left(self) -> None:
        """Nothing typed stays behind."""
        self.field.clear()

    def foot(self) -> Foot:
        return Foot(left=_("Nothing is lost by trying"), next_shown=False)

    def side(self) -> Side | None:
        return Side(_("No assessment is open"))

    def back_pressed(self) -> bool:
        self.go.emit(Place("unlock", str(self._folder)))
        return True

    def _restore(self) -> None:
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        backup, folder, text = self._backups[self.choice.currentIndex()], self._folder, self.field.text()
        preferences = errand.preferences_of(self.context)

        def work() -> Session:
            from wizard.session import opening
            from wizard.vault.unlocking import proof_of

            how = proof_of(text)
            kept = keeping.restore(backup, folder, how)
            session = opening.open_(folder, how, preferences)
            errand.said_before[session.workspace.folder] = _(
                "The backup is put back. What was there before is kept in the folder “{name}” of the workspace."
            ).format(name=kept.name)
            return session

        errand.run(
            self,
            _("Putting it back"),
            work,
            self._done,
            failed=self._failed,
            let_go=lambda session: session.close(),
        )

    def _done(self, session: Session) -> None:
        self.field.clear()
        self.opened.emit(session)

    def _failed(self, error: Exception) -> None:
        self._draw()
        self.say_mistake(error)

    def _draw(self) -> None:
        self.button.setEnabled(bool(self._backups and self.field.text()))

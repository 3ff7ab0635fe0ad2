"""An older or another copy of the workspace was opened: says so in red, and lets the person choose what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages import errand
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import keeping

if TYPE_CHECKING:
    from wizard.vault.backups import Backup


class OlderCopyPage(Page):
    """Nothing is written into the copy before the person accepted it."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("This may not be your newest copy"),
            _("Nothing can be written into it until you choose."),
            parent,
        )
        card = Card("contradicts")
        card.body.setContentsMargins(16, 16, 16, 16)
        card.body.setSpacing(8)
        self.why = PlainLabel("", "red", wrap=True)
        card.body.addWidget(self.why)
        self.backup = FilledButton(_("Put back a backup…"))
        self.backup.clicked.connect(lambda: self.leave.emit(Place("restore", str(context.open.workspace.folder))))
        self.accept = OutlineButton(_("Go on with this copy"))
        self.accept.clicked.connect(self._accept)
        self.look = LinkButton(_("Only read it"))
        self.look.clicked.connect(lambda: self.go.emit(Place("home")))
        self.body.addWidget(card)
        self.newest = PlainLabel("", "quiet", wrap=True)
        accepting = _(
            "If you put this copy here yourself, or know that what came later is lost. From then on this copy "
            "counts as the newest one, and the warning does not come again."
        )
        looking = _("Close it afterwards and open the right copy, for example from another drive.")
        for button, text in (
            (self.backup, self.newest),
            (self.accept, PlainLabel(accepting, "quiet", wrap=True)),
            (self.look, PlainLabel(looking, "quiet", wrap=True)),
        ):
            text.setMaximumWidth(640)
            self.body.addLayout(beside(button))
            self.body.addWidget(text)
            self.body.addSpacing(8)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Say what is doubted."""
        workspace = self.context.open.workspace
        found = keeping.backups_of(workspace.folder, errand.preferences_of(self.context).home.data)
        self.why.setText(workspace.doubts or _("This copy was accepted. Nothing is in doubt."))
        self.newest.setText(_offered(found, workspace.journal.count))
        self.backup.setEnabled(bool(workspace.doubts and found))
        self.accept.setEnabled(bool(workspace.doubts))

    def foot(self) -> Foot:
        return Foot(back_shown=False, next_shown=False)

    def _accept(self) -> None:
        self.accept.setEnabled(False)
        session = self.context.open
        self.start(
            lambda hear: keeping.accept_as_it_is(session, hear),
            lambda _checked: self.go.emit(Place("home")),
            failed=self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self.accept.setEnabled(True)
        self.say_mistake(error)


def _offered(found: Sequence[Backup], entries: int) -> str:
    """What the newest of the backups could bring back to a copy with so many entries."""
    if not found:
        return _("This computer has no backup of this workspace.")
    newest, when = found[0], words.moment(found[0].made)
    if newest.events > entries:
        sentence = _("The newest backup on this computer, of {when}, has {theirs} entries, and this copy has {ours}.")
    else:
        sentence = _(
            "The newest backup on this computer, of {when}, has {theirs} entries, and this copy has {ours}: "
            "it brings back nothing that was saved later."
        )
    return sentence.format(when=when, theirs=newest.events, ours=entries)

"""An older or another copy of the workspace was opened: says so in red, and lets the person choose what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.gui.context import Context, Place
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import keeping


class OlderCopyPage(Page):
    """Nothing is written into the copy before the person accepted it."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("This may not be your newest copy"),
            _("Nothing was changed, and nothing can be written until you choose."),
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
        for button, words in (
            (self.backup, _("If a newer backup lies on this computer, it has what this copy lacks.")),
            (
                self.accept,
                _(
                    "If you put this copy here yourself, or know that what came later is lost. From then on this copy "
                    "counts as the newest one, and the warning does not come again."
                ),
            ),
            (self.look, _("Close it afterwards and open the right copy, for example from another drive.")),
        ):
            text = PlainLabel(words, "quiet", wrap=True)
            text.setMaximumWidth(640)
            self.body.addLayout(beside(button))
            self.body.addWidget(text)
            self.body.addSpacing(8)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Say what is doubted."""
        self.why.setText(self.context.open.workspace.doubts or _("This copy was accepted. Nothing is in doubt."))
        for button in (self.backup, self.accept):
            button.setEnabled(bool(self.context.open.workspace.doubts))

    def foot(self) -> Foot:
        return Foot(left=_("Nothing was changed"), back_shown=False, next_shown=False)

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

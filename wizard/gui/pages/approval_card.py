"""Who approved a section, and the button with which this person does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from wizard.domain.language import _
from wizard.domain.questionnaire import Section
from wizard.gui import words
from wizard.gui.pages.form import column
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import approving
from wizard.session.session import Session


class ApprovalCard(Card):
    """`pressed(True)` when this person approves, `pressed(False)` when they take it back."""

    pressed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.said = PlainLabel("", "quiet", wrap=True)
        self.button = OutlineButton("")
        self._own = False
        self.button.clicked.connect(lambda _on=False: self.pressed.emit(not self._own))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(column(PlainLabel(_("Approval"), "heading"), self.said), 1)
        row.addWidget(self.button)
        self.body.addLayout(row)

    def show_section(self, session: Session, section: Section) -> None:
        """Say who stands for the section as it is now."""
        given, complete = approving.standings(session, section), approving.complete(session, section)
        self._own = any(one.own and one.counts for one in given)
        lines = [
            (_("Approved by {who} on {day}.") if one.counts else _("{who} approved it on {day}; it was changed since."))
            .format(who=one.who, day=words.day(one.at.astimezone().date()))
            for one in given
        ]  # fmt: skip
        if not lines:
            lines.append(
                _("Whoever answers for this section can stand for it: signed with their key, and printed with it.")
            )
        if not complete:
            lines.append(_("Something is still open here; it can be approved once all is answered."))
        may = approving.may(session, section)
        self.setVisible(may or bool(given))
        self.said.setText("\n".join(lines))
        self.button.setText(_("Take my approval back") if self._own else _("Approve this section"))
        self.button.setVisible(not session.read_only and may and (complete or self._own))

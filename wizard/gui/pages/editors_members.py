"""Who takes part: everyone with role and key, adding someone by their card, and what removing them means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from wizard.domain.language import _
from wizard.domain.members import Member, Role, grouped, role_words
from wizard.gui.pages.form import Form, beside, empty
from wizard.gui.pages.team_cards import People
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.fields import ComboField, TickBox
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.session.session import Session


def may_do(role: Role) -> str:
    """What a role may do, in a sentence."""
    return {
        Role.LEAD: _("Everything, and decides who takes part."),
        Role.CONTRIBUTOR: _("Answers, adds evidence and looks. Does not sign, and changes only their own evidence."),
        Role.SIGNATORY: _("As a contributor, and says who signs, and signs."),
        Role.REVIEWER: _("Reads everything. What they write counts for nobody."),
    }[role]


class MembersCard(People):
    """`chosen` when a card is wanted, `agreed(Member, Role)` when someone is to be added, `removed(Member)`."""

    chosen = Signal()
    agreed = Signal(object, object)
    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Who takes part"))
        self._lead = False
        self.add_someone = OutlineButton(_("Add someone by their card…"), "plus")
        self.add_someone.clicked.connect(self.chosen)
        self._hint = PlainLabel("", "quiet", wrap=True)
        self._panel_at = QVBoxLayout()
        self.adding: AddPanel | None = None
        self.removing: RemovePanel | None = None
        self.body.addWidget(self._hint)
        self.body.addLayout(self._panel_at)
        self.body.addLayout(beside(self.add_someone))

    def show_members(self, session: Session) -> None:
        """Everyone as they stand now."""
        assessment, own = session.assessment, session.workspace.author
        role = assessment.role_of(own)
        self._lead = role is Role.LEAD and not session.workspace.read_only
        self.clear()
        mine = role_words(role) if role else _("no longer takes part")
        self.add(_("You"), mine, None, grouped(own))
        for member in assessment.members.values():
            if member.author != own:
                button = self._remove_button(member, session) if self._lead else None
                words = role_words(member.role)
                if not member.recipient:
                    words = _("Replied to a request. Bundles are not sealed to them.")
                self.add(member.name, words, button, grouped(member.author))
        for member, _last in assessment.former.values():
            if member.author != own:
                self.add(member.name, _("no longer takes part"), None, grouped(member.author))
        self.add_someone.setVisible(self._lead)
        self._hint.setText(
            _(
                "Whoever joins makes a vault of their own (“Join a team” on the first page) and sends you the card "
                "that it writes. Compare the fingerprint with them once."
            )
            if self._lead
            else _("Only the lead adds and removes people.")
        )

    def offer(self, member: Member, known: Role | None) -> None:
        """Show a card, before anything is decided."""
        self.put_away()
        self.adding = AddPanel(member, known)
        self.adding.agreed.connect(lambda role: self.agreed.emit(member, role))
        self.adding.refused.connect(self.put_away)
        self._panel_at.addWidget(self.adding)
        self.adding.compared.setFocus()

    def put_away(self) -> None:
        """Nothing is to be decided any more."""
        empty(self._panel_at)
        self.adding = self.removing = None

    def _remove_button(self, member: Member, session: Session) -> OutlineButton:
        button = OutlineButton(_("Remove…"))
        button.setAccessibleName(_("Remove {who}…").format(who=member.name))
        button.clicked.connect(lambda: self._ask(member, session))
        return button

    def _ask(self, member: Member, session: Session) -> None:
        self.put_away()
        assessment = session.assessment
        self.removing = RemovePanel(member, assessment.events, len(assessment.evidence))
        self.removing.agreed.connect(lambda: self.removed.emit(member))
        self.removing.refused.connect(self.put_away)
        self._panel_at.addWidget(self.removing)
        self.removing.keep.setFocus()


class AddPanel(Panel):
    """`agreed(Role)` once the fingerprint was compared."""

    agreed = Signal(object)
    refused = Signal()

    def __init__(self, member: Member, known: Role | None):
        super().__init__(inset=True)
        who = member.name
        self.body.addWidget(PlainLabel(_("The card of {who}").format(who=who), "strong", wrap=True))
        if known is not None:
            words = _("They take part already, as {role}. A higher role can be given; it is never lowered.")
            self.body.addWidget(PlainLabel(words.format(role=role_words(known)), wrap=True))
        self.body.addWidget(PlainLabel(_("The fingerprint of their key"), "quiet"))
        self.body.addWidget(FactLabel(grouped(member.author)))
        self.role = ComboField()
        for role in (Role.CONTRIBUTOR, Role.REVIEWER, Role.SIGNATORY, Role.LEAD):
            self.role.addItem(role_words(role), role)
        self.role.setFixedWidth(220)
        self.role.setAccessibleName(_("Role"))
        self._may = PlainLabel(may_do(Role.CONTRIBUTOR), "quiet", wrap=True)
        self.role.currentIndexChanged.connect(lambda _n: self._may.setText(may_do(Role(self.role.currentData()))))
        form = Form(labels=80)
        form.row(_("Role"), beside(self.role))
        form.under(self._may)
        self.compared = TickBox(_("I compared it with {who}, by phone or in person").format(who=who))
        self.add = FilledButton(_("Add, and write their bundle…"))
        self.add.setEnabled(False)
        self.leave = OutlineButton(_("Do not add"))
        self.compared.toggled.connect(self.add.setEnabled)
        self.add.clicked.connect(lambda: self.agreed.emit(Role(self.role.currentData())))
        self.leave.clicked.connect(self.refused)
        self.body.addWidget(form)
        self.body.addWidget(self.compared)
        self.body.addLayout(beside(self.add, self.leave))


class RemovePanel(Panel):
    """Says what removing someone changes and what it cannot, before it is done."""

    agreed = Signal()
    refused = Signal()

    def __init__(self, member: Member, entries: int, files: int):
        super().__init__(inset=True)
        who = member.name
        self.body.addWidget(PlainLabel(_("Remove {who}?").format(who=who), "strong", wrap=True))
        for words in (
            _("From now on all is sealed with new keys to the others only, and what {who} writes has no effect."),
            _(
                "What {who} was sent before they still have: at most the {entries} entries and {files} files that are "
                "here now. Nobody can take that back. What they gave stays here, as theirs."
            ),
            _("If your team uses a folder or a server, take away their access there too."),
        ):
            text = words.format(who=who, entries=f"{entries:,}", files=files)
            self.body.addWidget(PlainLabel(f"· {text}", wrap=True))
        self.go = OutlineButton(_("Remove {who}").format(who=who))
        self.keep = OutlineButton(_("Keep them"))
        self.go.clicked.connect(self.agreed)
        self.keep.clicked.connect(self.refused)
        self.body.addLayout(beside(self.go, self.keep))


def card_of(path: Path) -> Member:
    """The member whose card a file is. Raises Refused."""
    from wizard.exchange import card

    return card.read(path)

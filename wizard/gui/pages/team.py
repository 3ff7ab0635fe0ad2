"""The team: who is waited for, asking for evidence, adding what came back, versions to choose, who takes part."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain import newer
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import column, empty
from wizard.gui.pages.team_ask import AskCard
from wizard.gui.pages.team_cards import ConflictCard, OfferedCard, People
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.drop_zone import DropZone, TakesFiles
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.changes import Change
from wizard.session.deeds import replies, sharing
from wizard.session.deeds.sharing import Waiting
from wizard.session.session import Session

_REQUEST = ".attestry-request"
#: So many things that a newer version wrote about are named; all entries are counted.
_MOST_NEWER = 12


class TeamPage(TakesFiles, Page):
    """Replies may be dropped anywhere on it."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Team"), "", parent)
        self.setAcceptDrops(True)
        session = context.open
        self._offers = QVBoxLayout()
        self._offers.setSpacing(12)
        self._conflicts = QVBoxLayout()
        self._conflicts.setSpacing(12)
        self.offered: OfferedCard | None = None
        self.conflicts: list[ConflictCard] = []
        self.zone = DropZone(_("Drop a reply anywhere on this page, or"), _("choose the file"), tall=True)
        self.zone.dropped.connect(lambda paths: self._take(paths[0]))
        self.waiting = People(_("Waiting for"))
        self.owners = People(_("Who answers what"))
        self.newer = People(_("Written with a newer version of Attestry"))
        self.editors = _Editors()
        self.editors.button.clicked.connect(lambda: self.go.emit(Place("editors")))
        self.ask = AskCard(session)
        self.ask.asked.connect(self._ask)
        self.ask.assigned.connect(self._assign)
        for part in (self._offers, self._conflicts):
            self.body.addLayout(part)
        for widget in (self.newer, self.waiting, self.zone, self.ask, self.owners, self.editors):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Draw everything anew."""
        self._draw()

    def redraw(self, change: Change) -> None:
        self._draw()

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self._take(paths[0])

    def _take(self, path: Path) -> None:
        """What was dropped: a reply, or what belongs to the editors."""
        if path.suffix in (".attestry-bundle", ".attestry-member"):
            self.go.emit(Place("editors", str(path)))
        else:
            self.read(path)

    # --- asking --------------------------------------------------------------------------------------------------

    def _ask(self, ask: sharing.Ask) -> None:
        name = re.sub(r"[^\w-]+", "-", ask.to).strip("-") or _("request")
        start = preferences_of(self.context).home.documents / f"{name}{_REQUEST}"
        target = choosing.choose_target(self, _("Write the request file"), start)
        if target is None:
            return
        if target.suffix != _REQUEST:
            target = target.with_name(target.name + _REQUEST)

        def written(_hash: str) -> None:
            self.ask.clear()
            self.message_bar.say(
                _("The request is at {path}. Send it to {who} by any channel.").format(path=target, who=ask.to)
            )

        self.start(lambda hear: sharing.ask(self.context.open, ask, target, hear), written)

    def _assign(self, ask: sharing.Ask) -> None:
        def noted(_change: object) -> None:
            self.ask.clear()
            self.message_bar.say(_("{who} is noted as who answers that.").format(who=ask.to))

        self.when_saved(sharing.assign_all(self.context.open, ask.requirements, ask.to, ask.due), noted)

    def _close(self, request: str) -> None:
        self.when_saved(sharing.close_request(self.context.open, request))

    # --- adding --------------------------------------------------------------------------------------------------

    def read(self, path: Path) -> None:
        """Open and check a reply, and show what it would add."""
        session = self.context.open
        if session.read_only:
            self.message_bar.say_mistake(_("This assessment is open for reading only, so nothing was added."))
            return
        self._put_away()
        self.message_bar.clear()
        self.start(lambda hear: replies.read(session, path, hear), self._offer)

    def _offer(self, offered: replies.Offered) -> None:
        self._put_away()
        card = self.offered = OfferedCard(offered)
        card.agreed.connect(lambda: self._add(offered))
        card.refused.connect(self._put_away)
        self._offers.addWidget(card)
        self.scroll_area.ensureVisible(0, 0)
        (card.compared if not offered.known else card.add).setFocus()

    def _add(self, offered: replies.Offered) -> None:
        session = self.context.open

        def added(_change: object) -> None:
            self._put_away()
            who = offered.sender.name
            self.message_bar.say(_("The reply of {who} was added, as theirs.").format(who=who))
            self._draw()

        def failed(error: Exception) -> None:
            self._put_away()
            self.say_mistake(error)

        self.start(lambda hear: replies.add(session, offered, confirmed=True, hear=hear), added, failed=failed)

    def _put_away(self) -> None:
        empty(self._offers)
        self.offered = None

    # --- versions and members --------------------------------------------------------------------------------------

    def _choose(self, card: ConflictCard, version: str) -> None:
        try:
            self.when_saved(sharing.choose(self.context.open, card.conflict, version))
        except Mistake as mistake:
            self.say_mistake(mistake)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self.context.session is None:
            return
        session = self.context.open
        assessment, editable = session.assessment, not session.read_only
        self.ask.setVisible(editable)
        self.zone.setVisible(editable)
        self.ask.show_hosts()
        waiting, conflicts = sharing.waiting(session), sharing.conflicts(session)
        self.waiting.clear()
        for one in waiting:
            self.waiting.add(one.to, waiting_words(one), self._stop_button(one) if editable else None)
        self.owners.clear()
        for about, assignment in sorted(assessment.assignments.items()):
            until = _("until {day}").format(day=words.day(assignment.due)) if assignment.due else _("no day set")
            what = sharing.about_words(session, about)
            self.owners.add(f"{what} · {assignment.owner}", until, self._free_button(about) if editable else None)
        self.editors.show_count(len(sharing.editors(session)) + 1)
        self._draw_conflicts(conflicts, editable)
        self._draw_newer(session)
        parts = [
            ngettext("{n} reply is awaited", "{n} replies are awaited", len(waiting)).format(n=len(waiting))
            if waiting
            else _("Nobody is waited for"),
            ngettext("{n} field has versions to choose", "{n} fields have versions to choose", len(conflicts)).format(
                n=len(conflicts)
            )
            if conflicts
            else "",
        ]
        self.set_sentence(" · ".join(filter(None, parts)) + ".")

    def _draw_conflicts(self, conflicts: tuple[sharing.Conflict, ...], editable: bool) -> None:
        if [card.conflict for card in self.conflicts] == list(conflicts):
            return
        empty(self._conflicts)
        self.conflicts = []
        for conflict in conflicts:
            card = ConflictCard(conflict, editable)
            card.chosen.connect(lambda version, card=card: self._choose(card, version))
            self._conflicts.addWidget(card)
            self.conflicts.append(card)

    def _draw_newer(self, session: Session) -> None:
        """What is read-only here because a newer version wrote about it, and how many entries cannot be read."""
        self.newer.clear()
        assessment, n = session.assessment, session.assessment.unknown_events
        for _item, what, noted in islice(newer.held_items(session.questionnaire, assessment), _MOST_NEWER):
            self.newer.add(what, f"{session.name_of(noted.author)} · {words.day(noted.at)}", None)
        if n:
            kept = ngettext(
                "{n} entry cannot be read by this version", "{n} entries cannot be read by this version", n
            ).format(n=n)
            means = _(
                "What cannot be read is kept as it is and passed on. What it names is read-only here, and nothing is "
                "signed meanwhile: update Attestry. If no version can read it, the lead can take its author out of the "
                "team; then it holds nothing any more."
            )
            self.newer.add(kept, means, None)

    def _stop_button(self, one: Waiting) -> LinkButton:
        button = LinkButton(_("Stop waiting"))
        button.setAccessibleName(_("Stop waiting for {who}").format(who=one.to))
        button.clicked.connect(lambda: self._close(one.request))
        return button

    def _free_button(self, about: str) -> LinkButton:
        button = LinkButton(_("Take back"))
        name = sharing.about_words(self.context.open, about)
        button.setAccessibleName(_("Nobody answers {id}").format(id=name))
        button.clicked.connect(lambda: self.when_saved(sharing.assign(self.context.open, about, "")))
        return button


class _Editors(Card):
    """How many take part, and the way to where they meet."""

    def __init__(self) -> None:
        super().__init__()
        self._count = PlainLabel("", "quiet", wrap=True)
        self.button = OutlineButton(_("Members and exchange…"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(column(PlainLabel(_("Several editors"), "heading"), self._count), 1)
        row.addWidget(self.button)
        self.body.addLayout(row)

    def show_count(self, count: int) -> None:
        """Say how many."""
        self._count.setText(
            ngettext("{n} person takes part.", "{n} people take part.", count).format(n=count)
            if count > 1
            else _("You work alone. Others can edit the same assessment, each in a vault of their own.")
        )


def waiting_words(one: Waiting) -> str:
    """What someone was asked, and until when."""
    about = ", ".join(one.requirements)
    if one.due is None:
        return about
    return f"{about} · {_day_words(one)}"


def waiting_sentence(waiting: tuple[Waiting, ...]) -> str:
    """Who is waited for, in one line; "" for nobody."""
    if not waiting:
        return ""
    people = [f"{one.to} ({_day_words(one)})" if one.due else one.to for one in waiting[:3]]
    more = len(waiting) - len(people)
    if more:
        people.append(_("{n} more").format(n=more))
    return _("Waiting for {people}").format(people=", ".join(people))


def _day_words(one: Waiting) -> str:
    assert one.due is not None
    return (_("overdue since {day}") if one.overdue else _("until {day}")).format(day=words.day(one.due))

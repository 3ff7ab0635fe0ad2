"""What is assessed: who applies, the hosts that may be looked at and the agreement to it, code, data, suppliers."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.checks import host_control
from wizard.domain import newer
from wizard.domain.answers import Answer
from wizard.domain.finding import not_asked_because
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Requirement
from wizard.domain.scope import HOSTS_QUESTION
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.icons import Glyph
from wizard.gui.pages.applicant import ApplicantForm
from wizard.gui.pages.authority_card import AuthorityCard
from wizard.gui.pages.carried_note import CarriedNote
from wizard.gui.pages.control_card import ControlCard
from wizard.gui.pages.form import beside
from wizard.gui.pages.hosts_card import HostsCard
from wizard.gui.questions import widget_for
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.badge import Badge, GlyphMark
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.changes import Change
from wizard.session.deeds import answers, looking, renewing


class ScopePage(Page):
    """Everything is saved while it is typed. `Place.requirement` is scrolled to."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("What are we assessing?"), "", parent)
        session = context.open
        self._cards: dict[str, QWidget] = {}
        self._saving: Future[Change] | None = None
        self.who = ApplicantForm(fields=520)
        self.who.left_field.connect(self._describe)
        who = Card()
        self._who_said = PlainLabel("", wrap=True)
        self._change_who = LinkButton(_("Change"))
        self._change_who.setAccessibleName(_("Change who applies"))
        self._change_who.clicked.connect(lambda: self._show_form(self.who.isHidden()))
        head = QHBoxLayout()
        head.addWidget(PlainLabel(_("Who applies"), "heading"))
        head.addSpacing(12)
        head.addWidget(self._who_said, 1)
        head.addWidget(self._change_who)
        who.body.addLayout(head)
        who.body.addWidget(self.who)
        self._cards["who"] = who
        self.body.addWidget(who)
        self.hosts: HostsCard | None = None
        question = session.questionnaire.question_by_id.get(HOSTS_QUESTION)
        if question is not None:
            self.hosts = HostsCard(context, question)
            self.hosts.given.connect(lambda answer: self._answer(answer, self.hosts))
            self._cards[HOSTS_QUESTION] = self.hosts
            self._hosts_carried = CarriedNote(HOSTS_QUESTION)
            self._hosts_carried.kept.connect(self._keep)
            self.hosts.body.addWidget(self._hosts_carried)
            self.body.addWidget(self.hosts)
        self.agreement = _Agreement()
        self.agreement.agreed.clicked.connect(self._agree)
        self.agreement.look.clicked.connect(lambda: self._look())
        self.body.addWidget(self.agreement)
        self.control = ControlCard()
        self.control.look.connect(lambda subject: self._look((subject,), (host_control.CHECK.id,)))
        self._cards["control"] = self.control
        self.body.addWidget(self.control)
        self.authority = AuthorityCard(self)
        self._cards["authority"] = self.authority
        self.body.addWidget(self.authority)
        self._asked: dict[str, _Asked] = {}
        self._to_build = [
            requirement
            for section in session.questionnaire.sections
            for requirement in section.requirements
            if section.scoping and requirement.id != HOSTS_QUESTION
        ]
        self._cards_at = QVBoxLayout()
        self._cards_at.setSpacing(12)
        self.body.addLayout(self._cards_at)
        self.body.addStretch(1)
        self._builder = QTimer(self, interval=0)  # a card a turn: the page is there at once and nothing stalls
        self._builder.timeout.connect(self._build_next)
        self._builder.start()

    @property
    def is_whole(self) -> bool:
        """True when every card is there."""
        return not self._to_build

    def _build_next(self) -> None:
        if self._to_build and self.context.session is not None:
            self._add_card(self._to_build.pop(0))
        else:
            self._builder.stop()

    def _add_card(self, requirement: Requirement) -> None:
        card = _Asked(self.context, requirement)
        for widget in card.widgets.values():
            widget.edited.connect(lambda answer, widget=widget: self._answer(answer, widget))
        card.carried.kept.connect(self._keep)
        self._asked[requirement.id] = card
        self._cards[requirement.id] = card
        self._cards_at.addWidget(card)
        card.draw(None)

    def shown(self, place: Place) -> None:
        """Draw everything anew and come to what was asked for."""
        self._draw(None)
        self._show_form(not self.who.complete)
        while self._to_build and (place.requirement or place.item):
            self._build_next()
        target = self._cards.get(place.requirement or place.item)
        if isinstance(target, ControlCard | AuthorityCard):
            target.folded.button.set_open(True)
        if target is not None:
            self.scroll_area.ensureWidgetVisible(target, 0, 24)

    def left(self) -> None:
        """Nothing typed is lost."""
        self._describe()
        if self.hosts is not None:
            self.hosts.flush()
        for card in self._asked.values():
            card.flush()

    def redraw(self, change: Change) -> None:
        self._draw(change.origin)

    def foot(self) -> Foot:
        hosts = self.context.open.assessment.scope.hosts
        return Foot(next_enabled=bool(hosts), why="" if hosts else _("Name at least one host"))

    def _draw(self, origin: object) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        scope = session.assessment.scope
        count = len(scope.hosts)
        parts = [ngettext("{n} host", "{n} hosts", count).format(n=count) if count else _("No host is named yet")]
        if scope.repositories:
            n = len(scope.repositories)
            parts.append(ngettext("{n} repository", "{n} repositories", n).format(n=n))
        done = sum(session.findings[id].mark.value not in ("not-started", "in-progress") for id in self._all_ids())
        parts.append(_("{done} of {all} answered").format(done=done, all=len(self._all_ids())))
        self.set_sentence(" · ".join(parts))
        self.who.show_value(session.assessment.described)
        self._show_form(not self.who.isHidden())
        held = session.held_because("described")
        self.who.setEnabled(not (session.read_only or held))
        self.who.setToolTip(held)
        if self.hosts is not None:
            self.hosts.show_session(session)
            self._hosts_carried.show_session(session)
        self.agreement.show_state(self.context)
        self.control.show_session(self.context)
        self.authority.show_session(self.context)
        for card in self._asked.values():
            card.draw(origin)
        self.foot_changed.emit()

    def _show_form(self, show: bool) -> None:
        """The form while something is missing or is being changed, else one line."""
        self.who.setVisible(show)
        self._change_who.setText(_("Done") if show else _("Change"))
        self._change_who.setVisible(self.who.complete or not show)
        described = self.context.open.assessment.described
        said = (described.organisation, described.integration, described.place, described.reference)
        self._who_said.setText("" if show else " · ".join(filter(None, said)))

    def _all_ids(self) -> tuple[str, ...]:
        return tuple(r.id for s in self.context.open.questionnaire.sections if s.scoping for r in s.requirements)

    def _answer(self, answer: Answer, origin: QuestionWidget | HostsCard) -> None:
        try:
            self._saving = answers.answer(self.context.open, answer, origin=origin)
            self.when_saved(self._saving, kept=lambda: origin.not_saved(answer))
        except Mistake as mistake:
            if isinstance(origin, QuestionWidget):
                origin.refuse(mistake.sentence)
            else:
                self.say_mistake(mistake)

    def _keep(self, requirement: str) -> None:
        self.when_saved(renewing.keep(self.context.open, requirement))

    def _describe(self) -> None:
        session = self.context.open
        value = self.who.value()
        before = session.assessment.described
        if value != before and not session.read_only:
            self.when_saved(answers.describe(session, value))

    def _agree(self) -> None:
        session = self.context.open
        if self.hosts is not None:
            self.hosts.flush()
        if self._saving is not None and not self._saving.done():
            self.when_saved(self._saving, lambda _change: self._agree())
            return
        signatory = session.assessment.signatory
        try:
            self.when_saved(looking.confirm_scope(session, signatory.name if signatory else ""))
        except Mistake as mistake:
            self.say_mistake(mistake)

    def _look(self, hosts: tuple[str, ...] = (), checks: tuple[str, ...] = ()) -> None:
        self.agreement.look.setEnabled(False)

        def done(_looks: object) -> None:
            self.agreement.look.setEnabled(True)
            if checks:
                self.control.show_session(self.context)
                return
            self.message_bar.say(
                _("The checks have looked."), _("See what they saw"), lambda: self.go.emit(Place("checks"))
            )

        def failed(error: Exception) -> None:
            self.agreement.look.setEnabled(True)
            self.say_mistake(error)

        session = self.context.open
        try:
            self.start(
                lambda hear: looking.look(session, hosts, checks, hear, self.context.look_options()),
                done,
                failed=failed,
                stopped=lambda: self.agreement.look.setEnabled(True),
            )
        except Mistake as mistake:
            failed(mistake)


class _Agreement(Card):
    """The one sentence that everything rests on, and the agreement to it."""

    def __init__(self) -> None:
        super().__init__()
        self._glyph = GlyphMark(Glyph.RING, "quiet")
        self._heading = PlainLabel("", "heading", wrap=True)
        self._list = PlainLabel("", wrap=True)
        self._statement = PlainLabel(looking.statement(), wrap=True)
        self._said = PlainLabel("", "quiet", wrap=True)
        self.agreed = FilledButton()
        self.look = OutlineButton(_("Look at them now"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._glyph)
        head.addWidget(self._heading, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._list)
        self.body.addWidget(self._statement)
        self.body.addLayout(beside(self.agreed, self.look))
        self.body.addWidget(self._said)

    def show_state(self, context: Context) -> None:
        """Show what may be looked at, and whether it was agreed to."""
        session = context.open
        scope = session.assessment.scope
        n = len(scope.hosts)
        self._heading.setText(_("Nothing outside this table is ever contacted."))
        self._list.setText(", ".join(looking.targets(session)))
        self._list.setVisible(bool(n))
        self._statement.setVisible(bool(n) and not scope.confirmed)
        self.agreed.setVisible(bool(n) and not scope.confirmed and not session.read_only)
        self.agreed.setText(
            ngettext("Agree to look at exactly this host", "Agree to look at exactly these {n} hosts", n).format(n=n)
        )
        self.look.setVisible(scope.confirmed and not session.read_only)
        confirmed = session.assessment.confirmed
        if scope.confirmed and confirmed is not None:
            self._glyph.set(Glyph.TICK, "supports", _("Agreed"))
            when = words.ago(confirmed.at, context.now())
            self._said.setText(_("Agreed {when}. When the table changes, it is asked again.").format(when=when))
            self._said.setToolTip(words.exactly(confirmed.at))
        else:
            self._glyph.set(Glyph.RING, "quiet", _("Not agreed yet"))
            self._said.setText(
                _("The list has changed since it was agreed to.")
                if confirmed is not None and n
                else ""
                if n
                else _("Once a host is in the table, you can agree to have it looked at.")
            )
        self._said.setVisible(bool(self._said.text()))


class _Asked(Card):
    """One scoping question: its state, its words, its fields; what is not asked says why."""

    def __init__(self, context: Context, requirement: Requirement):
        super().__init__()
        self._context, self._requirement = context, requirement
        self.badge = Badge()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(PlainLabel(requirement.title, "heading", wrap=True), 1)
        head.addWidget(self.badge)
        self.body.addLayout(head)
        self.body.addWidget(PlainLabel(requirement.explanation, "quiet", wrap=True))
        self.widgets: dict[str, QuestionWidget] = {}
        self._reasons: dict[str, PlainLabel] = {}
        column = QVBoxLayout()
        column.setSpacing(16)
        column.setContentsMargins(0, 8, 0, 0)
        for question in context.open.questionnaire.questions_for(requirement.id):
            widget, reason = widget_for(question), PlainLabel("", "quiet", wrap=True)
            self.widgets[question.id], self._reasons[question.id] = widget, reason
            column.addWidget(widget)
            column.addWidget(reason)
        self.body.addLayout(column)
        self.carried = CarriedNote(requirement.id)
        self.body.addWidget(self.carried)
        why = Folded(_("Why this matters"))
        why.body.addWidget(PlainLabel(requirement.why, wrap=True))
        self.body.addWidget(why)

    def draw(self, origin: object) -> None:
        """Show what is recorded, except where the change came from."""
        session = self._context.open
        self.badge.set_mark(session.findings[self._requirement.id].mark)
        self.carried.show_session(session)
        for id, widget in self.widgets.items():
            because = not_asked_because(widget.question, session.assessment.answers)
            widget.setVisible(not because)
            held = session.held_because(*newer.answer_items(session.questionnaire, id))
            widget.set_editable(not (session.read_only or held))
            asked = _("{ask} Not asked: {why}").format(ask=widget.question.ask, why=because)
            self._reasons[id].setText(asked if because else held)
            self._reasons[id].setVisible(bool(because or held))
            if widget is not origin:
                widget.show_answer(session.assessment.answers.get(id))

    def flush(self) -> None:
        """Hand over what is still being typed."""
        for widget in self.widgets.values():
            widget.flush()

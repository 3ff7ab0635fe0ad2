"""One requirement on a page: what was said, what was seen, what to do about it; opened, its questions and guidance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain import events as e
from wizard.domain import newer
from wizard.domain.answers import Answer
from wizard.domain.finding import Finding, Mark, SubjectKind
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Requirement
from wizard.gui import a11y, words
from wizard.gui.context import Place
from wizard.gui.pages import card_words
from wizard.gui.pages.card_forms import CardForm, ExceptionForm, ReasonForm, explanation_form, not_applicable_form
from wizard.gui.pages.card_head import CardHead
from wizard.gui.pages.card_parts import EvidenceStrip, Guidance, NoteField, PartsList, QuestionsBox, SourcePanel
from wizard.gui.pages.held_sheet import where_they_are_settled
from wizard.gui.pages.said_and_seen import SaidAndSeen
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.questions.files import FilesQuestion
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.code_text import CodeText
from wizard.gui.widgets.drop_zone import TakesFiles
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session import canary_logs
from wizard.session.deeds import renewing

if TYPE_CHECKING:
    from wizard.session.session import Session

#: these need a person, so the way to put them right stands on the closed card too
_NEEDS = (Mark.CONTRADICTED, Mark.NOT_MET, Mark.RECOMMENDATION_NOT_MET)


class RequirementCard(TakesFiles, Card):
    """`turned(self)` when the person opens or closes it. Questions are made when it is first opened."""

    turned = Signal(object)

    def __init__(self, page: Page, requirement: Requirement, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self.page, self.requirement = page, requirement
        self.is_open = False
        self.setAcceptDrops(True)
        self.head = CardHead(requirement.id, requirement.title, requirement.source is not None)
        self.head.title.clicked.connect(self._turn)
        self.head.source.turned.connect(self._show_source)
        self._source: SourcePanel | None = None
        self._explanation = PlainLabel(requirement.explanation, "quiet", wrap=True)
        self.questions: QuestionsBox | None = None
        self._parts: PartsList | None = None
        self._sides = SaidAndSeen()
        self._read_only = PlainLabel("", "unsure", wrap=True)
        self._noted = PlainLabel("", wrap=True)
        self._evidence: EvidenceStrip | None = None
        self._fix_words = QWidget()
        fix = QVBoxLayout(self._fix_words)
        fix.setContentsMargins(0, 0, 0, 0)
        fix.setSpacing(2)
        fix.addWidget(PlainLabel(_("How to fix it"), "strong"))
        fix.addWidget(PlainLabel(requirement.fix, wrap=True))
        self._fix = CodeText()
        self._guidance: Guidance | None = None
        self._note: NoteField | None = None
        self._form: CardForm | None = None
        self._forms: dict[str, CardForm] = {}
        self._buttons = Flow()
        self.again = self._button(_("Look again"), self.look_again)
        self.canary = self._button(_("Send a canary…"), lambda: page.go.emit(Place("checks", canary_logs.CHECKS[0])))
        self.copy = self._button(_("Copy the line"), self._fix.copy)
        self.change = self._button(_("Change the answer"), lambda: self.set_open(True, focus=True))
        kept = renewing.keep
        self.keep = self._button(_("Keep as it is"), lambda: page.when_saved(kept(self.session, requirement.id)))
        self.close_card = self._button(_("Close"), lambda: self.set_open(False))
        self.except_ = self._button(_("Note an exception…"), lambda: self._turn_form("exception"))
        self.explain = self._button(_("Explain the contradiction…"), lambda: self._turn_form("explanation"))
        self.not_applicable = self._button(_("Does not apply…"), lambda: self._turn_form("not-applicable"))
        order: tuple[QWidget, ...] = (self.head, self._read_only, self._explanation, self._sides, self._noted)
        order += (self._fix_words, self._fix, self._buttons)
        for widget in order:
            self.body.addWidget(widget)
        self.redraw()

    @property
    def session(self) -> Session:
        """The open assessment."""
        return self.page.context.open

    @property
    def finding(self) -> Finding:
        """What the requirement amounts to now."""
        return self.session.findings[self.requirement.id]

    @property
    def writable(self) -> bool:
        """False while it can only be read: the whole assessment, or this, because a newer app wrote about it."""
        return not (self.session.read_only or self._held)

    @property
    def _held(self) -> str:
        """Why it can be read and not changed, where the rest of the assessment can be; "" when it can."""
        return self.session.held_because(*newer.requirement_items(self.session.questionnaire, self.requirement.id))

    def set_open(self, open_: bool, *, focus: bool = False) -> None:
        """Open or close the card."""
        if open_ != self.is_open:
            if not open_:
                self.flush()
            self.is_open = open_
            if open_ and self.questions is None:
                self._build_inside()
            self.redraw()
            self.turned.emit(self)
        if open_ and focus and self.questions is not None:
            self.questions.focus_first(self.finding.open_questions)

    def flush(self) -> None:
        """Hand over what is being typed."""
        if self.questions is not None:
            self.questions.flush()
        if self._note is not None:
            self._note.flush()

    def redraw(self, origin: object = None) -> None:
        """Show what is recorded now; the field that the change came from stays as it is."""
        session, finding, requirement = self.session, self.finding, self.requirement
        mark, files = finding.mark, session.assessment.evidence_for(requirement.id)
        said = card_words.said(session, requirement)
        seen = card_words.seen(session, requirement, finding)
        needs, remedy = mark in _NEEDS, card_words.remedy(finding)
        sides = seen is not None
        short = "" if self.is_open or sides or needs else card_words.in_short(session, requirement, finding)
        self.head.show_state(mark, short, self.is_open)
        self.set_edge("contradicts" if mark is Mark.CONTRADICTED and not finding.explained else "none")
        self._explanation.setVisible(self.is_open or needs)
        self._sides.setVisible(sides or (needs and not self.is_open))
        if not self._sides.isHidden():
            self._sides.show_both(said, seen, self.page.context.now())
        held = self._held
        self._read_only.setText(held)
        self._read_only.setVisible(bool(held))
        noted = card_words.noted(session, requirement.id, finding)
        self._noted.setText(noted)
        self._noted.setVisible(bool(noted))
        self._fix.setText(remedy)
        self._fix.setVisible(bool(remedy) and needs)
        self._fix_words.setVisible(needs and bool(requirement.fix))
        if files or self.is_open or self._evidence is not None:
            self._show_evidence(files)
        if self.questions is not None:
            self.questions.setVisible(self.is_open)
            self.questions.redraw(session, origin)
        for part in (self._guidance, self._parts, self._note):
            if part is not None:
                part.setVisible(self.is_open and (part is not self._parts or bool(requirement.parts)))
        if self._parts is not None:
            self._parts.show_finding(finding)
        if self._note is not None:
            noted_by = session.assessment.comments.get(requirement.id)
            self._note.setEnabled(self.writable)
            self._note.show_note(getattr(noted_by.payload, "text", "") if noted_by else "")
        self._show_buttons(finding, bool(remedy) and needs)
        self._refresh_form()

    def look_again(self) -> None:
        """Have the checks of this requirement look again; the old result stays, greyed, until the new one is in."""
        from wizard.session.deeds import looking

        checks = self._live_checks()
        self._sides.setEnabled(False)
        self.again.setEnabled(False)

        def over(said: str) -> None:
            self._sides.setEnabled(True)
            self.again.setEnabled(True)
            if said:
                a11y.announce(self, said)

        def done(_looks: object) -> None:
            state = words.word(self.finding.mark)
            over(_("{id} was looked at again: {state}.").format(id=self.requirement.id, state=state))

        def failed(error: Exception) -> None:
            over("")
            self.page.say_mistake(error)

        try:
            self.page.start(
                lambda hear: looking.look(self.session, checks=checks, hear=hear),
                done,
                failed=failed,
                stopped=lambda: over(""),
            )
        except Mistake as mistake:
            failed(mistake)

    def add_files(self, paths: Sequence[Path], then: FilesQuestion | None = None) -> None:
        """Seal files and file them here."""
        from wizard.session.deeds import evidence

        session, id = self.session, self.requirement.id

        def added(result: Any) -> None:
            if then is not None:
                then.set_names({key: item.name for key, item in session.assessment.evidence.items()})
                then.add(tuple(item.id for item in result.evidence))
            if result.held:
                self.page.go.emit(where_they_are_settled(result.held, id))
            elif result.left_out:
                self.page.message_bar.say_mistake(" ".join(result.left_out))
            elif len(result.evidence) == 1:
                self.page.say_done(result.sentence)
            else:
                self.page.message_bar.say(result.sentence)

        self.page.start(lambda hear: evidence.add(session, tuple(paths), (id,), hear), added)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.writable:
            super().dragEnterEvent(event)

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.add_files(paths)

    def _button(self, text: str, do: Any) -> OutlineButton:
        button = OutlineButton(text)
        button.setAccessibleName(_("{deed}: {id}").format(deed=text.rstrip("…"), id=self.requirement.id))
        button.clicked.connect(lambda _on=False: do())
        self._buttons.add(button)
        return button

    def _turn(self) -> None:
        self.set_open(not self.is_open, focus=True)

    def _build_inside(self) -> None:
        session, requirement = self.session, self.requirement
        self.questions = QuestionsBox(session, requirement)
        self.questions.edited.connect(self._edited)
        self.questions.files_dropped.connect(lambda widget, paths: self.add_files(paths, widget))
        self._parts = PartsList(requirement)
        self._guidance = Guidance(requirement)
        self._note = NoteField(self._keep_note)
        at = self.body.indexOf(self._explanation) + 1
        self.body.insertWidget(at, self._parts)
        self.body.insertWidget(at + 1, self.questions)
        at = self.body.indexOf(self._buttons)
        self.body.insertWidget(at, self._guidance)
        self.body.insertWidget(at + 1, self._note)
        self._buttons.raise_()  # screen readers read in the order in which parts were made

    def _edited(self, widget: QuestionWidget, answer: Answer) -> None:
        from wizard.session.deeds import answers

        try:
            future = answers.answer(self.session, answer, origin=widget)
        except Mistake as mistake:
            widget.refuse(mistake.sentence)
            return

        self.page.when_saved(future, kept=widget.not_saved)

    def _keep_note(self, text: str) -> None:
        from wizard.session.deeds import answers

        note = self._note
        assert note is not None  # it is what calls this
        self.page.when_saved(answers.comment(self.session, self.requirement.id, text), kept=note.not_saved)

    def _show_evidence(self, files: tuple[Any, ...]) -> None:
        if self._evidence is None:
            self._evidence = EvidenceStrip()
            self._evidence.dropped.connect(self.add_files)
            self._evidence.pressed.connect(lambda id: self.page.go.emit(Place("evidence", id)))
            self.body.insertWidget(self.body.indexOf(self._noted) + 1, self._evidence)
        self._evidence.zone.setEnabled(self.writable)
        self._evidence.show_files(self.requirement.id, files)
        self._evidence.setVisible(bool(files) or self.is_open)

    def _show_buttons(self, finding: Finding, remedy: bool) -> None:
        writable, needs = self.writable, finding.mark in _NEEDS
        checks = bool(self._live_checks())
        hosts = bool(self.session.assessment.scope.hosts)
        unsure = finding.mark is Mark.COULD_NOT_LOOK
        by_log = bool(set(canary_logs.CHECKS) & set(self.requirement.checks))
        offered = self.is_open or needs
        shown = {
            self.keep: writable and bool(renewing.carried(self.session, self.requirement.id)),
            self.again: writable and checks and hosts and (offered or unsure),
            self.canary: writable and hosts and offered and by_log,
            self.copy: remedy,
            self.change: writable and needs and not self.is_open and finding.answered,
            self.except_: (writable and needs) or finding.mark is Mark.EXCEPTION,
            self.explain: writable and finding.contradicted,
            self.not_applicable: writable and self.is_open and not self.requirement.computed,
            self.close_card: self.is_open,
        }
        for button, visible in shown.items():
            button.setVisible(visible)
        self.again.set_filled(needs)
        self._buttons.setVisible(any(shown.values()))
        self._buttons.rearrange()

    def _live_checks(self) -> tuple[str, ...]:
        """The checks of this requirement that look at hosts by themselves; the canary has a button of its own."""
        own = dict.fromkeys((*self.requirement.checks, *(c for part in self.requirement.parts for c in part.checks)))
        return tuple(c for c in own if self.session.kinds.get(c) is SubjectKind.HOST and c not in canary_logs.CHECKS)

    def _show_source(self, open_: bool) -> None:
        if self._source is None:
            self._source = SourcePanel(self.session.questionnaire, self.requirement)
            self.body.insertWidget(1, self._source)
        self._source.setVisible(open_)

    def _turn_form(self, name: str) -> None:
        if self._form is not None and self._forms.get(name) is self._form and not self._form.isHidden():
            self._close_form()
            return
        self._close_form()
        if name not in self._forms:
            made: CardForm
            match name:
                case "exception":
                    made = ExceptionForm()
                case "explanation":
                    made = explanation_form()
                case _:
                    made = not_applicable_form()
            made.kept.connect(lambda: self._keep_form(name))
            made.taken_back.connect(lambda: self._keep_form(name, back=True))
            made.closed.connect(self._close_form)
            self.body.addWidget(made)
            self._forms[name] = made
        self._form = self._forms[name]
        self._refresh_form()
        self._form.show()
        self._form.setFocus(Qt.FocusReason.OtherFocusReason)
        form, area = self._form, self.page.scroll_area
        QTimer.singleShot(0, form, lambda: area.ensureWidgetVisible(form, 0, 12))  # once it is laid out

    def _refresh_form(self) -> None:
        assessment, id = self.session.assessment, self.requirement.id
        match self._form:
            case ExceptionForm():
                noted = assessment.exceptions.get(id)
                payload = noted.payload if noted else None
                self._form.show_exception(payload if isinstance(payload, e.ExceptionSet) else None)
            case ReasonForm():
                explaining = self._form is self._forms.get("explanation")
                box = assessment.explanations if explaining else assessment.not_applicable
                written = box[id].payload if id in box else None
                self._form.show_reason(getattr(written, "text", "") or getattr(written, "reason", ""))

    def _close_form(self) -> None:
        if self._form is not None:
            self._form.hide()

    def _keep_form(self, name: str, *, back: bool = False) -> None:
        from wizard.session.deeds import answers

        form, id = self._forms[name], self.requirement.id
        try:
            if isinstance(form, ExceptionForm):
                if back:
                    future = answers.withdraw_exception(self.session, id)
                else:
                    future = answers.grant_exception(self.session, form.exception(id))
            else:
                assert isinstance(form, ReasonForm)
                text = "" if back else form.text.text().strip()
                if not text and not back:
                    raise ValueError(_("Write a sentence first; nothing was saved."))
                deed = answers.explain if name == "explanation" else answers.claim_not_applicable
                future = deed(self.session, id, text)
        except (ValueError, Mistake) as wrong:
            form.say(str(wrong))
            return
        form.say("")

        def kept(_change: object) -> None:
            form.hide()
            self.page.say_done(_("{id} is now: {state}.").format(id=id, state=words.word(self.finding.mark).lower()))

        self.page.when_saved(future, kept)

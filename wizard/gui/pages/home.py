"""The task list: how far the assessment is, where to go on, and every section with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.answers import Answer
from wizard.domain.finding import Mark
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Requirement
from wizard.gui import outline, words
from wizard.gui.context import Context, Place
from wizard.gui.finder import place_of
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.card import Card, Panel
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.gui.widgets.tally_bar import Segment, TallyBar
from wizard.gui.widgets.two_line_row import TwoLineRow

if TYPE_CHECKING:
    from wizard.session.changes import Change


class HomePage(Page):
    """What is seen first of an open assessment."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, parent=parent)
        self._next: Requirement | None = None
        self._panel = Panel()
        self._panel.body.setContentsMargins(17, 14, 17, 14)
        self._stopped = PlainLabel("", "quiet")
        self._where = ElidedLabel("", "heading")
        self.continue_button = FilledButton("")
        self.continue_button.clicked.connect(self._continue)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._stopped)
        texts.addWidget(self._where)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(texts, 1)
        row.addWidget(self.continue_button)
        self._panel.body.addLayout(row)
        #: who is waited for; leads to the team
        self.waiting = LinkButton(icon_name="people")
        self.waiting.clicked.connect(lambda: self.go.emit(Place("team")))
        self._count = PlainLabel("", "heading")
        self._left = PlainLabel("", "quiet")
        counts = QHBoxLayout()
        counts.addWidget(self._count)
        counts.addStretch(1)
        counts.addWidget(self._left)
        self.tally = TallyBar()
        self.tally.clicked.connect(lambda mark: self.go.emit(Place("review", mark)))
        self._rows_card = Card()
        self._rows_card.body.setContentsMargins(1, 1, 1, 1)
        self._rows_card.body.setSpacing(0)
        self.rows: dict[str, TwoLineRow] = {}
        for number, section in enumerate(context.open.questionnaire.sections):
            row_ = TwoLineRow(section.title, section.summary, first=number == 0)
            place = outline.place_of_section(section)
            row_.clicked.connect(lambda _on=False, place=place: self.go.emit(place))
            self._rows_card.body.addWidget(row_)
            self.rows[section.id] = row_
        self._footnote = PlainLabel("", "quiet", wrap=True)
        self.body.setSpacing(8)
        self.body.addWidget(self._panel)
        self.body.addLayout(beside(self.waiting))
        self.body.addSpacing(8)
        self.body.addLayout(counts)
        self.body.addWidget(self.tally)
        self.body.addSpacing(10)
        self.body.addWidget(self._rows_card)
        self.body.addSpacing(8)
        self.body.addWidget(self._footnote)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        self._draw()
        if doubts := self.context.open.workspace.doubts:  # it is only read: the choice stays one click away
            self.message_bar.say_mistake(doubts, _("Choose"), lambda: self.go.emit(Place("older_copy")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._continue()
        else:
            super().keyPressEvent(event)

    def redraw(self, change: Change) -> None:
        self._draw()

    def _draw(self) -> None:
        from wizard.gui.pages.team import waiting_sentence
        from wizard.session import summaries
        from wizard.session.deeds import sharing

        session = self.context.open
        questionnaire, findings, assessment = session.questionnaire, session.findings, session.assessment
        self.set_title(outline.title(session))
        self.set_sentence(summaries.sentence(questionnaire, assessment, findings))
        tally = summaries.tally(questionnaire, findings)
        waiting = (Mark.IN_PROGRESS, Mark.NOT_STARTED)
        order = [m for m in tally if m not in waiting] + [m for m in waiting if m in tally]
        self.tally.set(
            [Segment(m.value, tally[m], words.word(m), words.sign(m), waiting=m is Mark.NOT_STARTED) for m in order]
        )
        total = sum(tally.values())
        done = total - sum(tally.get(m, 0) for m in waiting)
        said = ngettext("{done} of {all} requirement answered", "{done} of {all} requirements answered", total)
        self._count.setText(said.format(done=done, all=total))
        minutes = summaries.minutes_left(questionnaire, findings)
        self._left.setText(_left_words(minutes))
        self._draw_next()
        awaited = waiting_sentence(sharing.waiting(session))
        self.waiting.setText(awaited)
        self.waiting.setVisible(bool(awaited))
        for summary in summaries.section_summaries(questionnaire, findings, assessment.carried):
            sign, word = outline.section_state(summary)
            figure = _("{done} of {all}").format(done=summary.answered, all=summary.total)
            self.rows[summary.section.id].set_state(figure, sign, word)
        self._footnote.setText(
            _("{title} {version} · page read on {day} · saved as you go, you can stop at any time").format(
                title=questionnaire.title, version=questionnaire.version, day=words.day(questionnaire.read_on)
            )
        )

    def _draw_next(self) -> None:
        from wizard.session import summaries

        session = self.context.open
        last = self._last_answer()
        owner = self._owner(last.question) if last is not None else None
        after = owner.id if owner is not None else ""
        findings = session.findings
        if owner is not None and not summaries.answered(findings[owner.id]):
            next_: Requirement | None = owner
        else:
            next_ = summaries.next_step(session.questionnaire, findings, after, session.assessment.carried)
        self._next = next_
        if next_ is None:
            self._stopped.setText(_("Every requirement is answered."))
            replying = session.request is not None
            self._where.setText(_("Save the reply") if replying else _("See what a reviewer will ask, then sign"))
            self.continue_button.setText(_("Your reply") if replying else _("Review"))
            return
        if last is None or last.at is None:
            self._stopped.setText(_("Nothing answered yet. You can stop at any time and go on where you were."))
            self.continue_button.setText(_("Begin with “{title}”").format(title=_short(next_.title)))
        else:
            now = self.context.now()
            today = last.at.astimezone().date() == now.astimezone().date()
            when = _("today at {time}").format(time=words.clock(last.at)) if today else words.ago(last.at, now)
            stopped = _("You stopped here {when}") if next_ is owner else _("You stopped {when}. Next:")
            self._stopped.setText(stopped.format(when=when))
            self.continue_button.setText(_("Continue with “{title}”").format(title=_short(next_.title)))
        self._where.setText(f"{next_.id} · {next_.title}")

    def _last_answer(self) -> Answer | None:
        dated = [a for a in self.context.open.assessment.answers.values() if a.at is not None]
        return max(dated, key=lambda a: a.at, default=None)  # type: ignore[arg-type, return-value]

    def _owner(self, question: str) -> Requirement | None:
        questionnaire = self.context.open.questionnaire
        asked = questionnaire.question_by_id.get(question)
        ids = asked.requirements if asked is not None else ()
        return next((r for id in ids if (r := questionnaire.owner_of(id)) is not None), None)

    def _continue(self) -> None:
        self.go.emit(place_of(self.context, self._next.id) if self._next is not None else Place("review"))


def _short(title: str) -> str:
    return title if len(title) <= 34 else title[:33].rstrip() + "…"


def _left_words(minutes: int) -> str:
    if minutes <= 0:
        return _("Nothing left to answer")
    if minutes < 90:
        return ngettext("About {n} minute left", "About {n} minutes left", minutes).format(n=minutes)
    hours = round(minutes / 30) / 2
    return _("About {n} hours left").format(n=f"{hours:g}")

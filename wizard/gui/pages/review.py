"""The findings before one signs: what to settle, what a reviewer will ask, and everything else worst first."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from wizard.domain.attestation import Blocker
from wizard.domain.finding import Mark
from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages import errand
from wizard.gui.pages.form import empty
from wizard.gui.pages.review_lines import Only, Shown, changed_since_signing, heading, place_of, sentence, shown
from wizard.gui.widgets.buttons import ChipButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.finding_row import FindingRow
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.tally_bar import Segment, TallyBar
from wizard.session import summaries
from wizard.session.changes import Change
from wizard.session.deeds import attesting
from wizard.session.session import Session

#: How many of the weakest a reviewer is expected to ask about.
_ASKED = 5


class ReviewPage(Page):
    """`Place.item` may name a mark: its group is come to."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Review"), "", parent)
        self._changed: frozenset[str] = frozenset()
        self._signed = 0
        self._only = Only.ALL
        self.tally = TallyBar()
        self.tally.clicked.connect(self._to_group)
        self.chips: dict[Only, ChipButton] = {}
        group = QButtonGroup(self)
        group.setExclusive(True)
        chips = Flow(gap=8)
        for only in Only:
            chip = ChipButton(only.word, checkable=True)
            chip.setChecked(only is Only.ALL)
            chip.clicked.connect(lambda _c=False, only=only: self._filter(only))
            group.addButton(chip)
            self.chips[only] = chip
            chips.add(chip)
        self._chips = chips
        self._settle = QVBoxLayout()
        self._groups = QVBoxLayout()
        for column in (self._settle, self._groups):
            column.setSpacing(12)
        self._nothing = PlainLabel("", "quiet")
        self.body.addWidget(self.tally)
        self.body.addLayout(self._settle)
        self.body.addWidget(chips)
        self.body.addLayout(self._groups)
        self.body.addWidget(self._nothing)
        self.body.addStretch(1)
        self._cards: dict[Mark, Card] = {}
        self.rows: dict[str, FindingRow] = {}

    def shown(self, place: Place) -> None:
        """Draw everything anew, and find out what changed since the last signature."""
        self._draw()
        self._compare()
        if place.item in {mark.value for mark in Mark}:
            self._to_group(place.item)

    def redraw(self, change: Change) -> None:
        self._draw()
        self._compare()

    def _compare(self) -> None:
        session = self.context.open
        if not session.assessment.attestations or self._signed == session.assessment.events:
            return
        self._signed = session.assessment.events

        def then(changed: frozenset[str]) -> None:
            if changed != self._changed:
                self._changed = changed
                self._draw()

        errand.run(self, _("Comparing with what was signed"), lambda: changed_since_signing(session), then)

    def _draw(self) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        findings, questionnaire = session.findings, session.questionnaire
        stopping = attesting.blockers(session)
        self.set_sentence(sentence(session, findings, len(stopping)))
        counts = summaries.tally(questionnaire, findings)
        self.tally.set(
            [
                Segment(mark.value, n, words.word(mark), words.sign(mark), waiting=mark is Mark.NOT_STARTED)
                for mark, n in counts.items()
            ]
        )
        for only, chip in self.chips.items():
            n = sum(only.keeps(findings[r.id], self._changed) for r in questionnaire.requirements)
            chip.setText(_("{word} {n}").format(word=only.word, n=n))
            chip.setVisible(bool(n) or only in (Only.ALL, Only.OPEN, Only.CONTRADICTED, Only.UNPROVEN))
            chip.setEnabled(bool(n) or only is Only.ALL)
        self._draw_settle(stopping)
        self._draw_groups()

    def _draw_settle(self, stopping: tuple[Blocker, ...]) -> None:
        session = self.context.open
        empty(self._settle)
        settled_first = {blocker.where for blocker in stopping}
        weakest = summaries.weakest(session.questionnaire, session.findings, _ASKED + len(settled_first))
        asked = [finding for finding in weakest if finding.id not in settled_first][:_ASKED]
        if stopping:
            card = Card("contradicts")
            n = len(stopping)
            card.body.setSpacing(0)
            card.body.addWidget(
                PlainLabel(ngettext("Settle this first", "Settle these {n} first", n).format(n=n), "heading")
            )
            card.body.addSpacing(8)
            for blocker in stopping[:_MOST]:
                row = blocker_row(session, blocker)
                row.clicked.connect(lambda _c=False, where=blocker.where: self.go.emit(place_of(session, where)))
                card.body.addWidget(row)
            if n > _MOST:
                more = _("and {n} more; the sign page lists them all.").format(n=n - _MOST)
                card.body.addWidget(PlainLabel(more, "quiet"))
            self._settle.addWidget(card)
        if asked:
            card = Card()
            card.body.setSpacing(0)
            card.body.addWidget(PlainLabel(_("What a reviewer will ask"), "heading"))
            card.body.addSpacing(8)
            for finding in asked:
                card.body.addWidget(self._row(shown(session, finding, self._changed)))
            self._settle.addWidget(card)

    def _draw_groups(self) -> None:
        session = self.context.open
        empty(self._groups)
        self._cards, self.rows = {}, {}
        for mark, findings in summaries.review_groups(session.questionnaire, session.findings):
            kept = [f for f in findings if self._only.keeps(f, self._changed)]
            if not kept:
                continue
            card = self._cards[mark] = Card()
            card.body.setSpacing(0)
            title = PlainLabel(heading(mark, len(kept)), "heading")
            title.setToolTip(words.sentence(mark))
            card.body.addWidget(title)
            card.body.addSpacing(8)
            for finding in kept:
                row = self.rows[finding.id] = self._row(shown(session, finding, self._changed))
                card.body.addWidget(row)
            self._groups.addWidget(card)
        self._nothing.setText("" if self._cards else _("Nothing is in this state."))
        self._nothing.setVisible(not self._cards)

    def _row(self, item: Shown) -> FindingRow:
        session = self.context.open
        row = FindingRow(item.name, item.because, words.sign(item.mark), words.word(item.mark), note=item.note)
        row.clicked.connect(lambda: self.go.emit(place_of(session, item.id)))
        return row

    def _filter(self, only: Only) -> None:
        self._only = only
        self._draw_groups()

    def _to_group(self, key: str) -> None:
        """A segment of the tally was clicked: come to its group."""
        self._filter(Only.ALL)
        self.chips[Only.ALL].setChecked(True)
        card = self._cards.get(Mark(key))
        inside = self.scroll_area.widget()
        if card is not None and inside is not None:
            QTimer.singleShot(0, lambda: self._scroll_to(card, inside))

    def _scroll_to(self, card: Card, inside: QWidget) -> None:
        top = card.mapTo(inside, card.rect().topLeft()).y()
        self.scroll_area.verticalScrollBar().setValue(max(0, top - 16))


_MOST = 6


def place_name(where: str) -> str:
    """What a page is called in a blocker."""
    return {
        "scope": _("Scope"),
        "evidence": _("Evidence"),
        "team": _("Team"),
        "review": _("The journal"),
        "sign": _("Who signs"),
    }.get(where, where)


def blocker_row(session: Session, blocker: Blocker) -> FindingRow:
    """Something that stops signing, as a row: what it is about, and what to do."""
    requirement = session.questionnaire.by_id.get(blocker.where)
    mark = session.findings[requirement.id].mark if requirement else Mark.NOT_STARTED
    if requirement is None:
        return FindingRow(place_name(blocker.where), blocker.sentence, words.sign(mark), words.word(mark))
    said = blocker.sentence.removeprefix(f"{requirement.id} {requirement.title}: ")
    finding = session.findings[requirement.id]
    if finding.contradicted and not finding.explained:
        said = _("{seen} Correct the answer, or explain why it stands.").format(seen=finding.because)
    name = f"{requirement.id} · {requirement.title}"
    return FindingRow(name, said[:1].upper() + said[1:], words.sign(mark), words.word(mark))

"""One section: its requirements as cards in the questionnaire's order, the one in focus open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from wizard.domain.finding import Finding, Mark
from wizard.domain.language import _
from wizard.domain.questionnaire import Requirement, Section
from wizard.gui.context import Context, Place
from wizard.gui.pages import card_words, errand
from wizard.gui.pages.approval_card import ApprovalCard
from wizard.gui.pages.requirement_card import RequirementCard
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.buttons import ChipButton
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.page import Page
from wizard.session.deeds import approving

if TYPE_CHECKING:
    from wizard.session.changes import Change

_FILTERS = ("all", "open", "contradicted", "without-evidence")


class SectionPage(Page):
    """Shows the section that the place names. Cards are made when their section is first shown, and kept."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, parent=parent)
        self.section = ""
        self.cards: dict[str, RequirementCard] = {}
        self._kept: dict[str, dict[str, RequirementCard]] = {}
        self.filters: dict[str, ChipButton] = {}
        for name in _FILTERS:
            chip = ChipButton(checkable=True)
            chip.clicked.connect(lambda _on=False, name=name: self.set_filter(name))
            self.deeds.addWidget(chip)
            self.filters[name] = chip
        self._filter = "all"
        self._nothing = EmptyState("list", _("No requirement of this section is like that."))
        self._nothing.hide()
        self.body.addWidget(self._nothing)
        self.approval = ApprovalCard()
        self.approval.pressed.connect(self._approve)
        self.body.addWidget(self.approval)
        self.body.addStretch(1)
        for keys, step in (("Ctrl+Down", 1), ("Ctrl+Up", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda step=step: self.step(step))

    def shown(self, place: Place) -> None:
        """Show that section; open the requirement in focus, or the first that is still to answer."""
        if place.item != self.section:
            self._show_section(place.item)
        self._redraw_all()
        if place.requirement in self.cards:
            self.focus_requirement(place.requirement)
        elif not any(card.is_open for card in self.cards.values()):
            findings = self.context.open.findings
            marks = (Mark.NOT_STARTED, Mark.IN_PROGRESS)
            first = next((id for id in self.cards if findings[id].mark in marks and self._answerable(id)), "")
            if first:
                self.cards[first].set_open(True)
            bar = self.scroll_area.verticalScrollBar()
            QTimer.singleShot(0, bar, lambda: bar.setValue(0))

    def left(self) -> None:
        for card in self.cards.values():
            card.flush()

    def redraw(self, change: Change) -> None:
        for id, card in self.cards.items():
            if id in change.requirements or not change.payloads:
                card.redraw(change.origin if isinstance(change.origin, QuestionWidget) else None)
        self._draw_head()

    def set_filter(self, name: str) -> None:
        """Show only the cards that are like that."""
        self._filter = name
        self._draw_head()

    def state_of(self, requirement: str) -> str:
        """The word on a requirement's badge."""
        return self.cards[requirement].head.badge.text

    def focus_requirement(self, id: str) -> None:
        """Open a card, bring it into view, and put the cursor into its first open question."""
        if self._filter != "all":
            self.set_filter("all")
        card = self.cards[id]
        card.set_open(True, focus=True)
        QTimer.singleShot(0, card, lambda: self._bring_into_view(card))

    def step(self, step: int) -> None:
        """Go to the next card (1) or the one before (-1)."""
        shown = [id for id, card in self.cards.items() if not card.isHidden()]
        here = next((n for n, id in enumerate(shown) if self.cards[id].is_open), -1 if step > 0 else len(shown))
        if 0 <= here + step < len(shown):
            self.focus_requirement(shown[here + step])

    def _show_section(self, id: str) -> None:
        for card in self.cards.values():
            card.hide()
        self.section = id
        section = self._section
        self.set_title(section.title)
        if id not in self._kept:
            self._kept[id] = {}
            for requirement in section.requirements:
                card = RequirementCard(self, requirement)
                card.turned.connect(self._turned)
                self.body.insertWidget(self.body.count() - 3, card)
                self._kept[id][requirement.id] = card
            self.approval.raise_()  # screen readers read in the order in which parts were made
        self.cards = self._kept[id]
        self._filter = "all"

    def _redraw_all(self) -> None:
        for card in self.cards.values():
            card.redraw()
        self._draw_head()

    def _draw_head(self) -> None:
        session = self.context.open
        of = {id: session.findings[id] for id in self.cards}
        self.set_sentence(card_words.section_sentence(of.values()))
        like = {
            name: [id for id, f in of.items() if self._is(name, self.cards[id].requirement, f)] for name in _FILTERS
        }
        labels = {
            "all": _("All {n}"),
            "open": _("Open {n}"),
            "contradicted": _("Contradicted {n}"),
            "without-evidence": _("Without evidence {n}"),
        }
        for name, chip in self.filters.items():
            chip.setText(labels[name].format(n=len(like[name])))
            chip.setChecked(name == self._filter)
        for id, card in self.cards.items():
            card.setVisible(id in like[self._filter])
        self._nothing.setVisible(not like[self._filter])
        self.approval.show_section(session, self._section)

    @property
    def _section(self) -> Section:
        return next(s for s in self.context.open.questionnaire.sections if s.id == self.section)

    def _approve(self, stand: bool) -> None:
        for card in self.cards.values():
            card.flush()
        session, section = self.context.open, self._section

        def said(_change: object) -> None:
            words = _("You approved {section}.") if stand else _("You no longer stand for {section}.")
            self.say_done(words.format(section=section.title))

        def work() -> object:
            session.flush()  # what was typed last belongs to what is approved
            return (approving.approve if stand else approving.take_back)(session, section).result()

        errand.run(self, _("Saving the approval"), work, said)

    def _is(self, name: str, requirement: Requirement, finding: Finding) -> bool:
        match name:
            case "open":
                return finding.mark in (Mark.NOT_STARTED, Mark.IN_PROGRESS)
            case "contradicted":
                return finding.contradicted
            case "without-evidence":
                return card_words.without_evidence(self.context.open, requirement, finding)
            case _:
                return True

    def _answerable(self, id: str) -> bool:
        return not self.cards[id].requirement.computed

    def _turned(self, turned: RequirementCard) -> None:
        """One card is open at a time; the one that was pressed stays where it is on the screen."""
        if not turned.is_open:
            return
        bar = self.scroll_area.verticalScrollBar()
        before = turned.mapTo(self, QPoint(0, 0)).y()
        for card in self.cards.values():
            if card is not turned and card.is_open:
                card.set_open(False)

        def keep_place() -> None:
            bar.setValue(bar.value() + turned.mapTo(self, QPoint(0, 0)).y() - before)

        QTimer.singleShot(0, turned, keep_place)

    def _bring_into_view(self, card: RequirementCard) -> None:
        bar = self.scroll_area.verticalScrollBar()
        view = self.scroll_area.viewport().height()
        top = bar.value() + card.mapTo(self.scroll_area.viewport(), QPoint(0, 0)).y()
        if top < bar.value() or top + min(card.height(), view) > bar.value() + view:
            bar.setValue(max(0, top - 12))

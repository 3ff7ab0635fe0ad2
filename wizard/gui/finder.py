"""Finds a requirement by any word in it, in the page, while one types."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.two_line_row import TwoLineRow


def place_of(context: Context, requirement: str) -> Place:
    """The page on which a requirement stands."""
    section = context.open.questionnaire.section_of[requirement]
    if section.scoping:
        return Place("scope", requirement=requirement)
    return Place("section", section.id, requirement)


class FinderPage(Page):
    """`closed` when the person no longer searches."""

    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Find a requirement"), "", parent)
        self._holder = QVBoxLayout()
        self.body.addLayout(self._holder)
        self.body.addStretch(1)
        self._list: QWidget | None = None
        self.rows: list[TwoLineRow] = []

    def foot(self) -> Foot:
        return Foot(back_shown=False, next_shown=False)

    def look_for(self, text: str) -> None:
        """Show what is found."""
        from wizard.session import summaries

        session = self.context.open
        found = summaries.search(session.questionnaire, text)
        if self._list is not None:
            self._holder.removeWidget(self._list)
            self._list.hide()
            self._list.deleteLater()
        self.rows = []
        if not found:
            self.set_sentence("")
            self._list = EmptyState("search", _("No requirement has these words. Try fewer, or an id such as DATA-4."))
            self._holder.addWidget(self._list)
            return
        self.set_sentence(
            ngettext("{n} requirement has these words.", "{n} requirements have these words.", len(found)).format(
                n=len(found)
            )
        )
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 1)
        card.body.setSpacing(0)
        findings = session.findings
        for number, item in enumerate(found):
            requirement = item.requirement
            row = TwoLineRow(f"{requirement.id} · {requirement.title}", item.section.title, first=number == 0)
            mark = findings[requirement.id].mark
            row.set_state("", words.sign(mark), words.word(mark))
            row.clicked.connect(lambda _on=False, id=requirement.id: self._take(id))
            card.body.addWidget(row)
            self.rows.append(row)
        self._list = card
        self._holder.addWidget(card)

    def take_first(self) -> None:
        """Go to the first that was found."""
        if self.rows:
            self.rows[0].click()

    def _take(self, requirement: str) -> None:
        self.go.emit(place_of(self.context, requirement))

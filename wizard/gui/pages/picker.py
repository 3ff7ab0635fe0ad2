"""Picks requirements: ticks with id and title, the suggested ones first, all others found by a word."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.domain.questionnaire import Questionnaire, Requirement
from wizard.gui.pages.form import empty
from wizard.gui.widgets.fields import LineField, TickBox
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.session import summaries

#: Words of file names that say nothing about what a file shows.
_SAYS_NOTHING = frozenset({"report", "final", "file", "document", "scan", "copy", "version", "export", "screenshot"})
_MOST_FOUND = 8


def suggested(questionnaire: Questionnaire, file_name: str) -> tuple[str, ...]:
    """Requirements whose title or evidence speaks of what the file is called, the best first, three at most."""
    words = _words(file_name.rsplit(".", 1)[0]) - _SAYS_NOTHING
    ranked: list[tuple[int, Requirement]] = []
    for requirement in questionnaire.requirements:
        title, shows = _words(requirement.title), _words(" ".join(requirement.good_evidence))
        score = 3 * len(words & title) + len(words & shows)
        if score:
            ranked.append((score, requirement))
    ranked.sort(key=lambda pair: -pair[0])
    return tuple(requirement.id for _score, requirement in ranked[:3])


def _words(text: str) -> set[str]:
    """Its whole words of four letters and more, one and many alike; "ever" is not in "every"."""
    return {word.rstrip("s") for word in re.split(r"[^a-z]+", text.lower()) if len(word) > 3}


class RequirementPicker(QWidget):
    """`changed` when a tick was set or taken away."""

    changed = Signal()

    def __init__(self, questionnaire: Questionnaire, offered: Sequence[str], ticked: Collection[str]):
        super().__init__()
        self._questionnaire = questionnaire
        self._ticks: dict[str, TickBox] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._search = LineField(hint=_("Find a requirement by a word in it"))
        self._search.setAccessibleName(_("Find a requirement by a word"))
        self._search.textChanged.connect(self._find)
        self._found = QVBoxLayout()
        self._found.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._rows)
        column.addWidget(self._search)
        column.addLayout(self._found)
        for id in dict.fromkeys((*ticked, *offered)):
            if id in questionnaire.by_id:
                self._add(id, id in ticked)
        self.show_search(not self._ticks)

    @property
    def search(self) -> LineField:
        """Where another requirement is looked for."""
        return self._search

    @property
    def picked(self) -> tuple[str, ...]:
        """The ticked ones, in the questionnaire's order."""
        return tuple(id for id in self._questionnaire.by_id if id in self._ticks and self._ticks[id].isChecked())

    def tick_of(self, id: str) -> TickBox | None:
        """The tick of a requirement that is offered."""
        return self._ticks.get(id)

    def show_search(self, show: bool) -> None:
        """Let the person look for others."""
        self._search.setVisible(show)
        if not show:
            self._search.clear()

    def _add(self, id: str, ticked: bool) -> None:
        tick = self._ticks[id] = TickBox(id)
        tick.setChecked(ticked)
        tick.setMinimumWidth(96)
        title = self._questionnaire.by_id[id].title
        tick.setAccessibleName(f"{id} {title}")
        tick.toggled.connect(self.changed)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(tick)
        row.addWidget(ElidedLabel(title), 1)
        self._rows.addLayout(row)

    def take(self, ids: Collection[str]) -> None:
        """Tick these, whether they were offered or not."""
        for id in ids:
            if id in self._ticks:
                self._ticks[id].setChecked(True)
            elif id in self._questionnaire.by_id:
                self._add(id, True)
        self.changed.emit()

    def _find(self, text: str) -> None:
        empty(self._found)
        if not text.strip():
            return
        found = [
            f.requirement for f in summaries.search(self._questionnaire, text) if f.requirement.id not in self._ticks
        ]
        for requirement in found[:_MOST_FOUND]:
            tick = TickBox(f"{requirement.id}   {requirement.title}".replace("&", "&&"))
            tick.clicked.connect(lambda _c=False, id=requirement.id: self._take(id))
            self._found.addWidget(tick)
        if not found:
            self._found.addWidget(PlainLabel(_("No other requirement speaks of that."), "quiet"))

    def clear(self) -> None:
        """Offer nothing any more; the person looks for the next ones."""
        for row in self._rows.findChildren(QHBoxLayout):
            empty(row)
        empty(self._rows)
        self._ticks.clear()
        self.show_search(True)

    def _take(self, id: str) -> None:
        self.take((id,))
        self._search.clear()
        self._ticks[id].setFocus()

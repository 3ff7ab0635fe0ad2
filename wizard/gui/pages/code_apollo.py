"""How the code signs in to Apollo: the verdict, the permissions it asks for beside the declared ones, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.checks import apollo_authorization, apollo_scopes
from wizard.checks.code import apollo_wording
from wizard.checks.code.apollo_clues import Clue
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Verdict
from wizard.gui.finder import place_of
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.place_buttons import PlaceButtons
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import scanning

#: What the verdict and the permissions inform.
INFORMS = ("ELIG-2", "PRIV-2")
_ROWS = 12


@dataclass(frozen=True, slots=True)
class _Clue:
    """One line of code, as the record of the look names it."""

    repository: str
    file: str
    line: int
    what: Clue

    @property
    def key(self) -> str:
        return f"{self.repository}\n{self.file}\n{self.line}\n{self.what}"


class ApolloPart(QWidget):
    """The part of the page *Code* about Apollo; *Look at the code* looks for this too."""

    def __init__(self, page: Page):
        super().__init__(page)
        self._page, self._context = page, page.context
        self.verdicts = PlainLabel("", wrap=True)
        self.scopes = Card()
        self.asked, self.declared, self.compared = (PlainLabel("", wrap=True) for _n in range(3))
        for label in (self.asked, self.declared, self.compared):
            self.scopes.body.addWidget(label)
        self.table = FactTable(
            (Head(_("What the line shows"), 300), Head(_("Where"))), _("Lines that speak of Apollo"), most=_ROWS
        )
        self.table.picked.connect(lambda _key: self._draw_place())
        self.places = PlaceButtons()
        self.places.said.connect(page.message_bar.say)
        self.places.failed.connect(page.message_bar.say)
        links = []
        for id in INFORMS:
            link = LinkButton(id)
            link.clicked.connect(lambda _on=False, id=id: self._to_requirement(id))
            links.append(link)
        informs = QWidget()
        informs.setLayout(beside(PlainLabel(_("Informs"), "quiet"), *links))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.verdicts, self.scopes, self.table, self.places, informs):
            column.addWidget(widget)

    @property
    def sentence(self) -> str:
        """What is known now, for the top of the page."""
        seen = self._context.open.assessment.observations
        found = [seen.get((apollo_authorization.CHECK.id, place)) for place in self._repositories]
        if not any(found):
            return _("How your code signs in to Apollo, read from its files. Nothing leaves this computer.")
        n = sum(each is not None and each.result.verdict is Verdict.FAIL for each in found)
        return ngettext(
            "{n} repository reaches Apollo otherwise than by OAuth alone.",
            "{n} repositories reach Apollo otherwise than by OAuth alone.",
            n,
        ).format(n=n)

    def draw(self) -> None:
        """Draw everything anew."""
        seen = self._context.open.assessment.observations
        sentences = []
        for place in self._repositories:
            observation = seen.get((apollo_authorization.CHECK.id, place))
            if observation is None:
                sentences.append(_("{name}: nobody has looked yet.").format(name=place))
            else:
                result = observation.result
                sentences.append(" ".join(filter(None, (f"{place}:", result.summary, result.next_step))))
        self.verdicts.setText("\n".join(sentences))
        self._draw_scopes()
        clues = self._clues()
        self.table.setVisible(bool(clues))
        self.table.show_lines([self._line(clue) for clue in clues])
        self._draw_place()

    @property
    def _repositories(self) -> tuple[str, ...]:
        return self._context.open.assessment.scope.repositories

    def _draw_scopes(self) -> None:
        reading = apollo_scopes.Reading.of(self._context.open.assessment)
        self.scopes.setVisible(reading.at is not None)
        declared = sorted({scope for row in reading.declared for scope in row.scopes})
        asked = ", ".join(reading.asked) or _("none was seen")
        self.asked.setText(_("The code asks for: {names}.").format(names=asked))
        self.declared.setText(_("Declared: {names}.").format(names=", ".join(declared) or _("none yet")))
        judgement = apollo_scopes.judge(reading)
        self.compared.setVisible(judgement is not None)
        if judgement is not None:
            self.compared.setText(" ".join(filter(None, (judgement.summary, judgement.next_step))))

    def _clues(self) -> list[_Clue]:
        seen = self._context.open.assessment.observations
        clues = []
        for place in self._repositories:
            observation = seen.get((apollo_authorization.CHECK.id, place))
            named = observation.result.facts.get("evidence") if observation else ()
            if isinstance(named, Sequence) and not isinstance(named, str):
                clues += [clue for each in named if (clue := _read(place, str(each))) is not None]
        return sorted(clues, key=lambda clue: (clue.what not in apollo_wording.AGAINST, clue.what is Clue.HOST))

    def _line(self, clue: _Clue) -> Line:
        against = clue.what in apollo_wording.AGAINST
        where = f"{clue.file}:{clue.line}"
        if len(self._repositories) > 1:
            where = f"{clue.repository}: {where}"
        return Line(
            clue.key,
            (
                Cell(
                    apollo_wording.clue_in_words(clue.what),
                    "contradicts" if against else "text",
                    Glyph.TRIANGLE if against else None,
                    "contradicts" if against else "quiet",
                ),
                Cell(where, mono=True, tip=clue.repository),
            ),
        )

    def _draw_place(self) -> None:
        clue = next((each for each in self._clues() if each.key == self.table.key), None)
        folder = scanning.folder_of(clue.repository) if clue else None
        path = folder / clue.file if folder and clue else None
        editor = errand.preferences_of(self._context).settings.editor
        self.places.show_path(path if path is not None and path.is_file() else None, editor)

    def _to_requirement(self, id: str) -> None:
        if id in self._context.open.questionnaire.section_of:
            self._page.go.emit(place_of(self._context, id))


def _read(repository: str, written: str) -> _Clue | None:
    """`FILE:LINE CLUE`, as the look recorded it; None for what a later version wrote."""
    place, _space, what = written.rpartition(" ")
    file, _colon, line = place.rpartition(":")
    try:
        return _Clue(repository, file, int(line), Clue(what))
    except ValueError:
        return None

"""Libraries of the scope's repositories: looked up offline, or at OSV once the list was agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.checks.dependencies import wording
from wizard.checks.dependencies.dependency import Ecosystem
from wizard.checks.dependencies.judging import CHECK
from wizard.checks.dependencies.states import FRESH_DAYS, Checked, State
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.vulnerability import Disposal
from wizard.gui import a11y, words
from wizard.gui.finder import place_of
from wizard.gui.pages import errand
from wizard.gui.pages.consent_card import ConsentCard
from wizard.gui.pages.form import filters
from wizard.gui.pages.library_lines import ORDER, Row, line, looked_up, rows_of
from wizard.gui.pages.library_panel import LibraryPanel
from wizard.gui.pages.one_job import OneJob
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.fact_table import FactTable, Head
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.session.deeds import dependencies, scanning
from wizard.session.found_libraries import decision, names_of

if TYPE_CHECKING:
    from wizard.checks.dependencies.advisory import Vulnerability as Flaw
    from wizard.checks.dependencies.offline import Held
    from wizard.checks.dependencies.osv import OsvSettings
    from wizard.session.settings import Settings

#: So many rows are shown at once; the filters reach the others.
_SHOWN = 300
#: So many stand on the page, and the others are scrolled to: what was chosen is shown below them.
ROWS = 8


class LibrariesPart(QWidget):
    """The part of the page *Code* about libraries. `changed` when it knows something else."""

    changed = Signal()
    #: other servers than the public ones, for tests
    osv: OsvSettings | None = None
    archives: OsvSettings | None = None

    def __init__(self, page: Page):
        super().__init__(page)
        self._page, self._context = page, page.context
        self._records: dict[str, dependencies.Record] = {}
        self._sorted: dict[str, tuple[Row, ...]] = {}
        self._rows: list[Row] = []
        self._runs: dict[str, str] = {}
        self._held: dict[Ecosystem, Held] | None = None
        self.offline_button = FilledButton(_("Look up offline"))
        self.offline_button.setEnabled(False)  # until it is known which lists are here
        self.online_button = OutlineButton(_("Ask OSV…"))
        self.fetch_button = OutlineButton(_("Get the offline lists…"))
        self.take_in_button = OutlineButton(_("Use lists from a folder…"))
        self.stop_button = OutlineButton(_("Stop"))
        self.offline_button.clicked.connect(lambda: self._scan(()))
        self.online_button.clicked.connect(self._ask_osv)
        self.fetch_button.clicked.connect(self._ask_fetch)
        self.take_in_button.clicked.connect(self._take_in)
        self.stop_button.clicked.connect(self.stop)
        self.buttons = Flow()
        for button in (
            self.offline_button,
            self.online_button,
            self.fetch_button,
            self.take_in_button,
            self.stop_button,
        ):
            self.buttons.add(button)
        self.source = PlainLabel("", "quiet", wrap=True)
        self.strip = ProgressStrip()
        kept = _("Stopped. Repositories that were finished are kept.")
        self._job = OneJob(page, self.strip, _("Looking"), kept, self.draw)
        self.consent = ConsentCard()
        self.verdicts = PlainLabel("", wrap=True)
        self.gaps = Folded(_("What the files do not tell"))
        self.gap_words = PlainLabel("", wrap=True)
        self.gaps.body.addWidget(self.gap_words)
        self.repository, self.state = ComboField(), ComboField()
        self.repository.addItem(_("Every repository"), "")
        self.repository.setAccessibleName(_("Repository"))
        self.state.addItem(_("Every state"), "")
        for state in ORDER:
            self.state.addItem(wording.state(state).capitalize(), state.value)
        self.state.setAccessibleName(_("State"))
        self.search = LineField(hint=_("Library, file or weakness"))
        self.search.setAccessibleName(_("Library, file or weakness"))
        for field in (self.repository, self.state):
            field.currentIndexChanged.connect(lambda _n: self._draw_rows())
        self.search.textChanged.connect(lambda _text: self._draw_rows())
        self._filters = QWidget()
        self._filters.setLayout(filters(self.repository, self.state, self.search))
        self.table = FactTable(
            (
                Head(_("Library")),
                Head(_("Version"), 120),
                Head(_("Known against it"), 250),
                Head(_("File"), 210),
                Head(_("State"), 168),
            ),
            _("Libraries"),
            most=ROWS,
        )
        self.table.picked.connect(lambda _key: self._choose())
        self.more = PlainLabel("", "quiet", wrap=True)
        self.panel = LibraryPanel()
        self.panel.decided.connect(self._decide)
        self.panel.wanted.connect(self._to_requirement)
        self.panel.said.connect(page.message_bar.say)
        self.panel.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (
            self.buttons,
            self.source,
            self.strip,
            self.consent,
            self.verdicts,
            self.gaps,
            self._filters,
            self.table,
            self.more,
            self.panel,
        ):
            column.addWidget(widget)

    @property
    def sentence(self) -> str:
        """What is known now, for the top of the page."""
        known = [self._records[place] for place in self._repositories if place in self._records]
        rows = [row for record in known for row in record.rows]
        if not rows:
            return _("What your lockfiles name, looked up in lists of known weaknesses.")
        return wording.counted(rows, sum(len(record.manifests) for record in self._records.values())) + "."

    def stop(self) -> None:
        """Stop now; repositories that were finished are kept."""
        self._job.stop()

    def draw(self) -> None:
        """Draw everything anew, and read what was not read yet."""
        if self._context.session is None:
            return
        session, places = self._context.open, self._repositories
        busy, may = self._job.running, not session.read_only
        for button in (self.offline_button, self.online_button, self.fetch_button, self.take_in_button):
            button.setVisible(bool(places) and may and not busy)
        self.stop_button.setVisible(busy)
        self.buttons.rearrange()
        if [self.repository.itemData(n) for n in range(1, self.repository.count())] != list(places):
            while self.repository.count() > 1:
                self.repository.removeItem(1)
            for place in places:
                self.repository.addItem(place, place)
        sentences, gaps = [], []
        for place in places:
            observation = session.assessment.observations.get((CHECK.id, place))
            if observation is None:
                sentences.append(_("{name}: nobody has looked yet.").format(name=place))
                continue
            result = observation.result
            sentences.append(" ".join(filter(None, (f"{place}:", result.summary, result.next_step))))
            self._read(place, observation.run)
            if (record := self._records.get(place)) is not None:
                gaps += [f"{place}/{each}" for each in map(wording.manifest, record.manifests) if each]
                gaps += [f"{place}: {each}" for each in record.gaps]
                gaps += [_("{place}/{folder} was left out.").format(place=place, folder=f) for f in record.left_out]
        self.verdicts.setText("\n".join(sentences))
        self.gaps.setVisible(bool(gaps))
        self.gap_words.setText("\n".join(gaps[:100]))
        self._draw_source()
        self._draw_rows()
        self.changed.emit()

    @property
    def _repositories(self) -> tuple[str, ...]:
        return self._context.open.assessment.scope.repositories

    @property
    def _data(self) -> Path:
        return errand.preferences_of(self._context).home.data

    def _draw_source(self) -> None:
        if self._job.running:
            self._held = None  # it may get new ones
        elif self._held is None:
            data = self._data
            errand.run(self._page, _("Opening the offline lists"), lambda: dependencies.held(data), self._have)
        else:
            self.source.setText(self._source_words(self._held))
            self.offline_button.setEnabled(bool(self._held))
            self.offline_button.set_filled(bool(self._held))

    def _source_words(self, held: dict[Ecosystem, Held]) -> str:
        if not held:
            return _(
                "There is no offline list on this computer yet. Get it once and names of libraries never leave this "
                "computer, or ask OSV, a public database, about each name."
            )
        today = self._context.now().date()
        listed = ", ".join(
            _("{ecosystem} of {day}").format(ecosystem=one.ecosystem, day=words.day(one.day, today))
            for one in sorted(held.values(), key=lambda one: one.ecosystem)
        )
        old = [one for one in held.values() if (today - one.day).days > FRESH_DAYS]
        note = " " + _("Lists older than {n} days only warn: get them again.").format(n=FRESH_DAYS) if old else ""
        return _("Offline lists: {listed}.").format(listed=listed) + note

    def _have(self, held: dict[Ecosystem, Held]) -> None:
        self._held = held
        self._draw_source()

    def _read(self, place: str, run: str) -> None:
        if self._runs.get(place) == run or self._job.running:
            return
        self._runs[place] = run
        session = self._context.open

        def work() -> tuple[dependencies.Record, tuple[Row, ...]] | None:
            record = dependencies.record(session, place)
            return (record, rows_of(place, record.rows)) if record is not None else None

        def opened(read: tuple[dependencies.Record, tuple[Row, ...]] | None) -> None:
            if read is not None:
                self._records[place], self._sorted[place] = read
            self.draw()

        errand.run(self._page, _("Opening the list"), work, opened)

    # --- the list ------------------------------------------------------------------------------------------------

    def _fitting(self) -> Iterator[Row]:
        """The rows in their order, as the filters say."""
        wanted, state = self.repository.currentData(), self.state.currentData()
        text = self.search.text().strip().lower()
        places = [self._sorted.get(each, ()) for each in self._repositories if wanted in ("", each)]
        for row in merge(*places, key=lambda row: row.order):
            if state in ("", row.checked.state.value) and text in row.searched:
                yield row

    def _decisions(self, checked: Checked) -> tuple[Disposal | None, ...]:
        session = self._context.open
        unchecked = (None,) if checked.state is State.CANNOT_BE_CHECKED else ()
        return tuple(decision(session, names_of(checked, flaw)) for flaw in (*checked.vulnerabilities, *unchecked))

    def _draw_rows(self) -> None:
        if self._context.session is None:
            return
        fitting = self._fitting()
        self._rows = list(islice(fitting, _SHOWN))
        further = sum(1 for _each in fitting)
        self._filters.setVisible(any(self._sorted.get(place) for place in self._repositories))
        self.table.setVisible(bool(self._rows))
        self.table.show_lines([line(row, self._decisions(row.checked)) for row in self._rows])
        self.more.setVisible(further > 0)
        self.more.setText(_("{n} more: use the filters above.").format(n=further))
        self._draw_panel()

    def _choose(self) -> None:
        unseen = self.panel.isHidden()
        self._draw_panel()
        if unseen:  # it stands below the table: without this a click would seem to do nothing
            self._page.bring_into_view(self.panel)

    def _draw_panel(self) -> None:
        row = next((row for row in self._rows if row.key == self.table.key), None)
        self.panel.setVisible(row is not None)
        if row is None:
            return
        folder = scanning.folder_of(row.repository)
        path = folder / row.checked.dependency.file if folder else None
        self.panel.show_row(
            row.checked,
            path if path is not None and path.is_file() else None,
            errand.preferences_of(self._context).settings.editor,
            self._decisions(row.checked),
            may=not self._context.open.read_only,
        )

    # --- deeds ---------------------------------------------------------------------------------------------------

    @property
    def _preferred(self) -> Settings:
        return errand.preferences_of(self._context).settings

    def _scan(self, agreed: tuple[str, ...]) -> None:
        from wizard.checks.dependencies.osv import OsvSettings

        session, data, osv = self._context.open, self._data, self._preferred.through(self.osv or OsvSettings())

        def done(_scanned: dependencies.Scanned) -> None:
            seen = session.assessment.observations
            found = [seen.get((CHECK.id, place)) for place in self._repositories]
            self._page.message_bar.say(looked_up([each.result if each is not None else None for each in found]))
            a11y.announce(self, self.verdicts.text())

        self._job.begin(lambda hear: dependencies.scan(session, data, agreed=agreed, hear=hear, settings=osv), done)

    def _ask_osv(self) -> None:
        session = self._context.open

        def listed(found: dependencies.WouldLeave) -> None:
            if not found.names:
                self._say_none(found)
                return
            place = self._preferred.way(self.osv.url if self.osv else "api.osv.dev")
            what = ngettext(
                "This name and version would go to {place}, and nothing else:",
                "These {n} names and versions would go to {place}, and nothing else:",
                len(found.names),
            ).format(n=len(found.names), place=place)
            after = _("OSV is a public database. It sees what you ask about and from which address, not for whom.")
            self.consent.ask(what, found.names, after, _("Send them"), lambda: self._scan(found.names))

        self._job.begin(lambda hear: dependencies.would_leave(session, hear=hear), listed)

    def _ask_fetch(self) -> None:
        from wizard.checks.dependencies.fetching import ARCHIVES
        from wizard.checks.dependencies.osv import OsvSettings

        session, data = self._context.open, self._data
        archives = self._preferred.through(self.archives or OsvSettings(url=ARCHIVES))

        def listed(found: dependencies.WouldLeave) -> None:
            if not found.ecosystems:
                self._say_none(found)
                return
            place = self._preferred.way(archives.url.removeprefix("https://"))
            what = _("These names of package systems would go to {place}, and nothing else:").format(place=place)
            after = _("Some lists are large: that of npm is about 200 MB. They are kept on this computer.")
            lines = [each.value for each in found.ecosystems]
            self.consent.ask(what, lines, after, _("Get the lists"), lambda: fetch(found.ecosystems))

        def fetch(ecosystems: tuple[Ecosystem, ...]) -> None:
            self._job.begin(
                lambda hear: dependencies.fetch(session, data, ecosystems, hear, archives), self._have_lists
            )

        self._job.begin(lambda hear: dependencies.would_leave(session, hear=hear), listed)

    def _say_none(self, found: dependencies.WouldLeave) -> None:
        if found.here:
            self._page.message_bar.say(_("No lockfile names a library that could be asked about."))
        else:
            self._page.message_bar.say_mistake(
                _("No repository of the scope is a folder on this computer. Clone it, and name the folder in SCOPE-6.")
            )

    def _take_in(self) -> None:
        session, data = self._context.open, self._data
        if folder := choosing.choose_folder(self, _("Folder with lists of OSV")):
            self._job.begin(lambda hear: dependencies.take_in(session, data, folder, hear), self._have_lists)

    def _have_lists(self, taken: tuple[Held, ...]) -> None:
        listed = ", ".join(one.ecosystem.value for one in taken)
        self._page.message_bar.say(_("The lists are here: {listed}. Look up offline now.").format(listed=listed))

    def _decide(self, row: Checked, flaw: Flaw | None, disposal: Disposal | None) -> None:
        try:
            saving = dependencies.decide(self._context.open, row, flaw, disposal)
        except Mistake as mistake:
            self.panel.say(mistake.sentence)
            return
        self._page.when_saved(
            saving,
            lambda _change: self._page.say_done(
                _("The decision is kept in the ledger, for new looks too.")
                if flaw is not None
                else _("Kept as what you said. It still cannot be checked, and the check goes on saying so.")
            ),
        )

    def _to_requirement(self, id: str) -> None:
        if id in self._context.open.questionnaire.section_of:
            self._page.go.emit(place_of(self._context, id))

    def show_repository(self, place: str) -> None:
        """Show one repository's libraries only."""
        self.repository.setCurrentIndex(max(0, self.repository.findData(place)))

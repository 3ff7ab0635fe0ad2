"""The code of the scope's repositories: secrets listed masked and decided one by one, libraries, and the code host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wizard.checks import public_secrets, repository_secrets
from wizard.checks.code import wording
from wizard.checks.code.leak import Leak, Tier
from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Result, Verdict
from wizard.gui import a11y
from wizard.gui.context import Context, Place
from wizard.gui.finder import place_of
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.code_apollo import ApolloPart
from wizard.gui.pages.code_host import HostPart
from wizard.gui.pages.code_libraries import ROWS, LibrariesPart
from wizard.gui.pages.code_panel import CodePanel, file_on_disk, written_place
from wizard.gui.pages.form import beside, column, filters
from wizard.gui.pages.one_job import OneJob
from wizard.gui.pages.paste_part import PastePart
from wizard.gui.widgets.buttons import ChipButton, FilledButton, OutlineButton
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.jobs.events import Progressed
from wizard.jobs.runner import Hear, Job
from wizard.session.changes import Change
from wizard.session.deeds import public_code, scanning
from wizard.session.found_secrets import settled

#: So many rows are shown at once; the filters reach the others.
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class _Row:
    """One place in one repository."""

    repository: str
    leak: Leak

    @property
    def key(self) -> str:
        """Known by where it stands, across scans."""
        of = self.leak
        return "\n".join((self.repository, of.fingerprint, of.rule, of.where, of.file, of.commit))


class CodePage(Page):
    """`Place.item`: a part of the page (secrets, libraries, apollo, host), or a repository to filter by."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Code"), "", parent)
        self._listed: dict[str, tuple[Leak, ...]] = {}
        self._runs: dict[str, str] = {}
        self._rows: list[_Row] = []
        self.look_button = FilledButton(_("Look at the code"))
        self.stop_button = OutlineButton(_("Stop"))
        self.look_button.clicked.connect(lambda: self._look())
        self.stop_button.clicked.connect(self.stop)
        self.public_button = OutlineButton(_("Look at public pages"))
        self.public_button.setToolTip(_("Pages, scripts and source maps that the hosts of your scope give to everyone"))
        self.public_button.clicked.connect(lambda: self._look(public=True))
        for button in (self.stop_button, self.public_button, self.look_button):
            self.deeds.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.strip = ProgressStrip()
        kept = _("Stopped. Repositories that were finished are kept.")
        self._job = OneJob(self, self.strip, _("Looking"), kept, self._draw, self._hear)
        self.verdicts = PlainLabel("", wrap=True)
        self.repository, self.tier, self.state = ComboField(), ComboField(), ComboField()
        for field, spoken, entries in (
            (self.repository, _("Repository"), ((_("Every repository"), ""),)),
            (self.tier, _("Tier"), ((_("Every tier"), ""), *((wording.tier(each), each.value) for each in Tier))),
            (self.state, _("State"), ((_("Open and decided"), ""), (_("Open"), "open"), (_("Decided"), "decided"))),
        ):
            for text, value in entries:
                field.addItem(text, value)
            field.setAccessibleName(spoken)
            field.currentIndexChanged.connect(lambda _n: self._draw_rows())
        self.search = LineField(hint=_("File, rule or commit"))
        self.search.setAccessibleName(_("File, rule or commit"))
        self.search.textChanged.connect(lambda _text: self._draw_rows())
        self.table = FactTable(
            (
                Head(_("Tier"), 64),
                Head(_("Where")),
                Head(_("Rule"), 200),
                Head(_("Masked"), 130, sortable=False),
                Head(_("Commit"), 100, sortable=False),
                Head(_("State"), 130),
            ),
            _("Secrets in code"),
            most=ROWS,
        )
        self.table.picked.connect(lambda _key: self._choose())
        self.more = PlainLabel("", "quiet", wrap=True)
        self.panel = CodePanel()
        self.panel.decided.connect(self._decide)
        self.panel.wanted.connect(self._to_requirement)
        self.panel.said.connect(self.message_bar.say)
        self.panel.hide()
        self.empty = EmptyState("search", _("No repository is in the scope yet."), _("Name the repositories"))
        self.empty.acted.connect(lambda: self.go.emit(place_of(self.context, "SCOPE-6")))
        self._filters = QWidget()
        self._filters.setLayout(filters(self.repository, self.tier, self.state, self.search))
        self.paste = PastePart(self)
        self._secrets = QWidget()
        self._secrets.setLayout(
            column(self.verdicts, self._filters, self.table, self.more, self.panel, self.paste, gap=12)
        )
        self.libraries = LibrariesPart(self)
        self.libraries.changed.connect(self._say)
        self.apollo = ApolloPart(self)
        self.hosting = HostPart(self)
        self.hosting.changed.connect(self._say)
        self._parts: dict[str, tuple[ChipButton, QWidget]] = {}
        for name, text, part in (
            ("secrets", _("Secrets"), self._secrets),
            ("libraries", _("Libraries"), self.libraries),
            ("apollo", _("Apollo"), self.apollo),
            ("host", _("Code host"), self.hosting),
        ):
            chip = ChipButton(text, checkable=True)
            chip.setMinimumWidth(chip.sizeHint().width() + 12)  # the words of the one that is shown are bold
            chip.clicked.connect(lambda _on=False, name=name: self._turn(name))
            self._parts[name] = chip, part
        self.chips = QWidget()
        self.chips.setLayout(beside(*(chip for chip, _part in self._parts.values())))
        self._progress = QWidget()
        self._progress.setLayout(column(self.strip))
        for widget in (self.chips, self._progress, *(part for _chip, part in self._parts.values()), self.empty):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._turn("secrets")

    def shown(self, place: Place) -> None:
        """Draw everything anew, and have the rules ready before they are asked for."""
        session = self.context.open
        if self._repositories and not session.read_only and not self._job.running:
            data = errand.preferences_of(self.context).home.data
            self.start(lambda hear: scanning.prepare(session, data, hear), lambda _none: None)
        self._draw()
        if place.item in self._parts:
            self._turn(place.item)
        elif place.item:
            self.repository.setCurrentIndex(max(0, self.repository.findData(place.item)))
            self.libraries.show_repository(place.item)

    def redraw(self, change: Change) -> None:
        self._draw()

    def stop(self) -> None:
        """Stop now; repositories that were finished are kept."""
        self._job.stop()

    def _turn(self, name: str) -> None:
        """Show one part of the page."""
        self.part = name
        for each, (chip, part) in self._parts.items():
            chip.setChecked(each == name)
            part.setVisible(each == name)
        if self.context.session is not None:
            self._draw()

    @property
    def _repositories(self) -> tuple[str, ...]:
        return self.context.open.assessment.scope.repositories

    # --- drawing -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session, places = self.context.open, self._repositories
        looking = self._job.running
        secrets, here = self.part == "secrets", self.part in ("secrets", "apollo")
        self.look_button.setVisible(here and bool(places) and not looking and not session.read_only)
        self.stop_button.setVisible(here and looking)
        self._progress.setVisible(here and looking)
        hosts = session.assessment.scope.hosts
        self.public_button.setVisible(secrets and bool(hosts) and not looking and not session.read_only)
        self.chips.setVisible(bool(places))
        if [self.repository.itemData(n) for n in range(1, self.repository.count())] != list(places):
            while self.repository.count() > 1:
                self.repository.removeItem(1)
            for place in places:
                self.repository.addItem(place, place)
        sentences = []
        for place in places:
            observation = session.assessment.observations.get((repository_secrets.CHECK.id, place))
            if observation is None:
                sentences.append(_("{name}: nobody has looked yet.").format(name=place))
                continue
            sentences.append(_said(place, observation.result))
            self._read(place, observation.run)
        for host in hosts:
            seen = session.assessment.observations.get((public_secrets.CHECK.id, host.subject))
            if seen is not None:
                sentences.append(_said(host.subject, seen.result))
                self._listed[host.subject] = public_code.leaks(session, host.subject)
        self.verdicts.setText("\n".join(sentences))
        self.empty.setVisible(not places)
        self._draw_rows()
        if self.part == "libraries":
            self.libraries.draw()
        elif self.part == "apollo":
            self.apollo.draw()
        elif self.part == "host":
            self.hosting.draw()

    def _read(self, place: str, run: str) -> None:
        """The list of a look lies sealed: open it on another thread, once."""
        if self._runs.get(place) == run or self._job.running:
            return
        self._runs[place] = run
        session = self.context.open

        def opened(listing: scanning.Listing | None) -> None:
            if self._runs.get(place) == run:  # else a new look has begun, whose list this is not
                self._listed[place] = listing.leaks if listing else ()
                self._draw_rows()

        errand.run(self, _("Opening the list"), lambda: scanning.listing(session, place), opened)

    def _fitting(self) -> Iterator[tuple[str, Leak]]:
        """Each place and what was found there, as the filters say."""
        wanted, text = self.repository.currentData(), self.search.text().strip().lower()
        tier, state, closed = self.tier.currentData(), self.state.currentData(), self._closed()
        for place in (*self._repositories, *(host.subject for host in self.context.open.assessment.scope.hosts)):
            for leak in self._listed.get(place, ()) if wanted in ("", place) else ():
                if (
                    tier in ("", leak.tier.value)
                    and (not state or (leak.fingerprint in closed) == (state == "decided"))
                    and (not text or text in f"{leak.file} {leak.rule} {leak.commit}".lower())
                ):
                    yield place, leak

    def _closed(self) -> frozenset[str]:
        session = self.context.open
        return settled(session.assessment, session.clock().date())

    def _draw_rows(self) -> None:
        if self.context.session is None:
            return
        fitting, closed = self._fitting(), self._closed()
        self._rows = [_Row(*each) for each in islice(fitting, _SHOWN)]  # of many thousands only these are drawn
        further = sum(1 for _each in fitting)
        found = any(self._listed.values())
        self._filters.setVisible(found)
        self.table.setVisible(bool(self._rows))
        several = len({row.repository for row in self._rows}) > 1
        self.table.show_lines([_line(row, row.leak.fingerprint in closed, several) for row in self._rows])
        self.more.setVisible(found and (further > 0 or not self._rows))
        more = _("{n} more: use the filters above.").format(n=further)
        self.more.setText(more if self._rows else _("Nothing here fits the filters."))
        self._say()
        self._draw_panel()

    def _say(self) -> None:
        """The sentence under the title: what the part that is shown knows."""
        match self.part:
            case "libraries":
                self.set_sentence(self.libraries.sentence)
                return
            case "apollo":
                self.set_sentence(self.apollo.sentence)
                return
            case "host":
                self.set_sentence(self.hosting.sentence)
                return
        breaking = (leak for leaks in self._listed.values() for leak in leaks if leak.tier is not Tier.C)
        open_ = {leak.fingerprint for leak in breaking} - self._closed()
        self.set_sentence(
            ngettext("{n} secret is open.", "{n} secrets are open.", len(open_)).format(n=len(open_))
            if any(self._listed.values())
            else _("Files and history of your repositories, on this computer. Nothing leaves it.")
        )

    def _choose(self) -> None:
        unseen = self.panel.isHidden()
        self._draw_panel()
        if unseen:  # it stands below the table: without this a click would seem to do nothing
            self.bring_into_view(self.panel)

    def _draw_panel(self) -> None:
        row = next((row for row in self._rows if row.key == self.table.key), None) if self.table.key else None
        self.panel.setVisible(row is not None)
        if row is None:
            return
        session = self.context.open
        self.panel.show_leak(
            row.leak,
            file_on_disk(scanning.folder_of(row.repository), row.leak),
            scanning.decision(session, row.leak.fingerprint),
            errand.preferences_of(self.context).settings.editor,
            may=not session.read_only,
        )

    # --- deeds ---------------------------------------------------------------------------------------------------

    def _look(self, public: bool = False) -> None:
        session, preferences = self.context.open, errand.preferences_of(self.context)

        def begin(hear: Hear) -> Job[Any]:
            if public:
                job: Job[Any] = public_code.look(session, preferences.home.data, hear, self.context.look_options())
            else:
                job = scanning.scan(session, preferences.home.data, hear=hear)
            self._listed.clear()
            self._runs.clear()
            return job

        self._job.begin(begin, lambda _found: self._done(public))

    def _hear(self, event: Progressed) -> None:
        if isinstance(event.partial, scanning.Heard) and event.partial.news.leaks:
            place = event.partial.repository
            if len(before := self._listed.get(place, ())) < 4 * _SHOWN:  # more would change nothing that is shown
                self._listed[place] = (*before, *event.partial.news.leaks)[: 4 * _SHOWN]
                self._draw_rows()

    def _done(self, public: bool) -> None:
        a11y.announce(self, self.sentence)
        session = self.context.open
        places = [host.subject for host in session.assessment.scope.hosts] if public else self._repositories
        check = public_secrets.CHECK.id if public else repository_secrets.CHECK.id
        seen = [session.assessment.observations.get((check, place)) for place in places]
        known = [each is not None and _looked_at_whole(each.result) for each in seen]
        self.message_bar.say(
            _("The code was looked at.")
            if all(known)
            else _("Not all of the code could be looked at: see what is said above the list.")
        )

    def _to_requirement(self, id: str) -> None:
        if id in self.context.open.questionnaire.section_of:
            self.go.emit(place_of(self.context, id))

    def _decide(
        self, fingerprint: str, verdict: e.SecretVerdict, because: str, revoked: date | None, rotated: date | None
    ) -> None:
        try:
            saving = scanning.dispose(
                self.context.open, fingerprint, verdict, because=because, revoked_on=revoked, rotated_on=rotated
            )
        except Mistake as mistake:
            self.panel.say(mistake.sentence)
            return
        self.when_saved(saving, lambda _change: self.say_done(_("The decision is kept, for new scans too.")))


def _said(place: str, result: Result) -> str:
    """What was found in one place, and what to do; elsewhere the next step points here."""
    step = result.next_step
    for elsewhere in (repository_secrets.where_to_say(), public_secrets.where_to_say()):
        step = step.replace(elsewhere, _("Choose each in the list below, and say what it is."))
    return " ".join(filter(None, (f"{place}:", result.summary, step)))


def _looked_at_whole(result: Result) -> bool:
    """Whether a look met nothing that it could not read."""
    return result.verdict is not Verdict.UNKNOWN and not result.facts.get("gaps") and not result.facts.get("unread")


def _line(row: _Row, done: bool, several: bool) -> Line:
    leak, breaks = row.leak, row.leak.tier is not Tier.C and not done
    at = f"{PurePath(row.repository).name}: " if several else ""
    state = _("Decided") if done else _("Open") if breaks else _("Listed only")
    return Line(
        row.key,
        (
            Cell(leak.tier.value),
            Cell(at + written_place(leak), mono=True, tip=row.repository),
            Cell(leak.rule.partition(".")[2] or leak.rule, tip=leak.rule),
            Cell(leak.masked, mono=True),
            Cell(leak.commit[:8], mono=True),
            Cell(
                state,
                "contradicts" if breaks else "quiet",
                Glyph.TRIANGLE if breaks else Glyph.DISC if done else None,
                "contradicts" if breaks else "quiet",
            ),
        ),
    )

"""`attestry scan dependencies`: what a repository uses, and what is known about it, offline unless told otherwise."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from wizard.checks.dependencies import wording
from wizard.checks.dependencies.advisory import Vulnerability
from wizard.checks.dependencies.answers_store import AnswersStore
from wizard.checks.dependencies.dependency import Dependency, Manifest, Reach
from wizard.checks.dependencies.judging import CHECK, Reading, judge
from wizard.checks.dependencies.knowing import look_up_offline, look_up_online
from wizard.checks.dependencies.listing import Listing
from wizard.checks.dependencies.offline import Database, archives
from wizard.checks.dependencies.osv import OSV, OsvSettings, leaving
from wizard.checks.dependencies.states import Checked, DataSource, State
from wizard.cli.output import Exit, Output
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Verdict
from wizard.session.library_lists import listed
from wizard.session.settings import Home, Preferences, Settings

_CODES = {Verdict.FAIL: Exit.NOT_AS_REQUIRED, Verdict.UNKNOWN: Exit.COULD_NOT_LOOK}


class NotAgreed(Mistake):
    """Nobody agreed that names of packages leave this computer."""


@dataclass(frozen=True, slots=True)
class PrintedFlaw:
    """One vulnerability of a dependency; `score` is None and `severity` "unknown" where no list has one."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: str
    score: float | None
    cvss: str
    vector: str
    word: str
    fixed: tuple[str, ...]
    malicious: bool


@dataclass(frozen=True, slots=True)
class PrintedDependency:
    """One package of one file."""

    ecosystem: str
    name: str
    version: str
    file: str
    line: int
    direct: bool | None
    dev: bool
    state: State
    because: str
    origin: str
    vulnerabilities: tuple[PrintedFlaw, ...]


@dataclass(frozen=True, slots=True)
class PrintedManifest:
    """One lockfile or manifest, and how much it tells."""

    file: str
    format: str
    reach: Reach
    dependencies: int
    because: str


@dataclass(frozen=True, slots=True)
class PrintedSource:
    """Where the knowledge came from ("" for nowhere), and the day it speaks of."""

    name: str
    date: date | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The whole answer."""

    subject: str
    verdict: Verdict
    summary: str
    dependencies: tuple[PrintedDependency, ...]
    manifests: tuple[PrintedManifest, ...]
    counts: Mapping[str, int]
    source: PrintedSource
    left_out: tuple[str, ...]
    gaps: tuple[str, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """List, look up and print; 1 with a serious vulnerability, 3 while anything is unknown, else 0."""
    home, now = Home.below(asked.home) if asked.home else Home.default(), datetime.now(UTC)
    folder, preferred = home.data / "vulnerabilities", Preferences(home).settings
    if asked.data is not None:
        _take_in(asked.data, folder, now, output)
    listing = asyncio.run(listed(asked.path))
    if asked.fetch:
        _fetch(listing, folder, now, asked, preferred, output)
    rows, source = _known(listing, folder, now, asked, preferred, output)
    reading = Reading.of(listing, rows, source)
    judgement = judge(reading, now.date())
    output.result(_printed(asked.path, listing, rows, source, judgement.verdict, judgement.summary), *_lines(rows))
    for sentence in reading.blind:
        output.say(sentence)
    if source.trouble:
        output.say(source.trouble)
    if not source.name and listing.dependencies and not asked.online:
        output.say(
            _("Nothing was looked up. Use --fetch once (or --data) for the offline database, or --online to ask OSV.")
        )
    output.say(f"{CHECK.title()}: {judgement.summary}")
    return _CODES.get(judgement.verdict, Exit.FINE)


def _take_in(place: Path, folder: Path, now: datetime, output: Output) -> None:
    with Database.at(folder / "offline.db") as database:
        for ecosystem, archive in archives(place):
            held = database.take_in(ecosystem, archive, now)
            output.say(_held(held.ecosystem, held.records, held.day))


def _held(ecosystem: str, records: int, day: date) -> str:
    return ngettext("{ecosystem}: {n} record, of {day}.", "{ecosystem}: {n} records, of {day}.", records).format(
        ecosystem=ecosystem, n=records, day=day.isoformat()
    )


def _fetch(
    listing: Listing, folder: Path, now: datetime, asked: argparse.Namespace, preferred: Settings, output: Output
) -> None:
    from wizard.checks.dependencies.fetching import ARCHIVES, fetch

    wanted = tuple(dict.fromkeys(one.ecosystem for one in listing.dependencies if one.obstacle is None))
    if not wanted:
        return
    settings = preferred.through(OsvSettings(url=asked.archives or ARCHIVES))
    place = preferred.way(settings.url)
    what = _("These names of ecosystems go to {place}, and nothing else:").format(place=place)
    _agree(what, [each.value for each in wanted], asked, output)
    with Database.at(folder / "offline.db") as database:
        for held in asyncio.run(fetch(wanted, database, now, settings)):
            output.say(_held(held.ecosystem, held.records, held.day))


def _known(
    listing: Listing, folder: Path, now: datetime, asked: argparse.Namespace, preferred: Settings, output: Output
) -> tuple[tuple[Checked, ...], DataSource]:
    path = folder / "offline.db"
    database = Database.at(path) if path.exists() else None
    try:
        names = leaving(listing.dependencies)
        if not asked.online or not names:
            return look_up_offline(listing.dependencies, database)
        settings = preferred.through(OsvSettings(url=asked.osv or OSV))
        place = preferred.way(settings.url)
        _agree(_("These names and versions go to {place}:").format(place=place), names, asked, output)
        with AnswersStore(folder / "answers.db") as store:
            return asyncio.run(look_up_online(listing.dependencies, store, now, database, settings))
    finally:
        if database is not None:
            database.close()


def _agree(what: str, names: list[str] | tuple[str, ...], asked: argparse.Namespace, output: Output) -> None:
    """Show what would leave this computer, and ask; without anybody to ask, `--yes` must have been said."""
    output.say(what)
    for name in names:
        output.say(f"  {name}")
    if asked.yes:
        return
    if sys.stdin.isatty():
        output.say(_("Send them? Type yes to agree."))
        if sys.stdin.readline().strip().lower() in (_("yes"), "yes", "y"):
            return
    raise NotAgreed(_("Nothing was sent, because nobody agreed to it. Add --yes to agree, or leave the option away."))


def _printed(
    path: Path, listing: Listing, rows: tuple[Checked, ...], source: DataSource, verdict: Verdict, summary: str
) -> Printed:
    return Printed(
        subject=str(path),
        verdict=verdict,
        summary=summary,
        dependencies=tuple(_row(row.dependency, row) for row in rows),
        manifests=tuple(
            PrintedManifest(each.file, each.format, each.reach, each.dependencies, each.because)
            for each in _sorted(listing.manifests)
        ),
        counts={state.value: sum(row.state is state for row in rows) for state in State} | {"total": len(rows)},
        source=PrintedSource(source.name, source.day, source.trouble),
        left_out=listing.left_out,
        gaps=listing.gaps,
    )


def _sorted(manifests: tuple[Manifest, ...]) -> list[Manifest]:
    return sorted(manifests, key=lambda each: each.file)


def _row(one: Dependency, row: Checked) -> PrintedDependency:
    return PrintedDependency(
        one.ecosystem.value,
        one.name,
        one.version,
        one.file,
        one.line,
        one.direct,
        one.dev,
        row.state,
        wording.because(row),
        one.origin,
        tuple(_flaw(each) for each in row.vulnerabilities),
    )


def _flaw(one: Vulnerability) -> PrintedFlaw:
    had = one.severity
    return PrintedFlaw(
        one.id,
        one.aliases,
        one.summary,
        had.rating.value,
        had.score,
        had.version,
        had.vector,
        had.word,
        one.fixed,
        one.malicious,
    )


def _lines(rows: tuple[Checked, ...]) -> tuple[str, ...]:
    lines = []
    for row in rows:
        one = row.dependency
        place = one.file + (f":{one.line}" if one.line else "")
        said = f"{one.ecosystem} {one.name} {one.version}".strip()
        if row.state is State.VULNERABLE:
            lines += [f"{place}  {said}  {wording.flaw(flaw)}" for flaw in row.vulnerabilities]
        elif row.state is State.CANNOT_BE_CHECKED:
            lines.append(f"{place}  {said}  {wording.state(row.state)}: {wording.because(row)}")
    return tuple(lines)

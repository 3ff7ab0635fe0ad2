"""Looks up what the repositories of the scope are built from; names leave the machine only as the person agreed."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from wizard.checks.code.base import Judgement
from wizard.checks.dependencies.advisory import Vulnerability as Flaw
from wizard.checks.dependencies.answers_store import AnswersStore
from wizard.checks.dependencies.dependency import Ecosystem, Manifest
from wizard.checks.dependencies.judging import CHECK, Reading, judge, key
from wizard.checks.dependencies.knowing import look_up_offline, look_up_online
from wizard.checks.dependencies.offline import Database, Held, archives
from wizard.checks.dependencies.osv import OsvSettings, leaving
from wizard.checks.dependencies.states import Checked, DataSource, State
from wizard.domain import events as e
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.evidence import Sealed
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json, Verdict
from wizard.domain.vulnerability import Decision, Disposal
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.deeds import vulnerabilities
from wizard.session.deeds.scanning import NoRepository, folder_of
from wizard.session.found_libraries import Decisions, names_of
from wizard.session.library_lists import listed
from wizard.session.own_reports import library_report
from wizard.session.session import ReadOnly, Session

if TYPE_CHECKING:
    from wizard.checks.dependencies.listing import Listing

T = TypeVar("T")
#: Below the data folder of the person's home: the offline database, and what OSV answered within a day.
FOLDER, DATABASE, ANSWERS = "vulnerabilities", "offline.db", "answers.db"
_RECORD_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """What the sealed record of a look holds: every dependency with its state, every manifest, and the source."""

    repository: str
    rows: tuple[Checked, ...]
    manifests: tuple[Manifest, ...]
    source: DataSource
    left_out: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a run did: repositories looked at, and those that are no folder here."""

    looked_at: tuple[str, ...]
    elsewhere: tuple[str, ...]


def held(data: Path) -> dict[Ecosystem, Held]:
    """What the offline database of this home holds. Blocks; raises NoDatabase for a damaged one."""
    path = data / FOLDER / DATABASE
    if not path.exists():
        return {}
    with Database.at(path) as database:
        return database.held()


@dataclass(frozen=True, slots=True)
class WouldLeave:
    """What asking would send: each name with its version for OSV, the ecosystems for its archives.

    `here` counts the repositories that are folders on this computer: the others could not be read.
    """

    names: tuple[str, ...]
    ecosystems: tuple[Ecosystem, ...]
    here: int


def would_leave(
    session: Session, repositories: Collection[str] = (), hear: Hear = lambda event: None
) -> Job[WouldLeave]:
    """What asking OSV about these repositories would send: the lists that a person agrees to."""
    chosen = _chosen(session, repositories)

    async def work(progress: Progress) -> WouldLeave:
        names: set[str] = set()
        ecosystems: set[Ecosystem] = set()
        for done, repository in enumerate(chosen):
            progress(done, len(chosen), repository)
            if (folder := folder_of(repository)) is not None:
                used = (await listed(folder)).dependencies
                names |= set(leaving(used))
                ecosystems |= {one.ecosystem for one in used if one.obstacle is None}
        here = sum(folder_of(repository) is not None for repository in chosen)
        return WouldLeave(tuple(sorted(names)), tuple(sorted(ecosystems)), here)

    return session.runner.start(work, _("Listing what is used"), hear)


def scan(
    session: Session,
    data: Path,
    repositories: Collection[str] = (),
    *,
    agreed: Collection[str] = (),
    hear: Hear = lambda event: None,
    settings: OsvSettings | None = None,
) -> Job[Scanned]:
    """Look up the dependencies of the repositories of the scope (all, or those named), and record what is known.

    Only lines of `agreed` (from `would_leave`) are asked at OSV; everything else is looked up offline. Partial results
    of the job are the `Change` of each repository. Raises `NoRepository` or `ReadOnly` before anything is read.
    """
    if session.read_only:
        raise ReadOnly(session.read_only_because)
    chosen = _chosen(session, repositories)
    title = ngettext(
        "Looking up libraries of {n} repository", "Looking up libraries of {n} repositories", len(chosen)
    ).format(n=len(chosen))

    async def work(progress: Progress) -> Scanned:
        run = secrets.token_hex(8)
        here = tuple(r for r in chosen if folder_of(r) is not None)
        for done, repository in enumerate(chosen):
            progress(done, len(chosen), repository)
            folder = folder_of(repository)
            payloads: tuple[e.Payload, ...]
            if folder is None:
                payloads = (_not_here(session, run, repository),)
            else:
                payloads = await _look(session, data, run, repository, folder, frozenset(agreed), settings)
            change: Change = await asyncio.wrap_future(session.record(*payloads))
            progress(done + 1, len(chosen), repository, change)
        return Scanned(here, tuple(r for r in chosen if r not in here))

    return session.runner.start(work, title, hear)


def fetch(
    session: Session,
    data: Path,
    ecosystems: Collection[Ecosystem],
    hear: Hear = lambda event: None,
    settings: OsvSettings | None = None,
) -> Job[tuple[Held, ...]]:
    """Download the offline database of these ecosystems, whose names are all that is sent."""

    async def work(progress: Progress) -> tuple[Held, ...]:
        from wizard.checks.dependencies.fetching import fetch as download

        def report(ecosystem: str, done: int, total: int) -> None:
            progress(done, total, ecosystem)

        with Database.at(data / FOLDER / DATABASE) as database:
            return await download(ecosystems, database, session.clock(), settings, report)

    return session.runner.start(work, _("Fetching lists of known vulnerabilities"), hear)


def take_in(session: Session, data: Path, place: Path, hear: Hear = lambda event: None) -> Job[tuple[Held, ...]]:
    """Take archives of OSV that somebody downloaded into the offline database: a folder, or one all.zip."""

    async def work(progress: Progress) -> tuple[Held, ...]:
        def blocking(stopped: Callable[[], bool]) -> tuple[Held, ...]:
            with Database.at(data / FOLDER / DATABASE) as database:
                return tuple(
                    database.take_in(
                        ecosystem,
                        archive,
                        session.clock(),
                        stopped=stopped,
                        progress=lambda done, total, name=ecosystem.value: progress(done, total, name),  # type: ignore[misc]
                    )
                    for ecosystem, archive in archives(place)
                )

        return await _with_stop(blocking)

    return session.runner.start(work, _("Taking in lists of known vulnerabilities"), hear)


def record(session: Session, repository: str) -> Record | None:
    """What the last look at a repository found, from its sealed record; None when there is none. Blocks."""
    observation = session.assessment.observations.get((CHECK.id, repository))
    sealed = _sealed(observation.result.facts) if observation else None
    if sealed is None:
        return None
    try:
        return from_json(Record, json.loads(session.workspace.box.read(sealed, _RECORD_LIMIT)))
    except (Mistake, ValueError, Unreadable):
        return None  # the record is damaged: the result stays, its list is gone


def decide(session: Session, row: Checked, flaw: Flaw | None, disposal: Disposal | None) -> Future[Change]:
    """Decide on a flaw of a library, or (None) take that back. The decision stands in the ledger of weaknesses, so it
    holds for a report that lists the same flaw too. Raises `UnusableEntry` with what is missing.

    Without a flaw it is a word on a library that cannot be checked, shown as a person's: nobody has looked for it.
    """
    if flaw is None and row.state is not State.CANNOT_BE_CHECKED:
        raise vulnerabilities.UnusableEntry(_("This library can be looked up, so a word about it is no answer."))
    keys = names_of(row, flaw)
    known = next((each for each in map(vulnerabilities.ledger(session).row, keys) if each is not None), None)
    if disposal is not None and disposal.decision is Decision.FIXED:
        raise vulnerabilities.UnusableEntry(
            _("The lockfile still names this version. Update it and look again: what is fixed goes by itself.")
        )
    if known is not None:
        return vulnerabilities.dispose(session, known.key, disposal)
    if disposal is not None:
        vulnerabilities.check(disposal, session.clock().date())
    before = [each for each in keys if each in session.assessment.disposals] or [keys[0]]
    about = flaw.id if flaw else row.dependency.name
    title = _("Decided on {id}").format(id=about) if disposal else _("Reopened {id}").format(id=about)
    return session.record(*(e.VulnerabilityDisposed(each, disposal) for each in before), title=title)


def _chosen(session: Session, repositories: Collection[str]) -> tuple[str, ...]:
    chosen = tuple(r for r in session.assessment.scope.repositories if not repositories or r in repositories)
    if not chosen:
        raise NoRepository(_("No repository is in the scope, so nothing was looked at. List one in SCOPE-6 first."))
    return chosen


async def _look(
    session: Session,
    data: Path,
    run: str,
    repository: str,
    folder: Path,
    agreed: frozenset[str],
    settings: OsvSettings | None,
) -> tuple[e.Payload, ...]:
    found_there = await listed(folder)
    now = session.clock()
    path = data / FOLDER / DATABASE
    database = Database.at(path) if path.exists() else None
    try:
        asked = [one for one in found_there.dependencies if not agreed.isdisjoint(leaving((one,)))]
        chosen = set(asked)
        rest = [one for one in found_there.dependencies if one not in chosen]
        rows, source = await _with_stop(lambda stopped: look_up_offline(rest, database, stopped))
        if asked:
            with AnswersStore(data / FOLDER / ANSWERS) as store:
                more, source_online = await look_up_online(asked, store, now, database, settings)
            rows, source = (*rows, *more), _both(source, source_online)
    finally:
        if database is not None:
            database.close()
    found = Record(repository, rows, found_there.manifests, source, found_there.left_out, found_there.gaps)
    looked = await _recorded(session, run, found_there, found, now.date())
    report = await asyncio.to_thread(library_report, session, repository, rows, source)
    return (looked,) if report is None else (looked, report)


async def _recorded(session: Session, run: str, listing: Listing, found: Record, today: date) -> e.Looked:
    text = json.dumps(to_json(found), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, text.encode())
    decisions = Decisions.of(session.assessment, await asyncio.to_thread(vulnerabilities.ledger, session))
    flaws = {key(row, flaw.id): names_of(row, flaw) for row in found.rows for flaw in row.vulnerabilities}
    reading = Reading.of(listing, found.rows, found.source)
    names = {each: flaws[each] for each in (*reading.serious, *reading.unrated, *reading.lesser)}
    judgement = judge(reading, today, decisions.settled(names), decisions.accepted(names), decisions.said)
    result = CHECK.result(found.repository, judgement, session.clock())
    kept: dict[str, str | int] = {
        "record_name": sealed.name,
        "record_digest": sealed.digest,
        "record_sealed_digest": sealed.sealed_digest,
        "record_size": sealed.size,
    }
    also_called = {name: list(called) for name, called in names.items()}
    result = replace(result, facts={**result.facts, **kept, "names": also_called})
    return e.Looked(run=run, host=found.repository, results=(result,), record=sealed.digest, record_name=sealed.name)


def _both(one: DataSource, other: DataSource) -> DataSource:
    names = [each.name for each in (one, other) if each.name]
    days = [each.day for each in (one, other) if each.day]
    trouble = " ".join(each.trouble for each in (one, other) if each.trouble)
    return DataSource(" + ".join(names), min(days, default=None), trouble)


def _not_here(session: Session, run: str, repository: str) -> e.Looked:
    why = _("{name} is no folder on this computer, so nobody could look at its libraries.").format(name=repository)
    step = _("Clone it, and name the folder in SCOPE-6.")
    result = CHECK.result(repository, Judgement(Verdict.UNKNOWN, why, next_step=step), session.clock())
    return e.Looked(run=run, host=repository, results=(result,))


async def _with_stop(blocking: Callable[[Callable[[], bool]], T]) -> T:
    """Run in a thread that is told when the job was stopped."""
    stop = threading.Event()
    try:
        return await asyncio.to_thread(blocking, stop.is_set)
    except asyncio.CancelledError:
        stop.set()
        raise


def _sealed(facts: Mapping[str, Json]) -> Sealed | None:
    kept = {name: facts.get(f"record_{name}") for name in ("name", "digest", "sealed_digest", "size")}
    try:
        return from_json(Sealed, kept)
    except Unreadable:
        return None

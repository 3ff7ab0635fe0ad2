"""The ledger of weaknesses: reports read into it, entries by hand, and what is decided about each."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from weakref import WeakKeyDictionary

from wizard.domain import events as e
from wizard.domain.assessment import Assessment
from wizard.domain.codec import from_json
from wizard.domain.disclosure import LEDGER
from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.domain.ledger import APART, OURSELVES, Decided, ReadReport, make_ledger
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json, Level, Method
from wizard.domain.vulnerability import (
    OWN_LOOK,
    Decision,
    Disposal,
    Failing,
    Ledger,
    LedgerState,
    Note,
    Rating,
    Reported,
    ReportSummary,
    Vulnerability,
)
from wizard.formats import cvss
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session import reports, summaries
from wizard.session.changes import Change
from wizard.session.session import Session

#: What is handed to the child that reads reports: XML is streamed up to here, JSON ends earlier.
REPORT_LIMIT = 256 * 1024 * 1024
_RECORD_LIMIT = 512 * 1024 * 1024
#: The check whose findings are rows of their own.
LIBRARIES = "dependencies"
#: Kinds of files of which a person wants to know why they were not read.
_REPORTS_ARE = ("application/json", "application/xml")
#: Kinds of files that no reader of reports knows.
_NO_REPORTS = ("image/", "application/pdf", "application/zip", "application/gzip", "audio/", "video/")


class UnusableEntry(Mistake):
    """Something in an entry of the ledger cannot be read, or contradicts another part of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of reading a file: the payload to record, or why it is kept as evidence only."""

    item: Evidence
    payload: e.ReportRead | None = None
    why_not: str = ""


@dataclass
class _Kept:
    """What was already read and folded for one session."""

    entries: dict[str, tuple[Reported, ...]] = field(default_factory=dict)
    made_from: tuple[object, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    lock: threading.Lock = field(default_factory=threading.Lock)


_KEPT: WeakKeyDictionary[Session, _Kept] = WeakKeyDictionary()
_KEPT_LOCK = threading.Lock()


def ledger(session: Session) -> Ledger:
    """Every weakness known now. Folded once for each state of the assessment; sealed records are read once."""
    with _KEPT_LOCK:
        kept = _KEPT.setdefault(session, _Kept())
    assessment = session.assessment
    failing = _failing(assessment)
    made_from = (assessment.ledger, assessment.disposals, assessment.merged, (_files(assessment), failing))
    with kept.lock:
        if kept.made_from != made_from and not _same(kept.made_from, made_from):
            missing: list[str] = []
            found = tuple(_found(session, assessment, kept, missing))
            made = make_ledger(found, _decided(assessment), assessment.merged, failing)
            kept.ledger = replace(made, missing=tuple(missing))
        kept.made_from = made_from
        return kept.ledger


def _same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return (
        len(before) == len(now)
        and all(one is other for one, other in zip(before[:3], now[:3], strict=True))
        and (before[3] == now[3])
    )


def _failing(assessment: Assessment) -> tuple[Failing, ...]:
    """What our own checks of things in scope found wrong, and when it was mended; the oldest first.

    What a look at libraries finds stands in the ledger flaw by flaw, so its verdict is not a row beside them.
    """
    scope = assessment.scope
    hosts, repositories = {host.name for host in scope.hosts}, set(scope.repositories)
    found = [
        Failing(
            check,
            subject,
            summaries.check_title(check),
            observation.failed_from.date(),
            observation.mended_at.date() if observation.mended_at else None,
        )
        for (check, subject), observation in assessment.observations.items()
        if observation.failed_from is not None
        and observation.result.method is Method.TEST
        and observation.result.level is Level.MUST
        and check != LIBRARIES
        and (subject in repositories or any(host in subject for host in hosts))
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.check, each.subject)))


def _files(assessment: Assessment) -> frozenset[str]:
    """The evidence whose reports count: it is there, or a newer revision took its place."""
    kept = set(assessment.evidence)
    replaced = {item.replaces for item in (*assessment.evidence.values(), *assessment.removed_evidence.values())}
    return frozenset(kept | (replaced & set(assessment.removed_evidence)))


def _found(session: Session, assessment: Assessment, kept: _Kept, missing: list[str]) -> Iterator[ReadReport | Note]:
    files = _files(assessment)
    for each in assessment.ledger.values():
        if isinstance(each, Note):
            yield each
        elif each.evidence in files or each.importer == OWN_LOOK:
            digest = each.record.digest
            try:
                if digest not in kept.entries:
                    kept.entries[digest] = reports.read_back(session.workspace.box.read(each.record, _RECORD_LIMIT))
            except (Mistake, ValueError):
                missing.append(each.file)  # damaged, or a teammate's that has not come yet
                continue
            yield each, kept.entries[digest]


def _decided(assessment: Assessment) -> dict[str, Decided]:
    return {
        key: Decided(noted.payload.disposal, noted.author, noted.at)
        for key, noted in assessment.disposals.items()
        if isinstance(noted.payload, e.VulnerabilityDisposed) and noted.payload.disposal is not None
    }


# --- reports --------------------------------------------------------------------------------------------------------


async def read_report(session: Session, item: Evidence) -> Read:
    """Read the sealed copy of a file in the limited child, if it may be another tool's report.

    Its entries are sealed as one record. The answer counts only after the copy was found undamaged.
    """
    if item.media_type.startswith(_NO_REPORTS) or item.sealed.size > REPORT_LIMIT:
        return Read(item)
    from wizard.formats.xml import END
    from wizard.importers import HEAD, pages
    from wizard.importers.base import Report
    from wizard.jobs import worker_process

    data = await asyncio.to_thread(session.workspace.box.read, item.sealed, REPORT_LIMIT)
    limits = worker_process.Limits(seconds=300, memory=2 * 1024 * 1024 * 1024, cpu=60)
    try:
        is_page = bool(pages.sentence_for(data[:HEAD].decode("utf-8", "replace")))  # made by a tool, for people
        asked: dict[str, Json] = {"entries": True, "end": data[-END:].decode("latin-1")}
        answer = await worker_process.ask("read_report", asked, data, limits)
    except (worker_process.WorkerRefused, worker_process.WorkerFailed) as refused:
        looks_like_one = item.media_type in _REPORTS_ARE or is_page
        return Read(item, why_not=refused.sentence if looks_like_one else "")
    del data

    def keep() -> Read:
        try:
            report = from_json(Report, json.loads(answer.data))
            if answer.said.get("findings") != len(report.findings):
                raise ValueError("entries are missing")  # a report is never read as if it had listed nothing
            found = reports.recognised(report)
        except (ValueError, RecursionError):
            return Read(item, why_not=_("What was read from this file makes no sense. It is kept as evidence only."))
        record = session.workspace.box.seal_bytes(reports.written(found.entries))
        said = reports.summary(found, item, record, session.clock())
        wanted = item.requirements or reports.requirements_for(session.questionnaire, said)
        read_as = reports.sentence(said, reports.requirements_for(session.questionnaire, said))
        return Read(replace(item, requirements=wanted, read_as=read_as), e.ReportRead(said))

    return await asyncio.to_thread(keep)


def latest(session: Session, evidence: Collection[str]) -> tuple[ReportSummary, ...]:
    """The reports that were read from these pieces of evidence."""
    return tuple(report for report in ledger(session).reports if report.evidence in evidence)


def gone(session: Session) -> tuple[Vulnerability, ...]:
    """Open weaknesses that their newest reports no longer list: each may be closed, after asking."""
    return tuple(row for row in ledger(session).rows if row.gone is not None and row.state is LedgerState.OPEN)


def close_gone(session: Session, keys: Collection[str], release: str = "") -> Future[Change]:
    """Note those that disappeared as fixed, each on the day of the report that no longer lists it."""
    rows = [row for row in gone(session) if row.key in keys]
    payloads = [
        e.VulnerabilityDisposed(row.key, Disposal(Decision.FIXED, on=row.gone, release=release.strip())) for row in rows
    ]
    if not payloads:
        raise UnusableEntry(_("None of these is still open. Nothing was changed."))
    title = ngettext("Closed {n} weakness", "Closed {n} weaknesses", len(rows)).format(n=len(rows))
    return session.record(*payloads, title=title)


# --- by hand --------------------------------------------------------------------------------------------------------


def new_key() -> str:
    """The key of an entry that a person begins."""
    return f"hand:{secrets.token_hex(6)}"


def note(session: Session, wanted: Note) -> Future[Change]:
    """Write an entry of one's own, or more about a reported one. The score is computed from the vector.

    Raises `UnusableEntry` with what is missing or wrong.
    """
    today = session.clock().date()
    made = rated(wanted)
    if made.own:
        if not made.title.strip():
            raise UnusableEntry(_("A weakness needs a title that says what it is."))
        if made.reported is None:
            raise UnusableEntry(_("The clock needs a day: when was it reported?"))
    for day in (made.reported, made.triaged):
        if day is not None and day > today:
            raise UnusableEntry(_("{day} lies in the future. Nothing was changed.").format(day=day.isoformat()))
    title = _("Noted {title}").format(title=made.title) if made.title else _("Noted a weakness")
    return session.record(e.VulnerabilityNoted(made), title=title)


def rated(wanted: Note) -> Note:
    """The note with score, version and severity from its vector, or from a plain score of CVSS v3.

    Raises `UnusableEntry` for a vector that is none, and for a score outside 0 to 10.
    """
    if wanted.vector.strip():
        scored = cvss.score(wanted.vector)
        if scored is None:
            raise UnusableEntry(
                _("“{vector}” is no CVSS vector of version 2.0, 3.0, 3.1 or 4.0. Nothing was changed.").format(
                    vector=wanted.vector.strip()[:80]
                )
            )
        return replace(
            wanted,
            vector=scored.vector,
            score=scored.score,
            version=scored.version,
            rating=Rating(cvss.band(scored.score)),
        )
    if wanted.score is None:
        return wanted
    if not 0 <= wanted.score <= 10:
        raise UnusableEntry(_("A CVSS score lies between 0.0 and 10.0. Nothing was changed."))
    return replace(wanted, rating=Rating(cvss.band(wanted.score)), version=wanted.version or "3.1")


def forget(session: Session, key: str) -> Future[Change]:
    """Take an entry of one's own out of the ledger again."""
    row = _row(session, key)
    if row.sightings:
        raise UnusableEntry(
            _("{id} is listed by a report, so it cannot be taken out. Decide on it instead.").format(id=row.id)
        )
    payloads = [e.VulnerabilityNoted(Note(own)) for own in row.keys if own.startswith("hand:")]
    return session.record(*payloads, title=_("Took {id} out of the ledger").format(id=row.id))


def dispose(session: Session, key: str, disposal: Disposal | None) -> Future[Change]:
    """Decide on a weakness, or (None) take the decision back. Raises `UnusableEntry` with what is missing or wrong."""
    row, today = _row(session, key), session.clock().date()
    keys = [own for own in row.keys if own in session.assessment.disposals] or [row.key]
    if disposal is None:
        payloads = [e.VulnerabilityDisposed(own) for own in keys]
        return session.record(*payloads, title=_("Reopened {id}").format(id=row.id))
    _usable(row, disposal, today)
    payloads = [e.VulnerabilityDisposed(own, disposal) for own in keys]
    return session.record(*payloads, title=_("Decided on {id}").format(id=row.id))


def _usable(row: Vulnerability, disposal: Disposal, today: date) -> None:
    check(disposal, today)
    match disposal.decision:
        case Decision.FIXED:
            assert disposal.on is not None  # checked above
            if any(s.tool == OURSELVES and s.newest and s.standing.value == "open" for s in row.sightings):
                raise UnusableEntry(
                    _("Our own look still finds it. Look again: when it is gone, this can be closed or closes itself.")
                )
            if not row.began <= disposal.on <= today:
                raise UnusableEntry(
                    _("The day of the fix lies between {began} and today. Nothing was changed.").format(
                        began=row.began.isoformat()
                    )
                )
            still = [s for s in row.sightings if s.standing.value == "open" and s.day > disposal.on]
            if still:
                raise UnusableEntry(
                    _("{tool} still lists it on {day}, after that day. Nothing was changed.").format(
                        tool=still[-1].tool, day=still[-1].day.isoformat()
                    )
                )


def check(disposal: Disposal, today: date) -> None:
    """Raise `UnusableEntry` with what is missing in a decision, whatever it is about."""
    match disposal.decision:
        case Decision.FIXED:
            if disposal.on is None:
                raise UnusableEntry(_("A fix needs its day."))
        case Decision.ACCEPTED:
            if not disposal.valid:
                raise UnusableEntry(_("An accepted weakness needs the reason, an owner, what protects you, and a day."))
            if disposal.until is not None and disposal.until < today:
                raise UnusableEntry(_("The day until which it is accepted has passed. Nothing was changed."))
        case _:
            if not disposal.valid:
                raise UnusableEntry(_("This decision needs its reason: a reviewer will read it."))


def merge(session: Session, key: str, into: str) -> Future[Change]:
    """Say that two rows are one flaw. Both keep their sources."""
    row, other = _row(session, key), _row(session, into)
    if row.key == other.key:
        raise UnusableEntry(_("A weakness cannot be merged with itself. Nothing was changed."))
    title = _("Merged {id} into {other}").format(id=row.id, other=other.id)
    return session.record(e.VulnerabilityMerged(row.key, other.key), title=title)


def split(session: Session, key: str, member: str) -> Future[Change]:
    """Say that what one tool lists in a row is a flaw of its own; a hand's merging that put it there is taken back.

    It stays apart when its report comes again. Raises `UnusableEntry` when the row holds nothing else.
    """
    row = _row(session, key)
    own = {k for sighting in row.sightings if sighting.member == member for k in sighting.keys}
    if not own:
        raise UnusableEntry(_("This weakness is no longer in the ledger. Nothing was changed."))
    merged = session.assessment.merged
    joins = [k for k in by_hand(session.assessment, row)[1] if (k in own) != (merged[k] in own)]
    if joins:
        payloads = [e.VulnerabilityMerged(k) for k in joins]
    elif len({sighting.member for sighting in row.sightings}) > 1:
        payloads = [e.VulnerabilityMerged(f"{APART}:{member}", APART)]
    else:
        raise UnusableEntry(_("{id} has one source only, so there is nothing to split.").format(id=row.id))
    return session.record(*payloads, title=_("Split {id}").format(id=row.id))


def rejoin(session: Session, key: str) -> Future[Change]:
    """Take back what a hand split from, or merged into, this row: names and places decide again."""
    row = _row(session, key)
    apart, merged = by_hand(session.assessment, row)
    if not apart and not merged:
        raise UnusableEntry(_("Nobody split or merged {id} by hand. Nothing was changed.").format(id=row.id))
    payloads = [e.VulnerabilityMerged(k) for k in apart or merged]
    title = _("Put {id} together again") if apart else _("Took the merging of {id} back")
    return session.record(*payloads, title=title.format(id=row.id))


def by_hand(assessment: Assessment, row: Vulnerability) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of a row that a person split from another, and those that a person merged into it."""
    merged, keys = assessment.merged, set(row.keys)
    apart = tuple(k for k in row.keys if merged.get(k) == APART)
    return apart, tuple(k for k in row.keys if merged.get(k) in keys)


def _row(session: Session, key: str) -> Vulnerability:
    row = ledger(session).row(key)
    if row is None:
        raise UnusableEntry(_("This weakness is no longer in the ledger. Nothing was changed."))
    session.refuse_newer(LEDGER, *row.keys)  # it has one key for each name and place, and any of them may be meant
    return row


# --- files ----------------------------------------------------------------------------------------------------------


def export(session: Session, rows: Collection[str], destination: Path, hear: Hear = lambda event: None) -> Job[Path]:
    """Write these rows to a file: .csv, .xlsx, or .ics with the due dates. What is there is replaced at the end."""
    from wizard.session import ledger_files

    wanted = [row for row in ledger(session).rows if row.key in rows]
    today = session.clock().date()
    writer = ledger_files.writer_for(destination)

    async def work(progress: Progress) -> Path:
        progress(0, len(wanted), destination.name)
        data = await asyncio.to_thread(writer, wanted, today, session.clock())
        await asyncio.to_thread(ledger_files.put, destination, data)
        progress(len(wanted), len(wanted), destination.name)
        return destination

    return session.runner.start(work, _("Exporting the ledger"), hear)

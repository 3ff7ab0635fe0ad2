"""Turns what a reader of another tool's report found into entries of the ledger and a summary of the report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.checks.reports import REPORT_CHECKS
from wizard.checks.reports.base import ReportKind, kind_of
from wizard.domain.codec import from_json, to_json
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.vulnerability import Rating, Reported, ReportSummary, Standing
from wizard.importers.base import Entry, Report, Status

#: The check that judges each kind of report.
_CHECKS: Mapping[ReportKind, tuple[str, ...]] = {
    ReportKind.DEPENDENCIES: ("report-dependencies", "scan-cadence"),
    ReportKind.STATIC: ("report-static",),
    ReportKind.DYNAMIC: ("report-dynamic",),
}
assert {name for names in _CHECKS.values() for name in names} == {check.id for check in REPORT_CHECKS}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A report with its entries as they go into the ledger."""

    report: Report
    entries: tuple[Reported, ...]


def recognised(report: Report) -> Recognised:
    """The entries for the ledger: where one entry of a tool stands for several flaws, each of them; passed ones are
    no weaknesses."""
    entries = tuple(
        _reported(flaw, entry) for entry in report.entries for flaw in entry.parts or (entry,) if _is_flaw(flaw, entry)
    )
    return Recognised(report, entries)


def _is_flaw(flaw: Entry, entry: Entry) -> bool:
    return Status.PASSED not in (flaw.status, entry.status)


def _reported(flaw: Entry, entry: Entry) -> Reported:
    status = flaw.status if flaw.status is not Status.OPEN else entry.status
    package, place = flaw.package or entry.package, flaw.place or entry.place
    vectors = sorted(flaw.vectors, key=lambda each: (each.score or each.stated or 0.0) != flaw.score)
    return Reported(
        id=flaw.id,
        title=flaw.title,
        rating=Rating(flaw.severity.value),
        word=flaw.word,
        score=flaw.score,
        version=vectors[0].version if vectors else "",
        vectors=tuple(each.vector for each in vectors if each.vector),
        aliases=flaw.aliases,
        cwe=flaw.cwe,
        ecosystem=package.ecosystem if package else "",
        package=package.name if package else "",
        package_version=package.version if package else "",
        file=place.file if place else "",
        line=place.line if place else 0,
        url=place.url if place else "",
        host=flaw.host or entry.host,
        standing=_STANDING.get(status, Standing.SET_ASIDE),
        aside="" if status in _STANDING else status.value,
        reported_on=flaw.reported_on or entry.reported_on,
        fixed_on=flaw.fixed_on or entry.fixed_on,
        fix=flaw.fix or entry.fix,
        confidence=flaw.confidence,
        count=flaw.count,
    )


_STANDING = {Status.OPEN: Standing.OPEN, Status.FIXED: Standing.FIXED}


def summary(found: Recognised, item: Evidence, record: Sealed, now: datetime) -> ReportSummary:
    """What the report is and says in numbers, as the tool counts."""
    report, entries = found.report, found.entries
    return ReportSummary(
        evidence=item.id,
        file=item.name,
        importer=report.importer,
        tool=report.tool,
        unit=report.unit,
        record=record,
        read_at=now,
        tool_version=report.tool_version,
        scanned_at=report.scanned_at,
        target=report.target[:50],
        counts=tuple((Rating(severity.value), n) for severity, n in report.by_severity.items() if n),
        set_aside=tuple((left.reason, left.count) for left in report.left_out),
        stated=tuple(report.stated.items()),
        notes=report.notes[:50],
        active=report.active,
        authenticated=report.authenticated,
        entries=len(report.findings),
        packages=sum(bool(entry.package) for entry in entries),
        files=sum(bool(entry.file) for entry in entries),
        addresses=sum(bool(entry.url or entry.host) for entry in entries),
        cwe=tuple(sorted({cwe for entry in entries for cwe in entry.cwe})),
        ecosystems=tuple(sorted({entry.ecosystem for entry in entries if entry.ecosystem})),
        commits=report.commits,
        gaps=report.gaps[:20],
        blind=report.blind,
    )


def requirements_for(questionnaire: Questionnaire, report: ReportSummary) -> tuple[str, ...]:
    """The requirements that a report of this kind says something about."""
    wanted = _CHECKS.get(kind_of(report), ())
    return tuple(id for id, requirement in questionnaire.by_id.items() if set(wanted) & set(requirement.checks))


def sentence(report: ReportSummary, requirements: tuple[str, ...]) -> str:
    """What was recognised: "ZAP report, 14 alerts, 3 high → APP-13", with what is not counted and what differs."""
    parts = [_("{tool} report").format(tool=report.name), units(report.entries, report.unit)]
    parts += [f"{n} {rating_word(rating)}" for rating, n in report.counts if rating is not Rating.INFO]
    out = ", ".join(parts)
    if requirements:
        out += " → " + ", ".join(requirements)
    aside = sum(n for _reason, n in report.set_aside)
    if aside:
        out += ". " + ngettext("{n} entry is not counted", "{n} entries are not counted", aside).format(n=aside)
        out += ": " + ", ".join(f"{n} × {reason}" for reason, n in report.set_aside)
    return out


def units(n: int, unit: str) -> str:
    """A number of what the tool counts: 1 alert, 14 alerts."""
    if n == 1:
        return f"{n} {unit}"
    return f"{n} {unit[:-1]}ies" if unit.endswith("y") else f"{n} {unit}{'es' if unit.endswith('ch') else 's'}"


def rating_word(rating: Rating) -> str:
    """The severity in words."""
    return {
        Rating.CRITICAL: _("critical"),
        Rating.HIGH: _("high"),
        Rating.MEDIUM: _("medium"),
        Rating.LOW: _("low"),
        Rating.INFO: _("for information"),
        Rating.UNKNOWN: _("not rated"),
    }[rating]


def written(entries: tuple[Reported, ...]) -> bytes:
    """The entries as they are sealed: JSON, with each different key once."""
    return json.dumps({"entries": to_json(entries)}, ensure_ascii=False, separators=(",", ":")).encode()


def read_back(data: bytes) -> tuple[Reported, ...]:
    """The entries of a sealed record. Raises ValueError when it is none."""
    return tuple(_entries(json.loads(data)))


def _entries(data: object) -> Iterator[Reported]:
    found = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise ValueError("not a record of entries")
    for each in found:
        yield from_json(Reported, each)

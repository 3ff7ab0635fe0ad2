"""Reports, entries and notes for the ledger's tests, small and by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from wizard.domain.evidence import Sealed
from wizard.domain.vulnerability import Note, Rating, Reported, ReportSummary

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def report(id: str = "r1", tool: str = "Grype", days: int | None = 0, **more: object) -> ReportSummary:
    scanned = None if days is None else NOW - timedelta(days=days)
    told = {"importer": tool.lower().replace(" ", "-"), "unit": "match", **more}
    return ReportSummary(
        evidence=id,
        file=f"{id}.json",
        tool=tool,
        record=Sealed("n", "d", "s", 1),
        read_at=NOW,
        scanned_at=scanned,
        **told,  # type: ignore[arg-type]
    )


def flaw(
    id: str = "CVE-2021-44228", package: str = "log4j-core", rating: Rating = Rating.HIGH, **more: object
) -> Reported:
    return Reported(id=id, title=f"{id} in {package}", rating=rating, package=package, **more)  # type: ignore[arg-type]


def own(key: str = "hand:1", rating: Rating = Rating.HIGH, reported: int = 10, **more: object) -> Note:
    return Note(key, title=f"Note {key}", rating=rating, reported=ago(reported), **more)  # type: ignore[arg-type]

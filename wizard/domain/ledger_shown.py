"""The ledger as it is printed and signed: its rows in words, accepted gaps, and the reports that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from wizard.domain.attestation import Gap, Weakness
from wizard.domain.finding import Finding, State
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Verdict
from wizard.domain.readable import day
from wizard.domain.vulnerability import (
    OWN_LOOK,
    Ledger,
    LedgerState,
    Rating,
    ReportSummary,
    Vulnerability,
    urgency,
)

#: More rows than this are counted and not printed; the most urgent stand first.
MOST = 1000
#: The check of each limit is called so, with its severity behind.
_DEADLINE = "deadline-"
_SERIOUS = (Rating.CRITICAL, Rating.HIGH)


def weaknesses(ledger: Ledger, today: date, names: Mapping[str, str]) -> tuple[Weakness, ...]:
    """The rows as printed, most urgent first, without what is for information only and what was fixed long ago."""
    rows = sorted(_printed(ledger, today), key=lambda row: urgency(row, today))
    return tuple(_weakness(row, today, names) for row in rows[:MOST])


def _printed(ledger: Ledger, today: date) -> list[Vulnerability]:
    return [
        row
        for row in ledger.rows
        if row.rating is not Rating.INFO and not row.counts_elsewhere and not _long_ago(row, today)
    ]


def _long_ago(row: Vulnerability, today: date) -> bool:
    return row.state is LedgerState.FIXED and not row.counts(today)


def _weakness(row: Vulnerability, today: date, names: Mapping[str, str]) -> Weakness:
    score = f"{row.score:.1f}" if row.score is not None else ""
    if score and row.version and not row.version.startswith("3"):
        score += f" (v{row.version})"
    decided = row.decided_at.date() if row.decided_at and not row.is_open else None
    return Weakness(
        number=row.id,
        title=row.title,
        rating=row.rating,
        state=row.state,
        score=score,
        source=row.source,
        place=row.place,
        names=row.aliases[:6],
        began=row.began,
        due=row.due,
        closed=row.fixed or decided,
        used=row.used(today) if row.ended(today) else 0,
        limit=(row.limit or 0) if row.ended(today) else 0,
        remark=" ".join(filter(None, (*_decision(row), *_history(row), row.remark))),
        decided_by=names.get(row.decided_by, row.decided_by) if not _undecided(row) else "",
    )


def _undecided(row: Vulnerability) -> bool:
    return row.disposal is None or row.state is LedgerState.OPEN


def _decision(row: Vulnerability) -> Iterable[str]:
    made = row.disposal
    if made is None or _undecided(row):
        return
    if made.release:
        yield _("In release {release}.").format(release=made.release)
    if made.because:
        yield _("Because: {text}").format(text=made.because)
    if row.state is LedgerState.ACCEPTED and made.until is not None:
        yield _("Accepted by {owner} until {day}. Meanwhile: {control}").format(
            owner=made.owner, day=day(made.until), control=made.control
        )


def _history(row: Vulnerability) -> Iterable[str]:
    if row.gone is not None and row.is_open:
        yield _("Not in the report of {day} any more; nobody said that it was fixed.").format(day=day(row.gone))
    if row.back is not None:
        yield _("Listed again on {day}, after its fix.").format(day=day(row.back))
    if row.differs:
        yield _("Rated differently by its sources: {words}; the worst counts.").format(words=", ".join(row.differs))
    aside = dict.fromkeys(s.aside for s in row.sightings if s.aside and s.newest)
    if row.state is LedgerState.SET_ASIDE and aside:
        yield _("In the tool: {words}.").format(words=", ".join(aside))


def known_gap(finding: Finding, ledger: Ledger, today: date, names: Mapping[str, str]) -> Gap | None:
    """The accepted or explained weaknesses that make a requirement an exception; None when it is none by them."""
    failed = [o.standing for o in finding.observations if o.standing.verdict is Verdict.FAIL]
    if finding.state is not State.EXC or not failed or any(result.excepted_until is None for result in failed):
        return None
    rows: dict[str, Vulnerability] = {}
    for result in failed:
        severity = result.check.removeprefix(_DEADLINE)
        for row in ledger.rows:
            late = result.check.startswith(_DEADLINE) and row.rating.value == severity and row.late(today)
            serious = not result.check.startswith(_DEADLINE) and row.is_open and row.rating in _SERIOUS
            if (late or serious) and row.covered_until(today) is not None:
                rows[row.key] = row
    covered = [(row, until) for row in rows.values() if (until := row.covered_until(today)) is not None]
    if not covered:
        return None
    covered.sort(key=lambda pair: urgency(pair[0], today))
    return Gap(
        gap=" ".join(_("{id} {title}: {text}").format(id=r.id, title=r.title, text=_because(r)) for r, _day in covered),
        owner=", ".join(dict.fromkeys(_owner(row, names) for row, _day in covered)),
        control=" ".join(dict.fromkeys(_control(row) for row, _day in covered)),
        until=min(until for _row, until in covered),
        author=", ".join(dict.fromkeys(names.get(row.decided_by, row.decided_by) for row, _day in covered)),
    )


def _because(row: Vulnerability) -> str:
    return row.disposal.because if row.disposal else ""


def _owner(row: Vulnerability, names: Mapping[str, str]) -> str:
    return (row.disposal.owner if row.disposal else "") or names.get(row.decided_by, row.decided_by)


def _control(row: Vulnerability) -> str:
    if row.state is LedgerState.FIXED and row.fixed is not None:
        return _("{id} was fixed on {day}.").format(id=row.id, day=day(row.fixed))
    return row.disposal.control if row.disposal else ""


def ledger_notes(ledger: Ledger, today: date) -> Iterable[str]:
    """What the printed rows leave out, and every report with what it holds and does not count."""
    printed = len(_printed(ledger, today))
    if printed > MOST:
        more = printed - MOST
        yield ngettext(
            "{n} more row of the vulnerability ledger is not printed; the most urgent ones are.",
            "{n} more rows of the vulnerability ledger are not printed; the most urgent ones are.",
            more,
        ).format(n=more)
    for count, sentence in (
        (
            sum(row.rating is Rating.INFO for row in ledger.rows),
            _("For information only, without a deadline, and not printed in the ledger: {n}."),
        ),
        (
            sum(row.rating is not Rating.INFO and _long_ago(row, today) for row in ledger.rows),
            _("Fixed more than twelve months ago, and not printed in the ledger: {n}."),
        ),
    ):
        if count:
            yield sentence.format(n=count)
    for report in ledger.reports:
        if report.importer == OWN_LOOK:
            continue  # a look of our own is printed among the checks
        yield _report(report, report.evidence in ledger.current)


def _report(report: ReportSummary, current: bool) -> str:
    counts = ", ".join(f"{n} {rating.value}" for rating, n in report.counts if n) or _("nothing open")
    scanned = day(report.scanned_at.date()) if report.scanned_at else _("no date in the file")
    out = _("Report read: {file}, {tool}, {day}: {counts}.").format(
        file=report.file, tool=report.name, day=scanned, counts=counts
    )
    if report.set_aside:
        aside = ", ".join(f"{n} × {reason}" for reason, n in report.set_aside)
        out += " " + _("Not counted: {what}.").format(what=aside)
    if not current:
        out += " " + _("A newer report of this tool took its place.")
    return " ".join((out, *report.notes[:3]))

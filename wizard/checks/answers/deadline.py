"""Weaknesses are fixed within 28, 42, 56 or 175 days by severity, whichever clock began earlier (VULN-1 to VULN-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.checks.answers.own_limits import severity_word
from wizard.domain.deadlines import LIMITS, Limit
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.vulnerability import Ledger, LedgerState, Rating, Vulnerability, urgency

#: Weaknesses that are due within so many days are pointed out.
SOON_DAYS = 7
_NAMED, _LISTED = 3, 50


def _judge(limit: Limit) -> Callable[[Said], Judgement | None]:
    def judge(said: Said) -> Judgement | None:
        rows = [row for row in said.ledger.rows if row.rating is not Rating.INFO and not row.counts_elsewhere]
        if said.ledger.missing:
            judged = _conclude(limit, rows, said.today)
            return judged if judged.verdict is Verdict.FAIL else unreadable(said.ledger)
        claims_none = said.text("VULN-any") == "none"
        if not rows and claims_none:
            summary = _("No weakness was ever recorded. Scans and tests usually find some; a reviewer will ask.")
            return Judgement(Verdict.WARN, summary)
        if not rows and said.text("VULN-any") == "some":
            summary = _("There were weaknesses, but the ledger holds none yet.")
            step = _("Add the reports of your tools, or enter what was reported, in the vulnerability ledger.")
            return Judgement(Verdict.UNKNOWN, summary, step)
        if not rows:
            return None
        judged = _conclude(limit, rows, said.today)
        if claims_none and judged.verdict is Verdict.PASS:
            summary = _("The answer says that none was ever recorded; the ledger holds {n}.").format(n=len(rows))
            return Judgement(Verdict.WARN, f"{summary} {judged.summary}", facts=judged.facts)
        return judged

    return judge


def unreadable(ledger: Ledger) -> Judgement:
    """What was read from some reports is not here, so nobody knows what they list."""
    summary = _("What was read from {files} cannot be read here now.").format(files=", ".join(ledger.missing[:_NAMED]))
    return Judgement(Verdict.UNKNOWN, summary, _("Add these reports again."))


def _conclude(limit: Limit, rows: list[Vulnerability], today: date) -> Judgement:
    unrated = [row for row in rows if row.rating is Rating.UNKNOWN and _may_be_late(row, today)]
    future = [row for row in rows if row.counts(today) and row.began > today]
    before = [row for row in rows if row.counts(today) and row.fixed is not None and row.fixed < row.began <= today]
    mine = sorted(
        (row for row in rows if row.rating.severity is limit.severity and row.counts(today)),
        key=lambda row: urgency(row, today),
    )
    late = [row for row in mine if row.late(today)]
    facts: dict[str, Json] = {
        "limit_days": limit.days,
        "open": sum(row.is_open for row in mine),
        "fixed": sum(not row.is_open for row in mine),
        "late": [{"id": row.id, "title": row.title, "days_over": row.over(today) or 0} for row in late[:_LISTED]],
        "late_in_all": len(late),
        "unrated": [row.id for row in unrated[:_LISTED]],
    }
    if late:
        covers = [row.covered_until(today) for row in late]
        known = [until for until in covers if until is not None]
        step = _("Fix it, or accept it in the ledger with an owner, a date and what protects you meanwhile.")
        summary = " ".join(_late(row, today) for row in late[:_NAMED])
        if len(late) > _NAMED:
            more = len(late) - _NAMED
            summary += " " + ngettext("{n} more is late.", "{n} more are late.", more).format(n=more)
        return Judgement(
            Verdict.FAIL, summary, step, facts, excepted_until=min(known) if len(known) == len(late) else None
        )
    if unrated or future or before:
        ids = ", ".join(row.id for row in (unrated or future or before)[:_LISTED])
        summary = (
            _("Nobody rated {ids}, so nobody knows when they are due, or whether they were fixed in time.")
            if unrated
            else _("The clock of {ids} begins in the future.")
            if future
            else _("The day on which {ids} was fixed lies before the day on which it was reported.")
        ).format(ids=ids)
        step = _("Give each a CVSS vector in the ledger, or decide on it.")
        return Judgement(Verdict.UNKNOWN, summary, step if unrated else _("Correct these rows of the ledger."), facts)
    severity = severity_word(limit.severity)
    notes = []
    if aside := [row.id for row in rows if row.state is LedgerState.SET_ASIDE and _is(row, limit)]:
        notes.append(
            _("Set aside in a tool, without a reason in the ledger: {ids}.").format(ids=", ".join(aside[:_LISTED]))
        )
    if not mine:
        summary = _("The ledger has no {severity} weakness.").format(severity=severity)
        return Judgement(Verdict.WARN if notes else Verdict.PASS, " ".join((summary, *notes)), facts=facts)
    if soon := [row.id for row in mine if row.is_open and (row.over(today) or 0) >= -SOON_DAYS]:
        notes.append(_("Due within a week: {ids}.").format(ids=", ".join(soon[:_LISTED])))
    if undated := [row.id for row in mine if row.state is LedgerState.FIXED and row.fixed is None]:
        notes.append(
            _("Fixed, on a day that the report does not tell: {ids}.").format(ids=", ".join(undated[:_LISTED]))
        )
    if notes:
        summary = _("All within {n} days.").format(n=limit.days)
        return Judgement(Verdict.WARN, " ".join((summary, *notes)), facts=facts)
    open_ = sum(row.is_open for row in mine)
    summary = _("{severity}: {fixed} fixed in time, {open} open and within {n} days.").format(
        severity=severity, fixed=len(mine) - open_, open=open_, n=limit.days
    )
    return Judgement(Verdict.PASS, summary, facts=facts)


def _is(row: Vulnerability, limit: Limit) -> bool:
    """Whether a row falls under this limit, or may."""
    return row.rating.severity is limit.severity or row.rating is Rating.UNKNOWN


def _may_be_late(row: Vulnerability, today: date) -> bool:
    """Whether a row that nobody rated could be past its limit: open, or not fixed within the shortest one."""
    return row.is_open or (row.counts(today) and (row.fixed is None or row.used(today) > LIMITS[0].days))


def _late(row: Vulnerability, today: date) -> str:
    days, limit = row.over(today) or 0, row.limit or 0
    text = (
        ngettext(
            "{id} is {n} day past its limit of {limit} days.", "{id} is {n} days past its limit of {limit} days.", days
        )
        if row.is_open
        else ngettext(
            "{id} was fixed {n} day after its limit of {limit} days.",
            "{id} was fixed {n} days after its limit of {limit} days.",
            days,
        )
    ).format(id=row.id, n=days, limit=limit)
    later, ended = row.due_by_later_clock, row.ended(today)
    if later is not None and ended is not None and ended <= later:
        text += " " + _("By the later of the two clocks it would be in time; the earlier one decides.")
    return text


def _check(limit: Limit) -> AnswerCheck:
    return AnswerCheck(
        id=f"deadline-{limit.severity.value}",
        title=lambda: _("Weaknesses fixed within {n} days: {severity}").format(
            n=limit.days, severity=severity_word(limit.severity)
        ),
        level=Level.MUST,
        source=f"{PAGE}, Vulnerability Management",
        reads=("VULN-any",),
        judge=_judge(limit),
        aliases=("CHK-VULNSLA",),
        version=2,
    )


CHECKS = tuple(_check(limit) for limit in LIMITS)

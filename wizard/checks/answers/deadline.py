"""Every weakness of the ledger was fixed, or can still be fixed, within its limit: one check a severity.

Two clocks run, from the report and from the triage; the earlier one decides, whatever the policy says. A fix on the
last day is in time. What was fixed more than twelve months ago is not looked at (our default, not Apollo's).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, read_number
from wizard.checks.answers.own_limits import severity_word
from wizard.domain.answers import Row
from wizard.domain.deadlines import LIMITS, LOOK_BACK_MONTHS, Limit, add_months, limit_for, read_date
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict

#: Weaknesses that are due within so many days are pointed out.
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Clocked:
    """One weakness on its clocks. `due` is the earlier limit, `due_triaged` the later one when both are known."""

    id: str
    limit: Limit
    due: date
    due_triaged: date | None
    fixed: date | None

    def days_over(self, today: date) -> int:
        """How many days the fix, or today while it is open, lies after the limit; negative while there is time."""
        return ((self.fixed or today) - self.due).days


def _read(row: Row, today: date) -> Clocked | None:
    """The row on its clocks; None when a cell contradicts another or cannot be read."""
    score, reported = read_number(row.get("score")), read_date(row.get("reported"))
    triaged, fixed = read_date(row.get("triaged")), read_date(row.get("fixed"))
    unread = any(row.get(cell).strip() and not read_date(row.get(cell)) for cell in ("triaged", "fixed"))
    if score is None or not 0 <= score <= 10 or reported is None or unread:
        return None
    start = min(reported, triaged or reported)
    is_fixed = row.get("status") == "fixed"
    if is_fixed != (fixed is not None) or start > today or (fixed is not None and not start <= fixed <= today):
        return None
    limit = limit_for(score)
    days = timedelta(days=limit.days)
    later = max(reported, triaged) + days if triaged and triaged != reported else None
    return Clocked(row.get("id").strip() or row.get("title").strip(), limit, start + days, later, fixed)


def _judge(limit: Limit) -> Callable[[Said], Judgement | None]:
    def judge(said: Said) -> Judgement | None:
        if said.text("VULN-any") == "none":
            summary = _("No weakness was ever recorded. Scans and tests usually find some; a reviewer will ask.")
            return Judgement(Verdict.WARN, summary)
        rows = [row for row in said.rows("VULN-ledger") if row.get("status") not in ("false-positive", "not-affected")]
        if not said.rows("VULN-ledger"):
            return None
        return _conclude(limit, rows, said.today)

    return judge


def _conclude(limit: Limit, rows: list[Row], today: date) -> Judgement:
    read = [(row, _read(row, today)) for row in rows]
    unread = [row.get("id").strip() or row.get("title").strip() or "?" for row, clocked in read if clocked is None]
    since = add_months(today, -LOOK_BACK_MONTHS)
    mine = [c for _row, c in read if c is not None and c.limit == limit and (c.fixed is None or c.fixed >= since)]
    over = [c for c in mine if c.days_over(today) > 0]
    facts: dict[str, Json] = {"limit_days": limit.days, "unreadable": unread}
    facts["weaknesses"] = [
        {
            "id": c.id,
            "due": c.due.isoformat(),
            "due_by_later_clock": c.due_triaged.isoformat() if c.due_triaged else "",
            "fixed": c.fixed.isoformat() if c.fixed else "",
            "days_over": c.days_over(today),
        }
        for c in mine
    ]
    if over:
        step = _("Fix it, or note an exception with an owner, a date and what protects you meanwhile.")
        return Judgement(Verdict.FAIL, " ".join(_late(c, today) for c in over), step, facts)
    if unread:
        summary = _("Score, dates or state cannot be read, or contradict each other, for: {ids}.")
        step = _("Correct these rows of the ledger.")
        return Judgement(Verdict.UNKNOWN, summary.format(ids=", ".join(unread)), step, facts)
    severity = severity_word(limit.severity)
    if not mine:
        return Judgement(
            Verdict.PASS, _("The ledger has no {severity} weakness.").format(severity=severity), facts=facts
        )
    soon = [c.id for c in mine if c.fixed is None and c.days_over(today) >= -SOON_DAYS]
    if soon:
        summary = _("All within {n} days. Due within a week: {ids}.").format(n=limit.days, ids=", ".join(soon))
        return Judgement(Verdict.WARN, summary, facts=facts)
    open_ = sum(c.fixed is None for c in mine)
    summary = _("{severity}: {fixed} fixed in time, {open} open and within {n} days.").format(
        severity=severity, fixed=len(mine) - open_, open=open_, n=limit.days
    )
    return Judgement(Verdict.PASS, summary, facts=facts)


def _late(clocked: Clocked, today: date) -> str:
    days = clocked.days_over(today)
    text = (
        ngettext(
            "{id} is {n} day past its limit of {limit} days.", "{id} is {n} days past its limit of {limit} days.", days
        )
        if clocked.fixed is None
        else ngettext(
            "{id} was fixed {n} day after its limit of {limit} days.",
            "{id} was fixed {n} days after its limit of {limit} days.",
            days,
        )
    ).format(id=clocked.id, n=days, limit=clocked.limit.days)
    later = clocked.due_triaged
    if later is not None and (clocked.fixed or today) <= later:
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
        reads=("VULN-any", "VULN-ledger"),
        judge=_judge(limit),
        aliases=("CHK-VULNSLA",),
    )


CHECKS = tuple(_check(limit) for limit in LIMITS)

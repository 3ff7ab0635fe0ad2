"""No key of the inventory is older than the period that was declared for it, and none stays for ever (SEC-6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.answers import Row
from wizard.domain.deadlines import API_KEY_DAYS, Period, read_date, read_period
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    rows = said.rows("SEC-1-inventory")
    if not rows:
        return None
    overdue, unknown, slow = [], [], []
    for row in rows:
        name = row.get("name").strip() or _("a key without a name")
        period = read_period(row.get("period"))
        last = read_date(row.get("rotated")) or read_date(row.get("created"))
        if row.get("method") == "never":
            overdue.append(_("{name} is never changed").format(name=name))
        elif period is None or last is None or last > said.today:
            unknown.append(name)
        elif period.after(last) < said.today:
            overdue.append(_("{name} was due on {day}").format(name=name, day=day(period.after(last))))
        if row.get("kind") == "api-key" and period is not None and _longer(period, said.today):
            slow.append(name)
    return _conclude(rows, overdue, unknown, slow)


def _conclude(rows: Sequence[Row], overdue: list[str], unknown: list[str], slow: list[str]) -> Judgement:
    facts: dict[str, Json] = {"keys": len(rows), "overdue": overdue, "unknown": unknown, "over_90_days": slow}
    if overdue:
        summary = ngettext("A key is past its period: {keys}.", "{n} keys are past their period: {keys}.", len(overdue))
        step = _("Change it, then correct the date in the inventory.")
        return Judgement(Verdict.FAIL, summary.format(n=len(overdue), keys=", ".join(overdue)), step, facts)
    if unknown:
        summary = _("Period or last change cannot be read for: {keys}.").format(keys=", ".join(unknown))
        return Judgement(Verdict.UNKNOWN, summary, _("Fill in the period and a day that has been."), facts)
    if slow:
        summary = _("All keys are within their period. Longer than the {n} days recommended for API keys: {keys}.")
        return Judgement(Verdict.WARN, summary.format(n=API_KEY_DAYS, keys=", ".join(slow)), facts=facts)
    summary = ngettext("The one key is within its period.", "All {n} keys are within their period.", len(rows))
    return Judgement(Verdict.PASS, summary.format(n=len(rows)), facts=facts)


def _longer(period: Period, today: date) -> bool:
    return period.after(today) > Period(days=API_KEY_DAYS).after(today)


CHECK = AnswerCheck(
    id="key-rotation",
    title=lambda: _("Keys changed within their period"),
    level=Level.MUST,
    source=f"{PAGE}, Data Protection",
    reads=("SEC-1-inventory",),
    judge=_judge,
    aliases=("CHK-KEYAGE",),
)

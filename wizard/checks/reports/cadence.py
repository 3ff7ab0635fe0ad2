"""Two dated reports show that libraries are scanned as often as is said (APP-10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import SCAN_DAYS, ReportCheck, ReportKind, Shown, kind_of, unseen_systems
from wizard.domain.deadlines import Period, read_period
from wizard.domain.language import _
from wizard.domain.ledger import tool_of
from wizard.domain.observation import Json, Verdict
from wizard.domain.readable import day, duration

#: The table of tools and how often each runs.
TOOLS = "APP-10-tools"
REQUIREMENT = "APP-10"
_DEFAULT = f"P{SCAN_DAYS}D"


def _judge(shown: Shown) -> Judgement | None:
    reports = [r for r in shown.ledger.reports if kind_of(r) is ReportKind.DEPENDENCIES]
    if not reports:
        return None
    days: dict[str, set[date]] = {}
    for report in sorted(reports, key=lambda report: report.day, reverse=True):
        found = days.setdefault(report.tool, set())
        if report.scanned_at is not None and report.day <= shown.today:
            found.add(report.day)
    facts: dict[str, Json] = {
        "days": {tool: [d.isoformat() for d in sorted(found)[-10:]] for tool, found in days.items()}
    }
    judged = {tool: _tool(shown, tool, sorted(found), facts) for tool, found in days.items()}
    passed = [tool for tool, each in judged.items() if each.verdict is Verdict.PASS]
    if not passed:
        return next(iter(judged.values()))
    best = judged[passed[0]]
    if unseen := unseen_systems(shown, [report for report in reports if report.tool in passed]):
        said = _("No report shows how often this is scanned: {systems}.").format(systems=", ".join(unseen))
        return replace(best, verdict=Verdict.WARN, summary=f"{best.summary} {said}")
    return best


def _tool(shown: Shown, tool: str, days: list[date], facts: dict[str, Json]) -> Judgement:
    """One tool's dated reports against how often it is said to run."""
    period, spelt, note = _period(shown, tool)
    step = _("Add the reports of the last two runs.")
    if len(days) < 2:
        summary = (
            _("{tool}: one dated report ({day}). It takes two to see how often it runs.").format(
                tool=tool, day=day(days[0])
            )
            if days
            else _("{tool}: no report says when it was made.").format(tool=tool)
        )
        return Judgement(Verdict.UNKNOWN, summary, step, facts)
    before, newest = days[-2:]
    between = _("{tool}: reports of {before} and {newest}.").format(tool=tool, before=day(before), newest=day(newest))
    every = _("It shall run every {period}{note}.").format(period=spelt, note=note)
    if period.after(before) < newest:
        apart = _("They lie {n} days apart.").format(n=(newest - before).days)
        return Judgement(Verdict.UNKNOWN, f"{between} {apart} {every}", step, facts)
    if period.after(newest) < shown.today:
        ago = _("The newest is {n} days old.").format(n=(shown.today - newest).days)
        return Judgement(Verdict.UNKNOWN, f"{between} {ago} {every}", step, facts)
    return Judgement(Verdict.PASS, f"{between} {every}", facts=facts)


def _period(shown: Shown, tool: str) -> tuple[Period, str, str]:
    """How often this tool runs: as declared, or our default; a longer one counts only with a reason in the note."""
    default = Period(days=SCAN_DAYS)
    for row in shown.said.rows(TOOLS):
        declared = read_period(row.get("period"))
        if declared is None or tool_of(row.get("tool")) != tool_of(tool):
            continue
        longer = declared.after(shown.today) > default.after(shown.today)
        if not longer or shown.said.notes.get(REQUIREMENT, "").strip():
            return declared, duration(row.get("period")), ""
    return default, duration(_DEFAULT), _(" (our default, not Apollo's)")


CHECK = ReportCheck(
    id="scan-cadence",
    title=lambda: _("Two dated reports about libraries"),
    source=f"{PAGE}, Application Security",
    judge=_judge,
    aliases=("CHK-CADENCE",),
)

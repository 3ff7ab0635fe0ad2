"""Two dated reports show that libraries are scanned as often as is said (APP-10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import SCAN_DAYS, ReportCheck, ReportKind, Shown, kind_of, unseen_systems
from wizard.domain.deadlines import Period, read_period
from wizard.domain.language import _
from wizard.domain.ledger import targets_of, tool_of
from wizard.domain.observation import Json, Verdict
from wizard.domain.readable import day, duration
from wizard.domain.vulnerability import ReportSummary

#: The table of tools and how often each runs.
TOOLS = "APP-10-tools"
REQUIREMENT = "APP-10"
_DEFAULT = f"P{SCAN_DAYS}D"


def _judge(shown: Shown) -> Judgement | None:
    reports = [report for report in shown.ledger.reports if kind_of(report) is ReportKind.DEPENDENCIES]
    if not reports:
        return None
    reports.sort(key=lambda report: report.day, reverse=True)
    runs: dict[str, list[ReportSummary]] = {report.tool: [] for report in reports}
    for report in reports:
        if report.scanned_at is not None and report.day <= shown.today and not report.blind:
            runs[report.tool].append(report)
    facts: dict[str, Json] = {
        "days": {tool: [d.isoformat() for d in sorted({r.day for r in own})[-10:]] for tool, own in runs.items()}
    }
    judged = [
        (series, _tool(shown, tool, sorted({report.day for report in series}), facts))
        for tool, own in runs.items()
        for series in _series(own)
    ]
    best = next((each for _series, each in judged if each.verdict is Verdict.PASS), None)
    if best is None:
        return judged[0][1]
    passed = [report for series, each in judged if each.verdict is Verdict.PASS for report in series]
    if unseen := unseen_systems(shown, passed):
        said = _("No report shows how often this is scanned: {systems}.").format(systems=", ".join(unseen))
        return replace(best, verdict=Verdict.WARN, summary=f"{best.summary} {said}")
    return best


def _series(runs: list[ReportSummary]) -> list[tuple[ReportSummary, ...]]:
    """The runs of one tool, newest first, by what they looked at: those that share a target, or name none."""
    out: list[tuple[ReportSummary, ...]] = []
    left = [(report, targets_of(report)) for report in runs]
    while left:
        mine = left[0][1]
        out.append(tuple(report for report, its in left if not mine or not its or mine & its))
        left = [(report, its) for report, its in left if mine and its and not mine & its]
    return out or [()]


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

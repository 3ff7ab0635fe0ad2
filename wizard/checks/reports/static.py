"""A report of static analysis is young, about the attested release, and leaves nothing serious open (APP-12)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import SCAN_DAYS, ReportCheck, ReportKind, Shown, known_kind, sort_rows, what
from wizard.checks.reports.judging import (
    against,
    blind,
    counted,
    gaps_note,
    other_release,
    release_line,
    set_aside_note,
    too_old,
    unrated,
)
from wizard.domain.language import _
from wizard.domain.ledger import tool_of
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import ReportSummary

#: The table of tools.
TOOLS = "APP-12-tools"


def _judge(shown: Shown) -> Judgement | None:
    reports = shown.reports(ReportKind.STATIC)
    if not reports:
        return None
    newest = reports[-1]
    facts = counted(reports)
    lines = [
        _("Report: {report}").format(report=what(newest)),
        release_line(shown, newest),
        _("Entries: {n}").format(n=newest.entries),
        *(f"{reason}: {n}" for reason, n in newest.set_aside),
    ]
    proof = "\n".join(lines)
    found = sort_rows(shown.listed(reports), shown.today)
    if (failed := against(found, proof, facts)) is not None:
        return failed
    if old := too_old(newest, shown.today, SCAN_DAYS) or other_release(shown, newest):
        return Judgement(Verdict.UNKNOWN, old, _("Analyse again and add the new report."), facts, proof=proof)
    if (unknown := blind(reports, proof, facts) or unrated(found, proof, facts)) is not None:
        return unknown
    summary = _("{report}: nothing serious is open.").format(report=what(newest))
    notes = [set_aside_note(found), gaps_note(reports), _stranger(shown, newest)]
    notes += [old for report in reports[:-1] if (old := too_old(report, shown.today, SCAN_DAYS))]
    if note := " ".join(filter(None, notes)):
        return Judgement(Verdict.WARN, f"{summary} {note}", facts=facts, proof=proof)
    return Judgement(Verdict.PASS, summary, facts=facts, proof=proof)


def _stranger(shown: Shown, report: ReportSummary) -> str:
    """That a tool is neither known here nor named by the person: it may look for style and not for weaknesses."""
    named = {tool_of(row.get("tool")) for row in shown.said.rows(TOOLS)}
    if known_kind(report) is ReportKind.STATIC or tool_of(report.tool) in named:
        return ""
    return _("{tool} is no tool known here: name it under APP-12 if it looks for weaknesses.").format(tool=report.tool)


CHECK = ReportCheck(
    id="report-static",
    title=lambda: _("Reports of static analysis"),
    source=f"{PAGE}, Application Security",
    judge=_judge,
    aliases=("CHK-SARIF",),
)

"""A report about libraries shows that none with a serious known weakness is shipped (APP-8)."""

from __future__ import annotations

import re

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import (
    FRESH_DATA_DAYS,
    OLD_DATA_DAYS,
    ReportCheck,
    ReportKind,
    Shown,
    sort_rows,
    what,
)
from wizard.checks.reports.judging import (
    against,
    blind,
    counted,
    gaps_note,
    other_release,
    set_aside_note,
    too_old,
    unrated,
)
from wizard.domain.language import _
from wizard.domain.observation import Verdict
from wizard.domain.scope import REPOSITORIES_QUESTION
from wizard.domain.vulnerability import ReportSummary

#: How people call package systems, by their package URL type.
_SYSTEMS = {
    "npm": ("npm", "yarn", "pnpm", "node", "javascript", "typescript"),
    "pypi": ("pypi", "pip", "python", "poetry", "uv"),
    "maven": ("maven", "gradle", "java", "kotlin"),
    "golang": ("go", "golang"),
    "cargo": ("cargo", "rust", "crates"),
    "gem": ("gem", "gems", "ruby", "rubygems", "bundler"),
    "composer": ("composer", "php", "packagist"),
    "nuget": ("nuget", ".net", "dotnet"),
}
#: Tools that look at one package system only, so that even an empty report is about it.
_ONLY = {
    "npm": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "retire": "npm",
    "pip-audit": "pypi",
    "govulncheck": "golang",
    "cargo-audit": "cargo",
    "composer": "composer",
    "bundler-audit": "gem",
}


def _judge(shown: Shown) -> Judgement | None:
    reports = shown.reports(ReportKind.DEPENDENCIES)
    if not reports:
        return None
    newest = reports[-1]
    facts = counted(reports)
    proof = "\n".join(_line(report) for report in reports[-10:])
    found = sort_rows(shown.listed(reports), shown.today)
    if (failed := against(found, proof, facts)) is not None:
        return failed
    if old := too_old(newest, shown.today, OLD_DATA_DAYS) or other_release(shown, newest):
        return Judgement(Verdict.UNKNOWN, old, _("Scan again and add the new report."), facts, proof=proof)
    if (unknown := blind(reports, proof, facts) or unrated(found, proof, facts)) is not None:
        return unknown
    notes = [set_aside_note(found), gaps_note(reports)]
    if (age := (shown.today - newest.day).days) > FRESH_DATA_DAYS:
        notes.append(_("The newest report is {n} days old; weaknesses become known every day.").format(n=age))
    notes += [old for report in reports[:-1] if (old := too_old(report, shown.today, OLD_DATA_DAYS))]
    if unseen := _unseen(shown, reports):
        notes.append(_("No report names a package of: {systems}.").format(systems=", ".join(unseen)))
    said = " ".join(filter(None, notes))
    summary = _("Nothing rated 7.0 or more is open: {reports}.").format(reports="; ".join(map(what, reports[-3:])))
    if said:
        return Judgement(Verdict.WARN, f"{summary} {said}", facts=facts, proof=proof)
    return Judgement(Verdict.PASS, summary, facts=facts, proof=proof)


def _line(report: ReportSummary) -> str:
    counts = ", ".join(f"{n} {rating.value}" for rating, n in report.counts if n) or _("nothing open")
    aside = ", ".join(f"{n} × {reason}" for reason, n in report.set_aside)
    return f"{what(report)}: {counts}" + (f" ({aside})" if aside else "")


def _unseen(shown: Shown, reports: tuple[ReportSummary, ...]) -> tuple[str, ...]:
    """Package systems of the scope that no report is about, in the person's own words."""
    seen = {system.lower() for report in reports for system in report.ecosystems}
    seen |= {only for report in reports if (only := _ONLY.get(report.tool.lower().split()[0] if report.tool else ""))}
    out: dict[str, None] = {}
    for row in shown.said.rows(REPOSITORIES_QUESTION):
        for word in re.split(r"[,;/\s]+", row.get("ecosystems")):
            system = next((id for id, names in _SYSTEMS.items() if word.lower() in names), "")
            if system and system not in seen:
                out[word] = None
    return tuple(out)


CHECK = ReportCheck(
    id="report-dependencies",
    title=lambda: _("Reports about libraries"),
    source=f"{PAGE}, Application Security",
    judge=_judge,
    aliases=("CHK-DEPS",),
)

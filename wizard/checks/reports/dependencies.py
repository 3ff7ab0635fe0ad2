"""A report about libraries shows that none with a serious known weakness is shipped (APP-8)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import (
    FRESH_DATA_DAYS,
    OLD_DATA_DAYS,
    ReportCheck,
    ReportKind,
    Shown,
    sort_rows,
    unseen_systems,
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
from wizard.domain.vulnerability import ReportSummary


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
    if unseen := unseen_systems(shown, reports):
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


CHECK = ReportCheck(
    id="report-dependencies",
    title=lambda: _("Reports about libraries"),
    source=f"{PAGE}, Application Security",
    judge=_judge,
    aliases=("CHK-DEPS",),
)

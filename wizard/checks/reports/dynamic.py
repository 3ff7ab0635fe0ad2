"""A report of dynamic analysis: of a host in scope, attacking, signed in, young, with nothing serious open (APP-13)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, Judgement
from wizard.checks.reports.base import DYNAMIC_DAYS, ReportCheck, ReportKind, Shown, names, sort_rows, what
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
    yes_no,
)
from wizard.checks.reports.top_ten import CATEGORIES, categories_of
from wizard.domain.language import _, ngettext
from wizard.domain.ledger import tool_of
from wizard.domain.observation import Verdict
from wizard.domain.scope import parse_host
from wizard.domain.vulnerability import ReportSummary

#: The question for what covers each category of the OWASP Top 10.
COVERAGE = "APP-13-coverage"
#: The table of runs: tool, day, whether it attacked and was signed in.
RUNS = "APP-13-runs"
_MOST_HOSTS = 3


def _judge(shown: Shown) -> Judgement | None:
    reports = shown.reports(ReportKind.DYNAMIC)
    if not reports:
        return None
    inside = tuple(report for report in reports if _in_scope(shown, report))
    facts = counted(reports)
    if not inside:
        where = ", ".join(dict.fromkeys(t for report in reports for t in report.target)) or _("no host")
        summary = _("The reports are about {hosts}, and no such host is in scope (SCOPE-1).").format(hosts=where)
        step = _("Add the host to the scope if it is yours, or test one that is.")
        return Judgement(Verdict.UNKNOWN, summary, step, facts)
    newest = inside[-1]
    young = tuple(report for report in inside if not too_old(report, shown.today, DYNAMIC_DAYS))
    covered = _covered(shown, young)
    facts["top_ten"] = {category: list(by) for category, by in covered.items()}
    facts["active"], facts["authenticated"] = newest.active, newest.authenticated
    proof = "\n".join(
        (
            _("Report: {report}").format(report=what(newest)),
            _("Hosts in scope: {hosts}").format(hosts=", ".join(newest.target)),
            _("It attacked: {answer}").format(answer=yes_no(newest.active)),
            _("It was signed in: {answer}").format(answer=yes_no(newest.authenticated)),
            release_line(shown, newest),
            _("OWASP Top 10 (2021): {n} of 10 covered").format(n=sum(map(bool, covered.values()))),
        )
    )
    found = sort_rows(shown.listed(inside), shown.today)
    if (failed := against(found, proof, facts)) is not None:
        return failed
    if old := too_old(newest, shown.today, DYNAMIC_DAYS) or other_release(shown, newest):
        return Judgement(Verdict.UNKNOWN, old, _("Test again and add the new report."), facts, proof=proof)
    if (unknown := blind(inside, proof, facts) or unrated(found, proof, facts)) is not None:
        return unknown
    notes = [set_aside_note(found), gaps_note(inside), *_limits(shown, newest), _untested(shown, young)]
    if found.medium:
        n = len(found.medium)
        notes.append(
            ngettext(
                "Nobody decided on {n} medium weakness: {names}.",
                "Nobody decided on {n} medium weaknesses: {names}.",
                n,
            ).format(n=n, names=names(found.medium))
        )
    if missing := [category for category, by in covered.items() if not by]:
        notes.append(_("Nothing says what covers {categories}.").format(categories=", ".join(missing)))
    summary = _("{report}: nothing serious is open.").format(report=what(newest))
    if said := " ".join(filter(None, notes)):
        return Judgement(Verdict.WARN, f"{summary} {said}", facts=facts, proof=proof)
    return Judgement(Verdict.PASS, summary, facts=facts, proof=proof)


def _limits(shown: Shown, report: ReportSummary) -> tuple[str, ...]:
    """What the run could not find out because of how it was made; what only the person says is said as that."""
    attacked = {
        True: "",
        False: _("It only listened and did not attack, so it shows less."),
        None: {
            "yes": _("That it attacked is what you say; the file does not tell."),
            "no": _("You say that it only listened and did not attack, so it shows less."),
        }.get(_said(shown, report, "active"), _("The file does not tell whether it attacked.")),
    }[report.active]
    signed_in = {
        True: "",
        False: _("It was not signed in, so it saw only what everyone sees."),
        None: {
            "yes": _("That it was signed in is what you say; the file does not tell."),
            "no": _("You say that it was not signed in, so it saw only what everyone sees."),
        }.get(_said(shown, report, "signed_in"), _("The file does not tell whether it was signed in.")),
    }[report.authenticated]
    return attacked, signed_in


def _said(shown: Shown, report: ReportSummary, column: str) -> str:
    """What the person's table of runs says of this run, told by its tool and day."""
    found = (
        row.get(column)
        for row in shown.said.rows(RUNS)
        if tool_of(row.get("tool")) == tool_of(report.tool) and row.get("date") == report.day.isoformat()
    )
    return next(found, "")


def _in_scope(shown: Shown, report: ReportSummary) -> bool:
    hosts = {host.name for host in shown.scope.hosts}
    parsed = (parse_host(target) for target in report.target)
    return any(each is not None and each[0] in hosts for each in parsed)


def _untested(shown: Shown, reports: tuple[ReportSummary, ...]) -> str:
    """The hosts in scope that no young report is about; "" when each has one."""
    parsed = (parse_host(target) for report in reports for target in report.target)
    tested = {each[0] for each in parsed if each is not None}
    left = [host.name for host in shown.scope.hosts if host.name not in tested]
    if not left:
        return ""
    more = f" (+{len(left) - _MOST_HOSTS})" if len(left) > _MOST_HOSTS else ""
    return _("No young report is about {hosts}.").format(hosts=", ".join(left[:_MOST_HOSTS]) + more)


def _covered(shown: Shown, reports: tuple[ReportSummary, ...]) -> dict[str, tuple[str, ...]]:
    """By category of the Top 10: the tools whose findings fall into it (by CWE), and what the person says covers it."""
    out: dict[str, dict[str, None]] = {category: {} for category in CATEGORIES}
    for report in reports:
        for category in categories_of(report.cwe):
            out[category][report.tool] = None
    for row in shown.said.rows(COVERAGE):
        category = row.get("category").strip()[:3].upper()
        if category in out and row.get("covered").strip():
            out[category][row.get("covered").strip()] = None
    return {category: tuple(by) for category, by in out.items()}


CHECK = ReportCheck(
    id="report-dynamic",
    title=lambda: _("Reports of dynamic analysis"),
    source=f"{PAGE}, Application Security",
    judge=_judge,
    aliases=("CHK-DAST",),
)

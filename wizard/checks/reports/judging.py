"""The parts that every judgement of a report is made of: age, release, unrated and set-aside entries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from wizard.checks.answers.base import Judgement
from wizard.checks.reports.base import Shown, Sorted, names, what
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Verdict
from wizard.domain.readable import day
from wizard.domain.vulnerability import ReportSummary

#: The scoping question for the day of the release that is attested.
RELEASE_DAY = "SCOPE-9-date"
#: The one for its name: a version, a tag or a commit.
RELEASE = "SCOPE-9"
_MOST_GAPS = 3
_COMMIT = re.compile(r"\b[0-9a-fA-F]{7,64}\b")


def too_old(report: ReportSummary, today: date, most: int) -> str:
    """Why this report does not prove a look of today: no day, a day to come, older than `most` days; "" if it does."""
    if report.scanned_at is None:
        return _("{report} does not say when it was made.").format(report=report.name)
    age = (today - report.day).days
    if age < 0:
        return _("{report} lies in the future.").format(report=what(report))
    if age > most:
        return _("{report} is {n} days old; {most} is our default, not Apollo's.").format(
            report=what(report), n=age, most=most
        )
    return ""


def other_release(shown: Shown, report: ReportSummary) -> str:
    """Why the report is not about the release that is attested; "" when nothing speaks against it.

    A commit decides where the report names one and a commit is attested; else a report of its day or later passes.
    """
    if (same := _same_commit(shown, report)) is not None:
        return (
            ""
            if same
            else _("{report} is about commit {commit}, and not about the attested one ({attested}).").format(
                report=what(report), commit=report.commits[0][:12], attested=shown.said.text(RELEASE)[:40]
            )
        )
    released = shown.said.date(RELEASE_DAY)
    if released is None or report.scanned_at is None or report.day >= released:
        return ""
    return _("{report} was made before the attested release of {day}.").format(report=what(report), day=day(released))


def _same_commit(shown: Shown, report: ReportSummary) -> bool | None:
    """Whether a commit of the report is an attested one; None where either side names none."""
    attested = [name.lower() for name in _COMMIT.findall(shown.said.text(RELEASE)) if not name.isdecimal()]
    if not attested or not report.commits:
        return None
    return any(one.startswith(other) or other.startswith(one) for one in attested for other in report.commits)


def release_line(shown: Shown, report: ReportSummary) -> str:
    """What can be said about the release, in one line."""
    if (same := _same_commit(shown, report)) is not None:
        commit = report.commits[0][:12]
        if same:
            return _("Attested release: yes, commit {commit}").format(commit=commit)
        return _("Attested release: no, another commit ({commit})").format(commit=commit)
    if shown.said.date(RELEASE_DAY) is None:
        return _("Attested release: its day is not given (SCOPE-9)")
    if other_release(shown, report):
        return _("Attested release: no, made before it")
    return _("Attested release: made on its day or later; the file names no commit to compare")


def against(found: Sorted, proof: str, facts: dict[str, Json]) -> Judgement | None:
    """The failure over open entries rated 7.0 or more; nothing when there is none."""
    if not found.serious:
        return None
    n = len(found.serious)
    summary = ngettext(
        "{n} weakness rated 7.0 or more is open: {names}.", "{n} weaknesses rated 7.0 or more are open: {names}.", n
    ).format(n=n, names=names(found.serious))
    return Judgement(
        Verdict.FAIL,
        summary,
        _("Fix it, or decide on it in the ledger: not affected because, or accepted with owner, control and date."),
        facts,
        proof=proof,
        excepted_until=found.covered_until,
    )


def unrated(found: Sorted, proof: str, facts: dict[str, Json]) -> Judgement | None:
    """Nobody said how bad some open entries are: neither a pass nor a fail."""
    if not found.unrated:
        return None
    n = len(found.unrated)
    summary = ngettext(
        "Nobody rated {n} open weakness, so nobody knows whether it is serious: {names}.",
        "Nobody rated {n} open weaknesses, so nobody knows whether they are serious: {names}.",
        n,
    ).format(n=n, names=names(found.unrated))
    step = _("Give each a CVSS vector in the ledger, or decide on it.")
    return Judgement(Verdict.UNKNOWN, summary, step, facts, proof=proof)


def set_aside_note(found: Sorted) -> str:
    """That serious entries were set aside in the tool itself; "" when none was."""
    n = len(found.set_aside)
    if not n:
        return ""
    return ngettext(
        "{n} serious or unrated entry is set aside in the tool itself, without a reason here.",
        "{n} serious or unrated entries are set aside in the tool itself, without a reason here.",
        n,
    ).format(n=n)


def blind(reports: Iterable[ReportSummary], proof: str, facts: dict[str, Json]) -> Judgement | None:
    """A report that cannot show that there is nothing more is no proof of it; nothing when all are whole."""
    found = next((report for report in reports if report.blind), None)
    if found is None:
        return None
    summary = " ".join((_("{report} does not show everything.").format(report=what(found)), *found.gaps[:_MOST_GAPS]))
    return Judgement(Verdict.UNKNOWN, summary, _("Run it again and add the whole report."), facts, proof=proof)


def gaps_note(reports: Iterable[ReportSummary]) -> str:
    """What the tools say they did not look at; "" when they say nothing of the kind."""
    return " ".join(dict.fromkeys(gap for report in reports for gap in report.gaps[:_MOST_GAPS]))


def yes_no(value: bool | None) -> str:
    """What a report tells about itself."""
    if value is None:
        return _("the file does not tell")
    return _("yes") if value else _("no")


def counted(reports: tuple[ReportSummary, ...]) -> dict[str, Json]:
    """The reports as facts."""
    return {
        "reports": [
            {
                "evidence": report.evidence,
                "tool": report.name,
                "scanned": report.scanned_at.isoformat() if report.scanned_at else "",
                "entries": report.entries,
                "open": {rating.value: n for rating, n in report.counts if n},
                "not_counted": dict(report.set_aside),
            }
            for report in reports[-20:]
        ]
    }

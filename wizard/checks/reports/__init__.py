"""Checks that judge other tools' reports: pure functions over what was read, and over the ledger they make."""

from __future__ import annotations

from datetime import datetime

from wizard.checks.answers import said_by
from wizard.checks.answers.base import Judgement
from wizard.checks.answers.deadline import unreadable
from wizard.checks.reports import cadence, dependencies, dynamic, static
from wizard.checks.reports.base import ReportCheck, Shown
from wizard.domain.assessment import Assessment
from wizard.domain.language import _
from wizard.domain.observation import Method, Result, Verdict
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.vulnerability import Ledger

__all__ = ["REPORT_CHECKS", "REPORT_CHECK_IDS", "ReportCheck", "look_at_reports"]

#: By hand, in the order of the questionnaire.
REPORT_CHECKS: tuple[ReportCheck, ...] = (dependencies.CHECK, cadence.CHECK, static.CHECK, dynamic.CHECK)

#: What a questionnaire may name as a check of reports.
REPORT_CHECK_IDS: frozenset[str] = frozenset(check.id for check in REPORT_CHECKS)


def look_at_reports(
    questionnaire: Questionnaire, assessment: Assessment, ledger: Ledger, now: datetime
) -> tuple[Result, ...]:
    """What the reports amount to now, one result a check that has something to say.

    A check that had a report and has none any more says that it no longer applies.
    """
    named = {check for requirement in questionnaire.by_id.values() for check in requirement.checks}
    shown = Shown(ledger, said_by(questionnaire, assessment, now, ledger), assessment.scope)
    results = []
    for check in REPORT_CHECKS:
        if check.id not in named:
            continue
        judgement = check.judge(shown)
        if ledger.missing and (judgement is None or judgement.verdict is not Verdict.FAIL):
            judgement = unreadable(ledger)
        before = assessment.observations.get((check.id, ""))
        if judgement is None and before is not None and before.result.verdict is not Verdict.NOT_APPLICABLE:
            judgement = Judgement(Verdict.NOT_APPLICABLE, _("The reports that this check reads are no longer there."))
        if judgement is not None:
            results.append(
                Result(
                    check=check.id,
                    subject="",
                    verdict=judgement.verdict,
                    level=check.level,
                    summary=judgement.summary,
                    rule=f"{check.id}/{check.version}",
                    source=check.source,
                    method=Method.EXAMINE,
                    at=now,
                    facts=judgement.facts,
                    proof=judgement.proof,
                    next_step=judgement.next_step,
                    excepted_until=judgement.excepted_until,
                )
            )
    return tuple(results)

"""Checks that need only answers or a document: they read what was said and compare it with the rules."""

from __future__ import annotations

from datetime import datetime

from wizard.checks.answers import (
    api_key_rotation,
    continuity_plan,
    deadline,
    distinct_teams,
    incident_address,
    incident_message,
    incident_plan,
    incident_plan_sections,
    key_rotation,
    marketplace_answer,
    next_assessment,
    notice_drill,
    own_limits,
    restore_test,
    sole_authorisation,
    terms_date,
    threat_model_age,
)
from wizard.checks.answers.base import AnswerCheck, Judgement, Said
from wizard.checks.answers.incident_plan_sections import DocumentCheck, sections_found
from wizard.domain.asked import not_asked_because
from wizard.domain.assessment import Assessment
from wizard.domain.events import CommentSet
from wizard.domain.language import _
from wizard.domain.observation import Method, Result, Verdict
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.vulnerability import NO_LEDGER, Ledger

__all__ = [
    "ANSWER_CHECKS",
    "CHECK_IDS",
    "DOCUMENT_CHECKS",
    "AnswerCheck",
    "DocumentCheck",
    "look_at_answers",
    "look_at_plan",
    "said_by",
    "sections_found",
]

#: By hand, in the order of the questionnaire.
ANSWER_CHECKS: tuple[AnswerCheck, ...] = (
    sole_authorisation.CHECK,
    distinct_teams.CHECK,
    terms_date.CHECK,
    next_assessment.CHECK,
    key_rotation.CHECK,
    api_key_rotation.CHECK,
    threat_model_age.CHECK,
    own_limits.CHECK,
    *deadline.CHECKS,
    notice_drill.CHECK,
    incident_address.CHECK,
    incident_message.CHECK,
    incident_plan.CHECK,
    restore_test.CHECK,
    continuity_plan.CHECK,
    marketplace_answer.CHECK,
)

DOCUMENT_CHECKS: tuple[DocumentCheck, ...] = (incident_plan_sections.CHECK,)

#: What a questionnaire may name besides the checks that look at hosts and code.
CHECK_IDS: frozenset[str] = frozenset([*(c.id for c in ANSWER_CHECKS), *(c.id for c in DOCUMENT_CHECKS)])


def look_at_answers(
    questionnaire: Questionnaire, assessment: Assessment, now: datetime, ledger: Ledger = NO_LEDGER
) -> tuple[Result, ...]:
    """What the answers and the ledger amount to now, one result a check that has something to say.

    Only answers to questions that are asked count. A check whose answers are missing gives no result; if it had one
    before, the result says that it no longer applies, so that an old failure does not outlive its answer.
    """
    named = {check for requirement in questionnaire.by_id.values() for check in requirement.checks}
    said = said_by(questionnaire, assessment, now, ledger)
    results = []
    for check in ANSWER_CHECKS:
        if check.id not in named:
            continue
        judgement = check.judge(said)
        before = assessment.observations.get((check.id, ""))
        if judgement is None and before is not None and before.result.verdict is not Verdict.NOT_APPLICABLE:
            judgement = Judgement(Verdict.NOT_APPLICABLE, _("The answers that this check reads are no longer there."))
        if judgement is not None:
            results.append(_result(check, judgement, Method.INTERVIEW, now))
    return tuple(results)


def look_at_plan(text: str, now: datetime) -> Result:
    """What the text of a plan for incidents shows; for the session, which reads documents."""
    judgement = incident_plan_sections.judge_text(text)
    return _result(incident_plan_sections.CHECK, judgement, Method.EXAMINE, now)


def said_by(questionnaire: Questionnaire, assessment: Assessment, now: datetime, ledger: Ledger = NO_LEDGER) -> Said:
    """What checks may read of an assessment: answers to what is asked, notes, and the ledger."""
    answers = {
        id: answer
        for id, answer in assessment.answers.items()
        if (question := questionnaire.question_by_id.get(id)) is not None
        and answer.given
        and not not_asked_because(question, assessment.answers)
    }
    notes = {id: n.payload.text for id, n in assessment.comments.items() if isinstance(n.payload, CommentSet)}
    return Said(answers, notes, now, ledger)


def _result(check: AnswerCheck | DocumentCheck, judgement: Judgement, method: Method, now: datetime) -> Result:
    return Result(
        check=check.id,
        subject="",
        verdict=judgement.verdict,
        level=check.level,
        summary=judgement.summary,
        rule=f"{check.id}/{check.version}",
        source=check.source,
        method=method,
        at=now,
        facts=judgement.facts,
        proof=judgement.proof,
        next_step=judgement.next_step,
        excepted_until=judgement.excepted_until,
    )

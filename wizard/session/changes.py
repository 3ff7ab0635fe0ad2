"""What a deed changed, for everyone who shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.domain import events as e
from wizard.domain.conditions import references
from wizard.domain.questionnaire import Part, Question, Questionnaire, Requirement


@dataclass(frozen=True, slots=True)
class Change:
    """One durable transaction: the requirements whose finding may differ now, what happened, and who began it.

    `origin` is whatever the caller passed to `record`, so that a field does not redraw itself while it is typed in.
    """

    requirements: frozenset[str]
    payloads: tuple[e.Payload, ...]
    origin: object
    at: datetime
    undo: bool = False


def touched(questionnaire: Questionnaire, payloads: tuple[e.Payload, ...]) -> frozenset[str]:
    """The requirements that these payloads may move, computed ones and conditions included."""
    out: set[str] = set()
    for payload in payloads:
        match payload:
            case e.AnswerGiven(answer):
                out |= _by_question(questionnaire, answer.question)
            case e.Looked(results=results):
                checks = {r.check for r in results}
                out |= {r.id for r in questionnaire.by_id.values() if checks & set(_checks(questionnaire, r.id))}
            case e.CommentSet(requirement=id) | e.NotApplicableClaimed(requirement=id):
                out.add(id)
            case e.ContradictionExplained(requirement=id) | e.ExceptionSet(requirement=id):
                out.add(id)
            case _:
                return frozenset(questionnaire.by_id)
    computed = {r.id for r in questionnaire.by_id.values() if r.computed or set(r.blocked_by) & out}
    return frozenset(out | computed)


def _checks(questionnaire: Questionnaire, id: str) -> tuple[str, ...]:
    requirement = questionnaire.by_id[id]
    return (*requirement.checks, *(check for part in requirement.parts for check in part.checks))


def _by_question(questionnaire: Questionnaire, question_id: str) -> set[str]:
    """Requirements of the question, and of everything whose condition looks at it."""
    out: set[str] = set()
    question = questionnaire.question_by_id.get(question_id)
    if question:
        out |= _owners(questionnaire, question)
    for other in questionnaire.questions:
        conditions = [c for c in (other.when, other.unmet) if c is not None]
        if any(ref.question == question_id for c in conditions for ref in references(c)):
            out |= _owners(questionnaire, other)
    for requirement in questionnaire.by_id.values():
        holders: tuple[Requirement | Part, ...] = (requirement, *requirement.parts)
        conditions = [holder.applies for holder in holders if holder.applies is not None]
        if requirement.withdrawn_by is not None:
            conditions.append(requirement.withdrawn_by)
        if any(ref.question == question_id for c in conditions for ref in references(c)):
            out.add(requirement.id)
    return out


def _owners(questionnaire: Questionnaire, question: Question) -> set[str]:
    return {owner.id for id in question.requirements if (owner := questionnaire.owner_of(id))}

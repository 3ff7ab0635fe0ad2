"""What a deed changed, for everyone who shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.domain import events as e
from wizard.domain import newer
from wizard.domain.finding import Finding
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.versions import item_of


@dataclass(frozen=True, slots=True)
class Change:
    """One durable transaction: the requirements that are shown differently now, what happened, and who began it.

    `origin` is whatever the caller passed to `record`, so that a field does not redraw itself while it is typed in.
    `undone` is the sentence of the deed that was taken back, "" for everything else.
    """

    requirements: frozenset[str]
    payloads: tuple[e.Payload, ...]
    origin: object
    at: datetime
    undone: str = ""


def touched(
    questionnaire: Questionnaire,
    payloads: tuple[e.Payload, ...],
    before: Mapping[str, Finding],
    after: Mapping[str, Finding],
) -> frozenset[str]:
    """The requirements whose finding differs, and those that a payload names: their answers or notes are shown."""
    moved = {id for id, finding in after.items() if before.get(id) != finding}
    return frozenset(moved | {id for payload in payloads for id in _named(questionnaire, payload)})


def _named(questionnaire: Questionnaire, payload: e.Payload) -> set[str]:
    match payload:
        case e.AnswerGiven(answer):
            question = questionnaire.question_by_id.get(answer.question)
            ids = question.requirements if question else ()
        case e.EvidenceAdded(evidence):
            ids = evidence.requirements
        case e.EvidenceFiled(requirements=requirements):
            ids = requirements
        case e.Unknown():
            ids = newer.answer_items(questionnaire, item_of(payload))
        case _:
            ids = (payload.subject,)
    return {owner.id for id in ids if (owner := questionnaire.owner_of(id))}

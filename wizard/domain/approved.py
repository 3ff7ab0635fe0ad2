"""Who stands for a section as it is now: approvals count until something that people said or showed there changes."""

from __future__ import annotations

import json
from hashlib import sha256

from wizard.domain import events as e
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.codec import to_json
from wizard.domain.questionnaire import Questionnaire, Section


def content_of(questionnaire: Questionnaire, assessment: Assessment, section: Section) -> str:
    """The SHA-256 (hex) of all that people said and showed in a section, without who and when.

    What machines saw is not part of it: looks are made again and again, and stand for themselves.
    """
    said: list[object] = []
    for requirement in section.requirements:
        for id in (requirement.id, *(part.id for part in requirement.parts)):
            boxes = (assessment.comments, assessment.not_applicable, assessment.exceptions, assessment.explanations)
            said += [e.payload_json(box[id].payload) if id in box else None for box in boxes]
            shown = sorted((item.sealed.digest, item.name) for item in assessment.evidence_for(id))
            said.append([id, to_json(tuple(shown))])
        for question in questionnaire.questions_for(requirement.id):
            answer = assessment.answers.get(question.id)
            value = (answer.state, answer.value, answer.reason) if answer else None
            said.append([question.id, question.ask, to_json(value)])
    written = json.dumps([section.id, said], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(b"attestry section v1\x00" + written.encode()).hexdigest()


def approvals(questionnaire: Questionnaire, assessment: Assessment, section: Section) -> tuple[Noted, ...]:
    """Those who stand for a section as it is now and still take part, the first first."""
    found = assessment.approvals.get(section.id, {})
    if not found:
        return ()
    now = content_of(questionnaire, assessment, section)
    standing = (noted for noted in found.values() if _content(noted) == now and assessment.may_write(noted.author))
    return tuple(sorted(standing, key=lambda noted: (noted.at, noted.author)))


def _content(noted: Noted) -> str:
    return noted.payload.content if isinstance(noted.payload, e.SectionApproved) else ""

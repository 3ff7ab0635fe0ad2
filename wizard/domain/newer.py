"""What a newer version of the app wrote about: it can be read here, and not written (SECURITY 6.3).

An entry of a kind that is not known here may have changed the thing that its envelope names. Nothing of it is guessed
at: the thing stays as it was read, cannot be changed here, and keeps the attestation from being signed, until this app
is updated. It holds nothing once whoever wrote it no longer takes part, so that nobody can lock others out by entries
that no version knows; the document says all the same how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from wizard.domain import events as e
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.disclosure import LEDGER
from wizard.domain.language import _
from wizard.domain.members import Role
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.versions import field_of, field_words


def held(assessment: Assessment, *items: str) -> Noted | None:
    """The newest entry that makes one of these things read-only here; None when they may be changed."""
    found = (noted for item in items for noted in assessment.newer.get(item, {}).values())
    counting = (n for n in found if assessment.role_of(n.author) not in (None, Role.REVIEWER))
    return max(counting, key=lambda noted: noted.at, default=None)


def held_items(questionnaire: Questionnaire, assessment: Assessment) -> Iterator[tuple[str, str, Noted]]:
    """Everything known here that is read-only: the item, the same as people say it, and the entry that makes it so."""
    for item, words in _known(questionnaire, assessment) if assessment.newer else ():
        if (noted := held(assessment, item)) is not None:
            yield item, words(), noted


def written(questionnaire: Questionnaire, assessment: Assessment, payload: e.Payload) -> tuple[str, ...]:
    """The things that a payload changes: what it names, and the requirements that this counts for."""
    match payload:
        case e.AnswerGiven(answer):
            found = answer_items(questionnaire, answer.question)
        case e.EvidenceAdded(evidence):
            filed = _filed(assessment, evidence.replaces) if evidence.replaces else ()
            found = (evidence.id, evidence.replaces, *evidence.requirements, *filed)
        case e.EvidenceFiled(id, requirements):
            found = (id, *requirements, *_filed(assessment, id))
        case e.EvidenceRemoved(id) | e.EvidenceRestored(id):
            found = (id, *_filed(assessment, id))
        case e.VersionChosen(field):
            kind, _colon, id = field.partition(":")
            more = answer_items(questionnaire, id) if kind == "answer" else ()
            found = (id or field, *more, *(_filed(assessment, id) if kind == "evidence" else ()))
        case e.VulnerabilityNoted() | e.VulnerabilityDisposed() | e.VulnerabilityMerged():
            into = payload.into if isinstance(payload, e.VulnerabilityMerged) else ""
            found = (LEDGER, field_of(payload).partition(":")[2], into)
        case _:
            found = requirement_items(questionnaire, payload.subject or field_of(payload))
    return _with_owners(questionnaire, found)


def requirement_items(questionnaire: Questionnaire, id: str) -> tuple[str, ...]:
    """A requirement and its parts; anything else alone."""
    requirement = questionnaire.by_id.get(id)
    return (id, *(part.id for part in requirement.parts)) if requirement else (id,)


def answer_items(questionnaire: Questionnaire, question: str) -> tuple[str, ...]:
    """A question, and the requirements that its answer counts for."""
    asked = questionnaire.question_by_id.get(question)
    return _with_owners(questionnaire, (question, *(asked.requirements if asked else ())))


def item_words(questionnaire: Questionnaire, assessment: Assessment, item: str) -> str:
    """A thing as people say it; its id for one that is not known here."""
    return next((words() for id, words in _known(questionnaire, assessment) if id == item), item)


def _known(questionnaire: Questionnaire, assessment: Assessment) -> Iterator[tuple[str, Callable[[], str]]]:
    for question in questionnaire.question_by_id:
        yield question, partial(field_words, questionnaire, f"answer:{question}")
    for requirement in questionnaire.by_id.values():
        for id in requirement_items(questionnaire, requirement.id):
            yield id, partial("{} {}".format, requirement.id, requirement.title)
    for section in questionnaire.sections:
        yield section.id, partial(str, section.title)
    for item in (*assessment.evidence.values(), *assessment.removed_evidence.values()):
        yield item.id, partial(str, item.name)
    for host in assessment.scope.hosts:
        yield host.subject, partial(str, host.subject)
    for author, member in assessment.members.items():
        yield author, partial(str, member.name)
    for ids, name in (
        ((*assessment.ledger, LEDGER), _("A weakness of the ledger")),
        (assessment.secrets, _("A secret in code")),
        (assessment.requests, _("A request for evidence")),
        (("scope",), _("The agreement to the list of hosts")),
    ):
        for id in ids:
            yield id, partial(str, name)
    for field in ("described", "signatory"):
        yield field, partial(field_words, questionnaire, field)


def _filed(assessment: Assessment, evidence: str) -> tuple[str, ...]:
    item = assessment.evidence.get(evidence) or assessment.removed_evidence.get(evidence)
    return item.requirements if item else ()


def _with_owners(questionnaire: Questionnaire, items: Iterable[str]) -> tuple[str, ...]:
    """These, and for a part of a requirement the whole."""
    found = dict.fromkeys(filter(None, items))
    owners = (owner.id for item in found if (owner := questionnaire.owner_of(item)) is not None)
    return tuple(dict.fromkeys((*found, *owners)))

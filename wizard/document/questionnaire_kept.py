"""Whether a document really asks what the questionnaire that it names asks (SECURITY A7).

The digest of the questionnaire is only what the signer says. Where the reviewer has that questionnaire, everything that
a document shows of it is compared one by one: a requirement left out or said in weaker words is found by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wizard.domain.attestation import Attestation, Item
from wizard.domain.disclosure import Disclosure
from wizard.domain.questionnaire import Questionnaire, Requirement


def changed(questionnaire: Questionnaire, attestation: Attestation) -> tuple[str, ...]:
    """The ids of what is missing, added, or not as the questionnaire has it; its own id for its title and version."""
    return tuple(dict.fromkeys(_changed(questionnaire, attestation)))


def _changed(questionnaire: Questionnaire, attestation: Attestation) -> Iterator[str]:
    own = (questionnaire.id, questionnaire.version, questionnaire.title, questionnaire.read_on)
    said = (
        attestation.questionnaire,
        attestation.questionnaire_version,
        attestation.questionnaire_title,
        attestation.questionnaire_read_on,
    )
    if own != said or attestation.custom_questionnaire:
        yield questionnaire.id
    printed = [*attestation.scoping, *(item for group in attestation.groups for item in group.items)]
    ids = [item.id for item in printed]
    yield from (id for id, n in Counter(ids).items() if n > 1 or id not in questionnaire.by_id)
    items = dict(zip(ids, printed, strict=True))
    for id, requirement in questionnaire.by_id.items():
        item = items.get(id)
        if item is None or not _same(questionnaire, requirement, item):
            yield id


def _same(questionnaire: Questionnaire, requirement: Requirement, item: Item) -> bool:
    if (item.title, item.obligation, item.source) != (requirement.title, requirement.obligation, requirement.source):
        return False
    if item.disclosure is not Disclosure.FULL:
        return True  # what it asks is held back, and bound by its digest
    parts = [(part.id, part.title, part.obligation) for part in item.parts]
    return (
        parts == [(part.id, part.title, requirement.obligation) for part in requirement.parts]
        and _asks_all(questionnaire, item)
        and all(_asks_all(questionnaire, part) for part in item.parts)
    )


def _asks_all(questionnaire: Questionnaire, item: Item) -> bool:
    asked = [(question.id, question.ask) for question in questionnaire.questions_exactly_for(item.id)]
    return [(said.question, said.ask) for said in item.said] == asked

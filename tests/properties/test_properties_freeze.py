"""Nothing is lost: every stored answer, comment, evidence name and observation stands in the statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings

from tests.properties.domain_samples import NOW, TODAY, assessed
from tests.properties.domain_strategies import KINDS, worlds
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.attestation import Attestation, Journal
from wizard.domain.codec import from_json, to_json
from wizard.domain.finding import State, judge
from wizard.domain.freeze import blockers, counts_until, freeze
from wizard.domain.observation import Json

pytestmark = pytest.mark.slow

#: Stored spellings that are shown in other words, and the words.
SHOWN = {
    "yes": "Yes",
    "no": "No",
    "one": "The first",
    "two": "The second",
    "2026-03-05": "5 March 2026",
    "P90D": "90 days",
    "PT24H": "24 hours",
    "P1Y6M": "1 year 6 months",
}


def texts(data: Json) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for item in data.values():
            yield from texts(item)
    elif isinstance(data, list):
        for item in data:
            yield from texts(item)


def stored(answer: Answer) -> Iterable[str]:
    values = (answer.value,) if isinstance(answer.value, str | Row) else answer.value
    for value in values:
        yield from (text for _column, text in value.cells) if isinstance(value, Row) else (value,)
    if answer.state is AnswerState.NOT_APPLICABLE:
        yield answer.reason.strip()


def frozen(sheet, assessment) -> Attestation:
    return freeze(
        sheet,
        assessment,
        judge(sheet, assessment, NOW, KINDS),
        signed_at=NOW,
        valid_until=counts_until(sheet, assessment, TODAY),
        fingerprint="ab" * 32,
        journal=Journal("w", assessment.events, assessment.head, (), NOW),
        generator="attestry 0",
    )


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_nothing_that_is_stored_is_lost(world):
    sheet, history = world
    assessment = assessed(*history)
    statement = frozen(sheet, assessment)
    whole = "\n".join(texts(to_json(statement)))
    names = {id: item.name for id, item in (assessment.removed_evidence | assessment.evidence).items()}
    for answer in assessment.answers.values():
        for text in stored(answer):
            wanted = {text, SHOWN.get(text, text), names.get(text, text)}
            assert any(spelling in whole for spelling in wanted), (answer, text)
    for noted in (*assessment.comments.values(), *assessment.explanations.values()):
        assert noted.payload.text in whole
    for noted in assessment.not_applicable.values():
        assert noted.payload.reason in whole
    for noted in assessment.exceptions.values():
        assert all(text in whole for text in (noted.payload.gap, noted.payload.owner, noted.payload.control))
    for item in assessment.evidence.values():
        assert item.name in whole
        assert item.note in whole
    for observation in assessment.observations.values():
        assert observation.result.summary in whole
        assert observation.result.check in whole
        assert observation.result.subject in whole


@given(worlds())
@settings(max_examples=100, deadline=None)
def test_the_statement_survives_its_own_data_form(world):
    sheet, history = world
    statement = frozen(sheet, assessed(*history))
    assert from_json(Attestation, to_json(statement)) == statement


@given(worlds())
@settings(max_examples=100, deadline=None)
def test_what_blocks_is_never_a_failure_or_a_look_alone(world):
    sheet, history = world
    assessment = assessed(*history)
    findings = judge(sheet, assessment, NOW, KINDS)
    found = blockers(sheet, assessment, findings, ["The journal was changed."], TODAY)
    assert ("review", "The journal was changed.") in {(b.where, b.sentence) for b in found}
    assert all(b.sentence.strip() for b in found)
    for blocker in found:
        if blocker.where not in findings or blocker.where in assessment.exceptions:
            continue
        finding = findings[blocker.where]
        answers = [assessment.answers.get(q.id) for q in sheet.questions_for(blocker.where)]
        reasonless = any(a and a.state is AnswerState.NOT_APPLICABLE and not a.reason.strip() for a in answers)
        leaves = finding.parts or (finding,)
        assert finding.contradicted or reasonless or any(leaf.state is State.OPEN for leaf in leaves)

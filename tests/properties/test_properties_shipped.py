"""The questionnaire that ships can be answered to its end, and whatever is answered stands in the statement."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.domain_samples import NOW, TODAY, assessed, piece
from tests.properties.test_properties_freeze import texts
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.asked import complete
from wizard.domain.attestation import Journal
from wizard.domain.codec import to_json
from wizard.domain.conditions import holds
from wizard.domain.finding import State, judge
from wizard.domain.freeze import blockers, counts_until, freeze
from wizard.domain.questionnaire import AnswerKind, Column, Option, Question, Questionnaire
from wizard.session.opening import check_kinds, load_questionnaire

pytestmark = pytest.mark.slow


@cache
def shipped() -> Questionnaire:
    return load_questionnaire(None)


def scalar(kind: AnswerKind, options: tuple[Option, ...], token: str) -> str:
    match kind:
        case AnswerKind.YES_NO:
            return "yes"
        case AnswerKind.NUMBER:
            return "3"
        case AnswerKind.DATE:
            return "2026-11-02"
        case AnswerKind.DURATION:
            return "P30D"
        case AnswerKind.CHOICE:
            return options[0].id
        case _:
            return token


def cell(column: Column, token: str) -> str:
    return "api.example.com" if column.id == "host" else scalar(column.kind, column.options, f"{token}-{column.id}")


def whole(question: Question, token: str) -> Value:
    """An answer with everything filled in; `token` stands in every text of it."""
    match question.kind:
        case AnswerKind.CHOICES:
            return (question.options[0].id,)
        case AnswerKind.LIST:
            return (f"{token}-1", f"{token}-2")
        case AnswerKind.FILES:
            return ("e1",)
        case AnswerKind.TABLE:
            fixed = [dict(row) for row in question.rows] or [{}]
            return tuple(
                Row(tuple((c.id, row.get(c.id) or cell(c, f"{token}-{n}")) for c in question.columns))
                for n, row in enumerate(fixed)
            )
        case AnswerKind.CONTACT:
            return Row((("name", token), ("email", "a@example.com"), ("phone", "1")))
        case AnswerKind.DECLARATION:
            return Row((("name", token), ("role", "CISO"), ("date", "2026-11-02"), ("accepted", "yes")))
        case kind:
            return scalar(kind, question.options, token)


def answered(skip: frozenset[str] = frozenset(), choices: dict[str, int] | None = None) -> list[e.Payload]:
    out: list[e.Payload] = [e.EvidenceAdded(piece("e1", name="evidence-one.pdf"))]
    for n, question in enumerate(shipped().questions):
        value = whole(question, f"token{n:03d}")
        if question.kind is AnswerKind.CHOICE and choices:
            value = question.options[choices.get(question.id, 0) % len(question.options)].id
        if question.id not in skip:
            out.append(e.AnswerGiven(Answer(question.id, AnswerState.GIVEN, value)))
    return out


def test_every_question_has_a_complete_answer():
    for question in shipped().questions:
        assert complete(question, Answer(question.id, AnswerState.GIVEN, whole(question, "t"))), question.id


def test_a_questionnaire_answered_to_its_end_leaves_nothing_open():
    assessment = assessed(*answered())
    found = judge(shipped(), assessment, NOW, check_kinds())
    assert [f.id for f in found.values() if f.state is State.OPEN] == []
    stops = {b.where for b in blockers(shipped(), assessment, found, (), TODAY)}
    assert stops == {"scope", "sign"}, "only what is not a question is left"


@given(
    skip=st.frozensets(st.integers(0, 200), max_size=60),
    choices=st.dictionaries(st.integers(0, 200), st.integers(1, 4), max_size=20),
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_answered_stands_in_the_statement(skip, choices):
    questions = shipped().questions
    left_out = frozenset(questions[n].id for n in skip if n < len(questions))
    chosen = {questions[n].id: option for n, option in choices.items() if n < len(questions)}
    assessment = assessed(*answered(left_out, chosen))
    found = judge(shipped(), assessment, NOW, check_kinds())
    statement = freeze(
        shipped(),
        assessment,
        found,
        signed_at=NOW,
        valid_until=counts_until(shipped(), assessment, TODAY),
        fingerprint="ab" * 32,
        journal=Journal("w", assessment.events, assessment.head, (), NOW),
        generator="attestry 0",
    )
    said = "\n".join(texts(to_json(statement)))
    for n, question in enumerate(questions):
        if question.id in assessment.answers and f"token{n:03d}" in repr(assessment.answers[question.id].value):
            assert (f"token{n:03d}" in said) is not question.private, question.id
    for id, finding in found.items():
        requirement = shipped().by_id[id]
        if finding.state is State.NA:
            assert finding.because
        if requirement.applies is not None and holds(requirement.applies, assessment.answers) is False:
            assert finding.state is State.NA or finding.withdrawn or finding.state is State.FAIL

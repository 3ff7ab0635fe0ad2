"""The parser of conditions: precedence, positions, a printer that comes back, and no surprise whatever is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.catalog.conditions import MAX_DEPTH, MAX_LENGTH, ConditionMistake, parse, show
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.conditions import All, Among, Any, Certainly, Condition, Equals, Has, Not, Reference, holds

A, B, C = (Equals(Reference(id), "x") for id in "ABC")


def test_and_binds_tighter_than_or() -> None:
    assert parse('A = "x" or B = "x" and C = "x"') == Any((A, All((B, C))))
    assert parse('A = "x" and B = "x" or C = "x"') == Any((All((A, B)), C))
    assert parse('(A = "x" or B = "x") and C = "x"') == All((Any((A, B)), C))


def test_not_binds_tightest() -> None:
    assert parse('not A = "x" and B = "x"') == All((Not(A), B))
    assert parse('not (A = "x" and B = "x")') == Not(All((A, B)))
    assert parse('not not A = "x"') == Not(Not(A))


def test_every_comparison() -> None:
    assert parse('A != "x"') == Not(A)
    assert parse('SCOPE-1.public has "yes"') == Has(Reference("SCOPE-1", "public"), "yes")
    assert parse('A in ("x", "y")') == Among(Reference("A"), ("x", "y"))
    assert parse('A in ("x")') == Among(Reference("A"), ("x",))
    assert parse('A = "say \\"x\\" and \\\\"') == Equals(Reference("A"), 'say "x" and \\')


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("A", 2),
        ("A =", 4),
        ("A = x", 5),
        ('A = "x', 5),
        ('A == "x"', 4),
        ('A = "x" B = "y"', 9),
        ('A = "x" && B = "y"', 9),
        ('(A = "x"', 9),
        ('A = "x")', 8),
        ('A in "x"', 6),
        ('A in ("x" "y")', 11),
        ('and A = "x"', 1),
        ('A. = "x"', 2),
        ("A = 'x'", 5),
        ('A has ("x")', 7),
    ],
)
def test_a_mistake_names_its_position(text: str, position: int) -> None:
    with pytest.raises(ConditionMistake) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.sentence


def test_too_long_and_too_deep_are_said() -> None:
    with pytest.raises(ConditionMistake, match="longer"):
        parse("not " * MAX_LENGTH + 'A = "x"')
    with pytest.raises(ConditionMistake, match="brackets"):
        parse("not " * (MAX_DEPTH + 5) + 'A = "x"')
    with pytest.raises(ConditionMistake, match="brackets"):
        parse("(" * (MAX_DEPTH + 5) + 'A = "x"' + ")" * (MAX_DEPTH + 5))


_ids = st.from_regex(r"[A-Z][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(lambda s: s not in ("and", "or", "not", "in"))
_references = st.builds(Reference, _ids, st.just("") | st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True))
_texts = st.text(max_size=12)
_tests = (
    st.builds(Equals, _references, _texts)
    | st.builds(Has, _references, _texts)
    | st.builds(Among, _references, st.lists(_texts, min_size=1, max_size=3).map(tuple))
)
conditions = st.recursive(
    _tests,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(conditions)
def test_what_is_printed_is_read_back(condition: Condition) -> None:
    assert parse(show(condition)) == condition


@given(st.text(max_size=80) | st.text(alphabet='AB.x"=!()\\, \tandorthsi-', max_size=80))
def test_nothing_but_its_own_mistake_is_raised(text: str) -> None:
    condition, position = None, 1
    try:
        condition = parse(text)
    except ConditionMistake as mistake:
        position = mistake.position
    assert 1 <= position <= len(text) + 1
    if condition is not None:
        assert parse(show(condition)) == condition


def test_certainly_counts_unknown_as_no() -> None:
    told = {"A": Answer("A", AnswerState.GIVEN, "x")}
    assert holds(Certainly(A), {}) is False
    assert holds(Not(Certainly(A)), {}) is True
    assert holds(Certainly(A), told) is True
    assert show(Certainly(A)) == 'A = "x"'


def test_a_column_is_all_its_cells() -> None:
    rows = (Row((("public", "no"),)), Row((("public", "yes"),)))
    answers = {"SCOPE-1": Answer("SCOPE-1", AnswerState.GIVEN, rows)}
    assert holds(parse('SCOPE-1.public has "yes"'), answers) is True
    assert holds(parse('SCOPE-1.public = "yes"'), answers) is False
    assert holds(parse('SCOPE-1.owner has "me"'), answers) is False

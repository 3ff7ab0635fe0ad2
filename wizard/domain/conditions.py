"""When something is asked: conditions over answers, in three truth values so that silence never decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from wizard.domain.answers import Answer, AnswerState, Row


@dataclass(frozen=True, slots=True)
class Reference:
    """An answer, or one column of a table answer."""

    question: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Equals:
    """`reference = "value"`."""

    left: Reference
    value: str


@dataclass(frozen=True, slots=True)
class Among:
    """`reference in ("a", "b")`: the one value is among these."""

    left: Reference
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """`reference has "value"`: a list, a choice of several or a column holds it."""

    left: Reference
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown. `!=` is `not … =`."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class All:
    """`a and b and …`."""

    inner: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """`a or b or …`."""

    inner: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Certainly:
    """`inner`, where unknown counts as no. Authors do not write it: the catalog makes it of what withdraws an N/A."""

    inner: Condition


Condition = Equals | Among | Has | Not | All | Any | Certainly


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool | None:
    """Whether a condition holds; None while an answer that it needs is missing or not known (Kleene's logic)."""
    match condition:
        case Equals(left, value):
            values = _values(left, answers)
            return None if values is None else values == (value,)
        case Among(left, values_wanted):
            values = _values(left, answers)
            return None if values is None else len(values) == 1 and values[0] in values_wanted
        case Has(left, value):
            values = _values(left, answers)
            return None if values is None else value in values
        case Not(inner):
            result = holds(inner, answers)
            return None if result is None else not result
        case All(inner):
            results = [holds(c, answers) for c in inner]
            return False if False in results else None if None in results else True
        case Any(inner):
            results = [holds(c, answers) for c in inner]
            return True if True in results else None if None in results else False
        case Certainly(inner):
            return holds(inner, answers) is True
    assert_never(condition)


def references(condition: Condition) -> Iterator[Reference]:
    """Every answer that a condition looks at."""
    match condition:
        case Equals(left) | Among(left) | Has(left):
            yield left
        case Not(inner) | Certainly(inner):
            yield from references(inner)
        case All(inner) | Any(inner):
            for each in inner:
                yield from references(each)


def _values(reference: Reference, answers: Mapping[str, Answer]) -> tuple[str, ...] | None:
    answer = answers.get(reference.question)
    if answer is None or answer.state is AnswerState.NOT_KNOWN:
        return None
    if answer.state is AnswerState.NOT_APPLICABLE:
        return ("n/a",)
    value = answer.value
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Row):
        cell = value.get(reference.column)
        return (cell,) if cell else ()
    out: list[str] = []
    for item in value:
        if isinstance(item, Row):
            cell = item.get(reference.column)
            if cell:
                out.append(cell)
        else:
            out.append(item)
    return tuple(out)

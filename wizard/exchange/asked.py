"""The part of a questionnaire that someone is asked, as JSON: sections, questions, and when each is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never

from wizard.domain import conditions as c
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.observation import Json
from wizard.domain.questionnaire import Question, Questionnaire, Requirement, Section

_KINDS: Mapping[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (c.Equals, c.Among, c.Has, c.Not, c.All, c.Any, c.Certainly)
}
#: Conditions are nested no deeper.
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Sections with the requirements that are asked, and their questions."""

    sections: tuple[Section, ...]
    questions: tuple[Question, ...]


def part(questionnaire: Questionnaire, requirements: Collection[str]) -> Asked:
    """Only these requirements, and the questions that serve them; nothing in it leans on what is left out."""
    kept = [
        replace(section, requirements=chosen)
        for section in questionnaire.sections
        if (chosen := tuple(_alone(r) for r in section.requirements if r.id in requirements))
    ]
    ids = {id for section in kept for r in section.requirements for id in questionnaire.parts_of[r.id]}
    questions = tuple(
        replace(question, requirements=tuple(id for id in question.requirements if id in ids))
        for question in questionnaire.questions
        if ids.intersection(question.requirements)
    )
    return Asked(tuple(kept), questions)


def _alone(requirement: Requirement) -> Requirement:
    return replace(requirement, blocked_by=(), computed=False)


def asked_json(asked: Asked) -> Json:
    """The part as JSON. The codec cannot tell one kind of condition from another: they are written beside it."""
    conditions: dict[str, Json] = {}

    def bare(place: str, value: Any, *names: str) -> Any:
        for name in names:
            condition = getattr(value, name)
            if condition is not None:
                conditions[f"{place} {name}"] = _condition_json(condition)
        return replace(value, **dict.fromkeys(names))

    sections = _each_condition(asked.sections, bare)
    questions = tuple(bare(f"question {q.id}", q, "when", "unmet") for q in asked.questions)
    return {"sections": to_json(sections), "questions": to_json(questions), "conditions": conditions}


def read_asked(data: Json) -> Asked:
    """Raises `codec.Unreadable`."""
    if not isinstance(data, Mapping) or set(data) != {"sections", "questions", "conditions"}:
        raise Unreadable("$: sections, questions and conditions expected")
    sections = from_json(tuple[Section, ...], data["sections"])
    questions = from_json(tuple[Question, ...], data["questions"])
    found = data["conditions"]
    if not isinstance(found, Mapping):
        raise Unreadable("$.conditions: an object expected")
    conditions = {place: _read_condition(item, 0) for place, item in found.items()}

    def dressed(place: str, value: Any, *names: str) -> Any:
        return replace(value, **{name: conditions.get(f"{place} {name}") for name in names})

    return Asked(
        _each_condition(sections, dressed),
        tuple(dressed(f"question {q.id}", q, "when", "unmet") for q in questions),
    )


def _each_condition(sections: Iterable[Section], do: Callable[..., Any]) -> tuple[Section, ...]:
    """Do something with the conditions of every requirement and part."""
    return tuple(
        replace(
            section,
            requirements=tuple(
                do(
                    f"requirement {r.id}",
                    replace(r, parts=tuple(do(f"part {p.id}", p, "applies") for p in r.parts)),
                    "applies",
                    "withdrawn_by",
                )
                for r in section.requirements
            ),
        )
        for section in sections
    )


def _condition_json(condition: c.Condition) -> Json:
    match condition:
        case c.Not(inner) | c.Certainly(inner):
            content: Json = {"inner": _condition_json(inner)}
        case c.All(inner) | c.Any(inner):
            content = {"inner": [_condition_json(one) for one in inner]}
        case c.Equals() | c.Among() | c.Has():
            content = to_json(condition)
        case _:
            assert_never(condition)
    assert isinstance(content, Mapping)
    return {"is": type(condition).__name__.lower(), **content}


def _read_condition(data: Json, depth: int) -> c.Condition:
    if not isinstance(data, Mapping) or depth > _DEEPEST:
        raise Unreadable("a condition expected")
    kind = _KINDS.get(str(data.get("is")))
    rest = {name: item for name, item in data.items() if name != "is"}
    inner = rest.get("inner")
    if kind in (c.Not, c.Certainly) and set(rest) == {"inner"}:
        made: c.Condition = (c.Not if kind is c.Not else c.Certainly)(_read_condition(inner, depth + 1))
    elif kind in (c.All, c.Any) and set(rest) == {"inner"} and isinstance(inner, list):
        made = (c.All if kind is c.All else c.Any)(tuple(_read_condition(one, depth + 1) for one in inner))
    elif kind in (c.Equals, c.Among, c.Has):
        made = from_json(kind, rest)
    else:
        raise Unreadable("a condition expected")
    return made

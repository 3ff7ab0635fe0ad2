"""Finds questions that nobody can ever reach, and questions that wait for each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product

from wizard.catalog.conditions import tests_in
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.conditions import Among, Condition, Equals, Has, Reference, holds
from wizard.domain.questionnaire import AnswerKind, Question

#: Combinations of answers that are tried for one question; beyond them it counts as reachable.
MAX_COMBINATIONS = 50_000

#: The kinds whose answer holds several values.
SEVERAL = (AnswerKind.TABLE, AnswerKind.CHOICES, AnswerKind.LIST, AnswerKind.FILES)


def cycle(waits: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Every group that waits for itself, as one way around it that starts at its first member; each member once."""
    done: set[str] = set()
    for start in waits:
        if start in done:
            continue
        path: list[str] = []
        todo: list[tuple[str, Iterator[str]]] = [(start, iter(waits[start]))]
        path.append(start)
        while todo:
            node, following = todo[-1]
            for other in following:
                if other in path:
                    found = path[path.index(other) :]
                    first = min(range(len(found)), key=lambda i: list(waits).index(found[i]))
                    if not done.intersection(found):
                        yield (*found[first:], *found[:first])
                    done.update(found)
                elif other in waits and other not in done:
                    todo.append((other, iter(waits[other])))
                    path.append(other)
                    break
            else:
                done.add(node)
                todo.pop()
                path.pop()


def never_true(condition: Condition, questions: Mapping[str, Question], ignored: Collection[str] = ()) -> bool:
    """True when no answers at all make `condition` hold, counting that hidden questions have no answer.

    Answers are tried exhaustively over the values that matter, up to `MAX_COMBINATIONS`; questions in `ignored`
    (those in a cycle) count as always asked.
    """
    tests = list(tests_in(condition))
    seen: set[str] = set()
    todo = [test.left.question for test in tests]
    while todo:
        id = todo.pop()
        if id in seen or id not in questions:
            continue
        seen.add(id)
        when = questions[id].when
        if when is not None and id not in ignored:
            inner = list(tests_in(when))
            tests += inner
            todo += [test.left.question for test in inner]
    places = sorted({test.left for test in tests}, key=lambda r: (r.question, r.column))
    choices = [_values(place, tests, questions.get(place.question)) for place in places]
    combinations = 1
    for each in choices:
        combinations *= len(each)
        if combinations > MAX_COMBINATIONS:
            return False
    for picked in product(*choices):
        answers = _visible(_answers(dict(zip(places, picked, strict=True))), questions, ignored)
        if holds(condition, answers) is True:
            return False
    return True


def _values(place: Reference, tests: list[Equals | Among | Has], question: Question | None) -> list[tuple[str, ...]]:
    """The answers of one place that can make a difference: each is the tuple of its values."""
    named: list[str] = []
    for test in tests:
        if test.left == place:
            named += test.values if isinstance(test, Among) else (test.value,)
    named = list(dict.fromkeys(named))
    if question is not None and question.kind in SEVERAL:
        picks: list[tuple[str, ...]] = [()]
        for value in named[:10]:
            picks += [(*pick, value) for pick in picks]
        return picks
    known: list[str] = []
    if question is not None and question.kind is AnswerKind.YES_NO:
        known = ["yes", "no"]
    elif question is not None and question.kind is AnswerKind.CHOICE:
        known = [option.id for option in question.options]
    other = [value for value in (known or ["\0something else"]) if value not in named][:1]
    return [(value,) for value in (*named, *other)]


def _answers(picked: Mapping[Reference, tuple[str, ...]]) -> dict[str, Answer]:
    """Answers that hold the picked values; the columns of one table come from one answer."""
    rows: dict[str, list[Row]] = {}
    out: dict[str, Answer] = {}
    for place, values in picked.items():
        if place.column:
            rows.setdefault(place.question, []).extend(Row(((place.column, value),)) for value in values)
            out[place.question] = Answer(place.question, AnswerState.GIVEN, tuple(rows[place.question]))
        else:
            value = values[0] if len(values) == 1 else values
            out[place.question] = Answer(place.question, AnswerState.GIVEN, value)
    return out


def _visible(
    answers: dict[str, Answer], questions: Mapping[str, Question], ignored: Collection[str]
) -> dict[str, Answer]:
    """Only the answers to questions that are asked when these answers are given."""
    while True:
        hidden = [
            id
            for id in answers
            if id in questions
            and id not in ignored
            and (when := questions[id].when) is not None
            and holds(when, answers) is False
        ]
        if not hidden:
            return answers
        answers = {id: answer for id, answer in answers.items() if id not in hidden}

"""Says every mistake of a questionnaire with its file, its line and the nearest right spelling."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from wizard.catalog.building import Draft, build
from wizard.catalog.conditions import tests_in
from wizard.catalog.problems import Problem, nearest
from wizard.catalog.reachable import SEVERAL, cycle, never_true
from wizard.catalog.reading import Table, read_folder
from wizard.domain.conditions import Among, Condition, Equals, Has, Reference, references
from wizard.domain.language import _
from wizard.domain.questionnaire import CELL_KINDS, AnswerKind, Column, Option, Question, Questionnaire

_YES_NO = (Option("yes", ""), Option("no", ""))
#: What a condition may name after the dot, for the kinds whose columns are given.
_GIVEN_COLUMNS = {
    AnswerKind.CONTACT: ("name", "email", "phone"),
    AnswerKind.DECLARATION: ("name", "role", "date", "accepted"),
}
_CHOICE_KINDS = (AnswerKind.CHOICE, AnswerKind.CHOICES)
_RANGED = (AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.DURATION)
_DURATION = re.compile(r"^P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?)?$")


def lint(folder: Path, known_checks: Collection[str]) -> tuple[Problem, ...]:
    """Every mistake in the questionnaire of `folder`, sorted by file and line; empty when it may be opened."""
    return examine(folder, known_checks)[1]


def examine(folder: Path, known_checks: Collection[str]) -> tuple[Questionnaire | None, tuple[Problem, ...]]:
    """The questionnaire of `folder`, or every mistake that stops it from being opened; never both, never neither."""
    files, problems = read_folder(folder)
    if not files or files[0].shape != "questionnaire file":
        return None, tuple(sorted(set(problems)))
    draft = build(files)
    problems += draft.problems
    problems += _Linter(draft, known_checks).problems()
    if problems:
        return None, tuple(sorted(set(problems)))
    return draft.questionnaire, ()


class _Linter:
    """Compares what the files say with each other; shape mistakes have been found before."""

    def __init__(self, draft: Draft, known_checks: Collection[str]) -> None:
        self._draft = draft
        self._checks = known_checks
        self._questions = {q.id: q for q in draft.written}
        self._merged = draft.questionnaire.question_by_id
        self._duties = {r.id: r for r in draft.questionnaire.by_id.values()}

    def problems(self) -> Iterator[Problem]:
        for id in self._duties:
            if id in self._draft.requirements:
                yield from self._requirement(self._draft.requirements[id], id)
        for id, question in self._questions.items():
            if id in self._draft.questions:
                yield from self._question(self._draft.questions[id], question)
        yield from self._cycles()

    # requirements

    def _requirement(self, table: Table, id: str) -> Iterator[Problem]:
        duty = self._duties[id]
        yield from self._known(table, "checks", duty.checks, self._checks, _("check"))
        for index, check in enumerate(duty.deciding):
            if check not in duty.checks:
                sentence = _("“{check}” decides, but does not stand in “checks”.").format(check=check)
                yield table.problem(sentence + nearest(check, duty.checks), "deciding", index)
        others = [other for other in self._duties if other != id]
        yield from self._known(table, "blocked_by", duty.blocked_by, others, _("requirement"))
        yield from self._reasoned(table, "applies", "otherwise")
        yield from self._reasoned(table, "withdrawn_by", "withdrawn_because")
        for key, condition in (("applies", duty.applies), ("withdrawn_by", duty.withdrawn_by)):
            yield from self._condition(table, key, condition)
        for part_table, part in zip(table.below("part") if duty.parts else (), duty.parts, strict=False):
            yield from self._known(part_table, "checks", part.checks, self._checks, _("check"))
            for index, check in enumerate(part.checks):
                if check in self._checks and check not in duty.checks:
                    sentence = _("“{check}” must also stand in the “checks” of {id}.").format(check=check, id=id)
                    yield part_table.problem(sentence, "checks", index)
            yield from self._reasoned(part_table, "applies", "otherwise")
            yield from self._condition(part_table, "applies", part.applies)
        asked = self._draft.questionnaire.questions_for(id)
        if not asked and not duty.checks:
            yield table.problem(_("Nothing is asked about {id} and no check looks at it.").format(id=id), "id")

    # questions

    def _question(self, table: Table, question: Question) -> Iterator[Problem]:
        known = [id for ids in self._draft.questionnaire.parts_of.values() for id in ids]
        yield from self._known(table, "requirements", question.requirements, known, _("requirement"))
        yield from self._reasoned(table, "when", "otherwise")
        for key, condition in (("when", question.when), ("unmet", question.unmet)):
            yield from self._condition(table, key, condition)
        if "kind" not in table.data or table.data["kind"] != question.kind.value:
            return  # the kind is wrong: what it allows cannot be said
        yield from self._options(table, question.options, question.kind)
        yield from self._columns(table, question)
        yield from self._only_for(table, "statement", question, (AnswerKind.DECLARATION,), needed=True)
        yield from self._only_for(table, "unit", question, (AnswerKind.NUMBER,))
        for key, value in (("minimum", question.minimum), ("maximum", question.maximum)):
            yield from self._only_for(table, key, question, _RANGED)
            if value and question.kind in _RANGED and not _spelled(question.kind, value):
                sentence = _("“{value}” is not a {kind}.").format(value=value, kind=question.kind.value)
                yield table.problem(sentence, key)

    def _options(self, table: Table, options: tuple[Option, ...], kind: AnswerKind) -> Iterator[Problem]:
        if kind in _CHOICE_KINDS and not options and "option" not in table.data:
            yield table.problem(_("A {kind} needs [[…option]] tables.").format(kind=kind.value), "kind")
        if kind not in _CHOICE_KINDS and options:
            yield table.problem(
                _("Only choice and choices have options, not {kind}.").format(kind=kind.value), "option"
            )
        yield from _twice(table, "option", [o.id for o in options])

    def _columns(self, table: Table, question: Question) -> Iterator[Problem]:
        if question.kind is AnswerKind.TABLE and not question.columns and "column" not in table.data:
            yield table.problem(_("A table needs [[question.column]] tables."), "kind")
        for key in ("column", "row"):
            if question.kind is not AnswerKind.TABLE and key in table.data:
                sentence = _("Only a table has “{key}”, not {kind}.").format(key=key, kind=question.kind.value)
                yield table.problem(sentence, key)
        yield from _twice(table, "column", [c.id for c in question.columns])
        for inner, column in zip(table.below("column"), question.columns, strict=False):
            if column.kind in CELL_KINDS:
                yield from self._options(inner, column.options, column.kind)
        for inner, row in zip(table.below("row"), question.rows, strict=False):
            for id, cell in row:
                yield from self._cell(inner, question, id, cell)

    def _cell(self, row: Table, question: Question, id: str, cell: str) -> Iterator[Problem]:
        column = question.column(id)
        if column is None:
            sentence = _("{question} has no column “{column}”.").format(question=question.id, column=id)
            yield row.problem(sentence + nearest(id, (c.id for c in question.columns)), id)
            return
        allowed = _allowed(column)
        if allowed and cell not in allowed:
            sentence = _("“{value}” is not an option of {place}.").format(value=cell, place=f"{question.id}.{id}")
            yield row.problem(sentence + nearest(cell, allowed), id)

    # conditions

    def _condition(self, table: Table, key: str, condition: Condition | None) -> Iterator[Problem]:
        if condition is None:
            return
        for test in tests_in(condition):
            sentence = self._test(test)
            if sentence:
                yield table.problem(f"“{key}”: {sentence}", key)

    def _test(self, test: Equals | Among | Has) -> str:
        """The sentence that says what is wrong with one comparison; "" when nothing is."""
        left = test.left
        question = self._questions.get(left.question)
        if question is None:
            return _("There is no question “{id}”.").format(id=left.question) + nearest(left.question, self._questions)
        if question.id in self._draft.questions and self._draft.questions[question.id].broken:
            return ""
        columns = _GIVEN_COLUMNS.get(question.kind) or tuple(c.id for c in question.columns)
        if left.column and left.column not in columns:
            sentence = _("{question} has no column “{column}”.").format(question=question.id, column=left.column)
            return sentence + nearest(left.column, columns)
        if columns and not left.column:
            return _("{question} needs a column: write {question}.{column}.").format(
                question=question.id, column=columns[0]
            )
        if question.kind in SEVERAL and not isinstance(test, Has):
            return _("{place} holds several values: ask with “has”.").format(place=_place(left))
        column = question.column(left.column) if left.column else None
        allowed = _allowed(column or question)
        for value in test.values if isinstance(test, Among) else (test.value,):
            if allowed and value not in (*allowed, "n/a"):
                sentence = _("{place} is never “{value}”.").format(place=_place(left), value=value)
                return sentence + nearest(value, allowed)
        return ""

    def _cycles(self) -> Iterator[Problem]:
        waits = {id: [r.question for r in references(q.when)] if q.when else [] for id, q in self._merged.items()}
        for path in cycle(waits):
            table = self._draft.questions[path[0]]
            key = "when" if "when" in table.data else "requirements"
            sentence = _("These questions wait for each other: {ids}.").format(ids=" → ".join((*path, path[0])))
            yield table.problem(sentence, key)
        looping = {id for path in cycle(waits) for id in path}
        blocks = {r.id: list(r.blocked_by) for r in self._duties.values()}
        for path in cycle(blocks):
            table = self._draft.requirements[path[0]]
            sentence = _("These requirements block each other: {ids}.").format(ids=" → ".join((*path, path[0])))
            yield table.problem(sentence, "blocked_by")
        for id, question in self._merged.items():
            table_of = self._draft.questions.get(id)
            if table_of is None or table_of.broken or question.when is None or id in looping:
                continue
            if any(True for test in tests_in(question.when) if self._test(test)):
                continue
            if never_true(question.when, self._merged, looping):
                key = "when" if "when" in table_of.data else "requirements"
                sentence = _("{id} can never be asked: no answers make its condition true.").format(id=id)
                yield table_of.problem(sentence, key)

    # small rules

    def _known(
        self, table: Table, key: str, ids: Iterable[str], right: Collection[str], what: str
    ) -> Iterator[Problem]:
        for index, id in enumerate(ids):
            if id and id not in right:
                sentence = _("There is no {what} “{id}”.").format(what=what, id=id)
                yield table.problem(sentence + nearest(id, right), key, index)

    def _reasoned(self, table: Table, key: str, reason: str) -> Iterator[Problem]:
        if key in table.data and reason not in table.data:
            yield table.problem(
                _("“{key}” needs “{reason}”: what the person is told.").format(key=key, reason=reason), key
            )
        if reason in table.data and key not in table.data:
            yield table.problem(_("“{reason}” is never said without “{key}”.").format(key=key, reason=reason), reason)

    def _only_for(
        self, table: Table, key: str, question: Question, kinds: tuple[AnswerKind, ...], *, needed: bool = False
    ) -> Iterator[Problem]:
        if key in table.data and question.kind not in kinds:
            sentence = _("“{key}” means nothing for {kind}.").format(key=key, kind=question.kind.value)
            yield table.problem(sentence, key)
        if needed and question.kind in kinds and key not in table.data:
            yield table.problem(_("A {kind} needs “{key}”.").format(kind=question.kind.value, key=key), "kind")


def _place(reference: Reference) -> str:
    return f"{reference.question}.{reference.column}" if reference.column else reference.question


def _allowed(holder: Question | Column) -> tuple[str, ...]:
    if holder.kind is AnswerKind.YES_NO:
        return tuple(o.id for o in _YES_NO)
    return tuple(o.id for o in holder.options) if holder.kind in _CHOICE_KINDS else ()


def _twice(table: Table, key: str, ids: list[str]) -> Iterator[Problem]:
    for index, id in enumerate(ids):
        if id and id in ids[:index]:
            sentence = _("The id “{id}” stands twice among these.").format(id=id)
            yield table.problem(sentence, key, index, "id")


def _spelled(kind: AnswerKind, value: str) -> bool:
    try:
        if kind is AnswerKind.DATE:
            date.fromisoformat(value)
        elif kind is AnswerKind.NUMBER:
            float(value)
        else:
            return _DURATION.match(value) is not None
    except ValueError:
        return False
    return True

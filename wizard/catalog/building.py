"""Turns the tables of a questionnaire's files into the domain's words, and remembers where each came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from wizard.catalog.conditions import WORDS, ConditionMistake, parse
from wizard.catalog.problems import Problem, nearest
from wizard.catalog.reading import Table
from wizard.domain.conditions import All, Any, Certainly, Condition
from wizard.domain.language import _
from wizard.domain.questionnaire import (
    AnswerKind,
    Column,
    Obligation,
    Option,
    Part,
    Question,
    Questionnaire,
    Requirement,
    Section,
    Source,
)

E = TypeVar("E", bound=StrEnum)


@dataclass
class Draft:
    """A questionnaire as written, whatever its mistakes, with the table that each thing came from.

    `written` has every question as its author wrote it; in `questionnaire` a question is also hidden while no
    requirement that it serves applies.
    """

    questionnaire: Questionnaire
    written: tuple[Question, ...] = ()
    requirements: dict[str, Table] = field(default_factory=dict)
    questions: dict[str, Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def build(files: list[Table]) -> Draft:
    """The draft of a questionnaire from its files, the main file first. Values that do not fit become empty ones."""
    builder = _Builder()
    main, *others = files
    head = next(main.below("questionnaire"), main)
    sections = tuple(builder.section(file) for file in others)
    written = tuple(builder.written)
    by_id = {r.id: r for s in sections for r in s.requirements}
    questionnaire = Questionnaire(
        id=head.text("id"),
        version=head.text("version"),
        title=head.text("title"),
        publisher=head.text("publisher"),
        page=head.text("page"),
        read_on=head.date("read_on"),
        digest=digest(files),
        sections=tuple(replace(s, requirements=builder.with_page(s.requirements, head)) for s in sections),
        questions=tuple(_hidden_with_its_requirements(question, by_id) for question in written),
        notes=head.texts("notes"),
        links=tuple((link.text("title"), link.text("url")) for link in main.below("link")),
    )
    return Draft(questionnaire, written, builder.requirements, builder.questions, builder.problems)


def digest(files: Iterable[Table]) -> str:
    """SHA-256 (hex) over the content of all files: file name to parsed TOML, as JSON with sorted keys, in UTF-8.

    Comments, blank lines and the order of keys do not count; the order of lists and the names of the files do.
    """
    content = {file.file: file.data for file in files}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return hashlib.sha256(b"attestry-questionnaire/1\0" + text.encode("utf-8", "surrogatepass")).hexdigest()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _hidden_with_its_requirements(question: Question, by_id: dict[str, Requirement]) -> Question:
    """The question, asked only while one of the requirements that it serves applies or its N/A is withdrawn."""
    gates: list[tuple[Condition, str]] = []
    for id in question.requirements:
        found = _gate(id, by_id)
        if found is None:
            return question
        gates.append(found)
    if not gates:
        return question
    conditions = tuple(dict.fromkeys(condition for condition, _reason in gates))
    gate = conditions[0] if len(conditions) == 1 else Any(conditions)
    when = gate if question.when is None else All((question.when, gate))
    return replace(question, when=when, otherwise=question.otherwise or gates[0][1])


def _gate(id: str, by_id: dict[str, Requirement]) -> tuple[Condition, str] | None:
    """When a requirement or part applies, and the reason when it does not; None when it always applies."""
    requirement = by_id.get(id) or next((r for r in by_id.values() if any(p.id == id for p in r.parts)), None)
    if requirement is None:
        return None
    part = next((p for p in requirement.parts if p.id == id), None)
    holders = [h for h in (requirement, part) if h is not None and h.applies is not None]
    if not holders:
        return None
    conditions = tuple(h.applies for h in holders if h.applies is not None)
    applies = conditions[0] if len(conditions) == 1 else All(conditions)
    if requirement.withdrawn_by is not None:
        applies = Any((applies, Certainly(requirement.withdrawn_by)))
    return applies, holders[0].otherwise


class _Builder:
    def __init__(self) -> None:
        self.written: list[Question] = []
        self.requirements: dict[str, Table] = {}
        self.questions: dict[str, Table] = {}
        self.sections: dict[str, Table] = {}
        self.problems: list[Problem] = []

    def section(self, file: Table) -> Section:
        head = next(file.below("section"), None)
        section = head.text("id") if head else ""
        if head and section:
            self._once(section, head, self.sections)
        if "scoping" not in file.data and "requirement" not in file.data:
            self.problems.append(file.problem(_("A section needs at least one [[requirement]] or [[scoping]].")))
        requirements = []
        for tables, read in ((file.below("scoping"), self.scoping), (file.below("requirement"), self.requirement)):
            for table in tables:
                requirement = read(table)
                if self._is_first(requirement.id, table, self.requirements):
                    requirements.append(requirement)
        for table in file.below("question"):
            question = self.question(table)
            if self._is_first(question.id, table, self.questions):
                self.written.append(question)
        return Section(
            id=section,
            title=head.text("title") if head else "",
            summary=head.text("summary") if head else "",
            requirements=tuple(requirements),
        )

    def with_page(self, requirements: tuple[Requirement, ...], head: Table) -> tuple[Requirement, ...]:
        """The requirements, their sources on the questionnaire's page, read when it was."""
        page, read_on = head.text("page"), head.date("read_on")
        return tuple(
            replace(r, source=replace(r.source, page=page, read_on=read_on)) if r.source else r for r in requirements
        )

    def scoping(self, table: Table) -> Requirement:
        return replace(self.requirement(table), obligation=Obligation.MUST, scoping=True)

    def requirement(self, table: Table) -> Requirement:
        id = table.text("id")
        self._once(id, table, self.requirements)
        source = next(table.below("source"), None)
        parts = tuple(self.part(t) for t in table.below("part")) if table.shape == "requirement" else ()
        return Requirement(
            id=id,
            obligation=_word(Obligation, table.text("obligation"), Obligation.MUST),
            title=table.text("title"),
            explanation=table.text("explanation"),
            why=table.text("why"),
            good_evidence=table.texts("good_evidence"),
            bad_evidence=table.texts("bad_evidence"),
            fix=table.text("fix"),
            source=Source("", source.text("heading"), date.min, source.text("digest"), source.text("word"))
            if source
            else None,
            parts=parts,
            checks=table.texts("checks"),
            deciding=table.texts("deciding"),
            applies=self.condition(table, "applies"),
            otherwise=table.text("otherwise"),
            withdrawn_by=self.condition(table, "withdrawn_by"),
            withdrawn_because=table.text("withdrawn_because"),
            blocked_by=table.texts("blocked_by"),
            computed=table.flag("computed", default=False),
            notes=table.texts("notes"),
        )

    def part(self, table: Table) -> Part:
        id = table.text("id")
        self._once(id, table, self.requirements)
        return Part(
            id=id,
            title=table.text("title"),
            checks=table.texts("checks"),
            applies=self.condition(table, "applies"),
            otherwise=table.text("otherwise"),
        )

    def question(self, table: Table) -> Question:
        id = table.text("id")
        self._once(id, table, self.questions)
        return Question(
            id=id,
            kind=_word(AnswerKind, table.text("kind"), AnswerKind.TEXT),
            requirements=table.texts("requirements"),
            ask=table.text("ask"),
            help=table.text("help"),
            required=table.flag("required", default=True),
            when=self.condition(table, "when"),
            otherwise=table.text("otherwise"),
            unmet=self.condition(table, "unmet"),
            options=self.options(table),
            columns=tuple(self.column(t) for t in table.below("column")),
            rows=tuple(tuple((k, v) for k, v in t.data.items() if isinstance(v, str)) for t in table.below("row")),
            minimum=table.text("minimum"),
            maximum=table.text("maximum"),
            unit=table.text("unit"),
            statement=table.text("statement"),
            refuses_secrets=table.flag("refuses_secrets", default=False),
            private=table.flag("private", default=False),
        )

    def column(self, table: Table) -> Column:
        return Column(
            id=table.text("id"),
            label=table.text("label"),
            kind=_word(AnswerKind, table.text("kind"), AnswerKind.TEXT),
            options=self.options(table),
            required=table.flag("required", default=False),
            hint=table.text("hint"),
        )

    def options(self, table: Table) -> tuple[Option, ...]:
        return tuple(Option(t.text("id"), t.text("label")) for t in table.below("option"))

    def condition(self, table: Table, key: str) -> Condition | None:
        text = table.data.get(key)
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            return parse(text)
        except ConditionMistake as mistake:
            sentence = _("“{key}” cannot be read at position {n}: {sentence}").format(
                key=key, n=mistake.position, sentence=mistake.sentence
            )
            near = nearest(mistake.token, WORDS) if mistake.token.isidentifier() else ""
            self.problems.append(table.problem(sentence + near, key))
            table.mark(key)
            return None

    def _is_first(self, id: str, table: Table, seen: dict[str, Table]) -> bool:
        """False for a thing whose id another one took before: it is said once, and left out of all that follows."""
        return not id or seen[id] is table

    def _once(self, id: str, table: Table, seen: dict[str, Table]) -> None:
        if not id:
            return
        if id in seen:
            first = seen[id]
            sentence = _("The id “{id}” is taken: it stands in {file}, line {line}.").format(
                id=id, file=first.file, line=first.line("id")
            )
            self.problems.append(table.problem(sentence, "id"))
            return
        seen[id] = table


def _word(kind: type[E], text: str, default: E) -> E:
    try:
        return kind(text)
    except ValueError:
        return default

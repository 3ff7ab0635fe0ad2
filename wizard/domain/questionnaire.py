"""What is asked: sections, requirements and their questions, as a versioned set of values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from wizard.domain.conditions import Condition


class Obligation(StrEnum):
    """How binding a requirement is; the page's own word stands beside it in `Source.word`."""

    MUST = "must"
    RECOMMENDED = "recommended"
    INFO = "info"


class AnswerKind(StrEnum):
    """How a question is answered. Every kind also knows "not known yet"."""

    YES_NO = "yes-no"  # "yes" or "no", or not applicable with a reason
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"
    CHOICE = "choice"
    CHOICES = "choices"
    LIST = "list"
    TABLE = "table"
    FILES = "files"
    CONTACT = "contact"
    DECLARATION = "declaration"


#: The kinds that a column of a table may have.
CELL_KINDS = frozenset(
    {AnswerKind.TEXT, AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.DURATION, AnswerKind.YES_NO, AnswerKind.CHOICE}
)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: a stable id and the words that a person sees."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column of a table question. `required`: a row without it is incomplete."""

    id: str
    label: str
    kind: AnswerKind = AnswerKind.TEXT
    options: tuple[Option, ...] = ()
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing we ask; it may serve several requirements (or parts of them)."""

    id: str
    kind: AnswerKind
    requirements: tuple[str, ...]
    ask: str
    help: str = ""
    required: bool = True
    #: asked unless this is definitely false; `otherwise` is then the reason that is shown
    when: Condition | None = None
    otherwise: str = ""
    #: the answer itself says that the duty is not met (YES_NO: `unmet = id = "no"` unless written otherwise)
    unmet: Condition | None = None
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    #: rows that stand in the table from the start and may not be deleted, only answered: column id -> cell
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    minimum: str = ""
    maximum: str = ""
    #: days, hours, keys …: what a number counts
    unit: str = ""
    #: for a declaration: the sentence that is declared
    statement: str = ""
    #: an answer may be refused when it looks like a secret (SEC-1)
    refuses_secrets: bool = False
    #: left out of the PDF and its data unless the person says otherwise (customer names, ELIG-3)
    private: bool = False

    def option(self, id: str) -> Option | None:
        """The option called `id`, if there is one."""
        return next((o for o in self.options if o.id == id), None)

    def column(self, id: str) -> Column | None:
        """The column called `id`, if there is one."""
        return next((c for c in self.columns if c.id == id), None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a duty comes from: page, heading, the day it was read, and the digest of the page's block.

    `digest` is SHA-256 (hex) of the block as DESIGN 9 says: UTF-8, NFC, white space runs to one space, trimmed.
    `word` is the page's own word: must, should, recommended, imperative.
    """

    page: str
    heading: str
    read_on: date
    digest: str
    word: str


@dataclass(frozen=True, slots=True)
class Part:
    """Half of a requirement that can fail alone, such as AUTH-1a."""

    id: str
    title: str
    checks: tuple[str, ...] = ()
    applies: Condition | None = None
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One duty, or one scoping question (`scoping`), in our own words."""

    id: str
    obligation: Obligation
    title: str
    explanation: str
    why: str
    good_evidence: tuple[str, ...]
    bad_evidence: tuple[str, ...]
    fix: str
    source: Source | None
    parts: tuple[Part, ...] = ()
    #: ids of the checks that look at it; the ones in `deciding` must have looked before it can be "seen"
    checks: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    #: applies unless this is definitely false; `otherwise` is then the generated reason for N/A
    applies: Condition | None = None
    otherwise: str = ""
    #: facts that withdraw an N/A, generated or claimed (1.4 of REQUIREMENTS)
    withdrawn_by: Condition | None = None
    withdrawn_because: str = ""
    #: while one of these is not met, this one is blocked and not a second failure
    blocked_by: tuple[str, ...] = ()
    #: computed from all others (ELIG-6)
    computed: bool = False
    #: contradictions and gaps of the page that the person must know (REQUIREMENTS 1.5)
    notes: tuple[str, ...] = ()
    scoping: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A group of requirements that a person walks through as one."""

    id: str
    title: str
    summary: str
    requirements: tuple[Requirement, ...]

    @property
    def scoping(self) -> bool:
        """True for the section that asks what is assessed."""
        return all(r.scoping for r in self.requirements)


@dataclass(frozen=True)
class Questionnaire:
    """A versioned set of sections, requirements and questions; `digest` names its exact content (SHA-256 hex)."""

    id: str
    version: str
    title: str
    publisher: str
    page: str
    read_on: date
    digest: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Requirement]:
        """Every requirement and scoping question by its id."""
        return {r.id: r for s in self.sections for r in s.requirements}

    @cached_property
    def question_by_id(self) -> dict[str, Question]:
        """Every question by its id."""
        return {q.id: q for q in self.questions}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The section of each requirement id."""
        return {r.id: s for s in self.sections for r in s.requirements}

    @cached_property
    def parts_of(self) -> dict[str, tuple[str, ...]]:
        """The ids under which questions and checks may speak of a requirement: its own and its parts'."""
        return {r.id: (r.id, *(p.id for p in r.parts)) for s in self.sections for r in s.requirements}

    @cached_property
    def _questions_for(self) -> dict[str, tuple[Question, ...]]:
        out: dict[str, list[Question]] = {}
        for question in self.questions:
            for requirement in question.requirements:
                out.setdefault(requirement, []).append(question)
        return {key: tuple(value) for key, value in out.items()}

    def questions_for(self, requirement: str) -> tuple[Question, ...]:
        """The questions that serve a requirement or any part of it, in order, each once."""
        seen: dict[str, Question] = {}
        for id in self.parts_of.get(requirement, (requirement,)):
            for question in self._questions_for.get(id, ()):
                seen[question.id] = question
        return tuple(seen.values())

    def questions_exactly_for(self, id: str) -> tuple[Question, ...]:
        """The questions that name exactly this requirement or part."""
        return self._questions_for.get(id, ())

    def owner_of(self, id: str) -> Requirement | None:
        """The requirement called `id`, or the one that has a part called `id`."""
        if id in self.by_id:
            return self.by_id[id]
        return next((r for r in self.by_id.values() if any(p.id == id for p in r.parts)), None)

    @property
    def requirements(self) -> Iterator[Requirement]:
        """Every duty in order, without the scoping questions."""
        return (r for s in self.sections for r in s.requirements if not r.scoping)

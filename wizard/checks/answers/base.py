"""What a check that needs only answers may read, and what it concludes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.deadlines import PLAN_MONTHS, Period, read_date, read_period
from wizard.domain.language import _
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day
from wizard.domain.vulnerability import NO_LEDGER, Ledger

#: The page that every rule here comes from, when nothing else is said.
PAGE = "Apollo Marketplace: Feature Your Integration"


@dataclass(frozen=True)
class Said:
    """The answers that were given to questions that are asked now, the notes beside requirements, the moment, and the
    ledger of weaknesses.

    Every reader gives nothing back when the answer is missing or of another kind.
    """

    answers: Mapping[str, Answer]
    notes: Mapping[str, str]
    now: datetime
    ledger: Ledger = NO_LEDGER

    @property
    def today(self) -> date:
        """The day of the judgement, UTC."""
        return self.now.date()

    def text(self, question: str) -> str:
        """One text, choice, date, number or duration as written."""
        value = self._value(question)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, question: str) -> tuple[str, ...]:
        """The lines of a list, or the ids of several choices."""
        value = self._value(question)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()

    def rows(self, question: str) -> tuple[Row, ...]:
        """The rows of a table that hold anything."""
        value = self._value(question)
        rows = [item for item in value if isinstance(item, Row)] if isinstance(value, tuple) else []
        return tuple(row for row in rows if any(cell.strip() for _column, cell in row.cells))

    def row(self, question: str) -> Row:
        """A contact or declaration."""
        value = self._value(question)
        return value if isinstance(value, Row) else Row(())

    def date(self, question: str) -> date | None:
        """A date."""
        return read_date(self.text(question))

    def number(self, question: str) -> float | None:
        """A number."""
        return read_number(self.text(question))

    def _value(self, question: str) -> object:
        answer = self.answers.get(question)
        return answer.value if answer is not None and answer.state is AnswerState.GIVEN else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check concluded. FAIL contradicts a claim; PASS and WARN support it, but only as something said."""

    verdict: Verdict
    summary: str
    next_step: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    proof: str = ""
    #: all that fails is a known gap, until this day
    excepted_until: date | None = None


@dataclass(frozen=True)
class AnswerCheck:
    """A check that reads answers only. `judge` gives nothing back while the answers that it needs are missing.

    `level` says whether a failure counts; for a recommendation of the page it still counts, and the requirement's own
    obligation turns it amber. `reads` are the questions that it reads. A new `version` is a new rule.
    """

    id: str
    title: Callable[[], str]
    level: Level
    source: str
    reads: tuple[str, ...]
    judge: Callable[[Said], Judgement | None]
    aliases: tuple[str, ...] = ()
    version: int = 1


def read_number(text: str) -> float | None:
    """The plain decimal number that `text` spells; None for anything else, infinities included."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def too_old(said: Said, what: str, when: date, period_question: str, requirement: str) -> str:
    """The sentence that says that `what` lies too far back or in the future; "" when it does not.

    It may be as old as the period that the person declared. A period longer than our default counts only with a reason
    in the note beside the requirement.
    """
    if when > said.today:
        return _("{what}: {day} lies in the future.").format(what=what, day=day(when))
    default = Period(months=PLAN_MONTHS)
    declared = read_period(said.text(period_question)) or default
    longer = declared.after(said.today) > default.after(said.today)
    period = default if longer and not said.notes.get(requirement, "").strip() else declared
    if period.after(when) >= said.today:
        return ""
    if longer and period is default:
        return _(
            "{what}: {day} is more than {n} months ago (our default, not Apollo's). The longer period counts only with "
            "a reason in the note."
        ).format(what=what, day=day(when), n=PLAN_MONTHS)
    if period == default:
        return _("{what}: {day} is more than {n} months ago (our default, not Apollo's).").format(
            what=what, day=day(when), n=PLAN_MONTHS
        )
    return _("{what}: {day} is longer ago than the period you declared.").format(what=what, day=day(when))

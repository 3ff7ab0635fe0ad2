"""What a person said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AnswerState(StrEnum):
    """Given, not known yet, or not applicable (which needs a reason)."""

    GIVEN = "given"
    NOT_KNOWN = "not-known"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, a contact or a declaration: cells as text, by column id.

    Dates are ISO 8601, numbers plain decimals, durations ISO 8601 (P90D, PT24H), yes/no the words "yes" and "no",
    choices the option's id. `hash`able and ordered as the columns are.
    """

    cells: tuple[tuple[str, str], ...]

    def get(self, column: str) -> str:
        """The cell of that column; the empty text when it is not filled in."""
        return next((value for key, value in self.cells if key == column), "")


#: Scalars are text in the same spelling as cells; choices, lists and files (evidence ids) are tuples of text;
#: a contact (name, email, phone) and a declaration (name, role, date, accepted) are one row; a table is rows.
Value = str | tuple[str, ...] | Row | tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question, by whom and when (claimed time, UTC)."""

    question: str
    state: AnswerState
    value: Value = ""
    reason: str = ""
    author: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)

    @property
    def given(self) -> bool:
        """True when there is something said: a value that is not blank, or not applicable with a reason."""
        match self.state:
            case AnswerState.GIVEN:
                return _says_something(self.value)
            case AnswerState.NOT_APPLICABLE:
                return bool(self.reason.strip())
            case AnswerState.NOT_KNOWN:
                return False


def _says_something(value: Value) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Row):
        return any(text.strip() for _column, text in value.cells)
    return any(_says_something(item) for item in value)

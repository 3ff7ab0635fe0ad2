"""One line of a reviewer's report: good, bad, or not known, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LineState(StrEnum):
    """Good, bad, or neither: what could not be known is never green."""

    GOOD = "good"
    UNKNOWN = "unknown"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    state: LineState
    sentence: str

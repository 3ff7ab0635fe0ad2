"""What a job says while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Started:
    """The job's work has begun."""

    job: int
    title: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """`done` of `total` steps (0 when nobody can know), a sentence, and a partial result if there is one."""

    job: int
    done: int
    total: int
    text: str
    partial: object = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The job ended with a value."""

    job: int
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with a mistake that a person can read, or with a fault of ours."""

    job: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped; what it reported before stays."""

    job: int


JobEvent: TypeAlias = Started | Progressed | Finished | Failed | Cancelled

"""A file that shows something, known by its digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """Where sealed bytes lie: the keyed name in the evidence box, SHA-256 of clear and sealed bytes, clear size."""

    name: str
    digest: str
    sealed_digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: a named file with its digest, what it supports, and how long it counts.

    `read_as` says what was read from it ("" when it is kept as evidence only). `replaces` is the id of the earlier
    revision. `origin` says who made the file, "made by this app on <date>" included. `blacked_out` counts the places
    that were blacked out before it was sealed.
    """

    id: str
    name: str
    media_type: str
    sealed: Sealed
    requirements: tuple[str, ...]
    added_at: datetime | None = field(default=None, compare=False)
    added_by: str = field(default="", compare=False)
    note: str = ""
    expires: date | None = None
    replaces: str = ""
    read_as: str = ""
    blacked_out: int = 0

"""What is another between two attestations of one partner: facts, scope, requirements, evidence, ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wizard.domain.finding import Mark


class Way(StrEnum):
    """Where a requirement went."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FactChanged:
    """Something said of the whole: its name, then and now."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A requirement whose mark is another; None for a side on which the requirement does not stand."""

    id: str
    title: str
    before: Mark | None
    after: Mark | None
    way: Way
    because: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """All that changed; `same` counts the requirements whose mark did not, `reworded` those asked in other words."""

    facts: tuple[FactChanged, ...]
    moved: tuple[Moved, ...]
    same: int
    reworded: tuple[str, ...]
    hosts_added: tuple[str, ...]
    hosts_gone: tuple[str, ...]
    repositories_added: tuple[str, ...]
    repositories_gone: tuple[str, ...]
    evidence_added: tuple[str, ...]
    evidence_gone: tuple[str, ...]
    evidence_kept: int
    #: None where the ledger is held back
    ledger_before: int | None
    ledger_after: int | None

    def count(self, way: Way) -> int:
        """How many requirements went this way."""
        return sum(moved.way is way for moved in self.moved)


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since an earlier attestation: its data's digest (SHA-256 hex), and the day it was signed."""

    data_digest: str
    signed_on: date
    delta: Delta

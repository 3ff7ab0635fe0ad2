"""How much of each item a public summary shows, and the salted digests that still bind what it holds back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from wizard.domain.payload import Payload

#: What a level may be set for beside the ids of requirements: the vulnerability ledger, and everything else ("").
LEDGER, THE_REST = "LEDGER", ""


class Disclosure(StrEnum):
    """In full; known by its digest only; or by its digest, with the offer to hand it over on request."""

    FULL = "full"
    DIGEST = "digest"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class DisclosureSet(Payload):
    """How much the public summary shows of a requirement, of `LEDGER`, or of `THE_REST`; None takes it back."""

    TYPE: ClassVar[str] = "disclosure-set"
    about: str
    level: Disclosure | None = None

    @property
    def subject(self) -> str:
        """The requirement."""
        return self.about


@dataclass(frozen=True, slots=True)
class Commitment:
    """The salted digest (SHA-256 hex) of one item; `salt` (hex) stands only where the item is shown in full.

    `leaf` says which item: "scoping:SCOPE-1", "item:DATA-4", "evidence:<id>", "weakness:V-1", "notes" or "since".
    """

    leaf: str
    digest: str
    salt: str = ""


def level_of(levels: Mapping[str, Disclosure], about: str) -> Disclosure:
    """The level that counts for one item. Without a word from the person nothing is shown."""
    return levels.get(about) or levels.get(THE_REST) or Disclosure.DIGEST

"""What happened to the workspace itself: somebody went on with an older copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.domain.payload import Payload


@dataclass(frozen=True, slots=True)
class OlderCopyAccepted(Payload):
    """The person went on with this copy, after being told that it may not be the newest one.

    `entries` is how many it had then, and `known` how many this computer knew of: what came after is not in it.
    """

    TYPE: ClassVar[str] = "older-copy-accepted"
    entries: int
    known: int

"""Where several editors leave sealed packets for each other: numbered, each author only their own, never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import BinaryIO, Protocol

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: An author's name: the SHA-256 (hex) of their key. Nothing else there is anybody's place.
AUTHOR = re.compile(r"[0-9a-f]{64}")


class Unreachable(Mistake):
    """The folder or server is not there; work goes on, and what is new is exchanged the next time."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            _(
                "{where} cannot be reached now ({reason}). Nothing is lost: go on working, and exchange again later."
            ).format(where=where, reason=reason)
        )


class Spoiled(Unreachable):
    """One packet that is there and is not what was left, or cannot be read; the others may well be."""

    def __init__(self, where: str, reason: str = "") -> None:
        sentence = (
            _("it cannot be read from {where} now ({reason}). It was not taken.")
            if reason
            else _("what lies on {where} is not what was left there. It was not taken.")
        )
        Mistake.__init__(self, sentence.format(where=where, reason=reason))


class Carrier(Protocol):
    """A place for one workspace's packets. Every method may block, and raises `Unreachable`."""

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the packets that are there whole, by author, in order."""
        ...

    def fetch(self, author: str, number: int, out: BinaryIO) -> None:
        """Write a packet to `out`; what comes is not trusted."""
        ...

    def leave(self, author: str, number: int, packet: BinaryIO) -> None:
        """Leave a packet under a number that is free; raises `Taken` when it is not."""
        ...

    def close(self) -> None:
        """Let go of what is held open; it may be used again."""
        ...


class Taken(Exception):
    """There is a packet of that number already."""

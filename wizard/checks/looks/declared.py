"""What the partner's own documents say of a host's endpoints; nothing is contacted for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import Fact

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground


@dataclass(frozen=True)
class Declared(Fact):
    """How many operations are listed, and which want a credential in their address, with the parameter's name."""

    NAME = "declared"
    keys_in_urls: tuple[tuple[str, str], ...] = ()
    #: how many operations are listed at all
    operations: int = 0
    #: what should list more of them and could not be read, a sentence each
    unread: tuple[str, ...] = ()

    @classmethod
    async def look(cls, ground: Ground) -> Declared:
        """Reads the list that the person gave for this run."""
        settings, subject = ground.run.settings, ground.host.subject
        listed = settings.endpoints.get(subject, ())
        keys = tuple((f"{e.method} {e.path}", e.key_in_url) for e in listed if e.key_in_url)
        return cls(keys, len(listed), settings.unread.get(subject, ()))

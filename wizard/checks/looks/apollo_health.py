"""Calls the one address at which Apollo says whether a credential is good; only when the person asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.http import talk

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: Apollo's documented health endpoint.
HOST, PATH = "api.apollo.io", "/api/v1/auth/health"


@dataclass(frozen=True)
class ApolloHealth(Fact):
    """The answer: its status, and what it says of the service and of the credential (None where it says nothing).

    Neither the credential nor anything else of the answer is kept.
    """

    NAME = "apollo-health"
    status: int
    healthy: bool | None
    signed_in: bool | None

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only with the person's credential for exactly this host."""
        return host.subject in settings.credentials

    @classmethod
    async def look(cls, ground: Ground) -> ApolloHealth:
        """One GET over verified TLS; a redirect is not followed."""
        credential = ground.run.settings.credentials.get(ground.host.subject)
        if credential is None:
            raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))
        async with talk(ground) as connection:
            answer = await connection.ask(PATH, headers=[credential, ("Cache-Control", "no-store")])
        if answer.status in (429, 503):
            raise CouldNotLook(Trouble(TroubleKind.BUSY, str(answer.status)))
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            said = None
        return cls(answer.status, _flag(said, "healthy"), _flag(said, "is_logged_in"))


def _flag(said: object, name: str) -> bool | None:
    value = said.get(name) if isinstance(said, Mapping) else None
    return value if isinstance(value, bool) else None

"""Fetches the files that standards give a fixed place: security.txt and the metadata of an OAuth server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact
from wizard.checks.looks.https_answers import Talks, Visit, visit_with
from wizard.checks.masking import mask_text

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

#: RFC 9116 3; RFC 8414 3; OpenID Connect Discovery 4; RFC 9728 3.
SECURITY_TXT = "/.well-known/security.txt"
OAUTH_SERVER = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource"
PLACES = (SECURITY_TXT, OAUTH_SERVER, OPENID, PROTECTED_RESOURCE)


@dataclass(frozen=True)
class WellKnown(Fact):
    """One visit for each file. Bodies are kept: they are public by purpose."""

    NAME = "well-known"
    STEPS = 6
    visits: tuple[Visit, ...]
    #: the names of all hosts in the scope
    declared: tuple[str, ...] = ()

    @classmethod
    async def look(cls, ground: Ground) -> WellKnown:
        """One GET each, redirects followed inside the scope."""
        from wizard.checks.looks.ground import trouble_of

        try:
            async with ground.limit(ground.limits.probe), Talks(ground, shared=True) as talks:
                visits = [await visit_with(talks, Visit("well-known", place), place) for place in PLACES]
        except TimeoutError as error:
            raise CouldNotLook(trouble_of(error)) from error
        if all(v.trouble and not v.answers for v in visits):
            raise CouldNotLook(next(v.trouble for v in visits if v.trouble))
        return cls(tuple(visits), ground.run.declared_names)

    def visit(self, path: str) -> Visit | None:
        """The visit for one of the files."""
        return next((v for v in self.visits if v.path == path), None)

    def masked(self) -> WellKnown:
        """Without secret values; the files themselves stay."""
        return replace(
            self,
            visits=tuple(
                replace(v, answers=tuple(replace(a.masked(), body=mask_text(a.body[:65536])) for a in v.answers))
                for v in self.visits
            ),
        )

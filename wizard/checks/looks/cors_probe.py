"""Asks as pages of foreign sites would: does the host open itself to any of them?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import Talks

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

#: Endpoints beyond this are not asked; politeness before completeness.
MOST_PATHS = 5


@dataclass(frozen=True, slots=True)
class Foreign:
    """One question with a foreign Origin, and its answer."""

    origin: str
    path: str
    answer: Answer | None = None
    trouble: Trouble | None = None
    #: the person's list says that not everybody may call it
    private: bool = False


@dataclass(frozen=True)
class CorsProbe(Fact):
    """The root page and the first declared paths, asked from a random foreign origin and from `null`."""

    NAME = "cors-probe"
    STEPS = 5
    asked: tuple[Foreign, ...]
    #: how many more paths are listed, of which none was asked
    more: int = 0

    @classmethod
    async def look(cls, ground: Ground) -> CorsProbe:
        """Two GET and one OPTIONS a path, without any credential."""
        origin = f"https://attestry-{secrets.token_hex(8)}.invalid"
        settings, subject = ground.run.settings, ground.host.subject
        declared = [*settings.paths.get(subject, ()), *(e.path for e in settings.endpoints.get(subject, ()))]
        known = [p for p in dict.fromkeys(("/", *declared)) if "{" not in p]
        paths = known[:MOST_PATHS]
        private = {e.path for e in settings.endpoints.get(subject, ()) if not e.is_open}
        asked: list[Foreign] = []
        async with Talks(ground) as talks:
            for path in paths:
                for method, foreign in (("GET", origin), ("GET", "null"), ("OPTIONS", origin)):
                    headers = [("Origin", foreign)]
                    if method == "OPTIONS":
                        headers.append(("Access-Control-Request-Method", "GET"))
                        headers.append(("Access-Control-Request-Headers", "authorization"))
                    try:
                        answer = await talks.ask(ground, path, method=method, headers=headers)
                        asked.append(Foreign(foreign, path, answer, private=path in private))
                    except CouldNotLook as could_not:
                        asked.append(Foreign(foreign, path, trouble=could_not.trouble))
        if all(a.answer is None for a in asked):
            raise CouldNotLook(next(a.trouble for a in asked if a.trouble))
        return cls(tuple(asked), len(known) - len(paths))

    def masked(self) -> CorsProbe:
        """Without secret values."""
        return replace(
            self, asked=tuple(replace(a, answer=a.answer.masked() if a.answer else None) for a in self.asked)
        )

"""Visits a host over verified HTTPS: the root page, the API paths that the person named, and a page that is missing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.http import (
    MOST_BODY,
    MOST_PIECES,
    MOST_REDIRECTS,
    Answer,
    Talk,
    parts_of,
    port_of,
    talk,
    target_of,
)
from wizard.checks.masking import mask_address

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

ROOT, PATH, ERROR = "root", "path", "error"


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing asked for, and what followed: the answer, then the answers of the redirects that were followed.

    `went_to` is the redirect that was not followed, because it leaves the scope or leaves HTTPS.
    """

    purpose: str
    path: str
    answers: tuple[Answer, ...] = ()
    went_to: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer and why it was asked for (root, path, error)."""

    purpose: str
    answer: Answer


@dataclass(frozen=True)
class HttpsAnswers(Fact):
    """What the visits to one host brought."""

    NAME = "https-answers"
    STEPS = 4
    visits: tuple[Visit, ...]

    @classmethod
    async def look(cls, ground: Ground) -> HttpsAnswers:
        """Visit one after the other on one connection, at most ten seconds in all."""
        from wizard.checks.looks.ground import trouble_of

        wanted = [(ROOT, "/"), *((PATH, path) for path in ground.run.settings.paths.get(ground.host.subject, ()))]
        wanted.append((ERROR, f"/attestry-{secrets.token_hex(8)}"))
        visits: list[Visit] = []
        try:
            async with ground.limit(ground.limits.probe), Talks(ground) as talks:
                for purpose, path in wanted:
                    visits.append(await visit_with(talks, Visit(purpose, path), path))
                    busy = visits[-1].trouble
                    if busy and busy.kind is TroubleKind.BUSY:
                        break
        except TimeoutError as error:
            if not visits:
                raise
            purpose, path = wanted[len(visits)]
            visits.append(Visit(purpose, path, trouble=trouble_of(error)))
        first = visits[0]
        if first.trouble and not first.answers:
            raise CouldNotLook(first.trouble)
        return cls(tuple(visits))

    @cached_property
    def own(self) -> tuple[Seen, ...]:
        """Every answer of the host itself, redirects included, each once; a dozen checks read them."""
        return tuple(dict.fromkeys(self._own()))

    def _own(self) -> Iterator[Seen]:
        home: tuple[str | None, int] | None = None
        for visit in self.visits:
            for answer in visit.answers:
                parts = parts_of(answer.url)
                where = (parts.hostname, port_of(parts)) if parts else None
                home = home or where
                # A limiter that answers in place of the service proves nothing about the service.
                if where == home and not answer.limited:
                    yield Seen(visit.purpose, answer)

    def masked(self) -> HttpsAnswers:
        """Without secret values."""
        return HttpsAnswers(
            tuple(
                replace(v, answers=tuple(a.masked() for a in v.answers), went_to=mask_address(v.went_to))
                for v in self.visits
            )
        )


class Talks:
    """The connections of one visit: one to each host of the scope that a redirect leads to, opened when needed.

    `shared`: as `talk` says; only for the host itself.
    """

    def __init__(self, ground: Ground, *, shared: bool = False) -> None:
        self.ground, self._shared = ground, shared
        self._stack = AsyncExitStack()
        self._open: dict[tuple[str, int], Talk] = {}

    async def __aenter__(self) -> Talks:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def ask(
        self,
        ground: Ground,
        target: str,
        *,
        method: str = "GET",
        headers: Sequence[tuple[str, str]] = (),
        pieces: int = MOST_PIECES,
        most: int = MOST_BODY,
    ) -> Answer:
        """Ask on the host's open connection, or on a fresh one when the server has closed it."""
        key = (ground.host.name, ground.host.port)
        known = self._open.get(key)
        if known is not None and known.usable:
            try:
                return await known.ask(target, method=method, headers=headers, pieces=pieces, most=most)
            except (CouldNotLook, OSError) as error:
                if isinstance(error, CouldNotLook) and error.trouble.kind not in (
                    TroubleKind.BROKEN_OFF,
                    TroubleKind.NOT_HTTP,
                ):
                    raise
        if known is not None:
            await self._stack.aclose()
            self._open.clear()
        # The shared connection may still be open for whoever looks at its certificate: it is asked for once.
        shared, self._shared = self._shared and ground is self.ground, False
        fresh = await self._stack.enter_async_context(talk(ground, shared=shared))
        self._open[key] = fresh
        return await fresh.ask(target, method=method, headers=headers, pieces=pieces, most=most)


async def visit_from(ground: Ground, visit: Visit, target: str) -> Visit:
    """One visit on connections of its own; the caller sets the time limit."""
    async with Talks(ground) as talks:
        return await visit_with(talks, visit, target)


async def visit_with(talks: Talks, visit: Visit, target: str) -> Visit:
    """Ask for a target and follow redirects inside the scope, at most five."""
    ground = talks.ground
    for _hop in range(MOST_REDIRECTS + 1):
        try:
            answer = await talks.ask(ground, target)
        except CouldNotLook as could_not:
            return replace(visit, trouble=could_not.trouble)
        except OSError as error:
            from wizard.checks.looks.ground import trouble_of

            if isinstance(error, TimeoutError):
                raise
            return replace(visit, trouble=trouble_of(error))
        visit = replace(visit, answers=(*visit.answers, answer))
        if answer.limited:
            after = answer.first("retry-after") or ""
            return replace(visit, trouble=Trouble(TroubleKind.BUSY, f"{answer.status} {after[:40]}".strip()))
        to = answer.redirects_to
        if not to:
            return visit
        parts = parts_of(to)
        next_ground = talks.ground.run.declared(parts.hostname or "", port_of(parts)) if parts else None
        if parts is None or parts.scheme != "https" or next_ground is None:
            return replace(visit, went_to=to[:2000])
        ground, target = next_ground, target_of(parts)
    return replace(visit, trouble=Trouble(TroubleKind.TOO_MANY_REDIRECTS))

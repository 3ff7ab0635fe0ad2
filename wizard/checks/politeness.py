"""Keeps us polite: how many connections and requests a host gets from us, how fast, and how many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic

from wizard.checks.patience import holding


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts that bound every look; the defaults are the product's, tests shorten them."""

    connect: float = 4.0
    answer: float = 8.0
    #: one probe over HTTP with everything that belongs to it
    probe: float = 10.0
    #: one answer to one TLS hello, and all hellos of one TLS version
    hello: float = 4.8
    version: float = 12.0
    names: float = 8.0
    host: float = 60.0
    hosts_at_once: int = 40
    names_at_once: int = 24
    addresses: int = 8

    def times(self, patience: float) -> Limits:
        """The same with so many times the seconds for whatever the host itself answers. Never less: a slow host that
        nobody waited for would look like one that is silent.
        """
        n = max(1.0, patience)
        seconds = ("connect", "answer", "probe", "hello", "version", "host")
        return replace(self, **{name: getattr(self, name) * n for name in seconds})


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second, first come, first served."""

    def __init__(self, burst: int, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._rate, self._clock = float(burst), rate, clock
        self._tokens, self._at = float(burst), clock()

    async def take(self) -> None:
        """Wait for one token. The debt of earlier takers counts, so nobody overtakes."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= 1
        if self._tokens < 0:
            with holding():
                await asyncio.sleep(-self._tokens / self._rate)


class Politeness:
    """What one host gets: 40 connections and 20 requests at once, then 10 and 5 a second, at most 8 open.

    Careful mode: 4 open, and no burst.
    """

    def __init__(self, *, careful: bool = False) -> None:
        self._open = asyncio.Semaphore(4 if careful else 8)
        self._connections = Bucket(4 if careful else 40, 10)
        self._requests = Bucket(1 if careful else 20, 5)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        """Hold one of the open connections."""
        async with self._open:
            await self._connections.take()
            yield

    async def request(self) -> None:
        """Wait until one more request may be sent."""
        await self._requests.take()

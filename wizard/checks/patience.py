"""Waits for others, not for ourselves: time limits that do not count the moments when this program was held up.

A look that times out may mean something good of a host ("silent" to an old hello). So a limit must never run out only
because this computer was too busy to read an answer that had come, or because we paced our own questions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

#: Seconds between two beats, and how late one may be before it counts.
_BEAT, _PUNCTUAL = 0.02, 0.01
#: A limit is stretched to at most this many times its length.
_STRETCHED = 4.0


class Starved(TimeoutError):
    """This computer was too busy to keep its own time limit: nothing is known of the other side."""


class Pulse:
    """Knows for how many seconds the event loop has been late since `start`."""

    def __init__(self) -> None:
        self.late = 0.0
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat, on the running loop."""
        loop = asyncio.get_running_loop()
        due = loop.time() + _BEAT

        def beat() -> None:
            late = loop.time() - due
            if late > _PUNCTUAL:
                self.late += late
            self.start()

        self._next = loop.call_at(due, beat)

    def stop(self) -> None:
        """No beat any more."""
        if self._next is not None:
            self._next.cancel()


class Limit:
    """`async with Limit(seconds, pulse)`: raises `TimeoutError` when the other side took longer, `Starved` when only
    we did. Either carries the seconds.
    """

    def __init__(self, seconds: float, pulse: Pulse) -> None:
        self._seconds, self._pulse = seconds, pulse
        self._timeout = asyncio.timeout(None)
        self._error: type[TimeoutError] = TimeoutError
        self._holders, self._since, self._held = 0, 0.0, 0.0

    async def __aenter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began, self._late = self._loop.time(), self._pulse.late
        await self._timeout.__aenter__()
        self._timer = self._loop.call_at(self._began + self._seconds, self._check)
        _LIMITS.set((*_LIMITS.get(), self))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _LIMITS.set(tuple(each for each in _LIMITS.get() if each is not self))
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as over:
            raise self._error(self._seconds) from over

    def hold(self) -> None:
        """From now on we wait for ourselves."""
        if not self._holders:
            self._since = self._loop.time()
        self._holders += 1

    def release(self) -> None:
        """One who waited goes on."""
        self._holders -= 1
        if not self._holders:
            self._held += self._loop.time() - self._since

    def _check(self) -> None:
        now = self._loop.time()
        late = self._pulse.late - self._late
        most = self._seconds * _STRETCHED
        held = self._held + (now - self._since if self._holders else 0.0)
        due = self._began + min(self._seconds + late, most) + held
        if now < due or self._holders:
            self._timer = self._loop.call_at(max(due, now + _BEAT), self._check)
            return
        if self._seconds + late > most:
            self._error = Starved
        self._timeout.reschedule(now)


#: The limits around the present task, the outermost first.
_LIMITS: ContextVar[tuple[Limit, ...]] = ContextVar("limits", default=())


@contextmanager
def holding() -> Iterator[None]:
    """What is awaited inside is our own pacing: no limit around it counts the time."""
    limits = _LIMITS.get()
    for limit in limits:
        limit.hold()
    try:
        yield
    finally:
        for limit in limits:
            limit.release()

"""Two clocks: the one the computer claims, and one that nobody can set, so that a jump of the first is noticed."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

#: A claimed time that moves by more than this against the steady clock is recorded.
JUMP_SECONDS = 300
#: RFC 8785 numbers are exact up to here; in nanoseconds it is 104 days.
_MOST = 2**53 - 1


def _claimed() -> datetime:
    return datetime.now(UTC)


def _steady() -> int:
    """Nanoseconds of a clock that also runs while the computer sleeps, where the system has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)


@dataclass(frozen=True, slots=True)
class Moment:
    """A claimed time (UTC), nanoseconds since `boot`, and by how many seconds the claimed clock jumped before it."""

    at: datetime
    monotonic: int
    boot: str
    jumped: int = 0


class Clock:
    """Reads both clocks. `boot` names one stretch of the steady clock: this opening of the workspace."""

    def __init__(self, claimed: Callable[[], datetime] = _claimed, steady: Callable[[], int] = _steady) -> None:
        self._claimed = claimed
        self._steady = steady
        self._start()

    def _start(self) -> None:
        self._boot = secrets.token_hex(16)
        self._origin = self._steady()
        self._agreed = (self._claimed(), self._origin)

    @property
    def claimed(self) -> datetime:
        """What the computer claims the time to be, UTC."""
        return self._claimed()

    def now(self, not_before: datetime | None = None) -> Moment:
        """This moment. `jumped` is the drift since both clocks last agreed, or how far it lies before `not_before`."""
        at, steady = self._claimed(), self._steady()
        if not 0 <= steady - self._origin <= _MOST:
            self._start()
            at, steady = self._agreed
        then_at, then_steady = self._agreed
        drift = (at - then_at).total_seconds() - (steady - then_steady) / 1e9
        behind = (at - not_before).total_seconds() if not_before else 0.0
        jump = drift if abs(drift) > JUMP_SECONDS else behind if behind < -JUMP_SECONDS else 0.0
        if jump:
            self._agreed = (at, steady)
        return Moment(at, steady - self._origin, self._boot, round(jump))

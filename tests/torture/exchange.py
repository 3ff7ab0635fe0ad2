"""Fifty thousand random schedules of two to four people who exchange what they wrote: by hand, folder and server."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any
from unittest.mock import patch

import figures
from figures import Figure

#: How long a schedule is at most.
STEPS = 100
#: Of fifty thousand schedules: entries handed over in memory, whole sessions over folders and files, over a server.
PARTS = ((45_000, 1_000_000), (4_900, 2_000_000), (100, 3_000_000))
_AT_ONCE = 50


def _in_memory(seed: int) -> None:
    from tests.properties.exchange_replicas import schedule
    from wizard.vault import foreign

    # all replicas of a schedule are in one process: what one of them computed of an entry's signature, the others
    # would compute again
    real, known = foreign._first_unsigned, dict[tuple[bytes, str, str], str]()

    def first_unsigned(entries: Iterable[Any], public: Any) -> str:
        for entry in entries:
            what = (entry[0].signature, entry[1], entry[2].author)
            if what not in known:
                known[what] = real([entry], public)
            if known[what]:
                return known[what]
        return ""

    with patch.object(foreign, "_first_unsigned", first_unsigned):
        schedule(seed, STEPS)


def _in_folders(seed: int) -> None:
    from tests.properties.exchange_meetings import schedule

    schedule(seed, STEPS)


def _failed(do: partial[None], seeds: Iterable[int]) -> list[int]:
    """The seeds whose schedule diverged, lost something, or overwrote something unseen."""
    bad = []
    for seed in seeds:
        try:
            do(seed)
        except Exception:
            bad.append(seed)
    return bad


def _at_the_server(count: int, first: int) -> list[int]:
    from tests.properties.exchange_meetings import schedule
    from tests.unit.exchange.test_exchange_postgres import serving

    def absent(reason: str) -> None:
        raise SystemExit(reason)

    with serving(absent) as running:
        return _failed(partial(schedule, steps=STEPS, server=running.carrier), range(first, first + count))


def run(size: float) -> list[Figure]:
    """S1 and S6."""
    counts = [max(_AT_ONCE, round(whole * size / _AT_ONCE) * _AT_ONCE) for whole, _first in PARTS]
    bad: list[list[int]] = []
    # more than there are processors: a session waits for its threads, its pipes and its files
    with ProcessPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for do, count, (_whole, first) in zip((_in_memory, _in_folders), counts, PARTS, strict=False):
            parts = [range(at, at + _AT_ONCE) for at in range(first, first + count, _AT_ONCE)]
            bad.append([seed for found in pool.map(partial(_failed, partial(do)), parts) for seed in found])
    bad.append(_at_the_server(counts[2], PARTS[2][1]))
    said = (
        "in memory, twice, late, in parts and cut",
        "by synced folder and bundle file, killed",
        "by PostgreSQL, killed",
    )
    return [
        Figure("S1, S6", f"schedules {how}", count, len(seeds), more=", ".join(map(str, seeds[:5])))
        for how, count, seeds in zip(said, counts, bad, strict=True)
    ]


if __name__ == "__main__":
    assert figures.HERE
    print(*run(0.002), sep="\n")

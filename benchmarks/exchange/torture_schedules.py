"""Fifty thousand random schedules of two to four replicas: none diverges, loses an entry or overwrites one unseen.

`python benchmarks/exchange/torture_schedules.py [SCHEDULES] [FIRST_SEED]` prints one line; exit code 1 when one fails.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.properties.exchange_replicas import schedule

STEPS = 100
_PART = 250


def part(first: int) -> tuple[int, list[int]]:
    """Conflicts shown, and the seeds that failed."""
    conflicts, failed = 0, []
    for seed in range(first, first + _PART):
        try:
            conflicts += schedule(seed, STEPS)
        except Exception:
            failed.append(seed)
    return conflicts, failed


def main(arguments: list[str]) -> int:
    """Run them on every core."""
    wanted = int(arguments[0]) if arguments else 50_000
    first = int(arguments[1]) if len(arguments) > 1 else 1_000_000
    begun, conflicts, failed = time.monotonic(), 0, []
    with ProcessPoolExecutor() as pool:
        for shown, bad in pool.map(part, range(first, first + wanted, _PART)):
            conflicts += shown
            failed += bad
    took = time.monotonic() - begun
    print(f"{wanted} schedules in {took:.0f} s: {conflicts} conflicts shown, {len(failed)} failed {failed[:20]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

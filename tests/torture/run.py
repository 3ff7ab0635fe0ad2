"""Runs every torture of the vault and writes its figures into docs/reliability.md; ends with 1 when one did not hold.

`python tests/torture/run.py [SIZE [NAME…]]`: SIZE 1 is the whole bar of each row, smaller sizes are parts of it.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from datetime import UTC, datetime

import figures
from figures import CHECKOUT, Figure

REPORT = CHECKOUT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
NAMES = ("secrecy", "damage", "load", "many", "kills", "power_cut", "exchange")


def main() -> int:
    """Run them, print as they end, and write the table when all of them ran."""
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    names = sys.argv[2:] or NAMES
    rows: list[Figure] = []
    begun, commit = time.monotonic(), _commit()
    for name in names:
        started = time.monotonic()
        for figure in __import__(name).run(size):
            rows.append(figure)
            print(_line(figure), flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    if tuple(names) == NAMES:
        _write(rows, size, time.monotonic() - begun, commit)
    return 0 if all(figure.held for figure in rows) else 1


def _line(figure: Figure) -> str:
    verdict = "held" if figure.held else "DID NOT HOLD"
    wanted = "must be more than 0" if figure.expected == "some" else "must be 0"
    more = f"; {figure.more}" if figure.more else ""
    return f"| {figure.row} | {figure.what} | {figure.done:,} | {figure.failed:,} ({wanted}) | {verdict}{more} |"


def _write(rows: list[Figure], size: float, seconds: float, commit: str) -> None:
    text = REPORT.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    table = "\n".join(
        (
            f"Run on {datetime.now(UTC):%Y-%m-%d} at commit {commit}, size {size:g} of the whole bar, "
            f"{seconds / 60:.0f} minutes, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}.",
            "",
            "| Row | What | Done | Failures | Outcome |",
            "| --- | --- | --- | --- | --- |",
            *map(_line, rows),
        )
    )
    REPORT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=CHECKOUT, check=False
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    assert figures.HERE
    sys.exit(main())

"""Runs every torture and writes its figures into docs/reliability.md; ends with 1 when one did not hold.

`python tests/torture/run.py [SIZE [NAME…]]`: SIZE 1 is the whole bar of each row, smaller sizes are parts of it. Each
part writes its figures as soon as it has ended, with its day, commit and size; a part that is named is run alone.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime

import figures
from figures import CHECKOUT, Figure

REPORT = CHECKOUT / "docs" / "reliability.md"
NAMES = ("secrecy", "damage", "load", "many", "kills", "power_cut", "exchange", "attestation")
#: Rows that no machine here can run: each has its script, and the report says so.
BY_HAND = (
    ("D5", "a file that another program holds for 30 seconds, on Windows", "windows_held_file.py"),
    ("D17", "eight hours of use", "soak.py"),
)


def main() -> int:
    """Run the parts, print and write as they end."""
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    names = tuple(sys.argv[2:]) or NAMES
    commit, held = _commit(), True
    for name in names:
        started = time.monotonic()
        rows: list[Figure] = []
        for figure in __import__(name).run(size):
            rows.append(figure)
            print(_line(figure), flush=True)
        seconds = time.monotonic() - started
        print(f"{name}: {seconds:.0f} s", flush=True)
        held = held and all(figure.held for figure in rows)
        _write(name, rows, size, seconds, commit)
    return 0 if held else 1


def _line(figure: Figure) -> str:
    verdict = "held" if figure.held else "DID NOT HOLD"
    wanted = "must be more than 0" if figure.expected == "some" else "must be 0"
    more = f"; {figure.more}" if figure.more else ""
    return f"| {figure.row} | {figure.what} | {figure.done:,} | {figure.failed:,} ({wanted}) | {verdict}{more} |"


def _write(name: str, rows: list[Figure], size: float, seconds: float, commit: str) -> None:
    """Put the figures of one part into its place in the report, and what was not run at its end."""
    text = REPORT.read_text("utf-8")
    table = "\n".join(
        (
            f"`{name}`: run on {datetime.now(UTC):%Y-%m-%d} at commit {commit}, size {size:g} of the whole bar, "
            f"{max(1, round(seconds / 60))} min, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}.",
            "",
            "| Row | What | Done | Failures | Outcome |",
            "| --- | --- | --- | --- | --- |",
            *map(_line, rows),
        )
    )
    text = _put(text, name, table)
    by_hand = (f"| {row} | {what} | `tests/torture/by_hand/{script}` |" for row, what, script in BY_HAND)
    missing = "\n".join(("| Row | What | Its script |", "| --- | --- | --- |", *by_hand))
    REPORT.write_text(_put(text, "not run", missing), "utf-8")


def _put(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    assert len(place.findall(text)) == 1, f"the report has no place for {name}"
    return place.sub(lambda _found: f"{begin}\n{content}\n{end}", text)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=CHECKOUT, check=False
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    assert figures.HERE
    sys.exit(main())

"""How soon the code page shows a first row, whether the window freezes meanwhile, and how long Stop takes there.

    python -m benchmarks.code.window [--json FILE] [--files N]

A generated tree of about 20 KB a file, looked at twice by the page's own button in one program: cold, with the rules
compiled on the disk and not loaded yet, and warm; then a look that is stopped. Limits: the first row within 1 s of the
click, no gap between two turns of the window's loop over 50 ms, Stop within 300 ms. Each gap is given twice: as waited
by a person, and as processor time of the window's own thread, which other work on the machine does not stretch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.checks.window import Pulse, wait_until
from benchmarks.code.speed import tree
from benchmarks.opened import workspace
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.gui.application import TURN
from wizard.gui.collector import Collector
from wizard.gui.context import Place
from wizard.gui.pages.code import CodePage
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.session.deeds import answers
from wizard.session.settings import Home, Preferences

LIMITS = {"first_row_ms": 1000.0, "longest_gap_ms": 50.0, "stop_ms": 300.0}


def look(page: CodePage, stop_after_ms: float = 0) -> dict[str, float]:
    """One look, in milliseconds; with a time it is stopped then."""
    pulse, timer = Pulse(), QTimer(interval=2)
    timer.timeout.connect(pulse.beat)
    timer.start()
    began = time.perf_counter()

    def since() -> float:
        return (time.perf_counter() - began) * 1000

    page.look_button.click()
    if stop_after_ms:
        wait_until(lambda: since() >= stop_after_ms)
        pressed = since()
        page.stop_button.click()
        wait_until(lambda: not page._job.running)
        return {"stop_ms": since() - pressed}
    wait_until(lambda: bool(page.table.lines) and page.table.isVisible())
    first = since()
    wait_until(lambda: not page._job.running)
    whole = since()
    timer.stop()
    return {
        "first_row_ms": first,
        "whole_ms": whole,
        "longest_gap_ms": pulse.longest_gap_ms,
        "longest_work_ms": pulse.longest_work_ms,
    }


def measure(folder: Path, files: int) -> dict[str, dict[str, float]]:
    """Cold, warm and stopped."""
    tree(folder / "tree", files)
    home, small = folder / "home", folder / "small.py"
    small.write_text("x = 1\n")
    compile_rules = [sys.executable, "-m", "wizard", "scan", "secrets", "--home", str(home), str(small)]
    subprocess.run(compile_rules, check=True, capture_output=True)
    preferences = Preferences(Home.below(home))
    session = workspace(folder, preferences)
    rows = (Row((("repository", str(folder / "tree")), ("host", "github"))),)
    answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, rows)).result()
    shell = Shell(preferences)
    shell.resize(1280, 720)
    shell.show()
    shell.open_session((session, Place("home")))
    wait_until(lambda: session.verification is not None and not shell.context.work.running)
    shell.go(Place("code"))
    page = shell.page
    assert isinstance(page, CodePage)
    figures: dict[str, Any] = {"cold": look(page)}
    wait_until(lambda: not shell.context.work.running)
    figures["warm"] = look(page)
    wait_until(lambda: not shell.context.work.running)
    figures["stopped"] = look(page, stop_after_ms=figures["warm"]["first_row_ms"] + 100)
    shell.context.work.stop()
    wait_until(lambda: not shell.context.work.running)
    shell.close()
    session.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--files", type=int, default=1500)
    asked = parser.parse_args()
    app = QApplication([])
    Collector(app)  # as in use: garbage is collected on the window's thread
    sys.setswitchinterval(TURN)  # so too
    theme().apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.files)
    missed = 0
    for run, values in figures.items():
        for name, value in values.items():
            limit = LIMITS.get(name)
            missed += limit is not None and value > limit
            print(f"{run:8} {name:20} {value:10.1f}" + (f"   <= {limit:g}" if limit else ""))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

"""How soon the code page shows a first row, whether the window freezes meanwhile, and how long Stop takes there.

    python -m benchmarks.code.window [--json FILE] [--files N] [--secrets N]

A generated tree of about 20 KB a file, looked at twice by the page's own button in one program: cold, with the rules
compiled on the disk and not loaded yet, and warm; then a look that is stopped. Then a tree of small files that hold
many thousands of secrets: a whole look, its list filtered and sorted as a person does, a look that is stopped; and a
list of as many libraries. Limits: the first row within 1 s of the
click, no gap between two turns of the window's loop over 50 ms, Stop within 300 ms. Each gap is given twice: as waited
by a person, and as processor time of the window's own thread, which other work on the machine does not stretch.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
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
from wizard.gui.pages import errand
from wizard.gui.pages.code import CodePage
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.session.deeds import answers, dependencies
from wizard.session.settings import Home, Preferences

_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
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


def used(acts: Iterable[Callable[[], object]], done: Callable[[], bool]) -> dict[str, float]:
    """The gaps while somebody does one thing after another, each once the window is idle again."""
    pulse, timer = Pulse(), QTimer(interval=2)
    timer.timeout.connect(pulse.beat)
    timer.start()
    for act in acts:
        act()
        until = time.monotonic() + 0.2
        wait_until(lambda until=until: time.monotonic() > until and done())  # type: ignore[misc]
    timer.stop()
    return {"longest_gap_ms": pulse.longest_gap_ms, "longest_work_ms": pulse.longest_work_ms}


def crowded(root: Path, secrets: int) -> None:
    """Small files in a repository with history, four for five secrets; and a lockfile with as many libraries."""
    made, files = random.Random(4), secrets * 4 // 5
    for number in range(files):
        place = root / f"src/part{number % 40}/module{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        each = range(secrets * number // files, secrets * (number + 1) // files)
        tokens = ("gh" + "p_" + "".join(made.choices(_LETTERS, k=36)) for _n in each)
        place.write_text("".join(f"import os\nx = os.environ\ngithub = '{token}'\n" for token in tokens))
    packages = {f"node_modules/made-{n}": {"version": f"1.{n % 40}.0"} for n in range(secrets)}
    (root / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    for words in ("init -q", "add -A", "-c user.name=A -c user.email=a@b.invalid commit -q -m x"):
        subprocess.run(["git", "-C", str(root), *words.split()], check=True)


def flaws(folder: Path, libraries: int) -> Path:
    """A folder with a list in which every fifth of the libraries has a flaw."""
    (folder / "npm").mkdir(parents=True)
    with zipfile.ZipFile(folder / "npm" / "all.zip", "w") as archive:
        for n in range(0, libraries, 5):
            affected = [{"package": {"ecosystem": "npm", "name": f"made-{n}"}, "versions": [f"1.{n % 40}.0"]}]
            rated = {"severity": ("LOW", "HIGH", "CRITICAL")[n % 3]}
            known = {"id": f"GHSA-{n}", "modified": "2026-01-01T00:00:00Z", "summary": "Made up", "affected": affected}
            archive.writestr(f"GHSA-{n}.json", json.dumps(known | {"database_specific": rated}))
    return folder


def crowd(page: CodePage, folder: Path, secrets: int) -> dict[str, Any]:
    """A list of so many secrets and libraries: made, used, and a look that is stopped."""
    root, work = folder / "crowded", page.context.work
    crowded(root, secrets)
    rows = (Row((("repository", str(root)), ("host", "github"))),)
    answers.answer(page.context.open, Answer("SCOPE-6", AnswerState.GIVEN, rows)).result()

    def idle() -> bool:
        return not work.running

    wait_until(lambda: idle() and not page.table.isVisible())
    figures: dict[str, Any] = {"many": look(page)}
    figures["many listed"] = used([lambda: None], idle)
    figures["many again"] = look(page)
    wait_until(idle)
    part = page.libraries

    def types(field: LineField, text: str) -> list[Callable[[], object]]:
        return [lambda n=n: field.setText(text[:n]) for n in (*range(1, len(text) + 1), 0)]  # type: ignore[misc]

    def turns(field: ComboField) -> list[Callable[[], object]]:
        return [lambda n=n: field.setCurrentIndex(n) for n in (*range(field.count()), 0)]  # type: ignore[misc]

    sorts = [lambda: page.table._sort(1), lambda: page.table._sort(1), page._draw]
    figures["many used"] = used([*turns(page.tier), *turns(page.state), *types(page.search, "module77"), *sorts], idle)
    figures["many stopped"] = look(page, stop_after_ms=figures["many"]["first_row_ms"] + 500)
    wait_until(idle)
    data = errand.preferences_of(page.context).home.data
    dependencies.take_in(page.context.open, data, flaws(folder / "lists", secrets)).result.result()
    page._turn("libraries")
    wait_until(lambda: idle() and part.offline_button.isEnabled())
    figures["libraries"] = used([part.offline_button.click], lambda: idle() and bool(part.table.lines))
    assert str(secrets - 300) in part.more.text()
    sorts = [lambda: part.table._sort(0), lambda: part.table._sort(1), part.draw]
    figures["lib. used"] = used([*turns(part.state), *types(part.search, "made-77"), *sorts], idle)
    return figures


def measure(folder: Path, files: int, secrets: int) -> dict[str, dict[str, float]]:
    """Cold, warm and stopped; then with a list of many."""
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
    wait_until(lambda: not shell.context.work.running)
    figures |= crowd(page, folder, secrets)
    shell.context.work.stop()
    wait_until(lambda: not shell.context.work.running)
    shell.close()
    session.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--files", type=int, default=1500)
    parser.add_argument("--secrets", type=int, default=15_000)
    asked = parser.parse_args()
    app = QApplication([])
    Collector(app)  # as in use: garbage is collected on the window's thread
    sys.setswitchinterval(TURN)  # so too
    theme().apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.files, asked.secrets)
    missed = 0
    for run, values in figures.items():
        for name, value in values.items():
            limit = LIMITS.get(name)
            missed += limit is not None and value > limit
            print(f"{run:13} {name:20} {value:10.1f}" + (f"   <= {limit:g}" if limit else ""))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

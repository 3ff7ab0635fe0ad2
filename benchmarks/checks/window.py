"""Whether the window freezes while the checks page looks at a hundred hosts, and how long Stop takes there.

    python -m benchmarks.checks.window [--json FILE] [--hosts N]

Limits: no gap between two turns of the window's loop over 50 ms, Stop done within 100 ms. Each gap is given twice: as
waited by a person, and as processor time of the window's own thread, which other work on the machine does not stretch.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.checks.run import helper
from benchmarks.opened import workspace
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.gui.application import TURN
from wizard.gui.collector import Collector
from wizard.gui.context import Place
from wizard.gui.pages.checks import ChecksPage
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.session.deeds import answers, looking
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences

LIMITS = {"longest_gap_ms": 50.0, "stop_ms": 100.0}


@dataclass
class Pulse:
    """The gaps between two turns of the window's loop."""

    longest_gap_ms: float = 0.0
    longest_work_ms: float = 0.0
    over_50_ms: int = 0
    turns: int = 0
    _last: tuple[float, float] | None = field(default=None, repr=False)

    def beat(self) -> None:
        """One turn."""
        now = (time.perf_counter(), time.thread_time())
        if self._last is not None:
            gap, work = ((b - a) * 1000 for a, b in zip(self._last, now, strict=True))
            self.longest_gap_ms, self.longest_work_ms = max(self.longest_gap_ms, gap), max(self.longest_work_ms, work)
            self.over_50_ms += gap > 50
            self.turns += 1
        self._last = now


def wait_until(done: Callable[[], bool], seconds: float = 120) -> None:
    """Let the window live until something is so, asleep between its events as in use: a loop that spins takes the
    time that the work beside it needs."""
    loop, end = QEventLoop(), time.monotonic() + seconds
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > end else None)
    timer.start()
    if not done():
        loop.exec()
    timer.stop()
    if not done():
        raise TimeoutError("it never happened")


def scope_of(hosts: int, port: int) -> tuple[Row, ...]:
    """That many names of this computer."""
    return tuple(
        Row((("host", f"h{i}.test.localhost:{port}"), ("public", "no"), ("private_network", "yes")))
        for i in range(hosts)
    )


def start(page: ChecksPage, hosts: int, authority: Path) -> None:
    """Look at everything, as the button does; names of this computer are not resolved by every system."""
    names = tuple((f"h{i}.test.localhost", ("127.0.0.1",)) for i in range(hosts))
    page._look((), (), looking.LookOptions(ca_file=authority, resolve=names))


def all_looked(session: Session) -> bool:
    """True when every host of the scope has a result."""
    return {h.subject for h in session.assessment.scope.hosts} <= {s for _c, s in session.assessment.observations}


def measure(folder: Path, hosts: int) -> dict[str, Any]:
    """One whole run beside a beating window, then one that is stopped."""
    preferences = Preferences(Home.below(folder / "home"))
    session = workspace(folder, preferences)
    shell = Shell(preferences)
    shell.resize(1280, 720)
    shell.show()
    shell.open_session((session, Place("checks")))
    wait_until(lambda: session.verification is not None and not shell.context.work.running)
    with helper("serving") as server, helper("serving", "--silent") as silent:
        answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, scope_of(hosts, server.port))).result()
        looking.confirm_scope(session, "Dana").result()
        page = shell.page
        assert isinstance(page, ChecksPage)
        wait_until(lambda: not page.all_button.isHidden() or not page.left_button.isHidden())
        pulse, timer = Pulse(), QTimer(interval=2)
        timer.timeout.connect(pulse.beat)
        timer.start()
        began = time.perf_counter()
        start(page, hosts, server.root)
        wait_until(lambda: page._job is None)
        run_ms = (time.perf_counter() - began) * 1000
        timer.stop()
        assert all_looked(session)
        answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, scope_of(hosts, silent.port))).result()
        looking.confirm_scope(session, "Dana").result()
        start(page, hosts, silent.root)
        until = time.monotonic() + 2
        wait_until(lambda: time.monotonic() > until)
        began = time.perf_counter()
        page.stop_button.click()
        wait_until(lambda: page._job is None)
        stop_ms = (time.perf_counter() - began) * 1000
    shell.context.work.stop()
    wait_until(lambda: not shell.context.work.running)
    shell.close()
    session.close()
    said = {key: value for key, value in asdict(pulse).items() if not key.startswith("_")}
    return {"hosts": hosts, "run_ms": run_ms, **said, "stop_ms": stop_ms}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--hosts", type=int, default=100)
    asked = parser.parse_args()
    app = QApplication([])
    Collector(app)  # as in use: garbage is collected on the window's thread
    sys.setswitchinterval(TURN)  # so too
    theme().apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.hosts)
    for name, value in figures.items():
        limit = LIMITS.get(name)
        print(f"{name:20} {value:10.1f}" + (f"   <= {limit:g}" if limit else ""))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))
    return int(any(figures[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())

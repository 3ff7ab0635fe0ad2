"""A page that goes while its work still runs: nobody hears of it, what it made is let go, and nothing is a fault."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from wizard.gui.context import Place
from wizard.gui.pages import errand
from wizard.gui.shell import Shell


@pytest.mark.parametrize("works", [True, False])
def test_work_that_ends_after_its_page(shell: Shell, qtbot: QtBot, works: bool) -> None:
    shell.go(Place("welcome"))
    page, go_on = shell.page, threading.Event()
    heard: list[Any] = []
    let_go: list[Any] = []

    def work() -> str:
        go_on.wait(30)
        if not works:
            raise OSError("it did not work")
        return "what was made"

    job = errand.run(page, "Working", work, heard.append, failed=heard.append, let_go=let_go.append)
    page.deleteLater()
    qtbot.waitUntil(lambda: not isValid(page))
    go_on.set()
    qtbot.waitUntil(job.result.done)
    qtbot.waitUntil(lambda: not shell.context.work.running)
    assert heard == []
    assert let_go == (["what was made"] if works else [])

"""News from other threads arrive on the window's thread, in order, and none after it is closed."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.domain.mistakes import Mistake
from wizard.gui.context import Work, sentence_of
from wizard.gui.mailbox import Mailbox
from wizard.jobs.runner import Hear, Job, Progress, Runner


def test_calls_run_on_the_windows_thread_in_order(app: QApplication, qtbot: QtBot) -> None:
    box, heard, threads = Mailbox(), [], set()

    def hear(number: int) -> None:
        heard.append(number)
        threads.add(QThread.currentThread())

    carried = box.carry(hear)
    worker = threading.Thread(target=lambda: [carried(n) for n in range(500)])
    worker.start()
    worker.join()
    assert heard == [], "never on the other thread"
    qtbot.waitUntil(lambda: len(heard) == 500)
    assert heard == list(range(500))
    assert threads == {app.thread()}


def test_what_was_recorded_or_went_wrong_is_told(app: QApplication, qtbot: QtBot) -> None:
    box, good, bad = Mailbox(), Future(), Future()
    told: list[object] = []
    box.when_done(good, told.append, told.append)
    box.when_done(bad, told.append, told.append)
    good.set_result("saved")
    bad.set_exception(Mistake("The disk is full. Nothing was saved. Make room, then try again."))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[0] == "saved"
    assert sentence_of(told[1]).startswith("The disk is full.")


def test_a_closed_box_carries_nothing(app: QApplication, qtbot: QtBot) -> None:
    box, heard = Mailbox(), []
    box.post(lambda: heard.append("before"))
    box.close()
    box.post(lambda: heard.append("after"))
    done: list[bool] = []
    other = Mailbox()
    other.post(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert heard == []


def test_a_fault_of_ours_is_said_without_its_details() -> None:
    assert "secret" not in sentence_of(RuntimeError("secret value 1234"))


def test_a_job_that_ends_at_once_runs_until_its_end_was_heard_of(app: QApplication, qtbot: QtBot) -> None:
    box, runner, told = Mailbox(), Runner(), list[object]()
    work = Work(box)

    async def short(_progress: Progress) -> str:
        return "done"

    def begin(hear: Hear) -> Job[str]:
        job = runner.start(short, "A moment", hear)
        job.result.result(20)  # over before this thread got its turn
        return job

    work.start(begin, then=told.append, failed=told.append)
    assert [running.title for running in work.running] == ["A moment"]
    qtbot.waitUntil(lambda: not work.running)
    assert told == ["done"]
    runner.close()


def test_a_running_job_is_shown_and_stops_now(app: QApplication, qtbot: QtBot) -> None:
    import anyio

    box, runner = Mailbox(), Runner()
    work = Work(box)
    events: list[object] = []

    async def long(progress: Progress) -> None:
        progress(1, 4, "first host")
        await anyio.sleep(60)

    work.start(
        lambda hear: runner.start(long, "Looking at 4 hosts", hear),
        then=events.append,
        failed=events.append,
        each=lambda event: events.append(type(event).__name__),
    )
    qtbot.waitUntil(lambda: bool(work.running) and work.running[0].done == 1)
    assert (work.running[0].title, work.running[0].total, work.running[0].text) == (
        "Looking at 4 hosts",
        4,
        "first host",
    )
    work.stop()
    qtbot.waitUntil(lambda: not work.running)
    assert events[-1] == "Cancelled"
    runner.close()

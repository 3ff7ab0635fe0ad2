"""The job thread: results, failures, progress, a Stop that stops now, and an end that ends."""

import asyncio
import gc
import threading
import weakref
from concurrent.futures import CancelledError

import pytest

from wizard.jobs.events import Cancelled, Failed, Finished, Progressed, Started
from wizard.jobs.runner import Runner


@pytest.fixture
def runner():
    others = set(threading.enumerate())  # of tests before, in the same process
    made = Runner()
    yield made
    made.close()
    assert not any(t.name == "attestry jobs" for t in set(threading.enumerate()) - others)


def test_work_reports_progress_and_ends_with_its_value(runner):
    heard = []

    async def work(progress):
        progress(1, 2, "half", partial="a")
        await asyncio.sleep(0)
        return 42

    job = runner.start(work, "Counting", heard.append)
    assert job.result.result(30) == 42
    runner.close()
    assert heard == [
        Started(job.id, "Counting"),
        Progressed(job.id, 1, 2, "half", "a"),
        Finished(job.id, 42),
    ]


def test_what_a_job_made_goes_with_the_job(runner):
    """Its value may be a list of many thousands of rows: held in a cycle it stays until all garbage is collected."""

    class Made:
        pass

    async def work(progress):
        return Made()

    gc.disable()
    try:
        job = runner.start(work, "Making")
        made = weakref.ref(job.result.result(30))
        del job
        runner.close()  # its thread lets go of it too
        assert made() is None
    finally:
        gc.enable()


def test_a_failure_reaches_the_one_who_started_it(runner):
    heard = []

    async def work(progress):
        raise ValueError("no")

    job = runner.start(work, "Failing", heard.append)
    with pytest.raises(ValueError, match="no"):
        job.result.result(30)
    runner.close()
    assert isinstance(heard[-1], Failed)


def test_stop_stops_a_hanging_job_at_once(runner):
    heard, begun = [], threading.Event()

    async def work(progress):
        begun.set()
        await asyncio.sleep(3600)

    job = runner.start(work, "Hanging", heard.append)
    assert begun.wait(30)
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(30)  # of an hour
    runner.close()
    assert heard[-1] == Cancelled(job.id)
    assert not runner.busy


def test_a_job_stopped_before_it_began_never_runs(runner):
    ran = threading.Event()
    gate = threading.Event()

    async def blocker(progress):
        gate.wait(30)

    async def work(progress):
        ran.set()

    runner.start(blocker, "Blocking")
    job = runner.start(work, "Late")
    job.cancel()
    gate.set()
    with pytest.raises(CancelledError):
        job.result.result(30)
    assert not ran.is_set()


def test_closing_stops_what_runs(runner):
    async def work(progress):
        await asyncio.sleep(3600)

    job = runner.start(work, "Hanging")
    runner.close()
    assert job.result.cancelled()


def test_cancelling_the_future_stops_the_work_and_is_said_once(runner):
    heard, begun, ended = [], threading.Event(), threading.Event()

    async def work(progress):
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    job = runner.start(work, "Unwanted", heard.append)
    assert begun.wait(30)
    assert job.result.cancel()
    assert ended.wait(30)
    runner.close()
    assert [event for event in heard if isinstance(event, Cancelled)] == [Cancelled(job.id)]
    assert not runner.busy


def test_work_that_ends_although_nobody_wants_it_any_more_harms_nobody(runner):
    heard, begun = [], threading.Event()

    async def work(progress):
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return "too late"

    job = runner.start(work, "Stubborn", heard.append)
    assert begun.wait(30)
    job.result.cancel()
    runner.close()
    assert heard[-1] == Cancelled(job.id)

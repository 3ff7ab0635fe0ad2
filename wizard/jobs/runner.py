"""Runs slow work on its own thread, with progress and a Stop that stops now.

One thread with one asyncio loop. Blocking work goes through `asyncio.to_thread` in chunks, so that it can report and
stop. Events are posted on the job thread; the window hears them through its mailbox.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from typing import Generic, Protocol, TypeVar

from wizard.jobs.events import Cancelled, Failed, Finished, JobEvent, Progressed, Started

T = TypeVar("T")

#: How long a Stop waits for work on another thread to notice it.
_LET_GO_SECONDS = 2.0


class Progress(Protocol):
    """How work says how far it is; may be called from any thread."""

    def __call__(self, done: int, total: int, text: str, partial: object = None) -> None:
        """`done` of `total` (0: unknown), a sentence, and a partial result if there is one."""
        ...


Work = Callable[[Progress], Awaitable[T]]
Hear = Callable[[JobEvent], None]


class Job(Generic[T]):
    """One piece of slow work. `result` is done when the work ended, failed or was stopped."""

    def __init__(self, id: int, title: str, runner: Runner) -> None:
        self.id = id
        self.title = title
        self.result: Future[T] = Future()
        # whoever waits for it may cancel the future; then nobody wants the work any more
        weak = weakref.ref(self)  # else the two hold one another, and a value of many thousands of rows with them

        def ended(result: Future[T]) -> None:
            if result.cancelled() and (job := weak()) is not None:
                job.cancel()

        self.result.add_done_callback(ended)
        self._runner = runner
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def cancel(self) -> None:
        """Stop now; harmless when the job has ended."""
        self._stopped = True
        self._runner.call_soon(self._cancel_task)

    @property
    def running(self) -> bool:
        """True until the work ended, failed or was stopped."""
        return not self.result.done()

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()


class Runner:
    """The one job thread. It starts with the first job and ends with `close`."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._jobs: dict[int, Job[object]] = {}

    def start(self, work: Work[T], title: str, hear: Hear = lambda event: None) -> Job[T]:
        """Begin `work` and return at once. `hear` gets every event of this job, on the job thread."""
        job: Job[T] = Job(next(self._ids), title, self)
        loop = self._running_loop()
        self._jobs[job.id] = job  # type: ignore[assignment]

        def begin() -> None:
            job._task = loop.create_task(self._run(job, work, hear), name=title)
            job._task.add_done_callback(lambda task: self._stopped_short(job, hear))
            if job._stopped:
                job._task.cancel()

        loop.call_soon_threadsafe(begin)
        return job

    @property
    def busy(self) -> tuple[Job[object], ...]:
        """The jobs that have not ended."""
        return tuple(self._jobs.values())

    def call_soon(self, call: Callable[[], None]) -> None:
        """Run `call` on the job thread, if it is there."""
        with self._lock:
            if self._loop is not None and self._loop.is_running():
                self._loop.call_soon_threadsafe(call)

    def close(self, wait_seconds: float = 5.0) -> None:
        """Stop every job and end the thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        for job in self.busy:
            job._stopped = True
            loop.call_soon_threadsafe(job._cancel_task)
        loop.call_soon_threadsafe(lambda: loop.create_task(_stop_when_idle(loop)))
        thread.join(wait_seconds)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                ready = threading.Event()

                def live() -> None:
                    asyncio.set_event_loop(loop)
                    loop.call_soon(ready.set)
                    loop.run_forever()
                    loop.run_until_complete(loop.shutdown_asyncgens())
                    loop.close()

                self._loop = loop
                self._thread = threading.Thread(target=live, name="attestry jobs", daemon=True)
                self._thread.start()
                ready.wait()
            return self._loop

    async def _run(self, job: Job[T], work: Work[T], hear: Hear) -> None:
        def progress(done: int, total: int, text: str, partial: object = None) -> None:
            if job.running:
                hear(Progressed(job.id, done, total, text, partial))

        event: JobEvent
        if job._stopped:  # stopped after its task was made and before its first step
            self._stopped_short(job, hear)
            return
        try:
            hear(Started(job.id, job.title))
            value = await work(progress)
        except asyncio.CancelledError:
            self._stopped_short(job, hear)
            return
        except Exception as error:  # every fault of the work reaches the person who started it
            event = Failed(job.id, error)
            if job.running:
                job.result.set_exception(error)
        else:
            event = Finished(job.id, value) if job.running else Cancelled(job.id)
            if job.running:
                job.result.set_result(value)
        self._jobs.pop(job.id, None)
        hear(event)

    def _stopped_short(self, job: Job[T], hear: Hear) -> None:
        """Say that a job was stopped: its work was cut short, or cancelled before its first step."""
        if self._jobs.pop(job.id, None) is None:
            return  # it ended, and said so
        if job.result.cancel():
            job.result.set_running_or_notify_cancel()
        hear(Cancelled(job.id))


async def blocking(work: Callable[[], T], stopped: threading.Event) -> T:
    """Do blocking work on another thread. A Stop sets `stopped`, and waits a moment for the work to let go.

    Without that moment it would still hold files of an assessment that is being closed.
    """
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        stopped.set()
        doing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait((doing,), timeout=_LET_GO_SECONDS)
        raise


async def _stop_when_idle(loop: asyncio.AbstractEventLoop) -> None:
    others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    if others:
        await asyncio.wait(others, timeout=4)
    loop.stop()


__all__ = ["CancelledError", "Hear", "Job", "Progress", "Runner", "Work", "blocking"]

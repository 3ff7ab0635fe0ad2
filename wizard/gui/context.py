"""What every page is handed: the open assessment, the preferences, the mailbox, and the work that is running."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.mailbox import Mailbox
from wizard.jobs.events import Cancelled, Failed, Finished, JobEvent, Progressed, Started

if TYPE_CHECKING:
    from wizard.jobs.runner import Hear, Job
    from wizard.session.deeds.looking import LookOptions
    from wizard.session.session import Session
    from wizard.session.settings import Preferences

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one can be: a page, what it shows (a section's id, a check, …) and the requirement in focus."""

    page: str
    item: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A job that is running, and how far it is (a total of 0: nobody knows); `whole` when it is not to be stopped."""

    job: int
    title: str
    done: int = 0
    total: int = 0
    text: str = ""
    whole: bool = False


class Work(QObject):
    """The jobs that this window began. `changed` whenever one begins, gets on or ends; newest last in `running`."""

    changed = Signal()

    def __init__(self, mailbox: Mailbox):
        super().__init__()
        self._mailbox = mailbox
        self._jobs: dict[int, Job[Any]] = {}
        self.running: tuple[Running, ...] = ()

    def start(
        self,
        begin: Callable[[Hear], Job[Any]],
        *,
        then: Callable[[Any], object],
        failed: Callable[[Exception], object],
        each: Callable[[JobEvent], object] | None = None,
        stopped: Callable[[], object] = lambda: None,
        whole: bool = False,
    ) -> Job[Any]:
        """Begin a job: `begin` gets the function that the job reports to. All of these are called on this thread.

        `each` hears every event; a job that was stopped calls `stopped`, and neither `then` nor `failed`. One that is
        `whole` gets no Stop: it is a matter of a moment, and half of it would help nobody.
        """

        def hear(event: JobEvent) -> None:
            self._hear(event)
            if each is not None:
                each(event)
            if isinstance(event, Finished):
                then(event.value)
            elif isinstance(event, Failed):
                failed(event.error)
            elif isinstance(event, Cancelled):
                stopped()

        job = begin(self._mailbox.carry(hear))
        # also one that has ended already: it runs until its end was heard of
        self._jobs[job.id] = job
        self.running = (*self.running, Running(job.id, job.title, whole=whole))
        self.changed.emit()
        return job

    def stop(self, job: int | None = None) -> None:
        """Stop one job, or all of them, now."""
        for id, running in tuple(self._jobs.items()):
            if job in (None, id):
                running.cancel()

    def stop_by_hand(self) -> None:
        """The person pressed Stop: everything that may be stopped is."""
        for running in self.running:
            if not running.whole:
                self.stop(running.job)

    def _hear(self, event: JobEvent) -> None:
        match event:
            case Started(job, title):
                self._put(replace(self._known(job), title=title))
            case Progressed(job, done, total, text):
                self._put(replace(self._known(job), done=done, total=total, text=text))
            case Finished() | Failed() | Cancelled():
                self._jobs.pop(event.job, None)
                self.running = tuple(r for r in self.running if r.job != event.job)
        self.changed.emit()

    def _known(self, job: int) -> Running:
        return next((r for r in self.running if r.job == job), Running(job, ""))

    def _put(self, running: Running) -> None:
        others = tuple(r for r in self.running if r.job != running.job)
        at = next((n for n, r in enumerate(self.running) if r.job == running.job), len(others))
        self.running = (*others[:at], running, *others[at:])


class Context:
    """Handed to every page. `session` is None until an assessment is open; pages are made again when that changes."""

    def __init__(
        self, mailbox: Mailbox, preferences: Preferences | None = None, session: Session | None = None
    ) -> None:
        self.mailbox = mailbox
        self.preferences = preferences
        self.session = session
        self.work = Work(mailbox)
        #: says what went wrong in the page that is shown; the window puts its own here
        self.say_mistake: Callable[[BaseException], object] = sentence_of

    @property
    def open(self) -> Session:
        """The open assessment, for pages that are only shown when there is one."""
        if self.session is None:
            raise RuntimeError("no assessment is open")
        return self.session

    def look_options(self) -> LookOptions:
        """How looks are done on this computer: at which pace, and which authority is trusted beside the public ones."""
        from wizard.session.deeds.looking import LookOptions

        settings = self.preferences.settings if self.preferences is not None else None
        if settings is None:
            return LookOptions()
        return LookOptions(
            careful=settings.careful,
            patience=settings.patience,
            ca_file=Path(settings.authority) if settings.authority else None,
        )

    def now(self) -> datetime:
        """Now, UTC: the session's clock where there is one."""
        return self.session.clock() if self.session is not None else datetime.now(UTC)


def sentence_of(error: BaseException) -> str:
    """What to tell a person about something that went wrong. Faults of ours are logged, never shown as such."""
    if isinstance(error, Mistake):
        return error.sentence
    log.error("unexpected", exc_info=error)
    return _(
        "Something inside Attestry went wrong ({kind}). Everything said to be saved is safe. "
        "Try again; About shows the details that help to find the cause."
    ).format(kind=type(error).__name__)

"""The one job of a part of a page: its strip, its Stop, and what is said when it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wizard.domain.mistakes import Mistake
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.jobs.events import Cancelled, Failed, Finished, JobEvent, Progressed
from wizard.jobs.runner import Hear, Job


class OneJob:
    """Runs one job at a time for `page`. `draw` is called when it begins and ends; `heard` gets each progress.

    `doing` stands in the strip before how far it is.
    """

    def __init__(
        self,
        page: Page,
        strip: ProgressStrip,
        doing: str,
        stopped: str,
        draw: Callable[[], object],
        heard: Callable[[Progressed], object] = lambda news: None,
    ):
        self._page, self._strip, self._doing, self._stopped = page, strip, doing, stopped
        self._draw, self._heard = draw, heard
        self._job: Job[Any] | None = None

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._job is not None

    def begin(self, begin: Callable[[Hear], Job[Any]], then: Callable[[Any], object]) -> bool:
        """Begin, unless one runs already; false when it did not begin, and why was said."""
        if self._job is not None:
            return False
        try:
            self._job = self._page.start(begin, then, failed=self._page.say_mistake, each=self._each)
        except Mistake as mistake:
            self._page.say_mistake(mistake)
            return False
        self._draw()
        return True

    def stop(self) -> None:
        """Stop now."""
        if self._job is not None:
            self._job.cancel()

    def _each(self, event: JobEvent) -> None:
        match event:
            case Progressed(_job, done, total, text):
                self._strip.show_progress(self._doing, done, total, text, stoppable=False)  # the page has its own
                self._heard(event)
            case Cancelled() | Finished() | Failed():
                self._job = None
                self._strip.finish()
                self._draw()
                if isinstance(event, Cancelled):
                    self._page.message_bar.say(self._stopped)

"""Slow things that a page does before an assessment is open: on the job thread, shown in the foot, never in its way."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context

if TYPE_CHECKING:
    import asyncio

    from wizard.gui.widgets.page import Page
    from wizard.jobs.runner import Job, Progress, Runner
    from wizard.session.settings import Preferences

T = TypeVar("T")
#: Workspaces that were open in this run: the keyring does not open them again by itself after a lock.
opened_here: set[Path] = set()
#: Workspaces whose recovery key was typed back before they were opened: it is noted in them when they are.
typed_back: set[Path] = set()
#: By workspace, what its first page says once it is open: what was done to it before.
said_before: dict[Path, str] = {}


class Stopped(Mistake):
    """The person pressed Stop."""

    def __init__(self) -> None:
        super().__init__(
            _("It was stopped. What could not be cut short may still come to its end: look before you begin again.")
        )


@cache
def lone_runner() -> Runner:
    """The job thread of windows that have no assessment open."""
    from wizard.jobs.runner import Runner

    return Runner()


def runner_of(context: Context) -> Runner:
    """The job thread to use now."""
    return context.session.runner if context.session is not None else lone_runner()


def preferences_of(context: Context) -> Preferences:
    """The person's preferences; those of this system's home where the window was handed none."""
    if context.preferences is None:
        from wizard.session.settings import Home, Preferences

        context.preferences = Preferences(Home.default())
    return context.preferences


def run(
    page: Page,
    title: str,
    work: Callable[[], T],
    then: Callable[[T], object],
    *,
    failed: Callable[[Exception], object] | None = None,
    let_go: Callable[[T], object] | None = None,
    whole: bool = False,
) -> Job[T]:
    """Do blocking `work` on another thread; `then` and `failed` are called on the window's.

    Work that cannot be cut short ends by itself after a Stop; `let_go` then takes what it made, and `failed` hears
    that it was stopped. What changes a key is `whole`: it gets no Stop, because half of it is no help.
    """

    async def all_of_it(progress: Progress) -> T:
        import asyncio

        progress(0, 0, "")
        doing = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            doing.add_done_callback(lambda done: _leave(done, let_go))
            raise

    runner, session = runner_of(page.context), page.context.session

    def still_wanted(value: T) -> None:
        if page.context.session is session:
            then(value)
        elif let_go is not None:  # the assessment that this was for was closed meanwhile
            let_go(value)

    return page.start(
        lambda hear: runner.start(all_of_it, title, hear),
        still_wanted,
        failed=failed,
        stopped=lambda: (failed or page.say_mistake)(Stopped()),
        let_go=let_go,
        whole=whole,
    )


def _leave(done: asyncio.Future[T], let_go: Callable[[T], object] | None) -> None:
    if not done.cancelled() and done.exception() is None and let_go is not None:
        let_go(done.result())

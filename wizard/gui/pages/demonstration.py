"""Runs the demonstration for the welcome page: the whole job against a small imperfect service on this computer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.pages import errand
from wizard.gui.widgets.page import Page

if TYPE_CHECKING:
    from wizard.jobs.runner import Job, Progress
    from wizard.session.session import Session

#: How many sentences a walk says; only for the bar.
_STEPS = 7


@dataclass(frozen=True, slots=True)
class Shown:
    """A demonstration that has run: its workspace, its throw-away passphrase, and what was made."""

    workspace: Path
    passphrase: str
    sentence: str


def begin(
    page: Page,
    then: Callable[[Shown], object],
    failed: Callable[[Exception], object],
    stopped: Callable[[], object],
) -> Job[Shown]:
    """Walk through everything, with progress in the foot; what it leaves lies in the documents folder."""
    preferences = errand.preferences_of(page.context)
    out = preferences.home.documents / "Attestry"

    async def walk(progress: Progress) -> Shown:
        import asyncio

        from wizard.demo import walk

        said = 0

        def say(sentence: str) -> None:
            nonlocal said
            said += 1
            progress(min(said, _STEPS), _STEPS + 1, sentence)

        walked = await asyncio.to_thread(walk.walk, out, preferences, say)
        signed = walked.signed
        sentence = _("{name} ({size}) was signed and verified. It lies beside the workspace in {folder}.").format(
            name=signed.path.name, size=words.size(signed.size), folder=signed.path.parent
        )
        return Shown(walked.workspace, walk.PASSPHRASE, sentence)

    runner = errand.runner_of(page.context)

    return page.start(lambda hear: runner.start(walk, _("Demonstration"), hear), then, failed=failed, stopped=stopped)


def open_(page: Page, shown: Shown, then: Callable[[Session], object]) -> None:
    """Open the workspace that a demonstration left, with its own passphrase."""
    preferences = errand.preferences_of(page.context)

    def work() -> Session:
        from wizard.session import opening
        from wizard.vault.unlocking import WithPassphrase

        return opening.open_(shown.workspace, WithPassphrase(shown.passphrase), preferences)

    errand.run(page, _("Opening the demonstration"), work, then, let_go=lambda session: session.close())

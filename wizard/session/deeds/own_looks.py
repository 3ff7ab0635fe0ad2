"""Looks that a person asks for one by one: Apollo's health call with their own credential, and this computer's disk."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from wizard.checks import apollo_health, disk_encryption
from wizard.checks.looks.apollo_health import HOST
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.domain.observation import Observation, Result
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds.looking import ANSWERS
from wizard.session.session import Session

#: The checks that look only when they are asked to.
ON_REQUEST = (apollo_health.CHECK, disk_encryption.CHECK)


def ask_apollo(
    session: Session, credential: str, hear: Hear = lambda event: None, *, bearer: bool = False
) -> Job[Result]:
    """One request to Apollo's health address with the person's credential, which is kept nowhere."""
    return _start(session, _("Asking Apollo"), lambda: apollo_health.ask(credential, bearer=bearer), hear, (HOST,))


def look_at_disk(session: Session, hear: Hear = lambda event: None) -> Job[Result]:
    """Ask this computer whether its disks are encrypted."""
    now = session.clock()
    return _start(session, _("Looking at this computer"), lambda: disk_encryption.look_at_this_computer(now), hear, ())


def seen(session: Session, check: str) -> Observation | None:
    """What one of them saw last."""
    return session.assessment.observations.get((check, ""))


def _start(
    session: Session, title: str, looking: Callable[[], Awaitable[Result]], hear: Hear, targets: tuple[str, ...]
) -> Job[Result]:
    async def work(progress: Progress) -> Result:
        progress(0, 1, title)
        result = await looking()
        looked = e.Looked(run=secrets.token_hex(8), host=ANSWERS, results=(result,), targets=targets)
        await asyncio.wrap_future(session.record(looked))
        return result

    return session.runner.start(work, title, hear)

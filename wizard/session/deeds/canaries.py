"""Sends a false credential to a host, and looks for it in the log that the person hands in afterwards."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

import wizard
from wizard.checks.base import CouldNotLook
from wizard.checks.looks import canary as canary_look
from wizard.checks.looks.canary import new_canary
from wizard.checks.looks.ground import LookSettings
from wizard.checks.politeness import Limits
from wizard.checks.troubles import next_step, sentence
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import Host
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session import endpoints
from wizard.session.changes import Change
from wizard.session.deeds.looking import LookOptions, ScopeNotConfirmed
from wizard.session.session import Session


class CanaryNotSent(Mistake):
    """The false credential did not reach the host."""


def last_sent(session: Session, subject: str) -> tuple[e.CanarySent, datetime] | None:
    """The newest canary of a host and when it was sent."""
    noted = session.assessment.canaries.get(subject)
    return (noted.payload, noted.at) if noted and isinstance(noted.payload, e.CanarySent) else None


def send(
    session: Session, host: Host, hear: Hear = lambda event: None, options: LookOptions | None = None
) -> Job[Change]:
    """Send a new canary to a host of the confirmed scope. Raises `ScopeNotConfirmed` before anything is contacted."""
    if not session.assessment.scope.confirmed or host not in session.assessment.scope.hosts:
        raise ScopeNotConfirmed(
            _("Nothing was contacted: the list of hosts has changed since it was agreed to. Agree to it, then look.")
        )
    chosen = options or LookOptions()

    async def work(progress: Progress) -> Change:
        run, canary = secrets.token_hex(8), new_canary()
        progress(0, 1, host.subject)
        listed = await endpoints.of_hosts(session)
        settings = LookSettings(
            run_id=run,
            app_version=wizard.__version__,
            endpoints=listed.endpoints,
            canaries={host.subject: canary},
            ca_file=chosen.ca_file,
            resolve=dict(chosen.resolve),
            careful=chosen.careful,
            limits=Limits().times(chosen.patience),
            declared=session.assessment.scope.hosts,
        )
        try:
            sent = await canary_look.send(host, settings)
        except CouldNotLook as could_not:
            said = f"{sentence(could_not.trouble)} {next_step(could_not.trouble)}"
            raise CanaryNotSent(f"{host.subject}: {said}") from could_not
        requests = tuple(e.CanaryRequest(each.probe, each.path, each.status) for each in sent.sent)
        return await asyncio.wrap_future(session.record(e.CanarySent(run, host.subject, canary, requests)))

    return session.runner.start(work, _("Sending a canary to {host}").format(host=host.subject), hear)

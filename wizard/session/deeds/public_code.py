"""Looks for secrets in what the hosts of the confirmed scope give to every browser: pages, scripts, source maps."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path

import wizard
from wizard.checks import public_secrets
from wizard.checks.code.leak import Leak
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Result
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session import looking_apart
from wizard.session.deeds import looking, scanning
from wizard.session.deeds.looking import LookOptions, NothingToLook, ScopeNotConfirmed
from wizard.session.found_secrets import settled
from wizard.session.session import ReadOnly, Session


def look(session: Session, data: Path, hear: Hear = lambda event: None, options: LookOptions | None = None) -> Job[int]:
    """Look at the public code of every host of the confirmed scope, and record what stands there; how many hosts.

    Raises `ReadOnly`, `ScopeNotConfirmed` or `NothingToLook` before anything is contacted.
    """
    if session.read_only:
        raise ReadOnly(session.workspace.read_only_because or _("This assessment is open for reading only."))
    scope, wanted = session.assessment.scope, options or LookOptions()
    if not scope.hosts:
        raise NothingToLook(_("No host is in the scope, so nothing was contacted. List one first."))
    if not scope.confirmed:
        raise ScopeNotConfirmed(
            _("Nothing was contacted: the list of hosts has changed since it was agreed to. Agree to it, then look.")
        )
    hosts = scope.hosts
    title = ngettext("Looking at the public code of {n} host", "Looking at the public code of {n} hosts", len(hosts))

    async def work(progress: Progress) -> int:
        from wizard.checks import plan
        from wizard.checks.code.in_public import Searching

        run = secrets.token_hex(8)
        progress(0, len(hosts), _("Preparing the rules; the first time takes some seconds"))
        await asyncio.to_thread(scanning.engine, data)  # the child finds them compiled: it writes no file
        key = await asyncio.to_thread(scanning.key, session)
        settings = plan.LookSettings(
            run_id=run,
            app_version=wizard.__version__,
            ca_file=wanted.ca_file,
            resolve=dict(wanted.resolve),
            careful=wanted.careful,
            limits=plan.Limits().times(wanted.patience),
            declared=hosts,
        )
        agreed = tuple(host.subject for host in hosts)
        waiting: list[plan.HostLook] = []
        recording: list[asyncio.Future[None]] = []
        writing = asyncio.Lock()
        done = 0

        async def keep() -> None:
            async with writing:  # takes along what other hosts showed meanwhile
                together = tuple(waiting[: looking.TOGETHER])
                del waiting[: looking.TOGETHER]
                if together:
                    change = await looking.record(session, run, together, agreed)
                    progress(done, len(hosts), together[-1].host.subject, change)

        def report(news: plan.Partial) -> None:
            nonlocal done
            done = news.done
            progress(news.done, news.total, news.host.subject)
            for seen in news.looks:
                waiting.append(replace(seen, results=tuple(_with_decisions(session, each) for each in seen.results)))
                recording.append(asyncio.ensure_future(keep()))

        searching = Searching(str(data / scanning.RULES_FOLDER), key.hex(), session.clock())
        try:
            await looking_apart.look(hosts, [public_secrets.CHECK], settings, {}, report, searching)
        finally:
            if recording:  # what was seen before a Stop is kept
                await asyncio.shield(asyncio.gather(*recording))
        return len(recording)

    return session.runner.start(work, title.format(n=len(hosts)), hear)


def leaks(session: Session, host: str) -> tuple[Leak, ...]:
    """What stands in the public code of a host, as it was seen last."""
    observation = session.assessment.observations.get((public_secrets.CHECK.id, host))
    reading = public_secrets.reading_of(observation.result.facts) if observation else None
    return reading.leaks if reading else ()


def _with_decisions(session: Session, result: Result) -> Result:
    reading = public_secrets.reading_of(result.facts)
    if reading is None:
        return result
    judged = public_secrets.judge_with(reading, settled(session.assessment, session.clock().date()))
    return replace(
        result,
        verdict=judged.verdict,
        summary=judged.summary,
        proof=judged.proof,
        next_step=judged.next_step,
        fix=judged.fix,
    )

"""Looks for secrets in what the hosts of the confirmed scope give to every browser: pages, scripts, source maps."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import wizard
from wizard.checks import public_secrets
from wizard.checks.code import wording
from wizard.checks.code.leak import Leak, Masker, Where
from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Result
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import scanning
from wizard.session.deeds.looking import LookOptions, NothingToLook, ScopeNotConfirmed
from wizard.session.found_secrets import settled
from wizard.session.session import ReadOnly, Session

if TYPE_CHECKING:
    from wizard.checks.code.engine import Kingfisher


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
        from wizard.checks.code.engine import Stop

        stop, run = Stop(), secrets.token_hex(8)
        progress(0, len(hosts), _("Preparing the rules; the first time takes some seconds"))
        engine = await asyncio.to_thread(scanning.engine, data)
        masker = Masker(await asyncio.to_thread(scanning.key, session))
        settings = plan.LookSettings(
            run_id=run,
            app_version=wizard.__version__,
            ca_file=wanted.ca_file,
            resolve=dict(wanted.resolve),
            careful=wanted.careful,
            limits=plan.Limits().times(wanted.patience),
            declared=hosts,
            search=lambda text: _search(session, engine, masker, stop, text),
        )
        try:
            found = await plan.look(
                hosts, [public_secrets.CHECK], settings, lambda news: progress(news.done, news.total, news.host.subject)
            )
        except asyncio.CancelledError:
            stop.set()
            raise
        for done, seen in enumerate(found, 1):
            sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, seen.record)
            looked = e.Looked(
                run=run,
                host=seen.host.subject,
                results=tuple(_with_decisions(session, each) for each in seen.results),
                record=sealed.digest,
                record_name=sealed.name,
                targets=tuple(host.subject for host in hosts),
            )
            change = await asyncio.wrap_future(session.record(looked))
            progress(done, len(found), seen.host.subject, change)
        return len(found)

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


def _search(
    session: Session, engine: Kingfisher, masker: Masker, stop: object, text: str
) -> tuple[tuple[Leak, ...], str]:
    """The secrets in one text, and a sentence for what of it was not searched."""
    from wizard.checks.code.coverage import Counting
    from wizard.checks.code.engine import Stop
    from wizard.checks.code.searching import Search

    assert isinstance(stop, Stop)
    counting, data = Counting(), text.encode("utf-8", "replace")
    hits = Search(engine, masker, counting, stop, None, session.clock()).data(data, "")
    leaks = tuple(
        Leak(h.rule, h.judged.tier, Where.PUBLIC, "", h.line, "", h.masked, h.fingerprint, h.judged.because)
        for h in hits
    )
    return leaks, " ".join(wording.gap(gap) for gap in counting.freeze().gaps)

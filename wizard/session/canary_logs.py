"""Looks for canaries in the logs that are filed: the requests must be in them, the credential must not."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import replace

from wizard.checks import alert_seen, log_canary, probes_seen
from wizard.checks.looks.canary import LogSample, Sent
from wizard.domain import events as e
from wizard.domain.assessment import Noted
from wizard.domain.codec import from_json
from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.domain.observation import Json, Result, Verdict
from wizard.domain.scope import Host
from wizard.session.session import Session

#: What may be a log (access.log.1, syslog, app.jsonl); other files under the same requirement are left alone.
_LOG = re.compile(r"[^.]+|.*\.log\b.*|.*\.(?:txt|json|jsonl|ndjson|csv|gz|out)", re.I | re.S)
_ALERT = re.compile(r".*\.(?:txt|json|jsonl|ndjson|csv|eml|html?|md|xml)", re.I | re.S)
#: The checks that read a log, or an alert, which was handed in; none of them looks by itself.
_OF_LOGS = (log_canary.CHECK.id, probes_seen.CHECK.id)
CHECKS = (*_OF_LOGS, alert_seen.CHECK.id)
MOST_BYTES = 64 * 1024 * 1024


def kept_unread(item: Evidence, why: str) -> str:
    """What is said of a file that is kept as evidence and that no check could read."""
    return _("{name} is kept as evidence, and nothing was read from it. {why}").format(name=item.name, why=why)


async def read_sample(session: Session, item: Evidence) -> str:
    """Look for every canary in a log or an alert that was filed where a check informs; in the limited child.

    Gives the sentence for one that could not be read, else "".
    """
    assessment = session.assessment
    owners = [owner for id in item.requirements if (owner := session.questionnaire.owner_of(id)) is not None]
    informed = {check for owner in owners for check in owner.checks}
    is_log = bool(informed & set(_OF_LOGS)) and _LOG.fullmatch(item.name) is not None
    # What is filed as a log too is no alert: that things are written down does not show that somebody is told.
    is_alert = not is_log and alert_seen.CHECK.id in informed and _ALERT.fullmatch(item.name) is not None
    if not (is_log or is_alert) or not assessment.canaries:
        return ""
    if item.sealed.size > MOST_BYTES:
        return kept_unread(item, _("It is larger than {n} MB.").format(n=MOST_BYTES // (1024 * 1024)))
    from wizard.jobs import worker_process

    asked = {subject: _asked(noted) for subject, noted in assessment.canaries.items()}
    data = await asyncio.to_thread(session.workspace.box.read, item.sealed, MOST_BYTES)
    try:
        answer = await worker_process.ask("log", {"canaries": asked, "alert": is_alert}, data)
    except (worker_process.WorkerRefused, worker_process.WorkerFailed) as refused:
        return kept_unread(item, str(refused))
    found = from_json(dict[str, LogSample], json.loads(answer.data))
    for subject, sample in found.items():
        nothing = not (sample.found or sample.canary)
        if nothing and any(each.found for each in found.values()):
            continue  # the log of another host
        host, now = _host(session, subject), session.clock()
        sample = _with_sent(sample, assessment.canaries[subject])
        results: tuple[Result, ...]
        results = (log_canary.look_at_sample(host, sample, now), probes_seen.look_at_sample(host, sample, now))
        if is_alert:
            results = (alert_seen.look_at_alert(host, sample, now),) if sample.found else ()
        if nothing:  # another log says nothing about what this host's own log showed
            results = tuple(result for result in results if not _known(session, result))
        if not results:
            continue
        looked = e.Looked(
            run=secrets.token_hex(8),
            host=subject,
            results=results,
            record=item.sealed.digest,
            record_name=item.sealed.name,
        )
        await asyncio.wrap_future(session.record(looked))
    return ""


def _known(session: Session, result: Result) -> bool:
    before = session.assessment.observations.get((result.check, result.subject))
    return before is not None and before.result.verdict is not Verdict.UNKNOWN


def _with_sent(sample: LogSample, noted: Noted) -> LogSample:
    sent = noted.payload
    assert isinstance(sent, e.CanarySent)
    requests = tuple(Sent(request.probe, request.path, request.status) for request in sent.requests)
    return replace(sample, requests=requests, sent_at=noted.at)


def _asked(noted: Noted) -> Json:
    sent = noted.payload
    assert isinstance(sent, e.CanarySent)
    return [sent.canary, [request.probe for request in sent.requests]]


def _host(session: Session, subject: str) -> Host:
    known = next((host for host in session.assessment.scope.hosts if host.subject == subject), None)
    return known or Host(subject.partition(":")[0])

"""Lets the checks look: at the hosts of the confirmed scope, and at what was answered."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import wizard
from wizard.checks import (
    access_log,
    anonymous_register,
    apollo_scopes,
    authentication,
    host_control,
    incident_mail,
    oauth_flow,
    oauth_redirect,
)
from wizard.checks.answers import DOCUMENT_CHECKS, look_at_plan
from wizard.checks.answers import look_at_answers as judge_answers
from wizard.checks.base import Check, Facts
from wizard.checks.code.base import Judgement as CodeJudgement
from wizard.checks.credentials import Field
from wizard.checks.every import CHECKS
from wizard.checks.looks.control import token_of
from wizard.checks.looks.ground import Endpoint
from wizard.checks.reports import look_at_reports
from wizard.domain import events as e
from wizard.domain.codec import from_json
from wizard.domain.evidence import Evidence
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _, ngettext
from wizard.domain.mail import is_mail_address
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Observation, Outcome, Result, Verdict
from wizard.domain.scope import Host, parse_host
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session import canary_logs, consents, endpoints, found_libraries, found_secrets, looking_apart
from wizard.session.changes import Change
from wizard.session.deeds import vulnerabilities
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.checks import plan

#: The name under which looks at the answers are recorded; no host can be called so.
ANSWERS = "answers"
#: The name under which looks at documents are recorded.
DOCUMENTS = "documents"
#: The answer whose domain is asked about; every questionnaire names it so.
INCIDENT_ADDRESS = "INC-2-address"
#: Looks of so many hosts are recorded in one transaction at most: a person who types meanwhile waits for one.
TOGETHER = 16
_DOCUMENT_LIMIT = 64 * 1024 * 1024


class ScopeNotConfirmed(Mistake):
    """Checks were asked to look before the person agreed to the list of hosts."""


class NothingToLook(Mistake):
    """No host or no check is left to look at."""


@dataclass(frozen=True, slots=True)
class LookOptions:
    """How to look: extra trust root, names resolved by hand (host, addresses), careful pace, how many times as long as
    usual an answer is waited for.

    `endpoints` and `paths` (by host subject) come on top of what was answered and filed; `data_ports` are the hosts at
    whose data ports the person agreed to knock, `active` those that active probes may be sent to once control of them
    is shown, `customers` the header fields of one or two test customers of a host. No credential is ever kept.
    """

    ca_file: Path | None = None
    resolve: tuple[tuple[str, tuple[str, ...]], ...] = ()
    careful: bool = False
    patience: float = 1.0
    endpoints: tuple[tuple[str, tuple[Endpoint, ...]], ...] = ()
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    data_ports: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    customers: tuple[tuple[str, tuple[Field, ...]], ...] = field(default=(), repr=False)

    @property
    def consented(self) -> bool:
        """True when something beyond plain looks was agreed to."""
        return bool(self.data_ports or self.active or self.customers)


@dataclass(frozen=True, slots=True)
class Looks:
    """What a run did: hosts looked at, and results by verdict."""

    run: str
    hosts: int
    verdicts: tuple[tuple[Verdict, int], ...]


def targets(session: Session) -> tuple[str, ...]:
    """Everything that a run would contact, as it is shown and agreed to."""
    return tuple(host.subject for host in session.assessment.scope.hosts)


def statement() -> str:
    """What a person agrees to before anything is contacted."""
    return _(
        "We run these hosts or may test them. Attestry may look at exactly these, with requests that only read, "
        "and at nothing else."
    )


def confirm_scope(session: Session, name: str = "") -> Future[Change]:
    """Agree that exactly the hosts listed now may be looked at."""
    hosts = session.assessment.scope.hosts
    if not hosts:
        raise NothingToLook(_("No host is listed yet, so there is nothing to agree to. Add one first."))
    return session.record(e.ScopeConfirmed(hosts, statement(), name))


def look(
    session: Session,
    hosts: Collection[str] = (),
    checks: Collection[str] = (),
    hear: Hear = lambda event: None,
    options: LookOptions | None = None,
) -> Job[Looks]:
    """Run checks (all, or those named) on hosts of the confirmed scope (all, or the subjects named).

    Partial results of the job are `checks.plan.Partial` (results that are new) and, once a host is done and recorded
    as one event, its `Change`. Raises `ScopeNotConfirmed` or `NothingToLook` before anything is contacted.
    """
    scope = session.assessment.scope
    if not scope.confirmed:
        raise ScopeNotConfirmed(
            _("Nothing was contacted: the list of hosts has changed since it was agreed to. Agree to it, then look.")
        )
    chosen = tuple(h for h in scope.hosts if not hosts or h.subject in hosts)
    wanted = tuple(c for c in CHECKS if c.about is SubjectKind.HOST and (not checks or c.id in checks))
    if not chosen or not wanted:
        raise NothingToLook(_("None of these hosts or checks is there, so nothing was contacted."))
    session.refuse_newer(*(host.subject for host in chosen))
    title = ngettext("Looking at {n} host", "Looking at {n} hosts", len(chosen)).format(n=len(chosen))

    async def work(progress: Progress) -> Looks:
        return await _run(session, chosen, wanted, options or LookOptions(), progress)

    return session.runner.start(work, title, hear)


async def _run(
    session: Session, hosts: tuple[Host, ...], checks: tuple[Check, ...], options: LookOptions, progress: Progress
) -> Looks:
    from wizard.checks import plan

    run = secrets.token_hex(8)
    progress(0, len(hosts), _("Reading what is listed"))
    listed = await endpoints.of_hosts(session)
    for subject, more in options.endpoints:
        listed.endpoints[subject] = (*more, *listed.endpoints.get(subject, ()))
    # one API path a host shows whether its headers are set there too
    paths = {
        subject: tuple(e.path for e in found if e.method == "GET")[:1] for subject, found in listed.endpoints.items()
    }
    asked_for = options.active | (
        frozenset(h.subject for h in hosts) if checks == (host_control.CHECK,) else frozenset()
    )
    settings = plan.LookSettings(
        control={h.subject: token_of(session.workspace.shared, h.name) for h in hosts if h.subject in asked_for},
        active=options.active,
        credentials={subject: fields[0] for subject, fields in options.customers if fields},
        second_credentials={subject: fields[1] for subject, fields in options.customers if len(fields) > 1},
        endpoints=listed.endpoints,
        unread=listed.unread,
        listed_by=listed.by,
        paths={**paths, **dict(options.paths)},
        data_ports=options.data_ports,
        ca_file=options.ca_file,
        resolve=dict(options.resolve),
        allow_private=False,
        careful=options.careful,
        limits=plan.Limits().times(options.patience),
        run_id=run,
        app_version=wizard.__version__,
        declared=session.assessment.scope.hosts,
    )
    if options.consented:
        await asyncio.wrap_future(session.record(consents.agreement(session, run, hosts, options)))
    agreed = tuple(host.subject for host in hosts)
    count: dict[Verdict, int] = {}
    done = 0
    recording: list[asyncio.Future[None]] = []
    waiting: list[plan.HostLook] = []
    writing = asyncio.Lock()

    async def keep(host: Host, looks: tuple[plan.HostLook, ...]) -> None:
        nonlocal done
        waiting.extend(looks)
        async with writing:  # takes along what other hosts showed meanwhile; these then find less, or nothing, to do
            together = tuple(waiting[:TOGETHER])
            del waiting[:TOGETHER]
            if together:
                change = await record(session, run, together, agreed)
                for result in (result for seen in together for result in seen.results):
                    count[result.verdict] = count.get(result.verdict, 0) + 1
                progress(done, len(hosts), together[-1].host.subject, change)
        done += 1
        progress(done, len(hosts), host.subject)

    def report(news: plan.Partial) -> None:
        progress(done, len(hosts), news.host.subject, news)
        if news.looks:
            recording.append(asyncio.ensure_future(keep(news.host, news.looks)))

    progress(0, len(hosts), _("Finding addresses"))
    try:
        await looking_apart.look(hosts, checks, settings, _said_before(session, agreed), report)
        if len(checks) > 1:  # not when one check looks again
            await _look_up_mail(session, run, settings)
            await _ask_redirects(session, run, hosts, settings)
    finally:
        if recording:  # what was seen before a Stop is kept
            await asyncio.shield(asyncio.gather(*recording))
    return Looks(run, len(hosts), tuple(sorted(count.items())))


async def record(session: Session, run: str, looks: Sequence[plan.HostLook], agreed: tuple[str, ...]) -> Change:
    """Seal what these hosts showed and record it, an event a host, in one transaction: what follows from the news is
    worked out once for all of them, and so is what the window draws.
    """
    seal = session.workspace.box.seal_bytes
    proofs = await asyncio.to_thread(lambda: [seal(seen.record) for seen in looks])
    looked = (
        e.Looked(run, seen.host.subject, seen.results, proof.digest, proof.name, agreed)
        for seen, proof in zip(looks, proofs, strict=True)
    )
    shown = consents.shown(session, [result for seen in looks for result in seen.results])
    return await asyncio.wrap_future(session.record(*looked, *shown))


async def _look_up_mail(session: Session, run: str, settings: plan.LookSettings) -> None:
    """Ask the name service whether the domain of the address for incidents takes mail; only the question is sent."""
    from wizard.checks import plan

    answer = session.assessment.answers.get(INCIDENT_ADDRESS)
    written = answer.value.strip() if answer is not None and isinstance(answer.value, str) else ""
    parsed = parse_host(written.rpartition("@")[2]) if is_mail_address(written) else None
    host = Host(parsed[0]) if parsed else None
    if host is None or not plan.ready(incident_mail.CHECK, host, settings):
        return
    (seen,) = await plan.look([host], [incident_mail.CHECK], settings)
    sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, seen.record)
    results = tuple(replace(result, subject="", addresses=()) for result in seen.results)
    looked = e.Looked(run=run, host=ANSWERS, results=results, record=sealed.digest, record_name=sealed.name)
    await asyncio.wrap_future(session.record(looked))


async def _ask_redirects(session: Session, run: str, hosts: tuple[Host, ...], settings: plan.LookSettings) -> None:
    """Ask the redirect addresses of the recording, once every host of theirs that is in scope is being looked at."""
    from wizard.checks import record
    from wizard.checks.looks import redirect_pages

    recorded = session.assessment.observations.get((oauth_flow.CHECK.id, ""))
    addresses = oauth_redirect.of_recording(recorded.result.facts) if recorded is not None else ()
    declared = redirect_pages.not_asked(addresses, session.assessment.scope.hosts)
    if not declared.pages or declared != redirect_pages.not_asked(addresses, hosts):
        return
    pages, at = await redirect_pages.ask(addresses, hosts, settings), session.clock()
    facts = Facts({redirect_pages.RedirectPages: pages})
    proof = record.write(Host("recording"), at, run, settings.app_version, (), facts)
    sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, proof)
    results = (oauth_redirect.look_at_pages(pages, at),)
    looked = e.Looked(run=run, host=DOCUMENTS, results=results, record=sealed.digest, record_name=sealed.name)
    await asyncio.wrap_future(session.record(looked))


def _said_before(session: Session, subjects: Collection[str]) -> dict[str, dict[str, Outcome]]:
    """What each check said of each host before, by the host: where one says the opposite now, it looks again."""
    said: dict[str, dict[str, Outcome]] = {}
    for (check, subject), before in session.assessment.observations.items():
        if subject in subjects and (outcome := before.standing.outcome) is not None:
            said.setdefault(subject, {})[check] = outcome
    return said


def look_at_answers(session: Session) -> Future[Change] | None:
    """Record what the checks of answers say now, where that differs from what they said before."""
    looked = what_follows(session)
    return session.record(looked) if looked else None


def what_follows(session: Session) -> e.Looked | None:
    """What the checks of answers say now, and that a document which was read is gone; None when there is no news."""
    assessment, now = session.assessment, session.clock()
    known = vulnerabilities.ledger(session)
    results = [
        *judge_answers(session.questionnaire, assessment, now, known),
        *look_at_reports(session.questionnaire, assessment, known, now),
        *_gone_documents(session),
        *_scopes(session),
        *_listed_since(session),
    ]
    news = tuple(r for r in results if _is_news(r, assessment.observations.get((r.check, r.subject))))
    if news:
        return e.Looked(run=secrets.token_hex(8), host=ANSWERS, results=news)
    return found_secrets.judged_again(session) or found_libraries.judged_again(session, known)


def _listed_since(session: Session) -> Iterator[Result]:
    """What passed by calling every listed endpoint says no more than that once others may be listed."""
    checks = (authentication.CHECK.id, anonymous_register.CHECK.id)
    seen = [session.assessment.observations.get((c, h.subject)) for c in checks for h in session.assessment.scope.hosts]
    passed = [each.result for each in seen if each is not None and each.result.outcome is Outcome.SUPPORTS]
    passed = [result for result in passed if result.facts.get("listed_by")]
    listed = endpoints.listed_by(session.questionnaire, session.assessment) if passed else ""
    said = _("Could not look yet: the lists of endpoints have changed since every listed one was called.")
    step = _("Look again, so that what is listed now is called.")
    for result in passed:
        if result.facts["listed_by"] != listed:
            now = session.clock()
            yield replace(result, verdict=Verdict.UNKNOWN, summary=said, next_step=step, fix="", at=now)


def _scopes(session: Session) -> Iterator[Result]:
    """What the code asks Apollo for beside what was declared; a comparison that can no longer be made says so."""
    check = apollo_scopes.CHECK
    reading = apollo_scopes.Reading.of(session.assessment)
    judgement = apollo_scopes.judge(reading)
    before = session.assessment.observations.get((check.id, ""))
    if judgement is None and before is not None and before.result.verdict is not Verdict.NOT_APPLICABLE:
        judgement = CodeJudgement(Verdict.NOT_APPLICABLE, _("Nothing is declared, or the code names no permission."))
    if judgement is not None:
        yield check.result("", judgement, reading.at or session.clock())


def _is_news(result: Result, before: Observation | None) -> bool:
    return before is None or replace(before.result, at=result.at) != result


def _gone_documents(session: Session) -> Iterator[Result]:
    """A document check whose document was removed no longer shows anything."""
    kept = {item.sealed.digest for item in session.assessment.evidence.values()}
    recorded = session.assessment.observations.get((oauth_flow.CHECK.id, ""))
    for check in (*(c.id for c in DOCUMENT_CHECKS), *(c.CHECK.id for c in (oauth_flow, oauth_redirect, access_log))):
        before = session.assessment.observations.get((check, ""))
        read = recorded if check == oauth_redirect.CHECK.id else before  # the recording names the addresses
        if before is None or before.result.verdict is Verdict.NOT_APPLICABLE or (read and read.record in kept):
            continue
        summary = _("The document that it read was removed.")
        yield replace(before.result, verdict=Verdict.NOT_APPLICABLE, summary=summary, at=session.clock(), facts={})


async def read_document(session: Session, item: Evidence) -> str:
    """Let the document checks read the words of a piece of evidence, in the limited child; others are left alone.

    Gives the sentence for one that they should have read and could not, else "".
    """
    unread = await canary_logs.read_sample(session, item)
    named = {check for id in item.requirements for check in _checks_of(session, id)}
    is_recording = oauth_flow.CHECK.id in named and item.name.lower().endswith(".har")
    is_log = access_log.CHECK.id in named and item.name.lower().endswith(access_log.ENDINGS)
    is_plan = bool(named & {c.id for c in DOCUMENT_CHECKS})
    if not (is_recording or is_log or is_plan):
        return unread
    if item.sealed.size > _DOCUMENT_LIMIT:
        why = _("It is larger than {n} MB.").format(n=_DOCUMENT_LIMIT // (1024 * 1024))
        return canary_logs.kept_unread(item, why) if is_recording or is_log else unread
    from wizard.jobs import worker_process

    data = await asyncio.to_thread(session.workspace.box.read, item.sealed, _DOCUMENT_LIMIT)
    try:
        task = "recording" if is_recording else "access-log" if is_log else "text"
        answer = await worker_process.ask(task, {}, data)
    except (worker_process.WorkerRefused, worker_process.WorkerFailed) as refused:
        return canary_logs.kept_unread(item, str(refused)) if is_recording or is_log else unread
    if is_recording or is_log:
        results = [replace(from_json(Result, json.loads(answer.data)), at=session.clock())]
    else:
        results = [look_at_plan(answer.data.decode("utf-8", "replace"), session.clock())]
    if is_recording:
        from wizard.checks.looks.redirect_pages import not_asked

        known = not_asked(oauth_redirect.of_recording(results[0].facts), session.assessment.scope.hosts)
        results += [oauth_redirect.look_at_pages(known, session.clock())] if known.pages else []
    looked = e.Looked(
        run=secrets.token_hex(8),
        host=DOCUMENTS,
        results=tuple(results),
        record=item.sealed.digest,
        record_name=item.sealed.name,
    )
    await asyncio.wrap_future(session.record(looked))
    return unread


def _checks_of(session: Session, id: str) -> tuple[str, ...]:
    requirement = session.questionnaire.owner_of(id)
    return requirement.checks if requirement else ()

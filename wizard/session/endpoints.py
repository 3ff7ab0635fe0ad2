"""What the answers and the filed API descriptions say of the endpoints of each host in scope."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from wizard.checks.endpoints import METHODS, MOST_BYTES, MOST_OPERATIONS, Api
from wizard.checks.looks.ground import Endpoint
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.assessment import Assessment
from wizard.domain.codec import from_json, to_json
from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.domain.observation import Json
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.scope import Host, parse_host
from wizard.jobs import worker_process
from wizard.session.session import Session

#: The tables that endpoints are read from; every questionnaire names them so.
ENDPOINTS_QUESTION = "AUTH-1-endpoints"
REGISTER_QUESTION = "AUTH-2-register"
#: The check whose requirement API descriptions are filed under.
CHECK = "authentication"
_LISTS = (".txt",)
_DESCRIPTIONS = (".json", ".yaml", ".yml", *_LISTS)
_RECORDINGS = (".har",)
#: Recordings hold whole answers, so they are larger than descriptions.
MOST_RECORDING = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """By host subject: what may be called there, each method and path once (empty where nothing is listed), and a
    sentence for each file and row that should list more and could not be read, or not be given to a host.
    """

    endpoints: dict[str, tuple[Endpoint, ...]]
    unread: dict[str, tuple[str, ...]]
    #: `listed_by` of what was read
    by: str


def told_under(questionnaire: Questionnaire, item: Evidence) -> str:
    """The requirement under which a file with such a name tells endpoints to the checks; "" where it tells none."""
    may_be = item.name.lower().endswith(_RECORDINGS) or (
        not item.read_as and item.name.lower().endswith(_DESCRIPTIONS) and not item.name.lower().endswith(_LISTS)
    )
    return next((r.id for r in questionnaire.requirements if may_be and CHECK in r.checks), "")


async def of_hosts(session: Session) -> Listed:
    """What the answers and the filed descriptions, recordings and lists say of every host in scope."""
    assessment = session.assessment
    hosts = assessment.scope.hosts
    found: dict[str, dict[tuple[str, str], Endpoint]] = {host.subject: {} for host in hosts}
    unread: list[str] = []

    def add(host: Host | None, endpoint: Endpoint) -> None:
        if host is not None and len(found[host.subject]) < MOST_OPERATIONS:
            found[host.subject].setdefault((endpoint.method, endpoint.path), endpoint)

    for item in _filed(session.questionnaire, assessment.evidence.values(), _RECORDINGS, MOST_RECORDING):
        recorded = await _ask(session, item, {"recording": True}, MOST_RECORDING, unread)
        called = recorded if isinstance(recorded, Mapping) else {}
        for each in hosts:
            for endpoint in from_json(tuple[Endpoint, ...], called.get(each.subject, [])):
                add(each, endpoint)
    for item in _filed(session.questionnaire, assessment.evidence.values(), _DESCRIPTIONS, MOST_BYTES):
        is_list = item.name.lower().endswith(_LISTS)
        described = await _ask(session, item, {"list": is_list, "filed": True}, MOST_BYTES, unread)
        if described is None:
            continue
        api = from_json(Api, described)
        shared = api.shared_out(hosts, _only(hosts))
        for each in hosts:
            for endpoint in shared.endpoints.get(each.subject, ()):
                add(each, endpoint)
        if shared.strange:
            sentence = _(
                "“{name}” describes endpoints of {server}, which is not among the hosts in scope. List that host, or "
                "correct the servers in the file."
            )
            unread.append(sentence.format(name=item.name, server=shared.strange[0]))
        elif api.operations and not shared.endpoints:
            unread.append(_("“{name}” does not say to which of the hosts in scope it belongs.").format(name=item.name))
        if api.outside:
            sentence = _(
                "“{name}” describes endpoints in other files, which are not read ({file}). Add it as one file."
            )
            unread.append(sentence.format(name=item.name, file=api.outside[0]))
    for row in _rows(assessment.answers, ENDPOINTS_QUESTION):
        host, path = _place(hosts, row.get("path"))
        if host is None and row.get("path").strip():
            sentence = _("The row “{path}” of the endpoints names no path, or it is not clear of which host in scope.")
            unread.append(sentence.format(path=row.get("path").strip()[:200]))
        methods = [word for word in re.split(r"[\s,/|+&]+", row.get("method").upper()) if word.lower() in METHODS]
        if path and not methods:
            sentence = _("The row “{path}” of the endpoints names no method, such as GET or POST.")
            unread.append(sentence.format(path=row.get("path").strip()[:200]))
        for method in methods if path else ():
            add(host, Endpoint(method, path))
            listed = found[host.subject] if host is not None else {}
            if row.get("anonymous") == "yes" and (method, path) in listed:
                listed[method, path] = replace(listed[method, path], said_open=True)
    guests = _register(hosts, assessment.answers, unread)
    for subject, method, path in guests:
        add(next(host for host in hosts if host.subject == subject), Endpoint(method, path))
    # what could not be read may be about any of them, most likely about the APIs
    meant = [host for host in hosts if host.purpose == "api"] or hosts
    return Listed(
        {
            subject: tuple(_as_said(subject, endpoint, guests) for endpoint in endpoints.values())
            for subject, endpoints in found.items()
        },
        {host.subject: tuple(dict.fromkeys(unread)) for host in meant if unread},
        listed_by(session.questionnaire, assessment),
    )


def listed_by(questionnaire: Questionnaire, assessment: Assessment) -> str:
    """What lists endpoints now, the rows and the files, as one digest; another one when any of them is another."""
    rows = [_rows(assessment.answers, question) for question in (ENDPOINTS_QUESTION, REGISTER_QUESTION)]
    every = (*_RECORDINGS, *_DESCRIPTIONS)
    files = sorted(item.id for item in _filed(questionnaire, assessment.evidence.values(), every, MOST_BYTES))
    return hashlib.sha256(json.dumps([to_json(rows), files]).encode()).hexdigest()[:16]


def _filed(
    questionnaire: Questionnaire, evidence: Iterable[Evidence], endings: tuple[str, ...], most: int
) -> Iterable[Evidence]:
    """The evidence with such a name that is filed where endpoints belong; what is larger than `most` bytes too, unless
    it is a text, which is then no list.
    """
    for item in evidence:
        owners = [owner for id in item.requirements if (owner := questionnaire.owner_of(id)) is not None]
        filed = any(CHECK in owner.checks for owner in owners)
        name = item.name.lower()
        if filed and name.endswith(endings) and (item.sealed.size <= most or not name.endswith(_LISTS)):
            yield item


async def _ask(session: Session, item: Evidence, how: dict[str, bool], most: int, unread: list[str]) -> Json:
    """The endpoints in a piece of evidence, from the child; None for a file that is about something else, and for one
    that cannot be read: then the reason is put on `unread`.
    """
    if item.sealed.size > most:
        sentence = _("“{name}” was not read: it is larger than {n} MiB.")
        unread.append(sentence.format(name=item.name, n=most // (1024 * 1024)))
        return None
    try:
        data = await asyncio.to_thread(session.workspace.box.read, item.sealed, most)
        found: Json = json.loads((await worker_process.ask("endpoints", dict(how), data)).data)
    except (worker_process.WorkerRefused, worker_process.WorkerFailed) as refused:
        unread.append(_("“{name}” was not read. {why}").format(name=item.name, why=refused))
        return None
    return found


def _only(hosts: tuple[Host, ...]) -> Host | None:
    """The one host that a path without a host means: the only one, or the only API."""
    apis = [host for host in hosts if host.purpose == "api"]
    return hosts[0] if len(hosts) == 1 else apis[0] if len(apis) == 1 else None


def _place(hosts: tuple[Host, ...], written: str) -> tuple[Host | None, str]:
    """The host and path of an endpoint as a person wrote it: a whole address, or a path."""
    written = written.strip()
    if written.startswith("/") and not any(sign.isspace() for sign in written):
        return _only(hosts), written
    parsed = parse_host(written) if written.lower().startswith("https://") else None
    host = next((h for h in hosts if parsed == (h.name, h.port)), None)
    return (host, urlsplit(written).path or "/") if host is not None else (None, "")


def _register(
    hosts: tuple[Host, ...], answers: Mapping[str, Answer], unread: list[str]
) -> dict[tuple[str, str, str], str]:
    """Why anybody may call an endpoint, by host subject, method and path ("GET /health", "/health").

    Rows of which it is not clear whose they are, and so what they give out, are put on `unread`.
    """
    out = {}
    for row in _rows(answers, REGISTER_QUESTION):
        method, _blank, path = row.get("endpoint").strip().partition(" ")
        if not path:
            method, path = "GET", method
        host, path = _place(hosts, path)
        if host is not None and path:
            out[host.subject, method.upper(), path] = row.get("why").strip() or _("listed as open")
        elif row.get("endpoint").strip():
            sentence = _("The row “{path}” of the register names no path, or it is not clear of which host in scope.")
            unread.append(sentence.format(path=row.get("endpoint").strip()[:200]))
    return out


def _as_said(subject: str, endpoint: Endpoint, guests: Mapping[tuple[str, str, str], str]) -> Endpoint:
    why = guests.get((subject, endpoint.method, endpoint.path), "")
    return replace(endpoint, anonymous=why) if why else endpoint


def _rows(answers: Mapping[str, Answer], question: str) -> tuple[Row, ...]:
    answer = answers.get(question)
    if answer is None or answer.state is not AnswerState.GIVEN or not isinstance(answer.value, tuple):
        return ()
    return tuple(row for row in answer.value if isinstance(row, Row))

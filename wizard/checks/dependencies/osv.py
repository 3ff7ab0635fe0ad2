"""Asks OSV (api.osv.dev) what is known; names and versions leave this computer, so the person is asked first.

POST /v1/querybatch takes at most 1,000 questions and answers in their order with ids; GET /v1/vulns/ID gives a record.
Anything that is not exactly that (a redirect, a page of a captive portal, fewer answers than questions) is no answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wizard.checks import clients
from wizard.checks.dependencies.advisory import Advisory
from wizard.checks.dependencies.answers_store import AnswersStore, Named
from wizard.checks.dependencies.dependency import Dependency
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats import json as strict_json
from wizard.formats.malformed import Malformed

if TYPE_CHECKING:
    import httpx

OSV = "https://api.osv.dev"
MOST_QUESTIONS = 1_000
_MOST_PAGES = 20
_MAX_ANSWER = 32 * 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_AT_ONCE = 4
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class NotAllowed(Mistake):
    """An address that names of packages are not sent to."""


class NoAnswer(Exception):
    """OSV did not answer; the text is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class OsvSettings:
    """Where to ask, and how patiently: seconds to connect, to read, for one question in all, and between tries.

    `proxy` is the address of the one to go through, "" for none.
    """

    url: str = OSV
    connect: float = 5.0
    read: float = 20.0
    whole: float = 40.0
    tries: int = 3
    pause: float = 0.5
    longest_pause: float = 30.0
    proxy: str = ""


@dataclass(slots=True)
class Answers:
    """What OSV said: ids by question, records by id, and a sentence when it did not say all."""

    named: dict[str, Named] = field(default_factory=dict)
    records: dict[str, Advisory] = field(default_factory=dict)
    trouble: str = ""


def question(dependency: Dependency) -> str:
    """What would be asked about a dependency, as text; "" when nothing can be asked."""
    if dependency.obstacle is None:
        package = {"ecosystem": dependency.ecosystem.value, "name": dependency.name}
        return json.dumps({"package": package, "version": dependency.version}, sort_keys=True)
    if _COMMIT.fullmatch(dependency.commit):
        return json.dumps({"commit": dependency.commit})
    return ""


def leaving(dependencies: Iterable[Dependency]) -> tuple[str, ...]:
    """What would leave this computer, line by line, for the person to agree to."""
    lines = set()
    for one in dependencies:
        if one.obstacle is None:
            lines.add(f"{one.ecosystem} {one.name} {one.version}")
        elif question(one):
            lines.add(one.commit)
    return tuple(sorted(lines))


class Osv:
    """One conversation with OSV. Use with `async with`."""

    def __init__(self, store: AnswersStore, settings: OsvSettings | None = None) -> None:
        self._settings = settings or OsvSettings()
        self._store = store
        self._client = client(self._settings)

    async def __aenter__(self) -> Osv:
        """Nothing is opened before the first question."""
        return self

    async def __aexit__(self, *about: object) -> None:
        """Close what was opened."""
        await self._client.aclose()

    async def ask(
        self,
        dependencies: Sequence[Dependency],
        now: datetime,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Answers:
        """Ask about these dependencies; what was not answered is missing from `named`, and `trouble` says why."""
        answers = Answers()
        questions = [each for each in dict.fromkeys(map(question, dependencies)) if each]
        for each in questions:
            if (kept := self._store.answer(each, now)) is not None:
                answers.named[each] = kept
        waiting = [each for each in questions if each not in answers.named]
        progress(len(answers.named), len(questions))
        for at in range(0, len(waiting), MOST_QUESTIONS):
            batch = waiting[at : at + MOST_QUESTIONS]
            try:
                found = await self._batch(batch)
            except NoAnswer as why:
                answers.trouble = str(why)
                break
            self._store.keep_answers(found.items(), now)
            answers.named |= found
            progress(len(answers.named), len(questions))
        wanted = dict(each for named in answers.named.values() for each in named)
        await self._records(wanted, answers)
        return answers

    async def relatives(self, ids: Iterable[str]) -> dict[str, Advisory]:
        """Records by name, to borrow a severity from; those that cannot be had are left out."""
        answers = Answers()
        await self._records(dict.fromkeys(ids, ""), answers)
        return answers.records

    async def _batch(self, questions: list[str]) -> dict[str, Named]:
        found: dict[str, list[tuple[str, str]]] = {each: [] for each in questions}
        waiting = [(each, "") for each in questions]
        for _page in range(_MOST_PAGES):
            queries = [json.loads(each) | ({"page_token": token} if token else {}) for each, token in waiting]
            body = await self._call("POST", "/v1/querybatch", json.dumps({"queries": queries}).encode())
            results = body.get("results") if isinstance(body, Mapping) else None
            if not isinstance(results, list) or len(results) != len(waiting):
                raise NoAnswer(_not_osv())
            following = []
            for (each, _token), result in zip(waiting, results, strict=True):
                named, token = _named(result)
                found[each] += named
                if token:
                    following.append((each, token))
            if not following:
                return {each: tuple(dict.fromkeys(named)) for each, named in found.items()}
            waiting = following
        raise NoAnswer(_("OSV's answer has no end, so nothing is concluded from it."))

    async def _records(self, wanted: Mapping[str, str], answers: Answers) -> None:
        """Fetch records, four at a time; after a failure the rest is not tried."""
        turn = asyncio.Semaphore(_AT_ONCE)
        stopped = False

        async def one(id: str, modified: str) -> None:
            nonlocal stopped
            record = self._store.record(id, modified)
            if record is None:
                async with turn:
                    if stopped:
                        return
                    try:
                        record = Advisory.read(await self._call("GET", f"/v1/vulns/{id}", None))
                    except NoAnswer as why:
                        stopped = stopped or not isinstance(why, _Missing)
                        answers.trouble = answers.trouble or ("" if isinstance(why, _Missing) else str(why))
                        return
                if record is None or record.id != id:
                    return
                self._store.keep_record(record, modified)
            answers.records[id] = record

        await asyncio.gather(*(one(id, modified) for id, modified in wanted.items() if _ID.fullmatch(id)))

    async def _call(self, method: str, path: str, body: bytes | None) -> Any:
        import httpx

        why = ""
        for attempt in range(self._settings.tries):
            pause = self._settings.pause * 2**attempt
            try:
                async with asyncio.timeout(self._settings.whole):
                    status, said, data = await self._once(method, path, body)
            except TimeoutError:
                why = _("OSV did not answer in time.")
            except httpx.TimeoutException:
                why = _("OSV did not answer in time.")
            except httpx.HTTPError as error:
                why = _("OSV could not be reached ({why}).").format(why=type(error).__name__)
            else:
                if status == 200:
                    try:
                        return strict_json.parse(data)
                    except Malformed:
                        why = _not_osv()
                elif status == 404 and method == "GET":
                    raise _Missing(_("OSV has no such record."))
                elif status not in _AGAIN:
                    raise NoAnswer(_not_osv() if 300 <= status < 400 else _refused(status))
                else:
                    why = _refused(status)
                    pause = max(pause, min(said, self._settings.longest_pause))
            if attempt + 1 < self._settings.tries:
                await asyncio.sleep(pause)
        raise NoAnswer(why)

    async def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, float, bytes]:
        """Status, seconds that the server asks to wait, and the body."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"} if body else {}
        async with self._client.stream(method, path, content=body, headers=headers) as answer:
            pieces, size = [], 0
            async for piece in answer.aiter_bytes():
                size += len(piece)
                if size > _MAX_ANSWER:
                    raise NoAnswer(_("OSV's answer is larger than any it gives, so nothing is concluded from it."))
                pieces.append(piece)
            wait = answer.headers.get("Retry-After", "")
            return answer.status_code, float(wait) if wait.isdecimal() else 0.0, b"".join(pieces)


class _Missing(NoAnswer):
    """There is no such record; others may be asked for all the same."""


def _named(result: object) -> tuple[list[tuple[str, str]], str]:
    if not isinstance(result, Mapping):
        raise NoAnswer(_not_osv())
    listed, token = result.get("vulns", []), result.get("next_page_token", "")
    if not isinstance(listed, list) or not isinstance(token, str):
        raise NoAnswer(_not_osv())
    named = []
    for each in listed:
        id = each.get("id") if isinstance(each, Mapping) else None
        if not isinstance(id, str) or not _ID.fullmatch(id):
            raise NoAnswer(_not_osv())
        named.append((id, str(each.get("modified", ""))[:64]))
    return named, token


def client(settings: OsvSettings) -> httpx.AsyncClient:
    """A client for one server that follows nothing elsewhere. Raises `NotAllowed` for a plain address."""
    if not clients.is_guarded(settings.url):
        raise NotAllowed(
            _("{url} is not an https address, so no name of a package is sent there. Nothing was asked.").format(
                url=settings.url
            )
        )
    return clients.client(settings.url, read=settings.read, connect=settings.connect, proxy=settings.proxy)


def _not_osv() -> str:
    return _(
        "What answered is not OSV (a sign-in page of this network, a proxy), or its answer was cut short. "
        "Nothing is concluded from it."
    )


def _refused(status: int) -> str:
    return _("OSV answered with error {status}.").format(status=status)

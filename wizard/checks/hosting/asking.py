"""Asks a code host with the person's token: reads only, says every call, and sends the token nowhere else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from wizard.checks import clients
from wizard.checks.hosting.posture import Posture
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats import json as strict_json
from wizard.formats.malformed import Malformed

if TYPE_CHECKING:
    import httpx

MAX_ANSWER = 16 * 1024 * 1024
MOST_PAGES = 20
_MOST_CALLS = 100
_PAGES = (10, 30, 100)
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


class NotAsked(Mistake):
    """A host, a repository or a token with which nothing can be asked."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its name (and that of an exported file, NAME.json), its path, and whether it is a file's text."""

    name: str
    path: str
    text: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: JSON (pages joined), or text; `whole` is False when there were more pages than were read."""

    data: Any
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing came back, and why. `absent` means the host says that there is none (404)."""

    because: str
    absent: bool = False


Answers = Mapping[str, "Answer | Missing"]


class Adapter(Protocol):
    """One code host: which calls are wanted after what is known, how pages are joined, and what answers mean."""

    id: str
    api: str
    accept: str

    def following(self, repository: str, answers: Answers) -> tuple[Call, ...]:
        """Every call that can be made now; those already answered are not repeated."""
        ...

    def page(self, data: Any, link: str) -> tuple[list[Any] | None, str]:
        """The items of one page (None: it is no list) and the address of the next one ("" for none)."""
        ...

    def read(self, repository: str, answers: Answers) -> Posture:
        """What the answers say."""
        ...


@dataclass(frozen=True, slots=True)
class HostSettings:
    """Where and how patiently; `api` is "" for the host's own address (another one for a company's own server), and
    `proxy` the address of the one to go through, "" for none.
    """

    api: str = ""
    read: float = 20.0
    whole: float = 40.0
    tries: int = 2
    pause: float = 1.0
    proxy: str = ""


async def look(
    adapter: Adapter,
    repository: str,
    token: str,
    settings: HostSettings | None = None,
    progress: Callable[[int, str], None] = lambda done, call: None,
) -> Posture:
    """Ask everything that the adapter wants to know. Raises `NotAsked`; what is not shown is part of the posture."""
    settings = settings or HostSettings()
    _usable(repository, token)
    answers: dict[str, Answer | Missing] = {}
    made: list[str] = []
    async with _client(adapter, token, settings) as web:
        while True:
            waiting = [call for call in adapter.following(repository, answers) if call.name not in answers]
            if not waiting or len(made) >= _MOST_CALLS:
                break
            for call in waiting:
                progress(len(made), call.path)
                answers[call.name] = await _answer(web, adapter, call, settings, made)
    return replace(adapter.read(repository, answers), calls=tuple(made), proxy=settings.proxy)


def look_at_export(adapter: Adapter, repository: str, folder: Path) -> Posture:
    """The same from files NAME.json (NAME.txt for a file's text) that the person exported; nothing is sent."""
    usable_name(repository)
    answers: dict[str, Answer | Missing] = {}
    while waiting := [call for call in adapter.following(repository, answers) if call.name not in answers]:
        for call in waiting:
            answers[call.name] = _exported(adapter, folder, call)
    return adapter.read(repository, answers)


def file_of(call: Call) -> str:
    """What the file of an exported answer is called."""
    return re.sub(r"[^\w.-]", "_", call.name) + (".txt" if call.text else ".json")


def _exported(adapter: Adapter, folder: Path, call: Call) -> Answer | Missing:
    path = folder / file_of(call)
    if not path.is_file():
        return Missing(_("{name} is not among the exported files.").format(name=path.name))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ANSWER + 1)
        if len(data) > MAX_ANSWER:
            return Missing(_("{name} is larger than any answer of a code host.").format(name=path.name))
        if call.text:
            return Answer(data.decode("utf-8", "replace"))
        found = strict_json.documents(data)  # `--paginate` writes page after page
    except (OSError, Malformed) as error:
        why = error.sentence if isinstance(error, Malformed) else type(error).__name__
        return Missing(_("{name} cannot be read: {why}").format(name=path.name, why=why))
    items: list[Any] = []
    following = ""
    for page in found:
        listed, following = adapter.page(page, "")
        if listed is None and len(found) == 1:
            return Answer(page)
        if listed is None:
            return Missing(_("{name} holds several answers, where one was expected.").format(name=path.name))
        items += listed
    # an export of exactly one page of the host's usual sizes may be the first of several
    return Answer(items, whole=not following and not (len(found) == 1 and len(items) in _PAGES))


def usable_name(repository: str) -> None:
    """Raises `NotAsked` for what cannot be the name of a repository at its host."""
    if not repository:
        raise NotAsked(_("Say first what the repository is called at its host (OWNER/NAME). Nothing was asked."))
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", repository) or ".." in repository:
        raise NotAsked(
            _("“{name}” is no repository (OWNER/NAME), so nothing was asked. Correct it.").format(name=repository[:100])
        )


def _usable(repository: str, token: str) -> None:
    usable_name(repository)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NotAsked(_("This is no access token: it is empty or holds blanks. Copy it again; nothing was asked."))


def _client(adapter: Adapter, token: str, settings: HostSettings) -> httpx.AsyncClient:
    base = (settings.api or adapter.api).rstrip("/")
    if not clients.is_guarded(base):
        raise NotAsked(_("{url} is not an https address, so the token was not sent there.").format(url=base[:200]))
    headers = {"Authorization": f"Bearer {token}", "Accept": adapter.accept}
    return clients.client(base, read=settings.read, proxy=settings.proxy, headers=headers)


async def _answer(
    web: httpx.AsyncClient, adapter: Adapter, call: Call, settings: HostSettings, made: list[str]
) -> Answer | Missing:
    items: list[Any] = []
    path = call.path
    for _page in range(MOST_PAGES):
        got = await _get(web, path, settings, made)
        if isinstance(got, Missing):
            return got
        body, link = got
        if call.text:
            return Answer(body.decode("utf-8", "replace"))
        try:
            data = strict_json.parse(body)
        except Malformed:
            return Missing(_("What answered is not the code host, or its answer was cut short."))
        listed, following = adapter.page(data, link)
        if listed is None:
            return Answer(data)
        items += listed
        if not following:
            return Answer(items)
        path = _same_server(str(web.base_url), following)
        if not path:
            return Missing(_("The host pointed to another server, where the token is not sent."))
    return Answer(items, whole=False)


async def _get(
    web: httpx.AsyncClient, path: str, settings: HostSettings, made: list[str]
) -> tuple[bytes, str] | Missing:
    import httpx

    why = ""
    for attempt in range(settings.tries):
        made.append(f"GET {path}")
        try:
            async with asyncio.timeout(settings.whole), web.stream("GET", path) as answer:
                body = await _limited(answer)
                status, headers = answer.status_code, answer.headers
        except (TimeoutError, httpx.TimeoutException):
            why = _("The code host did not answer in time.")
        except httpx.HTTPError as error:
            why = _("The code host could not be reached ({why}).").format(why=type(error).__name__)
        else:
            if body is None:
                return Missing(_("The answer is larger than any that a code host gives."))
            if status == 200:
                return body, headers.get("Link", "")
            if status < 500 and status != 429:
                return _refused(status, body, headers.get("X-RateLimit-Remaining", ""))
            why = _refused(status, body, "").because
        if attempt + 1 < settings.tries:
            await asyncio.sleep(settings.pause)
    return Missing(why)


async def _limited(answer: httpx.Response) -> bytes | None:
    pieces, size = [], 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > MAX_ANSWER:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _refused(status: int, body: bytes, left: str) -> Missing:
    said = ""
    try:
        message = json.loads(body)
        said = str(message.get("message") or message["error"]["message"])[:200] if isinstance(message, dict) else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        said = ""
    if status == 401:
        return Missing(_("The host does not accept this token (it expired, was revoked, or is not complete)."))
    if status == 429 or (status == 403 and left == "0"):
        return Missing(_("The host answers no more questions for now. Try again in an hour."))
    if status == 403:
        return Missing(_("The token may not see this, or it is not switched on ({said}).").format(said=said or status))
    if status == 404:
        return Missing(_("The host shows nothing here: there is none, or the token may not see it."), absent=True)
    if 300 <= status < 400:
        return Missing(_("The host pointed elsewhere, where the token is not sent."))
    code = f"{status} ({said})" if said else str(status)
    return Missing(_("The host answered with error {code}.").format(code=code))


def _same_server(base: str, url: str) -> str:
    """The path of an address on the same server; "" for another server."""
    one, other = urlsplit(base), urlsplit(url)
    if (one.scheme, one.netloc) != (other.scheme, other.netloc):
        return ""
    prefix = one.path.rstrip("/")
    path = other.path.removeprefix(prefix) if other.path.startswith(f"{prefix}/") else other.path
    return f"{path}?{other.query}" if other.query else path


def next_link(link: str) -> str:
    """The address of the next page in a Link header (RFC 8288); "" for none."""
    found = _NEXT.search(link)
    return found[1] if found else ""

"""Asks for what belongs to one test customer with the credential of another, with GET only."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.endpoint_probe import Patience, ask_as
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import Talks
from wizard.checks.looks.shapes import shape_of

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Endpoint, Ground, LookSettings
    from wizard.domain.scope import Host

FIRST, SECOND, NOBODY = "A", "B", "nobody"
#: What a call was made for.
OWN, AGAIN, FOREIGN, SHARED, ADMIN, CONTROL = "own", "again", "foreign", "shared", "admin", "control"
#: Things of each customer, functions of administrators, and lists that are called.
MOST_OBJECTS, MOST_ADMIN, MOST_SHARED = 25, 25, 10
_MOST_VALUES = 400
_IDS = ("id", "uuid", "_id", "key", "guid")


@dataclass(frozen=True, slots=True)
class Call:
    """One GET: who called, what for, and what came back without a word of it.

    `whole` and `values` are digests under a key that was thrown away: they can be compared within one look, and tell
    nothing else. `values`: what the answer says, without what the address says already.
    """

    who: str
    purpose: str
    path: str
    owner: str = ""
    status: int = 0
    length: int = 0
    page: bool = False
    redirects: bool = False
    shape: str = ""
    whole: str = ""
    values: tuple[str, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True)
class TenantProbe(Fact):
    """Every call, in order; `untried` are listed things, functions and lists that nobody asked for: beyond the most, or
    described by a path of which no thing of one customer is known.
    """

    NAME = "tenant-probe"
    STEPS = 9
    calls: tuple[Call, ...]
    untried: tuple[str, ...] = ()
    #: what should list more of them and could not be read, a sentence each
    unread: tuple[str, ...] = ()

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Needs the credentials of two test customers of this host."""
        return host.subject in settings.credentials and host.subject in settings.second_credentials

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """At most six calls a thing, three a function, five a second."""
        many = min(len(settings.endpoints.get(host.subject, ())), 2 * MOST_OBJECTS + MOST_ADMIN + MOST_SHARED)
        return 7 * many / 5 + Patience.MOST

    @classmethod
    async def look(cls, ground: Ground) -> TenantProbe:
        """The lists first, because they say what belongs to whom; each customer's own things at the end once more."""
        settings, subject = ground.run.settings, ground.host.subject
        listed = [e for e in settings.endpoints.get(subject, ()) if e.method == "GET" and not e.is_open]
        async with Talks(ground) as talks:
            asking = _Asking(talks, settings.credentials[subject], settings.second_credentials[subject])
            await asking.shared(listed)
            things = [(e.of, e.path) for e in listed if e.of in (FIRST, SECOND)]
            things += [(who, path) for who in (FIRST, SECOND) for path in asking.discovered(listed, who)]
            for who in (FIRST, SECOND):
                for path in [path for owner, path in dict.fromkeys(things) if owner == who][:MOST_OBJECTS]:
                    await asking.thing(who, path)
            for endpoint in [e for e in listed if e.admin][:MOST_ADMIN]:
                await asking.function(endpoint.path)
            await asking.again()
        if asking.calls and all(call.trouble for call in asking.calls):
            raise CouldNotLook(next(call.trouble for call in asking.calls if call.trouble))
        apart = [e for e in listed if not asking.is_shared(e)]
        untried = tuple(_untried(apart, {call.path for call in asking.calls}))
        return cls(tuple(asking.calls), untried, settings.unread.get(subject, ()))


def _untried(listed: Sequence[Endpoint], called: Set[str]) -> Iterator[str]:
    for endpoint in listed:
        pieces = re.split(r"\{[^{}]*\}", endpoint.template)
        described = re.compile("[^/?]+".join(map(re.escape, pieces)))
        if endpoint.template and not endpoint.of and not endpoint.admin:
            if not any(described.fullmatch(path) for path in called):
                yield endpoint.template
        elif endpoint.path not in called:
            yield endpoint.path


class _Asking:
    def __init__(self, talks: Talks, first: tuple[str, str], second: tuple[str, str]) -> None:
        self._talks = talks
        self._fields = {FIRST: first, SECOND: second, NOBODY: None}
        self._patience = Patience()
        self._key = secrets.token_bytes(16)
        self._lists: dict[tuple[str, str], Answer] = {}
        self.calls: list[Call] = []

    async def shared(self, listed: Sequence[Endpoint]) -> None:
        """What each customer may call, each with their own credential: lists, their profile."""
        plain = [e for e in listed if not e.of and not e.admin and not e.template]
        wanted = {parent for e in listed if (parent := _parent(e.template))}
        plain.sort(key=lambda e: e.path not in wanted)
        for endpoint in plain[:MOST_SHARED]:
            for who in (FIRST, SECOND, NOBODY):
                answer = await self._call(who, SHARED, endpoint.path)
                if answer is not None and 200 <= answer.status < 300:
                    self._lists[who, endpoint.path] = answer

    def discovered(self, listed: Sequence[Endpoint], who: str) -> Iterator[str]:
        """One thing of a customer for each described path: the first of their list that the other's does not hold."""
        other = SECOND if who == FIRST else FIRST
        for endpoint in listed:
            parent = _parent(endpoint.template)
            if parent is None or endpoint.of or endpoint.admin:
                continue
            mine, theirs = self._lists.get((who, parent)), self._lists.get((other, parent))
            if mine is None or theirs is None:
                continue
            name = endpoint.template.rpartition("{")[2].rstrip("}")
            shared = set(_ids_in(theirs.body, name))
            found = next((id_ for id_ in _ids_in(mine.body, name) if id_ not in shared), None)
            if found is not None:
                yield f"{parent}/{quote(found, safe='')}"

    def is_shared(self, endpoint: Endpoint) -> bool:
        """A described path that picks from a list in which both customers see the same."""
        parent, name = _parent(endpoint.template) or "", endpoint.template.rpartition("{")[2].rstrip("}")
        lists = [self._lists.get((who, parent)) for who in (FIRST, SECOND)]
        mine, theirs = (set(_ids_in(each.body, name)) if each is not None else set() for each in lists)
        return bool(mine) and mine == theirs

    async def thing(self, owner: str, path: str) -> None:
        """One thing: its owner, nobody, the other customer, and a thing that does not exist."""
        other = SECOND if owner == FIRST else FIRST
        await self._call(owner, OWN, path, owner)
        await self._call(NOBODY, OWN, path, owner)
        await self._call(other, FOREIGN, path, owner)
        await self._control(owner, path)
        await self._control(other, path)

    async def function(self, path: str) -> None:
        """A function of administrators, called by both customers and by nobody."""
        for who in (FIRST, SECOND, NOBODY):
            await self._call(who, ADMIN, path)
        await self._control(FIRST, path)
        await self._control(SECOND, path)

    async def again(self) -> None:
        """Each customer's own things once more: are the credentials still good, and what changes by itself?"""
        for call in [call for call in self.calls if call.purpose == OWN and call.who == call.owner]:
            await self._call(call.who, AGAIN, call.path, call.owner)

    async def _control(self, who: str, path: str) -> None:
        folder = path.partition("?")[0].rpartition("/")[0]
        if not any(c.purpose == CONTROL and c.who == who and folder_of(c.path) == folder for c in self.calls):
            await self._call(who, CONTROL, f"{folder}/attestry-{secrets.token_hex(8)}")

    async def _call(self, who: str, purpose: str, path: str, owner: str = "") -> Answer | None:
        asked = await ask_as(self._talks, purpose, path, self._fields[who], self._patience)
        answer = asked.answer
        if answer is None:
            self.calls.append(Call(who, purpose, path, owner, trouble=asked.trouble))
            return None
        said = dict.fromkeys(value for value in _values(answer) if value not in path)
        self.calls.append(
            Call(
                who,
                purpose,
                path,
                owner,
                answer.status,
                answer.body_length,
                answer.is_page,
                bool(answer.redirects_to),
                self._digest(shape_of(answer)),
                self._digest(answer.body),
                tuple(self._digest(value) for value in said),
            )
        )
        return answer

    def _digest(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "replace"), key=self._key, digest_size=8).hexdigest()


def folder_of(path: str) -> str:
    """The folder of a path, without its query."""
    return path.partition("?")[0].rpartition("/")[0]


def _parent(template: str) -> str | None:
    """The list that a described path picks from: "/contacts" of "/contacts/{id}"; None for other forms."""
    parent, _slash, last = template.rpartition("/")
    fits = bool(parent) and "{" not in parent and last.startswith("{") and last.endswith("}") and last.count("{") == 1
    return parent if fits else None


def _ids_in(body: str, name: str) -> list[str]:
    """The ids of the things in a JSON list, or in the first list that an object holds."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(value, dict):
        value = next((item for item in value.values() if isinstance(item, list)), [])
    out: list[str] = []
    for item in value[:100] if isinstance(value, list) else ():
        found = next((item[key] for key in (name, *_IDS) if key in item), None) if isinstance(item, dict) else None
        if isinstance(found, str | int) and not isinstance(found, bool) and 0 < len(str(found)) <= 200:
            out.append(str(found))
    return out


def _values(answer: Answer) -> Iterator[str]:
    """What an answer says that could name somebody: texts of four characters and numbers of four digits at least."""
    try:
        parsed = json.loads(answer.body)
    except (ValueError, RecursionError):
        words = re.findall(r"[\w@.+-]{6,80}", re.sub(r"<[^>]*>", " ", answer.body))
        yield from list(dict.fromkeys(words))[:_MOST_VALUES]
        return
    yield from list(dict.fromkeys(_leaves(parsed, 0)))[:_MOST_VALUES]


def _leaves(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth < 16:
        for item in value.values():
            yield from _leaves(item, depth + 1)
    elif isinstance(value, list) and depth < 16:
        for item in value[:50]:
            yield from _leaves(item, depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) >= 4:
        yield str(value)[:500]

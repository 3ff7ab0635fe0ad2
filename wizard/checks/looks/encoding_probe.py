"""Sends a harmless mark in declared GET parameters, with consent and shown control, and keeps how it comes back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.control import allow_active
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import Talks
from wizard.checks.masking import mask_address

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Endpoint, Ground, LookSettings
    from wizard.domain.scope import Host

MOST_PARAMETERS = 40
#: What stands between the two ids of a mark: quotes and brackets, and sums that template engines would do.
MARK = "'\"<>{{7*7}}${7*7}"
_LONGEST = 160
#: A GET that these words name may change something after all (RFC 9110 9.2.1 forbids it, but it happens): left out.
_CHANGES = re.compile(
    r"log-?out|sign-?out|delete|remove|unsubscribe|cancel|revoke|reset|send|invite|pay|approve|confirm|verify|callback",
    re.I,
)
#: Everything of an echo that is none of these is the server's own and is not kept.
_NOT_OURS = re.compile(r"[^'\"<>{}$*749&;#xltgpoqua%\\/u0-9a-f]")


@dataclass(frozen=True, slots=True)
class Echo:
    """One place where the mark came back: "text", "tag", "script", "comment" or "data"; `quote` is the mark that the
    value around it began with ("" where there is none); `text` what became of the mark.
    """

    place: str
    quote: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One parameter of one address, and how the mark came back."""

    path: str
    parameter: str
    status: int = 0
    kind: str = ""
    echoes: tuple[Echo, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True)
class EncodingProbe(Fact):
    """Every parameter that was tried; `left_out` are addresses that may change something, `too_many` the parameters
    beyond the most that are tried.
    """

    NAME = "encoding-probe"
    STEPS = 6
    sent: tuple[Sent, ...]
    left_out: tuple[str, ...] = ()
    too_many: tuple[str, ...] = ()
    #: what should declare more parameters and could not be read, a sentence each
    unread: tuple[str, ...] = ()

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Needs active consent for this host, and declared parameters."""
        listed = settings.endpoints.get(host.subject, ())
        return host.subject in settings.active and any(e.query for e in listed if e.method == "GET")

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """One GET a parameter, five a second."""
        return MOST_PARAMETERS / 5

    @classmethod
    async def look(cls, ground: Ground) -> EncodingProbe:
        """One GET a parameter, with the test customer's credential where one was given."""
        await allow_active(ground)
        settings, subject = ground.run.settings, ground.host.subject
        own = settings.credentials.get(subject)
        listed = [e for e in settings.endpoints.get(subject, ()) if e.method == "GET" and e.query]
        harmless = [e for e in listed if not _CHANGES.search(e.path)]
        wanted = [(e, name) for e in harmless for name in e.query]
        left_out = [e.path for e in listed if e not in harmless]
        too_many = [f"{e.path} ({name})" for e, name in wanted[MOST_PARAMETERS:]]
        sent: list[Sent] = []
        async with Talks(ground) as talks:
            for endpoint, name in wanted[:MOST_PARAMETERS]:
                id_ = "zq" + secrets.token_hex(6)
                try:
                    answer = await talks.ask(
                        ground, _with(endpoint, name, f"{id_}{MARK}{id_}"), headers=[own] if own else []
                    )
                except CouldNotLook as could_not:
                    sent.append(Sent(endpoint.path, name, trouble=could_not.trouble))
                    continue
                kind = _kind(answer)
                sent.append(Sent(endpoint.path, name, answer.status, kind, tuple(echoes(answer.body, id_, kind))))
        if sent and all(each.trouble for each in sent):
            raise CouldNotLook(next(each.trouble for each in sent if each.trouble))
        return cls(tuple(sent), tuple(left_out), tuple(too_many), settings.unread.get(subject, ()))

    def masked(self) -> EncodingProbe:
        """Without the values of other parameters."""
        return replace(
            self,
            sent=tuple(replace(each, path=mask_address(each.path)) for each in self.sent),
            left_out=tuple(map(mask_address, self.left_out)),
            too_many=tuple(map(mask_address, self.too_many)),
        )


def _with(endpoint: Endpoint, name: str, value: str) -> str:
    """The address with one parameter replaced or added."""
    path, _mark, query = endpoint.path.partition("?")
    pairs = [(key, old) for key, old in parse_qsl(query, keep_blank_values=True) if key != name]
    return path + "?" + "&".join(f"{quote(key, safe='')}={quote(old, safe='')}" for key, old in [*pairs, (name, value)])


def _kind(answer: Answer) -> str:
    """How a browser reads it: as a "page" (also when no type is named), as "data", or as "text"."""
    kind = answer.media_type
    if answer.is_page or not kind or kind.endswith("xml"):
        return "page"
    return "data" if answer.is_data else "text"


def echoes(body: str, id_: str, kind: str) -> Iterator[Echo]:
    """Every place where the mark came back; of more than two hundred the last ones as if they stood in text."""
    page = _Page() if kind == "page" else None
    at, end = body.find(id_), 0
    while at >= 0:
        start = at + len(id_)
        close = body.find(id_, start, start + _LONGEST)
        inner = body[start : close if close >= 0 else start + len(MARK)]
        place, mark = page.place(body, at) if page is not None else ("data", "")
        yield Echo(place, mark, _NOT_OURS.sub("·", inner))
        end = close + len(id_) if close >= 0 else start
        at = body.find(id_, end)


class _Page:
    """Follows a page from mark to mark, and says in what part of it each lies."""

    def __init__(self) -> None:
        self._reader = HTMLParser(convert_charrefs=False)
        self._fed = self._count = 0

    def place(self, body: str, at: int) -> tuple[str, str]:
        """The part, by what stands before it, and the quote around it."""
        self._count += 1
        if self._count > 200:
            return "text", ""
        try:
            self._reader.feed(body[self._fed : at])
        except (AssertionError, ValueError):  # the parser gives up on some broken declarations
            return "text", ""
        self._fed = at
        inside = self._reader.cdata_elem
        if inside in ("script", "style"):
            start = body.lower().rfind(f"<{inside}", 0, at)
            return "script", _open_quote(body[start:at].partition(">")[2])
        rest = self._reader.rawdata  # what the parser could not finish
        if rest.startswith("<!--"):
            return "comment", ""
        return ("tag", _open_quote(rest)) if re.match(r"<[a-zA-Z/!?]", rest) else ("text", "")


def _open_quote(text: str) -> str:
    """The quote in which the end of a text lies; "" when it lies in none."""
    inside = ""
    escaped = False
    for sign in text[-20_000:]:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif inside:
            inside = "" if sign == inside else inside
        elif sign in "\"'`":
            inside = sign
    return inside

"""Asks one question over HTTP/1.1 and keeps the answer as it came: names as written, repeated fields, capped, plain."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from wizard.checks.base import CouldNotLook, Trouble, TroubleKind
from wizard.checks.looks.tags import Tag, tags
from wizard.checks.looks.unclaimed import phrases_in
from wizard.checks.masking import mask_address, mask_field, mask_text
from wizard.domain.language import _

if TYPE_CHECKING:
    import h11

    from wizard.checks.looks.ground import Ground
    from wizard.checks.looks.wire import Wire

MOST_HEADER = 64 * 1024
MOST_BODY = 256 * 1024
MOST_INTERIM = 3
MOST_PIECES = 4096
MOST_REDIRECTS = 5

#: WHATWG MIME Sniffing 5.1 and 7.1: kinds that say nothing, and beginnings that browsers then take for a page.
_UNKNOWN_KINDS = frozenset({"unknown/unknown", "application/unknown"})
_LOOKS_LIKE_A_PAGE = re.compile(
    r"[\t\n\f\r ]*<(?:!--|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|"
    r"(?:!doctype html|html|head|body))",
    re.I,
)

_UTF_16 = re.compile(r"""charset\s*=\s*["']?\s*utf-?16(be)?""", re.I)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `headers` keep order, spelling and repetition; `body` is text, and in a stored record only the
    tags that judgements read; `body_length` and `body_sha256` are of the whole body.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str = ""
    body_length: int = 0
    body_sha256: str = ""
    method: str = "GET"
    address: str = ""
    verified: bool = False

    def fields(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, in order."""
        return self._by_name.get(name.lower(), ())

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        """A dozen checks ask for a dozen fields each."""
        found: dict[str, tuple[str, ...]] = {}
        for key, value in self.headers:
            lower = key.lower()
            found[lower] = (*found.get(lower, ()), value)
        return found

    def first(self, name: str) -> str | None:
        """The first value of a header field."""
        values = self.fields(name)
        return values[0] if values else None

    @property
    def redirects_to(self) -> str:
        """The absolute address that it sends to; "" when it does not redirect."""
        location = self.first("location")
        if self.status not in _REDIRECTS or not location:
            return ""
        try:
            return urljoin(self.url, location.strip())
        except ValueError:
            return ""

    @property
    def limited(self) -> bool:
        """True when a limiter answers in place of the service: 429, 503, or Cloudflare's field for its challenges."""
        return self.status in (429, 503) or bool(self.fields("cf-mitigated"))

    @cached_property
    def media_type(self) -> str:
        """The media type without parameters, lower case, of several the last that parses (Fetch); "" when none is."""
        for value in reversed([part for field in self.fields("content-type") for part in field.split(",")]):
            kind = value.partition(";")[0].strip().lower()
            if kind != "*/*" and re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+", kind):
                return kind
        return ""

    @cached_property
    def is_page(self) -> bool:
        """True for what a browser shows as a page: HTML that is neither a redirect nor a download."""
        if self.redirects_to or (self.first("content-disposition") or "").lower().startswith("attachment"):
            return False
        if self.media_type and self.media_type not in _UNKNOWN_KINDS:
            return self.media_type in ("text/html", "application/xhtml+xml")
        return _LOOKS_LIKE_A_PAGE.match(self.body) is not None

    @property
    def is_data(self) -> bool:
        """True for JSON and XML that a program reads."""
        kind = self.media_type
        return kind in ("application/json", "application/xml", "text/xml") or kind.endswith(("+json", "+xml"))

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The tags that judgements read; none of what is no page."""
        return tags(self.body) if self.is_page else ()

    def masked(self) -> Answer:
        """The same without secret values; of the body only the tags, and phrases, that judgements read."""
        kept = ("<html>", *map(_masked_tag, self.tags)) if self.is_page else ()
        if self.status >= 400:
            kept += phrases_in(self.body)
        return replace(
            self,
            url=mask_address(self.url),
            headers=tuple((name, mask_field(name, value)) for name, value in self.headers),
            body="\n".join(kept),
        )


def _masked_tag(tag: Tag) -> str:
    if tag.name in ("link", "script", "insecure", "password-form"):
        return replace(tag, content=mask_address(tag.content)).html
    if tag.name == "refresh":
        return replace(tag, content=mask_field("refresh", tag.content)).html
    return mask_text(tag.html)


class Talk:
    """One connection to one host, question after question. Raises `CouldNotLook`, `OSError` and `TimeoutError`."""

    def __init__(
        self,
        ground: Ground,
        address: str,
        scheme: str,
        port: int,
        wire: Wire,
    ) -> None:
        import h11

        self._ground, self.address, self._scheme, self._port = ground, address, scheme, port
        self._wire = wire
        self._ended, self._start = False, b""
        self._conn: h11.Connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER)

    @property
    def usable(self) -> bool:
        """True while another question may be asked on this connection."""
        import h11

        return self._conn.our_state is h11.IDLE and self._wire.is_quiet()

    async def ask(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: Sequence[tuple[str, str]] = (),
        pieces: int = MOST_PIECES,
        most: int = MOST_BODY,
    ) -> Answer:
        """One question and its whole answer of at most `most` bytes, within the wall-clock limit."""
        if method not in ("GET", "HEAD", "OPTIONS"):
            raise ValueError("only GET, HEAD and OPTIONS are ever sent")
        from wizard.checks.looks.ground import trouble_of

        await self._ground.run.politeness(self._ground.host).request()
        limit = self._ground.limits.answer
        try:
            async with self._ground.limit(limit):
                return await self._ask(target, method, headers, pieces, most)
        except TimeoutError as error:
            if self._start and not self._start.startswith(b"HTTP/"[: len(self._start)]):
                raise CouldNotLook(self._no_http()) from error
            detail = _("in the middle of an answer") if self._start else ""
            raise CouldNotLook(replace(trouble_of(error), detail=detail)) from error

    async def _ask(
        self, target: str, method: str, headers: Sequence[tuple[str, str]], pieces: int, most: int
    ) -> Answer:
        import h11

        self._start = b""
        name = self._ground.host.name
        host = f"[{name}]" if ":" in name else name
        authority = host if self._port == {"https": 443, "http": 80}[self._scheme] else f"{host}:{self._port}"
        base = [
            ("Host", authority),
            *self._ground.run.probe_headers(),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
        ]
        try:
            request = h11.Request(method=method, target=target.encode("ascii"), headers=[*base, *headers])
            await self._wire.send((self._conn.send(request) or b"") + (self._conn.send(h11.EndOfMessage()) or b""))
            response = await self._head()
            body, length = await self._body(pieces, most)
        except (h11.ProtocolError, UnicodeError) as error:
            if self._ended:
                raise CouldNotLook(Trouble(TroubleKind.BROKEN_OFF)) from error
            too_long = isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431
            trouble = Trouble(TroubleKind.HEADERS_TOO_LONG) if too_long else self._no_http()
            raise CouldNotLook(trouble) from error
        received = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw_items())
        answer = Answer(
            url=f"{self._scheme}://{authority}{target}",
            status=response.status_code,
            headers=received,
            body=text_of(body, received),
            body_length=length,
            body_sha256=hashlib.sha256(body).hexdigest() if body else "",
            method=method,
            address=self.address,
            verified=self._scheme == "https",
        )
        codings = [c.strip().lower() for field in answer.fields("content-encoding") for c in field.split(",")]
        if any(coding not in ("", "identity") for coding in codings):
            raise CouldNotLook(Trouble(TroubleKind.COMPRESSED))
        return answer

    def _no_http(self) -> Trouble:
        # A SETTINGS frame comes first from whoever speaks HTTP/2 (RFC 9113 3.4).
        settings = self._start[:1] == b"\x00" and self._start[3:5] == b"\x04\x00"
        return Trouble(TroubleKind.HTTP2_ONLY if settings else TroubleKind.NOT_HTTP)

    async def _event(self) -> object:
        import h11

        read = 0
        while (event := self._conn.next_event()) is h11.NEED_DATA:
            if read:  # pieces may come faster than we read: time limits must have their turn
                await asyncio.sleep(0)
            data = await self._wire.receive()
            read += 1
            self._ended = not data
            self._start = (self._start + data)[:5]
            self._conn.receive_data(data)
        return event

    async def _head(self) -> h11.Response:
        import h11

        for _reply in range(MOST_INTERIM + 1):
            event = await self._event()
            if isinstance(event, h11.Response):
                if event.http_version not in (b"1.0", b"1.1"):
                    raise CouldNotLook(Trouble(TroubleKind.NOT_HTTP))
                if sum(len(k) + len(v) + 4 for k, v in event.headers.raw_items()) > MOST_HEADER:
                    raise CouldNotLook(Trouble(TroubleKind.HEADERS_TOO_LONG))
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise CouldNotLook(Trouble(TroubleKind.BROKEN_OFF))
        raise CouldNotLook(Trouble(TroubleKind.TOO_MANY_INTERIM))

    async def _body(self, pieces: int, most: int) -> tuple[bytes, int]:
        import h11

        body = bytearray()
        for _piece in range(pieces):
            event = await self._event()
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > most:
                    break
            else:
                if self._conn.our_state is h11.DONE and self._conn.their_state is h11.DONE:
                    self._conn.start_next_cycle()
                return bytes(body), len(body)
        raise CouldNotLook(Trouble(TroubleKind.BODY_TOO_LONG))


@asynccontextmanager
async def talk(ground: Ground, *, shared: bool = False) -> AsyncIterator[Talk]:
    """A connection with verified TLS to the first address that takes one. Raises as `Talk` does.

    `shared`: on the connection that showed the certificate; only one look may say so.
    """
    port = ground.host.port
    failed: OSError | None = None
    for address in (await ground.addresses()).usable:
        opened = False
        try:
            opening = ground.verified(address) if shared else ground.wire(address, port, ground.run.trusting)
            async with opening as wire:
                opened = True
                yield Talk(ground, address, "https", port, wire)
                return
        except OSError as error:
            if opened:
                raise
            failed = error
    raise failed or OSError("no address")


def text_of(body: bytes, headers: Sequence[tuple[str, str]] = ()) -> str:
    """A body as browsers read it, as far as its letters of ASCII go: UTF-16 where it says so (Encoding standard 6, the
    mark before the field), else UTF-8, which every other encoding of theirs shares those with. Never raises.
    """
    named = " ".join(value for name, value in headers if name.lower() == "content-type")
    if body[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return body.decode("utf-16", "replace")
    if not body.startswith(b"\xef\xbb\xbf") and (found := _UTF_16.search(named)):
        return body.decode("utf-16-be" if found[1] else "utf-16-le", "replace")
    return body.decode("utf-8", "replace")


def parts_of(url: str) -> SplitResult | None:
    """A URL taken apart; None for one that is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def port_of(parts: SplitResult) -> int:
    """The port of a URL, named or not."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def target_of(parts: SplitResult) -> str:
    """Path and query for the request line."""
    from urllib.parse import quote

    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return path + ("?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]") if parts.query else "")

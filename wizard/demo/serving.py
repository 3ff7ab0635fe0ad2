"""How the demonstration partner serves one connection: plain HTTP, TLS by the library, or old TLS by hand."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from wizard.demo import old_tls
from wizard.demo.authority import ServerIdentity
from wizard.demo.pages import Page, Site

LARGEST_HEAD = 16 * 1024
_PIECE = 16 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_FAREWELL = 1.0  # seconds in which the client may hang up first

T = TypeVar("T")


@dataclass(frozen=True)
class Secure:
    """The HTTPS port of a site. Plain HTTP that strays here is redirected, old TLS gets what the site deserves."""

    site: Site
    identity: ServerIdentity

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request. Raises OSError, EOFError or ValueError when the client does wrong."""
        head = await reader.readexactly(old_tls.ENOUGH_TO_KNOW_THE_VERSION)
        version = old_tls.version(head)
        if head[0] != old_tls.HANDSHAKE_RECORD:
            port = writer.get_extra_info("sockname")[1]
            request = head + await reader.readuntil(_END_OF_HEAD)
            writer.write(redirect(request, f"https://{self.site.name}:{port}"))
        elif self.site.accepts_tls_1_1 and 0 < version < old_tls.TLS_1_2:
            hello = await _hello(head, reader)
            writer.write(old_tls.answer(hello, [self.identity.certificate]))
        else:
            await self._by_the_library(head, reader, writer)
        await part(reader, writer)

    async def _by_the_library(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = _Tls(self.identity.context, first, reader, writer)
        # A handshake or record that the library refuses ends with its alert.
        with contextlib.suppress(ssl.SSLError):
            await tls.do(tls.session.do_handshake)
            head = b""
            while _END_OF_HEAD not in head:
                piece = await tls.do(lambda: tls.session.read(_PIECE))
                if not piece or len(head) > LARGEST_HEAD:
                    return
                head += piece
            answer = reply(head, self.site)
            await tls.do(lambda: tls.session.write(answer))
            # Says goodbye (close_notify); "want read" is the client's own goodbye, which is not waited for.
            tls.session.unwrap()
        tls.flush()


@dataclass(frozen=True)
class Plain:
    """The plain HTTP port of a site: it only redirects."""

    address: str

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request. Raises OSError, EOFError or ValueError when the client does wrong."""
        writer.write(redirect(await reader.readuntil(_END_OF_HEAD), self.address))
        await part(reader, writer)


class _Tls:
    """The TLS library over streams whose first bytes were already read."""

    def __init__(
        self, context: ssl.SSLContext, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._incoming.write(first)
        self._reader, self._writer = reader, writer
        self.session = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def do(self, deed: Callable[[], T]) -> T:
        """Do `deed` as soon as enough bytes have come; raises ssl.SSLError (an OSError) when the client does wrong."""
        while True:
            try:
                return deed()
            except ssl.SSLWantReadError:
                self.flush()
                if data := await self._reader.read(_PIECE):
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            finally:
                self.flush()

    def flush(self) -> None:
        """Send what the library wants to say: handshakes, data, alerts."""
        self._writer.write(self._outgoing.read())


async def part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send what is left, then wait a little for the client to hang up.

    Closing while bytes are unread would reset the connection, and the client would lose the answer.
    """
    await writer.drain()
    writer.write_eof()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL):
            while await reader.read(_PIECE):
                pass


async def _hello(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """The whole ClientHello message, joined from its records (RFC 4346 section 6.2.1)."""
    record = int.from_bytes(head[3:5], "big")
    message = head[5:] + await reader.readexactly(max(0, record + 5 - len(head)))
    length = 4 + int.from_bytes(message[1:4], "big")
    while len(message) < length <= LARGEST_HEAD:
        header = await reader.readexactly(5)
        message += await reader.readexactly(int.from_bytes(header[3:5], "big"))
    return message[:length]


def _request(head: bytes) -> tuple[str, str]:
    """Method and path of a request; raises ValueError for anything else."""
    method, target, _protocol = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
    return method, target.partition("?")[0]


def reply(head: bytes, site: Site) -> bytes:
    """The site's answer to a request: a page, 404, or 405 for methods that could change something."""
    method, path = _request(head)
    page = site.pages.get(path, site.missing)
    if method not in ("GET", "HEAD"):
        page = Page(b"", status=405, fields=(*site.missing.fields, ("Allow", "GET, HEAD")))
    return _response(page, with_body=method != "HEAD")


def redirect(head: bytes, address: str) -> bytes:
    """The answer to plain HTTP: the same path at `address` (https://name:port), for good."""
    _method, path = _request(head)
    return _response(Page(b"", "text/plain", 308, (("Location", address + path),)), with_body=False)


def _response(page: Page, *, with_body: bool) -> bytes:
    fields = (("Content-Type", page.kind), ("Content-Length", str(len(page.body))), ("Connection", "close"))
    lines = [f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in (*fields, *page.fields)]
    return "\r\n".join(lines).encode("ascii") + _END_OF_HEAD + (page.body if with_body else b"")

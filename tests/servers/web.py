"""Small servers on loopback, in the test's own event loop: web sites of every kind, and hostile ones."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
GOOD = (
    HSTS,
    ("Content-Type", "text/html; charset=utf-8"),
    (
        "Content-Security-Policy",
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)


@dataclass
class Port:
    """A running server: its port, and every request line and header that it saw."""

    number: int
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def serve(
    handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", number: int = 0
) -> AsyncIterator[Port]:
    """Any handler on a free port; at the end every connection is dropped."""
    port = Port(0)
    tasks: set[asyncio.Task[None]] = set()

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port.connections += 1
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (OSError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            with suppress(Exception):
                writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(on_connect, host, number, ssl=tls, backlog=1024)
    port.number = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Page:
    """What a site answers for a path."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = GOOD
    body: bytes = b"<!doctype html><title>hello</title>"


Site = Mapping[str, Page]


def site(pages: Site, missing: Page | None = None, seen: list[tuple[str, dict[str, str]]] | None = None) -> Handler:
    """A well-behaved site with keep-alive; `missing` answers every other path (default: as "/", with 404)."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.split("\r\n")
            headers = {k.strip().lower(): v.strip() for k, _, v in (r.partition(":") for r in rest if r)}
            if seen is not None:
                seen.append((line, headers))
            method, target, _version = line.split(" ")
            path = target.partition("?")[0]
            page = pages.get(target) or pages.get(path) or missing or Page(404, pages["/"].headers, b"not here")
            writer.write(render(page, head_only=method == "HEAD"))
            await writer.drain()

    return handler


def render(page: Page, *, head_only: bool = False) -> bytes:
    lines = [f"HTTP/1.1 {page.status} Whatever", *(f"{k}: {v}" for k, v in page.headers)]
    lines.append(f"Content-Length: {len(page.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (b"" if head_only else page.body)


def bytes_then(*pieces: bytes, pause: float = 0.0, hold: bool = True) -> Handler:
    """Reads one request (or the beginning of anything), sends the pieces, then holds or closes the connection."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if hold:
            await asyncio.sleep(3600)

    return handler


def endless(start: bytes, again: bytes, pause: float = 0.0) -> Handler:
    """Sends `start` and then `again` for ever."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(start)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and says nothing."""
    await asyncio.sleep(3600)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and breaks it off after the first bytes."""
    await reader.read(64)
    writer.transport.abort()


@dataclass(frozen=True)
class Request:
    """What a scripted server is asked: path with query, fields by lower-case name, the how-manieth request it is."""

    method: str
    target: str
    fields: Mapping[str, str]
    count: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def token(self) -> str:
        """The bearer token, "" when there is none."""
        return self.fields.get("authorization", "").removeprefix("Bearer ")


def scripted(answer: Callable[[Request], Page], seen: list[Request] | None = None) -> Handler:
    """A server whose answers are computed from each request, with keep-alive; `seen` collects the requests."""
    count = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.split("\r\n")
            fields = {k.strip().lower(): v.strip() for k, _, v in (r.partition(":") for r in rest if r)}
            method, target, _version = line.split(" ")
            count += 1
            request = Request(method, target, fields, count)
            if seen is not None:
                seen.append(request)
            writer.write(render(answer(request), head_only=method == "HEAD"))
            await writer.drain()

    return handler

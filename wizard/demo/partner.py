"""A small imperfect partner on loopback, for the demonstration: real sockets, real TLS, and faults worth finding."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from wizard.demo.authority import Authority
from wizard.demo.pages import openapi, sites
from wizard.demo.serving import LARGEST_HEAD, Plain, Secure

LOOPBACK = "127.0.0.1"
_PATIENCE = 10.0  # seconds that one connection may take in all

_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class PartnerHost:
    """One host as the scope names it. `http_port` serves plain HTTP and only redirects to the HTTPS port."""

    name: str
    port: int
    http_port: int
    purpose: str


class Partner:
    """A running partner: four hosts, each on ports of its own on loopback, served by one thread.

    `resolve` maps each name to loopback, `ca_file` (PEM) holds the authority that its certificates come from, `openapi`
    is its description of its API. Made by `start`; ends with `stop`, or as a context manager.
    """

    def __init__(self, ca_file: Path) -> None:
        self.ca_file = ca_file
        self.openapi = openapi()
        self.hosts: tuple[PartnerHost, ...] = ()
        # A selector loop on every system: the thread holds nothing but sockets.
        self._loop = asyncio.SelectorEventLoop()
        self._stopped = asyncio.Event()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._settled = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="demonstration partner", daemon=True)

    @property
    def resolve(self) -> Mapping[str, tuple[str, ...]]:
        """Where each name is found: nowhere but here."""
        return {host.name: (LOOPBACK,) for host in self.hosts}

    def stop(self) -> None:
        """Close every port and connection and wait for the thread; a second time does nothing."""
        if self._thread.is_alive():
            # The loop may end by itself between the two lines.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self._thread.start()
        self._settled.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:  # raised again where the partner was started
            self._failure = error
        finally:
            self._loop.close()
            self._settled.set()

    async def _serve(self) -> None:
        authority = Authority()
        self.ca_file.write_bytes(authority.pem)
        servers: list[asyncio.Server] = []
        try:
            hosts = []
            for site in sites():
                identity = authority.issue(site.name, with_rsa=site.accepts_tls_1_1)
                port = await self._listen(servers, Secure(site, identity).serve)
                http_port = await self._listen(servers, Plain(f"https://{site.name}:{port}").serve)
                hosts.append(PartnerHost(site.name, port, http_port, site.purpose))
            self.hosts = tuple(hosts)
            self._settled.set()
            await self._stopped.wait()
        finally:
            # WORKAROUND(CPython 3.11): a server closed while it accepts a connection loses the open socket. So:
            # accept nothing more, end what was accepted, then close.
            for server in servers:
                for listener in server.sockets:
                    self._loop.remove_reader(listener.fileno())
            await self._hang_up()
            for server in servers:
                server.close()

    async def _hang_up(self) -> None:
        """End every connection, also those that were accepted but have not begun."""
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for writer in self._connections.values():
                writer.transport.abort()
            await asyncio.wait(others, timeout=0.01)
        await asyncio.sleep(0)  # closed transports let go of their sockets in the next round

    async def _listen(self, servers: list[asyncio.Server], serve: _Serve) -> int:
        """Open a port of loopback and return its number; its server is added to `servers`."""

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._connections[task] = writer
            try:
                # A client that speaks wrongly, too slowly or not at all ends its own connection and nothing else.
                with contextlib.suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):
                    async with asyncio.timeout(_PATIENCE):
                        await serve(reader, writer)
            finally:
                del self._connections[task]
                writer.close()

        server = await asyncio.start_server(connected, LOOPBACK, 0, limit=LARGEST_HEAD)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])


def start(folder: Path) -> Partner:
    """Start the partner; its authority's certificate is written into `folder`. Raises OSError if it cannot."""
    partner = Partner(folder / "partner-ca.pem")
    partner._start()
    return partner

"""Connections: shared where a handshake would be wasted, given up when the other side ended, never without an end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

import pytest

from tests.servers import certs
from tests.servers.web import Handler, Page, Port, endless, render, serve, site
from wizard.checks.every import find
from wizard.checks.looks.ground import Ground, LookSettings, Run
from wizard.checks.looks.https_answers import Talks
from wizard.checks.looks.wire import Wire
from wizard.checks.plan import look
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

ANSWER = render(Page())


def _looked(names: Sequence[str], handler: Handler, tls: ssl.SSLContext) -> tuple[tuple[Result, ...], int]:
    checks = [check for name in names if (check := find(name))]

    async def run() -> tuple[tuple[Result, ...], int]:
        async with serve(handler, tls) as port:
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), resolve={"localhost": ("127.0.0.1",)}
            )
            (found,) = await look([Host("localhost", port.number)], checks, settings)
            return found.results, port.connections

    return asyncio.run(run())


@pytest.mark.parametrize("names", [["certificate"], ["security-txt"], ["certificate", "security-txt"]])
def test_the_handshake_that_shows_the_certificate_is_used_for_more(names: list[str]) -> None:
    results, connections = _looked(names, site({"/": Page()}), certs.good())
    assert connections == 1
    assert all(result.verdict is not Verdict.UNKNOWN for result in results)


def test_a_certificate_that_is_not_trusted_is_seen_as_before() -> None:
    results, _connections = _looked(["certificate", "security-txt"], site({"/": Page()}), certs.faulty("self-signed"))
    assert [result.verdict for result in results] == [Verdict.FAIL, Verdict.UNKNOWN]


async def _asked_twice(handler: Handler, tls: ssl.SSLContext | None) -> tuple[list[str], Port]:
    async with serve(handler, tls) as port:
        ground = _ground(port.number)
        async with Talks(ground) as talks:
            first = await talks.ask(ground, "/")
            await asyncio.sleep(0.05)
            second = await talks.ask(ground, "/")
        return [first.body, second.body], port


def _ground(port: int) -> Ground:
    return Run(LookSettings(allow_private=True, ca_file=certs.root_file()), ()).ground(Host("127.0.0.1", port))


async def _unasked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says the answer to the next question before it is asked."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await asyncio.sleep(0.01)
    writer.write(render(Page(body=b"made up beforehand")))
    await reader.read()


async def _once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("handler", [_unasked, _once])
def test_a_connection_that_ended_or_talks_unasked_is_not_asked_again(handler: Handler) -> None:
    bodies, port = asyncio.run(_asked_twice(handler, certs.good()))
    assert port.connections == 2
    assert bodies == [Page().body.decode()] * 2


def test_a_shared_connection_that_ended_is_not_asked_again_while_its_certificate_is_looked_at() -> None:
    async def run() -> int:
        async with serve(_once, certs.good()) as port:
            ground = _ground(port.number)
            async with ground.verified("127.0.0.1"), Talks(ground, shared=True) as talks:
                for _question in range(3):
                    assert (await talks.ask(ground, "/")).status == 200
            return port.connections

    assert asyncio.run(run()) == 3


def test_a_plain_connection_that_ended_or_talks_unasked_is_known() -> None:
    async def quiet(handler: Handler) -> bool:
        async with serve(handler) as port:
            wire = Wire("127.0.0.1")
            try:
                await wire.connect(port.number)
                assert wire.is_quiet()
                await wire.send(b"GET / HTTP/1.1\r\n\r\n")
                assert await wire.receive() == ANSWER
                await asyncio.sleep(0.05)
                return wire.is_quiet()
            finally:
                wire.close()

    assert asyncio.run(quiet(site({"/": Page()})))
    assert not asyncio.run(quiet(_once))
    assert not asyncio.run(quiet(_unasked))


def test_records_without_content_do_not_outrun_a_time_limit() -> None:
    class Empty:
        """TLS that never finds content in what came, as with one empty record after the other."""

        def read(self, _most: int) -> bytes:
            wire._coming.read()
            raise ssl.SSLWantReadError

    async def run() -> None:
        nonlocal wire
        async with serve(endless(b"", b"x" * 65536)) as port:
            ground = _ground(port.number)
            wire = Wire("127.0.0.1")
            try:
                await wire.connect(port.number)
                await wire.send(b"hello")
                wire._coming, wire._going = ssl.MemoryBIO(), ssl.MemoryBIO()
                wire.tls = Empty()  # type: ignore[assignment]
                async with ground.limit(0.2):
                    await wire.receive()
            finally:
                wire.close()

    wire: Wire
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(run(), 10))

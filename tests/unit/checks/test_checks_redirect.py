"""Plain HTTP to HTTPS: an expected-verdict table against real servers on two ports."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.servers import certs
from tests.servers.web import GOOD, Handler, Page, bytes_then, hang, serve, site
from wizard.checks.every import find
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

CHECK = find("https-redirect")
assert CHECK
P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
COOKIE = ("Set-Cookie", "sid=verysecretvaluethatnobodysees; Secure")


def to(location: str, status: int = 301, *headers: tuple[str, str], body: bytes = b"") -> Handler:
    return site({"/": Page(status, (("Location", location), *headers), body)})


def only(status: int, *headers: tuple[str, str], body: bytes = b"") -> Handler:
    return site({"/": Page(status, headers, body)})


#: what plain HTTP does ({} is the address of the secure port), what the secure root does, the verdict
TABLE: dict[str, tuple[Handler | None, Page | None, Verdict]] = {
    "closed": (None, None, P),
    "301": (to("{}/"), None, P),
    "308 to a page": (to("{}/login", 308), None, P),
    "302": (to("{}/", 302), None, W),
    "307": (to("{}/", 307), None, W),
    "to another host": (to("https://elsewhere.example/"), None, W),
    "to plain HTTP": (to("http://localhost/other"), None, F),
    "to a path": (to("/other"), None, F),
    "to nonsense": (to("javascript:alert(1)"), None, F),
    "to half an address": (to("https://"), None, F),
    "and back to plain HTTP": (to("{}/"), Page(302, (("Location", "http://localhost/"),), b""), F),
    "content": (only(200, body=b"<html>hello"), None, F),
    "no content": (only(204), None, W),
    "refused": (only(403), None, P),
    "refused with a page": (only(403, body=b"<html>no"), None, W),
    "refused with a cookie": (only(403, COOKIE), None, F),
    "301 with a cookie": (to("{}/", 301, COOKIE), None, F),
    "301 without a place": (only(301), None, W),
    "server error": (only(502), None, U),
    "limited": (only(429), None, U),
    "not HTTP": (bytes_then(b"SSH-2.0-x\r\n"), None, U),
    "garbage": (bytes_then(bytes(4000), hold=False), None, U),
    "no answer": (hang, None, W),
    "a loop": (to("{}/a"), Page(302, (("Location", "/a"),), b""), U),
}


async def _look(plain: Handler | None, secure: Page | None, *, alive: bool = True) -> tuple[Result, bytes]:
    pages = {"/": secure or Page(), "/a": secure or Page(), "/login": Page(200, GOOD)}
    async with AsyncExitStack() as stack:
        tls = await stack.enter_async_context(serve(site(pages), certs.good()))

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner = writer.write
            here = f"https://localhost:{tls.number}".encode()
            writer.write = lambda data: inner(data.replace(b"{}", here))  # type: ignore[method-assign]
            assert plain
            await plain(reader, writer)

        port = (await stack.enter_async_context(serve(handler))).number if plain else 1
        settings = LookSettings(
            allow_private=True,
            ca_file=certs.root_file(),
            plain_port=port,
            limits=Limits(connect=0.5, answer=0.5, probe=1.5),
        )
        (found,) = await look([Host("localhost", tls.number if alive else 2)], [CHECK], settings)  # type: ignore[list-item]
        return found.results[0], found.record


@pytest.mark.parametrize("name", TABLE)
def test_table(name: str) -> None:
    plain, secure, wanted = TABLE[name]
    result, record = asyncio.run(_look(plain, secure))
    assert result.verdict is wanted, (result.summary, result.proof, result.facts)
    (again,) = judge_again(record, [CHECK])  # type: ignore[list-item]
    assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)
    assert b"verysecret" not in record
    assert (result.fix != "") is (wanted is F) or wanted is W


def test_a_closed_port_proves_nothing_when_the_host_is_away() -> None:
    result, _record = asyncio.run(_look(None, None, alive=False))
    assert result.verdict is U
    assert result.next_step

"""Secrets in what a host gives to every browser: scripts, inline ones, source maps; other hosts are never asked."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.servers import certs
from tests.servers.web import GOOD, Page, serve, site
from wizard.checks import public_secrets
from wizard.checks.code import in_public
from wizard.checks.code.engine import Kingfisher
from wizard.checks.code.in_public import Searching
from wizard.checks.code.leak import Masker
from wizard.checks.plan import LookSettings, look
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host
from wizard.session import looking_apart

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def looked(engine: Kingfisher, pages: dict[str, Page]) -> tuple[Result, str, list[str]]:
    """The result, the sealed record, and the paths that were asked for."""
    search = in_public.searching(engine, Masker(b"k" * 32), NOW)
    seen: list[tuple[str, dict[str, str]]] = []

    async def run() -> Any:
        async with serve(site(pages, seen=seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), search=search)
            return await look([host], [public_secrets.CHECK], settings)

    (found,) = asyncio.run(run())
    return found.results[0], found.record.decode(), [line.split()[1] for line, _headers in seen]


def page(html: str) -> Page:
    return Page(body=f"<!doctype html><html><body>{html}</body></html>".encode())


def script(text: str) -> Page:
    return Page(headers=(("Content-Type", "text/javascript"),), body=text.encode())


def test_scripts_inline_code_and_source_maps_are_searched(engine: Kingfisher, token: Callable[[], str]) -> None:
    secrets = [token() for _each in range(4)]
    inline = base64.b64encode(json.dumps({"sourcesContent": [f"const d = '{secrets[3]}'"]}).encode()).decode()
    pages = {
        "/": page(
            f"<script>const a = '{secrets[0]}'</script><script src=/app.js></script>"
            "<link rel=modulepreload href=late.js><script src=https://cdn.example/x.js></script>"
        ),
        "/app.js": script(f"const b = '{secrets[1]}'\n//# sourceMappingURL=app.js.map"),
        "/app.js.map": script(json.dumps({"sourcesContent": [f"const c = '{secrets[2]}'"]})),
        "/late.js": script(f"x()\n//# sourceMappingURL=data:application/json;base64,{inline}"),
    }
    result, record, asked = looked(engine, pages)
    assert result.verdict is Verdict.FAIL
    reading = public_secrets.reading_of(result.facts)
    assert reading is not None
    masker = Masker(b"k" * 32)
    assert {leak.fingerprint for leak in reading.leaks} == {masker.fingerprint(secret) for secret in secrets}
    assert set(asked) == set(pages)
    for secret in secrets:
        assert secret not in record + repr(result)
    settled = {leak.fingerprint for leak in reading.leaks}
    assert public_secrets.judge_with(reading, settled).verdict is Verdict.UNKNOWN  # the script of another host


def test_parts_that_scripts_load_when_needed_are_searched(engine: Kingfisher, token: Callable[[], str]) -> None:
    """As Vite, webpack and plain modules spell them; an answer that is a page for every address is no part."""
    secrets = [token() for _each in range(4)]
    pages = {
        "/": page("<script type=module src=/assets/index.js></script><script src=/_next/static/main.js></script>"),
        "/assets/index.js": script(
            'const m=["assets/Lazy-1a2b.js"];import("./plain.mjs");t("vendor/none.js");f("gone/away.js")'
        ),
        "/assets/Lazy-1a2b.js": script(f"const a='{secrets[0]}'\n//# sourceMappingURL=Lazy-1a2b.js.map"),
        "/assets/Lazy-1a2b.js.map": script(json.dumps({"sourcesContent": [f"const b = '{secrets[1]}'"]})),
        "/assets/plain.mjs": script(f"const c='{secrets[2]}'"),
        "/_next/static/main.js": script(
            'r.p="/_next/";r.u=e=>"static/chunks/"+({7:"editor"}[e]||e)+"."+{7:"c0ffee",9:"beef"}[e]+".js"'
        ),
        "/_next/static/chunks/editor.c0ffee.js": script(f"const d='{secrets[3]}'"),
        "/vendor/none.js": page("an application"),
    }
    result, _record, asked = looked(engine, pages)
    reading = public_secrets.reading_of(result.facts)
    assert reading is not None
    masker = Masker(b"k" * 32)
    assert {leak.fingerprint for leak in reading.leaks} == {masker.fingerprint(secret) for secret in secrets}
    assert "/_next/static/chunks/9.beef.js" in asked
    assert len(reading.leaks) == 4


def test_clean_files_pass_and_public_maps_warn(engine: Kingfisher) -> None:
    pages = {"/": page("<script src=/a.js></script>"), "/a.js": script("x()\n//# sourceMappingURL=a.js.map")}
    assert looked(engine, pages)[0].verdict is Verdict.PASS  # the map is named and not published
    pages["/a.js.map"] = script("{}")
    assert looked(engine, pages)[0].verdict is Verdict.WARN


def test_what_cannot_be_read_is_never_clean(engine: Kingfisher) -> None:
    packed = Page(headers=(("Content-Type", "text/javascript"), ("Content-Encoding", "gzip")), body=b"\x1f\x8b")
    result, _record, _asked = looked(engine, {"/": page("<script src=/a.js></script>"), "/a.js": packed})
    assert result.verdict is Verdict.UNKNOWN
    moved = Page(status=302, headers=(*GOOD, ("Location", "https://elsewhere.example/")))
    result, _record, asked = looked(engine, {"/": moved})
    assert result.verdict is Verdict.UNKNOWN
    assert asked == ["/"]


def test_what_a_server_keeps_back_is_never_clean(engine: Kingfisher) -> None:
    loads = page("<script src=/app.js></script>")
    kept: dict[str, dict[str, Page]] = {
        "503": {"/": Page(503, body=b"later")},
        "429": {"/": loads, "/app.js": Page(429)},
        "403": {"/": loads, "/app.js": Page(403)},
        "500": {"/": loads, "/app.js": script("x()\n//# sourceMappingURL=app.js.map"), "/app.js.map": Page(500)},
    }
    for status, pages in kept.items():
        result, _record, _asked = looked(engine, pages)
        assert (result.verdict, status in result.summary) == (Verdict.UNKNOWN, True), (status, result.summary)
    gone = {"/": loads, "/app.js": Page(404, body=b"no")}
    assert looked(engine, gone)[0].verdict is Verdict.PASS


def test_large_scripts_are_read_whole(engine: Kingfisher, token: Callable[[], str]) -> None:
    pages = {"/": page("<script src=/a.js></script>"), "/a.js": script("a();" * 300_000 + f"t = '{token()}'")}
    assert looked(engine, pages)[0].verdict is Verdict.FAIL


@pytest.mark.slow
def test_a_process_of_its_own_finds_the_same(engine: Kingfisher, token: Callable[[], str], rules_home: Path) -> None:
    """There a search never keeps the window waiting; the key and the secret stand nowhere afterwards."""
    secret = token()
    pages = {"/": page("<script src=/app.js></script>"), "/app.js": script(f"const a = '{secret}'")}
    (here, _record, _asked), key = looked(engine, pages), b"k" * 32
    heard: list[Any] = []

    async def run() -> None:
        async with serve(site(pages), certs.good()) as port:
            hosts = (Host("localhost", port.number),)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file())
            wanted = Searching(str(rules_home / "data" / "secret-rules"), key.hex(), NOW)
            assert key.hex() not in repr(wanted)
            await looking_apart.look(hosts, [public_secrets.CHECK], settings, {}, heard.append, wanted)

    asyncio.run(run())
    (look_,) = heard[-1].looks
    (there,) = look_.results
    leaks = [public_secrets.reading_of(result.facts) for result in (here, there)]
    assert [(r.verdict, r.summary) for r in (here, there)] == [(Verdict.FAIL, here.summary)] * 2
    assert leaks[0] is not None
    assert leaks[1] is not None
    assert {leak.fingerprint for leak in leaks[0].leaks} == {leak.fingerprint for leak in leaks[1].leaks} != set()
    assert secret not in look_.record.decode() + repr(there)
    assert key.hex() not in look_.record.decode()

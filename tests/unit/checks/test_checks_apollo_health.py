"""Apollo's health call against a stand-in on loopback: one request, one host, and the credential is kept nowhere."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from tests.servers import certs
from tests.servers.web import Handler, Page, bytes_then, serve, site
from wizard.checks import apollo_health
from wizard.checks.apollo_health import NoCredential, ask
from wizard.checks.plan import Limits
from wizard.domain.observation import Level, Result, Verdict
from wizard.domain.scope import Host

KEY = "canary-Zx81Qp0mVb47Kd93"
P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
Seen = list[tuple[str, dict[str, str]]]


def _ask(handler: Handler, *, bearer: bool = False, trusted: bool = True) -> Result:
    async def run() -> Result:
        async with serve(handler, certs.good()) as port:
            more = {"ca_file": certs.root_file()} if trusted else {}
            return await ask(
                KEY,
                bearer=bearer,
                at=Host("localhost", port.number),
                allow_private=True,
                limits=Limits(answer=1.0),
                **more,
            )

    return asyncio.run(run())


def _page(body: object, status: int = 200, *headers: tuple[str, str]) -> Page:
    return Page(status, (("Content-Type", "application/json"), *headers), json.dumps(body).encode())


ANSWERS = {
    "known": (_page({"healthy": True, "is_logged_in": True}), P),
    "unknown key": (_page({"healthy": True, "is_logged_in": False}), F),
    "refused": (_page({"error": "x"}, 401), F),
    "forbidden": (_page({}, 403), F),
    "another answer": (_page({"ok": True}), U),
    "a word for true": (_page({"is_logged_in": "true"}), U),
    "no object": (_page([1]), U),
    "a page": (Page(200, (("Content-Type", "text/html"),), b"<html>"), U),
    "moved": (_page({}, 302, ("Location", "https://elsewhere.example/")), U),
    "busy": (_page({}, 429), U),
    "broken": (_page({}, 500), U),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page, verdict = ANSWERS[name]
    seen: Seen = []
    result = _ask(site({apollo_health.PATH: page}, Page(404), seen))
    assert (result.verdict, result.level, result.subject) == (verdict, Level.RECOMMENDED, "")
    ((line, headers),) = seen
    assert line == f"GET {apollo_health.PATH} HTTP/1.1"
    assert headers["x-api-key"] == KEY
    assert "authorization" not in headers
    assert KEY not in str(result)
    assert KEY not in caplog.text


def test_a_token_of_oauth() -> None:
    seen: Seen = []
    assert _ask(site({apollo_health.PATH: ANSWERS["known"][0]}, Page(404), seen), bearer=True).verdict is P
    assert seen[0][1]["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in seen[0][1]


def test_nothing_is_sent_to_whoever_is_not_trusted() -> None:
    seen: Seen = []
    result = _ask(site({apollo_health.PATH: ANSWERS["known"][0]}, Page(404), seen), trusted=False)
    assert result.verdict is U
    assert not seen


@pytest.mark.slow
def test_a_body_without_end_is_unknown() -> None:
    head = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"is_logged_in":true'
    assert _ask(bytes_then(head)).verdict is U


@pytest.mark.parametrize("text", ["", "   ", "short", "two words of it", "x" * 5000, "a\x00bcdefgh", "ключ-доступа"])
def test_what_is_no_credential_contacts_nobody(text: str) -> None:
    with pytest.raises(NoCredential) as mistake:
        asyncio.run(ask(text, at=Host("192.0.2.1")))
    assert len(text.strip()) < 5 or text.strip() not in str(mistake.value)


def test_it_is_said_before_what_is_contacted() -> None:
    assert "https://api.apollo.io/api/v1/auth/health" in apollo_health.statement()

"""The addresses that Apollo sends customers back to: on hosts of the scope only, and with nothing for strangers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks import oauth_redirect, record
from wizard.checks.every import find
from wizard.checks.looks.ground import LookSettings
from wizard.checks.looks.redirect_pages import RedirectPages, ask, holds_token, not_asked
from wizard.domain.observation import Method, Result, Verdict
from wizard.domain.scope import Host

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 1, tzinfo=UTC)
TOKEN = "kJ8sQ2mVx0Zp4TrW7yBn1C"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

TABLE: dict[str, tuple[int, str, Verdict]] = {
    "refused": (400, '{"error": "no code"}', P),
    "sent on": (302, "", P),
    "a page without anything": (200, "<!doctype html><title>Connect</title>", P),
    "a script that reads a token": (200, "<script>access_token=window.location.hash.substr(1)</script>", P),
    "a script that names a token": (200, 'const names = {"access_token": "access_token_in_answer"}', P),
    "a field for a token": (200, '<input name="access_token" value="">', P),
    "JSON": (200, f'{{"access_token": "{TOKEN}", "expires_in": 3600}}', F),
    "JSON in a string": (200, f'"{{\\"refresh_token\\": \\"{TOKEN}\\"}}"', F),
    "camel case": (200, f"<script>var s = {{accessToken: '{TOKEN}'}}</script>", F),
    "a form's words": (200, f"token_type=bearer&access_token={TOKEN}&x=1", F),
    "a link": (200, f'<a href="/done#id_token={TOKEN}">go on</a>', F),
    "a hidden field": (200, f'<input type="hidden" name="access_token" value="{TOKEN}">', F),
    "a signed token": (201, f"<p>{JWT}</p>", F),
    "the token alone": (200, f"{TOKEN}\n", F),
    "refused with a token": (403, f'{{"access_token": "{TOKEN}"}}', P),
    "in trouble": (500, "oops", U),
    "limited": (429, "", U),
}


def _look(page: Page, *more: str) -> tuple[Result, list[Request], RedirectPages]:
    seen: list[Request] = []

    async def run() -> RedirectPages:
        async with serve(scripted(lambda _request: page, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file())
            own = f"https://localhost:{port.number}/oauth/callback?team=[masked 4 plain]"
            return await ask([own, own, *more], [host], settings)

    pages = asyncio.run(run())
    return oauth_redirect.look_at_pages(pages, AT), seen, pages


@pytest.mark.parametrize("name", TABLE)
def test_what_a_visitor_without_a_code_gets(name: str) -> None:
    status, body, verdict = TABLE[name]
    location = (("Location", "/start"),) if status == 302 else ()
    result, seen, pages = _look(Page(status, location, body.encode()))
    assert (result.verdict, result.subject, result.method) == (verdict, "", Method.TEST), result.summary
    assert [(r.method, r.target) for r in seen] == [("GET", "/oauth/callback")]
    assert TOKEN not in str(result) + str(pages)
    assert JWT not in str(result) + str(pages)
    assert bool(result.fix) is (verdict is F)
    assert bool(result.next_step) is (verdict is U)
    again = record.write(Host("recording"), AT, "run", "1", (), oauth_redirect.Facts({RedirectPages: pages}))
    assert record.judge_again(again, [oauth_redirect.CHECK])[0].verdict is verdict


def test_a_host_outside_the_scope_is_named_and_never_asked() -> None:
    result, _seen, pages = _look(Page(400), "https://elsewhere.example/back", "http://localhost/x", "app:/back")
    assert result.verdict is U
    assert "elsewhere.example" in result.summary
    assert "scope" in result.next_step
    assert [(p.address.partition("/oauth")[0].startswith("https://localhost"), p.outside) for p in pages.pages] == [
        (True, False),
        (False, True),
    ]


def test_nobody_answers() -> None:
    result, _seen, _pages = _look(Page(400))
    assert result.verdict is P
    closed = asyncio.run(ask(["https://localhost:1/back"], [Host("localhost", 1)], LookSettings(allow_private=True)))
    assert oauth_redirect.look_at_pages(closed, AT).verdict is U


def test_addresses_beyond_those_that_are_asked_are_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.checks.looks.redirect_pages.MOST_ADDRESSES", 1)
    result, seen, _pages = _look(Page(400), "https://localhost:1/other")
    assert (result.verdict, len(seen)) == (U, 1)
    assert "1 more address was not asked" in result.summary


def test_what_was_only_recorded_is_no_pass() -> None:
    known = not_asked(["https://api.example/back"], [Host("api.example")])
    assert oauth_redirect.look_at_pages(known, AT).verdict is U
    assert oauth_redirect.look_at_pages(RedirectPages(()), AT).verdict is U
    assert find("OAUTH-02") is oauth_redirect.CHECK


@pytest.mark.parametrize("piece", ["id_token=", "-eyJ", "access_token' ", 'id_token="'])
@pytest.mark.slow
def test_a_hostile_body_takes_no_longer_than_its_length(piece: str) -> None:
    start = time.process_time()
    holds_token(piece * (256 * 1024 // len(piece)))
    assert time.process_time() - start < 2

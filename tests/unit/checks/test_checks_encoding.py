"""The mark in declared parameters: every context of a page has its verdict, and nothing is sent without consent."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.every import find
from wizard.checks.looks.control import CONTROL_FILE, token_of, word_of
from wizard.checks.looks.encoding_probe import MARK
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import HostLook, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

P, W, F, U, N = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
CHECK = find("CHK-ENCODE")
assert CHECK
TOKEN = token_of("w", "localhost")
HTML, JSON, TEXT = "text/html; charset=utf-8", "application/json", "text/plain"


def echo(
    template: str, spell: Callable[[str], str] = str, kind: str = HTML, status: int = 200
) -> Callable[[str], Page]:
    """A page with what was sent in one place, spelt in one way."""
    headers = (("Content-Type", kind),) if kind else ()
    return lambda value: Page(status, headers, template.replace("@", spell(value)).encode())


def templated(value: str) -> str:
    return value.replace("{{7*7}}", "49")


def lowered(value: str) -> str:
    return value.replace("<", "&lt;").replace(">", "&gt;")


def in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def for_scripts(value: str) -> str:
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("$", "\\u0024")[1:-1]


def backslashed(value: str) -> str:
    return re.sub(r"""(['"<>$])""", r"\\\1", value)


TABLE: dict[str, tuple[Callable[[str], Page], Verdict]] = {
    "raw in text": (echo("<html><p>@</p>"), F),
    "encoded in text": (echo("<html><p>@</p>", html.escape), P),
    "brackets only, in text": (echo("<html><p>@</p>", lowered), P),
    "brackets only, in an attribute": (echo('<html><input value="@">', lowered), F),
    "brackets only, behind an attribute with a bracket": (echo('<html><a title="a > b" href="@">x</a>', lowered), F),
    "encoded in an attribute": (echo('<html><input value="@">', html.escape), P),
    "single quotes raw in double quotes": (
        echo('<html><input value="@">', lambda v: html.escape(v, quote=False).replace('"', "&quot;")), P,
    ),
    "escaped by backslash in an attribute": (echo('<html><input value="@">', lambda v: in_json(lowered(v))), F),
    "no quotes around the attribute": (echo("<html><input value=@>", lowered), F),
    "encoded without quotes around": (echo("<html><input value=@>", html.escape), P),
    "JSON in a script": (echo('<html><script>var x = "@";</script>', in_json), F),
    "JSON for scripts in a script": (echo('<html><script>var x = "@";</script>', for_scripts), P),
    "quotes raw in a script": (echo('<html><script>var x = "@";</script>', lowered), F),
    "code in a script": (echo("<html><script>var x = @;</script>", html.escape), F),
    "a template literal": (echo("<html><script>var x = `@`;</script>", html.escape), F),
    "raw in a comment": (echo("<html><!-- @ -->"), F),
    "raw on an error page": (echo("<html><p>no such thing: @", status=404), F),
    "raw without a type": (echo("<html><p>@", kind=""), F),
    "raw in SVG": (echo("<svg><text>@</text></svg>", kind="image/svg+xml"), F),
    "as JSON": (echo('{"q": "@"}', in_json, JSON), P),
    "as text": (echo("you asked for @", kind=TEXT), P),
    "worked out": (echo("<html><p>@</p>", lambda v: html.escape(templated(v))), F),
    "worked out in JSON": (echo('{"q": "@"}', lambda v: in_json(templated(v)), JSON), F),
    "backslash before a bracket in text": (echo("<html><p>@</p>", backslashed), F),
    "backslash before a bracket in a comment": (echo("<html><!-- @ -->", backslashed), F),
    "backslash before a bracket in a script": (echo('<html><script>var x = "@";</script>', backslashed), F),
    "worked out twice": (
        echo("<html><p>@</p>", lambda v: html.escape(v.replace("{{7*7}}", "49").replace("${7*7}", "49"))), F,
    ),
    "cut off": (echo("<html><p>@", lambda v: html.escape(v[:20])), P),
    "twice, once raw": (lambda v: Page(200, (("Content-Type", HTML),), f"<html>{html.escape(v)}<b>{v}".encode()), F),
    "eleven times, the last raw": (
        lambda v: Page(200, (("Content-Type", HTML),), f"<html>{(html.escape(v) + '<br>') * 11}<b>{v}".encode()), F,
    ),
    "encoded in a script, then raw in an attribute": (
        lambda v: Page(
            200, (("Content-Type", HTML),),
            f'<html><script>x="{for_scripts(v)}"</script><a href="{lowered(v)}">'.encode(),
        ), F,
    ),
    "never": (lambda v: Page(200, (("Content-Type", HTML),), b"<html>nothing"), W),
    "refused": (lambda v: Page(401, (), b""), U),
    "broken": (lambda v: Page(500, (), b""), U),
}  # fmt: skip

SEARCH = Endpoint("GET", "/search?q=&page=1", query=("q",))


def _look(
    page: Callable[[str], Page],
    endpoints: tuple[Endpoint, ...] = (SEARCH,),
    *,
    active: bool = True,
    controlled: bool = True,
    customer: str = "",
    unread: tuple[str, ...] = (),
) -> tuple[HostLook, list[Request]]:
    seen: list[Request] = []

    def answer(request: Request) -> Page:
        if request.path == CONTROL_FILE:
            return Page(200 if controlled else 404, (("Content-Type", TEXT),), word_of(TOKEN).encode())
        return page(parse_qs(urlsplit(request.target).query).get("q", [""])[0])

    async def run() -> HostLook:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: endpoints},
                control={host.subject: TOKEN}, active=frozenset({host.subject} if active else ()),
                credentials={host.subject: ("X-Key", customer)} if customer else {}, unread={host.subject: unread},
            )  # fmt: skip
            assert CHECK
            (found,) = await look([host], [CHECK], settings)
            if found.results:
                (again,) = judge_again(found.record, [CHECK])
                result = found.results[0]
                assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)
            return found

    return asyncio.run(run()), seen


@pytest.mark.parametrize("name", TABLE)
def test_how_the_mark_comes_back(name: str) -> None:
    page, verdict = TABLE[name]
    found, seen = _look(page)
    (result,) = found.results
    assert result.verdict is verdict, (result.summary, result.proof)
    sent = [request for request in seen if request.path == "/search"]
    assert len(sent) == 1
    assert MARK in parse_qs(urlsplit(sent[0].target).query)["q"][0]
    assert "page=1" in sent[0].target


def test_nothing_is_sent_without_consent_or_without_control() -> None:
    found, seen = _look(echo("@"), active=False)
    assert (found.results, seen) == ((), [])
    found, seen = _look(echo("@"), controlled=False)
    assert found.results[0].verdict is U
    assert "control" in found.results[0].summary
    assert {request.path for request in seen} == {CONTROL_FILE}


def test_what_may_change_something_is_left_out_and_named() -> None:
    dangerous = Endpoint("GET", "/account/delete?q=", query=("q",))
    found, seen = _look(echo("<p>@", html.escape), (dangerous, SEARCH, Endpoint("POST", "/search?q=", query=("q",))))
    assert (found.results[0].verdict, "1 address was left out" in found.results[0].summary) == (W, True)
    assert "/account/delete" in found.results[0].proof
    assert {(r.method, r.path) for r in seen} == {("GET", CONTROL_FILE), ("GET", "/search")}
    assert _look(echo("@"), (dangerous,))[0].results[0].verdict is N


def test_parameters_that_were_not_tried_pass_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.checks.looks.encoding_probe.MOST_PARAMETERS", 1)
    found, seen = _look(echo("<p>@", html.escape), (Endpoint("GET", "/search", query=("q", "page")),))
    assert (found.results[0].verdict, "1 parameter more" in found.results[0].summary) == (U, True)
    assert "/search (page)" in found.results[0].proof
    assert len(seen) == 2
    assert _look(echo("<p>@"), (Endpoint("GET", "/search", query=("q", "page")),))[0].results[0].verdict is F


def test_parameters_of_a_description_that_was_not_read_pass_nothing() -> None:
    why = "“openapi.json” was not read. It is cut short."
    found, _seen = _look(echo("<p>@", html.escape), unread=(why,))
    assert (found.results[0].verdict, why in found.results[0].summary) == (U, True)
    assert _look(echo("<p>@"), unread=(why,))[0].results[0].verdict is F


def test_the_customer_s_credential_opens_the_page_and_is_not_kept() -> None:
    found, seen = _look(echo("<p>@</p><p>Ada Lovelace's secret page", html.escape), customer="customer-key")
    assert next(r for r in seen if r.path == "/search").fields["x-key"] == "customer-key"
    assert "x-key" not in next(r for r in seen if r.path == CONTROL_FILE).fields
    for said in (b"customer-key", b"Lovelace"):
        assert said not in found.record

"""Control of a host: only the published word counts, where it belongs, and without it nothing active is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.servers import certs
from tests.servers.names import name_server
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.every import find
from wizard.checks.looks.control import CONTROL_FILE, token_of, word_of
from wizard.checks.plan import HostLook, Limits, LookSettings, look, ready
from wizard.checks.record import judge_again
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

P, U = Verdict.PASS, Verdict.UNKNOWN
TEXT, HTML = ("Content-Type", "text/plain"), ("Content-Type", "text/html")
CHECK = find("CHK-CONTROL")
assert CHECK
TOKEN = token_of("a workspace", "localhost")
WORD = word_of(TOKEN).encode()


def _look(answer: Callable[[Request], Page], token: str = TOKEN) -> tuple[HostLook, list[Request]]:
    seen: list[Request] = []

    async def run() -> HostLook:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), control={host.subject: token}, declared=(host,)
            )
            assert CHECK
            (found,) = await look([host], [CHECK], settings)
            (again,) = judge_again(found.record, [CHECK])
            result = found.results[0]
            assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)
            return found

    return asyncio.run(run()), seen


def _only(page: Page) -> Callable[[Request], Page]:
    return lambda request: page if request.path == CONTROL_FILE else Page(404, (TEXT,), b"not here")


FILES: dict[str, tuple[Callable[[Request], Page], Verdict]] = {
    "the word": (_only(Page(200, (TEXT,), WORD)), P),
    "the word without a type": (_only(Page(200, (), WORD + b"\n")), P),
    "among others, with Windows' line ends": (_only(Page(200, (TEXT,), b"# ours\r\n" + WORD + b"\r\n")), P),
    "nothing": (_only(Page(404, (TEXT,), b"")), U),
    "the word with 404": (_only(Page(404, (TEXT,), WORD)), U),
    "another's word": (_only(Page(200, (TEXT,), word_of(token_of("another", "localhost")).encode())), U),
    "inside other words": (_only(Page(200, (TEXT,), b"see " + WORD + b" here")), U),
    "too far down": (_only(Page(200, (TEXT,), b"\n" * 30 + WORD)), U),
    "on a page": (_only(Page(200, (HTML,), WORD)), U),
    "behind a redirect": (
        lambda r: Page(200, (TEXT,), WORD) if r.path == "/elsewhere" else Page(302, (("Location", "/elsewhere"),), b""),
        U,
    ),
    "an echo of the whole request": (
        lambda r: Page(200, (TEXT,), f"{r.method} {r.target}\n{r.fields}".encode()),
        U,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_the_file(name: str) -> None:
    answer, verdict = FILES[name]
    found, seen = _look(answer)
    (result,) = found.results
    assert result.verdict is verdict, result.summary
    assert [request.target for request in seen] == [CONTROL_FILE]  # the token is nowhere in what we send
    assert TOKEN not in repr(seen)
    if verdict is U:
        assert WORD.decode() in result.fix
        assert result.next_step


def test_tokens_differ_by_workspace_and_by_host() -> None:
    assert len({token_of(s, n) for s in ("a", "b") for n in ("x.example", "y.example")}) == 4
    assert token_of("a", "x.example") == token_of("a", "x.example")


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (("WORD",), P),
        (("v=spf1 -all", "WORD"), P),
        (("other",), U),
        (("prefix WORD",), U),
        ((), U),
    ],
)
def test_the_record(values: tuple[str, ...], verdict: Verdict) -> None:
    host = Host("api.partner.co.uk", 8443)
    word = word_of(token_of("w", host.name))
    texts = tuple('"' + value.replace("WORD", word) + '"' for value in values)

    async def run() -> HostLook:
        async with name_server({("_attestry.api.partner.co.uk", "TXT"): texts}) as server:
            settings = LookSettings(
                name_server=server, resolve={host.name: ("127.0.0.1",)}, limits=Limits(names=1.0, connect=0.5),
                control={host.subject: token_of("w", host.name)},
            )  # fmt: skip
            assert CHECK
            (found,) = await look([host], [CHECK], settings)
            return found

    assert asyncio.run(run()).results[0].verdict is verdict


def test_nobody_asks_where_nothing_was_to_be_published() -> None:
    assert CHECK
    assert not ready(CHECK, Host("a.example"), LookSettings())


def test_a_host_that_does_not_answer_is_named() -> None:
    async def run() -> HostLook:
        assert CHECK
        host = Host("localhost", 1)
        settings = LookSettings(allow_private=True, control={host.subject: TOKEN})
        (found,) = await look([host], [CHECK], settings)
        return found

    result = asyncio.run(run()).results[0]
    assert result.verdict is U
    assert "nothing listens" in result.summary

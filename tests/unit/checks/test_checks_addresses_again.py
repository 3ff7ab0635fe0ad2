"""Looks that send credentials, marks or canaries keep to the checked address, whatever the name says later."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.base import CouldNotLook, TroubleKind
from wizard.checks.every import find
from wizard.checks.looks.canary import new_canary, send
from wizard.checks.looks.control import CONTROL_FILE, token_of, word_of
from wizard.checks.looks.ground import Endpoint, LookSettings
from wizard.checks.plan import look
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

TOKEN = token_of("w", "localhost")
NAMES = ("host-control", "output-encoding", "tenant-separation", "authentication", "data-ports")
CHECKS = [check for name in NAMES if (check := find(name))]

Answers = dict[str, list[list[str]]]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the operating system answers for a name, one look-up after the other."""
    answers: Answers = {}

    def fake(host: str, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
        if not answers.get(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 0)) for a in answers[host].pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return answers


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a socket was connected to."""
    seen: list[str] = []
    from asyncio.selector_events import BaseSelectorEventLoop

    real = BaseSelectorEventLoop.sock_connect

    async def connect(self: BaseSelectorEventLoop, sock: socket.socket, address: tuple[str, int]) -> None:
        seen.append(address[0])
        await real(self, sock, address)

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", connect)
    return seen


def _settings(host: Host, *, private: bool) -> LookSettings:
    return LookSettings(
        allow_private=private, ca_file=certs.root_file(),
        control={host.subject: TOKEN}, active=frozenset({host.subject}),
        data_ports=frozenset({host.subject}), canaries={host.subject: new_canary()},
        endpoints={host.subject: (Endpoint("GET", "/x?q=1", of="A", query=("q",)),)},
        credentials={host.subject: ("X-Key", "of-a")}, second_credentials={host.subject: ("X-Key", "of-b")},
    )  # fmt: skip


async def _everything(host: Host, settings: LookSettings) -> list[Verdict]:
    (found,) = await look([host], CHECKS, settings)
    return [result.verdict for result in found.results]


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("169.254.169.254", True),
        ("100.100.100.200", True),
        ("168.63.129.16", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
    ],
)
def test_nothing_is_sent_to_addresses_that_are_refused(
    system: Answers, contacted: list[str], address: str, private: bool
) -> None:
    host = Host("localhost")
    system[host.name] = [[address], [address]]
    verdicts = asyncio.run(_everything(host, _settings(host, private=private)))
    assert set(verdicts) == {Verdict.UNKNOWN}
    with pytest.raises(CouldNotLook) as could_not:
        asyncio.run(send(host, _settings(host, private=private)))
    assert could_not.value.trouble.kind in (TroubleKind.METADATA_ADDRESS, TroubleKind.REFUSED_ADDRESS)
    assert contacted == []


@pytest.mark.parametrize("what", ["looks", "canary"])
def test_a_name_that_leads_elsewhere_the_second_time_is_asked_for_once(
    system: Answers, contacted: list[str], what: str
) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Page:
        word = word_of(TOKEN).encode() if request.path == CONTROL_FILE else b"{}"
        return Page(200, (("Content-Type", "text/plain"), ("Connection", "close")), word)

    async def run() -> None:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            system[host.name] = [["127.0.0.1"], ["169.254.169.254"], ["169.254.169.254"]]
            doing: dict[str, Callable[[], Awaitable[object]]] = {
                "looks": lambda: _everything(host, _settings(host, private=True)),
                "canary": lambda: send(host, _settings(host, private=True)),
            }
            await doing[what]()
            assert len(system[host.name]) == 2

    asyncio.run(run())
    assert seen
    assert set(contacted) == {"127.0.0.1"}


def test_redirects_to_metadata_and_to_other_hosts_get_nothing(contacted: list[str]) -> None:
    """Neither a credential nor a mark nor a canary goes where a redirect points outside the scope."""
    seen: list[Request] = []
    targets = [
        "https://169.254.169.254/latest/meta-data/",
        "https://elsewhere.invalid/",
        "http://localhost/",
        "//[::1]/",
    ]

    def answer(request: Request) -> Page:
        if request.path == CONTROL_FILE:
            return Page(200, (("Content-Type", "text/plain"),), word_of(TOKEN).encode())
        return Page(302, (("Location", targets[request.count % len(targets)]),), b"")

    async def run() -> None:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = _settings(host, private=True)
            await _everything(host, settings)
            await send(host, settings)

    asyncio.run(run())
    assert seen
    assert set(contacted) <= {"127.0.0.1", "::1"}  # localhost itself

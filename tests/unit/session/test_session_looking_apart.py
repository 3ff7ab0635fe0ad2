"""Many hosts are looked at in a process of its own, and nothing else is another for it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers import certs
from tests.servers.web import GOOD, Page, hang, serve, site
from wizard.checks import apart
from wizard.checks.every import find
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import Limits, LookSettings, Partial, seconds
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Outcome, Result, Verdict
from wizard.domain.scope import Host
from wizard.jobs import worker_process
from wizard.session import looking_apart
from wizard.session.deeds import answers, looking
from wizard.session.session import Session

HSTS, CSP = find("hsts"), find("csp")
assert HSTS
assert CSP


def scope(port: int, count: int = 9) -> tuple[tuple[Host, ...], LookSettings]:
    """That many names of one server."""
    hosts = tuple(Host(f"h{n}.test.localhost", port, private_network=True) for n in range(count))
    names = {host.name: ("127.0.0.1",) for host in hosts}
    return hosts, LookSettings(ca_file=certs.root_file(), resolve=names, plain_port=1)


@asynccontextmanager
async def nine_and_a_silent_one() -> AsyncIterator[tuple[tuple[Host, ...], LookSettings]]:
    """Nine hosts that answer, and a tenth that never does."""
    async with serve(site({"/": Page(200, (*GOOD,))}), certs.good()) as port, serve(hang) as silent:
        hosts, settings = scope(port.number)
        tenth = Host("silent.test.localhost", silent.number, private_network=True)
        yield (*hosts, tenth), replace(settings, resolve={**settings.resolve, tenth.name: ("127.0.0.1",)})


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.subprocess.Process]:
    """Every child that is started, and what its command line is."""
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def kept(*command: str, **how: object) -> asyncio.subprocess.Process:
        assert command == tuple(worker_process.command())  # nothing of what is asked stands in the list of processes
        started.append(await start(*command, **how))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", kept)
    return started


def test_a_process_of_its_own_sees_what_this_one_sees(
    monkeypatch: pytest.MonkeyPatch, children: list[asyncio.subprocess.Process]
) -> None:
    def same(result: Result) -> Result:
        """But for the time, and for the address that surely is no page of the host."""
        facts = json.loads(re.sub(r"attestry-[0-9a-f]{16}", "", json.dumps(result.facts)))
        return replace(result, at=datetime(2026, 11, 29, tzinfo=UTC), facts=facts)

    async def looked(hosts: tuple[Host, ...], settings: LookSettings, few: int) -> dict[str, list[Result]]:
        monkeypatch.setattr(looking_apart, "FEW", few)
        heard: list[Partial] = []
        # this one failed when it was looked at last, so it is looked at twice
        before = {hosts[3].subject: {"hsts": Outcome.CONTRADICTS, "csp": Outcome.SUPPORTS}}
        await looking_apart.look(hosts, [HSTS, CSP], settings, before, heard.append)
        assert {news.host for news in heard} == set(hosts)
        ends = [news for news in heard if news.looks]
        assert sorted(news.done for news in ends) == list(range(1, 10))
        for news in ends:
            (one,) = news.looks
            assert json.loads(one.record)["format"] == "attestry-look/1"
            assert one.addresses == ("127.0.0.1",)
            told = [result.check for other in heard if other.host == news.host for result in other.results]
            assert sorted(told) == sorted(result.check for result in one.results) == ["csp", "hsts"]
        return {news.host.name: [same(r) for r in one.results] for news in ends for one in news.looks}

    async def both() -> tuple[dict[str, list[Result]], dict[str, list[Result]]]:
        async with serve(site({"/": Page(200, (*GOOD,))}), certs.good()) as port:
            hosts, settings = scope(port.number)
            here = await looked(hosts, settings, 100)
            assert children == []
            return here, await looked(hosts, settings, 8)

    here, there = asyncio.run(both())
    assert len(children) == 1
    assert here == there
    assert {r.verdict for found in here.values() for r in found if r.check == "hsts"} == {Verdict.PASS}


@pytest.mark.slow
def test_a_stop_ends_the_process_at_once_and_what_was_seen_is_there(
    children: list[asyncio.subprocess.Process],
) -> None:
    async def run() -> None:
        async with nine_and_a_silent_one() as (hosts, settings):
            done, nine = [], asyncio.Event()

            def hear(news: Partial) -> None:
                done.extend(news.looks)
                if len(done) == 9:
                    nine.set()

            looking = asyncio.create_task(looking_apart.look(hosts, [HSTS], settings, {}, hear))
            await nine.wait()
            began = time.monotonic()
            looking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await looking
            assert time.monotonic() - began < 2  # the bar is in benchmarks/
            assert [child.returncode for child in children] == [-signal.SIGKILL if os.name == "posix" else 1]

    asyncio.run(run())


@pytest.mark.slow
def test_a_process_that_breaks_off_is_said_and_what_came_before_is_kept(
    children: list[asyncio.subprocess.Process],
) -> None:
    async def run() -> None:
        async with nine_and_a_silent_one() as (hosts, settings):
            done: list[str] = []

            def hear(news: Partial) -> None:
                done.extend(look.host.name for look in news.looks)
                if len(done) == 9:
                    children[0].kill()

            with pytest.raises(looking_apart.LookBrokenOff, match="are kept"):
                await looking_apart.look(hosts, [HSTS], settings, {}, hear)
            assert sorted(done) == [f"h{n}.test.localhost" for n in range(9)]

    asyncio.run(run())


def test_what_the_person_got_wrong_is_said_as_it_is_here(tmp_path: Path) -> None:
    hosts, settings = scope(1)
    wrong = tmp_path / "own.pem"
    wrong.write_text("no certificate")
    with pytest.raises(Mistake, match=r"own\.pem"):
        asyncio.run(looking_apart.look(hosts, [HSTS], replace(settings, ca_file=wrong), {}, lambda news: None))


def test_every_setting_reaches_the_process() -> None:
    """A setting that stays behind would be a look at something else, or a consent that nobody hears of."""
    host = Host("api.localhost", 8443)
    settings = LookSettings(
        run_id="abc",
        app_version="9",
        ca_file=Path("own.pem"),
        resolve={host.name: ("127.0.0.1", "::1")},
        allow_private=True,
        careful=True,
        declared=(host,),
        paths={host.subject: ("/api",)},
        endpoints={host.subject: (Endpoint("GET", "/v1", "no secret", query=("id",)),)},
        unread={host.subject: ("openapi.json is no JSON.",)},
        listed_by="5e1d",
        data_ports=frozenset({host.subject, "b"}),
        control={host.subject: "token"},
        active=frozenset({host.subject}),
        canaries={host.subject: "canary"},
        credentials={host.subject: ("Authorization", "Bearer é1")},
        second_credentials={host.subject: ("Authorization", "Bearer 2")},
        name_server=("127.0.0.1", 53),
        plain_port=81,
        limits=Limits(connect=1.5, hosts_at_once=3),
    )
    plain = LookSettings(run_id="")
    assert [f.name for f in fields(settings) if getattr(settings, f.name) == getattr(plain, f.name)] == ["search"]
    asked = json.loads(json.dumps(apart.question((host,), [HSTS], settings, {})))
    assert apart._settings(asked["settings"]) == settings
    with pytest.raises(ValueError, match="function"):
        apart.question((host,), [HSTS], replace(settings, search=lambda text: ((), "")), {})


@pytest.mark.parametrize("told", [b"", b"{}", b"[1]", b'[{"host": -1, "results": [], "done": 1}]', b'[{"host": 1}]'])
def test_what_is_no_news_is_refused(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        apart.heard(told, (Host("a.localhost"),))


@pytest.mark.slow
def test_a_run_over_many_hosts_is_recorded_as_any_other(
    session: Session, children: list[asyncio.subprocess.Process]
) -> None:
    async def run() -> looking.Looks:
        async with serve(site({"/": Page(200, (*GOOD,))}), certs.good()) as port:
            hosts, settings = scope(port.number)
            rows = tuple(Row((("host", h.subject), ("public", "no"), ("private_network", "yes"))) for h in hosts)
            answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, rows)).result(30)
            looking.confirm_scope(session, "Ines").result(30)
            options = looking.LookOptions(ca_file=settings.ca_file, resolve=tuple(settings.resolve.items()))
            return await asyncio.wrap_future(looking.look(session, checks=["hsts", "csp"], options=options).result)

    ran = asyncio.run(run())
    assert (ran.hosts, sum(count for _verdict, count in ran.verdicts), len(children)) == (9, 18, 1)
    seen = session.assessment.observations["hsts", session.assessment.scope.hosts[4].subject]
    assert (seen.result.verdict, seen.run) == (Verdict.PASS, ran.run)


def test_a_process_may_take_as_long_as_its_slowest_host_may() -> None:
    """Ports of one name wait for each other: the run was given less time than one of its hosts."""
    hosts = tuple(Host("a.localhost", 9000 + n) for n in range(12))
    settings = LookSettings()
    assert seconds(hosts[0], hosts, [HSTS], settings) >= 12 * settings.limits.host
    assert apart.longest(hosts, [HSTS], settings) > 2 * seconds(hosts[0], hosts, [HSTS], settings)

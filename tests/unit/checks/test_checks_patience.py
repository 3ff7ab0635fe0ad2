"""A time limit that ran out only because this computer was busy decides nothing about a host."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from tests.servers import certs
from tests.servers.web import GOOD, Page, serve, site
from wizard.checks.every import CHECKS, find
from wizard.checks.looks.ground import Run, trouble_of
from wizard.checks.patience import Limit, Pulse, Starved
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.politeness import Bucket
from wizard.checks.troubles import next_step, sentence
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host


def _hold_up(seconds: float) -> None:
    """The whole loop stands still, as on a machine that gives us no time."""
    threading.Event().wait(seconds)


async def _wait_while_held_up(*, beating: bool, answered_after: float) -> str:
    """The loop stands still for 0.3 s; the answer comes meanwhile, and the limit is 0.1 s."""
    loop, pulse, answer = asyncio.get_running_loop(), Pulse(), asyncio.get_running_loop().create_future()
    if beating:
        pulse.start()
    loop.call_later(answered_after, answer.set_result, "answer")
    loop.call_later(0.02, _hold_up, 0.3)
    try:
        async with Limit(0.1, pulse):
            return str(await answer)
    finally:
        pulse.stop()


@pytest.mark.slow
def test_an_answer_that_came_while_we_were_held_up_is_not_lost() -> None:
    assert asyncio.run(_wait_while_held_up(beating=True, answered_after=0.35)) == "answer"
    with pytest.raises(TimeoutError) as error:
        asyncio.run(_wait_while_held_up(beating=False, answered_after=0.35))
    assert error.value.args == (0.1,)


def test_silence_on_a_quiet_machine_is_a_timeout_in_time() -> None:
    began = time.perf_counter()
    with pytest.raises(TimeoutError) as error:
        asyncio.run(_wait_while_held_up(beating=True, answered_after=60))
    assert time.perf_counter() - began < 2
    assert type(error.value) is TimeoutError, "0.3 s of 0.4 s may be our own fault"


class _Hog:
    """Makes every turn of the loop take so long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self) -> None:
        _hold_up(self._seconds)
        asyncio.get_running_loop().call_soon(self)


@pytest.mark.slow
def test_a_starved_limit_says_so() -> None:
    async def run() -> None:
        pulse = Pulse()
        pulse.start()
        asyncio.get_running_loop().call_soon(_Hog(0.1))
        async with Limit(0.05, pulse):
            await asyncio.get_running_loop().create_future()

    with pytest.raises(Starved) as error:
        asyncio.run(run())
    trouble = trouble_of(error.value)
    assert "too busy" in sentence(trouble)
    assert "look again" in next_step(trouble)


@pytest.mark.slow
def test_a_busy_computer_gives_no_verdict_at_all() -> None:
    """An old hello that met "silence" would be a pass: it may not come of our own fault."""
    chosen = [c for c in CHECKS if c.id in ("tls-versions", "weak-suites", "https-redirect")]
    tight = Limits(connect=0.01, answer=0.01, probe=0.012, hello=0.01, version=0.012)

    async def run(port: int) -> None:
        host = Host("busy.example", port)
        settings = LookSettings(
            allow_private=True,
            resolve={host.name: ("127.0.0.1",)},
            plain_port=port,
            limits=tight,
        )
        asyncio.get_running_loop().call_soon(_Hog(0.06))
        (found,) = await look([host], chosen, settings)
        assert len(found.results) == len(chosen)
        for result in found.results:
            assert result.verdict is Verdict.UNKNOWN, (result.check, result.summary)
            assert result.next_step

    with socket.create_server(("127.0.0.1", 0), backlog=200) as deaf:
        asyncio.run(run(deaf.getsockname()[1]))


def test_a_computer_that_is_held_up_now_and_then_loses_no_answer() -> None:
    """Every limit is shorter than one hold-up; the answers are there when we come back."""
    hsts = find("hsts")
    assert hsts
    tight = Limits(connect=0.1, answer=0.1, probe=0.5, hello=0.1, version=0.5)

    async def run() -> None:
        async with serve(site({"/": Page(200, GOOD)}), certs.good()) as port:
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), plain_port=1, limits=tight)
            held_up = asyncio.get_running_loop()
            for moment in (0.0, 0.2, 0.4, 0.6):
                held_up.call_later(moment, _hold_up, 0.15)
            (found,) = await look([Host("localhost", port.number)], [hsts], settings)
            assert found.results[0].verdict is Verdict.PASS, found.results[0].summary

    asyncio.run(run())


def test_a_run_stops_beating_with_its_end() -> None:
    async def run() -> None:
        looked = Run(LookSettings(), ())
        looked.pulse.start()
        await looked.close()
        before = looked.pulse.late
        _hold_up(0.2)
        await asyncio.sleep(0.1)
        assert looked.pulse.late == before

    asyncio.run(run())


def test_our_own_pacing_uses_up_no_limit() -> None:
    async def paced() -> None:
        bucket = Bucket(1, 5)
        for _question in range(2):  # the second has to wait for 0.2 s
            await bucket.take()

    async def run(*, silent: bool) -> None:
        async with Limit(0.1, Pulse()):
            # what waits is mostly a task that a look has started
            await asyncio.gather(asyncio.create_task(paced()), paced())
            await asyncio.sleep(60 if silent else 0)  # this is the other side's

    asyncio.run(run(silent=False))
    began = time.perf_counter()
    with pytest.raises(TimeoutError):
        asyncio.run(run(silent=True))
    assert time.perf_counter() - began < 2


@pytest.mark.slow
def test_whoever_shares_a_connection_does_not_time_out_on_its_pacing(public_root: None) -> None:
    async def run() -> None:
        async with serve(site({"/": Page()}), certs.good()) as port:
            host = Host("127.0.0.1", port.number)
            looking = Run(LookSettings(allow_private=True), [host])
            ground = looking.ground(host)
            looking.politeness(host)._connections._tokens = -6.0  # the next one has to wait for 0.7 s

            async def share() -> None:
                async with ground.limit(0.4), ground.verified("127.0.0.1"):
                    pass

            # the first opens it in a task of its own, the second only waits for that
            await asyncio.gather(share(), share())
            await looking.close()

    asyncio.run(run())

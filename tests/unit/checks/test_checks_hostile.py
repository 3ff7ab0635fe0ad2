"""A hundred hostile behaviours over TLS, plain, after a redirect and over IPv6: inconclusive, in time, never a pass."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator

import pytest

from tests.servers import certs
from tests.servers.hostile import families
from tests.servers.web import Handler, Page, serve, site
from wizard.checks.every import CHECKS, find
from wizard.checks.patience import Pulse
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

FAMILIES = families()
WEB = [c for c in CHECKS if c.id in ("hsts", "csp", "content-type-options", "framing", "referrer-policy", "cookies")]
PLAIN = find("https-redirect")
assert PLAIN
LIMITS = Limits(connect=1.0, answer=1.5, probe=2.0, hello=1.0)


def _batches() -> Iterator[list[str]]:
    names = list(FAMILIES)
    for start in range(0, len(names), 25):
        yield names[start : start + 25]


BATCHES = list(_batches())


def test_there_are_a_hundred() -> None:
    assert len(FAMILIES) >= 100


async def _one(handler: Handler, over: str) -> tuple[Result, ...]:
    tls: ssl.SSLContext | None = certs.good() if over != "plain" else None
    address = "::1" if over == "IPv6" else "127.0.0.1"
    async with serve(handler, tls, host=address) as port:
        settings = LookSettings(
            allow_private=True, ca_file=certs.root_file(), limits=LIMITS, resolve={"localhost": (address,)}
        )
        host, checks = Host("localhost", port.number), WEB
        began, pulse = time.perf_counter(), Pulse()
        pulse.start()  # on a busy machine a limit is longer by how late we are ourselves
        if over == "plain":
            # Plain HTTP misbehaves; the host itself is alive.
            async with serve(site({"/": Page()}), certs.good()) as home:
                settings = LookSettings(
                    allow_private=True, ca_file=certs.root_file(), limits=LIMITS, plain_port=port.number,
                    resolve={"localhost": (address,)},
                )  # fmt: skip
                (found,) = await look([Host("localhost", home.number)], [PLAIN], settings)  # type: ignore[list-item]
        elif over == "redirect":
            there = (
                ("Location", f"https://localhost:{port.number}/"),
                ("Strict-Transport-Security", "max-age=31536000"),
            )
            async with serve(site({"/": Page(302, there, b"")}), certs.good()) as home:
                start = Host("localhost", home.number)
                settings = LookSettings(
                    allow_private=True, ca_file=certs.root_file(), limits=LIMITS, declared=(start, host),
                    resolve={"localhost": (address,)},
                )  # fmt: skip
                (found,) = await look([start], checks, settings)
        else:
            (found,) = await look([host], checks, settings)
        took = time.perf_counter() - began
        pulse.stop()
        assert took - pulse.late < LIMITS.probe + 1.5, (took, pulse.late)
        again = judge_again(found.record, [PLAIN] if over == "plain" else checks)  # type: ignore[list-item]
        assert [r.verdict for r in again] == [r.verdict for r in found.results]
        assert len(found.record) < 2_000_000
        return found.results


def _run(names: list[str], over: str) -> dict[str, tuple[Result, ...]]:
    async def run() -> dict[str, tuple[Result, ...]]:
        each = await asyncio.gather(*(_one(FAMILIES[name], over) for name in names))
        return dict(zip(names, each, strict=True))

    return asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize("over", ["TLS", "IPv6"])
@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
def test_never_a_pass(names: list[str], over: str) -> None:
    for name, results in _run(names, over).items():
        assert {r.verdict for r in results} == {Verdict.UNKNOWN}, (
            name,
            [(r.check, r.verdict, r.summary) for r in results],
        )
        assert all(r.summary and r.next_step for r in results), name


@pytest.mark.slow
@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
def test_never_a_pass_after_a_redirect(names: list[str]) -> None:
    for name, results in _run(names, "redirect").items():
        verdicts = {r.check: r.verdict for r in results}
        assert Verdict.PASS not in verdicts.values(), (name, verdicts)
        assert verdicts["csp"] is Verdict.UNKNOWN, (name, verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
def test_plain_http_that_misbehaves_is_never_a_pass(names: list[str]) -> None:
    for name, (result,) in _run(names, "plain").items():
        assert result.verdict is not Verdict.PASS, (name, result.summary)

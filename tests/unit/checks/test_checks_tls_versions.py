"""TLS versions: an expected-verdict table over hand-made servers, and the hello reader on any bytes."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.hellos import (
    AES_SHA,
    ECDHE_GCM,
    GCM_1_3,
    NULL_SHA,
    RC4,
    SSL3,
    TLS10,
    TLS11,
    TLS12,
    TLS13,
    TRIPLE_DES,
    Manner,
    alert,
    server_hello,
    speaking,
)
from tests.servers.web import bytes_then, hang, reset, serve
from wizard.checks.every import CHECKS, find
from wizard.checks.looks.hello import Form, Kind, Tls, client_hello, forms, read_reply, suites_of
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

CHECK = find("tls-versions")
assert CHECK
MODERN = {TLS12: (ECDHE_GCM,), TLS13: (GCM_1_3,)}
EVERY_OLD = {SSL3: (AES_SHA,), TLS10: (AES_SHA,), TLS11: (AES_SHA,)}

TABLE: dict[str, tuple[Manner, Verdict, str]] = {
    "modern": (Manner(MODERN), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "1.3 only": (Manner({TLS13: (GCM_1_3,)}), Verdict.PASS, "TLS 1.3"),
    "1.2 only": (Manner({TLS12: (ECDHE_GCM,)}), Verdict.WARN, "TLS 1.2"),
    "1.2 with static RSA": (Manner({TLS12: (AES_SHA,)}), Verdict.WARN, "TLS 1.2"),
    "everything": (Manner({**EVERY_OLD, **MODERN}), Verdict.FAIL, "SSL 3.0 TLS 1.0 TLS 1.1 TLS 1.2 TLS 1.3"),
    "1.1 beside modern": (Manner({TLS11: (AES_SHA,), **MODERN}), Verdict.FAIL, "TLS 1.1 TLS 1.2 TLS 1.3"),
    "1.1 only": (Manner({TLS11: (AES_SHA,)}), Verdict.FAIL, "TLS 1.1"),
    "1.0 only": (Manner({TLS10: (AES_SHA,)}), Verdict.FAIL, "TLS 1.0"),
    "1.0 only with RC4": (Manner({TLS10: (RC4,), **MODERN}), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "1.0 only with 3DES": (Manner({TLS10: (TRIPLE_DES,)}), Verdict.FAIL, "TLS 1.0"),
    "1.0 only with NULL": (Manner({TLS10: (NULL_SHA,), **MODERN}), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "1.0 with a rare suite": (Manner({TLS10: (0x0018,), **MODERN}), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "SSL 3.0 beside modern": (Manner({SSL3: (RC4,), **MODERN}), Verdict.FAIL, "SSL 3.0 TLS 1.2 TLS 1.3"),
    "refuses by alert 40": (Manner(MODERN, refuse="40"), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "refuses by reset": (Manner(MODERN, refuse="reset"), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "refuses by closing": (Manner(MODERN, refuse="close"), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "refuses by silence": (Manner(MODERN, refuse="silence"), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "refuses by a split alert": (Manner(MODERN, refuse="split-alert"), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "1.2 only, refuses 1.3 by reset": (Manner({TLS12: (AES_SHA,)}, refuse="reset"), Verdict.WARN, "TLS 1.2"),
    "warning before the hello": (
        Manner({TLS10: (AES_SHA,), **MODERN}, warn_first=True),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "16-byte records": (
        Manner({TLS11: (AES_SHA,), **MODERN}, record_pieces=16),
        Verdict.FAIL,
        "TLS 1.1 TLS 1.2 TLS 1.3",
    ),
    "7-byte pieces": (Manner(MODERN, tcp_pieces=7), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "record version 3.0": (Manner(MODERN, record_version=SSL3), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "record version 3.4": (Manner(MODERN, record_version=TLS13), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "reads 64 suites only": (
        Manner({TLS10: (RC4,), **MODERN}, first_suites_only=64),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "breaks off above 100 suites": (Manner(MODERN, most_suites=100), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "no extensions": (Manner({TLS10: (AES_SHA,)}, hates_extensions=True), Verdict.FAIL, "TLS 1.0"),
    "no server names": (
        Manner({TLS10: (AES_SHA,), **MODERN}, hates_names=True),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "needs a server name": (Manner(MODERN, needs_name=True), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "hangs on 256 to 511 bytes": (
        Manner({TLS10: (AES_SHA,), **MODERN}, hangs_256_to_511=True),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "every second connection reset": (
        Manner({TLS10: (AES_SHA,), **MODERN}, every_second_reset=True),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "flaky and modern": (Manner(MODERN, every_second_reset=True), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "three at once": (Manner({TLS10: (AES_SHA,), **MODERN}, at_once=3), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "three at once, modern": (Manner(MODERN, at_once=3), Verdict.PASS, "TLS 1.2 TLS 1.3"),
    "eight a second": (
        Manner({TLS10: (AES_SHA,), **MODERN}, per_second=8, refuse="40"),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "four a second": (Manner({TLS10: (AES_SHA,), **MODERN}, per_second=4), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "slow": (Manner({TLS10: (AES_SHA,), **MODERN}, delay=0.3), Verdict.FAIL, "TLS 1.0 TLS 1.2 TLS 1.3"),
    "legacy for this name only": (
        Manner(MODERN, own_names={"localhost": {TLS10: (AES_SHA,), **MODERN}}),
        Verdict.FAIL,
        "TLS 1.0 TLS 1.2 TLS 1.3",
    ),
    "suites that were never offered": (Manner(MODERN, wrong_suite=True), Verdict.UNKNOWN, ""),
    "an old version with a wrong suite": (Manner({TLS10: (AES_SHA,)}, wrong_suite=True), Verdict.FAIL, "TLS 1.0"),
    "refuses everything": (Manner({}, refuse="40"), Verdict.UNKNOWN, ""),
    "refuses every version": (Manner({}, refuse="70"), Verdict.UNKNOWN, ""),
}

#: not TLS at all, or broken: never a pass
BROKEN = {
    "silence": hang,
    "reset": reset,
    "plain HTTP": bytes_then(b"HTTP/1.1 400 Bad Request\r\n\r\n", hold=False),
    "SSH": bytes_then(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "closed": bytes_then(hold=False),
    "half a hello": bytes_then(server_hello(TLS12, ECDHE_GCM)[:30]),
    "half a hello, closed": bytes_then(server_hello(TLS12, ECDHE_GCM)[:30], hold=False),
    "warnings only": bytes_then(alert(112, level=1) * 200),
    "a version from the future": bytes_then(b"\x16\x03\x03\x00\x2c\x02\x00\x00\x28\x03\x09" + bytes(38)),
    "zeros": bytes_then(bytes(5000)),
    "alert of level 9": bytes_then(b"\x15\x03\x03\x00\x02\x09\x28"),
    "application data": bytes_then(b"\x17\x03\x03\x00\x05hello"),
}


def _look(hosts: list[Host], **settings: object) -> list[tuple[Result, bytes]]:
    async def run() -> list[tuple[Result, bytes]]:
        limits = Limits(hello=1.0, connect=1.0, version=6.0)
        found = await look(hosts, [CHECK], LookSettings(allow_private=True, limits=limits, **settings))  # type: ignore[list-item, arg-type]
        return [(one.results[0], one.record) for one in found]

    return asyncio.run(run())


async def _zoo(handlers: dict[str, object]) -> dict[str, Result]:
    async with AsyncExitStack() as stack:
        ports = {name: await stack.enter_async_context(serve(h)) for name, h in handlers.items()}  # type: ignore[arg-type]
        limits = Limits(hello=1.0, connect=1.0, version=8.0)
        settings = LookSettings(allow_private=True, limits=limits)
        # Each server is a host of its own, so that each has its own bucket: *.localhost is pinned to loopback.
        hosts = [Host("localhost", port.number) for port in ports.values()]
        each = await asyncio.gather(*(look([host], [CHECK], settings) for host in hosts))  # type: ignore[list-item]
        for (one,) in each:
            again = judge_again(one.record, [CHECK])  # type: ignore[list-item]
            assert again[0].verdict is one.results[0].verdict
            assert again[0].facts == one.results[0].facts
        return {name: found[0].results[0] for name, found in zip(ports, each, strict=True)}


@pytest.mark.slow
def test_the_zoo_gets_every_verdict_right() -> None:
    found = asyncio.run(_zoo({name: speaking(manner) for name, (manner, _v, _o) in TABLE.items()}))
    wrong = {
        name: (found[name].verdict, found[name].facts["offered"], found[name].summary, found[name].proof)
        for name, (_manner, verdict, offered) in TABLE.items()
        if (found[name].verdict, " ".join(found[name].facts["offered"])) != (verdict, offered)  # type: ignore[arg-type]
    }
    assert not wrong


@pytest.mark.slow
def test_what_is_no_tls_is_never_a_pass_and_never_a_fail() -> None:
    found = asyncio.run(_zoo(BROKEN))
    assert {name: r.verdict for name, r in found.items()} == dict.fromkeys(BROKEN, Verdict.UNKNOWN)
    assert all(r.summary and r.next_step for r in found.values())


@pytest.mark.slow
def test_all_checks_take_what_is_no_tls() -> None:
    async def one(handler: object) -> set[Verdict]:
        async with serve(handler) as port:  # type: ignore[arg-type]
            limits = Limits(hello=1.0, connect=1.0, version=6.0, probe=3.0, answer=2.0)
            settings = LookSettings(allow_private=True, limits=limits, plain_port=port.number)
            (found,) = await look([Host("localhost", port.number)], CHECKS, settings)
            # one asks the plain port, one reads only the name
            return {r.verdict for r in found.results if r.check not in ("https-redirect", "brand-words")}

    async def run() -> list[set[Verdict]]:
        return list(await asyncio.gather(*(one(handler) for handler in BROKEN.values())))

    assert asyncio.run(run()) == [{Verdict.UNKNOWN}] * len(BROKEN)


def test_a_real_server_needs_few_connections() -> None:
    async def run() -> tuple[Result, int]:
        context = certs.good()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        async with serve(hang, context) as port:
            (found,) = await look([Host("localhost", port.number)], [CHECK], LookSettings(allow_private=True))  # type: ignore[list-item]
            return found.results[0], port.connections

    result, _connections = asyncio.run(run())
    assert result.verdict is Verdict.PASS, result.proof


def test_a_normal_server_costs_six_connections() -> None:
    manner = Manner(MODERN)

    async def run() -> None:
        async with serve(speaking(manner)) as port:
            await look([Host("localhost", port.number)], [CHECK], LookSettings(allow_private=True))  # type: ignore[list-item]

    asyncio.run(run())
    # five hellos, and one handshake that shows whether somebody on the way answers in its place
    assert manner.seen == 6


def test_one_bad_address_of_two_decides_and_is_named() -> None:
    async def run() -> Result:
        old = speaking(Manner({TLS10: (AES_SHA,)}))
        async with serve(speaking(Manner(MODERN))) as fine, serve(old, host="127.0.0.2", number=fine.number):
            settings = LookSettings(resolve={"two.example": ("127.0.0.1", "127.0.0.2")})
            (found,) = await look([Host("two.example", fine.number)], [CHECK], settings)  # type: ignore[list-item]
            return found.results[0]

    result = asyncio.run(run())
    assert result.verdict is Verdict.FAIL
    assert "127.0.0.2" in result.summary
    assert result.addresses == ("127.0.0.1", "127.0.0.2")


def test_a_closed_port_says_so() -> None:
    ((result, _record),) = _look([Host("localhost", 1)])
    assert result.verdict is Verdict.UNKNOWN
    assert "nothing listens" in result.summary


@pytest.mark.parametrize("version", list(Tls))
def test_hellos_keep_to_the_rules(version: Tls) -> None:
    for form in forms(version):
        offered = suites_of(version, form)
        hello = client_hello(version, form, "partner.example")
        assert 0 < len(offered) <= 64
        assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
        assert not 256 <= len(hello) - 5 <= 511
        assert (b"partner.example" in hello) is (form is not Form.BARE)
        assert read_reply(hello).kind is Kind.GARBLED, "a ClientHello is no answer"


def test_every_suite_below_1_3_is_offered_by_some_hello() -> None:
    offered = {s for form in forms(Tls.TLS_1_2) for s in suites_of(Tls.TLS_1_2, form)}
    assert offered > {AES_SHA, ECDHE_GCM, RC4, TRIPLE_DES, NULL_SHA}
    assert len(offered) > 200


@given(st.binary(max_size=300))
def test_the_reader_takes_any_bytes(data: bytes) -> None:
    reply = read_reply(data)
    assert reply.used <= len(data)
    if reply.kind is Kind.SERVER_HELLO:
        assert reply.version in set(Tls)


@given(st.integers(0, 200), st.integers(0, 255), st.sampled_from([SSL3, TLS10, TLS12, TLS13]))
def test_a_damaged_hello_never_proves_another_version_than_it_says(at: int, byte: int, version: int) -> None:
    data = bytearray(server_hello(version, ECDHE_GCM))
    data[at % len(data)] = byte
    reply = read_reply(bytes(data))
    if reply.kind is Kind.SERVER_HELLO:
        assert reply.version is not None


@given(st.data(), st.sampled_from([TLS10, TLS12, TLS13]))
def test_every_prefix_is_unfinished(data: st.DataObject, version: int) -> None:
    whole = server_hello(version, ECDHE_GCM)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read_reply(whole[:cut]).kind is Kind.UNFINISHED
    assert read_reply(whole).version == version

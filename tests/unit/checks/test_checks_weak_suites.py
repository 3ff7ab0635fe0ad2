"""Weak suites: real servers that take them, and hand-made ones that behave oddly."""

from __future__ import annotations

import asyncio

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
    TLS10,
    TLS12,
    TLS13,
    TRIPLE_DES,
    Manner,
    speaking,
)
from tests.servers.old_tls import old_server
from tests.servers.web import Handler, bytes_then, hang, serve
from wizard.checks.every import find
from wizard.checks.looks.suites import NAMES
from wizard.checks.looks.weak_hellos import Weakness, group_bits, kind_of, suites_of
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

WEAK, RENEGOTIATION = find("weak-suites"), find("renegotiation")
assert WEAK
assert RENEGOTIATION
P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
MODERN = {TLS12: (ECDHE_GCM,), TLS13: (GCM_1_3,)}


async def _look(port: int) -> Result:
    limits = Limits(hello=1.0, connect=1.0)
    settings = LookSettings(allow_private=True, resolve={"localhost": ("127.0.0.1",)}, limits=limits)
    (found,) = await look([Host("localhost", port)], [WEAK], settings)  # type: ignore[list-item]
    (again,) = judge_again(found.record, [WEAK])  # type: ignore[list-item]
    assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
    return found.results[0]


async def _served(handler: Handler) -> Result:
    async with serve(handler) as port:
        return await _look(port.number)


HAND_MADE = {
    "modern": (Manner(MODERN), P, ""),
    "1.3 only": (Manner({TLS13: (GCM_1_3,)}), P, ""),
    "modern, resets": (Manner(MODERN, refuse="reset"), P, ""),
    "modern, flaky": (Manner(MODERN, every_second_reset=True), P, ""),
    "modern, silent": (Manner(MODERN, refuse="silence"), P, ""),
    "NULL": (Manner({TLS12: (NULL_SHA, ECDHE_GCM)}), F, "null"),
    "anonymous": (Manner({TLS12: (0x0034, ECDHE_GCM)}), F, "anonymous"),
    "anonymous in TLS 1.0": (Manner({TLS10: (0x0034,)}), F, "anonymous"),
    "export": (Manner({TLS12: (0x0003, ECDHE_GCM)}), W, "export"),
    "DES": (Manner({TLS12: (0x0009, ECDHE_GCM)}), W, "export"),
    "RC4": (Manner({TLS12: (RC4, ECDHE_GCM)}), W, "rc4"),
    "3DES": (Manner({TLS12: (TRIPLE_DES, ECDHE_GCM)}), W, "3des"),
    "static RSA": (Manner({TLS12: (AES_SHA, ECDHE_GCM)}), W, "static"),
    "CBC": (Manner({TLS12: (0xC013, ECDHE_GCM)}), P, "cbc"),
    "NULL, flaky": (Manner({TLS12: (NULL_SHA, ECDHE_GCM)}, every_second_reset=True), F, "null"),
    "NULL, limited": (Manner({TLS12: (NULL_SHA, ECDHE_GCM)}, at_once=3), F, "null"),
    "refuses everything": (Manner({}, refuse="reset"), U, ""),
}


@pytest.mark.slow
def test_hand_made_servers() -> None:
    async def run() -> dict[str, Result]:
        each = await asyncio.gather(*(_served(speaking(manner)) for manner, _v, _k in HAND_MADE.values()))
        return dict(zip(HAND_MADE, each, strict=True))

    found = asyncio.run(run())
    wrong = {
        name: (found[name].verdict, found[name].facts, found[name].summary)
        for name, (_m, verdict, kind) in HAND_MADE.items()
        if found[name].verdict is not verdict or (kind and kind not in {t["kind"] for t in found[name].facts["taken"]})  # type: ignore[union-attr, index, call-overload]
    }
    assert not wrong


@pytest.mark.slow
def test_what_is_no_tls_is_unknown() -> None:
    async def run() -> list[Verdict]:
        each = await asyncio.gather(_served(hang), _served(bytes_then(b"HTTP/1.1 400 No\r\n\r\n", hold=False)))
        return [result.verdict for result in each]

    assert asyncio.run(run()) == [U, U]


REAL = {
    "null": (("null",), ("rsa",), F, "null"),
    "anonymous": (("aes128",), ("dh_anon",), F, "anonymous"),
    "rc4": (("rc4",), ("rsa",), W, "rc4"),
    "3des": (("3des",), ("ecdhe_rsa",), W, "3des"),
    "static": (("aes128gcm",), ("rsa",), W, "static"),
    "good": (("aes128gcm",), ("ecdhe_rsa",), P, ""),
    "dhe": (("aes128gcm",), ("dhe_rsa",), P, "dhe"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_servers(name: str) -> None:
    ciphers, exchanges, verdict, kind = REAL[name]
    with old_server((3, 1), (3, 3), ciphers, exchanges) as port:
        result = asyncio.run(_look(port))
    assert result.verdict is verdict, (result.summary, result.proof)
    taken = {t["kind"]: t for t in result.facts["taken"]}  # type: ignore[union-attr, index, call-overload]
    assert not kind or kind in taken
    if kind == "dhe":
        assert taken["dhe"]["group_bits"] >= 2048  # type: ignore[operator]


def test_a_small_group_is_advice() -> None:
    from wizard.checks.weak_suites import Taken, WeakSuites

    reading = WeakSuites((Taken("192.0.2.1", "dhe", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 1024),), (), ("192.0.2.1",))
    from datetime import UTC, datetime

    from wizard.checks.base import JudgeContext

    judged = WEAK.judge(reading, JudgeContext(Host("h"), datetime.now(UTC)))  # type: ignore[union-attr]
    assert judged.verdict is W
    assert "1024 bits" in judged.proof


def test_every_suite_has_one_kind_at_most_and_hellos_stay_small() -> None:
    for kind in Weakness:
        assert 0 < len(suites_of(kind)) <= 64
    for name in NAMES.values():
        good = name.startswith(("TLS_AES", "TLS_CHACHA")) or (
            "ECDHE" in name and ("_GCM_" in name or "_CCM" in name or "POLY" in name)
        )
        assert (kind_of(name) is None) is good, name


@given(st.binary(max_size=300))
def test_any_bytes_as_a_key_exchange(data: bytes) -> None:
    assert group_bits(data) >= 0


def test_renegotiation_against_a_real_server() -> None:
    async def run() -> Result:
        async with serve(hang, certs.good()) as port:
            (found,) = await look([Host("localhost", port.number)], [RENEGOTIATION], LookSettings(allow_private=True))  # type: ignore[list-item]
            return found.results[0]

    assert asyncio.run(run()).verdict is P


def test_renegotiation_of_an_old_server_is_advice() -> None:
    async def run() -> Result:
        async with serve(speaking(Manner({TLS12: (AES_SHA,)}))) as port:
            (found,) = await look([Host("localhost", port.number)], [RENEGOTIATION], LookSettings(allow_private=True))  # type: ignore[list-item]
            return found.results[0]

    assert asyncio.run(run()).verdict is W

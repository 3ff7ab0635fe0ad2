"""Certificates: an expected-verdict table over real handshakes with every fault."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.hellos import ECDHE_GCM, TLS12, record, server_hello
from tests.servers.web import Page, bytes_then, hang, serve, site
from wizard.checks import certificate
from wizard.checks.base import Facts, JudgeContext
from wizard.checks.certificate import Certificate, Presented
from wizard.checks.every import find
from wizard.checks.looks.certificates import Certificates, Handshake
from wizard.checks.looks.ground import Run, UnreadableAuthority
from wizard.checks.looks.hello import handshake_messages
from wizard.checks.looks.stapling import is_stapled
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

CHECK = find("certificate")
assert CHECK
F, W, P = Verdict.FAIL, Verdict.WARN, Verdict.PASS

TABLE = {
    "good": (P, "valid until"),
    "RSA": (P, "valid until"),
    "no extended usage": (P, "valid until"),
    "one third left, but long": (P, "valid until"),
    "expired": (F, "Expired on"),
    "not yet valid": (F, "Valid only from"),
    "wrong name": (F, "Not for localhost"),
    "wildcard too deep": (F, "Not for localhost"),
    "common name only": (F, "No host among"),
    "self-signed": (F, "Signed by itself"),
    "untrusted authority": (F, "do not trust"),
    "incomplete chain": (F, "incomplete"),
    "expired intermediate": (F, "in the chain expired"),
    "client only": (F, "serverAuth"),
    "short RSA key": (F, "too"),
    "SHA-1": (F, ""),
    "short key of the authority": (F, ""),
    "signed by no authority": (F, ""),
    "outside the authority's names": (F, ""),
    "intermediate of somebody else": (F, ""),
    "expired and for another name": (F, "Expired on"),
    "must-staple without staple": (W, "stapled"),
    "stranger beside the chain": (W, "not sent in order"),
    "expires soon": (W, "renew it now"),
    "lives too long": (W, "are allowed"),
    "root sent": (W, "root certificate is sent"),
    "out of order": (W, "not sent in order"),
}


def _look(fault: str, ca_file: Path | None = None) -> tuple[Result, bytes]:
    async def run() -> tuple[Result, bytes]:
        async with serve(hang, certs.faulty(fault)) as port:
            settings = LookSettings(allow_private=True, ca_file=ca_file)
            (found,) = await look([Host("localhost", port.number)], [CHECK], settings)  # type: ignore[list-item]
            return found.results[0], found.record

    return asyncio.run(run())


@pytest.mark.usefixtures("public_root")
@pytest.mark.parametrize("fault", TABLE)
def test_every_fault_gets_its_verdict_and_its_words(fault: str) -> None:
    verdict, words = TABLE[fault]
    result, record = _look(fault)
    assert (result.verdict, words in result.summary) == (verdict, True), (result.summary, result.proof)
    assert "SHA-256" in result.proof
    (again,) = judge_again(record, [CHECK])  # type: ignore[list-item]
    assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)


@pytest.mark.parametrize("fault", ["good", "RSA", "expires soon", "lives too long"])
def test_what_only_an_own_authority_vouches_for_never_looks_public(fault: str) -> None:
    result, record = _look(fault, certs.root_file())
    assert result.verdict is W, result.summary
    assert "your own authority only" in result.summary
    (again,) = judge_again(record, [CHECK])  # type: ignore[list-item]
    assert (again.verdict, again.summary) == (result.verdict, result.summary)


@pytest.mark.usefixtures("public_root")
def test_a_public_certificate_stays_public_beside_an_own_authority() -> None:
    result, _record = _look("good", certs.root_file())
    assert (result.verdict, "trusted too" in result.summary) == (P, True), result.summary


def test_there_are_twenty_faults() -> None:
    assert sum(verdict is not P for verdict, _words in TABLE.values()) >= 20


@pytest.mark.slow
def test_what_only_this_computer_trusts_may_be_somebody_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certs.root_file()))
    wanted = [c for c in (find("certificate"), find("tls-versions"), find("weak-suites"), find("hsts")) if c]

    async def run() -> tuple[tuple[Result, ...], tuple[Result, ...]]:
        async with serve(site({"/": Page()}), certs.good()) as port:
            (found,) = await look([Host("localhost", port.number)], wanted, LookSettings(allow_private=True))
            return found.results, judge_again(found.record, wanted)

    results, again = asyncio.run(run())
    assert {r.check: r.verdict for r in results} == dict.fromkeys([c.id for c in wanted], Verdict.UNKNOWN)
    assert all("only this computer trusts" in r.summary for r in results if r.check != "hsts")
    assert [(r.verdict, r.summary) for r in again] == [(r.verdict, r.summary) for r in results]


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


STAPLES = {
    "stapled": ((_message(11, b"c" * 300), _message(22, b"\x01\x00\x00\x01x")), True),
    "not stapled": ((_message(11, b"c" * 300), _message(14, b"")), False),
    "stapled in one record": ((_message(11, b"c" * 300) + _message(22, b"\x01\x00\x00\x01x"),), True),
    "cut off": ((_message(11, b"c" * 300)[:100],), None),
}


@pytest.mark.parametrize("name", STAPLES)
def test_a_staple_is_seen_in_the_handshake(name: str) -> None:
    messages, wanted = STAPLES[name]
    hello = server_hello(TLS12, ECDHE_GCM)
    answer = hello + b"".join(record(22, TLS12, m) for m in messages)

    async def run() -> bool | None:
        async with serve(bytes_then(answer, hold=False)) as port:
            limits = Limits(hello=0.5)
            ground = Run(LookSettings(allow_private=True, limits=limits), ()).ground(Host("localhost", port.number))
            return await is_stapled(ground, "127.0.0.1")

    assert asyncio.run(run()) is wanted


@given(st.binary(max_size=300))
def test_any_bytes_are_handshake_messages_or_none(data: bytes) -> None:
    assert sum(4 + len(body) for _kind, body in handshake_messages(data)) <= len(data)


def test_http_2_only_says_so() -> None:
    settings_frame = b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"
    check = find("hsts")
    assert check

    async def run(strict: bool, hold: bool) -> Result:
        context = certs.context((certs.leaf()[0], certs.intermediate().certificate), certs.leaf()[1])
        if strict:
            context.set_alpn_protocols(["h2"])
        async with serve(bytes_then(settings_frame, hold=hold), context) as port:
            limits = Limits(answer=0.5)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), limits=limits)
            (found,) = await look([Host("localhost", port.number)], [check], settings)
            return found.results[0]

    for strict, hold in ((False, False), (False, True), (True, False)):
        result = asyncio.run(run(strict, hold))
        assert result.verdict is Verdict.UNKNOWN
        assert ("HTTP/2 only" in result.summary) is True, (strict, hold, result.summary)
        assert result.next_step


def test_without_our_authority_it_is_not_trusted() -> None:
    async def run() -> Result:
        async with serve(hang, certs.good()) as port:
            (found,) = await look([Host("localhost", port.number)], [CHECK], LookSettings(allow_private=True))  # type: ignore[list-item]
            return found.results[0]

    assert asyncio.run(run()).verdict is F


@pytest.mark.parametrize("text", ["this is no certificate", "", "\n"])
def test_an_unreadable_authority_is_said_before_anything_is_contacted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.pem"
    path.write_text(text)

    async def run() -> int:
        async with serve(hang) as port:
            with pytest.raises(UnreadableAuthority, match=r"mine\.pem"):
                await look([Host("localhost", port.number)], [CHECK], LookSettings(allow_private=True, ca_file=path))  # type: ignore[list-item]
            return port.connections

    assert asyncio.run(run()) == 0


def test_a_silent_port_is_unknown() -> None:
    async def run() -> Result:
        async with serve(hang) as port:
            limits = Limits(hello=0.3, connect=0.3, probe=1.0)
            (found,) = await look(
                [Host("localhost", port.number)], [CHECK], LookSettings(allow_private=True, limits=limits)
            )  # type: ignore[list-item]
            return found.results[0]

    result = asyncio.run(run())
    assert result.verdict is Verdict.UNKNOWN
    assert result.next_step


def _judged(chain: tuple[str, ...], at: datetime, **said: object) -> Result:
    from wizard.checks.judging import judge

    facts = Facts({Certificates: Certificates((Handshake("192.0.2.1", chain=chain, **said),))})  # type: ignore[arg-type]
    return judge(CHECK, Host("localhost"), facts, at)  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=200), max_size=3))
def test_any_bytes_as_a_chain_are_never_a_pass(chain: list[bytes]) -> None:
    encoded = tuple(base64.b64encode(c).decode() for c in chain)
    assert _judged(encoded, datetime.now(UTC), trusted=True).verdict is Verdict.UNKNOWN
    assert _judged(encoded, datetime.now(UTC), trusted=False, code=1, error="x").verdict is F


@given(st.integers(0, 600), st.integers(0, 255))
def test_a_damaged_certificate_never_raises(at: int, byte: int) -> None:
    certificate, _key = certs.leaf()
    der = bytearray(certificate.public_bytes(certs.serialization.Encoding.DER))
    der[at % len(der)] ^= byte
    _judged((base64.b64encode(bytes(der)).decode(),), datetime.now(UTC), trusted=False, code=7, error="x")


@pytest.mark.parametrize(("days", "verdict"), [(79, P), (22, P), (20, W), (0.5, W), (-0.5, F)])
def test_the_time_of_the_look_decides(days: float, verdict: Verdict) -> None:
    certificate, _key = certs.leaf(days=(-10, 80))
    encoded = base64.b64encode(certificate.public_bytes(certs.serialization.Encoding.DER)).decode()
    at = certificate.not_valid_after_utc - timedelta(days=days)
    assert _judged((encoded,), at, trusted=True).verdict is verdict


def test_context_has_a_remedy_for_every_server() -> None:
    from wizard.checks.certificate import read

    certificate, _key = certs.leaf(days=(-90, -1))
    encoded = base64.b64encode(certificate.public_bytes(certs.serialization.Encoding.DER)).decode()
    reading = read(Facts({Certificates: Certificates((Handshake("192.0.2.1", trusted=False, chain=(encoded,)),))}))
    fixes = {
        CHECK.judge(reading, JudgeContext(Host("localhost"), datetime.now(UTC), server)).fix  # type: ignore[union-attr]
        for server in ("", "apache", "caddy", "iis", "cloudflare")
    }
    assert len(fixes) == 5
    assert all(fixes)
    for address in ("127.0.0.1", "2001:db8::7"):
        judged = CHECK.judge(reading, JudgeContext(Host(address), datetime.now(UTC), "nginx"))
        assert "certbot" not in judged.fix  # type: ignore[union-attr]
        assert "give this service a host name" in judged.fix  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("roots", "said"), [("certifi 2026.10.5", False), ("certifi 2026.06.01", True), ("certifi", False)]
)
def test_an_old_list_of_roots_is_said(roots: str, said: bool) -> None:
    from wizard.checks.judging import judge

    certificate, _key = certs.leaf(days=(-10, 80))
    encoded = base64.b64encode(certificate.public_bytes(certs.serialization.Encoding.DER)).decode()
    presented = Certificates((Handshake("192.0.2.1", trusted=True, chain=(encoded,)),), roots=roots)
    at = certificate.not_valid_before_utc + timedelta(days=5)
    at = at.replace(year=2026, month=11, day=20) if at.year != 2026 else at
    result = judge(CHECK, Host("localhost"), Facts({Certificates: presented}), at)  # type: ignore[arg-type]
    assert ("60 days old" in result.summary) is (said and result.verdict is P)


@pytest.mark.parametrize(
    ("issued", "limit"),
    [
        (datetime(2020, 9, 1, tzinfo=UTC), 398),
        (datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC), 398),
        (datetime(2026, 3, 15, tzinfo=UTC), 200),
        (datetime(2027, 3, 14, 23, 59, 59, tzinfo=UTC), 200),
        (datetime(2027, 3, 15, tzinfo=UTC), 100),
        (datetime(2029, 3, 14, 23, 59, 59, tzinfo=UTC), 100),
        (datetime(2029, 3, 15, tzinfo=UTC), 47),
        (datetime(2020, 8, 31, 23, 59, 59, tzinfo=UTC), 10_000),
    ],
)
def test_a_lifetime_is_judged_by_the_day_of_issue_to_the_second(issued: datetime, limit: int) -> None:
    def note(lifetime: timedelta, left: timedelta = timedelta(days=30)) -> str:
        until = issued + lifetime
        own = Certificate("CN=a", "CN=b", "1", issued, until, ("a.example",), "EC", 256, "sha256", True, False, False)
        return certificate._note(Presented("192.0.2.1", True, 0, "", (own,)), until - left)

    second = timedelta(seconds=1)
    assert note(timedelta(days=limit)) == ""
    over = note(timedelta(days=limit) + second)
    assert over == ("" if limit == 10_000 else f"Lives {limit + 1} days; at most {limit} are allowed.")
    late = timedelta(days=21) if limit > 63 else timedelta(days=limit) / 3 - second
    assert "renew it now" in note(timedelta(days=limit), late)
    assert note(timedelta(days=limit), late + second) == ""

"""Sentences of the rules that only made-up facts can show: no real server does these things."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.servers import certs
from tests.servers.hellos import ECDHE_GCM, TLS12, TLS13, server_hello
from wizard.checks.base import Check, Fact, Facts, Trouble, TroubleKind
from wizard.checks.every import find
from wizard.checks.judging import judge
from wizard.checks.looks.addresses import is_loopback
from wizard.checks.looks.certificates import Certificates, Handshake
from wizard.checks.looks.dns_records import DnsRecords, Records
from wizard.checks.looks.hello import Form, Tls, client_hello
from wizard.checks.looks.http import Answer
from wizard.checks.looks.http_plain import PlainHttp, PlainPort
from wizard.checks.looks.https_answers import HttpsAnswers, Visit
from wizard.checks.looks.tls_hellos import Ended, Exchange, TlsHellos
from wizard.checks.looks.weak_hellos import WeakExchange, WeakHellos, Weakness
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

P, W, F, U, N = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
HOST = Host("api.partner.example")
HERE = "192.0.2.7"
REFUSED = (("10.0.0.1", "refused-address"),)


def _check(name: str) -> Check:
    found = find(name)
    assert found
    return found


def _judge(name: str, *facts: Fact) -> Result:
    return judge(_check(name), HOST, Facts({type(fact): fact for fact in facts}), datetime(2026, 11, 1, tzinfo=UTC))


def _weak(*, suite: int = 0, kind: Weakness = Weakness.DHE, bits: int = 0) -> tuple[WeakExchange, ...]:
    no = "15030300020228"  # a fatal handshake_failure
    return tuple(
        WeakExchange(HERE, each, Ended.ANSWERED, server_hello(TLS12, suite).hex(), bits)
        if each is kind and suite
        else WeakExchange(HERE, each, Ended.ANSWERED, no)
        for each in Weakness
    )


@pytest.mark.parametrize(("bits", "verdict"), [(0, U), (1024, W), (2047, W), (2048, P)])
def test_a_group_whose_size_nobody_saw_is_no_pass(bits: int, verdict: Verdict) -> None:
    assert _judge("weak-suites", WeakHellos(_weak(suite=0x009E, bits=bits), (HERE,))).verdict is verdict


def test_weak_suites_are_not_known_of_an_address_that_may_not_be_contacted() -> None:
    assert _judge("weak-suites", WeakHellos(_weak(), (HERE,))).verdict is P
    assert _judge("weak-suites", WeakHellos(_weak(), (HERE,), REFUSED)).verdict is U
    null = _weak(suite=0x0002, kind=Weakness.NULL)
    assert _judge("weak-suites", WeakHellos(null, (HERE,), REFUSED)).verdict is F


def test_the_plain_port_is_not_known_of_an_address_that_may_not_be_contacted() -> None:
    closed = (PlainPort(HERE, trouble=Trouble(TroubleKind.CLOSED)),)
    assert _judge("https-redirect", PlainHttp(80, closed, alive=True)).verdict is P
    assert _judge("https-redirect", PlainHttp(80, closed, alive=True, not_asked=REFUSED)).verdict is U
    content = (PlainPort(HERE, Answer("http://api.partner.example/", 200, (), "<html>", 6)),)
    assert _judge("https-redirect", PlainHttp(80, content, alive=True, not_asked=REFUSED)).verdict is F
    there = [("Location", "https://api.partner.example/"), ("Location", "https://api.partner.example/old?x=1")]
    ports = tuple(
        PlainPort(address, Answer("http://api.partner.example/", 301, (location,)))
        for address, location in ((HERE, there[0]), ("192.0.2.8", there[0]), ("192.0.2.9", there[1]))
    )
    assert _judge("https-redirect", PlainHttp(80, ports[:2], alive=True)).verdict is P
    assert _judge("https-redirect", PlainHttp(80, ports, alive=True)).verdict is U  # only one of them was followed
    back = HttpsAnswers(
        (Visit("root", "/", (Answer("https://api.partner.example/", 302, ()),), "http://old.example/"),)
    )
    assert _judge("https-redirect", PlainHttp(80, closed, alive=True), back).verdict is F


def test_addresses_beyond_those_that_are_asked_are_a_note() -> None:
    weak = _judge("weak-suites", WeakHellos(_weak(), (HERE,), more=3))
    closed = (PlainPort(HERE, trouble=Trouble(TroubleKind.CLOSED)),)
    plain = _judge("https-redirect", PlainHttp(80, closed, alive=True, more=3))
    chain = (certs.leaf(names=(HOST.name,))[0], certs.intermediate().certificate)
    encoded = tuple(base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain)
    shown, all_asked = (
        judge(
            _check("certificate"),
            HOST,
            Facts({Certificates: Certificates((Handshake(HERE, trusted=True, chain=encoded),), more=more)}),
            datetime.now(UTC),
        )
        for more in (3, 0)
    )
    assert all_asked.verdict is P
    for result in (weak, plain, shown):
        assert (result.verdict, "3 more addresses were not asked" in result.summary) == (W, True)
        assert result.next_step
    null = WeakHellos(_weak(suite=0x0002, kind=Weakness.NULL), (HERE,), more=3)
    assert _judge("weak-suites", null).verdict is F


def _compressing(hello: bytes) -> bytes:
    """The same ServerHello with DEFLATE chosen: the byte behind the suite."""
    at = 5 + 4 + 2 + 32 + 1 + 2
    return hello[:at] + b"\x01" + hello[at + 1 :]


SECURE = struct.pack("!HHB", 0xFF01, 1, 0)
GOOD = server_hello(TLS12, ECDHE_GCM, extensions=SECURE)
RENEGOTIATION = {
    "secure": (Form.FULL, GOOD, P),
    "not secure": (Form.FULL, server_hello(TLS12, ECDHE_GCM), W),
    "compressed": (Form.FULL, _compressing(GOOD), W),
    "only to bare hellos": (Form.BARE, server_hello(TLS12, ECDHE_GCM), U),
    "nothing below 1.3": (Form.FULL, server_hello(TLS13, 0x1301), N),
}


@pytest.mark.parametrize("name", RENEGOTIATION)
def test_renegotiation_and_compression(name: str) -> None:
    form, hello, verdict = RENEGOTIATION[name]
    version = TLS13 if verdict is N else TLS12
    result = _judge("renegotiation", TlsHellos((Exchange(HERE, version, form, Ended.ANSWERED, hello.hex()),)))
    assert result.verdict is verdict, result.summary


def test_what_somebody_on_the_way_answers_says_nothing_of_the_host() -> None:
    hellos = TlsHellos((Exchange(HERE, TLS12, Form.FULL, Ended.ANSWERED, GOOD.hex()),))
    opened = Certificates((Handshake(HERE, False, 20, "unable to get local issuer certificate", trusted_here=True),))
    assert _judge("renegotiation", hellos, opened).verdict is U


@pytest.mark.parametrize("version", Tls)
def test_compression_is_offered_where_it_can_show_and_never_in_tls_1_3(version: Tls) -> None:
    def methods(form: Form) -> bytes:
        body = client_hello(version, form, "localhost")[9:]
        at = 34 + 1 + body[34]
        at += 2 + int.from_bytes(body[at : at + 2], "big")
        return body[at + 1 : at + 1 + body[at]]

    assert methods(Form.FULL) == (b"\x00" if version is Tls.TLS_1_3 else b"\x01\x00")
    assert methods(Form.BARE) == b"\x00"


@pytest.mark.parametrize(
    ("policy", "outcome", "verdict"),
    [
        ("v=spf1 include:_spf.mailer.example -all", "ok", P),
        ("v=spf1 include:_spf.mailer.example -all", "timeout", U),
        ("v=spf1 include:_spf.mailer.example -all", "failed", U),
        ("v=spf1 redirect=_spf.mailer.example", "failed", U),
        ("v=spf1 include:_spf.mailer.example -all", "no-name", P),  # one name without an answer is allowed
    ],
)
def test_an_included_policy_that_did_not_come_is_not_counted_as_none(
    policy: str, outcome: str, verdict: Verdict
) -> None:
    included = Records("_spf.mailer.example", "TXT", outcome, ("v=spf1 -all",) if outcome == "ok" else ())
    found = DnsRecords("partner.example", (Records("partner.example", "TXT", "ok", (policy,)), included))
    assert _judge("spf", found).verdict is verdict


@pytest.mark.parametrize(
    ("more", "verdict", "words"),
    [(0, P, "on 1 address."), (1, W, "on 1 address (1 more address was not asked)."), (4, W, "4 more addresses")],
)
def test_addresses_beyond_the_cap_are_told_and_are_no_plain_pass(more: int, verdict: Verdict, words: str) -> None:
    hello = server_hello(TLS13, 0x1301).hex()
    old = tuple(
        Exchange(HERE, version, form, Ended.ANSWERED, "15030300020246")  # a fatal protocol_version
        for version in Tls
        if version is not Tls.TLS_1_3
        for form in (Form.FULL, Form.BARE)
    )
    hellos = TlsHellos((*old, Exchange(HERE, Tls.TLS_1_3, Form.FULL, Ended.ANSWERED, hello)), more=more)
    result = _judge("tls-versions", hellos)
    assert (result.verdict, words in result.summary) == (verdict, True), result.summary


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost", True), ("127.9.0.1", True), ("::1", True), ("localhost.partner.example", False), ("10.0.0.1", False),
     ("", False)],
)  # fmt: skip
def test_only_this_computer_is_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own

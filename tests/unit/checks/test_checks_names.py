"""What the name service says: aliases, CAA, SPF and DMARC against a name server on loopback."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.names import Zone, name_server
from wizard.checks import dmarc, spf
from wizard.checks.base import CouldNotLook, Facts
from wizard.checks.every import find
from wizard.checks.judging import judge
from wizard.checks.looks.certificates import Certificates, Handshake
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.dns_records import DnsRecords, Records
from wizard.checks.looks.http import Answer
from wizard.checks.looks.http_plain import PlainHttp, PlainPort
from wizard.checks.looks.https_answers import HttpsAnswers, Visit
from wizard.checks.plan import Limits, LookSettings, look, ready
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
CHECKS = [
    c
    for c in (find("dangling-dns"), find("caa"), find("spf"), find("dmarc"), find("wildcard-dns"), find("name-servers"))
    if c
]
HOST = Host("api.partner.co.uk", 1)


def _look(zone: Zone) -> dict[str, Result]:
    async def run() -> dict[str, Result]:
        async with name_server(zone) as server:
            settings = LookSettings(
                name_server=server, resolve={HOST.name: ("127.0.0.1",)}, limits=Limits(names=1.0, connect=0.5)
            )
            (found,) = await look([HOST], CHECKS, settings)
            again = judge_again(found.record, CHECKS)
            assert [(r.verdict, r.facts) for r in again] == [(r.verdict, r.facts) for r in found.results]
            return {r.check: r for r in found.results}

    return asyncio.run(run())


BASE: dict[tuple[str, str], tuple[str, ...] | str] = {
    ("api.partner.co.uk", "A"): ("192.0.2.7",),
    ("partner.co.uk", "NS"): ("ns1.partner.co.uk.", "NS2.other.example."),
    ("ns1.partner.co.uk", "A"): ("192.0.2.53",),
    ("ns2.other.example", "A"): ("198.51.100.53",),
    ("partner.co.uk", "TXT"): ('"v=spf1 ip4:192.0.2.0/24 -all"', '"google-site-verification=x"'),
    ("partner.co.uk", "CAA"): ('0 issue "letsencrypt.org"',),
    ("_dmarc.partner.co.uk", "TXT"): ('"v=DMARC1; p=reject; rua=mailto:d@partner.co.uk"',),
}


def test_all_well() -> None:
    found = _look(BASE)
    assert {name: r.verdict for name, r in found.items()} == dict.fromkeys(
        ("dangling-dns", "caa", "spf", "dmarc", "wildcard-dns", "name-servers"), P
    )
    assert "letsencrypt.org" in found["caa"].summary


def test_nothing_there() -> None:
    one = {("partner.co.uk", "NS"): ("ns1.partner.co.uk.",), ("ns1.partner.co.uk", "A"): ("192.0.2.53",)}
    found = _look({("api.partner.co.uk", "A"): ("192.0.2.7",), **one})
    assert {n: r.verdict for n, r in found.items()} == {
        "dangling-dns": P, "caa": W, "spf": W, "dmarc": W, "wildcard-dns": P, "name-servers": W,
    }  # fmt: skip
    assert all(r.fix for n, r in found.items() if r.verdict is W)


def test_a_wildcard_answers_for_names_that_nobody_made() -> None:
    found = _look({**BASE, ("*.partner.co.uk", "A"): ("192.0.2.9",)})["wildcard-dns"]
    assert found.verdict is W
    assert "192.0.2.9" in found.summary
    assert _look({**BASE, ("*.partner.co.uk", "A"): "failed"})["wildcard-dns"].verdict is U


NS = ("partner.co.uk", "NS")
SERVERS: dict[str, tuple[dict[tuple[str, str], tuple[str, ...] | str], Verdict, Verdict]] = {
    "in one network": ({("ns2.other.example", "A"): ("192.0.2.54",)}, W, P),
    "in one network of each kind": (
        {
            ("ns2.other.example", "A"): ("192.0.2.54",),
            ("ns1.partner.co.uk", "AAAA"): ("2001:db8:1::1",),
            ("ns2.other.example", "AAAA"): ("2001:db8:1:2::1",),
        },
        W,
        P,
    ),
    "apart by IPv6 only": (
        {
            ("ns2.other.example", "A"): ("192.0.2.54",),
            ("ns1.partner.co.uk", "AAAA"): ("2001:db8:1::1",),
            ("ns2.other.example", "AAAA"): ("2001:db8:2::1",),
        },
        P,
        P,
    ),
    "one of two is gone": ({NS: ("ns1.partner.co.uk.", "ns.expired.example.")}, W, F),
    "both are gone": ({NS: ("ns1.expired.example.", "ns2.expired.example.")}, U, F),
    "one does not answer": ({("ns2.other.example", k): "failed" for k in ("A", "AAAA")}, W, U),
    "the question fails": ({NS: "failed"}, U, U),
}


@pytest.mark.parametrize("name", SERVERS)
def test_name_servers(name: str) -> None:
    zone, servers, dangling = SERVERS[name]
    found = _look({**BASE, **zone})
    assert (found["name-servers"].verdict, found["dangling-dns"].verdict) == (servers, dangling)
    assert "no IPv6" in found["name-servers"].summary or servers is not P
    assert "IPv6 address" in _look({**BASE, ("api.partner.co.uk", "AAAA"): ("2001:db8::1",)})["name-servers"].summary


def test_caa_that_does_not_allow_the_certificate_in_use() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    check = find("caa")
    assert check
    records = DnsRecords("partner.co.uk", (Records("partner.co.uk", "CAA", "ok", ('0 issue "letsencrypt.org"',)),))

    def verdict(organisation: str, *values: str, names: tuple[str, ...] = ()) -> Verdict:
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation)])
        key = certs.ec_key("leaf")
        leaf = (
            x509.CertificateBuilder().subject_name(issuer).issuer_name(issuer).public_key(key.public_key())
            .serial_number(1).not_valid_before(certs.NOW).not_valid_after(certs.NOW + certs.DAY)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names or (HOST.name,)]), False)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        chain = (base64.b64encode(leaf.public_bytes(Encoding.DER)).decode(),)
        seen = Certificates((Handshake("192.0.2.7", True, chain=chain),))
        own = Records(HOST.name, "CAA", "empty")
        named = DnsRecords("partner.co.uk", (own, Records("partner.co.uk", "CAA", "ok", values))) if values else records
        return judge(check, HOST, Facts({DnsRecords: named, Certificates: seen}), datetime.now(UTC)).verdict

    assert verdict("Let's Encrypt") is P
    assert verdict("DigiCert Inc") is W
    assert verdict("An Authority Nobody Listed") is P
    assert verdict("DigiCert Inc", '0 issue "Digicert.com; account=5"') is P
    assert verdict("Let's Encrypt", '0 issuewild "letsencrypt.org"') is W
    assert verdict("Let's Encrypt", '0 issue ";"') is W
    both = ('0 issue "digicert.com"', '0 issuewild "letsencrypt.org"')
    assert verdict("Let's Encrypt", *both) is W
    assert verdict("Let's Encrypt", *both, names=("*.partner.co.uk",)) is P
    assert verdict("DigiCert Inc", *both, names=("*.partner.co.uk",)) is W
    assert verdict("DigiCert Inc", *both, names=("*.partner.co.uk", HOST.name)) is P
    assert judge(check, HOST, Facts({DnsRecords: records}), datetime.now(UTC)).verdict is P


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("app.partner.com", P), ("apollo.partner.com", P), ("192.0.2.1", P), ("::1", P),
        ("apollo-sync.com", W), ("www.getap0llo.co.uk", W), ("apoiio.io", W), ("my.apollo.io", W),
    ],
)  # fmt: skip
def test_names_that_sound_like_apollo(name: str, verdict: Verdict) -> None:
    check = find("CHK-BRAND")
    assert check
    assert judge(check, Host(name), Facts({Declared: Declared()}), datetime.now(UTC)).verdict is verdict


@pytest.mark.slow
def test_a_silent_name_service_is_unknown() -> None:
    silent: Zone = dict.fromkeys(
        [(n, k) for n in ("api.partner.co.uk", "partner.co.uk") for k in ("CAA", "TXT", "NS", "CNAME", "A", "AAAA")]
        + [("_dmarc.partner.co.uk", "TXT"), ("_dmarc.api.partner.co.uk", "TXT")],
        "silence",
    )
    assert {r.verdict for r in _look(silent).values()} == {U}


ALIASES: dict[str, tuple[dict[tuple[str, str], tuple[str, ...] | str], Verdict]] = {
    "to a living host": (
        {("api.partner.co.uk", "CNAME"): ("x.cloud.example.com.",), ("x.cloud.example.com", "A"): ("192.0.2.9",)},
        P,
    ),
    "to nothing, foreign": ({("api.partner.co.uk", "CNAME"): ("gone.github.io.",)}, F),
    "over two, to nothing": (
        {
            ("api.partner.co.uk", "CNAME"): ("a.partner.co.uk.",),
            ("a.partner.co.uk", "CNAME"): ("b.azurewebsites.net.",),
        },
        F,
    ),
    "to nothing, own": ({("api.partner.co.uk", "CNAME"): ("gone.partner.co.uk.",)}, U),
    "to a zone that fails": (
        {
            ("api.partner.co.uk", "CNAME"): ("x.dead.org.",),
            **{("x.dead.org", k): "failed" for k in ("A", "AAAA", "CNAME")},
        },
        F,
    ),
    "in a circle": (
        {("api.partner.co.uk", "CNAME"): ("b.partner.co.uk.",), ("b.partner.co.uk", "CNAME"): ("api.partner.co.uk.",)},
        U,
    ),
}


@pytest.mark.parametrize("name", ALIASES)
def test_aliases(name: str) -> None:
    zone, verdict = ALIASES[name]
    result = _look({**{k: v for k, v in BASE.items() if k != (HOST.name, "A")}, **zone})["dangling-dns"]
    assert result.verdict is verdict, (result.summary, result.proof)


PHRASE = "There isn't a GitHub Pages site here."


@pytest.mark.parametrize(
    ("target", "status", "body", "wanted"),
    [
        ("partner.github.io.", 404, f"<html><title>Site not found</title><p>{PHRASE}", W),
        ("partner.github.io.", 404, f"{PHRASE}", W),
        ("partner.github.io.", 200, f"<html><p>How to mend “{PHRASE}”", P),
        ("partner.github.io.", 404, "<html><p>no such page", P),
        ("partner.other-pages.example.", 404, f"<html><p>{PHRASE}", P),
        ("github.io.evil.example.", 404, f"<html><p>{PHRASE}", P),
        ("www.partner.co.uk.", 404, f"<html><p>{PHRASE}", P),
    ],
)
def test_a_name_that_nobody_has_claimed_at_its_service(target: str, status: int, body: str, wanted: Verdict) -> None:
    check = find("dangling-dns")
    assert check
    records = (Records(HOST.name, "CNAME", "ok", (target,)), Records(target.rstrip("."), "A", "ok", ("192.0.2.9",)))
    records += (Records("partner.co.uk", "NS", "ok", ("ns.partner.co.uk.",)),)
    records += (Records("ns.partner.co.uk", "A", "ok", ("192.0.2.53",)),)
    answer = Answer("http://api.partner.co.uk/", status, (), body, len(body))
    kept: list[Result] = []
    for shown in (answer, answer.masked(), answer.masked().masked()):
        over_http = PlainHttp(80, (PlainPort("192.0.2.9", shown),), alive=True)
        over_https = HttpsAnswers((Visit("root", "/", (shown,)),))
        for fact in (over_http, over_https):
            facts = Facts({DnsRecords: DnsRecords("partner.co.uk", records), type(fact): fact})
            kept.append(judge(check, HOST, facts, datetime(2026, 11, 1, tzinfo=UTC)))
    assert {result.verdict for result in kept} == {wanted}, kept[0].summary
    assert PHRASE not in answer.masked().body or status >= 400


SPF_TABLE = {
    ("v=spf1 -all",): P,
    ("v=spf1 mx ~all",): P,
    ("V=SPF1 ip4:192.0.2.1 -ALL",): P,
    ("v=spf1 ip6:2001:db8::/32 a:mail.partner.co.uk/28 -all",): P,
    ("v=spf1 include:_spf.mailer.net -all",): P,
    ("v=spf1 redirect=_spf.mailer.net",): P,
    (): W,
    ("v=spf1",): W,
    ("v=spf1 mx",): W,
    ("v=spf1 ?all",): W,
    ("v=spf1 +all",): W,
    ("v=spf1 all",): W,
    ("v=spf1 -all", "v=spf1 mx -all"): W,
    ("v=spf10 -all",): W,
    ("spf1 -all",): W,
    ("v=spf1 ptr -all",): W,
    ("v=spf1 nonsense -all",): W,
    ("v=spf1 ip4:0.0.0.0/0 -all",): W,
    ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",): W,
    ("v=spf1 +IP4:12.0.0.0/7 -all",): W,
    ("v=spf1 ip4:12.0.0.0/8 -all",): P,
    ("v=spf1 -ip4:0.0.0.0/0 mx -all",): P,
    ("v=spf1 ip6:::/0 -all",): W,
    ("v=spf1 ip6:2001::/16 -all",): P,
    ("v=spf1 a/0 -all",): W,
    ("v=spf1 mx:partner.co.uk/24//15 -all",): W,
    ("v=spf1 include:_open.mailer.net -all",): W,
    ("v=spf1 ip4:999.0.2.1 -all",): W,
    ("v=spf1 ip4:2001:db8::1 -all",): W,
    ("v=spf1 ip6:2001:db8::1/129 -all",): W,
    ("v=spf1 include: -all",): W,
    ("v=spf1 " + "a:x.partner.co.uk " * 11 + "-all",): W,
    ("v=spf1 include:_many.mailer.net -all",): W,
    ("v=spf1 include:a.void.net include:b.void.net include:c.void.net -all",): W,
}


@pytest.mark.parametrize("records", SPF_TABLE)
def test_spf(records: tuple[str, ...]) -> None:
    zone = {
        **BASE,
        ("partner.co.uk", "TXT"): tuple(f'"{r}"' for r in records) or ('"other"',),
        ("_spf.mailer.net", "TXT"): ('"v=spf1 ip4:192.0.2.0/24 -all"',),
        ("_open.mailer.net", "TXT"): ('"v=spf1 all"',),
        ("_many.mailer.net", "TXT"): ('"v=spf1 ' + "mx:x.mailer.net " * 10 + '-all"',),
    }
    result = _look(zone)["spf"]
    assert result.verdict is SPF_TABLE[records], (result.summary, result.facts)


DMARC_TABLE = {
    ("v=DMARC1; p=reject; rua=mailto:d@x.org",): P,
    ("v=DMARC1;p=quarantine;rua=mailto:d@x.org",): P,
    ("v=DMARC1; p=reject; sp=reject; rua=mailto:d@x.org; pct=100",): P,
    (): W,
    ("v=DMARC1; p=none; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject",): W,
    ("v=DMARC1; p=reject; rua=nobody",): W,
    ("v=DMARC1; p=reject; t=y; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject; t=n; rua=mailto:d@x.org",): P,
    ("v=dmarc1; p=reject; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject; sp=none; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject; np=none; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject; sp=none; np=reject; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=quarantine; np=reject; rua=mailto:d@x.org",): P,
    ("v=DMARC1; p=reject; rua=mailto:",): W,
    ("v=DMARC1; p=reject; rua=https://x.org, mailto:d@x.org!10m",): P,
    ("v=DMARC1; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=maybe; rua=mailto:d@x.org",): W,
    ("p=reject; v=DMARC1; rua=mailto:d@x.org",): W,
    ("v=DMARC2; p=reject; rua=mailto:d@x.org",): W,
    ("v=DMARC1; p=reject; rua=mailto:d@x.org", "v=DMARC1; p=none"): W,
}


@pytest.mark.parametrize("records", DMARC_TABLE)
def test_dmarc(records: tuple[str, ...]) -> None:
    zone = {k: v for k, v in BASE.items() if k[0] != "_dmarc.partner.co.uk"}
    if records:
        zone["_dmarc.partner.co.uk", "TXT"] = tuple(f'"{r}"' for r in records)
    assert _look(zone)["dmarc"].verdict is DMARC_TABLE[records]


def test_the_hosts_own_policy_and_set_come_first() -> None:
    zone = {
        **BASE,
        ("_dmarc.api.partner.co.uk", "TXT"): ('"v=DMARC1; p=none"',),
        ("api.partner.co.uk", "CAA"): ('0 issue ";"',),
    }
    found = _look(zone)
    assert found["dmarc"].verdict is W
    assert found["caa"].facts["name"] == "api.partner.co.uk"


@pytest.mark.parametrize(
    "name", ["localhost", "a.localhost", "192.0.2.1", "2001:db8::1", "intranet", "x.internal", "pinned.org"]
)
def test_names_that_are_not_public_are_not_asked_about(name: str) -> None:
    settings = LookSettings(resolve={"pinned.org": ("192.0.2.1",)})
    assert not any(ready(check, Host(name), settings) for check in CHECKS)
    assert all(ready(check, Host("api.partner.co.uk"), settings) for check in CHECKS)


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from(["ok", "empty", "no-name"]))
def test_any_text_in_records(texts: list[str], outcome: str) -> None:
    names = ("x.org", "_dmarc.x.org", "attestry-1.x.org")
    facts = Facts(
        {
            DnsRecords: DnsRecords(
                "x.org",
                tuple(Records(n, k, outcome, tuple(texts)) for n in names for k in ("TXT", "CAA", "NS", "CNAME", "A")),
            )
        }
    )
    for check in CHECKS:
        with suppress(CouldNotLook):
            check.read(facts)
    for text in texts:
        dmarc.parse(text)
        spf._terms(text)


MAIL: dict[str, tuple[dict[tuple[str, str], tuple[str, ...] | str], Verdict]] = {
    "one server": ({("mail.partner.com", "MX"): ("10 mx.partner.com.",)}, P),
    "says that it takes none": ({("mail.partner.com", "MX"): ("0 .",)}, W),
    "none": ({("mail.partner.com", "A"): ("192.0.2.1",)}, W),
    "no such name": ({}, W),
    "fails": ({("mail.partner.com", "MX"): "failed"}, U),
}


@pytest.mark.parametrize("name", MAIL)
def test_the_domain_of_the_incident_address(name: str) -> None:
    zone, verdict = MAIL[name]
    check = find("incident-mail")
    assert check

    async def run() -> Result:
        async with name_server(zone) as server:
            settings = LookSettings(
                name_server=server, resolve={"mail.partner.com": ("127.0.0.1",)}, limits=Limits(names=1.0)
            )
            (found,) = await look([Host("mail.partner.com")], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
            return found.results[0]

    assert asyncio.run(run()).verdict is verdict

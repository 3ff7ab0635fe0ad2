"""DNSSEC from a root of the test's own: secure, unsigned, forged, expired, and a name service that hides signatures."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.names import name_server
from wizard.checks import dnssec
from wizard.checks.base import Facts
from wizard.checks.every import find
from wizard.checks.judging import judge
from wizard.checks.looks.signed_names import SignedAnswer, SignedNames
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

CHECK = find("dnssec")
assert CHECK
HOST = Host("api.partner.uk", 1)
NOW = datetime.now(UTC)
Table = dict[tuple[str, str], tuple[str, ...] | str]


class Zone:
    """A signed zone: its key, and its records with signatures in the name server's table."""

    def __init__(self, name: str, table: Table, *, expires: datetime | None = None) -> None:
        self.name, self.table = dns.name.from_text(name), table
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.dnskey = dns.dnssec.make_dnskey(self.key.public_key(), "ECDSAP256SHA256", 257)
        self.expires = expires or NOW + timedelta(days=10)
        self.add(name, "DNSKEY", self.dnskey.to_text())
        self.add(name, "SOA", "ns.example. a.example. 1 2 3 4 5")

    def add(self, name: str, kind: str, *texts: str) -> None:
        rrset = dns.rrset.from_text(name, 300, "IN", kind, *texts)
        signature = dns.dnssec.sign(
            rrset, self.key, self.name, self.dnskey, inception=NOW - timedelta(days=30), expiration=self.expires
        )
        place = name.rstrip(".").lower()
        self.table[place, kind] = texts
        self.table[place, f"RRSIG {kind}"] = (signature.to_text(),)

    @property
    def digest(self) -> str:
        return dns.dnssec.make_ds(self.name, self.dnskey, "SHA256").to_text()


def _world(
    *, expires: datetime | None = None, signed: bool = True, delegation: str = ""
) -> tuple[Table, tuple[str, ...]]:
    table: Table = {}
    root, uk, own = Zone(".", table), Zone("uk.", table), Zone("partner.uk.", table, expires=expires)
    root.add("uk.", "DS", uk.digest)
    if signed:
        uk.add("partner.uk.", "DS", delegation or own.digest)
    return table, (root.digest,)


def _look(table: Table, anchors: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(dnssec, "ANCHORS", anchors)

    async def run() -> Result:
        async with name_server(table) as server:
            settings = LookSettings(name_server=server, resolve={HOST.name: ("127.0.0.1",)}, limits=Limits(names=1.0))
            (found,) = await look([HOST], [CHECK], settings)  # type: ignore[list-item]
            (again,) = judge_again(found.record, [CHECK])  # type: ignore[list-item]
            assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
            return found.results[0]

    return asyncio.run(run())


def test_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _look(*_world(), monkeypatch)
    assert result.verdict is Verdict.PASS, result.summary


def test_not_signed_is_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _look(*_world(signed=False), monkeypatch)
    assert result.verdict is Verdict.WARN
    assert "partner.uk." in result.summary


@pytest.mark.parametrize("digest", ["1 13 3 " + "ab" * 32, "1 12 2 " + "ab" * 32])
def test_algorithms_that_nobody_reads_are_neither_broken_nor_fine(digest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, anchors = _world(delegation=digest)
    assert _look(table, anchors, monkeypatch).verdict is Verdict.UNKNOWN


def test_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _look(*_world(expires=NOW - timedelta(days=1)), monkeypatch)
    assert result.verdict is Verdict.FAIL
    assert result.fix


def test_forged_key_and_forged_record(monkeypatch: pytest.MonkeyPatch) -> None:
    table, anchors = _world()
    Zone("partner.uk.", table)  # another key than the delegation names
    assert _look(table, anchors, monkeypatch).verdict is Verdict.FAIL
    table, anchors = _world()
    table["partner.uk", "SOA"] = ("ns.example. evil.example. 1 2 3 4 5",)
    assert _look(table, anchors, monkeypatch).verdict is Verdict.FAIL


@pytest.mark.slow
def test_the_host_s_own_records_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def world() -> tuple[Table, tuple[str, ...], Zone]:
        table: Table = {}
        root, uk, own = Zone(".", table), Zone("uk.", table), Zone("partner.uk.", table)
        root.add("uk.", "DS", uk.digest)
        uk.add("partner.uk.", "DS", own.digest)
        return table, (root.digest,), own

    table, anchors, own = world()
    own.add("api.partner.uk.", "A", "192.0.2.7")
    assert _look(table, anchors, monkeypatch).verdict is Verdict.PASS
    forged = {**table, ("api.partner.uk", "A"): ("198.51.100.66",)}
    result = _look(forged, anchors, monkeypatch)
    assert (result.verdict, "api.partner.uk." in result.summary) == (Verdict.FAIL, True), result.summary
    unsigned = {key: value for key, value in table.items() if key != ("api.partner.uk", "RRSIG A")}
    assert _look(unsigned, anchors, monkeypatch).verdict is Verdict.FAIL
    silent = {**table, ("api.partner.uk", "A"): "silence"}
    assert _look(silent, anchors, monkeypatch).verdict is Verdict.UNKNOWN
    alias, anchors, own = world()
    own.add("api.partner.uk.", "CNAME", "partner.hosting.example.")
    assert _look(alias, anchors, monkeypatch).verdict is Verdict.PASS
    alias["api.partner.uk", "CNAME"] = ("evil.hosting.example.",)
    assert _look(alias, anchors, monkeypatch).verdict is Verdict.FAIL


def test_a_zone_of_the_host_s_own_without_a_delegation_signature_is_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    table, anchors = _world()
    Zone("api.partner.uk.", table)
    result = _look(table, anchors, monkeypatch)
    assert (result.verdict, "api.partner.uk." in result.summary) == (Verdict.WARN, True), result.summary


def test_another_root_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _anchors = _world()
    assert _look(table, dnssec.ANCHORS, monkeypatch).verdict is Verdict.FAIL


@pytest.mark.slow
def test_hidden_signatures_and_silence_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    table, anchors = _world()
    bare = {key: value for key, value in table.items() if not key[1].startswith("RRSIG")}
    assert _look(bare, anchors, monkeypatch).verdict is Verdict.UNKNOWN
    assert _look({**table, ("partner.uk", "DS"): "failed"}, anchors, monkeypatch).verdict is Verdict.UNKNOWN
    assert _look(dict.fromkeys(table, "silence"), anchors, monkeypatch).verdict is Verdict.UNKNOWN


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from([".", "uk.", "partner.uk."]),
            st.sampled_from(["DNSKEY", "DS", "SOA", "RRSIG"]),
            st.text(max_size=40),
        ),
        max_size=6,
    )
)
def test_any_records_are_never_a_pass(parts: list[tuple[str, str, str]]) -> None:
    answers = tuple(
        SignedAnswer(zone, kind, "ok", tuple(f"{zone} 300 IN {k} {text}" for z, k, text in parts if z == zone))
        for zone in (".", "uk.", "partner.uk.")
        for kind in ("DNSKEY", "DS", "SOA")
    )
    result = judge(CHECK, HOST, Facts({SignedNames: SignedNames("partner.uk", NOW, answers)}), NOW)  # type: ignore[arg-type]
    assert result.verdict is not Verdict.PASS

"""A reviewer repeats the public checks against live hosts on loopback: exactly those agreed to, what is another now."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wizard.checks.every import find
from wizard.demo.partner import start
from wizard.document.canonical import read
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host
from wizard.session.deeds import looking_again
from wizard.session.deeds.looking_again import NothingToRepeat, Options, Way

NOW = datetime(2027, 1, 2, tzinfo=UTC)
check = find("hsts")
assert check
HSTS = check.rule


@pytest.fixture(scope="module")
def partner(tmp_path_factory):
    with start(tmp_path_factory.mktemp("partner")) as running:
        yield running


@pytest.fixture(scope="module")
def attested(partner, golden):
    """An attestation whose looks at HSTS were: good at app, good at api, not possible at legacy; legacy is private."""
    hosts = {host.name.split(".")[0]: f"{host.name}:{host.port}" for host in partner.hosts}
    wanted = (("app", Verdict.PASS), ("api", Verdict.PASS), ("legacy", Verdict.UNKNOWN))
    group = golden.groups[0]
    item = next(item for group in golden.groups for item in group.items if item.seen)
    seen = tuple(
        replace(
            item.seen[0],
            result=replace(
                item.seen[0].result,
                check="hsts",
                subject=hosts[name],
                verdict=verdict,
                summary="then",
                rule="hsts/0" if name == "app" else HSTS,
            ),
        )
        for name, verdict in wanted
    )
    return replace(
        golden,
        groups=(replace(group, items=(replace(item, seen=seen, parts=()),)),),
        hosts=tuple(_host(subject, private=name == "legacy") for name, subject in hosts.items()),
    )


@pytest.fixture(scope="module")
def golden():
    from pathlib import Path

    return read((Path(__file__).parents[1] / "document/goldens/layout-1/whole.json").read_bytes())


def _host(subject: str, *, private: bool) -> Host:
    name, port = subject.rsplit(":", 1)
    return Host(name, int(port), private_network=private)


def look(attested, partner, agreed, **more):
    options = Options(ca_file=partner.ca_file, resolve=tuple(partner.resolve.items()), **more)
    return asyncio.run(looking_again.look(attested, agreed, lambda: NOW, options))


def test_only_hosts_that_were_looked_at_and_are_public_are_offered(attested):
    hosts, left = looking_again.targets(attested)
    assert [host.name.split(".")[0] for host in hosts] == ["app", "api"]
    assert [name.split(".")[0] for name in left] == ["accounts", "legacy"]
    every, left = looking_again.targets(attested, Options(allow_private=True))
    assert len(every) == 3
    assert len(left) == 1


def test_what_is_another_since_signing_is_told_worst_first(attested, partner):
    agreed, _left = looking_again.targets(attested, Options(allow_private=True))
    again = look(attested, partner, agreed, allow_private=True)
    assert again.at == NOW
    assert len(again.hosts) == 3
    assert again.same == 1
    assert [(one.subject.split(".")[0], one.way) for one in again.drifts] == [("app", Way.WORSE), ("legacy", Way.OTHER)]
    worse = again.drifts[0]
    assert (worse.check, worse.then, worse.now, worse.said_then) == ("hsts", Verdict.PASS, Verdict.FAIL, "then")
    assert "86,400" in worse.said_now
    assert worse.rules == ("hsts/0", HSTS)
    assert "The rule has changed since (hsts/0" in worse.sentence
    assert again.drifts[1].sentence == again.drifts[1].said_now, "judged by the same rule"
    assert "1 look came out as then, 2 came out otherwise" in again.sentence


def test_a_host_that_was_not_agreed_to_is_left_alone(attested, partner):
    agreed, _left = looking_again.targets(attested, Options(allow_private=True))
    again = look(attested, partner, agreed[:1], allow_private=True)
    assert again.hosts == (agreed[0].subject,)
    with pytest.raises(NothingToRepeat, match="Nothing was contacted"):
        look(attested, partner, (), allow_private=True)


def test_an_address_on_the_own_network_is_not_asked_because_a_document_names_it(attested, partner):
    """The hosts are the document's: a forged one must not make the reviewer's computer knock at its neighbours."""
    near = _host(f"127.0.0.1:{partner.hosts[0].port}", private=False)
    (item,) = attested.groups[0].items
    seen = (replace(item.seen[0], result=replace(item.seen[0].result, subject=near.subject)),)
    forged = replace(attested, hosts=(near,), groups=(replace(attested.groups[0], items=(replace(item, seen=seen),)),))
    assert looking_again.targets(forged) == ((), (near.subject,))
    with pytest.raises(NothingToRepeat):
        look(forged, partner, (near,))

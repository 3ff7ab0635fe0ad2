"""Collects the signed answers of the name service from the root down to a domain, for somebody else to verify."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords, registrable

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host


ADDRESSES = ("A", "AAAA")


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """One question and the records that came back with their signatures, in the form of zone files."""

    name: str
    kind: str
    outcome: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignedNames(Fact):
    """The keys, delegations and starts of authority of every zone that may begin on the way down to the host's name,
    and the host's own addresses; `at` is when they were asked for."""

    NAME = "signed-names"
    domain: str
    at: datetime
    answers: tuple[SignedAnswer, ...]
    #: the host's name, with the dot at its end
    host: str = ""

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """As for the other records."""
        return DnsRecords.wanted(host, settings)

    @classmethod
    async def look(cls, ground: Ground) -> SignedNames:
        """All questions at once, with checking left to us (RFC 4035 3.2.2)."""
        domain, labels = registrable(ground.host.name), ground.host.name.split(".")
        zones = [".", *(".".join(labels[start:]) + "." for start in range(len(labels) - 1, -1, -1))]
        questions = [(zone, kind) for zone in zones for kind in ("DNSKEY", "DS", "SOA") if (zone, kind) != (".", "DS")]
        questions += [(zones[-1], kind) for kind in ADDRESSES]
        answers = await asyncio.gather(*(_ask(ground, zone, kind) for zone, kind in questions))
        if all(a.outcome == "timeout" for a in answers):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, "the name service did not answer"))
        return cls(domain, datetime.now(UTC), tuple(answers), zones[-1])

    def get(self, zone: str, kind: str) -> SignedAnswer | None:
        """The answer to a question."""
        return next((a for a in self.answers if (a.name, a.kind) == (zone, kind)), None)


async def _ask(ground: Ground, name: str, kind: str) -> SignedAnswer:
    import dns.asyncquery
    import dns.asyncresolver
    import dns.exception
    import dns.flags
    import dns.message
    import dns.rcode

    server = ground.run.settings.name_server
    try:
        place, port = server or (str(dns.asyncresolver.Resolver().nameservers[0]), 53)
        query = dns.message.make_query(name, kind, want_dnssec=True)
        query.flags |= dns.flags.CD
        async with ground.run.names:
            answer, _tcp = await dns.asyncquery.udp_with_fallback(query, place, ground.limits.names / 2, port)
    except dns.exception.Timeout:
        return SignedAnswer(name, kind, "timeout")
    except (dns.exception.DNSException, OSError, ValueError, IndexError):
        return SignedAnswer(name, kind, "failed")
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return SignedAnswer(name, kind, "failed")
    own = [rrset for rrset in answer.answer if rrset.name.to_text().lower() == name.lower()]
    lines = tuple(line[:8192] for rrset in own for line in rrset.to_text().splitlines())
    return SignedAnswer(name, kind, "ok" if lines else "empty", lines[:60])

"""Name servers: does the domain stay reachable when one server, or the network around it, fails?"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: What counts as one network, by version of the address: the smallest that the internet routes on its own.
_NETWORK = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class NameServers:
    """The name servers of the domain, the networks of their addresses, and whether the host has an IPv6 address."""

    domain: str
    servers: tuple[str, ...]
    networks: tuple[str, ...]
    ipv6: bool


def read(facts: Facts) -> NameServers:
    """Who answers for the domain, and from where."""
    found = facts.get(DnsRecords)
    own = found.get(found.domain, "NS")
    if own is None or own.outcome in ("timeout", "failed"):
        raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, found.domain))
    servers = tuple(dict.fromkeys(found.name_servers))
    addresses = found.addresses_of(*servers)
    if servers and not addresses:
        raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, servers[0]))
    return NameServers(
        found.domain,
        servers,
        tuple(dict.fromkeys(_network(address) for address in addresses)),
        any(":" in address for address in found.addresses_of(found.last_name)),
    )


def _network(address: str) -> str:
    parsed = ip_address(address)
    return str(ip_network((parsed, _NETWORK[parsed.version]), strict=False))


def judge(reading: NameServers, context: JudgeContext) -> Judgement:
    """BCP 16 (RFC 2182 3.1): more than one server, in more than one network. IPv6 is told, not judged."""
    proof = "\n".join((*(f"{reading.domain} NS {name}" for name in reading.servers), *reading.networks))
    fix = _("Add a name server in another network, at best with another provider.")
    if not reading.servers:
        said = _("No name server of {domain} is known.").format(domain=reading.domain)
        return Judgement(Verdict.WARN, said, proof or _("(no NS record)"), fix=fix)
    if len(reading.servers) == 1:
        said = _("Only one name server answers for {domain}.").format(domain=reading.domain)
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    if len([n for n in reading.networks if ":" not in n]) <= 1 and len([n for n in reading.networks if ":" in n]) <= 1:
        said = _("All name servers of {domain} stand in one network.").format(domain=reading.domain)
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    said = _("{n} name servers in different networks.").format(n=len(reading.servers))
    said += " " + (_("The host has an IPv6 address.") if reading.ipv6 else _("The host has no IPv6 address."))
    return Judgement(Verdict.PASS, said, proof)


CHECK = Check(
    id="name-servers",
    title=lambda: _("Name servers"),
    level=Level.RECOMMENDED,
    source="RFC 2182 (BCP 16) 3.1; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-07",),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
)

"""Dangling names: does the host's name lead to something that somebody else could claim?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.dns_records import DnsRecords, registrable
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Dangling:
    """The chain of aliases, and how its end answers ("ok", "empty", "no-name", "failed", "timeout")."""

    chain: tuple[str, ...]
    end: str
    foreign: bool
    #: name servers of the domain without any address
    lost_servers: tuple[str, ...] = ()


def read(facts: Facts) -> Dangling:
    """Where the name leads."""
    found = facts.get(DnsRecords)
    aliases = [r for r in found.answers if r.kind == "CNAME"]
    chain = [aliases[0].name] if aliases else []
    chain += [r.values[0].rstrip(".").lower() for r in aliases if r.values]
    last = chain[-1] if chain else ""
    ends = {r.outcome for r in found.answers if r.kind in ("A", "AAAA") and r.name == last}
    lost = tuple(name for name in found.name_servers if _is_lost(found, name))
    for outcome in ("ok", "timeout", "failed", "empty", "no-name"):
        if outcome in ends:
            return Dangling(tuple(chain), outcome, registrable(last) != found.domain, lost)
    return Dangling(tuple(chain), "failed", False, lost)


def _is_lost(found: DnsRecords, name: str) -> bool:
    ends = {r.outcome for r in found.answers if r.kind in ("A", "AAAA") and r.name == name}
    return bool(ends) and ends <= {"no-name", "empty"}


def judge(reading: Dangling, context: JudgeContext) -> Judgement:
    """An alias whose target is gone may be claimed by whoever can register it; we never try. ADA CASA 6.4.1."""
    proof = " → ".join(reading.chain) + f": {reading.end}"
    last = reading.chain[-1] if reading.chain else ""
    if reading.lost_servers:
        said = _("The name server {name} has no address: whoever claims its name answers for your domain.")
        fix = _("Remove the NS record of {name}, or bring the server back.").format(name=reading.lost_servers[0])
        proof += "\nNS " + ", ".join(reading.lost_servers)
        return Judgement(Verdict.FAIL, said.format(name=reading.lost_servers[0]), proof, fix=fix)
    if reading.end == "ok":
        return Judgement(Verdict.PASS, _("The name leads to an address that exists."), proof)
    if len(reading.chain) > 1 and reading.end in ("no-name", "failed") and reading.foreign:
        said = _("May be claimable: alias of {target}, which is gone.")
        fix = _("Remove the CNAME record of {name}, or claim {target} again.").format(
            name=reading.chain[0], target=last
        )
        return Judgement(Verdict.FAIL, said.format(target=last), proof, fix=fix)
    if reading.end == "timeout":
        said = _("Could not look: the name service did not answer.")
        return Judgement(Verdict.UNKNOWN, said, proof, _("Look again, or add evidence instead."))
    said = _("Could not look: {name} has no address.").format(name=last or context.host.name)
    return Judgement(Verdict.UNKNOWN, said, proof, _("Check the spelling of the name in the scope."))


CHECK = Check(
    id="dangling-dns",
    title=lambda: _("Dangling records"),
    level=Level.MUST,
    source="ADA CASA 6.4.1; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-03", "CHK-DNS"),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
)

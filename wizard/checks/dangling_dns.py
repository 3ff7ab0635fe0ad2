"""Dangling names: does the host's name lead to something that somebody else could claim?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.dns_records import DnsRecords, registrable
from wizard.checks.looks.http_plain import PlainHttp
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.looks.unclaimed import phrase_of
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
    #: name servers of which nobody knows whether they have one; the domain itself when it did not name them
    unseen_servers: tuple[str, ...] = ()
    #: what the service that the name leads to says where nobody has claimed it
    unclaimed: str = ""


def read(facts: Facts) -> Dangling:
    """Where the name leads."""
    found = facts.get(DnsRecords)
    aliases = [r for r in found.answers if r.kind == "CNAME"]
    chain = [aliases[0].name] if aliases else []
    chain += [r.values[0].rstrip(".").lower() for r in aliases if r.values]
    last = chain[-1] if chain else ""
    ends = {r.outcome for r in found.answers if r.kind in ("A", "AAAA") and r.name == last}
    lost = tuple(name for name in found.name_servers if _is_lost(found, name))
    unseen = _unseen(found)
    for outcome in ("ok", "timeout", "failed", "empty", "no-name"):
        if outcome in ends:
            foreign = registrable(last) != found.domain
            return Dangling(tuple(chain), outcome, foreign, lost, unseen, _unclaimed(facts, last) if foreign else "")
    return Dangling(tuple(chain), "failed", False, lost, unseen)


def _unclaimed(facts: Facts, name: str) -> str:
    """What our own request to the host's root met, over either protocol; a service often has no certificate for it."""
    secure, plain = facts.maybe(HttpsAnswers), facts.maybe(PlainHttp)
    answers = [answer for visit in (secure.visits if secure else ()) for answer in visit.answers]
    answers += [port.answer for port in (plain.ports if plain else ()) if port.answer]
    return next((said for a in answers if a.status >= 400 and (said := phrase_of(name, a.body))), "")


def _ends(found: DnsRecords, name: str) -> set[str]:
    return {r.outcome for r in found.answers if r.kind in ("A", "AAAA") and r.name == name}


def _is_lost(found: DnsRecords, name: str) -> bool:
    ends = _ends(found, name)
    return bool(ends) and ends <= {"no-name", "empty"}


def _unseen(found: DnsRecords) -> tuple[str, ...]:
    """Name servers of which no answer says whether they have an address; the domain when it named none of them."""
    own = found.get(found.domain, "NS")
    if own is None or own.outcome in ("timeout", "failed"):
        return (found.domain,)
    each = ((name, _ends(found, name)) for name in found.name_servers)
    return tuple(name for name, ends in each if "ok" not in ends and ends & {"timeout", "failed"})


def judge(reading: Dangling, context: JudgeContext) -> Judgement:
    """An alias whose target is gone may be claimed by whoever can register it; we never try. ADA CASA 6.4.1."""
    proof = " → ".join(reading.chain) + f": {reading.end}"
    last = reading.chain[-1] if reading.chain else ""
    if reading.lost_servers:
        said = _("The name server {name} has no address: whoever claims its name answers for your domain.")
        fix = _("Remove the NS record of {name}, or bring the server back.").format(name=reading.lost_servers[0])
        proof += "\nNS " + ", ".join(reading.lost_servers)
        return Judgement(Verdict.FAIL, said.format(name=reading.lost_servers[0]), proof, fix=fix)
    if reading.unclaimed:
        said = _("May be claimable: {target} answers “{phrase}”.").format(target=last, phrase=reading.unclaimed)
        fix = _("Claim the name there again, or remove the CNAME record of {name}.").format(name=reading.chain[0])
        return Judgement(Verdict.WARN, said, f"{proof}\n{reading.unclaimed}", fix=fix)
    if reading.end == "ok" and reading.unseen_servers:
        said = _("Could not look: the name service did not answer about {name}, which answers for your domain.")
        if reading.unseen_servers[0] == registrable(context.host.name):
            said = _("Could not look: the name service did not say who answers for {name}.")
        step = _("Look again, or add evidence instead.")
        return Judgement(Verdict.UNKNOWN, said.format(name=reading.unseen_servers[0]), proof, step)
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
    uses=(HttpsAnswers, PlainHttp),
    read=read,
    judge=judge,
    version=2,
)

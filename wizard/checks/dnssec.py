"""DNSSEC: can nobody on the way forge the addresses of the partner's domain, and is the chain unbroken?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.signed_names import ADDRESSES, SignedAnswer, SignedNames
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

if TYPE_CHECKING:
    import dns.rrset

#: The keys of the root, as IANA publishes their digests (KSK-2017 and KSK-2024).
ANCHORS = (
    "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)

#: The digests of keys that are read, by their number (RFC 4034 A.2).
_DIGESTS = {"1": "SHA1", "2": "SHA256", "4": "SHA384"}


@dataclass(frozen=True, slots=True)
class Dnssec:
    """How the chain from the root ends: "secure", "insecure" at the zone that is not signed, "unread" at one that is
    signed by algorithms not known here, or "bogus" and why.
    """

    domain: str
    outcome: str
    zone: str
    why: str = ""


def read(facts: Facts) -> Dnssec:
    """The chain, verified with the time at which it was asked for (RFC 4035 5)."""
    found = facts.get(SignedNames)
    signed = _records(found.get(".", "DNSKEY"), "RRSIG")
    if signed is None:
        # A name service that leaves signatures out says nothing about anybody's.
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN, _("this network's name service passes no signatures on")))
    trusted, zone = ANCHORS, "."
    zones = list(dict.fromkeys(answer.name for answer in found.answers))
    keys: dns.rrset.RRset | None = None
    for place in zones:
        if place != ".":
            start = found.get(place, "SOA")
            if start is None or _records(start, "SOA") is None:
                if start is not None and start.outcome in ("timeout", "failed"):
                    raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, place))
                continue  # no zone of its own begins here
            delegation = found.get(place, "DS")
            if delegation is None or delegation.outcome in ("timeout", "failed"):
                raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, place))
            digests = _records(delegation, "DS")
            if digests is None:
                return Dnssec(found.domain, "insecure", place)
            why = _broken(delegation, "DS", zone, keys, found)
            if why:
                return Dnssec(found.domain, "bogus", place, why)
            trusted = tuple(rdata.to_text() for rdata in digests)
            if not any(_is_understood(text) for text in trusted):
                return Dnssec(found.domain, "unread", place)
        answer = found.get(place, "DNSKEY")
        if answer is None or answer.outcome in ("timeout", "failed"):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, place))
        keys = _records(answer, "DNSKEY")
        entry = _entry_keys(place, keys, trusted)
        why = _("no key fits its delegation") if entry is None else _broken(answer, "DNSKEY", place, entry, found)
        if why:
            return Dnssec(found.domain, "bogus", place, why)
        zone = place
    last = found.get(zone, "SOA")
    why = _broken(last, "SOA", zone, keys, found) if last is not None else ""
    return Dnssec(found.domain, "bogus", zone, why) if why else _of_host(found, zone, keys)


def _of_host(found: SignedNames, zone: str, keys: dns.rrset.RRset | None) -> Dnssec:
    """The host's own alias or addresses: signed too, or resolvers drop just them."""
    for asked in ADDRESSES:
        answer = found.get(found.host, asked)
        if answer is None:
            continue  # looked at by an older program
        if answer.outcome in ("timeout", "failed"):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, found.host))
        for kind in ("CNAME", asked):
            if _records(answer, kind) is not None and (why := _broken(answer, kind, zone, keys, found)):
                return Dnssec(found.domain, "bogus", found.host, why)
    return Dnssec(found.domain, "secure", zone)


def _records(answer: SignedAnswer | None, kind: str) -> dns.rrset.RRset | None:
    """The records of one kind in an answer; None if there are none that can be read."""
    import dns.exception
    import dns.rrset

    if answer is None:
        return None
    texts = [line.split(None, 4) for line in answer.records]
    rdatas = [parts[4] for parts in texts if len(parts) == 5 and parts[3] == kind]
    try:
        return dns.rrset.from_text(answer.name, 300, "IN", kind, *rdatas) if rdatas else None
    except (dns.exception.DNSException, ValueError):
        return None


def _is_understood(digest: str) -> bool:
    """RFC 4035 5.2: a delegation by algorithms that a resolver does not know leaves the zone unsigned for it."""
    from dns.dnssecalgs import algorithms

    _tag, algorithm, kind, _hash = digest.split(None, 3)
    return kind in _DIGESTS and int(algorithm) in {int(number) for number, _prefix in algorithms}


def _entry_keys(zone: str, keys: dns.rrset.RRset | None, trusted: tuple[str, ...]) -> dns.rrset.RRset | None:
    """Those keys of a zone whose digest its parent vouches for."""
    import dns.dnssec
    import dns.exception
    import dns.rrset

    fitting = []
    for key in keys or ():
        for text in trusted:
            algorithm = text.split()[2]
            try:
                digest = dns.dnssec.make_ds(zone, key, _DIGESTS[algorithm], validating=True)
            except (dns.exception.DNSException, ValueError, KeyError):
                continue
            if digest.to_text().lower() == " ".join(text.split()).lower():
                fitting.append(key)
    return dns.rrset.from_rdata_list(zone, 300, fitting) if fitting else None


def _broken(answer: SignedAnswer, kind: str, signer: str, keys: dns.rrset.RRset | None, found: SignedNames) -> str:
    """Why a signature does not hold; "" when one does."""
    import dns.dnssec
    import dns.exception
    import dns.name

    rrset, signatures = _records(answer, kind), _records(answer, "RRSIG")
    if rrset is None or signatures is None or keys is None:
        return _("the signature of {kind} is missing").format(kind=kind)
    try:
        dns.dnssec.validate(rrset, signatures, {dns.name.from_text(signer): keys}, now=found.at.timestamp())
    except (dns.exception.DNSException, ValueError) as error:
        said = str(error)[:100] or type(error).__name__
        return _("the signature of {kind} does not hold: {why}").format(kind=kind, why=said)
    return ""


def judge(reading: Dnssec, context: JudgeContext) -> Judgement:
    """RFC 4033 5 and RFC 9364: signed is better, broken is worst, because resolvers then drop the domain."""
    proof = f"{reading.domain}: {reading.outcome} ({reading.zone})"
    match reading.outcome:
        case "secure":
            return Judgement(Verdict.PASS, _("Signed, from the root down."), proof)
        case "insecure":
            said = _("Not signed: no DS for {zone}")
            fix = _(
                "Switch DNSSEC on where the domain's name servers are run, and give the DS record to the registrar."
            )
            return Judgement(Verdict.WARN, said.format(zone=reading.zone), proof, fix=fix)
        case "unread":
            said = _("Could not look: {zone} is signed with algorithms that are not read here.")
            return Judgement(Verdict.UNKNOWN, said.format(zone=reading.zone), proof, _("Add evidence instead."))
        case _:
            said = _("Broken at {zone} – {why}.")
            fix = _("Sign the zone again, or take the DS record back at the registrar.")
            return Judgement(Verdict.FAIL, said.format(zone=reading.zone, why=reading.why), proof, fix=fix)


CHECK = Check(
    id="dnssec",
    title=lambda: _("DNSSEC"),
    level=Level.MUST,
    source="RFC 4033 5; RFC 4035 5; RFC 9364; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-02",),
    needs=(SignedNames,),
    read=read,
    judge=judge,
    version=2,
)

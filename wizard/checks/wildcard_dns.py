"""Wildcard records: does the domain answer for names that nobody ever made?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.dns_records import MADE_UP, DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Wildcard:
    """What the domain says to a made-up name: the addresses, none where it knows no such name."""

    domain: str
    addresses: tuple[str, ...]


def read(facts: Facts) -> Wildcard:
    """The answer to a name that was made up for this look."""
    found = facts.get(DnsRecords)
    asked = next((r for r in found.answers if r.name.startswith(MADE_UP)), None)
    if asked is None or asked.outcome in ("timeout", "failed"):
        raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, found.domain))
    return Wildcard(found.domain, asked.values if asked.outcome == "ok" else ())


def judge(reading: Wildcard, context: JudgeContext) -> Judgement:
    """RFC 4592: a wildcard gives every forgotten or invented name a home; whoever serves it speaks for the domain."""
    if not reading.addresses:
        return Judgement(Verdict.PASS, _("Unknown names of {domain} lead nowhere.").format(domain=reading.domain))
    said = _("Any name of {domain} leads to {address}.").format(domain=reading.domain, address=reading.addresses[0])
    fix = _("Remove the record *.{domain}, or make sure that what it leads to answers for known names only.")
    return Judgement(
        Verdict.WARN,
        said,
        f"*.{reading.domain} A {', '.join(reading.addresses)}",
        fix=fix.format(domain=reading.domain),
    )


CHECK = Check(
    id="wildcard-dns",
    title=lambda: _("Wildcard records"),
    level=Level.RECOMMENDED,
    source="RFC 4592 2; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-08",),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
)

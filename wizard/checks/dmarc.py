"""DMARC: are receivers told what to do with mail that only pretends to come from the partner?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_STRENGTH = {"none": 0, "quarantine": 1, "reject": 2}
#: Tags that RFC 9989 took away.
_OBSOLETE = ("pct", "rf", "ri")


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The policy that counts for the host: where it stands, and what it says."""

    name: str
    records: tuple[str, ...]
    policy: str = ""
    subdomains: str = ""
    reports: bool = False
    obsolete: tuple[str, ...] = ()
    testing: bool = False
    #: of names that do not exist (RFC 9989: "np", else "sp", else "p")
    missing: str = ""


def parse(text: str) -> dict[str, str]:
    """The tags of one record, names lower case, of repeated ones the first; empty where it is none. Never raises."""
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    if not parts or parts[0][0].strip().lower() != "v" or parts[0][2].strip() != "DMARC1":
        return {}
    tags: dict[str, str] = {}
    for name, _equals, value in parts:
        tags.setdefault(name.strip().lower(), value.strip())
    return tags


def read(facts: Facts) -> Dmarc:
    """The policy of the host's own name, else that of its registrable domain."""
    found = facts.get(DnsRecords)
    names = dict.fromkeys((f"_dmarc.{next((r.name for r in found.answers), found.domain)}", f"_dmarc.{found.domain}"))
    for name in names:
        answer = found.get(name, "TXT")
        if answer is not None and answer.outcome in ("timeout", "failed"):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, name))
        records = tuple(v for v in answer.values if parse(v)) if answer else ()
        if records:
            tags = parse(records[0])
            policy = tags.get("p", "").lower()
            subdomains = tags.get("sp", policy).lower()
            return Dmarc(
                name,
                tuple(r[:500] for r in records),
                policy,
                subdomains,
                any(re.match(r"mailto:[^@!]+@.", uri.strip(), re.I) for uri in tags.get("rua", "").split(",")),
                tuple(tag for tag in _OBSOLETE if tag in tags),
                tags.get("t", "").lower() == "y",
                tags.get("np", subdomains).lower(),
            )
    return Dmarc(f"_dmarc.{found.domain}", ())


def judge(reading: Dmarc, context: JudgeContext) -> Judgement:
    """RFC 9989 (which replaces RFC 7489)."""
    domain = reading.name.removeprefix("_dmarc.")
    fix = f'{reading.name}. IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"'
    proof = "\n".join(reading.records) or _("(no DMARC record)")
    why = _why_not(reading)
    if why:
        return Judgement(Verdict.WARN, why, proof, fix=fix)
    said = _("p={policy} for {domain}.")
    said = said.format(policy=reading.policy, domain=domain)
    if reading.obsolete:
        said += " " + _("Obsolete tags: {tags}.").format(tags=", ".join(reading.obsolete))
    return Judgement(Verdict.PASS, said, proof)


def _why_not(reading: Dmarc) -> str:
    if not reading.records:
        return _("No DMARC record.")
    if len(reading.records) > 1:
        return _("There are {n} DMARC records; receivers then use none.").format(n=len(reading.records))
    if reading.policy not in _STRENGTH:
        return _("The DMARC record names no policy.")
    if reading.policy == "none":
        return _("The DMARC policy only watches (p=none).")
    if reading.testing:
        return _("The DMARC policy is only being tested (t=y), so receivers apply a weaker one.")
    if _STRENGTH.get(reading.subdomains, 0) < _STRENGTH[reading.policy]:
        return _("Subdomains have a weaker policy (sp={policy}).").format(policy=reading.subdomains[:40])
    if _STRENGTH.get(reading.missing, 0) < _STRENGTH[reading.policy]:
        return _("Names that do not exist have a weaker policy (np={policy}).").format(policy=reading.missing[:40])
    if not reading.reports:
        return _("Nobody gets the reports (rua is missing).")
    return ""


CHECK = Check(
    id="dmarc",
    title=lambda: _("DMARC"),
    level=Level.RECOMMENDED,
    source="RFC 9989; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-05",),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
    version=3,
)

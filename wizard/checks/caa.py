"""CAA: has the partner said which authorities may issue certificates for its names?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_RECORD = re.compile(r'^([0-9]{1,3}) ([A-Za-z0-9]{1,15}) "(.*)"$', re.S)


@dataclass(frozen=True, slots=True)
class Caa:
    """The first set on the way up to the registrable domain (RFC 8659 3): where it stands, and its properties."""

    name: str
    issuers: tuple[str, ...]
    wildcard_issuers: tuple[str, ...]
    reports: tuple[str, ...]
    domain: str


def read(facts: Facts) -> Caa:
    """The set that counts for the host."""
    found = facts.get(DnsRecords)
    sets = [r for r in found.answers if r.kind == "CAA"]
    for records in sets:
        if records.outcome in ("timeout", "failed"):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, records.name))
        if records.values:
            parsed = [m for value in records.values if (m := _RECORD.match(value))]
            by = {tag: tuple(m[3] for m in parsed if m[2].lower() == tag) for tag in ("issue", "issuewild", "iodef")}
            return Caa(records.name, by["issue"], by["issuewild"], by["iodef"], found.domain)
    return Caa("", (), (), (), found.domain)


def judge(reading: Caa, context: JudgeContext) -> Judgement:
    """RFC 8659 4.2 and 4.3."""
    fix = f'{reading.domain}. IN CAA 0 issue "letsencrypt.org"'
    if not reading.name:
        said = _("Any authority may issue certificates: no CAA record.")
        return Judgement(Verdict.WARN, said, _("(no CAA record)"), fix=fix)
    proof = "\n".join(
        [f"{reading.name} CAA issue {v}" for v in reading.issuers]
        + [f"{reading.name} CAA issuewild {v}" for v in reading.wildcard_issuers]
        + [f"{reading.name} CAA iodef {v}" for v in reading.reports]
    )
    if not reading.issuers and not reading.wildcard_issuers:
        return Judgement(Verdict.WARN, _("No CAA record names who may issue."), proof, fix=fix)
    names = ", ".join(v.partition(";")[0].strip() or _("nobody") for v in (*reading.issuers, *reading.wildcard_issuers))
    return Judgement(Verdict.PASS, _("Only {names} may issue certificates.").format(names=names), proof)


CHECK = Check(
    id="caa",
    title=lambda: _("CAA records"),
    level=Level.RECOMMENDED,
    source="RFC 8659 3, 4; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-01",),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
)

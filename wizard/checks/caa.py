"""CAA: has the partner said which authorities may issue certificates for its names?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.certificates import Certificates, issuer_of, names_only_by_wildcard
from wizard.checks.looks.dns_records import DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_RECORD = re.compile(r'^([0-9]{1,3}) ([A-Za-z0-9]{1,15}) "(.*)"$', re.S)


#: The organisation in the certificates of an authority, and the domains under which it reads CAA records (as the
#: authorities themselves state them in their practice statements).
_AUTHORITIES = {
    "Let's Encrypt": ("letsencrypt.org",),
    "Google Trust Services": ("pki.goog", "google.com"),
    "DigiCert Inc": ("digicert.com", "www.digicert.com", "symantec.com", "thawte.com", "geotrust.com", "rapidssl.com"),
    "DigiCert, Inc.": (
        "digicert.com",
        "www.digicert.com",
        "symantec.com",
        "thawte.com",
        "geotrust.com",
        "rapidssl.com",
    ),
    "Sectigo Limited": ("sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"),
    "ZeroSSL": ("sectigo.com", "zerossl.com"),
    "Amazon": ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"),
    "GlobalSign nv-sa": ("globalsign.com",),
    "GoDaddy.com, Inc.": ("godaddy.com", "starfieldtech.com"),
    "Entrust, Inc.": ("entrust.net", "affirmtrust.com"),
    "SSL Corporation": ("ssl.com",),
    "Buypass AS-983163327": ("buypass.com", "buypass.no"),
    "IdenTrust": ("identrust.com",),
}


@dataclass(frozen=True, slots=True)
class Caa:
    """The first set on the way up to the registrable domain (RFC 8659 3): where it stands, and its properties."""

    name: str
    issuers: tuple[str, ...]
    wildcard_issuers: tuple[str, ...]
    reports: tuple[str, ...]
    domain: str
    #: who issued the certificate that is in use, and the domains under which that authority reads CAA records
    authority: str = ""
    authority_domains: tuple[str, ...] = ()
    #: the certificate in use names the host by a wildcard only, so `issuewild` counts for it where there is one
    wildcard: bool = False


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
            seen = facts.maybe(Certificates)
            authority = _authority(seen)
            return Caa(
                records.name,
                by["issue"],
                by["issuewild"],
                by["iodef"],
                found.domain,
                authority,
                _AUTHORITIES.get(authority, ()),
                bool(seen and authority and names_only_by_wildcard(seen.handshakes[0], sets[0].name)),
            )
    return Caa("", (), (), (), found.domain)


def _authority(found: Certificates | None) -> str:
    """The organisation that issued the certificate in use, when it is one whose CAA domains are known; else ""."""
    issuer = issuer_of(found.handshakes[0]) if found and found.handshakes else ""
    return next((name for name in _AUTHORITIES if name.lower() == issuer.lower()), "")


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
    if not reading.issuers:
        said = _("Only wildcards are limited: no CAA record says who may issue for plain names.")
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    # RFC 8659 4.3: for a wildcard, `issuewild` alone counts where there is one; for a plain name, it never does
    counted = (reading.wildcard and reading.wildcard_issuers) or reading.issuers
    allowed = {v.partition(";")[0].strip().lower() for v in counted}
    if reading.authority and not allowed & set(reading.authority_domains):
        said = _("The certificate in use comes from {authority}, which no CAA record allows: its renewal will fail.")
        renew = f'{reading.domain}. IN CAA 0 issue "{reading.authority_domains[0]}"'
        return Judgement(Verdict.WARN, said.format(authority=reading.authority), proof, fix=renew)
    names = ", ".join(v.partition(";")[0].strip() or _("nobody") for v in (*reading.issuers, *reading.wildcard_issuers))
    return Judgement(Verdict.PASS, _("Only {names} may issue certificates.").format(names=names), proof)


CHECK = Check(
    id="caa",
    title=lambda: _("CAA records"),
    level=Level.RECOMMENDED,
    source="RFC 8659 3, 4; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-01",),
    needs=(DnsRecords,),
    uses=(Certificates,),
    read=read,
    judge=judge,
    version=2,
)

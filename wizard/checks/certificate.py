"""The certificate: is it trusted, for this name, valid now, strong enough, and sent with its whole chain?"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.addresses import is_address
from wizard.checks.looks.certificates import NO_ISSUER, Certificates, Handshake
from wizard.checks.troubles import look_at_the_others, next_step, not_asked, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

if TYPE_CHECKING:
    from cryptography import x509

    _E = TypeVar("_E", bound=x509.ExtensionType)

#: Longest lifetimes by day of issue (CA/Browser Forum Baseline Requirements 6.3.2, ballot SC-081v3).
_LIFETIMES = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
)
#: A renewal that is late enough to be told, whatever the lifetime.
_LATE = timedelta(days=21)
#: Days after which the list of public roots is old enough to say so.
ROOTS_ARE_FRESH_FOR = 60
_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
_ANY_USAGE = "2.5.29.37.0"
#: OpenSSL's X509_V_ERR numbers for a certificate that is its own issuer.
_SELF_SIGNED = (18, 19)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate as sent, in the words that judgements and people need. `bits` of the key; `digest` of the
    signature, "" where the scheme has none of its own.
    """

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    key: str
    bits: int
    digest: str
    server_auth: bool
    authority: bool
    self_signed: bool
    must_staple: bool = False
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Presented:
    """What one address presented, and what the verifying library said of it."""

    address: str
    trusted: bool
    code: int
    error: str
    chain: tuple[Certificate, ...]
    #: places in the chain that are not signed by the next one
    out_of_order: bool = False
    unreadable: bool = False
    trouble: str = ""
    trouble_next_step: str = ""
    trusted_here: bool = False
    stapled: bool | None = None
    by_own: bool = False


@dataclass(frozen=True, slots=True)
class Presentation:
    """All addresses."""

    presented: tuple[Presented, ...]
    not_asked: tuple[str, ...]
    roots: str
    own_authority: bool
    more: int = 0


def read(facts: Facts) -> Presentation:
    """The certificates, taken apart."""
    found = facts.get(Certificates)
    return Presentation(
        tuple(_presented(handshake) for handshake in found.handshakes),
        tuple(address for address, _why in found.not_asked),
        found.roots,
        found.own_authority,
        found.more,
    )


def _presented(handshake: Handshake) -> Presented:
    read = [_taken_apart(encoded) for encoded in handshake.chain]
    parsed = [one for one in read if one is not None]
    return Presented(
        handshake.address,
        handshake.trusted,
        handshake.code,
        handshake.error,
        tuple(certificate for certificate, _issuer, _subject in parsed),
        out_of_order=any(issuer != subject for (_c, issuer, _s), (_d, _i, subject) in pairwise(parsed)),
        unreadable=len(parsed) < len(read),
        trouble=sentence(handshake.trouble) if handshake.trouble else "",
        trouble_next_step=next_step(handshake.trouble) if handshake.trouble else "",
        trusted_here=handshake.trusted_here,
        stapled=handshake.stapled,
        by_own=handshake.by_own,
    )


@lru_cache(maxsize=64)
def _taken_apart(encoded: str) -> tuple[Certificate, x509.Name, x509.Name] | None:
    """A certificate (base64 of DER) with its issuer and subject; None for an unreadable one. Hosts share most."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded))
        return _certificate(certificate), certificate.issuer, certificate.subject
    except Exception:  # hostile bytes, and the library has no common parent for its errors
        return None


def _certificate(certificate: x509.Certificate) -> Certificate:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes

    try:
        digest = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        digest = None
    key, bits = _key(certificate)
    usages = _extension(certificate, x509.ExtendedKeyUsage)
    constraints = _extension(certificate, x509.BasicConstraints)
    features = _extension(certificate, x509.TLSFeature)
    return Certificate(
        subject=certificate.subject.rfc4514_string()[:400],
        issuer=certificate.issuer.rfc4514_string()[:400],
        serial=f"{certificate.serial_number:x}"[:64],
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        names=_names(certificate),
        key=key,
        bits=bits,
        digest=digest.name if digest else "",
        server_auth=usages is None or bool({u.dotted_string for u in usages} & {_SERVER_AUTH, _ANY_USAGE}),
        authority=constraints is not None and constraints.ca,
        self_signed=certificate.issuer == certificate.subject,
        must_staple=features is not None and x509.TLSFeatureType.status_request in list(features),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unknown", 0
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return "EdDSA", 256
        case _:
            return "unknown", 0


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    names = _extension(certificate, x509.SubjectAlternativeName)
    if names is None:
        return ()
    wanted = [str(n) for n in names.get_values_for_type(x509.DNSName)]
    wanted += [str(n) for n in names.get_values_for_type(x509.IPAddress)]
    return tuple(name[:260] for name in wanted[:100])


def judge(reading: Presentation, context: JudgeContext) -> Judgement:
    """RFC 5280 and 9525, the CA/Browser Forum's limits; the worst address decides."""
    opened = next((p for p in reading.presented if p.trusted_here), None)
    if opened:
        said = sentence(Trouble(TroubleKind.INTERCEPTED))
        return Judgement(Verdict.UNKNOWN, said, _proof(opened), next_step(Trouble(TroubleKind.INTERCEPTED)))
    for presented in reading.presented:
        fault = _fault(presented, context)
        if fault:
            said = fault if len(reading.presented) == 1 else f"{fault} ({presented.address})"
            return Judgement(Verdict.FAIL, said, _proof(presented), fix=_renew(context))
    silent = next((p for p in reading.presented if p.trouble), None)
    if silent:
        said = silent.trouble if len(reading.presented) == 1 else f"{silent.trouble} ({silent.address})"
        return Judgement(Verdict.UNKNOWN, said, next_step=silent.trouble_next_step)
    if reading.not_asked or not reading.presented:
        said = _("Could not look: {addresses} may not be contacted.").format(addresses=", ".join(reading.not_asked))
        return Judgement(Verdict.UNKNOWN, said, next_step=_("Correct the addresses, or tick “on a private network”."))
    first = reading.presented[0]
    if any(p.unreadable or not p.chain or any(c.key == "unknown" for c in p.chain) for p in reading.presented):
        said = _("Could not look: a certificate in the chain, or its key, is not readable.")
        return Judgement(Verdict.UNKNOWN, said, _proof(first), _("Add evidence instead."))
    private = next((p for p in reading.presented if p.by_own), None)
    only = _("Trusted by your own authority only, not by the public ones.") if private else ""
    for presented in reading.presented:
        note = _note(presented, context.at)
        if note:
            return Judgement(Verdict.WARN, f"{note} {only}".strip(), _proof(presented), fix=_renew(context))
    until = min(p.chain[0].not_after for p in reading.presented)
    days = (until - context.at).days
    if private:
        said = only + " " + _("Valid until {date} ({days} days).").format(date=until.date().isoformat(), days=days)
        step = _("Where anybody outside your company calls this host, get its certificate from a public authority.")
        return Judgement(Verdict.WARN, said, _proof(private), step)
    said = _("Trusted, valid until {date} ({days} days).").format(date=until.date().isoformat(), days=days)
    if reading.own_authority:
        said += " " + _("Your own authority was trusted too.")
    if _days_old(reading.roots, context.at) > ROOTS_ARE_FRESH_FOR:
        said += " " + _("Our list of authorities ({roots}) is over 60 days old.").format(roots=reading.roots)
    if reading.more:
        return Judgement(Verdict.WARN, f"{said} ({not_asked(reading.more)})", _proof(first), look_at_the_others())
    return Judgement(Verdict.PASS, said, _proof(first))


def _days_old(roots: str, at: datetime) -> int:
    """The age of the list of roots by its version, which is a date (certifi 2026.10.05); 0 where it is none."""
    numbers = re.findall(r"[0-9]+", roots)[:3]
    try:
        return (at - datetime(*(int(n) for n in numbers), tzinfo=UTC)).days  # type: ignore[arg-type, misc]
    except (ValueError, TypeError, OverflowError):
        return 0


def _fault(presented: Presented, context: JudgeContext) -> str:
    """What makes browsers refuse, or should; "" when nothing does. Plainest reason first."""
    if not presented.chain:
        return (
            ""
            if presented.trusted or presented.trouble
            else _("The certificate is not trusted: {why}.").format(why=presented.error)
        )
    own, at = presented.chain[0], context.at
    if at > own.not_after:
        return _("Expired on {date}.").format(date=own.not_after.date().isoformat())
    if at < own.not_before:
        return _("Valid only from {date} on.").format(date=own.not_before.date().isoformat())
    if not own.names:
        return _("No host among its subject alternative names.")
    for other in presented.chain[1:]:
        if at > other.not_after and not presented.trusted:
            return _("A certificate in the chain expired on {date}.").format(date=other.not_after.date().isoformat())
    if not presented.trusted:
        if presented.code in (62, 64):
            return _("Not for {name}: it names {names}.").format(name=context.host.name, names=", ".join(own.names[:5]))
        if not own.server_auth:
            return _("Not meant for servers (serverAuth is missing).")
        if own.self_signed:
            return _("Signed by itself, so nobody vouches for it.")
        if (
            presented.code in NO_ISSUER
            and presented.code not in _SELF_SIGNED
            and not any(c.authority for c in presented.chain[1:])
        ):
            return _("The chain is incomplete: no intermediate is sent.")
        if presented.code in NO_ISSUER:
            return _("From an authority that browsers do not trust.")
        return _("The certificate is not trusted: {why}.").format(why=presented.error)
    if not own.server_auth:
        return _("Not meant for servers (serverAuth is missing).")
    for place, certificate in enumerate(presented.chain):
        if place and certificate.self_signed:
            continue  # a root's own signature proves nothing; the host's own certificate counts whoever signed it
        if (certificate.key in ("RSA", "DSA") and certificate.bits < 2048) or (
            certificate.key == "EC" and certificate.bits < 256
        ):
            return _("A key in the chain is too short: {key} {bits}.").format(
                key=certificate.key, bits=certificate.bits
            )
        if certificate.digest in ("sha1", "md5", "md2"):
            return _("A certificate in the chain is signed with {digest}, which can be forged.").format(
                digest=certificate.digest.upper()
            )
    return ""


def _note(presented: Presented, at: datetime) -> str:
    own = presented.chain[0]
    lifetime, left = own.not_after - own.not_before, own.not_after - at
    if left < lifetime / 3 and left <= _LATE:
        return _("Expires in {days} days, on {date}: renew it now.").format(
            days=left.days, date=own.not_after.date().isoformat()
        )
    limit = next((days for since, days in _LIFETIMES if own.not_before >= since), None)
    if limit is not None and lifetime > timedelta(days=limit):  # a begun day counts as one (6.3.2)
        days = -(-lifetime // timedelta(days=1))
        return _("Lives {days} days; at most {limit} are allowed.").format(days=days, limit=limit)
    if own.must_staple and presented.stapled is False:
        return _("It promises a stapled answer of its authority, and none is sent: some browsers refuse it.")
    if presented.out_of_order:
        return _("The certificates are not sent in order.")
    if any(c.self_signed for c in presented.chain[1:]):
        return _("The root certificate is sent too.")
    return ""


def _renew(context: JudgeContext) -> str:
    host = context.host.name
    if is_address(host):
        return _(
            "Public authorities give their usual certificates to names, not to addresses such as {host}: give this "
            "service a host name, get a certificate for that name, and list the name in the scope instead."
        ).format(host=host)
    match context.server:
        case "apache":
            return f"certbot --apache -d {host}\n# SSLCertificateFile must hold the full chain (fullchain.pem)"
        case "caddy":
            return f"{host} {{ … }}  # Caddy gets and renews certificates by itself"
        case "iis":
            return f"wacs.exe --source manual --host {host} --installation iis"
        case "cloudflare":
            return "SSL/TLS → Edge Certificates → Universal SSL: on"
        case "express" | "django" | "rails":
            return f"certbot certonly --standalone -d {host}\n# give the server fullchain.pem and privkey.pem"
        case _:
            return f"certbot --nginx -d {host}\n# ssl_certificate must name the full chain (fullchain.pem)"


def _proof(presented: Presented) -> str:
    lines = [presented.address + (f": {presented.error}" if presented.error else "")]
    lines += [
        f"{c.subject} ← {c.issuer}; {c.not_before.date()} – {c.not_after.date()}; {c.key} {c.bits}; "
        f"SHA-256 {c.sha256[:16]}…"
        for c in presented.chain[:4]
    ]
    if presented.chain:
        lines.append("SAN: " + ", ".join(presented.chain[0].names[:10]))
    return "\n".join(lines)


CHECK = Check(
    id="certificate",
    title=lambda: _("Certificate"),
    level=Level.MUST,
    source="RFC 5280, 9525; CA/Browser Forum Baseline Requirements 6.3.2; "
    "Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("TLS-03", "CHK-CERT"),
    needs=(Certificates,),
    read=read,
    judge=judge,
    version=4,
)

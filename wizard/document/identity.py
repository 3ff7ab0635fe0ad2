"""Who held the key that signed: vouched for by someone the reviewer trusts, known from before, unknown, or wrong."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wizard.document.fingerprint import groups
from wizard.document.lines import Line, LineState
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from cryptography import x509

    from wizard.document import rules
    from wizard.domain.attestation import Attestation


class NotACertificate(Mistake):
    """What was handed over to be trusted holds no certificate."""


def certificates(data: bytes, name: str) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM or DER file called `name`. Raises `NotACertificate`."""
    from cryptography import x509

    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except ValueError as error:
        raise NotACertificate(
            _(
                "{name} holds no certificate, so nobody was trusted because of it. Nothing was checked. "
                "Hand over the certificate authority’s certificate as PEM or DER."
            ).format(name=name)
        ) from error


def same_name(one: str, other: str) -> bool:
    """True for one organisation written in two ways: capitals, spaces and forms of a letter do not count."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def known_for(organisation: str, known: Mapping[str, str]) -> str:
    """The fingerprint that an organisation signed with before, "" when none is known."""
    return next((print_ for name, print_ in known.items() if same_name(name, organisation)), "")


def identity(
    attestation: Attestation, signed: rules.Signed, known: Mapping[str, str], roots: Sequence[x509.Certificate]
) -> tuple[str, Line]:
    """The fingerprint of the key and the identity line. A self-signed key is never good by itself.

    With `roots` they decide: good when the certificate leads to one of them (RFC 5280, at the time of signing,
    without asking anybody whether it was revoked), bad when it does not.
    """
    from wizard.document.keys import fingerprint_of, may_sign

    certificate = signed.certificate
    fingerprint = fingerprint_of(certificate)
    at = (signed.at or attestation.signed_at).astimezone(UTC)
    shown = " ".join(groups(fingerprint))
    organisation = attestation.organisation
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        sentence = _("Identity check failed: the certificate was not valid at the time of signing.")
        return fingerprint, Line(LineState.BAD, sentence)
    if not may_sign(certificate):
        sentence = _("Identity check failed: the certificate says that its key is not for signing.")
        return fingerprint, Line(LineState.BAD, sentence)
    if attestation.demonstration:
        sentence = _("Demonstration key: it binds nobody and is not remembered.")
        return fingerprint, Line(LineState.UNKNOWN, sentence)
    if roots:
        return fingerprint, _vouched_for(signed, roots, at)
    before = known_for(organisation, known)
    if before and before != fingerprint:
        sentence = _(
            "Identity check failed: the key changed since last time. Ask {organisation} over a channel you trust. "
            "Fingerprint now: {fingerprint}"
        ).format(organisation=organisation, fingerprint=shown)
        return fingerprint, Line(LineState.BAD, sentence)
    if before:
        sentence = _("The same key that {organisation} signed with before.").format(organisation=organisation)
        return fingerprint, Line(LineState.GOOD, sentence)
    if certificate.issuer != certificate.subject:
        sentence = _(
            "Signature intact; certificate issued by {issuer}, which was not checked. Compare this fingerprint: "
            "{fingerprint}"
        ).format(issuer=certificate.issuer.rfc4514_string(), fingerprint=shown)
        return fingerprint, Line(LineState.UNKNOWN, sentence)
    sentence = _(
        "Signature intact; signer identity not verified by a certificate authority. Compare this fingerprint: "
        "{fingerprint}"
    ).format(fingerprint=shown)
    return fingerprint, Line(LineState.UNKNOWN, sentence)


def _vouched_for(signed: rules.Signed, roots: Sequence[x509.Certificate], at: datetime) -> Line:
    subject = signed.certificate.subject.rfc4514_string()
    root = leads_to(signed.certificate, signed.others, roots, at, {"digital_signature"}, set())
    if root is None:
        sentence = _(
            "Identity check failed: the certificate of {subject} does not lead to any of those that you trust."
        ).format(subject=subject)
        return Line(LineState.BAD, sentence)
    asked = {"crls": signed.crls, "ocsps": signed.ocsps}
    name = root.subject.rfc4514_string()
    if not signed.crls and not signed.ocsps:
        sentence = _("Certificate of {subject}, vouched for by {root}, which you trust. ")
        sentence += _("Whether it was revoked was not asked.")
        return Line(LineState.GOOD, sentence.format(subject=subject, root=name))
    if leads_to(signed.certificate, signed.others, [root], at, {"digital_signature"}, set(), **asked) is None:
        sentence = _("Identity check failed: the proof in the file does not show that the certificate was not revoked.")
        return Line(LineState.BAD, sentence)
    sentence = _(
        "Certificate of {subject}, vouched for by {root}, which you trust, and not revoked at the time of signing, as "
        "the proof in the file shows."
    ).format(subject=subject, root=name)
    return Line(LineState.GOOD, sentence)


def leads_to(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
    usage: set[str],
    extended: set[str],
    *,
    crls: Sequence[Any] = (),
    ocsps: Sequence[Any] = (),
) -> x509.Certificate | None:
    """The first of the roots that the certificate's path ends at (RFC 5280, section 6); None when there is no path.

    With `crls` or `ocsps` each certificate of the path must be shown not to have been revoked.
    """
    from asn1crypto import x509 as asn1
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    def plain(certificate: x509.Certificate) -> asn1.Certificate:
        return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))

    for root in roots:
        context = ValidationContext(
            trust_roots=[plain(root)],
            other_certs=[plain(other) for other in others],
            moment=at,
            allow_fetching=False,
            crls=list(crls),
            ocsps=list(ocsps),
            revocation_mode="hard-fail" if crls or ocsps else "soft-fail",
        )
        try:
            validator = CertificateValidator(plain(certificate), validation_context=context)
            asyncio.run(validator.async_validate_usage(usage, extended))  # type: ignore[no-untyped-call]
        except (PathError, ValidationError, ValueError):
            continue
        return root
    return None

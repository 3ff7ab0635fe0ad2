"""Who held the key that signed: vouched for by someone the reviewer trusts, known from before, unknown, or wrong."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
    attestation: Attestation,
    signed: rules.Signed,
    known: Mapping[str, str],
    roots: Sequence[x509.Certificate],
    proved: datetime | None = None,
) -> tuple[str, Line]:
    """The fingerprint of the key and the identity line. A self-signed key is never good by itself.

    With `roots` they decide: good when the certificate leads to one of them (RFC 5280, without asking anybody whether
    it was revoked) and names who signs here, bad when it does not lead there. `proved` is when a time stamp that the
    reviewer trusts saw the signature; without one the signer's clock is no proof that a certificate that has ended
    had not ended then (EN 319 102-1, 5.6.2.4).
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
        return fingerprint, _vouched_for(attestation, signed, roots, at, proved)
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


def _vouched_for(
    attestation: Attestation,
    signed: rules.Signed,
    roots: Sequence[x509.Certificate],
    claimed: datetime,
    proved: datetime | None,
) -> Line:
    subject, at = signed.certificate.subject.rfc4514_string(), proved or claimed
    root = leads_to(signed.certificate, signed.others, roots, at, {"digital_signature"}, set())
    if root is None:
        sentence = _(
            "Identity check failed: the certificate of {subject} does not lead to any of those that you trust."
        ).format(subject=subject)
        return Line(LineState.BAD, sentence)
    if not _names(signed.certificate, attestation):
        sentence = _(
            "Certificate of {subject}, vouched for by {root}, which you trust; but the document is signed for "
            "{organisation} by {name}. Ask {organisation} whether this key is theirs: {fingerprint}"
        ).format(
            subject=subject,
            root=root.subject.rfc4514_string(),
            organisation=attestation.organisation,
            name=attestation.signatory.name,
            fingerprint=" ".join(groups(attestation.signatory.fingerprint)),
        )
        return Line(LineState.UNKNOWN, sentence)
    now = datetime.now(UTC)
    if (
        proved is None
        and leads_to(signed.certificate, signed.others, [root], now, {"digital_signature"}, set()) is None
    ):
        sentence = _(
            "Certificate of {subject}, vouched for by {root}, which you trust. It is no longer valid today, and only "
            "the signer’s clock says that the signature is older than that: no time stamp that you trust does."
        ).format(subject=subject, root=root.subject.rfc4514_string())
        return Line(LineState.UNKNOWN, sentence)
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


def _names(certificate: x509.Certificate, attestation: Attestation) -> bool:
    """Does a certificate name the organisation, or where it names none, the person or their address?"""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def named(oid: x509.ObjectIdentifier) -> list[str]:
        return [str(one.value) for one in certificate.subject.get_attributes_for_oid(oid)]

    if organisations := named(NameOID.ORGANIZATION_NAME):
        return any(same_name(one, attestation.organisation) for one in organisations)
    found = named(NameOID.COMMON_NAME) + named(NameOID.EMAIL_ADDRESS)
    with suppress(x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):  # then it names nobody there
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found += other.get_values_for_type(x509.RFC822Name)
    signatory = attestation.signatory
    wanted = [one for one in (attestation.organisation, signatory.name, signatory.email) if one.strip()]
    return any(same_name(one, other) for one in found for other in wanted)


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

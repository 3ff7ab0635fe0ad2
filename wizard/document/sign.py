"""Signs the document: one PAdES signature by the officer, certified so that no later change is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from wizard.document import archive, rules
from wizard.document.finish import FIELD
from wizard.document.keys import SigningKey, UnusableKey, WrongKey, WrongPassphrase
from wizard.document.token import TokenKey, asn1_certificate
from wizard.document.xmp import clean
from wizard.domain.attestation import Attestation
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from wizard.document.timestamp import Authority

__all__ = ["LongTerm", "SigningKey", "Stamping", "UnusableKey", "WrongKey", "WrongPassphrase", "sign"]

#: Room for the signature with a time stamp and the certificates of both; what is not used is zeros.
_RESERVED = 32_768


class LongTerm(StrEnum):
    """What lets the signature be checked for years: nothing, proof that its certificates were not revoked, or also a
    time stamp over all of that."""

    NONE = "none"
    LT = "lt"
    LTA = "lta"


@dataclass(frozen=True, slots=True)
class Stamping:
    """`authority` is the address of a time-stamp authority, "" for none; `roots` vouch for it, for long-term proof.

    Long-term proof (PAdES B-LT and B-LTA) wants an authority, a certificate that somebody else issued, and its chain.
    """

    authority: str = ""
    long_term: LongTerm = LongTerm.NONE
    roots: tuple[x509.Certificate, ...] = ()


class NotForLongTerm(Mistake):
    """Long-term proof was asked for and something for it is missing; the text says what."""


class TokenFailed(Mistake):
    """The token did not sign."""


class _DrawnOnThePage(BaseStampStyle):
    """No stamp: the visible signature is part of page 1 and is rebuilt with it."""

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> None:
        return None


class _Signer(PdfSigner):
    """Declares no extension: the file stays PDF 1.7, as PDF/A-3 wants it."""

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        """Nothing to declare."""


class _Appending(IncrementalPdfFileWriter):
    """Appends the signature and nothing else: dates, producer and XMP stay those of the rebuilt document."""

    def _update_meta(self) -> None:
        """The metadata belong to the first revision."""


def sign(
    unsigned: bytes, key: SigningKey | TokenKey, attestation: Attestation, stamping: Stamping | None = None
) -> bytes:
    """The signed document; its beginning is `unsigned`, byte for byte.

    PAdES B-B (ETSI EN 319 142-1), SHA-256, DocMDP level 1; B-T, B-LT and B-LTA with `stamping`. The time is the
    signer's clock. Raises `WrongKey`, `NoTimeStamp`, `NotForLongTerm` and `TokenFailed`.
    """
    how = stamping or Stamping()
    if key.fingerprint != attestation.signatory.fingerprint:
        raise WrongKey
    timestamper = None
    if how.authority:
        from wizard.document.timestamp import Authority

        timestamper = Authority(how.authority)
    proof = _proof(key, how, timestamper) if how.long_term is not LongTerm.NONE else {}
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        name=clean(attestation.signatory.name),
        reason=clean(f"{attestation.signatory.role}: {attestation.signatory.authority}"),
        location=clean(attestation.place) or None,
        **proof,
    )
    signer = _Signer(metadata, signer=_signer(key), stamp_style=_DrawnOnThePage(), timestamper=timestamper)
    out = BytesIO()
    try:
        signer.sign_pdf(
            _Appending(BytesIO(unsigned)),
            output=out,
            existing_fields_only=True,
            bytes_reserved=_RESERVED if timestamper else None,
        )
        if how.long_term is LongTerm.LTA and timestamper is not None:
            return archive.add_time_stamp(out.getvalue(), timestamper, rules.signature(out.getvalue()).others)
    except Exception as error:
        raise _said(error, key, how) from error
    return out.getvalue()


def _said(error: Exception, key: SigningKey | TokenKey, how: Stamping) -> Exception:
    """A failure of the token or of the proof as a sentence; everything else as it is."""
    if isinstance(error, Mistake):
        return error
    name = type(error).__name__
    if how.authority and isinstance(error, OSError):
        from wizard.document.timestamp import NoTimeStamp

        return NoTimeStamp(
            _("The time-stamp authority refused, or its answer does not hold ({why}). Nothing was signed.").format(
                why=name
            )
        )
    if how.long_term is not LongTerm.NONE:
        return NotForLongTerm(
            _(
                "The proof that nothing was revoked is not complete ({why}). Nothing was signed. Ask the certificate "
                "authority for the whole chain, or sign without long-term proof."
            ).format(why=name)
        )
    if isinstance(key, TokenKey):
        return TokenFailed(
            _("The token did not sign ({why}). Nothing was signed. Check that it is still plugged in.").format(why=name)
        )
    return error


def _proof(key: SigningKey | TokenKey, how: Stamping, timestamper: Authority | None) -> dict[str, Any]:
    """What makes B-LT: the chains, and what their authorities say about revocation, in the signing revision itself."""
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
    from pyhanko_certvalidator import ValidationContext

    from wizard.document.revocation import collect

    if timestamper is None:
        raise NotForLongTerm(_("Long-term proof needs a time stamp: name an authority. Nothing was signed."))
    if key.certificate.issuer == key.certificate.subject:
        raise NotForLongTerm(
            _(
                "Long-term proof needs a certificate that an authority issued; this key vouches only for itself. "
                "Nothing was signed. Sign without it."
            )
        )
    every: Sequence[x509.Certificate] = (*key.others, *how.roots, *timestamper.certificates())
    roots = [one for one in every if one.issuer == one.subject]
    proof = collect((key.certificate, *every))
    context = ValidationContext(
        trust_roots=[asn1_certificate(one) for one in roots],
        other_certs=[asn1_certificate(one) for one in every],
        crls=list(proof.crls),
        ocsps=list(proof.ocsps),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
    settings = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
    return {"embed_validation_info": True, "validation_context": context, "dss_settings": settings}


def _signer(key: SigningKey | TokenKey) -> Signer:
    if isinstance(key, TokenKey):
        from pyhanko.sign.pkcs11 import PKCS11Signer

        return PKCS11Signer(
            key.session,
            signing_cert=asn1_certificate(key.certificate),
            ca_chain=[asn1_certificate(one) for one in key.others],
            key_id=key.key_id,
            use_raw_mechanism=True,
        )
    private = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1_certificate(one) for one in key.others])
    return SimpleSigner(
        signing_cert=asn1_certificate(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )

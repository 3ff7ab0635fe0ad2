"""Signs the document: one PAdES signature by the officer, certified so that no later change is allowed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from wizard.document.finish import FIELD
from wizard.document.keys import SigningKey, UnusableKey, WrongKey, WrongPassphrase
from wizard.document.xmp import clean
from wizard.domain.attestation import Attestation

__all__ = ["SigningKey", "UnusableKey", "WrongKey", "WrongPassphrase", "sign"]


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


def sign(unsigned: bytes, key: SigningKey, attestation: Attestation) -> bytes:
    """The signed document; its beginning is `unsigned`, byte for byte. Raises `WrongKey`.

    PAdES B-B (ETSI EN 319 142-1), SHA-256, DocMDP level 1. The time is the signer's clock.
    """
    if key.fingerprint != attestation.signatory.fingerprint:
        raise WrongKey
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        name=clean(attestation.signatory.name),
        reason=clean(f"{attestation.signatory.role}: {attestation.signatory.authority}"),
        location=clean(attestation.place) or None,
    )
    signer = _Signer(metadata, signer=_signer(key), stamp_style=_DrawnOnThePage())
    out = BytesIO()
    signer.sign_pdf(_Appending(BytesIO(unsigned)), output=out, existing_fields_only=True)
    return out.getvalue()


def _signer(key: SigningKey) -> SimpleSigner:
    private = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_asn1(one) for one in key.others])
    return SimpleSigner(
        signing_cert=_asn1(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


def _asn1(certificate: Any) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))

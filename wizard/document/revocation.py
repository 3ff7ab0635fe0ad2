"""Asks the authorities that issued a chain of certificates whether they revoked any, for a proof that lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from wizard.document.timestamp import NoTimeStamp, fetch

#: Lists of large authorities are megabytes.
_LARGEST_LIST = 16_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """What the authorities answered, as the signing library wants it."""

    crls: tuple[Any, ...]
    ocsps: tuple[Any, ...]


def addresses(chain: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """Every address that `collect` may contact: they stand in the certificates themselves."""
    found = [url for one in chain for url in (*_ocsp_urls(one), *_list_urls(one))]
    return tuple(dict.fromkeys(found))


def collect(chain: Sequence[x509.Certificate]) -> Proof:
    """Ask for each certificate that somebody else issued: by OCSP (RFC 6960), else its list (RFC 5280).

    What nobody answers is left out: whoever signs then finds the proof incomplete.
    """
    from asn1crypto import crl as asn1_crl
    from asn1crypto import ocsp as asn1_ocsp

    crls, ocsps = [], []
    for one in chain:
        if one.issuer == one.subject:
            continue
        issuer = next((other for other in chain if other.subject == one.issuer and other != one), None)
        if issuer is not None and (answer := _ask(one, issuer)) is not None:
            ocsps.append(asn1_ocsp.OCSPResponse.load(answer))
            continue
        crls += [asn1_crl.CertificateList.load(data) for data in _lists(one)]
    return Proof(tuple(crls), tuple(ocsps))


def _ask(one: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
    # SHA-1 names the certificate, as RFC 5019 has it; it protects nothing.
    request = ocsp.OCSPRequestBuilder().add_certificate(one, issuer, hashes.SHA1()).build()  # noqa: S303
    for url in _ocsp_urls(one):
        try:
            data = fetch(
                url, request.public_bytes(Encoding.DER), "application/ocsp-request", "application/ocsp-response"
            )
            if ocsp.load_der_ocsp_response(data).response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
                return data
        except (NoTimeStamp, ValueError):
            continue
    return None


def _lists(one: x509.Certificate) -> Iterator[bytes]:
    for url in _list_urls(one):
        try:
            data = fetch(url, None, "", "application/pkix-crl", _LARGEST_LIST)
            x509.load_der_x509_crl(data)
        except (NoTimeStamp, ValueError):
            continue
        yield data
        return


def _ocsp_urls(one: x509.Certificate) -> list[str]:
    try:
        found = one.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        access.access_location.value
        for access in found
        if access.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(access.access_location, x509.UniformResourceIdentifier)
        and access.access_location.value.startswith(("http://", "https://"))
    ]


def _list_urls(one: x509.Certificate) -> list[str]:
    try:
        points = one.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        name.value
        for point in points
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://"))
    ]

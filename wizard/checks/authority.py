"""Reads the file of a person's own certificate authority, to say whose it is before it is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wizard.checks.looks.ground import UnreadableAuthority
from wizard.domain.language import _

_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Authority:
    """One certificate of the file: whose it is, until when it holds, and its SHA-256 in hexadecimal."""

    name: str
    until: datetime
    sha256: str


def read_authority(file: Path) -> tuple[Authority, ...]:
    """The authorities in a file of PEM certificates. Raises `UnreadableAuthority` for a file that holds anything else:
    a certificate that may not vouch for others (RFC 5280 4.2.1.9), a key, or nothing.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableAuthority(
            _("“{file}” cannot be read ({why}). Nothing is trusted because of it.").format(
                file=file.name, why=error.strerror or ""
            )
        ) from error
    if b"PRIVATE KEY-----" in data:
        raise UnreadableAuthority(
            _("“{file}” holds a private key. Give the certificate of the authority alone.").format(file=file.name)
        )
    try:
        if len(data) > _MOST_BYTES or not data.isascii():
            raise ValueError
        found = x509.load_pem_x509_certificates(data)
        vouching = [one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for one in found]
        if not all(vouching):
            raise ValueError
        return tuple(
            Authority(
                one.subject.rfc4514_string()[:200], one.not_valid_after_utc, one.fingerprint(hashes.SHA256()).hex()
            )
            for one in found
        )
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise UnreadableAuthority(
            _(
                "“{file}” is no certificate authority. Give a file with its certificate in PEM form (BEGIN "
                "CERTIFICATE), not the certificate of a host."
            ).format(file=file.name)
        ) from error

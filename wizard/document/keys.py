"""The key that signs: made here and kept in the vault, or taken from a PKCS#12 file of the company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PublicFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

#: How long a certificate made here is valid; the attestation's own validity is shorter.
_VALID_FOR = timedelta(days=3 * 365)
#: RFC 9336: a certificate for signing documents. Alone it confuses pdfsig, so e-mail protection stands beside it.
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
#: X.520 allows 64 characters in a name.
_LONGEST_NAME = 64


class KeyKind(Enum):
    """The keys that are made here; PDF readers accept both."""

    P256 = "p-256"
    RSA3072 = "rsa-3072"


class WrongPassphrase(Mistake):
    """The passphrase does not open the PKCS#12 file."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The passphrase does not open this key file, or the file is damaged. Nothing was signed. "
                "Type the passphrase that was set when the file was exported."
            )
        )


class UnusableKey(Mistake):
    """The PKCS#12 file opens, but nothing in it can sign an attestation; the text says why."""


class WrongKey(Mistake):
    """The attestation was frozen for another key than the one that is to sign it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The key fingerprint printed in the attestation is not that of the key you chose. Nothing was signed. "
                "Go back to Sign, choose the key again, and export once more."
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """A private key with its certificate and the certificates above it. Never shown, never logged."""

    key: PrivateKey
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint[:16]})"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the SubjectPublicKeyInfo."""
        return fingerprint_of(self.certificate)

    @property
    def name(self) -> str:
        """Whose key it is, as the certificate says."""
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else self.certificate.subject.rfc4514_string()

    @property
    def not_after(self) -> datetime:
        """When the certificate ends, UTC."""
        return self.certificate.not_valid_after_utc

    @property
    def self_signed(self) -> bool:
        """True for a key whose certificate nobody else vouches for."""
        return self.certificate.issuer == self.certificate.subject

    @classmethod
    def make(
        cls, name: str, organisation: str, email: str, demonstration: bool = False, kind: KeyKind = KeyKind.P256
    ) -> SigningKey:
        """A new key with a self-signed certificate."""
        key: PrivateKey
        match kind:
            case KeyKind.P256:
                key = ec.generate_private_key(ec.SECP256R1())
            case KeyKind.RSA3072:
                key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        if demonstration:
            name = f"DEMONSTRATION {name}"
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, _name(name) or "Signatory")]
        if _name(organisation):
            attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, _name(organisation)))
        subject = x509.Name(attributes)
        now = datetime.now(UTC).replace(microsecond=0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + _VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_USAGE, critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if email.isascii() and email.count("@") == 1 and email.isprintable() and " " not in email:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
        return cls(key, builder.sign(key, hashes.SHA256()))

    def to_bytes(self) -> bytes:
        """Key and certificates for the vault's own encryption: a PKCS#12 file without a passphrase of its own."""
        return pkcs12.serialize_key_and_certificates(
            b"attestry", self.key, self.certificate, self.others, NoEncryption()
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> SigningKey:
        """What `to_bytes` wrote. Raises `UnusableKey`."""
        return _from_pkcs12(data, None)

    @classmethod
    def from_p12(cls, data: bytes, passphrase: bytes) -> SigningKey:
        """The key in a PKCS#12 file. Raises `WrongPassphrase` and `UnusableKey`."""
        return _from_pkcs12(data, passphrase)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 (hex) of a certificate's SubjectPublicKeyInfo: the same when the certificate is renewed."""
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(spki).hexdigest()


_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _name(text: str) -> str:
    """A name as a certificate can hold it: one line, whole words where they fit."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())[:_LONGEST_NAME].strip()


def _from_pkcs12(data: bytes, passphrase: bytes | None) -> SigningKey:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase)
    except ValueError as error:
        raise WrongPassphrase from error
    if key is None or certificate is None:
        raise UnusableKey(
            _(
                "This file holds no private key with its certificate. Nothing was signed. Export the key again, "
                "as PKCS#12 with its certificate."
            )
        )
    refuse_unusable(certificate)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return SigningKey(key, certificate, tuple(others))


def refuse_unusable(certificate: x509.Certificate, now: datetime | None = None) -> None:
    """Raises `UnusableKey` for a certificate that no reader would accept: its key, its days or what it is for."""
    if not usable(certificate.public_key()):
        raise UnusableKey(
            _(
                "PDF readers do not accept this kind of key. Nothing was signed. Use a key on P-256, P-384 or P-521, "
                "or RSA with at least 2048 bits; for RSA 3072 is better."
            )
        )
    now = now or datetime.now(UTC)
    if certificate.not_valid_after_utc < now:
        raise UnusableKey(
            _(
                "The certificate of this key ended on {date}. Nothing was signed. Ask your certificate authority "
                "for a new one, or let Attestry make a key."
            ).format(date=certificate.not_valid_after_utc.date().isoformat())
        )
    if certificate.not_valid_before_utc > now:
        raise UnusableKey(
            _("The certificate of this key is not valid before {date}. Nothing was signed. Check the clock.").format(
                date=certificate.not_valid_before_utc.date().isoformat()
            )
        )
    if not may_sign(certificate):
        raise UnusableKey(
            _(
                "The certificate of this key is not made for signing. Nothing was signed. Use one whose key usage is "
                "digital signature or non-repudiation."
            )
        )


def usable(key: object) -> bool:
    """A public key on P-256, P-384 or P-521, or RSA of 2048 bits and more.

    Ed25519 is refused: pdfsig and mutool call its signatures corrupted (measured).
    """
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048


def may_sign(certificate: x509.Certificate) -> bool:
    """False when the certificate says that its key is for something else (RFC 5280, 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:  # extensions that nobody can read say nothing that could be relied upon
        return False
    return bool(usage.digital_signature or usage.content_commitment)

"""Certificates for the servers of the tests: one authority, one good leaf, and one leaf for each fault."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@cache
def ec_key(label: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: object


def _authority(
    name: str,
    *,
    signed_by: Authority | None = None,
    days: tuple[int, int] = (-400, 3000),
    key: object | None = None,
    may_sign: bool = True,
    only_for: str = "",
) -> Authority:
    key = key or ec_key(name)
    constraints = x509.NameConstraints([x509.DNSName(only_for)], None) if only_for else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(signed_by.certificate.subject if signed_by else _name(name))
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + days[0] * DAY)
        .not_valid_after(NOW + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=may_sign, path_length=None), critical=True)
    )
    if constraints:
        builder = builder.add_extension(constraints, critical=True)
    certificate = builder.sign(signed_by.key if signed_by else key, hashes.SHA256())  # type: ignore[arg-type]
    return Authority(certificate, key)


@cache
def root() -> Authority:
    return _authority("Test Root")


@cache
def intermediate() -> Authority:
    return _authority("Test Intermediate", signed_by=root())


@cache
def stale_intermediate() -> Authority:
    return _authority("Stale Intermediate", signed_by=root(), days=(-300, -5))


@cache
def stranger() -> Authority:
    return _authority("Stranger Root")


def leaf(
    *,
    by: Authority | None = None,
    names: tuple[str, ...] = ("localhost", "*.test.localhost"),
    days: tuple[int, int] = (-10, 80),
    key: object | None = None,
    usage: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    common_name: str = "localhost",
    self_signed: bool = False,
    addresses: bool = True,
    must_staple: bool = False,
) -> tuple[x509.Certificate, object]:
    import ipaddress

    key = key or ec_key("leaf")
    issuer = by or intermediate()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(common_name) if self_signed else issuer.certificate.subject)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + days[0] * DAY)
        .not_valid_after(NOW + days[1] * DAY)
    )
    if names:
        alternatives: list[x509.GeneralName] = [x509.DNSName(n) for n in names]
        if addresses:
            alternatives += [x509.IPAddress(ipaddress.ip_address(a)) for a in ("127.0.0.1", "::1")]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    if must_staple:
        builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
    signer = key if self_signed else issuer.key
    return builder.sign(signer, hashes.SHA256()), key  # type: ignore[arg-type]


@cache
def rsa_intermediate() -> Authority:
    key = rsa_key(2048)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("RSA Intermediate"))
        .issuer_name(root().certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 400 * DAY)
        .not_valid_after(NOW + 3000 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root().key, hashes.SHA256())  # type: ignore[arg-type]
    )
    return Authority(certificate, key)


def _signed_with_sha1() -> tuple[x509.Certificate, object]:
    """No library signs with SHA-1 any more: write the algorithm into a certificate and sign that by hand."""
    certificate, key = leaf(by=rsa_intermediate())
    sha256, sha1 = bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06092a864886f70d010105")
    body = certificate.tbs_certificate_bytes.replace(sha256, sha1)
    signature = rsa_key(2048).sign(body, padding.PKCS1v15(), hashes.SHA1())
    algorithm = b"\x30\x0d" + sha1 + b"\x05\x00"
    bits = b"\x03\x82" + (len(signature) + 1).to_bytes(2, "big") + b"\x00" + signature
    whole = body + algorithm + bits
    return x509.load_der_x509_certificate(b"\x30\x82" + len(whole).to_bytes(2, "big") + whole), key


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_pem(key: object) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@cache
def folder() -> Path:
    return Path(mkdtemp(prefix="attestry-test-certificates-"))


@cache
def root_file() -> Path:
    path = folder() / "root.pem"
    path.write_bytes(pem(root().certificate))
    return path


def context(chain: tuple[x509.Certificate, ...], key: object, *, weak: bool = False) -> ssl.SSLContext:
    """A server's context with exactly this chain."""
    path = folder() / f"{chain[0].serial_number:x}-{len(chain)}.pem"
    path.write_bytes(pem(*chain) + key_pem(key))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if weak:
        made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(path)
    return made


@cache
def good() -> ssl.SSLContext:
    certificate, key = leaf()
    return context((certificate, intermediate().certificate), key)


def faulty(fault: str) -> ssl.SSLContext:
    """A server context whose certificate has one named fault; the names are the keys of the expected-verdict table."""
    middle = intermediate().certificate
    match fault:
        case "expired":
            return _with(leaf(days=(-90, -1)), middle)
        case "not yet valid":
            return _with(leaf(days=(2, 80)), middle)
        case "wrong name":
            return _with(leaf(names=("elsewhere.example",), addresses=False), middle)
        case "common name only":
            return _with(leaf(names=()), middle)
        case "self-signed":
            return _with(leaf(self_signed=True))
        case "untrusted authority":
            return _with(leaf(by=stranger()), stranger().certificate)
        case "incomplete chain":
            return _with(leaf())
        case "expired intermediate":
            return _with(leaf(by=stale_intermediate()), stale_intermediate().certificate)
        case "client only":
            return _with(leaf(usage=(ExtendedKeyUsageOID.CLIENT_AUTH,)), middle)
        case "short RSA key":
            return _with(leaf(key=rsa_key(1024)), middle, weak=True)
        case "SHA-1":
            return _with(_signed_with_sha1(), rsa_intermediate().certificate, weak=True)
        case "wildcard too deep":
            return _with(leaf(names=("*.example.localhost",), addresses=False), middle)
        case "expires soon":
            return _with(leaf(days=(-80, 5)), middle)
        case "lives too long":
            return _with(leaf(days=(-10, 810)), middle)
        case "root sent":
            return _with(leaf(), middle, root().certificate)
        case "out of order":
            return _with(leaf(), root().certificate, middle)
        case "must-staple without staple":
            return _with(leaf(must_staple=True), middle)
        case "short key of the authority":
            short = _authority("Short", signed_by=root(), key=rsa_key(1024))
            return _with(leaf(by=short), short.certificate, weak=True)
        case "signed by no authority":
            other = _authority("No Authority", signed_by=root(), may_sign=False)
            return _with(leaf(by=other), other.certificate)
        case "outside the authority's names":
            limited = _authority("Limited", signed_by=root(), only_for="example.com")
            return _with(leaf(by=limited), limited.certificate)
        case "intermediate of somebody else":
            return _with(leaf(), stranger().certificate)
        case "stranger beside the chain":
            return _with(leaf(), middle, stale_intermediate().certificate)
        case "expired and for another name":
            return _with(leaf(names=("elsewhere.example",), addresses=False, days=(-90, -1)), middle)
        case "no extended usage":
            return _with(leaf(usage=()), middle)
        case "good":
            return good()
        case "RSA":
            return _with(leaf(key=rsa_key(2048)), middle)
        case "one third left, but long":
            return _with(leaf(days=(-60, 28)), middle)
    raise ValueError(fault)


def _with(made: tuple[x509.Certificate, object], *chain: x509.Certificate, weak: bool = False) -> ssl.SSLContext:
    certificate, key = made
    return context((certificate, *chain), key, weak=weak)

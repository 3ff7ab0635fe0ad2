"""A certificate authority on loopback: issues certificates, stamps times, answers OCSP and publishes its list."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

DER = serialization.Encoding.DER


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """What the server answers with; `revoked` serial numbers and `clock` can be changed by the test."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.revoked: set[int] = set()
        self.asked: list[str] = []
        self.spoil = ""
        self.address = ""
        self.stamped_at: datetime | None = None
        now = datetime.now(UTC).replace(microsecond=0)
        self.certificate = (
            self._builder(_name("Test Root"), self.key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.stamp_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def start(self, address: str) -> None:
        """Say where the server listens; certificates name it."""
        self.address = address
        self.stamp_certificate = self.issue(
            "Test Time Stamps", self.stamp_key.public_key(), extended=[ExtendedKeyUsageOID.TIME_STAMPING], critical=True
        )

    def _builder(self, subject: x509.Name, key: object, now: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name("Test Root"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=300))
        )

    def issue(self, subject: str, key: object, extended=None, critical=False, usage=None) -> x509.Certificate:
        """A certificate for a public key, with the addresses of this server in it."""
        now = datetime.now(UTC).replace(microsecond=0)
        builder = (
            self._builder(_name(subject), key, now)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage or _usage(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityInformationAccess(
                    [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, _url(f"{self.address}/ocsp"))]
                ),
                critical=False,
            )
            .add_extension(
                x509.CRLDistributionPoints([x509.DistributionPoint([_url(f"{self.address}/list")], None, None, None)]),
                critical=False,
            )
        )
        if extended:
            builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=critical)
        return builder.sign(self.key, hashes.SHA256())

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        """The answer to one request: status, content type, body."""
        self.asked.append(path)
        now = datetime.now(UTC).replace(microsecond=0)
        if self.spoil == "broken":
            return 200, "application/octet-stream", b"no answer"
        if self.spoil == "down":
            return 503, "text/plain", b""
        if path == "/stamp":
            request = tsp.TimeStampReq.load(body)
            if self.spoil == "other":
                request["message_imprint"]["hashed_message"] = bytes(32)
            stamper = DummyTimeStamper(
                asn1.Certificate.load(self.stamp_certificate.public_bytes(DER)),
                asn1_keys.PrivateKeyInfo.load(
                    self.stamp_key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                ),
                certs_to_embed=[asn1.Certificate.load(self.certificate.public_bytes(DER))],
                fixed_dt=self.stamped_at or now,
            )
            return 200, "application/timestamp-reply", stamper.request_tsa_response(request).dump()
        if path == "/ocsp":
            request = ocsp.load_der_ocsp_request(body)
            good = request.serial_number not in self.revoked
            answer = ocsp.OCSPResponseBuilder().add_response_by_hash(
                issuer_name_hash=request.issuer_name_hash,
                issuer_key_hash=request.issuer_key_hash,
                serial_number=request.serial_number,
                algorithm=request.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if good else ocsp.OCSPCertStatus.REVOKED,
                this_update=now - timedelta(minutes=1),
                next_update=now + timedelta(days=7),
                revocation_time=None if good else now - timedelta(minutes=30),
                revocation_reason=None,
            )
            signed = answer.responder_id(ocsp.OCSPResponderEncoding.NAME, self.certificate).sign(
                self.key, hashes.SHA256()
            )
            return 200, "application/ocsp-response", signed.public_bytes(DER)
        if path == "/list":
            builder = (
                x509.CertificateRevocationListBuilder()
                .issuer_name(_name("Test Root"))
                .last_update(now - timedelta(minutes=1))
                .next_update(now + timedelta(days=7))
            )
            for serial in self.revoked:
                builder = builder.add_revoked_certificate(
                    x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
                )
            return 200, "application/pkix-crl", builder.sign(self.key, hashes.SHA256()).public_bytes(DER)
        return 404, "text/plain", b""


def _url(text: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(text)


def _usage(sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=not sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


@contextmanager
def serving():
    """The authority on a port of its own."""
    authority = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            status, kind, data = authority.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.start(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)

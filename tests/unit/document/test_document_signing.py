"""Keys in files, in the vault and on tokens; time stamps and long-term proof against an authority on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from document_samples import for_key, small
from pyhanko.sign.timestamps import TimeStamper

from tests.servers import authority as authorities
from wizard.document import archive, rules
from wizard.document.broken import Broken
from wizard.document.build import build
from wizard.document.keys import KeyKind, SigningKey, UnusableKey, refuse_unusable
from wizard.document.lines import LineState
from wizard.document.revocation import addresses
from wizard.document.sign import LongTerm, NotForLongTerm, Stamping, sign
from wizard.document.timestamp import NoTimeStamp
from wizard.document.token import NoToken, NoTokenSupport, WrongPin, open_token
from wizard.document.verify import Outcome, verify

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "1234 five"


@pytest.fixture(scope="module")
def authority():
    with authorities.serving() as served:
        yield served


@pytest.fixture(autouse=True)
def as_at_first(request):
    yield
    if "authority" in request.fixturenames:
        served = request.getfixturevalue("authority")
        served.spoil, served.stamped_at = "", None
        served.revoked.clear()
        served.asked.clear()


@pytest.fixture(scope="module")
def issued(authority):
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue("Ines Mertens", private.public_key())
    return SigningKey(private, certificate, (authority.certificate,))


def signed(key, stamping=None, attestation=None):
    attestation = for_key(attestation or small(), key)
    return sign(build(attestation), key, attestation, stamping)


def stamping(authority, **more):
    return Stamping(f"{authority.address}/stamp", **more)


@pytest.mark.slow
def test_a_time_stamp_says_when_and_is_worth_what_its_authority_is(key, authority):
    pdf = signed(key, stamping(authority))
    assert authority.asked == ["/stamp"]  # one request, and only a digest in it
    alone, trusted = verify(pdf), verify(pdf, time_roots=[authority.certificate])
    assert alone.outcome is trusted.outcome is Outcome.INTACT
    assert alone.time.state is LineState.UNKNOWN
    assert "for you to say" in alone.time.sentence
    assert trusted.time.state is LineState.GOOD
    assert "Test Time Stamps" in trusted.time.sentence
    # another authority that the reviewer trusts does not vouch for it
    other = SigningKey.make("Other", "O", "")
    assert verify(pdf, time_roots=[other.certificate]).time.state is LineState.UNKNOWN


def test_a_clock_that_differs_from_the_time_stamp_is_shown(key, authority):
    authority.stamped_at = datetime.now(UTC) - timedelta(days=40)
    found = verify(signed(key, stamping(authority)), time_roots=[authority.certificate])
    assert found.time.state is LineState.UNKNOWN
    assert "while the signer’s clock said" in found.time.sentence


@pytest.mark.parametrize("spoil", ["broken", "down", "other"])
def test_no_usable_time_stamp_means_no_signature(key, authority, spoil):
    authority.spoil = spoil
    if spoil == "other":  # a stamp over something else is found when what was written is verified
        found = verify(signed(key, stamping(authority)))
        assert found.outcome is Outcome.ALTERED
        assert "time stamp" in found.integrity.sentence
    else:
        with pytest.raises(NoTimeStamp, match="Nothing was signed"):
            signed(key, stamping(authority))


@pytest.mark.parametrize("address", ["", "ftp://a.example", "stamp", "http://", "http://u:p@a.example/", "http://a b/"])
def test_only_an_address_is_an_authority(key, address):
    if not address:
        assert verify(signed(key, Stamping(address))).outcome is Outcome.INTACT
        return
    with pytest.raises(NoTimeStamp, match="not the address"):
        signed(key, Stamping(address))


@pytest.mark.slow
def test_long_term_proof_shows_that_nothing_was_revoked(issued, authority, tmp_path, tool):
    assert addresses((issued.certificate,)) == (f"{authority.address}/ocsp", f"{authority.address}/list")
    pdf = signed(issued, stamping(authority, long_term=LongTerm.LT))
    found = verify(pdf, roots=[authority.certificate], time_roots=[authority.certificate])
    assert found.outcome is Outcome.INTACT
    assert found.identity.state is LineState.GOOD
    assert "not revoked" in found.identity.sentence
    assert found.time.state is LineState.GOOD
    assert verify(pdf).identity.state is LineState.UNKNOWN
    path = tmp_path / "lt.pdf"
    path.write_bytes(pdf)
    said = tool("pdfsig", str(path))
    assert "Total document signed" in said
    assert "Signature is Valid" in said
    assert "No syntax or stream encoding errors" in tool("qpdf", "--check", str(path))


def test_a_revoked_certificate_signs_nothing_for_long(issued, authority):
    authority.revoked.add(issued.certificate.serial_number)
    with pytest.raises(NotForLongTerm):
        signed(issued, stamping(authority, long_term=LongTerm.LT))


def test_long_term_proof_wants_an_authority_and_a_certificate_that_somebody_issued(key, issued, authority):
    with pytest.raises(NotForLongTerm, match="time stamp"):
        signed(issued, Stamping(long_term=LongTerm.LT))
    with pytest.raises(NotForLongTerm, match="vouches only for itself"):
        signed(key, stamping(authority, long_term=LongTerm.LT))


# -- a time stamp over the whole of it --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archived(issued, authority):
    """A file of PAdES B-LTA."""
    return signed(issued, stamping(authority, long_term=LongTerm.LTA))


@pytest.mark.slow
def test_a_time_stamp_lies_over_the_whole_file_and_others_read_it_too(archived, authority, tmp_path, tool):
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    found = verify(archived, roots=[authority.certificate], time_roots=[authority.certificate])
    assert found.outcome is Outcome.INTACT
    assert {found.integrity.state, found.identity.state, found.time.state, found.content.state} == {LineState.GOOD}
    assert "a time stamp over both" in found.integrity.sentence
    assert "you trust its authority" in found.time.sentence
    assert "its authority (CN=Test Time Stamps) was not checked" in verify(archived).time.sentence
    reader = PdfFileReader(BytesIO(archived), strict=True)
    root = asn1.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    status = validate_pdf_timestamp(reader.embedded_timestamp_signatures[0], ValidationContext(trust_roots=[root]))
    assert status.trusted
    assert status.intact
    assert status.valid
    path = tmp_path / "lta.pdf"
    path.write_bytes(archived)
    said = tool("pdfsig", str(path))
    assert "Signature is Valid" in said
    assert "Not total document signed" in said.partition("Signature #2")[0]
    assert "Total document signed" in said.partition("Signature #2")[2]
    assert "The signature is valid" in tool("mutool", "sign", "-v", str(path))
    assert "No syntax or stream encoding errors" in tool("qpdf", "--check", str(path))


def third(pdf: bytes) -> int:
    """Where the third revision begins."""
    return rules.the_file(pdf)[1]


def refused(check) -> bool:
    """True when it raises, of whatever kind: `rules.signature` makes a verdict of each."""
    try:
        check()
    except Exception:
        return True
    return False


def other(pdf: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    """A change of the third revision that keeps its length."""
    start = third(pdf)
    assert len(old) == len(new)
    assert pdf.count(old, start) >= 1
    return pdf[:start] + pdf[start:].replace(old, new, count)


LATER = {
    "a box on the page": lambda pdf: other(pdf, b"[-9999 -9999 -9999 -9999]", b"[00000 00000 09999 09999]"),
    "an action": lambda pdf: other(pdf, b"/TU (Time stamp over the signed document)", b"/AA<</E 1 0 R>>".ljust(41)),
    "another field": lambda pdf: other(pdf, b"/T (Time)", b"/T (Tine)"),
    "other pages": lambda pdf: other(pdf, b"/Contents 38 0 R", b"/Contents 39 0 R"),
    "no annotations": lambda pdf: other(pdf, b"/Annots [", b"/Annoys ["),
    "another kind": lambda pdf: other(pdf, b"/SubFilter /ETSI.RFC3161", b"/SubFilter /ETSI.RFC3162"),
    "another page": lambda pdf: other(pdf, b"/P 18 0 R", b"/P 19 0 R"),
    "another catalogue": lambda pdf: other(pdf, b"/Root 1 0 R", b"/Root 7 0 R"),
    "other information": lambda pdf: other(pdf, b"/Info 2 0 R", b"/Info 3 0 R"),
    "other freedom": lambda pdf: other(pdf, b"0000000000 65535 f", b"0000000000 65534 f"),
    "a word in the gap": lambda pdf: other(pdf, b"0>\n>>\nendobj", b"1>\n>>\nendobj"),
    "a range that leaves more out": lambda pdf: other(pdf, b"/ByteRange [0 2", b"/ByteRange [0 1"),
    "the stamp of another": lambda pdf: (
        pdf[: third(pdf)] + other(pdf, b"/Contents <30", b"/Contents <31")[third(pdf) :]
    ),
    "twice": lambda pdf: pdf + pdf[third(pdf) :],
    "a comment behind": lambda pdf: pdf + b"%\n",
    "a page more": lambda pdf: pdf[: third(pdf)] + pdf[third(pdf) :].replace(b"xref\n", b"%\nxref\n", 1),
}


@pytest.mark.parametrize("change", LATER)
def test_nothing_but_the_time_stamp_comes_later(archived, change):
    found = verify(LATER[change](archived))
    assert found.outcome is Outcome.ALTERED
    assert found.integrity.state is LineState.BAD


@pytest.mark.slow
def test_no_flipped_byte_of_the_third_revision_is_accepted(archived):
    """Also none in the token: what its authority did not sign has one spelling, its certificates lie in the proof."""
    start, others = third(archived), rules.signature(archived).others
    token = archived.index(b"/Contents <30", start)
    used = len(archived[token : archived.index(b">", token)].rstrip(b"0"))
    for place in (*range(start, token, 7), *range(token, token + used, 41), *range(token + used, len(archived), 997)):
        changed = bytearray(archived)
        changed[place] = ord("1") if changed[place] != ord("1") else ord("2")
        assert refused(lambda data=bytes(changed): archive.check(data, start, others)), place
    assert archive.check(archived, start, others).at


@pytest.mark.slow
def test_a_time_stamp_whose_authority_is_not_in_the_proof_is_not_taken(issued, authority):
    full = signed(issued, stamping(authority, long_term=LongTerm.LT))
    stranger = authorities.Authority()
    stranger.start("http://127.0.0.1:1")
    later = archive.add_time_stamp(full, _Asked(stranger), ())
    with pytest.raises(Broken):
        rules.signature(later)


class _Asked(TimeStamper):
    """An authority without a server."""

    def __init__(self, authority):
        super().__init__()
        self.authority = authority

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(self.authority.answer("/stamp", req.dump())[2])


@pytest.mark.slow
def test_no_flipped_byte_of_a_stamped_signature_is_judged_better(key, authority):
    pdf = signed(key, stamping(authority))
    before = rules.signature(pdf)
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    used = len(pdf[start:end].rstrip(b"0"))
    judged = 0
    for place in range(start, start + used, 97):
        changed = bytearray(pdf)
        changed[place] = ord("1") if changed[place] != ord("1") else ord("2")
        found = verify(bytes(changed), time_roots=[authority.certificate])
        if found.outcome is not Outcome.ALTERED:  # an unneeded certificate beside the stamp may be another
            stamp = rules.signature(bytes(changed)).stamp
            assert stamp is not None
            assert stamp.at == before.stamp.at
            judged += 1
    assert judged <= used // 97 // 3


# -- certificates that must not sign ----------------------------------------------------------------------------------


def certificate(*, begins=-1, ends=300, usage=None, private=None):
    private = private or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ines Mertens")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    return SigningKey(private, builder.sign(private, hashes.SHA256()))


ENCIPHER = x509.KeyUsage(False, False, True, False, False, False, False, False, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "why"),
    [
        (certificate(begins=-20, ends=-2), "ended on"),
        (certificate(begins=2), "not valid before"),
        (certificate(usage=ENCIPHER), "not made for signing"),
    ],
    ids=["ended", "not yet", "usage"],
)
def test_a_certificate_that_no_reader_would_accept_is_refused_at_signing_and_named_at_verification(made, why):
    with pytest.raises(UnusableKey, match=why):
        refuse_unusable(made.certificate)
    found = verify(signed(made))
    assert found.identity.state is LineState.BAD
    assert found.outcome is Outcome.INTACT  # the bytes are those that were signed; who signed is another line


def short_key():
    return certificate(private=rsa.generate_private_key(public_exponent=65537, key_size=1024))


def stamped(key, attestation=None) -> tuple[bytes, bytes, bytes, bytes]:
    """A file with an issued certificate, one with a time stamp, one with long-term proof, one stamped again."""
    with authorities.serving() as served:
        private = ec.generate_private_key(ec.SECP256R1())
        issued = SigningKey(private, served.issue("Ines Mertens", private.public_key()), (served.certificate,))
        stamp = stamping(served)
        data = for_key(attestation or small(), issued)
        unsigned = build(data)
        long = [replace(stamp, long_term=level) for level in (LongTerm.LT, LongTerm.LTA)]
        plain, lt, lta = (sign(unsigned, issued, data, how) for how in (None, *long))
        return plain, signed(key, stamp, attestation), lt, lta


def test_a_key_that_is_too_short_is_no_signature():
    found = verify(signed(short_key()))
    assert found.outcome is Outcome.ALTERED
    assert "too short" in found.integrity.sentence


# -- a token ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token of SoftHSM2 with a P-256 and an RSA key; its module, in a process where nothing else uses one."""
    if shutil.which("softhsm2-util") is None or not MODULE.is_file():
        message = "softhsm2-util is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    pkcs11 = pytest.importorskip("pkcs11")
    from pkcs11 import Attribute, KeyType, ObjectClass
    from pkcs11.util.ec import encode_named_curve_parameters

    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "Officer", "--pin", PIN, "--so-pin", "so secret"],
        check=True,
        capture_output=True,
    )
    library.reinitialize()
    found = next(iter(library.get_tokens(token_label="Officer")))
    with found.open(user_pin=PIN, rw=True) as session:
        for label, id_ in (("curve", b"\x01"), ("modulus", b"\x02")):
            if label == "curve":
                parameters = session.create_domain_parameters(
                    KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
                )
                public, _private = parameters.generate_keypair(store=True, label=label, id=id_)
                from pkcs11.util.ec import encode_ec_public_key

                spki = encode_ec_public_key(public)
            else:
                public, _private = session.generate_keypair(KeyType.RSA, 2048, store=True, label=label, id=id_)
                from pkcs11.util.rsa import encode_rsa_public_key

                spki = encode_rsa_public_key(public)
            made = _certificate_for(spki, label)
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.ID: id_,
                    Attribute.VALUE: made.public_bytes(Encoding.DER),
                    Attribute.SUBJECT: made.subject.public_bytes(),
                }
            )
    return MODULE


def _certificate_for(spki: bytes, label: str) -> x509.Certificate:
    from asn1crypto import keys, pem
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    if label == "modulus":
        data = pem.armor("RSA PUBLIC KEY", keys.RSAPublicKey.load(spki).dump())
        public = load_pem_public_key(data)
    else:
        public = load_der_public_key(spki)
    issuer = SigningKey.make("Company CA", "N", "")
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Ines Mertens ({label})")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=100))
        .sign(issuer.key, hashes.SHA256())
    )


@pytest.mark.slow
@pytest.mark.parametrize("label", ["curve", "modulus"])
def test_a_key_on_a_token_signs_without_leaving_it(token, label, tmp_path, tool):
    key = open_token(token, PIN, "Officer", label)
    try:
        pdf = signed(key)
    finally:
        key.close()
    assert PIN not in repr(key)
    found = verify(pdf)
    assert found.outcome is Outcome.INTACT
    assert found.signer == f"Ines Mertens ({label})"
    path = tmp_path / "token.pdf"
    path.write_bytes(pdf)
    assert "Signature is Valid" in tool("pdfsig", str(path))


def test_a_token_that_cannot_sign_says_why(token, tmp_path, monkeypatch):
    with pytest.raises(WrongPin):
        open_token(token, "wrong", "Officer", "curve")
    with pytest.raises(NoToken, match="There is no token called"):
        open_token(token, PIN, "Nobody")
    with pytest.raises(NoToken, match="more than one key with its certificate: curve, modulus"):
        open_token(token, PIN, "Officer")
    with pytest.raises(NoToken, match="no key with its certificate called"):
        open_token(token, PIN, "Officer", "other")
    with pytest.raises(NoToken, match="There is no file"):
        open_token(tmp_path / "none.so", PIN)
    junk = tmp_path / "junk.so"
    junk.write_bytes(b"not a library")
    with pytest.raises(NoToken, match="could not be opened"):
        open_token(junk, PIN)


def test_without_the_part_for_tokens_a_sentence_says_so(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(NoTokenSupport, match="attestry\\[tokens\\]"):
        open_token(tmp_path / "x.so", "1")


@pytest.mark.slow
def test_rsa_of_the_vault_signs():
    made = SigningKey.make("Ines Mertens", "N", "", kind=KeyKind.RSA3072)
    assert verify(signed(made)).outcome is Outcome.INTACT

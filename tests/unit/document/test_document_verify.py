from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from document_samples import Made, for_key, make, small
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from wizard.document import rules
from wizard.document.broken import Broken
from wizard.document.build import build
from wizard.document.canonical import canonical
from wizard.document.keys import KeyKind, SigningKey, UnusableKey, WrongKey, WrongPassphrase
from wizard.document.renderer import renderer
from wizard.document.sign import sign
from wizard.document.verify import LineState, Outcome, verify


def test_a_signed_document_is_intact_and_its_key_unknown(little):
    found = verify(little.pdf)
    assert found.outcome is Outcome.INTACT
    assert (found.integrity.state, found.content.state) == (LineState.GOOD, LineState.GOOD)
    assert found.identity.state is LineState.UNKNOWN
    assert found.time.state is LineState.UNKNOWN
    assert found.attestation == little.attestation
    assert found.fingerprint == little.key.fingerprint
    assert " ".join(found.fingerprint_groups) in found.identity.sentence
    assert len(" ".join(found.fingerprint_words).split()) == 16


@pytest.mark.slow
def test_a_known_key_is_named_and_a_changed_key_is_a_warning(little):
    organisation = little.attestation.organisation
    assert verify(little.pdf, {organisation: little.key.fingerprint}).identity.state is LineState.GOOD
    changed = verify(little.pdf, {organisation: "0" * 64})
    assert changed.identity.state is LineState.BAD
    assert "changed since last time" in changed.identity.sentence
    assert changed.outcome is Outcome.INTACT  # who held the key is another question


# -- tampering: VAULT-AND-PDF 3.5 and SECURITY A3, A5 -----------------------------------------------------------------


def flipped_byte(made: Made) -> bytes:
    at = made.pdf.index(b" Tj ET") - 4
    return made.pdf[:at] + (b"1" if made.pdf[at : at + 1] != b"1" else b"2") + made.pdf[at + 1 :]


def junk_after_the_end(made: Made) -> bytes:
    return made.pdf + b"% a comment that changes nothing\n"


def byte_after_the_end(made: Made) -> bytes:
    return made.pdf + b"\n"


def junk_before_the_beginning(made: Made) -> bytes:
    return b"\n" + made.pdf


def appended(made: Made, change) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(made.pdf), strict=False)
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def annotation_added(made: Made) -> bytes:
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Contents"): generic.pdf_string("all is well"),
                generic.pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 99, 99)]),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])

    return appended(made, change)


def title_changed(made: Made) -> bytes:
    """The change that a lenient verifier calls harmless."""

    def change(writer):
        stream = writer.root["/Metadata"]
        stream._data = stream.data.replace(b"Security", b"Safety")
        stream._encoded_data = None
        writer.update_container(stream)

    return appended(made, change)


def data_swapped(made: Made) -> bytes:
    def change(writer):
        stream = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
        stream._data = canonical(replace(made.attestation, release="9.9.9"))
        stream._encoded_data = None
        writer.update_container(stream)

    return appended(made, change)


def page_duplicated(made: Made) -> bytes:
    def change(writer):
        pages = writer.root["/Pages"]
        pages["/Kids"].append(pages["/Kids"].raw_get(0))
        pages["/Count"] = generic.NumberObject(len(pages["/Kids"]))
        writer.update_container(pages)

    return appended(made, change)


def rewritten(made: Made) -> bytes:
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        out = BytesIO()
        pdf.save(out)
        return out.getvalue()


def rewritten_with_other_data(made: Made) -> bytes:
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        pdf.Root.AF[0].EF.F.write(canonical(replace(made.attestation, release="9.9.9")))
        out = BytesIO()
        pdf.save(out)
        return out.getvalue()


def signature_removed(made: Made) -> bytes:
    return made.unsigned


def signature_value_removed(made: Made) -> bytes:
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        del pdf.Root.AcroForm.Fields[0].V
        out = BytesIO()
        pdf.save(out)
        return out.getvalue()


def padding_used(made: Made) -> bytes:
    end = made.pdf.rindex(b"00>")
    return made.pdf[: end - 20] + b"41" * 10 + made.pdf[end:]


def cut(made: Made) -> bytes:
    return made.pdf[: len(made.pdf) * 2 // 3]


def another_revision(made: Made) -> bytes:
    return appended(made, lambda writer: writer.update_root())


TAMPERED = [
    flipped_byte,
    junk_after_the_end,
    byte_after_the_end,
    junk_before_the_beginning,
    annotation_added,
    title_changed,
    data_swapped,
    page_duplicated,
    rewritten,
    rewritten_with_other_data,
    signature_removed,
    signature_value_removed,
    padding_used,
    cut,
    another_revision,
]


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda f: f.__name__)
def test_every_change_is_found(little, tamper):
    changed = tamper(little)
    assert changed != little.pdf
    found = verify(changed)
    assert found.outcome is Outcome.ALTERED, found
    assert found.integrity.state is LineState.BAD
    assert "Rule" in found.integrity.sentence
    assert found.identity.state is LineState.UNKNOWN


def signed_again(made: Made, change) -> bytes:
    """What a dishonest holder of the key can do: change the document first, sign it then."""
    with pikepdf.open(BytesIO(made.unsigned)) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out, min_version="1.7", compress_streams=False)
    return sign(out.getvalue(), made.key, made.attestation)


def operators_changed(pdf):
    stream = pdf.pages[0].Contents
    stream.write(stream.read_bytes().replace(b" Tj ET", b" Tj ET ", 1).replace(b"0.706", b"0.102"))


def font_changed(pdf):
    font = pdf.pages[0].Resources.Font.F1.DescendantFonts[0]
    font.CIDToGIDMap.write(bytes(reversed(font.CIDToGIDMap.read_bytes())))


def title_changed_first(pdf):
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"Security", b"Safety"))


@pytest.mark.slow
@pytest.mark.parametrize("change", [operators_changed, font_changed, title_changed_first])
def test_pages_that_do_not_show_the_data_are_found_although_the_signature_is_good(little, change):
    found = verify(signed_again(little, change))
    assert found.outcome is Outcome.ALTERED
    assert found.content.state is LineState.BAD
    assert "do not show the data" in found.content.sentence


def test_active_content_is_found_although_the_signature_is_good(little):
    def change(pdf):
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))

    found = verify(signed_again(little, change))
    assert found.outcome is Outcome.ALTERED
    assert "Rule 6" in found.integrity.sentence


def test_packed_streams_are_refused_before_anything_unpacks_them(little):
    with pikepdf.open(BytesIO(little.unsigned)) as pdf:
        out = BytesIO()
        pdf.save(out, min_version="1.7", compress_streams=True)
    found = verify(sign(out.getvalue(), little.key, little.attestation))
    assert found.outcome is Outcome.ALTERED
    assert "packed" in found.integrity.sentence


def test_another_library_build_of_the_same_document_is_the_same_document(little):
    with pikepdf.open(BytesIO(little.unsigned)) as pdf:
        out = BytesIO()
        pdf.save(out, min_version="1.7", qdf=True, compress_streams=False, fix_metadata_version=False)
    assert out.getvalue() != little.unsigned
    found = verify(sign(out.getvalue(), little.key, little.attestation))
    assert found.outcome is Outcome.INTACT
    assert "another library build" in found.content.sentence


@pytest.mark.slow
def test_pages_of_another_renderer_are_not_green_and_not_red(key):
    made = make(small(fonts=("reportlab 4.0.0", "fonts of old")), key)
    assert verify(made.pdf).outcome is Outcome.INTACT
    found = verify(signed_again(made, operators_changed))
    assert found.outcome is Outcome.NOT_REPRODUCIBLE
    assert found.content.state is LineState.UNKNOWN
    assert "reportlab 4.0.0" in found.content.sentence
    assert renderer()[0] in found.content.sentence


def test_data_that_name_another_key_are_found(little):
    other = SigningKey.make("Somebody", "Else", "")
    with pytest.raises(WrongKey):
        sign(little.unsigned, other, little.attestation)
    found = verify(sign(little.unsigned, other, for_key(small(), other)))
    assert found.outcome is Outcome.ALTERED
    assert "another key" in found.integrity.sentence


@pytest.mark.slow
def test_a_clock_that_is_wrong_by_years_is_shown(key):
    attestation = for_key(small(), key)
    attestation = replace(attestation, signed_at=attestation.signed_at - timedelta(days=800))
    found = verify(sign(build(attestation), key, attestation))
    assert "while the document says" in found.time.sentence


@pytest.mark.slow
def test_a_demonstration_key_is_never_trusted(key):
    made = make(small(demonstration=True), key)
    found = verify(made.pdf, {made.attestation.organisation: key.fingerprint})
    assert found.identity.state is LineState.UNKNOWN
    assert "Demonstration" in found.identity.sentence


# -- foreign files ------------------------------------------------------------


def plain_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 72, "not ours")
    canvas.save()
    return out.getvalue()


def encrypted_pdf() -> bytes:
    with pikepdf.open(BytesIO(plain_pdf())) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(user="u", owner="o"))
        return out.getvalue()


FOREIGN = {
    "empty": b"",
    "text": b"hello",
    "header": b"%PDF-1.7\n",
    "header and end": b"%PDF-1.7\n%%EOF\n",
    "zeros": b"\0" * 5000,
    "plain": plain_pdf(),
    "encrypted": encrypted_pdf(),
    "cut": plain_pdf()[:400],
    "loop": b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\nxref\n0 2\n"
    b"0000000000 65535 f \n0000000009 00000 n \ntrailer<</Root 1 0 R/Size 2/Prev 56>>\nstartxref\n56\n%%EOF\n",
    "too large": b"%PDF-1.7\n" + b"0" * 40_000_001,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_files_are_no_attestations_and_no_accidents(name):
    found = verify(FOREIGN[name])
    assert found.outcome is Outcome.NOT_AN_ATTESTATION
    assert found.integrity.state is LineState.BAD
    assert found.integrity.sentence


def test_foreign_data_under_our_name_are_altered_or_foreign_but_never_good():
    for data in (b"", b"{}", b'{"format":"attestry-attestation/1"}', b"[" * 5000):
        with pikepdf.open(BytesIO(plain_pdf())) as pdf:
            pdf.attachments["attestation.json"] = data
            out = BytesIO()
            pdf.save(out)
        assert verify(out.getvalue()).outcome in (Outcome.NOT_AN_ATTESTATION, Outcome.ALTERED)


@pytest.mark.slow
def test_no_flipped_bit_and_no_cut_is_judged_good(little):
    chance = random.Random(20261123)
    for number in range(120):
        at = chance.randrange(len(little.pdf))
        changed = little.pdf[:at] if number % 10 == 0 else None
        if changed is None:
            changed = little.pdf[:at] + bytes([little.pdf[at] ^ 1 << chance.randrange(8)]) + little.pdf[at + 1 :]
        found = verify(changed)
        assert found.outcome in (Outcome.ALTERED, Outcome.NOT_AN_ATTESTATION), at


@pytest.mark.slow
def test_no_changed_byte_of_the_signature_itself_is_judged_good(little):
    """The frame of a CMS message is not signed: it must be spelled in one way only."""
    start = little.pdf.rindex(b"/ByteRange [")
    numbers = [int(n) for n in little.pdf[start + 12 : start + 80].split(b"]")[0].split()]
    first, last = numbers[1] + 1, numbers[2] - 1
    message = bytes.fromhex(little.pdf[first:last].decode())
    chance = random.Random(20261123)
    used = len(message.rstrip(b"\0"))
    for at in (*range(60), *range(480, 560, 3), *(chance.randrange(60, used) for _n in range(80)), len(message) - 1):
        changed = bytearray(message)
        changed[at] ^= 0x20 if 480 <= at < 560 else 1 << chance.randrange(8)
        spelled = bytes(changed).hex().upper().encode()
        with pytest.raises(Broken):
            rules.signature(little.pdf[:first] + spelled + little.pdf[last:])


# -- keys ------------------------------------------------------------


def test_a_key_of_the_vault_comes_back_as_it_was(key):
    again = SigningKey.from_bytes(key.to_bytes())
    assert (again.fingerprint, again.name, again.not_after) == (key.fingerprint, key.name, key.not_after)
    assert key.name == "Ines Mertens"
    assert key.self_signed


def test_a_pkcs12_file_opens_with_its_passphrase_only(key, little):
    data = pkcs12.serialize_key_and_certificates(
        b"x", key.key, key.certificate, None, BestAvailableEncryption(b"correct")
    )
    opened = SigningKey.from_p12(data, b"correct")
    assert opened.fingerprint == key.fingerprint
    assert verify(sign(little.unsigned, opened, little.attestation)).outcome is Outcome.INTACT
    with pytest.raises(WrongPassphrase, match="passphrase does not open this key file"):
        SigningKey.from_p12(data, b"wrong")
    with pytest.raises(WrongPassphrase, match="damaged"):
        SigningKey.from_p12(b"not a key file", b"correct")


def test_keys_that_pdf_readers_refuse_are_refused_here(key):
    without = pkcs12.serialize_key_and_certificates(b"x", None, key.certificate, None, BestAvailableEncryption(b"p"))
    with pytest.raises(UnusableKey, match="no private key"):
        SigningKey.from_p12(without, b"p")
    for bad in (ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 1024)):
        data = _with_certificate(bad)
        with pytest.raises(UnusableKey, match="kind of key"):
            SigningKey.from_p12(data, b"p")


def strong_key() -> SigningKey:
    return SigningKey.from_p12(_with_certificate(rsa.generate_private_key(65537, 2048)), b"p")


@pytest.mark.slow
def test_rsa_keys_sign():
    assert verify(make(small(), strong_key()).pdf).outcome is Outcome.INTACT
    ours = SigningKey.make("Ines Mertens", "Northwind", "", kind=KeyKind.RSA3072)
    assert ours.certificate.public_key().key_size == 3072
    assert verify(make(small(), SigningKey.from_bytes(ours.to_bytes())).pdf).outcome is Outcome.INTACT


def test_names_that_a_certificate_cannot_hold_do_not_stop_the_key():
    made = SigningKey.make("N" * 500 + "\n\x00", "", "nobody at nowhere")
    assert len(made.name) == 64
    assert SigningKey.make("", "", "").name == "Signatory"
    assert SigningKey.make("Å", "株式会社", "å@x.example", demonstration=True).name == "DEMONSTRATION Å"


def _with_certificate(private) -> bytes:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A company")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(private, None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"x", private, certificate, None, BestAvailableEncryption(b"p"))

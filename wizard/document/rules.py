"""The rules that decide whether a signed attestation is what was signed: each names itself when it is broken.

The numbers are those of the verifier's rules: 1 the file, 2 revisions and signatures, 3 the byte range, 4 the
signature itself, 5 certification, 6 nothing active or hidden, 7 the data, 8 the pages.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
from asn1crypto import cms
from cryptography import x509

from wizard.document import archive
from wizard.document.broken import HASHES, Broken, Stamp
from wizard.document.canonical import NotCanonical, digest, read
from wizard.document.disclosure import trouble
from wizard.document.exports import exports
from wizard.document.finish import ATTACHMENT, FIELD
from wizard.document.keys import usable
from wizard.document.proof import Proof, read_proof
from wizard.document.xmp import NAMESPACE
from wizard.domain.attestation import Attestation
from wizard.domain.language import _

#: Rule 1: larger files are not read. As nothing in the file is packed, 457 pages are 20.5 MB: with a limit of 20 MB, a
#: large partner could not sign.
LARGEST_FILE = 40_000_000
_ACTIVE = ("/JS", "/JavaScript", "/AA", "/OpenAction", "/OCProperties", "/XFA", "/RichMedia", "/Movie", "/Sound")
_ACTIVE_NAME = re.compile("|".join(_ACTIVE).encode())
# Its warnings quote hostile files with tracebacks; the verdict names what is wrong.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)
_END = re.compile(rb"startxref\n(\d{1,9})\n%%EOF\n\Z")
_PREVIOUS = re.compile(rb"/Prev (\d{1,9})\b")
#: The document, its signature, and where there is one the time stamp over both; reading stops at one more.
_MOST_REVISIONS = 3
#: The signed attributes that a signature of ours may have (RFC 5652, 11; RFC 6211).
_SIGNED = {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the file carries: the data as bytes, and the attestation that they are."""

    data: bytes
    attestation: Attestation


@dataclass(frozen=True, slots=True)
class Signed:
    """What the one good signature says: whose certificate, the claimed time, and where the first revision ends.

    `others` are the certificates that came along, to lead from the signer's to one that the reviewer trusts.
    """

    certificate: x509.Certificate
    at: datetime | None
    first_revision_ends: int
    others: tuple[x509.Certificate, ...] = ()
    stamp: Stamp | None = None
    #: answers about revocation that lie in the file, as the validation library reads them
    crls: tuple[Any, ...] = ()
    ocsps: tuple[Any, ...] = ()
    #: the time stamp over all of it, in a third revision
    archived: Stamp | None = None


def looks_like_ours(pdf: bytes) -> bool:
    """True for a file that was an attestation of ours, however damaged: its marks are written in clear."""
    return NAMESPACE.encode() in pdf or (f"({ATTACHMENT})".encode() in pdf and b"/AFRelationship" in pdf)


def embedded(pdf: bytes) -> Embedded | None:
    """The attached data, or None when there are none. Raises `Broken` (rules 1 and 7)."""
    the_file(pdf)
    try:
        with pikepdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as opened:
            data = _attached(opened)
            described = opened.Root.get("/Metadata")
            packet = bytes(described.read_raw_bytes()) if isinstance(described, pikepdf.Stream) else b""
    except Broken:
        raise
    except Exception as error:  # a hostile file may make a parser fail in any way; that is a verdict, not a crash
        raise Broken(1, _("the file cannot be read as a PDF.")) from error
    if data is None:
        return None
    try:
        attestation = read(data)
    except NotCanonical as error:
        raise Broken(7, _("the attached data are not a canonical attestation ({why}).").format(why=error)) from error
    if f"<attestry:dataSHA256>{digest(data)}</attestry:dataSHA256>".encode() not in packet:
        raise Broken(7, _("the digest in the document’s metadata is not that of the attached data."))
    if why := trouble(attestation):
        raise Broken(7, _("the data do not hold together: {why}.").format(why=why))
    return Embedded(data, attestation)


def _attached(opened: pikepdf.Pdf) -> bytes | None:
    names = opened.Root.get("/Names")
    tree = names.get("/EmbeddedFiles") if names is not None else None
    listed = tree.get("/Names") if tree is not None else None
    if listed is None:
        return None
    for name, specification in zip(list(listed)[0::2], list(listed)[1::2], strict=False):
        if str(name) == ATTACHMENT:
            if "/Filter" in specification.EF.F:
                raise Broken(1, _("the document holds packed streams."))
            return bytes(specification.EF.F.read_raw_bytes())
    return None


def the_file(pdf: bytes) -> tuple[int, ...]:
    """Rule 1: strictly one PDF from the first byte to the last. Says where each of its revisions ends.

    Cross-references are plain tables (no streams, no hybrids), so nothing in the file is hidden in packed objects and
    no parser unpacks anything. This much is read before any parser sees the file.
    """
    if len(pdf) > LARGEST_FILE:
        raise Broken(1, _("the file is larger than 40 MB."))
    if b"%PDF-" not in pdf[:1024]:
        raise Broken(1, _("the file is no PDF."))
    if not pdf.startswith(b"%PDF-"):
        raise Broken(1, _("something stands before the beginning of the PDF."))
    if not pdf.startswith(b"%PDF-1."):
        raise Broken(1, _("the file is a PDF of another version."))
    last = _END.search(pdf[-64:])
    if last is None:
        raise Broken(1, _("something stands after the end of the PDF."))
    ends: list[int] = []
    place = int(last[1])
    while len(ends) <= _MOST_REVISIONS:
        mark = b"startxref\n%d\n%%%%EOF\n" % place
        at = pdf.find(mark, place)
        trailer = pdf[pdf.find(b"trailer", place) : at]
        if pdf[place : place + 5] != b"xref\n" or at < 0 or b"/XRefStm" in trailer:
            raise Broken(1, _("the cross-references are not plain tables."))
        if b"/Encrypt" in trailer:
            raise Broken(1, _("the file is encrypted."))
        ends.insert(0, at + len(mark))
        previous = _PREVIOUS.search(trailer)
        if previous is None:
            break
        if int(previous[1]) >= place:
            raise Broken(1, _("the cross-references are not plain tables."))
        place = int(previous[1])
    if ends[-1] != len(pdf):
        raise Broken(1, _("something stands after the end of the PDF."))
    return tuple(ends)


def signature(pdf: bytes) -> Signed:
    """Rules 1 to 5; a third revision can only be a time stamp over the two that they judge.

    Raises `Broken`, for a file that no parser can read too.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        ends = the_file(pdf)
        if len(ends) == 1:
            raise Broken(2, _("the document bears no signature."))
        if len(ends) > _MOST_REVISIONS:
            raise Broken(2, _("the file was saved more often than signing and one time stamp do."))
        signed = pdf[: ends[1]]
        found = _signature(signed, PdfFileReader(BytesIO(signed), strict=True), ends[0])
        if len(ends) == _MOST_REVISIONS:
            found = replace(found, archived=archive.check(pdf, ends[1], found.others))
        return found
    except Broken:
        raise
    except Exception as error:  # pyHanko raises errors of many classes on hostile files; each means: not verified
        raise Broken(1, _("the signature cannot be read ({kind}).").format(kind=type(error).__name__)) from error


def _signature(pdf: bytes, reader: Any, first_ends: int) -> Signed:
    found = list(reader.embedded_signatures)
    if not found:
        raise Broken(2, _("the document bears no signature."))
    if len(found) != 1:
        raise Broken(2, _("the document bears {n} signatures instead of one.").format(n=len(found)))
    one = found[0]
    fields = reader.root["/AcroForm"]["/Fields"]
    if len(fields) != 1 or one.field_name != FIELD:
        raise Broken(2, _("the document has other form fields than the one for the signature."))
    _byte_range(pdf, one)
    proof = _second_revision(reader, one)
    _certified(one)
    certificate, stamp = _cryptography(one)
    others = tuple(x509.load_der_x509_certificate(other.dump()) for other in one.other_embedded_certs)
    others += tuple(x509.load_der_x509_certificate(other.dump()) for other in proof.certificates)
    return Signed(certificate, one.self_reported_timestamp, first_ends, others, stamp, proof.crls, proof.ocsps)


def _byte_range(pdf: bytes, one: Any) -> None:
    """Rule 3."""
    numbers = [int(n) for n in one.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or numbers[2] + numbers[3] != len(pdf):
        raise Broken(3, _("the signature does not cover the whole file."))
    start, end = numbers[1], numbers[2]
    if not 0 < start < end < len(pdf) or pdf[start : start + 1] != b"<" or pdf[end - 1 : end] != b">":
        raise Broken(3, _("the part that the signature leaves out is not the signature itself."))
    digits = pdf[start + 1 : end - 1]
    if digits.strip(b"0123456789ABCDEF"):  # small letters would be a second spelling of the same signature
        raise Broken(3, _("the part that the signature leaves out is not the signature itself."))
    message = bytes(one.pkcs7_content)
    written = bytes.fromhex(digits.decode("ascii"))
    used = len(cms.ContentInfo.load(message).dump())
    if written[:used] != message[:used] or written[used:].strip(b"\0"):
        raise Broken(3, _("something is hidden beside the signature."))


def _second_revision(reader: Any, one: Any) -> Proof:
    """Rule 2: signing added the signature, named it in the field and in the catalogue, and changed nothing else.

    For long-term proof the same revision holds the certificates of the chain and what was asked about them.
    """
    root, field = reader.root_ref, one.sig_field.container_ref
    added = {(ref.idnum, ref.generation) for ref in reader.xrefs.explicit_refs_in_revision(1)}
    value = one.sig_field.raw_get("/V")
    expected = {(ref.idnum, ref.generation) for ref in (root, field, getattr(value, "reference", value))}
    proof = read_proof(reader, added - expected)
    expected |= proof.objects
    if added != expected or reader.xrefs.refs_freed_in_revision(1):
        raise Broken(2, _("the signing revision holds objects that do not belong to a signature."))
    before = reader.get_historical_resolver(0)
    for ref, allowed in ((root, ("/Perms", "/DSS") if proof.objects else ("/Perms",)), (field, ("/V",))):
        old, new = before.get_object(ref), reader.get_object(ref)
        if {key: _plain(old, key) for key in old} != {key: _plain(new, key) for key in new if key not in allowed}:
            raise Broken(2, _("the signing revision changed more than the signature."))
    return proof


def _plain(container: Any, key: str) -> str:
    return repr(container.raw_get(key))


def _certified(one: Any) -> None:
    """Rule 5."""
    from pyhanko.sign.fields import MDPPerm

    if one.docmdp_level is not MDPPerm.NO_CHANGES:
        raise Broken(5, _("the document is not certified with “no changes allowed”."))


def _plain_message(one: Any) -> None:
    """Rule 4: the message is spelled in the one way in which we write it; its unsigned frame can hold nothing else.

    Version numbers, the list of digests and the content type lie outside of what is signed (RFC 5652, 5.1).
    """
    data, info = one.signed_data, one.signer_info
    # each part is spelled anew by itself and put in as it then is: spelling the whole at once, the library spells the
    # innermost parts hundreds of times
    certificates = data["certificates"]
    certificates.dump(force=True)
    spelled = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [cms.DigestAlgorithm.load(info["digest_algorithm"].dump(force=True))],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": certificates,
                    "signer_infos": [cms.SignerInfo.load(info.dump(force=True))],
                }
            ),
        }
    ).dump()
    written = bytes(one.pkcs7_content)
    if written[: len(spelled)] != spelled or written[len(spelled) :].strip(b"\0"):
        raise Broken(4, _("the signature is not spelled as Attestry writes it."))
    named, certificate = info["sid"].chosen, one.signer_cert
    if (
        named["issuer"].dump() != certificate.issuer.dump()
        or named["serial_number"].native != certificate.serial_number
    ):
        raise Broken(4, _("the signature names its certificate in another spelling than the certificate’s own."))
    unsigned = [(one["type"].native, len(one["values"])) for one in info["unsigned_attrs"] or ()]
    if info["version"].native != "v1" or unsigned not in ([], [("signature_time_stamp_token", 1)]):
        raise Broken(4, _("the signature carries parts that are not signed."))


def _cryptography(one: Any) -> tuple[x509.Certificate, Stamp | None]:
    """Rule 4: signed attributes with the right digest, modern algorithms, and a signature that verifies."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    data = one.signed_data
    if len(data["signer_infos"]) != 1:
        raise Broken(4, _("the signature has {n} signers instead of one.").format(n=len(data["signer_infos"])))
    info = one.signer_info
    kinds = {attribute["type"].native for attribute in info["signed_attrs"]}
    if not {"content_type", "message_digest", "signing_certificate_v2"} <= kinds:
        raise Broken(4, _("the signature does not say which certificate and which digest it covers."))
    if len(kinds) != len(info["signed_attrs"]) or not kinds <= _SIGNED:
        raise Broken(4, _("the signature says more than Attestry writes."))
    hash_ = info["digest_algorithm"]["algorithm"].native
    if hash_ not in HASHES:
        raise Broken(4, _("the signature uses an outdated digest."))
    method = info["signature_algorithm"]["algorithm"].native
    if method not in (f"{hash_}_rsa", f"{hash_}_ecdsa"):
        raise Broken(4, _("the signature uses an algorithm that is not accepted."))
    certificate = x509.load_der_x509_certificate(one.signer_cert.dump())
    if not usable(certificate.public_key()):
        raise Broken(4, _("the key is of a kind that is not accepted, or too short."))
    _plain_message(one)
    context = ValidationContext(trust_roots=[one.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(one, signer_validation_context=context)
    if not status.intact:
        raise Broken(4, _("the bytes were changed after signing."))
    if not status.valid:
        raise Broken(4, _("the signature does not fit the key that it names."))
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise Broken(3, _("the signature does not cover the whole file."))
    if status.modification_level not in (None, ModificationLevel.NONE):
        raise Broken(5, _("the document was changed after signing."))
    return certificate, _stamp(one, status.timestamp_validity)


def _stamp(one: Any, status: Any) -> Stamp | None:
    """The time stamp over the signature. Raises `Broken` for one that does not hold."""
    attributes = one.signer_info["unsigned_attrs"]
    if not attributes.native:
        return None
    token = attributes[0]["values"][0]["content"]
    if status is None or not status.intact or not status.valid:
        raise Broken(4, _("the time stamp does not fit the signature."))
    if status.md_algorithm not in HASHES:
        raise Broken(4, _("the time stamp uses an outdated digest."))
    certificate = x509.load_der_x509_certificate(status.signing_cert.dump())
    others = tuple(x509.load_der_x509_certificate(other.chosen.dump()) for other in token["certificates"])
    return Stamp(status.timestamp, certificate, others)


def quiet(pdf: bytes, attestation: Attestation) -> None:
    """Rule 6: nothing active, nothing optional, only our attached files, no annotation but the signature and links."""
    expected = [ATTACHMENT, *(export.name for export, _data in exports(attestation))]
    try:
        with pikepdf.open(BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as opened:
            for trouble in _loud(opened, sorted(expected)):
                raise Broken(6, trouble)
    except Broken:
        raise
    except Exception as error:  # as above: a parser that fails is a verdict
        raise Broken(1, _("the file cannot be read as a PDF.")) from error


def _active(thing: pikepdf.Object) -> bool:
    """True when an object is active, or one that is written inside it."""
    if isinstance(thing, pikepdf.Array):
        inside = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if any(key in thing for key in _ACTIVE):
            return True
        inside = list(thing.values())
    else:
        return False
    return any(_active(one) for one in inside if isinstance(one, pikepdf.Object) and not one.is_indirect)


def _loud(opened: pikepdf.Pdf, expected: list[str]) -> Iterator[str]:
    files = 0
    for thing in opened.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if isinstance(thing, pikepdf.Stream) and "/Filter" in thing:
            yield _("the document holds packed streams.")
        written = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if _ACTIVE_NAME.search(written.unparse(resolved=True)) and _active(thing):  # a text may hold such a word too
            yield _("the document holds active or optional content.")
        kind, sort = thing.get("/Type"), thing.get("/Subtype")
        files += kind == "/EmbeddedFile"
        if kind == "/Annot" and sort not in ("/Link", "/Widget"):
            yield _("the document holds annotations.")
        action = thing.get("/A")
        if sort == "/Link" and action is not None:
            address = str(action.get("/URI", ""))
            if action.get("/S") != "/URI" or not address.startswith(("https://", "http://")):
                yield _("the document holds a link that is not a web address.")
    names = [str(name) for name in list(opened.Root.Names.EmbeddedFiles.Names)[0::2]]
    if names != expected or files != len(expected) or len(opened.Root.AF) != len(expected):
        yield _("the document has other attached files than the data make.")

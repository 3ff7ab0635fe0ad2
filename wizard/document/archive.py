"""The third revision that PAdES B-LTA adds: one time stamp over everything before it, in the one spelling accepted.

ISO 32000-2, 12.8.5 has a document time stamp as the value of a signature field. The revision is a function of the file
before it and of the token alone, so a verifier writes it again and compares: nothing else can come along.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.document.broken import HASHES, Broken, Stamp
from wizard.document.keys import usable
from wizard.domain.language import _

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

#: Hex digits that a token and its certificates have room for; what is not used is zeros.
_DIGITS = 32_768
_SIGNED = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
_TOKEN = re.compile(rb"/Contents <([0-9A-F]{%d})>" % _DIGITS)
_FIELD = (
    b"<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Time)\n/TU (Time stamp over the signed document)\n"
    b"/F 132\n/Rect [-9999 -9999 -9999 -9999]\n/P %d 0 R\n/V %d 0 R\n>>"
)
_VALUE = b"%d 0 obj\n<<\n/Type /DocTimeStamp\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.RFC3161\n/ByteRange "
#: Room for the four numbers of the byte range.
_RANGE = 48
_ENTRY = b"%d 1\n%010d 00000 n \n"
_TRAILER = b"trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%s> <%s>]\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n"


def third_revision(pdf: bytes, digits: bytes) -> bytes:
    """What follows a signed file `pdf` of two revisions: the field of a time stamp whose token is `digits`.

    Raises ValueError for a file that is not laid out as ours are.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(pdf), strict=True)
    form, field = reader.root.raw_get("/AcroForm"), reader.root["/AcroForm"]["/Fields"][0]
    page, trailer = field.raw_get("/P"), reader.trailer
    number, start = int(trailer["/Size"]), len(pdf)
    objects = {
        form.idnum: _with(_written(pdf, reader, form), b"/Fields", number),
        page.idnum: _with(_written(pdf, reader, page), b"/Annots", number),
        number: _FIELD % (page.idnum, number + 1),
    }
    body, table = b"", b"xref\n0 1\n0000000000 65535 f \n"
    for each, text in sorted(objects.items()):
        table += _ENTRY % (each, start + len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (each, text)
    table += _ENTRY % (number + 1, start + len(body))
    body += _VALUE % (number + 1)
    before = start + len(body) + _RANGE + len(b"\n/Contents ")
    after = before + len(digits) + 2
    end = b"\n>>\nendobj\n"
    root, info = reader.root_ref.idnum, trailer.raw_get("/Info").idnum
    ids = [bytes(one.original_bytes).hex().encode() for one in trailer["/ID"]]
    tail = end + table + _TRAILER % (number + 2, root, info, *ids, reader.last_startxref, after + len(end))
    body += (b"[0 %d %d %d]" % (before, after, len(tail))).ljust(_RANGE)
    return body + b"\n/Contents <" + digits + b">" + tail


def _written(pdf: bytes, reader: Any, reference: Any) -> bytes:
    """An object as it stands in the file, when it stands on one line."""
    head = b"%d 0 obj\n" % reference.idnum
    at = reader.xrefs[reference.reference]
    end = pdf.find(b"\nendobj\n", at)
    if pdf[at : at + len(head)] != head or end < 0:
        raise ValueError("not laid out as ours")
    return pdf[at + len(head) : end]


def _with(written: bytes, key: bytes, number: int) -> bytes:
    """The object with one more reference at the end of its list."""
    before, found, after = written.partition(key + b" [")
    listed, closed, rest = after.partition(b"]")
    if not found or not closed or not re.fullmatch(rb"( \d+ 0 R)+ ", listed) or b"\n" in written or key in rest:
        raise ValueError("not laid out as ours")
    return before + found + listed + b"%d 0 R ]" % number + rest


def add_time_stamp(pdf: bytes, timestamper: TimeStamper, certificates: Sequence[x509.Certificate]) -> bytes:
    """The signed file with a time stamp over all of it. `certificates` are those that came along with the signature.

    Raises `NoTimeStamp`, OSError, and ValueError for a token that is not of the kind that is accepted.
    """
    covered = _covered(pdf, third_revision(pdf, b"0" * _DIGITS))
    answer = asyncio.run(timestamper.async_timestamp(hashlib.sha256(covered).digest(), "sha256"))
    digits = _spelled(answer["content"], certificates).hex().upper().encode().ljust(_DIGITS, b"0")
    return pdf + third_revision(pdf, digits)


def check(pdf: bytes, signed_ends: int, certificates: Sequence[x509.Certificate]) -> Stamp:
    """Rules 2 and 4 for the third revision, and what it says. Raises `Broken`, and what parsers raise."""
    signed, added = pdf[:signed_ends], pdf[signed_ends:]
    found = _TOKEN.search(added)
    if found is None or third_revision(signed, found[1]) != added:
        raise Broken(2, _("the file was changed after signing: its third revision is more than a time stamp."))
    written = bytes.fromhex(found[1].decode("ascii"))
    data = cms.ContentInfo.load(written)["content"]
    spelled = _spelled(data, certificates)
    if written[: len(spelled)] != spelled or written[len(spelled) :].strip(b"\0"):
        raise Broken(4, _("the time stamp over the document is not spelled as Attestry writes it."))
    return _holds(data, _covered(signed, added))


def _covered(signed: bytes, added: bytes) -> bytes:
    """All bytes but the token between its brackets, brackets included."""
    found = _TOKEN.search(added)
    if found is None:
        raise ValueError("the token does not fit")
    return signed + added[: found.start(1) - 1] + added[found.end(1) + 1 :]


def _spelled(data: cms.SignedData, certificates: Sequence[x509.Certificate]) -> bytes:
    """A token in its one spelling: nothing unsigned, and of its certificates only those that the signature came with.

    Version, list of digests and certificates lie outside of what the authority signed (RFC 5652, 5.1).
    """
    (info,) = data["signer_infos"]
    proved = {one.public_bytes(Encoding.DER) for one in certificates}
    kept = sorted({one.chosen.dump() for one in data["certificates"]} & proved)
    content = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [info["digest_algorithm"].copy()],
            "encap_content_info": data["encap_content_info"].copy(),
            "certificates": [asn1.Certificate.load(one) for one in kept],
            "signer_infos": [cms.SignerInfo({name: info[name].copy() for name in _SIGNED})],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _holds(data: cms.SignedData, covered: bytes) -> Stamp:
    """The time that a token says for the bytes that it covers. Raises `Broken`."""
    from pyhanko.sign.general import extract_certificate_info
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko_certvalidator import ValidationContext

    (info,) = data["signer_infos"]
    named, mine = info["sid"].chosen, extract_certificate_info(data).signer_cert
    certificate = x509.load_der_x509_certificate(mine.dump())
    status = asyncio.run(
        validate_tst_signed_data(
            data,
            ValidationContext(trust_roots=[mine], allow_fetching=False),
            lambda algorithm: hashlib.new(algorithm, covered).digest(),
        )
    )
    imprint = data["encap_content_info"]["content"].parsed["message_imprint"]["hash_algorithm"]["algorithm"].native
    if (
        not (status["intact"] and status["valid"] and usable(certificate.public_key()))
        or imprint not in HASHES
        or info["digest_algorithm"]["algorithm"].native not in HASHES
        or info["version"].native != "v1"
        or (named["issuer"].dump(), named["serial_number"].native) != (mine.issuer.dump(), mine.serial_number)
    ):
        raise Broken(4, _("the time stamp over the document does not fit it."))
    others = tuple(x509.load_der_x509_certificate(one.chosen.dump()) for one in data["certificates"])
    return Stamp(status["timestamp"], certificate, others)

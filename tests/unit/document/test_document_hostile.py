"""What published attacks on signed PDFs do, on a file of ours: saved again, signed otherwise, wrapped, hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from document_samples import Made
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata
from test_document_verify import signed_again

from wizard.document import sign
from wizard.document.lines import LineState
from wizard.document.verify import Outcome, verify

Attack = Callable[[Made], bytes]


def saved_again(
    made: Made, objects: dict[int, bytes], more: bytes = b"", *, table: bool = True, end: bool = True
) -> bytes:
    """One more revision by hand: these objects in place of those of the same numbers."""
    out, places = bytearray(made.pdf), {}
    for number, text in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    at = len(out)
    if table:
        out += b"xref\n0 1\n0000000000 65535 f \n"
        out += b"".join(b"%d 1\n%010d 00000 n \n" % place for place in sorted(places.items()))
        previous = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", made.pdf)[1]
        out += b"trailer\n<< /Size 900 /Root 1 0 R /Prev %s %s >>\n" % (previous, more)
    return bytes(out) + (b"startxref\n%d\n%%%%EOF\n" % at if end else b"")


def page(made: Made) -> dict[int, bytes]:
    """The first page with another content."""
    found = re.search(rb"\n(\d+) 0 obj\n(<< /Annots \[.*?/Type /Page >>)\nendobj", made.pdf)
    return {int(found[1]): found[2].replace(b"/Contents", b"/Contempt")}


def value(made: Made, old: bytes, new: bytes) -> dict[int, bytes]:
    """The signature's value with something in it replaced."""
    numbers = re.findall(rb"\n(\d+) 0 obj\n", made.pdf[: made.pdf.rindex(b"/Contents <")])
    start = made.pdf.rindex(b"\n%s 0 obj\n" % numbers[-1])
    text = made.pdf[start : made.pdf.index(b"\nendobj", start)].split(b"obj\n", 1)[1]
    return {int(numbers[-1]): re.sub(old, new, text)}


RANGE, CONTENTS = rb"/ByteRange \[[^\]]*\]", rb"/Contents <[^>]*>"


def in_place(made: Made, change: Callable[[list[int]], list[int]]) -> bytes:
    """Other numbers in the byte range, in the same room."""
    found = re.search(RANGE, made.pdf)
    numbers = [int(number) for number in re.findall(rb"\d+", found[0])]
    new = b"/ByteRange [%s]" % b" ".join(b"%d" % number for number in change(numbers))
    return made.pdf.replace(found[0], new.ljust(len(found[0])))


def wrapped(made: Made) -> bytes:
    """New objects in the gap, which is made wider."""
    numbers = [int(number) for number in re.findall(rb"\d+", re.search(RANGE, made.pdf)[0])]
    more = b"".join(b"%d 0 obj\n%s\nendobj\n" % one for one in page(made).items())
    wider = in_place(made, lambda n: [n[0], n[1], n[2] + len(more), n[3]])
    return wider[: numbers[2]] + more + wider[numbers[2] :]


def signed_otherwise(made: Made, **how: object) -> bytes:
    """By the holder of the key, in a way that Attestry never signs."""
    usual = {"md_algorithm": "sha256", "certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}
    wanted = {"field_name": sign.FIELD, "subfilter": SigSeedSubFilter.PADES, **usual, **how}
    out = BytesIO()
    signer = sign._Signer(
        PdfSignatureMetadata(**wanted), signer=sign._signer(made.key), stamp_style=sign._DrawnOnThePage()
    )
    signer.sign_pdf(sign._Appending(BytesIO(made.unsigned)), output=out, existing_fields_only=True)
    return out.getvalue()


def script_among_the_names(pdf: pikepdf.Pdf) -> None:
    """A dictionary in a dictionary in the catalogue."""
    pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array())


def script_in_the_outline(pdf: pikepdf.Pdf) -> None:
    """An action that is no annotation's."""
    pdf.Root.Outlines.First.A = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def other_data(made: Made, old: bytes, new: bytes) -> bytes:
    """Other data with the digest that fits them, signed by the holder of the key."""

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.Root.Names.EmbeddedFiles.Names[1].EF.F
        before = stream.read_bytes()
        after = before.replace(old, new, 1)
        assert after != before
        stream.write(after)
        digests = [sha256(data).hexdigest().encode() for data in (before, after)]
        pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(*digests))

    return signed_again(made, change)


DATA = {
    "a key that nobody knows": (b'"valid_until"', b'"unknown":1,"valid_until"'),
    "what is left out elsewhere": (b'"valid_until"', b'"summary":false,"valid_until"'),
    "another word for a state": (b'"mark":"', b'"mark":"very-'),
    "a number as text": (b'"layout":1', b'"layout":"1"'),
    "a day that is none": (b'"valid_until":"', b'"valid_until":"2027-02-30T'),
    "half a character": (b'"place":"', b'"place":"\\ud800'),
    "one name twice": (b'"layout":1', b'"layout":1,"layout":1'),
}
HOSTILE: dict[str, Attack] = {
    "objects without a table": lambda made: saved_again(made, page(made), table=False),
    "no end": lambda made: saved_again(made, page(made), end=False),
    "another page": lambda made: saved_again(made, page(made)),
    "an empty table": lambda made: saved_again(made, {}),
    "a hybrid table": lambda made: saved_again(made, {}, b"/XRefStm 10"),
    "an encrypted trailer": lambda made: saved_again(made, {}, b"/Encrypt 5 0 R"),
    "the first end again": lambda made: made.pdf[: made.pdf.rindex(b"startxref")] + b"startxref\n9\n%%EOF\n",
    "no range": lambda made: saved_again(made, value(made, RANGE, b"")),
    "a null range": lambda made: saved_again(made, value(made, RANGE, b"/ByteRange null")),
    "no signature in its place": lambda made: saved_again(made, value(made, CONTENTS, b"/Contents <00>")),
    "a null signature": lambda made: saved_again(made, value(made, CONTENTS, b"/Contents null")),
    "six numbers": lambda made: in_place(made, lambda n: [0, 1, 2, 3, 4, 5]),
    "from the second byte": lambda made: in_place(made, lambda n: [1, *n[1:]]),
    "a wider gap": lambda made: in_place(made, lambda n: [0, n[1] - 10, *n[2:]]),
    "an overlap": lambda made: in_place(made, lambda n: [0, n[1], n[1] - 5, len(made.pdf) - n[1] + 5]),
    "wrapped": wrapped,
    "forms may be filled": lambda made: signed_otherwise(made, docmdp_permissions=MDPPerm.FILL_FORMS),
    "notes may be added": lambda made: signed_otherwise(made, docmdp_permissions=MDPPerm.ANNOTATE),
    "approved, not certified": lambda made: signed_otherwise(made, certify=False),
    "a weak digest": lambda made: signed_otherwise(made, md_algorithm="sha1"),
    "an older kind of signature": lambda made: signed_otherwise(made, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
    **{name: partial(other_data, old=old, new=new) for name, (old, new) in DATA.items()},
    "a script among the names": lambda made: signed_again(made, script_among_the_names),
    "a script in the outline": lambda made: signed_again(made, script_in_the_outline),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_published_attack_is_taken_for_the_original(little, attack):
    changed = HOSTILE[attack](little)
    assert changed != little.pdf
    found = verify(changed)
    assert found.outcome is Outcome.ALTERED
    assert found.integrity.state is LineState.BAD
    assert found.integrity.sentence


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no PDF"),
        (b"PK\x03\x04", "is no PDF"),
        (b"junk %PDF-1.7\n", "before the beginning"),
        (b"%PDF-2.0\n", "another version"),
        (b"%PDF-1.7\n%%EOF\n", "after the end"),
    ],
)
def test_files_of_others_are_named_for_what_they_are(data, why):
    assert why in verify(data).integrity.sentence

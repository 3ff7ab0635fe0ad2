"""A PDF whose words nobody can tell is never one that was read: fonts without names, pictures of words, passwords."""

import io

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from wizard.formats.text import NoText, pdf_text

FONT = {
    "no map": "/Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [ << /Type /Font"
    " /Subtype /CIDFontType2 /BaseFont /Odd"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >> ]",
    "numbered shapes": "/Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 65"
    " /LastChar 66 /Widths [9 9] /CharProcs << >> /Encoding << /Type /Encoding /Differences [65 /g1 /g2] >>",
    "shapes only": "/Type /Font /Subtype /TrueType /BaseFont /ODD+Odd /FontDescriptor << /Type /FontDescriptor"
    " /FontName /ODD+Odd /Flags 4 /FontFile2 null2 >>",
    "winansi": "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding",
    "named letters": "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding"
    " /Differences [65 /A /B] >>",
}


def drawn(words: str = "token", picture: bool = False) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pageCompression=1)
    if words:
        page.drawString(72, 700, words)
    if picture:
        page.drawImage(ImageReader(Image.new("RGB", (4, 4))), 10, 10)
    page.showPage()
    page.save()
    return out.getvalue()


def saved(pdf: pikepdf.Pdf, **how) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def in_font(kind: str) -> bytes:
    pdf = pikepdf.open(io.BytesIO(drawn("AB")))
    font = pikepdf.Object.parse(f"<< {FONT[kind].replace('null2', 'null')} >>".encode())
    if kind == "shapes only":
        font.FontDescriptor.FontFile2 = pdf.make_stream(b"shapes")
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font":
            for key in list(each.keys()):
                del each[key]
            for key, value in font.items():
                each[key] = value
    return saved(pdf)


@pytest.mark.parametrize("kind", ["no map", "numbered shapes", "shapes only"])
def test_letters_that_are_only_shapes_were_not_read(kind):
    assert not pdf_text(in_font(kind)).whole


@pytest.mark.parametrize("kind", ["winansi", "named letters"])
def test_letters_that_are_named_were_read(kind):
    text = pdf_text(in_font(kind))
    assert text.whole
    assert "AB" in text.words


def test_a_page_that_is_only_a_picture_was_not_read():
    assert not pdf_text(drawn("", picture=True)).whole
    assert pdf_text(drawn("words", picture=True)).whole
    assert pdf_text(drawn("")).whole


def test_a_password_is_said_and_an_empty_one_is_none():
    pdf = pikepdf.open(io.BytesIO(drawn()))
    with pytest.raises(NoText):
        pdf_text(saved(pdf, encryption=pikepdf.Encryption(user="u", owner="o")))
    assert "token" in pdf_text(saved(pdf, encryption=pikepdf.Encryption(user="", owner="o"))).words


def test_packed_objects_attachments_and_addresses_are_read():
    out = io.BytesIO()
    page = canvas.Canvas(out, pageCompression=1)
    page.drawString(72, 700, "token")
    page.linkURL("https://api.example/?key=abc", (0, 0, 100, 100))
    page.save()
    pdf = pikepdf.open(io.BytesIO(out.getvalue()))
    pdf.attachments["notes.txt"] = b"attached words"
    text = pdf_text(saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate))
    assert "token" in text.words
    assert "https://api.example/?key=abc" in text.words
    assert [(file.name, file.content) for file in text.attached] == [("notes.txt", "YXR0YWNoZWQgd29yZHM=")]
    assert text.whole

"""The words in a document, for what only words can tell: plain text and the text of PDF pages.

Runs in the limited child only. Pictures are not read, and what shows the result says so.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import media_type

MAX_BYTES = 64 * 1024 * 1024
_MAX_PAGES = 1000
_MAX_CHARACTERS = 5_000_000
#: A page with fewer signs that nobody can tell has been read: no secret is shorter.
_SIGNS = 8
_MAX_ATTACHED = 16 * 1024 * 1024


class NoText(Mistake):
    """A document whose words cannot be read here, with the reason."""


def extract(data: bytes) -> str:
    """The words of a plain-text or PDF document, at most five million characters. Raises `NoText`."""
    if len(data) > MAX_BYTES:
        raise NoText(_("This file is larger than 64 MB, so its words were not read. It is kept as evidence."))
    match media_type(data[:4096]):
        case "application/pdf":
            return _pdf(data)
        case "text/plain" | "application/json" | "application/xml" | "text/html":
            return decoded(data)[:_MAX_CHARACTERS]
        case _:
            raise NoText(_("The words of this kind of file are not read. It is kept as evidence."))


@dataclass(frozen=True, slots=True)
class PdfText:
    """Everything of a PDF that is text: the words of its pages, its metadata, and whether that was all.

    `whole`: False when it is too long, when letters are drawn with a font that does not say which they are, or when a
    page is nothing but pictures. `pictures`: it holds pictures, which nobody reads here. `attached`: the files in it.
    """

    words: str
    metadata: str
    whole: bool
    pictures: bool
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that lies in a PDF, in Base64."""

    name: str
    content: str


def pdf_text(data: bytes) -> PdfText:
    """The words and metadata of a PDF, notes and form fields included. Raises `NoText`."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            document.init_forms()
            words, length, pictures, whole = [], 0, False, len(document) <= _MAX_PAGES
            for number in range(min(len(document), _MAX_PAGES)):
                page = document[number]
                text = page.get_textpage()
                drawn = text.get_text_bounded()
                said = drawn + "\n" + "\n".join((*_notes(page.raw), *_links(document.raw, page.raw)))
                pictured = any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
                pictures = pictures or pictured
                whole = whole and _told(text) and bool(drawn.strip() or not pictured)
                length += len(said)
                if length > _MAX_CHARACTERS:
                    whole = False
                    break
                words.append(said)
            metadata = "\n".join(f"{key}: {value}" for key, value in document.get_metadata_dict().items() if value)
            attached, all_of_them = _attached(document)
            whole = whole and all_of_them and _fonts_told(data)
            return PdfText("\n".join(words), metadata, whole, pictures, attached)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise NoText(
            _("This PDF is damaged or protected by a password, so its words were not read. It is kept as evidence.")
        ) from error


def _notes(page: Any) -> Iterator[str]:
    """The contents and values of a page's annotations: comments, and what stands in form fields."""
    import ctypes

    import pypdfium2.raw as raw

    for number in range(min(raw.FPDFPage_GetAnnotCount(page), 10_000)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        for key in (b"Contents", b"V"):
            size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
            if 2 < size <= 2 * _MAX_CHARACTERS:
                buffer = ctypes.create_string_buffer(size)
                raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
                yield buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")
        raw.FPDFPage_CloseAnnot(annotation)


def _links(document: Any, page: Any) -> Iterator[str]:
    """The addresses that a page leads to."""
    import ctypes

    import pypdfium2.raw as raw

    link, place = raw.FPDF_LINK(), ctypes.c_int(0)
    for _n in range(10_000):
        if not raw.FPDFLink_Enumerate(page, place, link):
            return
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if 1 < size <= _MAX_CHARACTERS:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, buffer, size)
            yield buffer.raw.decode("utf-8", "replace").rstrip("\x00")


def _told(page: Any) -> bool:
    """False when a page draws letters with a font that does not say which they are; single signs are no words."""
    import pypdfium2.raw as raw

    strange = sum(each == "\ufffd" or "\ue000" <= each <= "\uf8ff" for each in page.get_text_range())
    strange += sum(raw.FPDFText_HasUnicodeMapError(page.raw, n) for n in range(min(page.count_chars(), 200_000)))
    return bool(strange < _SIGNS)


_NAMED = ("/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding")
_NUMBERED = re.compile(r"/(?:[A-Za-z]{1,5}\d+|\.notdef)\Z")


def _fonts_told(data: bytes) -> bool:
    """False when a font says of its letters only where their shapes lie: what is read in it is a guess.

    ISO 32000-1, 9.10.2: which characters are meant follows from a ToUnicode map, a named encoding, or glyph names.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            fonts = (each for each in pdf.objects if isinstance(each, pikepdf.Dictionary))
            return all(_font_told(each) for each in fonts if each.get("/Type") == "/Font")
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError):
        return False


def _font_told(font: Any) -> bool:
    import pikepdf

    kind, encoding = str(font.get("/Subtype")), font.get("/Encoding")
    if "/ToUnicode" in font or kind in ("/CIDFontType0", "/CIDFontType2"):  # the latter are parts of another font
        return True
    if kind == "/Type0":
        return isinstance(encoding, pikepdf.Name) and not str(encoding).startswith("/Identity")
    shapes = kind == "/Type3" or "/FontFile2" in font.get("/FontDescriptor", {})  # Type 1 fonts name their letters
    if isinstance(encoding, pikepdf.Dictionary):
        names = [str(each) for each in encoding.get("/Differences", []) if isinstance(each, pikepdf.Name)]
        based = str(encoding.get("/BaseEncoding")) in _NAMED or not shapes or bool(names)
        return based and not any(_NUMBERED.match(each) and not each.startswith("/uni") for each in names)
    return str(encoding) in _NAMED or not shapes


def _attached(document: Any) -> tuple[tuple[Attached, ...], bool]:
    """The files in a PDF, 16 MB of them at most, and whether those are all."""
    import pypdfium2

    files: list[Attached] = []
    left, whole = _MAX_ATTACHED, True
    for number in range(document.count_attachments()):
        try:
            attachment = document.get_attachment(number)
            content = bytes(attachment.get_data())
        except (pypdfium2.PdfiumError, ValueError):
            whole = False
            continue
        left -= len(content)
        if left < 0 or number >= 1000:
            return tuple(files), False
        files.append(Attached(attachment.get_name(), b64encode(content).decode("ascii")))
    return tuple(files), whole


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-16 with its mark, UTF-8, else Latin-1; characters that cannot be read are replaced."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:  # cut in the middle of the last character
            return data.decode("utf-8-sig", "ignore")
        return data.decode("latin-1")


def _pdf(data: bytes) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            out: list[str] = []
            length = 0
            for number in range(min(len(document), _MAX_PAGES)):
                words = document[number].get_textpage().get_text_bounded()
                length += len(words)
                if length > _MAX_CHARACTERS:
                    break
                out.append(words)
            return "\n".join(out)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise NoText(
            _("This PDF is damaged or protected by a password, so its words were not read. It is kept as evidence.")
        ) from error

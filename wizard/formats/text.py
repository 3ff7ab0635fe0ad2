"""The words in a document, for what only words can tell: plain text and the text of PDF pages.

Runs in the limited child only. Pictures are not read, and what shows the result says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import media_type

MAX_BYTES = 64 * 1024 * 1024
_MAX_PAGES = 1000
_MAX_CHARACTERS = 5_000_000


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

    `pictures`: it holds pictures, which nobody reads here.
    """

    words: str
    metadata: str
    whole: bool
    pictures: bool


def pdf_text(data: bytes) -> PdfText:
    """The words and metadata of a PDF, notes and form fields included. Raises `NoText`."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            document.init_forms()
            words, length, pictures = [], 0, False
            pages = min(len(document), _MAX_PAGES)
            for number in range(pages):
                page = document[number]
                said = page.get_textpage().get_text_bounded() + "\n" + "\n".join(_notes(page.raw))
                pictures = pictures or any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
                length += len(said)
                if length > _MAX_CHARACTERS:
                    pages = number
                    break
                words.append(said)
            metadata = "\n".join(f"{key}: {value}" for key, value in document.get_metadata_dict().items() if value)
            return PdfText("\n".join(words), metadata, pages == len(document), pictures)
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

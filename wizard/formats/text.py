"""The words in a document, for what only words can tell: plain text and the text of PDF pages.

Runs in the limited child only. Pictures are not read, and what shows the result says so.
"""

from __future__ import annotations

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

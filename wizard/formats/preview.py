"""Draws a piece of evidence small enough to look at: PNG, JPEG, PDF pages and text; never SVG, never HTML.

Runs in the limited child only. At most 40 megapixels are decoded, from at most 64 MB.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import media_type
from wizard.formats.text import decoded

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 40_000_000
_MAX_TEXT = 200_000


class NoPreview(Mistake):
    """Something that is not shown here, with the reason."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview: `kind` is "image" (PNG bytes of `width` x `height`) or "text" (UTF-8); `pages` counts PDF pages."""

    kind: str
    pages: int
    width: int
    height: int
    data: bytes


def render(data: bytes, page: int, width: int) -> Shown:
    """The preview of `data`, PDF page `page` (from 0), at most `width` pixels wide. Raises `NoPreview`."""
    if len(data) > MAX_BYTES:
        raise NoPreview(_("This file is larger than 64 MB, so it is not previewed. Export a copy to look at it."))
    width = max(64, min(width, 2400))
    match media_type(data[:4096]):
        case "application/pdf":
            return _pdf(data, page, width)
        case "image/png" | "image/jpeg":
            return _image(data, width)
        case "text/plain" | "application/json" | "application/xml" | "text/html":
            text = decoded(data[: _MAX_TEXT * 4])[:_MAX_TEXT]
            return Shown("text", 1, 0, 0, text.encode())
        case _:
            raise NoPreview(_("This kind of file is kept as evidence but not shown here. Export a copy to look at it."))


def _image(data: bytes, width: int) -> Shown:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                image.draft("RGB", (width * 2, width * 2))
                image.thumbnail((width, width * 4))
                return _png(ImageOps.exif_transpose(image).convert("RGBA"))  # as it was held, as everywhere else
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPreview(
            _("This picture is damaged or larger than 40 megapixels. It is kept as it is; export a copy to look at it.")
        ) from error


def _pdf(data: bytes, page: int, width: int) -> Shown:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = len(document)
            sheet = document[max(0, min(page, pages - 1))]
            wide, high = sheet.get_size()
            scale = min(width / max(wide, 1), (MAX_PIXELS / max(wide * high, 1)) ** 0.5)
            image = sheet.render(scale=scale, may_draw_forms=False).to_pil()
            shown = _png(image)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
        raise NoPreview(
            _("This PDF is damaged or protected by a password. It is kept as it is; export a copy to look at it.")
        ) from error
    return Shown("image", pages, shown.width, shown.height, shown.data)


def _png(image: object) -> Shown:
    from PIL import Image

    if not isinstance(image, Image.Image):
        raise TypeError("not a picture")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return Shown("image", 1, image.width, image.height, out.getvalue())

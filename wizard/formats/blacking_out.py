"""Blacks out parts of a picture or a text for good: what was there is not in the bytes that come out.

Runs in the limited child only. A picture comes out as its pixels alone, on white: no metadata, no transparency, no
second frame, no thumbnail. A text comes out as UTF-8; words that were marked once are blacked out wherever they stand.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import HEAD, media_type
from wizard.formats.preview import MAX_BYTES, MAX_PIXELS
from wizard.formats.text import decoded

#: Longer texts are not shown for marking.
MAX_CHARACTERS = 1_000_000
#: The same length whatever was there, so that it says nothing about it.
BAR = "\u2588" * 6
#: Shorter words stand everywhere by chance, so only the marked place is blacked out.
_SHORTEST_WORD = 4
#: Pixels around a mark that are blacked out too: edges of characters are blurred into their neighbours.
_MARGIN = 2
_TEXTS = ("text/plain", "application/json", "application/xml", "text/html")


class NotBlackedOut(Mistake):
    """Something that cannot be blacked out here, with the reason."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture, as fractions (0 to 1) of its width and height as it is shown."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: characters from `start` up to `end`, counted as `text_of` gives it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Burned:
    """What came out, its media type, and how many places are black in it."""

    data: bytes
    media_type: str
    places: int


def text_of(data: bytes) -> str:
    """A text as it is marked and written: one kind of line break, nothing that a text field would swallow."""
    text = decoded(data).replace("\r\n", "\n")
    for sign in "\r\u2028\u2029\x0b\x0c\x85":
        text = text.replace(sign, "\n")
    text = text.replace("\x00", "\ufffd")
    if len(text) > MAX_CHARACTERS:
        raise NotBlackedOut(
            _("This text is longer than a million characters, so it is not shown here. Cut out what you need first.")
        )
    return text


def can_be(head: bytes) -> str:
    """ "picture" or "text" for what can be blacked out, by its first bytes. Raises `NotBlackedOut` for the rest."""
    kind = media_type(head)
    if kind in ("image/png", "image/jpeg"):
        return "picture"
    if kind in _TEXTS:
        return "text"
    raise NotBlackedOut(
        _(
            "Only pictures (PNG, JPEG) and texts can be blacked out here. Take a picture of the page that you want to "
            "show, and black that out."
        )
    )


def can_be_marked(data: bytes) -> None:
    """Raises `NotBlackedOut` for a file that nobody can mark here: of another kind, too large, or too long a text."""
    if len(data) > MAX_BYTES:
        raise NotBlackedOut(_("This file is larger than 64 MB, so it cannot be blacked out here."))
    if can_be(data[:HEAD]) == "text":
        text_of(data)


def burn(data: bytes, boxes: Sequence[Box], spans: Sequence[Span]) -> Burned:
    """`data` with these parts black. Raises `NotBlackedOut`."""
    if len(data) > MAX_BYTES:
        raise NotBlackedOut(_("This file is larger than 64 MB, so it cannot be blacked out here."))
    if can_be(data[:4096]) == "picture":
        return _picture(data, boxes)
    return _text(text_of(data), spans)


def _picture(data: bytes, boxes: Sequence[Box]) -> Burned:
    from PIL import Image, ImageDraw, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    kind = "PNG" if data.startswith(b"\x89PNG") else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                image.load()
                seen = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotBlackedOut(
            _("This picture is damaged or larger than 40 megapixels, so it cannot be blacked out here.")
        ) from error
    # a transparent pixel still has a colour, and a picture of Pillow's carries what it was read from: only pixels go on
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    areas = [_pixels(box, flat.size) for box in boxes]
    draw = ImageDraw.Draw(flat)
    for left, top, right, bottom in areas:
        draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    for area in areas:
        if flat.crop(area).getextrema() != ((0, 0), (0, 0), (0, 0)):
            raise NotBlackedOut(_("A part did not come out black. Nothing was sealed. Mark it again."))
    out = io.BytesIO()
    if kind == "PNG":
        flat.save(out, "PNG")
    else:
        flat.save(out, "JPEG", quality=90, subsampling=0)
    return Burned(out.getvalue(), f"image/{kind.lower()}", len(areas))


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The whole pixels that a box touches, and a margin. Raises `NotBlackedOut` for a box that is none."""
    wide, high = size
    numbers = (box.left, box.top, box.right, box.bottom)
    if not all(math.isfinite(number) for number in numbers) or box.left >= box.right or box.top >= box.bottom:
        raise NotBlackedOut(_("A mark has no area. Nothing was sealed. Mark it again."))
    left = max(0, math.floor(box.left * wide) - _MARGIN)
    top = max(0, math.floor(box.top * high) - _MARGIN)
    right = min(wide, math.ceil(box.right * wide) + _MARGIN)
    bottom = min(high, math.ceil(box.bottom * high) + _MARGIN)
    if left >= right or top >= bottom:
        raise NotBlackedOut(_("A mark lies outside the picture. Nothing was sealed. Mark it again."))
    return left, top, right, bottom


def _text(text: str, spans: Sequence[Span]) -> Burned:
    if any(not 0 <= span.start < span.end <= len(text) for span in spans):
        raise NotBlackedOut(_("A mark lies outside the text. Nothing was sealed. Mark it again."))
    found = [(span.start, span.end) for span in spans]
    for word in {text[span.start : span.end].strip() for span in spans}:
        if len(word) >= _SHORTEST_WORD:
            at = text.find(word)
            while at >= 0:
                found.append((at, at + len(word)))
                at = text.find(word, at + 1)
    out, upto, places = [], 0, 0
    for start, end in _joined(found):
        out += [text[upto:start], BAR]
        upto, places = end, places + 1
    out.append(text[upto:])
    return Burned("".join(out).encode("utf-8", "replace"), "text/plain", places)


def _joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlapping and touching ones made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

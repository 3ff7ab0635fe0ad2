"""Chooses a font for every character, refuses characters that no font can draw, and counts what a document uses."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from wizard.document.faces import Face, face
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake


class Weight(Enum):
    """The three hands that the document is set in."""

    REGULAR = "regular"
    BOLD = "bold"
    MONO = "mono"


class MissingGlyph(Mistake):
    """A text holds a character that none of the document's fonts can draw."""

    def __init__(self, text: str, character: str) -> None:
        self.text = text
        self.character = character
        shown = text if len(text) <= 80 else text[:79] + "…"
        name = unicodedata.name(character, "") if len(character) == 1 else ""
        super().__init__(
            _(
                "The text “{text}” holds the character {code} ({name}), which no font of the document can draw. "
                "The PDF was not made, so that nothing in it is blank. Replace that character and export again."
            ).format(text=shown, code=f"U+{ord(character):04X}", name=name.lower() or _("without a name"))
        )


_LATIN = {
    Weight.REGULAR: "NotoSans-Regular.ttf",
    Weight.BOLD: "NotoSans-Bold.ttf",
    Weight.MONO: "NotoSansMono-Regular.ttf",
}


@dataclass(frozen=True, slots=True)
class _Fallback:
    """A font for a script: whether it has a bold, and whether its letters must be shaped by HarfBuzz."""

    name: str
    bold: bool = False
    shaped: bool = False

    def file(self, weight: Weight) -> str:
        if not self.name.startswith("NotoSans"):
            return f"{self.name}.ttf"
        return f"{self.name}-{'Bold' if self.bold and weight is Weight.BOLD else 'Regular'}.ttf"


#: Tried in this order; Latin, Greek and Cyrillic are in Noto Sans itself.
_FALLBACKS = (
    _Fallback("NotoSansArabic", bold=True, shaped=True),
    _Fallback("NotoSansHebrew", bold=True, shaped=True),
    _Fallback("NotoSansThai", bold=True, shaped=True),
    _Fallback("NotoSansDevanagari", bold=True, shaped=True),
    _Fallback("NotoSansArmenian", bold=True),
    _Fallback("NotoSansGeorgian", bold=True),
    _Fallback("NotoSansBengali", shaped=True),
    _Fallback("NotoSansTamil", shaped=True),
    _Fallback("NotoSansTelugu", shaped=True),
    _Fallback("NotoSansGujarati", shaped=True),
    _Fallback("NotoSansGurmukhi", shaped=True),
    _Fallback("NotoSansKannada", shaped=True),
    _Fallback("NotoSansMalayalam", shaped=True),
    _Fallback("NotoSansSinhala", shaped=True),
    _Fallback("NotoSansKhmer", shaped=True),
    _Fallback("NotoSansLao", shaped=True),
    _Fallback("NotoSansMyanmar", shaped=True),
    _Fallback("NotoSansEthiopic"),
    _Fallback("NanumGothic"),
    _Fallback("DroidSansFallbackFull"),
    _Fallback("NotoSansSymbols"),
    _Fallback("NotoSansSymbols2"),
    _Fallback("NotoSansMath"),
    _Fallback("DejaVuSans"),
    _Fallback("Symbola"),
)
#: The scripts that the shipped fonts draw, for the manual and the tests.
SCRIPTS = (
    "Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari", "Bengali", "Gurmukhi",
    "Gujarati", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic",
    "Han", "Hiragana", "Katakana", "Hangul",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph to draw: its number in the document's font, advance and offsets in thousandths, and its text.

    `text` is what a reader copies; "" for further glyphs of the same cluster.
    """

    cid: int
    advance: float
    dx: float
    dy: float
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font in drawing order. `simple`: every glyph is one character, without offsets."""

    font: Used
    glyphs: tuple[Glyph, ...]
    text: str
    width: float
    simple: bool
    right_to_left: bool = False


@dataclass(eq=False, slots=True)
class Used:
    """What one document uses of one face: each pair of glyph and text gets its own CID, counted from 1."""

    face: Face
    resource: str
    cids: dict[tuple[int, str], int] = field(default_factory=dict)

    def cid(self, glyph: int, text: str) -> int:
        """The number under which the document's font holds this glyph with this text."""
        return self.cids.setdefault((glyph, text), len(self.cids) + 1)


class Fonts:
    """The fonts of one document being made: sets text as runs of glyphs and remembers what was used."""

    def __init__(self) -> None:
        self.used: dict[str, Used] = {}
        self._cache: dict[tuple[str, Weight, bool], tuple[Run, ...]] = {}

    def set(self, text: str, weight: Weight, right_to_left: bool = False) -> tuple[Run, ...]:
        """A word (or a part of one) as runs in drawing order. Raises `MissingGlyph`."""
        key = (text, weight, right_to_left)
        found = self._cache.get(key)
        if found is None:
            pieces = _by_font(text, weight)
            if right_to_left:
                pieces.reverse()
            found = tuple(self._run(name, part, shaped, right_to_left) for name, part, shaped in pieces)
            self._cache[key] = found
        return found

    def _use(self, file_name: str) -> Used:
        if file_name not in self.used:
            self.used[file_name] = Used(face(file_name), f"F{len(self.used) + 1}")
        return self.used[file_name]

    def _run(self, file_name: str, text: str, shaped: bool, right_to_left: bool) -> Run:
        used = self._use(file_name)
        if not shaped and not right_to_left:  # brackets are mirrored by the shaper
            glyphs = []
            for character in text:
                if invisible(character):
                    continue
                glyph = used.face.glyphs[ord(character)]
                glyphs.append(Glyph(used.cid(glyph, character), used.face.width(glyph), 0.0, 0.0, character))
            return Run(used, tuple(glyphs), text, sum(g.advance for g in glyphs), simple=True)
        placed = used.face.shape(text, right_to_left)
        starts = sorted({cluster for _glyph, cluster, *_rest in placed})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        seen: set[int] = set()
        glyphs = []
        for glyph, cluster, advance, dx, dy in placed:
            if glyph == 0:
                raise MissingGlyph(text, text[cluster])
            part = "" if cluster in seen else text[cluster : ends[cluster]]
            seen.add(cluster)
            glyphs.append(Glyph(used.cid(glyph, part), advance, dx, dy, part))
        return Run(used, tuple(glyphs), text, sum(g.advance for g in glyphs), simple=False, right_to_left=right_to_left)


def spelled(text: str) -> str:
    """`text` with every character that no font can draw written as its number.

    For what a host sent: nobody can type that again, and a stranger's header must not stop the export. What people
    wrote is refused by name instead.
    """
    if text.isascii():
        return text
    return "".join(c if _font_of(c, Weight.REGULAR) or c.isspace() else f"[U+{ord(c):04X}]" for c in text)


def invisible(character: str) -> bool:
    """True for characters without a picture of their own: joiners, variation selectors, the soft hyphen, tags."""
    code = ord(character)
    return (
        code in (0x00AD, 0x034F, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
        or 0xFE00 <= code <= 0xFE0F
        or 0x180B <= code <= 0x180D
        or 0xE0000 <= code <= 0xE0FFF
    )


def _by_font(text: str, weight: Weight) -> list[tuple[str, str, bool]]:
    """`text` in logical order as (font file, part, must be shaped)."""
    pieces: list[tuple[str, str, bool]] = []
    for character in text:
        if pieces and (invisible(character) or unicodedata.combining(character)):
            name, part, shaped = pieces[-1]
            if invisible(character) or ord(character) in face(name).glyphs:
                # Marks are placed by the font's own tables.
                pieces[-1] = (name, part + character, shaped or bool(unicodedata.combining(character)))
                continue
        found = _font_of(character, weight)
        if found is None:
            raise MissingGlyph(text, character)
        name, shaped = found
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character, pieces[-1][2] or shaped)
        else:
            pieces.append((name, character, shaped))
    return pieces


@cache
def _font_of(character: str, weight: Weight) -> tuple[str, bool] | None:
    code = ord(character)
    latin = _LATIN[weight]
    if code in face(latin).glyphs or invisible(character):
        return latin, bool(unicodedata.combining(character))
    if weight is Weight.MONO and code in face(_LATIN[Weight.REGULAR]).glyphs:
        return _LATIN[Weight.REGULAR], bool(unicodedata.combining(character))
    for fallback in _FALLBACKS:
        name = fallback.file(weight)
        if code in face(name).glyphs:
            return name, fallback.shaped
    return None

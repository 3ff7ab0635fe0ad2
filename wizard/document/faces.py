"""Reads a TrueType font: what it draws, how wide that is, and the small part of it that a document needs."""

from __future__ import annotations

import struct
from functools import cache
from hashlib import sha256
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFile

from wizard.resources import asset

_COMPOSITE_WORDS, _COMPOSITE_MORE = 0x0001, 0x0020
#: how many bytes a part's scale takes: one number, two, or a matrix
_COMPOSITE_SIZES = ((0x0008, 2), (0x0040, 4), (0x0080, 8))
#: what a PDF reader needs of a TrueType font with its own CID map (ISO 32000-1, 9.9)
_KEPT_TABLES = ("cvt ", "fpgm", "prep")


class Face:
    """One font file, read once. Widths, bounding box, ascent and descent are in thousandths of the type size."""

    def __init__(self, file_name: str) -> None:
        font = TTFontFile(str(asset("fonts", file_name)))
        self._font = font
        self.name: str = font.name.decode("ascii")
        self.data: bytes = asset("fonts", file_name).read_bytes()
        #: code point -> glyph
        self.glyphs: dict[int, int] = font.charToGlyph
        self.upem: int = font.unitsPerEm
        self.ascent, self.descent = round(font.ascent), round(font.descent)
        self.cap_height = round(font.capHeight)
        self.italic_angle = int(font.italicAngle)
        self.stem = round(font.stemV)
        self.box: tuple[int, ...] = tuple(round(side) for side in font.bbox)
        self._count: int = struct.unpack(">H", self._table("maxp")[4:6])[0]
        metrics = struct.unpack(">H", self._table("hhea")[34:36])[0]
        hmtx = self._table("hmtx")
        pairs = struct.unpack(f">{'Hh' * metrics}", hmtx[: metrics * 4])
        alone = self._count - metrics
        rest = struct.unpack(f">{alone}h", hmtx[metrics * 4 : metrics * 4 + alone * 2])
        # Read here and not from reportlab, which reuses the scaled advance past numberOfHMetrics (seen in 5.1.0).
        self._advances = (*pairs[0::2], *(pairs[-2],) * alone)
        self._bearings = (*pairs[1::2], *rest)
        self._shaper: Any = None

    def width(self, glyph: int) -> float:
        """The advance of a glyph in thousandths of the type size."""
        return float(self._advances[glyph] * 1000 / self.upem)

    def shape(self, text: str, right_to_left: bool) -> list[tuple[int, int, float, float, float]]:
        """Glyphs in drawing order as (glyph, first character's index, advance, x offset, y offset), by HarfBuzz."""
        import uharfbuzz as hb  # only names in complex scripts need it

        if self._shaper is None:
            self._shaper = hb.Font(hb.Face(self.data))
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if right_to_left else "ltr"
        hb.shape(self._shaper, buffer)
        k = 1000 / self.upem
        return [
            (info.codepoint, info.cluster, place.x_advance * k, place.x_offset * k, place.y_offset * k)
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    def subset(self, wanted: list[int]) -> tuple[bytes, dict[int, int]]:
        """A font with only these glyphs, their parts and .notdef; and old glyph -> new glyph."""
        old = [0]
        known = {0: 0}
        for glyph in wanted:
            if glyph not in known:
                known[glyph] = len(old)
                old.append(glyph)
        outlines: list[bytes] = []
        position = 0
        while position < len(old):  # parts of composites are appended while we walk
            outlines.append(self._outline(old[position], known, old))
            position += 1
        offsets, total = [0], 0
        for outline in outlines:
            total += len(outline)
            offsets.append(total)
        head, hhea, maxp = (bytearray(self._table(tag)) for tag in ("head", "hhea", "maxp"))
        head[8:12] = bytes(4)
        head[50:52] = struct.pack(">h", 1)
        hhea[34:36] = struct.pack(">H", len(old))
        maxp[4:6] = struct.pack(">H", len(old))
        tables = {
            "glyf": b"".join(outlines),
            "head": bytes(head),
            "hhea": bytes(hhea),
            "hmtx": b"".join(struct.pack(">Hh", self._advances[g], self._bearings[g]) for g in old),
            "loca": struct.pack(f">{len(offsets)}L", *offsets),
            "maxp": bytes(maxp),
        }
        for tag in _KEPT_TABLES:
            if tag in self._font.table:
                tables[tag] = self._table(tag)
        return _assemble(tables), known

    def tag(self, wanted: list[int]) -> str:
        """The six letters that a subset's name begins with (ISO 32000-1, 9.6.4), by its content."""
        digest = sha256(",".join(map(str, sorted(wanted))).encode()).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6])

    def _table(self, tag: str) -> bytes:
        table: bytes = self._font.get_table(tag)
        return table

    def _outline(self, glyph: int, known: dict[int, int], old: list[int]) -> bytes:
        places: tuple[int, ...] = self._places()
        outline = bytearray(self._glyf()[places[glyph] : places[glyph + 1]])
        if len(outline) >= 10 and struct.unpack(">h", outline[:2])[0] < 0:
            at, flags = 10, _COMPOSITE_MORE
            while flags & _COMPOSITE_MORE:
                flags, part = struct.unpack(">HH", outline[at : at + 4])
                if part not in known:
                    known[part] = len(old)
                    old.append(part)
                outline[at + 2 : at + 4] = struct.pack(">H", known[part])
                at += 8 if flags & _COMPOSITE_WORDS else 6
                at += next((n for flag, n in _COMPOSITE_SIZES if flags & flag), 0)
        return bytes(outline) + bytes(-len(outline) % 4)

    @cache  # noqa: B019  faces live as long as the process
    def _glyf(self) -> bytes:
        return self._table("glyf")

    @cache  # noqa: B019
    def _places(self) -> tuple[int, ...]:
        long = struct.unpack(">h", self._table("head")[50:52])[0]
        loca = self._table("loca")
        if long:
            return struct.unpack(f">{self._count + 1}L", loca[: (self._count + 1) * 4])
        return tuple(place * 2 for place in struct.unpack(f">{self._count + 1}H", loca[: (self._count + 1) * 2]))


@cache
def face(file_name: str) -> Face:
    """The face of a file in `assets/fonts`, read once a process."""
    return Face(file_name)


def _assemble(tables: dict[str, bytes]) -> bytes:
    """An sfnt file (OpenType 1.9, "Organization of an OpenType Font") from its tables, with checksums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    offset = len(header) + 16 * count
    directory, body = b"", b""
    adjustment_at = 0
    for tag in sorted(tables):
        table = tables[tag]
        directory += struct.pack(">4sLLL", tag.encode(), _checksum(table), offset, len(table))
        if tag == "head":
            adjustment_at = offset + 8
        padded = table + bytes(-len(table) % 4)
        body += padded
        offset += len(padded)
    font = bytearray(header + directory + body)
    font[adjustment_at : adjustment_at + 4] = struct.pack(">L", (0xB1B0AFBA - _checksum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}L", padded))
    return total & 0xFFFFFFFF

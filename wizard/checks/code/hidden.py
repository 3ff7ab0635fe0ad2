"""Finds texts in another form: gzip as Base64, packed words of pictures, wide letters between other bytes, escapes."""

from __future__ import annotations

import binascii
import re
import zlib
from base64 import b64decode
from collections.abc import Collection, Iterator

#: How Base64 of gzip begins, and how Base64 of that does (releases of Helm, user data of machines).
_PACKED = re.compile(rb"(?:H4sIA|SDRzSUF)[A-Za-z0-9+/]{20,}={0,2}")
#: The rule of ours by which the engine, which looks at every letter anyway, tells where one begins.
MARK = "attestry.packed"
#: The first letter stands before it: a pattern that begins with one byte is found seven times faster.
_WIDE = re.compile(rb"\x00[\x20-\x7e]\x00[\x20-\x7e]\x00[\x20-\x7e]\x00(?:[\x20-\x7e\t\r\n]\x00){9,}")
#: Printable letters that are all written as escapes: of C, JavaScript and Python, and of JSON. A pattern that begins
#: with one byte is found many times faster than one that begins with a choice.
_ESCAPED = re.compile(
    rb"\\(?:x[2-7][0-9A-Fa-f](?:\\x[2-7][0-9A-Fa-f]){7,}|u00[2-7][0-9A-Fa-f](?:\\u00[2-7][0-9A-Fa-f]){7,})"
)
#: What stands before and behind them in their line, so that a rule sees the name that a value has.
_BESIDE = 200
_PNG = b"\x89PNG\r\n\x1a\n"
#: Of one input so much is unpacked, and so many pieces.
_MOST_BYTES, _MOST_PIECES = 8 * 1024 * 1024, 200
#: A picture of 64 MB, written in small parts, has fewer.
_MOST_CHUNKS = 100_000
#: Random and packed bytes hold fewer zeros than this share of them; text of two bytes a letter holds far more.
_FEW_ZEROS = 50
#: Shorter inputs are gone through in any case.
_SHORT = 256 * 1024


class NotAll(Exception):
    """More is packed in one input than is unpacked."""


def texts(data: bytes, packed: Collection[int] = ()) -> Iterator[tuple[int, bytes]]:
    """Each such text, with the line where it stands; 0 for those between bytes, where there are no lines.

    `packed` are the places where the engine saw gzip as Base64 begin. Raises `NotAll` at the end.
    """
    left, end, places = _MOST_BYTES, 0, sorted(set(packed))
    for start in places[:_MOST_PIECES]:
        found = _PACKED.match(data, start) if start >= end else None
        if found is not None:
            end = found.end()
            text = _unpacked(found[0], left)
            left -= len(text)
            if text:
                yield data.count(b"\n", 0, start) + 1, text
    if data.startswith(_PNG):
        for text in _png_texts(data):
            left -= len(text)
            yield 0, text
            if left <= 0:
                break
    if b"\x00" in data and (len(data) < _SHORT or data.count(0) * _FEW_ZEROS > len(data)):
        wide = [data[found.start() - 1 : found.end()][::2] for found in _WIDE.finditer(data, 1)]
        if wide:
            yield 0, b"\n".join(wide)
    if left <= 0 or len(places) > _MOST_PIECES:
        raise NotAll


def spelt_out(data: bytes) -> tuple[bytes, list[int]]:
    """The lines in which words are written as escapes, with these read, and for each its number; b"" for none."""
    if b"\\" not in data:
        return b"", []
    lines, numbers = [], []
    number, at, end = 1, 0, 0
    for found in _ESCAPED.finditer(data):
        if found.end() <= end:  # within what was taken before
            continue
        least, most = max(0, found.start() - _BESIDE), found.end() + _BESIDE
        start, stop = data.rfind(b"\n", least, found.start()), data.find(b"\n", found.end(), most)
        start, end = start + 1 if start >= 0 else least, stop if stop >= 0 else min(len(data), most)
        number += data.count(b"\n", at, found.start())
        at = found.start()
        lines.append(_ESCAPED.sub(lambda run: bytes.fromhex(_digits(run[0])), data[start:end]))
        numbers.append(number)
    return b"\n".join(lines), numbers


def _digits(run: bytes) -> str:
    return run.replace(b"\\u00", b"").replace(b"\\x", b"").decode("ascii")


def _png_texts(data: bytes) -> Iterator[bytes]:
    """The packed words in a PNG picture: `zTXt`, and `iTXt` where it is packed (PNG specification, 11.3.3)."""
    at = len(_PNG)
    for _count in range(_MOST_CHUNKS):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if not kind:
            return
        if kind in (b"zTXt", b"iTXt"):
            words = data[at + 8 : at + 8 + size]
            start = words.find(b"\x78", words.find(b"\x00"))  # a stream of zlib begins with an x
            if start >= 0:
                try:
                    yield zlib.decompressobj().decompress(words[start:], _MOST_BYTES)
                except zlib.error:
                    yield words
        at += 12 + size
    raise NotAll


def _unpacked(text: bytes, most: int) -> bytes:
    try:
        packed = b64decode(text + b"=" * (-len(text) % 4))
        if packed.startswith(b"H4sI"):
            packed = b64decode(packed + b"=" * (-len(packed) % 4))
        return zlib.decompressobj(31).decompress(packed, max(most, 1))
    except (binascii.Error, ValueError, zlib.error):
        return b""

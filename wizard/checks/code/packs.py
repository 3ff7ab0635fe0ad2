"""Reads the files that stand whole in a repository's packs without git, which inflates them twice as slowly.

Only what needs no other object is read here (gitformat-pack(5), index version 2, SHA-1), and only from packs that are
mostly made of such: everything else, and whatever is not as the format says, is left to git.
"""

from __future__ import annotations

import stat
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deflate import DeflateError, zlib_decompress

_ID = 20
_INDEX_HEAD, _PACK_HEAD = b"\xfftOc\x00\x00\x00\x02", b"PACK\x00\x00\x00\x02"
#: An index begins with its head and 256 numbers, and ends with two digests; it has id, checksum and offset of each.
_TABLE = len(_INDEX_HEAD) + 256 * 4
_EACH = _ID + 4 + 4
_BLOB = 3
#: Packs whose objects take fewer bytes on average are mostly made of differences, which git puts together.
_WHOLE = 1024
#: Smaller ones are as quick with git, and most of them are differences, folders and commits.
_LEAST = 512
#: Larger indexes are left to git, so memory is bounded.
_MOST = 500_000


@dataclass(frozen=True, slots=True)
class Packed:
    """A blob as it lies in a pack: its id in hexadecimal digits, its size, and `data`, compressed from `start` on."""

    id: str
    size: int
    data: bytes = field(repr=False)
    start: int

    def content(self) -> bytes | None:
        """Its bytes; None where it is damaged."""
        if not self.size:  # nobody compresses nothing to half a kilobyte
            return None
        try:
            content = zlib_decompress(memoryview(self.data)[self.start :], self.size)
        except DeflateError:
            return None
        return bytes(content) if len(content) == self.size else None


def worth_reading(repository: Path) -> list[Path]:
    """The indexes of a repository's packs that are mostly made of whole objects; none where they lie elsewhere."""
    found = []
    try:
        git = repository / ".git"
        for index in sorted(((git if git.exists() else repository) / "objects" / "pack").glob("pack-*.idx")):
            listed, packed = index.stat(), index.with_suffix(".pack").stat()
            count = (listed.st_size - _TABLE - 2 * _ID) // _EACH
            regular = stat.S_ISREG(listed.st_mode) and stat.S_ISREG(packed.st_mode)
            if regular and 0 < count <= _MOST and packed.st_size >= _WHOLE * max(count, 1024):
                found.append(index)
    except OSError:
        return found  # git reads those that it can
    return found


def whole_blobs(index: Path, largest: int) -> Iterator[Packed]:
    """The blobs of at most `largest` bytes that stand whole in a pack, in their order; none where it cannot be read."""
    try:
        listed = _listed(index)
        if listed is not None:
            with index.with_suffix(".pack").open("rb", buffering=1 << 20) as pack:
                yield from _of_pack(pack, *listed, largest)
    except OSError:
        return


def _of_pack(pack: IO[bytes], ids: bytes, offsets: array[int], largest: int) -> Iterator[Packed]:
    end = pack.seek(0, 2) - _ID
    if pack.seek(0) or pack.read(12) != _PACK_HEAD + struct.pack(">I", len(offsets)):
        return
    order = sorted(range(len(offsets)), key=offsets.__getitem__)
    for number, after in zip(order, [*(offsets[each] for each in order[1:]), end], strict=True):
        at = offsets[number]
        if not (_LEAST <= after - at <= largest and after <= end):
            continue
        pack.seek(at)
        data = pack.read(after - at)
        if len(data) == after - at and data[0] >> 4 & 7 == _BLOB:
            size, start = _size(data)
            if size <= largest:
                yield Packed(ids[number * _ID : (number + 1) * _ID].hex(), size, data, start)


def _size(data: bytes) -> tuple[int, int]:
    """The size of an object and where it begins: four bits behind its kind, then seven in each byte that follows."""
    size, shift, start = data[0] & 15, 4, 1
    while data[start - 1] & 0x80 and start < 10:
        size |= (data[start] & 0x7F) << shift
        shift, start = shift + 7, start + 1
    return size, start


def _listed(index: Path) -> tuple[bytes, array[int]] | None:
    """The ids of an index, one after the other, and the offset of each; None where it is not as the format says."""
    with index.open("rb") as file:
        data = file.read(_TABLE + _MOST * (_EACH + 8) + 2 * _ID)
    if not data.startswith(_INDEX_HEAD) or len(data) < _TABLE:
        return None
    (count,) = struct.unpack_from(">I", data, _TABLE - 4)
    if not 0 < count <= _MOST or len(data) < _TABLE + count * _EACH + 2 * _ID:
        return None
    offsets = array("Q", _numbers("I", data[_TABLE + count * (_ID + 4) : _TABLE + count * _EACH]))
    beyond = [number for number, each in enumerate(offsets) if each >> 31]
    large = data[_TABLE + count * _EACH : -2 * _ID]
    if len(large) != 8 * len(beyond):  # ids of SHA-256 are longer
        return None
    table = _numbers("Q", large)  # of a pack of more than 2 GB, whose offsets above stand for places in this one
    for number in beyond:
        if offsets[number] & 0x7FFFFFFF >= len(table):
            return None
        offsets[number] = table[offsets[number] & 0x7FFFFFFF]
    return data[_TABLE : _TABLE + count * _ID], offsets


def _numbers(kind: str, data: bytes) -> array[int]:
    numbers = array(kind, data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers

"""Unfolds a container in memory only, for what may not lie in the clear on a disk: evidence, and what hosts gave."""

from __future__ import annotations

import bz2
import email
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from email.message import Message
from typing import Protocol

from wizard.checks.code.engine import UNFOLDED_BYTES, UNFOLDED_MEMBERS, CannotUnfold, Stop


class _Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


#: Each line of a mail is held against the boundary of each part around it: more than so many would take seconds.
_MOST_LINES = 3_000_000
_PACKED: dict[str, Callable[[io.BytesIO], _Reads]] = {
    "gzip": lambda data: gzip.GzipFile(fileobj=data),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}


def unfold(data: bytes, kind: str, stop: Stop) -> Iterator[tuple[str, bytes]]:
    """The members of one container, one level deep, with their names. Raises `CannotUnfold` or `Stopped`.

    A database or a compiled file is its own only member, under no name: its values stand in it as they are.
    """
    left = UNFOLDED_BYTES
    try:
        for count, (name, member) in enumerate(_members(data, kind)):
            stop.check()
            content = member.read(left + 1)
            left -= len(content)
            if left < 0 or count >= UNFOLDED_MEMBERS:
                raise CannotUnfold
            yield name, content
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, OSError, EOFError) as error:
        raise CannotUnfold from error
    except (ValueError, NotImplementedError, MemoryError, RecursionError) as error:
        raise CannotUnfold from error


def in_base64(mail: bytes) -> frozenset[str]:
    """The names ("" for none) of a mail's parts whose words nobody finds in its text, because they stand in Base64."""
    try:
        return frozenset(
            leaf.get_filename() or ""
            for leaf in _parts(mail)
            if str(leaf.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
            and leaf.get_content_maintype() not in ("image", "audio", "video")
        )
    except (CannotUnfold, ValueError, NotImplementedError, MemoryError, RecursionError):
        return frozenset()  # it was not unfolded either: what was found stands in its text


def _parts(mail: bytes) -> Iterator[Message]:
    if mail.count(b"\n") * (1 + mail.lower().count(b"boundary=")) > _MOST_LINES:
        raise CannotUnfold
    return (leaf for leaf in email.message_from_bytes(mail).walk() if not leaf.is_multipart())


def _members(data: bytes, kind: str) -> Iterator[tuple[str, _Reads]]:
    held = io.BytesIO(data)
    if kind in _PACKED:
        yield "content", _PACKED[kind](held)
    elif kind == "zip":
        with zipfile.ZipFile(held) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and not entry.flag_bits & 1:  # locked ones are said where they are recognised
                    yield entry.filename, archive.open(entry)
    elif kind == "mail":
        for leaf in _parts(data):
            content = leaf.get_payload(decode=True)
            if isinstance(content, bytes):
                yield leaf.get_filename() or "", io.BytesIO(content)
    elif kind == "tar":
        with tarfile.open(fileobj=held, mode="r:") as bundle:
            for part in bundle:
                if part.isfile() and (opened := bundle.extractfile(part)) is not None:
                    yield part.name, opened
    else:
        yield "", held

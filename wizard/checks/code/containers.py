"""Recognises what must be unfolded before it can be searched: archives, databases, compiled Python, PDFs."""

from __future__ import annotations

import io
import zipfile

_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"SQLite format 3\x00", "sqlite"),
)
#: Archives that nobody here can open: said, never passed over.
_CLOSED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_CRYPT = b"\x00GITCRYPT\x00"


def kind(data: bytes, path: str) -> str:
    """What the bytes must be unfolded as; "" for plain contents, "closed" for archives that cannot be opened."""
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data.startswith(_CLOSED):
        return "closed"
    if data[257:262] == b"ustar":
        return "tar"
    if data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"\nendobj" in data):
        return "pdf"
    lower = path.lower()
    return "pyc" if lower.endswith(".pyc") else "asar" if lower.endswith(".asar") else ""


def encrypted(data: bytes) -> bool:
    """True for a ZIP archive with members that need a password."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        return False


def lfs_pointer(data: bytes) -> bool:
    """True for the stand-in of a file that lies on a Git LFS server."""
    return data.startswith(_LFS) and len(data) < 1024


def git_crypt(data: bytes) -> bool:
    """True for a file that git-crypt has encrypted."""
    return data.startswith(_CRYPT)


def as_utf8(data: bytes) -> bytes:
    """UTF-32 and UTF-16 (with a mark, or plainly recognisable) as UTF-8, so that lines and offsets are the text's."""
    codec = ""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        codec = "utf-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    else:
        head = data[:200]
        if len(head) >= 8 and head[1::2].count(0) == len(head) // 2 and 0 not in head[::2]:
            codec = "utf-16-le"
        elif len(head) >= 8 and head[::2].count(0) == (len(head) + 1) // 2 and 0 not in head[1::2]:
            codec = "utf-16-be"
    return data.decode(codec, "replace").encode("utf-8") if codec else data

"""Recognises what must be unfolded before it can be searched: archives, databases, compiled Python, PDFs."""

from __future__ import annotations

import io
import re
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
_CLOSED = (
    b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\x1f\x9d", b"LZIP", b"MSCF",
    b"Cr24", b"hsqs", b"\xed\xab\xee\xdb", b"!<arch>\ndebian-binary", b"# v2 git bundle\n", b"# v3 git bundle\n",
    b"PACK\x00\x00\x00", b"PAR1",
)  # fmt: skip
_CLOSED_NAMES = (".lzma", ".br", ".dmg")
#: Stores of keys that a password locks: Java's, KeePass's, PKCS #12.
_LOCKED = (b"\xfe\xed\xfe\xed\x00\x00\x00", b"\xce\xce\xce\xce\x00\x00\x00", b"\x03\xd9\xa2\x9a")
_PKCS12 = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x80)\x02\x01\x03\x30", re.S)
#: A private key in its binary form: PKCS #8 for RSA and elliptic curves, PKCS #1, SEC 1.
_KEY = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)"
    rb"(?:\x02\x01[\x00\x01]\x30.\x06|\x02\x01\x00\x02[\x81\x82]|\x02\x01\x01\x04[\x20\x30\x42])",
    re.S,
)
_MIME = re.compile(rb"(?:\A|\n)(?:mime-version|content-transfer-encoding):", re.I)
_MAIL = re.compile(rb"(?:From [^\n]{1,200}\n)?(?:[A-Za-z][A-Za-z0-9-]{0,60}:[ \t])")
_ANY = (*(start for start, _name in _STARTS), *_CLOSED)
#: What those begin with, and a PKCS #12 store.
_FIRST = frozenset(start[:1] for start in (*_ANY, *_LOCKED, b"\x30"))
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_CRYPT = b"\x00GITCRYPT\x00"


def kind(data: bytes, path: str) -> str:
    """What the bytes must be unfolded as; "" for plain contents, "closed" for archives that nobody here can open, and
    "locked" for stores of keys with a password."""
    telling = data[:1] in _FIRST  # most inputs are text: one look instead of thirty
    if telling and data.startswith(_ANY):
        return next((name for start, name in _STARTS if data.startswith(start)), "closed")
    if data.startswith(b"ustar", 257):
        return "tar"
    if data.find(b"%", 0, 1024) >= 0 and b"%PDF-" in data[:1024] and (data.startswith(b"%PDF-") or b"\nendobj" in data):
        return "pdf"
    if telling and (data.startswith(_LOCKED) or _PKCS12.match(data)):
        return "locked"
    if _MAIL.match(data) and _MIME.search(data, 0, 32768):
        return "mail"
    lower = path.lower()
    if lower.endswith(_CLOSED_NAMES):
        return "closed"
    return "pyc" if lower.endswith(".pyc") else "asar" if lower.endswith(".asar") else ""


def encrypted(data: bytes) -> bool:
    """True for a ZIP archive with members that need a password."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        return False


def key_in_binary(data: bytes) -> bool:
    """True for a private key in its binary form (DER), without a password."""
    return _KEY.match(data) is not None and len(data) <= 16 * 1024


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
    elif 0 in (head := data[:200]):
        if len(head) >= 8 and head[1::2].count(0) == len(head) // 2 and 0 not in head[::2]:
            codec = "utf-16-le"
        elif len(head) >= 8 and head[::2].count(0) == (len(head) + 1) // 2 and 0 not in head[1::2]:
            codec = "utf-16-be"
    return data.decode(codec, "replace").encode("utf-8") if codec else data

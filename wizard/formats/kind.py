"""What a file is, by its content and never by its name."""

from __future__ import annotations

#: How many of the first bytes decide.
HEAD = 4096

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-msdownload"),
    (b"age-encryption.org/", "application/x-age"),
)


def media_type(head: bytes) -> str:
    """The media type that the first bytes of a file speak for; text and JSON are told from their characters."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    start = head[:HEAD]
    if not start:
        return "application/x-empty"
    text = _as_text(start)
    if text is None:
        return "application/octet-stream"
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith(("{", "[")):
        return "application/json"
    if stripped.startswith("<?xml") or stripped[:64].lower().startswith("<svg"):
        return "application/xml"
    if stripped[:256].lower().startswith(("<!doctype html", "<html")):
        return "text/html"
    return "text/plain"


def _as_text(start: bytes) -> str | None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[: len(start) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" in start:
        return None
    for cut in range(4):  # a character may be cut in half at the end
        try:
            return start[: len(start) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    controls = sum(byte < 32 and byte not in b"\t\n\r\x1b\x0c" for byte in start)
    return start.decode("latin-1") if not controls else None

"""Writes a file whole or not at all: beside its place first, then over it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put `data` at `path`, replacing what is there only when all of it is on the disk. Raises OSError.

    A `private` file can be read by its owner alone.
    """
    partly = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        handle = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "wb") as out:
            if private:
                partly.chmod(0o600)
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        partly.replace(path)
    finally:
        partly.unlink(missing_ok=True)

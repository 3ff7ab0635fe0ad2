"""Writes files so that a crash, a full disk or a pulled drive leaves the old or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

#: Temporary files of this app, so that leftovers of a crash can be swept.
PART = ".part"


@contextlib.contextmanager
def new_part(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A fresh private file in `folder`, removed again unless it was moved away before the block ends."""
    path = folder / f".{secrets.token_hex(8)}{PART}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield path, stream
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def settle(part: Path, stream: BinaryIO, target: Path) -> None:
    """Make the written part durable and give it its name: flush, fsync, rename, fsync of the folder."""
    stream.flush()
    os.fsync(stream.fileno())
    stream.close()
    _replace(part, target)
    sync_folder(target.parent)


def replace_file(target: Path, data: bytes) -> None:
    """Atomically replace `target` by `data`, private to this user. Raises OSError; then the old file is untouched."""
    with new_part(target.parent) as (part, stream):
        stream.write(data)
        stream.seek(0)
        if stream.read() != data:
            raise OSError("the disk gave back other bytes than were written")
        settle(part, stream, target)


def sweep(folder: Path) -> None:
    """Remove what writing that was interrupted left behind in `folder`. Only the one who writes there does it."""
    for left in folder.glob(f".*{PART}"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable; Windows has no such thing and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(part: Path, target: Path) -> None:
    """Rename over `target`; on Windows a virus scanner or sync client may hold it for a moment, so try for 5 s."""
    for attempt in range(10):
        try:
            part.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == 9:
                raise
            threading.Event().wait(0.1 * (attempt + 1))
        else:
            return


def reason(error: OSError) -> str:
    """The operating system's own short words for what went wrong, without the path."""
    return error.strerror or type(error).__name__

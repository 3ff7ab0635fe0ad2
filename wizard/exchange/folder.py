"""A synced folder as the carrier: one folder an author, one file a packet, written once under its number.

The service that syncs may delay, reorder, repeat or rename files. Only a file with exactly its own name counts, and
what it holds proves itself, so the worst that the service can do is to keep something from arriving.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from wizard.exchange.carrier import AUTHOR, Spoiled, Taken, Unreachable

_NAME = re.compile(r"(\d{8})\.attestry-bundle")
#: So many bytes stay free on the disk whatever lies in the folder: a sparse file costs its writer nothing.
_LEFT_FREE = 256 * 1024**2
#: More packets of one author than this are not looked at.
_MOST = 100_000


class FolderCarrier:
    """Packets of one workspace in a folder that a service syncs between members."""

    def __init__(self, folder: Path, workspace: str) -> None:
        self._where = folder.name
        self._shared = folder
        self._folder = folder / f"attestry-{workspace}"

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """By author. Copies that the service renamed, and names that are not ours, do not count."""
        out: dict[str, tuple[int, ...]] = {}
        try:
            if not self._shared.is_dir():
                raise Unreachable(self._where, "not there")
            for place in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
                if AUTHOR.fullmatch(place.name) and place.is_dir() and not place.is_symlink():
                    names = (found for one in place.iterdir() if (found := _NAME.fullmatch(one.name)))
                    out[place.name] = tuple(sorted(int(found[1]) for found in names))[:_MOST]
        except OSError as error:
            raise Unreachable(self._where, error.strerror or type(error).__name__) from None
        return out

    def fetch(self, author: str, number: int, out: BinaryIO) -> None:
        """Copy a packet; a link or device in its place is not followed."""
        path = self._path(author, number)
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(descriptor, "rb") as stream:
                if os.fstat(descriptor).st_size > shutil.disk_usage(self._shared).free - _LEFT_FREE:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                shutil.copyfileobj(stream, out)
        except OSError as error:
            raise Spoiled(self._where, error.strerror or type(error).__name__) from None

    def leave(self, author: str, number: int, packet: BinaryIO) -> None:
        """Write beside first and then give it its name, so that a half one is never seen."""
        path = self._path(author, number)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.parent / f".{secrets.token_hex(8)}.part"
            try:
                with part.open("xb") as out:
                    shutil.copyfileobj(packet, out)
                    out.flush()
                    os.fsync(out.fileno())
                if path.exists():
                    raise Taken
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable(self._where, error.strerror or type(error).__name__) from None

    def close(self) -> None:
        """Nothing is held open."""

    def _path(self, author: str, number: int) -> Path:
        return self._folder / author / f"{number:08d}.attestry-bundle"

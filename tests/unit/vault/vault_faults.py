"""A disk that refuses one call: the n-th write, sync, renaming or new name below a folder fails as on a full disk."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Refusing:
    """Counts the calls that need room or the disk, and refuses number `at`; the room is there again afterwards."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.calls = 0

    def call(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def refusing(at: int) -> Iterator[Refusing]:
    """Within it, call number `at` of this thread's file work in Python is refused; 0 refuses none and counts."""
    disk, fdopen = Refusing(at), os.fdopen

    class File(io.FileIO):
        def write(self, data: Any) -> int:
            disk.call()
            return super().write(data)

    def opened(descriptor: int, mode: str = "r", *args: Any, **more: Any) -> Any:
        if mode == "w+b":
            return io.BufferedRandom(File(descriptor, "r+b"), os.fstat(descriptor).st_blksize)
        return fdopen(descriptor, mode, *args, **more)

    def counted(deed: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            disk.call()
            return deed(*args, **more)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fdopen", opened)
        patch.setattr(os, "fsync", counted(os.fsync))
        for name in ("replace", "rename", "mkdir"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        yield disk

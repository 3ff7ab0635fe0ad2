"""Asks Git which files it ignores: a secret in one of them is on this computer, and not in the repository."""

from __future__ import annotations

import subprocess
import threading
from types import TracebackType
from typing import Self

from wizard.checks.code.git import Git, GitRefused, Running, end


class Ignored:
    """One running `git check-ignore`, asked file by file; without git nothing is ignored."""

    def __init__(self, git: Git | None) -> None:
        self._git = git
        self._process: Running | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            end(self._process)

    def __call__(self, name: str) -> bool:
        """True for a file (its path inside the repository) that Git ignores and does not track."""
        if self._git is None:
            return False
        with self._lock:
            try:
                if self._process is None:
                    self._process = self._git.start(
                        "check-ignore", "--stdin", "-z", "--verbose", "--non-matching", stdin=subprocess.PIPE
                    )
                asking = self._process.stdin
                assert asking is not None
                asking.write(name.encode("utf-8", "surrogateescape") + b"\x00")
                asking.flush()
                pattern, fields = b"", 0
                while fields < 4:  # source, line, pattern, path
                    byte = self._process.read(1)
                    if not byte:
                        return False
                    if byte == b"\x00":
                        fields += 1
                    elif fields == 2:
                        pattern += byte
            except (OSError, GitRefused, ValueError):
                return False
            return bool(pattern) and not pattern.startswith(b"!")

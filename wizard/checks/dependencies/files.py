"""A file of a repository as it was read, and what reading one needs: its bytes, and its path as text."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from wizard.checks.dependencies.dependency import Dependency, Manifest
from wizard.checks.dependencies.source import MAX_BYTES


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that was read, the files that it points to, and the names that it needs and does not hold.

    `own` are the names of the partner's own packages in it, `asked` the ranges that it repeats of its manifests.
    """

    manifest: Manifest
    rows: tuple[Dependency, ...] = ()
    more: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    asked: Mapping[str, Set[str]] = field(default_factory=dict)


def read_bytes(path: Path) -> bytes | None:
    """A regular file's content; None when there is none, it is too large, or it is a link, a device or a pipe."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= MAX_BYTES else None


def shown(path: str) -> str:
    """A path as text; half characters of another encoding become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

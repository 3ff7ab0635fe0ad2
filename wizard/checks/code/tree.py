"""Walks the files of a folder: hidden and ignored ones too, never through a link, never into a device or a pipe."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.engine import Stop

#: Third-party and built folders: left out unless asked for, and said so.
THIRD_PARTY = frozenset(
    [
        "node_modules",
        "bower_components",
        ".venv",
        "venv",
        ".tox",
        ".nox",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".gradle",
        ".terraform",
        ".next",
        ".nuxt",
        ".parcel-cache",
        ".yarn",
        ".pnpm-store",
        ".eggs",
        "Pods",
        "DerivedData",
    ]
)
#: Where Git keeps objects and other repositories; what Git LFS has fetched are files like any other.
_STORES = frozenset(("objects", "modules", "annex"))
_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """A regular file: its path for the system, its name inside the folder (with `/`), its size in bytes."""

    path: str
    name: str
    size: int


def walk(
    root: Path, counting: Counting, stop: Stop, *, everything: bool, without: frozenset[str] = frozenset()
) -> Iterator[Seen]:
    """Every regular file below `root`, folder by folder; what cannot be read is said in `counting`.

    `without` are folders directly in `root` that are not entered.
    """
    if root.is_file():
        yield Seen(str(root), root.name, root.stat().st_size)
        return
    waiting: list[tuple[str, str, int]] = [(str(root), "", 0)]
    while waiting:
        folder, inside, depth = waiting.pop()
        stop.check()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            counting.gap(GapKind.UNREADABLE, shown(inside or root.name))
            continue
        folders = []
        for entry in listed:
            name = f"{inside}/{entry.name}" if inside else entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                counting.gap(GapKind.UNREADABLE, shown(name))
                continue
            if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", False):
                counting.links += 1
            elif stat.S_ISDIR(status.st_mode):
                if entry.name == ".git" or name in without:
                    continue
                if entry.name in THIRD_PARTY and not everything:
                    counting.left_out.append(shown(name))
                elif depth >= _DEPTH:
                    counting.gap(GapKind.TOO_LARGE, shown(name))
                else:
                    folders.append((entry.path, name, depth + 1))
            elif stat.S_ISREG(status.st_mode):
                yield Seen(entry.path, name, status.st_size)
        waiting.extend(reversed(folders))


def git_folder_files(folder: Path, counting: Counting, stop: Stop) -> Iterator[Seen]:
    """The small files that Git keeps for itself: configuration, remotes, logs, messages; not the objects."""
    for seen in walk(folder, counting, stop, everything=True, without=_STORES):
        if seen.name.rpartition("/")[2] != "index":
            yield Seen(seen.path, f".git/{seen.name}", seen.size)


def is_bare(root: Path) -> bool:
    """Whether a folder is a repository without a work tree: then its files are Git's own."""
    return root.is_dir() and (root / "objects").is_dir() and (root / "refs").is_dir() and (root / "HEAD").is_file()


def open_regular(path: str) -> int:
    """A descriptor of a regular file that is no link and did not become a pipe meanwhile. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return descriptor


def shown(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 are written out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

"""What was looked at, and what was not: a part that nobody could read is said, and is never "no secrets found"."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class GapKind(StrEnum):
    """Why a part was not looked at."""

    SHALLOW = "shallow"
    PARTIAL_CLONE = "partial-clone"
    SUBMODULE = "submodule"
    LFS = "lfs"
    GIT_CRYPT = "git-crypt"
    TOO_SLOW = "too-slow"
    TOO_LARGE = "too-large"
    LARGE_FILE = "large-file"
    UNREADABLE = "unreadable"
    NOT_UNFOLDED = "not-unfolded"
    ENCRYPTED = "encrypted"
    PDF = "pdf"
    TOO_MANY = "too-many"
    INSIDE_REPOSITORY = "inside-repository"
    GIT_REFUSED = "git-refused"
    NO_GIT = "no-git"
    DAMAGED = "damaged"
    STOPPED = "stopped"
    SPARSE = "sparse"
    NO_FILES = "no-files"


class History(StrEnum):
    """How much of the history was read."""

    NONE = "none"
    WHOLE = "whole"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind of part that was not looked at: the first places of it, and how many there are."""

    kind: GapKind
    places: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a scan looked at. `left_out` are third-party and built folders, named and not part of a repository's own
    files on disk; what of them is in the history was read there.
    """

    complete: bool
    history: History
    gaps: tuple[Gap, ...]
    left_out: tuple[str, ...]
    files: int
    bytes: int
    versions: int
    commits: int
    refs: int
    links: int


_PLACES = 20

#: Gaps of the history, in whose presence it counts as partly read.
_OF_HISTORY = frozenset(
    {
        GapKind.SHALLOW,
        GapKind.PARTIAL_CLONE,
        GapKind.SUBMODULE,
        GapKind.LFS,
        GapKind.GIT_CRYPT,
        GapKind.INSIDE_REPOSITORY,
        GapKind.GIT_REFUSED,
        GapKind.NO_GIT,
        GapKind.DAMAGED,
        GapKind.STOPPED,
    }
)


@dataclass
class Counting:
    """Coverage as it grows, from several threads."""

    files: int = 0
    bytes: int = 0
    versions: int = 0
    commits: int = 0
    refs: int = 0
    links: int = 0
    has_history: bool = False
    left_out: list[str] = field(default_factory=list)
    _gaps: dict[GapKind, tuple[list[str], int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def gap(self, kind: GapKind, place: str) -> None:
        """Say that a part was not looked at."""
        with self._lock:
            places, count = self._gaps.get(kind, ([], 0))
            if place in places:
                return
            if len(places) < _PLACES:
                places.append(place)
            self._gaps[kind] = (places, count + 1)

    def has(self, kind: GapKind) -> bool:
        """Whether a part of this kind was not looked at."""
        with self._lock:
            return kind in self._gaps

    def add(self, *, files: int = 0, bytes: int = 0, versions: int = 0) -> None:
        """Count what was read."""
        with self._lock:
            self.files += files
            self.bytes += bytes
            self.versions += versions

    def freeze(self) -> Coverage:
        """The coverage as it is now."""
        with self._lock:
            gaps = tuple(Gap(kind, tuple(places), count) for kind, (places, count) in self._gaps.items())
            history = History.NONE
            if self.has_history and (self.commits or gaps):  # without a commit there is none yet
                history = History.PARTIAL if any(g.kind in _OF_HISTORY for g in gaps) else History.WHOLE
            return Coverage(
                complete=not gaps,
                history=history,
                gaps=gaps,
                left_out=tuple(self.left_out[:_PLACES]),
                files=self.files,
                bytes=self.bytes,
                versions=self.versions,
                commits=self.commits,
                refs=self.refs,
                links=self.links,
            )

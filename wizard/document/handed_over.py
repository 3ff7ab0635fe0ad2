"""Compares evidence files that were handed over later with the digests that an attestation names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path

from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: More files than this in one folder are not what somebody handed over.
MOST_FILES = 20_000


class NotAFolder(Mistake):
    """There is no folder of that name, or it holds far more than evidence."""


class Match(StrEnum):
    """Whether a named piece of evidence was handed over."""

    MATCHED = "matched"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: its name and digest (SHA-256 hex) in the attestation, and the file that was compared.

    `file` is relative to the folder, "" when missing; a file counts by its digest, under whatever name it came.
    """

    name: str
    digest: str
    match: Match
    file: str = ""
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """All pieces in the attestation's order; files that it does not name; files that could not be read."""

    pieces: tuple[Piece, ...]
    others: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def count(self, match: Match) -> int:
        """How many pieces there are of this kind."""
        return sum(piece.match is match for piece in self.pieces)


def compare(evidence: Sequence[Evidence], folder: Path) -> HandedOver:
    """Look at every regular file below `folder`; links are not followed. Raises `NotAFolder`."""
    if not folder.is_dir():
        raise NotAFolder(
            _("{folder} is not a folder that can be read. Name the folder with the evidence files.").format(
                folder=folder
            )
        )
    sizes = {item.sealed.size for item in evidence}
    by_digest: dict[str, str] = {}
    by_name: dict[str, str] = {}
    names, unread = [], []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        names.append(name)
        by_name.setdefault(path.name, name)
        try:
            if path.stat().st_size in sizes:  # a file of another size cannot be one of them
                with path.open("rb") as stream:
                    by_digest.setdefault(file_digest(stream, "sha256").hexdigest(), name)
        except OSError:
            unread.append(name)
    pieces = tuple(_piece(item, by_digest, by_name) for item in evidence)
    used = {piece.file for piece in pieces}
    return HandedOver(pieces, tuple(n for n in names if n not in used and n not in unread), tuple(unread))


def _piece(item: Evidence, by_digest: dict[str, str], by_name: dict[str, str]) -> Piece:
    digest = item.sealed.digest
    if digest in by_digest:
        return Piece(item.name, digest, Match.MATCHED, by_digest[digest], item.requirements)
    if item.name in by_name:
        return Piece(item.name, digest, Match.DIFFERENT, by_name[item.name], item.requirements)
    return Piece(item.name, digest, Match.MISSING, "", item.requirements)


def _files(folder: Path) -> Iterator[Path]:
    seen = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            try:
                regular = stat.S_ISREG(path.lstat().st_mode)
            except OSError:
                continue  # gone while we looked
            if not regular:
                continue
            seen += 1
            if seen > MOST_FILES:
                raise NotAFolder(
                    _(
                        "{folder} holds more than {n} files. Nothing was compared. Name the folder that holds only "
                        "the evidence."
                    ).format(folder=folder, n=MOST_FILES)
                )
            yield path

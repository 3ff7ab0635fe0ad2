"""What of a repository's files is not on this computer, as its own small files tell: nothing is asked of git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

#: Such files are small; what is longer was not written by git.
_MOST_BYTES = 1024 * 1024
_SUBMODULE = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(.+)$", re.M)
#: A setting without a value is true (git-config, Values).
_SPARSE = re.compile(
    r"^[ \t]*sparsecheckout[ \t]*(?:=[ \t]*\"?(?:true|yes|on|[1-9][0-9]*)\"?[ \t]*)?(?:[;#].*)?$", re.M | re.I
)


def absent_submodules(root: Path) -> Iterator[str]:
    """The path of each submodule whose files are not here, as `.gitmodules` names it. Never raises."""
    for name in _SUBMODULE.findall(_text(root / ".gitmodules")):
        place = root / name.strip().strip('"')
        try:
            here = place.resolve().is_relative_to(root.resolve()) and any(place.iterdir())
        except (OSError, ValueError):
            here = False
        if not here:
            yield name.strip()[:200]


def is_sparse(root: Path) -> bool:
    """Whether only a part of the files is checked out (git-sparse-checkout); of a work tree of its own nobody knows."""
    return any(_SPARSE.search(_text(root / ".git" / name)) for name in ("config", "config.worktree"))


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would never end
            return ""
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""

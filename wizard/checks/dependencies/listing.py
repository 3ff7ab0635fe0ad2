"""Finds every lockfile and manifest of a repository and reads what they list; what cannot be read is said."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from wizard.checks.code import checkout
from wizard.checks.dependencies import families, origins
from wizard.checks.dependencies.advisory import key_of
from wizard.checks.dependencies.dependency import WITHOUT_DATA, Dependency, Manifest, Obstacle, Reach
from wizard.checks.dependencies.files import ReadFile, read_bytes, shown
from wizard.checks.dependencies.locked import held_against_locks
from wizard.checks.dependencies.source import MAX_BYTES, Source, cut_short
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats.malformed import Malformed

#: Folders with installed or fetched third-party files, whose own lockfiles say nothing about what is used here.
LEFT_OUT = frozenset(
    {
        ".git", ".hg", ".svn", "node_modules", "bower_components", ".venv", "venv", "site-packages", ".tox", ".nox",
        "__pycache__", ".gradle", ".terraform", ".yarn", ".pnpm-store", ".eggs", "Pods", "Carthage", ".build",
        "DerivedData", "vendor",
    }
)  # fmt: skip
#: A repository with more files than this, or deeper folders, is not gone through to its end.
_MAX_FILES = 2_000_000
_MAX_DEPTH = 200
_MAX_MANIFESTS = 20_000
#: What Git writes around two versions: a parser that goes by lines would read one of them, both or neither.
_MERGING = re.compile(rb"^(?:\xef\xbb\xbf)?(?:<{7}|>{7})(?:[ \t][^\r\n]*)?\r?$", re.M)


class NoManifest(Mistake):
    """The file that was named is none that says what is used."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that the files of a repository say is used.

    `left_out` are folders that were not entered; `gaps` are sentences about what could not be gone through.
    """

    dependencies: tuple[Dependency, ...]
    manifests: tuple[Manifest, ...]
    left_out: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(slots=True)
class _Walk:
    root: Path
    stopped: Callable[[], bool]
    left_out: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def folders(self) -> Iterator[tuple[str, list[str]]]:
        """Each folder (its path inside the root, "" for the root) with the names of its regular files."""
        waiting: list[tuple[str, int]] = [("", 0)]
        files = 0
        while waiting and not self.stopped():
            inside, depth = waiting.pop()
            try:
                with os.scandir(self.root / inside) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                self.gaps.append(_("The folder {name} cannot be read.").format(name=shown(inside or ".")))
                continue
            names, below = [], []
            for entry in listed:
                path = f"{inside}/{entry.name}" if inside else entry.name
                try:
                    mode = entry.stat(follow_symlinks=False).st_mode
                except OSError:
                    self.gaps.append(_("{name} cannot be read.").format(name=shown(path)))
                    continue
                if stat.S_ISREG(mode):
                    names.append(entry.name)
                elif stat.S_ISLNK(mode):
                    if families.family_of(path) or families.manifest_of(entry.name):
                        self.gaps.append(_("{name} is a link, and links are not followed.").format(name=shown(path)))
                elif stat.S_ISDIR(mode):
                    if entry.name in LEFT_OUT and not (entry.name == "vendor" and _is_project(self.root / path)):
                        if entry.name != ".git":
                            self.left_out.append(shown(path))
                    elif depth >= _MAX_DEPTH:
                        self.gaps.append(_("The folder {name} lies too deep.").format(name=shown(path)))
                    else:
                        below.append((path, depth + 1))
                elif families.family_of(path) or families.manifest_of(entry.name):
                    self.gaps.append(_("{name} is a pipe or a device, and not a file.").format(name=shown(path)))
            files += len(names)
            yield inside, names
            if files > _MAX_FILES:
                self.gaps.append(_("There are more than {n} files; the rest was not looked at.").format(n=_MAX_FILES))
                return
            waiting.extend(reversed(below))


def _is_project(folder: Path) -> bool:
    """Whether a folder called vendor is the partner's own, of those who sell: tools put no lockfile into theirs."""
    try:
        return any(families.family_of(each.name) or families.manifest_of(each.name) for each in folder.iterdir())
    except OSError:
        return False


def list_dependencies(
    root: Path,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[str, int], None] = lambda file, found: None,
) -> Listing:
    """Read every lockfile and manifest below a folder, or one file.

    `progress` hears each file with the number of dependencies so far. A file that cannot be read becomes a manifest
    that says so. Raises `NoManifest` when one file was named and nothing is known about its kind.
    """
    if not root.is_dir():
        return _one(root)
    walk = _Walk(root, stopped)
    found: dict[str, ReadFile] = {}
    asked: list[tuple[str, str, families.Manifest]] = []
    names_of: dict[str, list[str]] = {}
    more: list[str] = []
    count = 0
    for folder, names in walk.folders():
        names_of[folder] = [
            name for name in names if families.family_of(f"{folder}/{name}") or name.lower() in families.NOT_READ
        ]
        for name in names:
            path = f"{folder}/{name}" if folder else name
            family = families.family_of(path)
            if family is None:
                if name.lower() in families.UNSUPPORTED or name.lower() in families.NOT_READ:
                    found[path] = ReadFile(_unsupported(path, name))
                elif manifest := families.manifest_of(name):
                    asked.append((folder, name, manifest))
                continue
            if len(found) >= _MAX_MANIFESTS:
                walk.gaps.append(
                    _("There are more than {n} lockfiles; the rest was not read.").format(n=_MAX_MANIFESTS)
                )
                break
            found[path] = _read(root, path, family)
            more += found[path].more
            count += len(found[path].rows)
            progress(path, count)
    _included(root, found, more)
    walk.gaps += _not_here(root)
    own = held_against_locks(root, asked, names_of, found)
    files = _of_one_place([_whole(each, own) for each in found.values()])
    return Listing(
        tuple(row for each in files for row in each.rows),
        tuple(each.manifest for each in files),
        tuple(walk.left_out),
        tuple(walk.gaps),
    )


def _not_here(root: Path) -> Iterator[str]:
    """A sentence for each part of the repository whose files are not here: what it uses is not known."""
    for name in checkout.absent_submodules(root):
        yield _("The submodule {name} is not here. Run “git submodule update --init”, then look again.").format(
            name=shown(name)
        )
    if checkout.is_sparse(root):
        yield _("Only a part of the files is checked out. Run “git sparse-checkout disable”, then look again.")


def _one(path: Path) -> Listing:
    family = families.family_of(path.name)
    if family is None and (data := read_bytes(path)) is not None and _is_bill(data[:10_000]):
        family = families.FAMILIES[-1]
    if family is None:
        raise NoManifest(
            _(
                "{name} is no lockfile or bill of materials that is known here, so nothing was looked up. Give the "
                "folder of the repository, or rename the file to the name that its tool gave it."
            ).format(name=shown(path.name))
        )
    (file,) = _of_one_place([_whole(_read(path.parent, path.name, family), set())])
    return Listing(file.rows, (file.manifest,))


def _is_bill(head: bytes) -> bool:
    return any(
        sign in head for sign in (b'"bomFormat"', b'"spdxVersion"', b"SPDXVersion:", b"cyclonedx.org/schema/bom")
    )


def _read(root: Path, path: str, family: families.Family) -> ReadFile:
    folder = (root / path).parent
    data = read_bytes(root / path)
    named = shown(path)
    if data is None:
        because = _("It is larger than {n} MB or cannot be opened.").format(n=MAX_BYTES // 1024 // 1024)
        return ReadFile(Manifest(named, family.format, Reach.UNREADABLE, 0, because))
    above = [root / each for each in PurePosixPath(path).parents]
    try:
        if _MERGING.search(data):
            raise Malformed(
                _("It holds the marks of a merge that nobody finished (<<<<<<<). Finish it, then look again.")
            )
        listed = family.read(
            Source(
                named,
                data,
                lambda name: read_bytes(folder / name),
                lambda name: [found for each in above if (found := read_bytes(each / name)) is not None],
            )
        )
    except Malformed as mistake:
        return ReadFile(Manifest(named, family.format, Reach.UNREADABLE, 0, mistake.sentence))
    rows = tuple(_merged(origins.told_apart(listed.dependencies, listed.needs, listed.apart)))
    missing: set[str] = set()
    if listed.closed:
        held = {one.name for one in listed.dependencies} | listed.own
        missing = {name for needed in listed.needs.values() for name in needed} | listed.needs.keys()
        missing -= held | {""}
    manifest = Manifest(named, family.format, listed.reach, len(rows), listed.because)
    return ReadFile(manifest, rows, listed.more, frozenset(missing), listed.own, listed.asked)


def _whole(file: ReadFile, own: Set[str]) -> ReadFile:
    """A file that does not hold what its own records need says so."""
    because = cut_short(file.missing - own)
    if not because or file.manifest.reach is not Reach.COMPLETE:
        return file
    return replace(file, manifest=replace(file.manifest, reach=Reach.CUT_SHORT, because=because))


def _of_one_place(files: list[ReadFile]) -> list[ReadFile]:
    """What one file shows to come from a private registry does so where another file says nothing about it; and of
    each origin only what may be shown is kept."""
    private = {
        (row.ecosystem, key_of(row.ecosystem, row.name)): row.origin
        for file in files
        for row in file.rows
        if row.obstacle is Obstacle.OTHER_REGISTRY
    }

    def row_of(row: Dependency) -> Dependency:
        theirs = private.get((row.ecosystem, key_of(row.ecosystem, row.name))) if private else None
        if theirs and row.obstacle is None and not row.origin:
            row = replace(row, obstacle=Obstacle.OTHER_REGISTRY, origin=theirs)
        kept = origins.shown(row.origin)
        return row if kept == row.origin else replace(row, origin=kept)

    return [replace(file, rows=tuple(map(row_of, file.rows))) for file in files]


def _merged(dependencies: Iterable[Dependency]) -> Iterator[Dependency]:
    """One row for each package and version of a file: direct when any is, for development only when all are."""
    rows: dict[tuple[str, str, str, str], Dependency] = {}
    for one in dependencies:
        if one.obstacle is None and one.ecosystem in WITHOUT_DATA:
            one = replace(one, obstacle=Obstacle.NO_DATA)
        key = (*one.package, one.commit)
        before = rows.get(key)
        if before is None:
            rows[key] = one
        elif (one.direct and not before.direct) or (before.dev and not one.dev):
            rows[key] = replace(before, direct=one.direct or before.direct, dev=one.dev and before.dev)
        if one.obstacle is not None and rows[key].obstacle is None:
            rows[key] = replace(rows[key], obstacle=one.obstacle, origin=one.origin)
    return iter(rows.values())


def _included(root: Path, found: dict[str, ReadFile], more: list[str]) -> None:
    """Read what requirements files point to, inside the repository only."""
    family = next(family for family in families.FAMILIES if family.format == "requirements.txt")
    waiting = list(more)
    while waiting:
        path = os.path.normpath(waiting.pop()).replace(os.sep, "/")
        if path in found or len(found) >= _MAX_MANIFESTS:
            continue
        if PurePosixPath(path).is_absolute() or path.startswith(".."):
            because = _("It lies outside the repository, so it was not read.")
            found[path] = ReadFile(Manifest(shown(path), family.format, Reach.UNREADABLE, 0, because))
            continue
        found[path] = _read(root, path, family)
        waiting += found[path].more


def _unsupported(path: str, name: str) -> Manifest:
    command = families.UNSUPPORTED.get(name.lower())
    because = (
        _("Only its own program reads this file. Make one that can be read: {command}.").format(command=command)
        if command
        else _("Files of this kind are not read here. Add the report of a scanner that reads them.")
    )
    return Manifest(shown(path), name, Reach.UNSUPPORTED, 0, because)

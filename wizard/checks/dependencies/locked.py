"""Holds manifests against their lockfiles: what is asked for and not locked, and copies that no list tells of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from wizard.checks.code import containers
from wizard.checks.dependencies import families
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Manifest, Obstacle, Reach
from wizard.checks.dependencies.files import ReadFile, read_bytes, shown
from wizard.checks.dependencies.npm import COPIED
from wizard.checks.dependencies.wanted import Wants, same, unanswered
from wizard.domain.language import _

#: Folders of Gradle's with pieces that the build files above and below take in.
_BUILD_LOGIC = frozenset({"gradle", "buildSrc", "build-logic"})
_ECOSYSTEMS = {
    "package.json": Ecosystem.NPM,
    "pyproject.toml": Ecosystem.PYPI,
    "Pipfile": Ecosystem.PYPI,
    "Cargo.toml": Ecosystem.CRATES,
    "pubspec.yaml": Ecosystem.PUB,
}
_REMOTE = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.M)
_SHORT = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w.-]+)/[\w.-]+")
_ADDRESS = re.compile(r"(?:git\+)?(?:[a-z]+://)?(?:[^@/\s]+@)?([\w.-]+)(?::\d+)?[:/]/?([\w.-]+)/")


def held_against_locks(
    root: Path,
    asked: list[tuple[str, str, families.Manifest]],
    names_of: dict[str, list[str]],
    found: dict[str, ReadFile],
) -> set[str]:
    """Add each manifest that asks for packages which no lockfile lists. The names of the partner's own packages."""
    owners = _owners(root)
    needs: list[tuple[str, str, families.Manifest, Wants]] = []
    own: set[str] = set()
    settings = {folder for folder, name, manifest in asked if _sets_for_all(manifest, _text_of(root, folder, name))}
    for folder, name, manifest in asked:
        path = f"{folder}/{name}".lstrip("/")
        data = _text_of(root, folder, name)
        wants = families.wants(manifest, data) if data is not None else Wants()
        if wants is None:
            because = _(
                "It cannot be read, so nobody can tell whether a lockfile is its own. Mend it, then look again."
            )
            found[path] = ReadFile(Manifest(shown(path), manifest.format, Reach.UNREADABLE, 0, because))
            continue
        own.add(wants.own)
        if not folder:
            owners |= {owner_of(wants.repository)} - {""}
        if data is None or wants.folders or families.asks(manifest, data) or _is_set(manifest, folder, settings):
            needs.append((path, folder, manifest, wants))
    projects = {folder for _path, folder, manifest, _wants in needs if manifest.format == families.PROJECT}
    for path, folder, manifest, wants in needs:
        if manifest.format == families.SETTINGS and any(each == folder or _below(each, folder) for each in projects):
            continue  # each project below has its own lockfile
        locks = _locks_of(manifest, folder, names_of)
        read = [found[lock] for lock in locks if lock in found]
        listed: dict[str, set[str]] = {}
        for row in (row for each in read for row in each.rows):
            listed.setdefault(same(row.name), set()).add(row.version)
        said = {same(row.name) for each in read for row in each.rows if row.obstacle}
        copies = tuple(_copies(root, path, manifest, wants, said, owners)) if wants.folders else ()
        if copies:
            found[path] = ReadFile(Manifest(shown(path), manifest.format, Reach.COMPLETE, len(copies)), copies)
        mine = own.union(*(each.own for each in read))
        if not locks:
            found[path] = ReadFile(_not_locked(path, manifest), copies)
        elif any(each.manifest.reach in (Reach.UNREADABLE, Reach.UNSUPPORTED) for each in read):
            continue  # said already
        elif (
            missing := list(unanswered(wants, mine, listed, [(each.manifest.file, each.asked) for each in read]))
        ) or not (listed or (manifest.wants and wants.whole)):
            lock = next((lock for _name, lock in missing if lock), shown(locks[0]))
            found[path] = ReadFile(_not_in_lock(path, manifest, lock, [name for name, _lock in missing]), copies)
    return own


def _text_of(root: Path, folder: str, name: str) -> bytes | None:
    """A manifest's content as UTF-8."""
    data = read_bytes(root / folder / name)
    return None if data is None else containers.as_utf8(data)


def _sets_for_all(manifest: families.Manifest, data: bytes | None) -> bool:
    """Whether a file asks for packages on behalf of every project file below it (MSBuild, Directory.Build.props)."""
    return manifest.format == families.SETTINGS and (data is None or families.asks(manifest, data))


def _is_set(manifest: families.Manifest, folder: str, settings: set[str]) -> bool:
    return manifest.format == families.PROJECT and any(each == folder or _below(folder, each) for each in settings)


def _below(inside: str, folder: str) -> bool:
    return not folder or inside.startswith(f"{folder}/")


def _locks_of(manifest: families.Manifest, folder: str, names_of: dict[str, list[str]]) -> list[str]:
    """The lockfiles nearest to a manifest: beside it, a folder below, or (a workspace) in a folder above."""
    places = [(folder, manifest.locks)]
    if manifest.above:
        places += [(str(each) if str(each) != "." else "", manifest.above) for each in PurePosixPath(folder).parents]
    if manifest.format == "build.gradle" and _BUILD_LOGIC & set(PurePosixPath(folder).parts):
        places += [(str(each) if str(each) != "." else "", manifest.locks) for each in PurePosixPath(folder).parents]
    if manifest.format == "Package.swift":  # an Xcode project keeps it deep inside itself
        places += [(each, manifest.locks) for each in names_of]
    for place, pattern in places:
        near = (place, *(f"{place}/{name}".lstrip("/") for name in ("obj", "gradle", "requirements")))
        if locks := [
            f"{each}/{name}".lstrip("/") for each in near for name in families.locking(pattern, names_of.get(each, ()))
        ]:
            return locks
    return []


def _not_in_lock(path: str, manifest: families.Manifest, lock: str, missing: list[str]) -> Manifest:
    because = (
        _("It asks for {names}, and {lock} does not list that: it is older, or of another project. Lock again.").format(
            names=", ".join(missing[:3]) + (" …" if len(missing) > 3 else ""), lock=lock
        )
        if missing
        else _("It asks for packages, and {lock} lists none: it is older, or damaged. Lock them again.").format(
            lock=lock
        )
    )
    return Manifest(shown(path), manifest.format, Reach.NOT_LOCKED, 0, because)


def _not_locked(path: str, manifest: families.Manifest) -> Manifest:
    because = _("It asks for packages, and no lockfile says which versions came. Lock them, and keep the lockfile.")
    return Manifest(shown(path), manifest.format, Reach.NOT_LOCKED, 0, because)


def _copies(
    root: Path, path: str, manifest: families.Manifest, wants: Wants, locked: set[str], owners: set[str]
) -> Iterator[Dependency]:
    """The packages in folders beside that are, or may be, other people's: nobody looks up what is known of them.

    That is one that stands in for a published package, that lies outside the repository or in a folder for copies, or
    that names the repository of somebody who is none of `owners` (those of Git's remotes and of the first manifest).
    """
    mine = owners | ({owner} if (owner := owner_of(wants.repository)) else set())
    for name, where in sorted(wants.folders.items()):
        place = posixpath.normpath(str(PurePosixPath(path).parent / where))
        if PurePosixPath(place) in PurePosixPath(path).parents:
            continue  # an example of the very package that it lies in
        outside = place.startswith(("..", "/", "~"))
        theirs = name in wants.patched or outside or COPIED.search(f"{place}/") or not (root / place).is_dir()
        if not theirs:
            names = (manifest.format, "pyproject.toml")
            data = next((found for each in names if (found := read_bytes(root / place / each)) is not None), None)
            said = families.wants(manifest, data) if data is not None else None
            theirs = bool(said and (owner := owner_of(said.repository)) and owner not in mine)
        if theirs and same(name) not in locked:
            ecosystem = _ECOSYSTEMS[manifest.format]
            yield Dependency(ecosystem, name, "", shown(path), direct=True, obstacle=Obstacle.OTHER_SOURCE)


def owner_of(address: str) -> str:
    """Who keeps the repository of an address: its host and first step; "" for what is no such address."""
    if short := _SHORT.fullmatch(address):
        return f"{short[1] or 'github'}.{'org' if short[1] == 'bitbucket' else 'com'}/{short[2]}".lower()
    found = _ADDRESS.match(f"{address.strip()}/")
    return f"{found[1]}/{found[2]}".lower() if found else ""


def _owners(root: Path) -> set[str]:
    """Who keeps the places that Git fetches this repository from and sends it to."""
    config = read_bytes(root / ".git" / "config") or b""
    return {owner_of(each) for each in _REMOTE.findall(config.decode("utf-8", "replace"))} - {""}

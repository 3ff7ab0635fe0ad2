"""What npm and Bun locked: package-lock.json (versions 1 to 3), npm-shrinkwrap.json and bun.lock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.npm_settings import Registries, registries
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import Source, known_version, need, reached, table, table_of, text
from wizard.checks.dependencies.wanted import ranges_of
from wizard.formats import json as strict_json

_KEY = r'^[ \t]*"([^"\n]+)"\s*:\s*[\[{]'
_COMMIT = re.compile(r"[0-9a-f]{40}")
#: `npm:real-name@1.2.3`, the way of npm to use a package under another name
_ALIAS = re.compile(r"npm:(@?[^@]+)@(.+)")
_FORGES = ("github.com/", "codeload.github.com/", "gitlab.com/", "bitbucket.org/")
_PROD = ("dependencies", "optionalDependencies", "peerDependencies")
_COMMENT_OR_COMMA = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|,(?=\s*[\]}])')


def declared(package: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The names that a package.json asks for: to run, and only to build or test."""
    prod = {name for key in _PROD for name in table(package, key)}
    return prod, set(table(package, "devDependencies")) - prod


def declared_beside(source: Source) -> tuple[set[str], set[str]] | None:
    """The same from the package.json beside a lockfile; None when there is none."""
    beside = source.other("package.json")
    return declared(beside.json()) if beside else None


#: Folders in which other people's code is kept; npm links them as it does the partner's own workspaces.
COPIED = re.compile(r"(?:^|/)(?:vendor(?:s|ed)?|third[-_]?party|external|node_modules)/", re.IGNORECASE)


def from_elsewhere(where: str, version: str = "") -> bool:
    """True for a package that no registry answers for: Git, a local file, an archive of a code host or of any address.

    Registries keep archives below `/-/`, and those that do not name the version in the address.
    """
    if where.startswith(("http://", "https://")):
        return "/-/" not in where and (where.partition("://")[2].startswith(_FORGES) or version not in where)
    return where.startswith(("git", "file:", "link:", "portal:", "bitbucket:", "gist:", "ssh:"))


def commit_of(where: str) -> str:
    """The commit at the end of a Git address, or ""."""
    found = _COMMIT.findall(where)
    return found[-1] if found else ""


def made(
    name: str,
    version: str,
    where: str,
    line: int,
    *,
    file: str,
    direct: bool | None,
    dev: bool,
    origin: str = "",
) -> Dependency:
    """A package of npm, with what keeps it from being looked up. `origin` is its registry where `where` says none."""
    if alias := _ALIAS.fullmatch(version):
        name, version = alias[1], alias[2]
    elsewhere = from_elsewhere(where, version) or from_elsewhere(version) or "://" in version
    obstacle = Obstacle.OTHER_SOURCE if elsewhere else None if version else Obstacle.NO_VERSION
    commit = commit_of(where or version) if elsewhere else ""
    origin = "" if elsewhere else base(where, name) or origin
    return Dependency(Ecosystem.NPM, name, version, file, line, direct, dev, commit, obstacle, origin)


def apart(rows: Iterable[Dependency], settings: Registries) -> frozenset[str]:
    """The names that come from the registry that the settings give to their scope."""
    return frozenset(row.name for row in rows if row.origin and row.origin == settings.of(row.name))


def read_lock(source: Source) -> Listed:
    """A package-lock.json or npm-shrinkwrap.json. Raises `Malformed`."""
    lock = source.json()
    need("lockfileVersion" in lock and ("packages" in lock or "dependencies" in lock or lock.get("name")))
    known_version(lock["lockfileVersion"], ("1", "2", "3"))
    settings = registries(source)
    if "packages" in lock:
        packages = table_of(lock["packages"])
        need(not table(lock, "dependencies") or any("node_modules/" in path for path in packages))  # two lists, as one
        rows = tuple(_packages(source, packages, settings))
        needs: dict[str, list[str]] = {}
        for path, one in packages.items():
            if "node_modules/" in path:
                alias, name = _last(path), text(one, "name") or _last(path)
                needs.setdefault(name, []).extend(table(one, "dependencies"))
                needs.setdefault(alias, []).append(name)
        own = frozenset(map(_last, packages))
        asked = ranges(one for path, one in packages.items() if "node_modules/" not in path)
        return Listed(rows, needs=needs, closed=True, own=own, apart=apart(rows, settings), asked=asked)
    inner: dict[str, list[str]] = {}
    rows = tuple(_nested(source, table(lock, "dependencies"), settings, inner))
    return Listed(rows, needs=inner, apart=apart(rows, settings))


def ranges(manifests: Iterable[Any]) -> dict[str, set[str]]:
    """The ranges of each name that a lockfile repeats of the manifests."""
    found: dict[str, set[str]] = {}
    for each in manifests:
        for name, wanted in ranges_of(table_of(each)):
            found.setdefault(name, set()).add(wanted)
    return found


def _last(path: str) -> str:
    return path.rpartition("node_modules/")[2]


def _packages(source: Source, packages: Mapping[str, Any], settings: Registries) -> Iterator[Dependency]:
    lines = source.lines(_KEY)
    direct: set[str] = set()
    for path, package in packages.items():
        if "node_modules/" not in path:  # the root, or a workspace: the partner's own code
            for name in set().union(*declared(table_of(package))):
                inside = f"{path}/node_modules/{name}" if path else f"node_modules/{name}"
                direct.add(inside if inside in packages else f"node_modules/{name}")
    for path, package in packages.items():
        if "node_modules/" not in path:
            continue
        package = table_of(package)
        where = text(package, "resolved")
        if package.get("link") is True:
            if where in packages and not COPIED.search(where):
                continue
            where = f"file:{where}"
        yield made(
            name := text(package, "name") or _last(path),
            text(package, "version"),
            where,
            lines.take(path),
            file=source.file,
            direct=path in direct,
            dev=package.get("dev") is True or package.get("devOptional") is True,
            origin=settings.of(name),
        )


def _nested(
    source: Source, dependencies: Mapping[str, Any], settings: Registries, needs: dict[str, list[str]]
) -> Iterator[Dependency]:
    lines = source.lines(_KEY)
    declared_names = declared_beside(source)
    direct = set().union(*declared_names) if declared_names else None
    waiting = [(dependencies, True)]
    while waiting:
        level, top = waiting.pop()
        for name, package in level.items():
            package = table_of(package)
            needs.setdefault(name, []).extend(table(package, "requires"))
            is_direct = None if direct is None else top and name in direct
            yield made(
                name,
                text(package, "version"),
                text(package, "resolved"),
                lines.take(name),
                file=source.file,
                direct=is_direct,
                dev=package.get("dev") is True,
                origin=settings.of(name),
            )
            if inner := table(package, "dependencies"):
                waiting.append((inner, False))


def read_bun(source: Source) -> Listed:
    """A bun.lock: JSON with comments and trailing commas. Raises `Malformed`."""
    plain = _COMMENT_OR_COMMA.sub(lambda found: found[0] if found[0].startswith('"') else "", source.text)
    lock = table_of(strict_json.parse(plain.encode()))
    need("lockfileVersion" in lock and "packages" in lock)
    known_version(lock["lockfileVersion"], ("0", "1", "2"))
    prod: set[str] = set()
    dev: set[str] = set()
    for workspace in table(lock, "workspaces").values():
        to_run, to_build = declared(table_of(workspace))
        prod |= to_run
        dev |= to_build
    packages = table(lock, "packages")
    graph = {
        key: [f"{key}/{name}" if f"{key}/{name}" in packages else name for name in _bun_asks(entry)]
        for key, entry in packages.items()
    }
    running = reached(graph, prod)
    lines, settings = source.lines(_KEY), registries(source)
    found = []
    needs: dict[str, list[str]] = {}
    for key, entry in packages.items():
        need(isinstance(entry, list) and entry and isinstance(entry[0], str))
        name, _at, version = entry[0].rpartition("@") if "@" in entry[0][1:] else (entry[0], "", "")
        if "@" in name[1:] and "://" in entry[0]:  # a Git address may hold an @ of its own
            name, _at, version = entry[0].partition("@")
        if version.startswith("workspace:"):
            continue
        needs.setdefault(name, []).extend(_bun_asks(entry))
        written = entry[1] if len(entry) > 1 and isinstance(entry[1], str) else ""
        found.append(
            made(
                name,
                version,
                "",
                lines.take(key),
                file=source.file,
                direct=key in prod or key in dev,
                dev=key not in running,
                origin=settings.origin(base(written, name), name),
            )
        )
    asked = ranges(table(lock, "workspaces").values())
    return Listed(tuple(found), needs=needs, apart=apart(found, settings), asked=asked)


def _bun_asks(entry: Any) -> Iterator[str]:
    for part in entry if isinstance(entry, list) else ():
        if isinstance(part, Mapping):
            yield from (name for kind in _PROD for name in table(part, kind))

"""What Python's tools locked: poetry.lock, uv.lock, pdm.lock, Pipfile.lock and pylock.toml (PEP 751)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import DEFAULT, base, mixed
from wizard.checks.dependencies.python_settings import named_for_poetry, named_for_uv, normal, of_pdm, of_pipfile
from wizard.checks.dependencies.source import Source, known_version, need, reached, table, table_of, tables, text, texts

_NAMED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_KEY = r'^[ \t]*name[ \t]*=[ \t]*"([^"\n]+)"'
_MAIN_GROUPS = frozenset({"main", "default"})


def made(
    name: str,
    version: str,
    line: int,
    *,
    file: str,
    direct: bool | None,
    dev: bool = False,
    elsewhere: bool = False,
    commit: str = "",
    origin: str = "",
) -> Dependency:
    """A package of Python, with what keeps it from being looked up."""
    obstacle = Obstacle.OTHER_SOURCE if elsewhere else None if version else Obstacle.NO_VERSION
    origin = "" if elsewhere else origin
    return Dependency(Ecosystem.PYPI, normal(name), version, file, line, direct, dev, commit, obstacle, origin)


def asked_by_project(source: Source) -> tuple[set[str], set[str]] | None:
    """What the pyproject.toml beside asks for: to run, and to build or test. None when there is none."""
    beside = source.other("pyproject.toml")
    return None if beside is None else declared(beside.toml())


def declared(project: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The names that a pyproject.toml asks for, in the forms of PEP 621, PEP 735, Poetry, PDM and uv."""
    poetry = table(table(project, "tool"), "poetry")
    prod = _names(texts(table(project, "project"), "dependencies"))
    for extra in table(table(project, "project"), "optional-dependencies").values():
        prod |= _names(item for item in extra if isinstance(item, str)) if isinstance(extra, list) else set()
    prod |= {normal(name) for name in table(poetry, "dependencies") if name != "python"}
    dev = {normal(name) for name in table(poetry, "dev-dependencies")}
    for group, content in table(poetry, "group").items():
        dev |= {normal(name) for name in table(content, "dependencies")} if group not in _MAIN_GROUPS else set()
    tool = table(project, "tool")
    groups = [table(project, "dependency-groups"), table(table(tool, "pdm"), "dev-dependencies")]
    for listed in [*(group for each in groups for group in each.values()), table(tool, "uv").get("dev-dependencies")]:
        dev |= _names(item for item in listed if isinstance(item, str)) if isinstance(listed, list) else set()
    return prod, dev - prod


def requirements(project: Mapping[str, Any]) -> Iterator[str]:
    """Each line by which a pyproject.toml asks for a package, with extras and groups (PEP 621, PEP 735, PDM, uv)."""
    tool, own = table(project, "tool"), table(project, "project")
    groups = [table(own, "optional-dependencies"), table(project, "dependency-groups")]
    groups.append(table(table(tool, "pdm"), "dev-dependencies"))
    listed = [own.get("dependencies"), table(tool, "uv").get("dev-dependencies")]
    listed += [items for group in groups for items in group.values()]
    yield from (item for each in listed if isinstance(each, list) for item in each if isinstance(item, str))


def asked_of_poetry(project: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each name that a pyproject.toml asks Poetry for, with what it says of it."""
    poetry = table(table(project, "tool"), "poetry")
    asked = [table(poetry, "dependencies"), table(poetry, "dev-dependencies")]
    asked += [table(group, "dependencies") for group in table(poetry, "group").values()]
    yield from (pair for each in asked for pair in each.items() if pair[0] != "python")


def needed(project: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """A project's own name, and what it needs on every system from elsewhere than a folder beside it."""
    names = _names(item for item in requirements(project) if ";" not in item and " @ file:" not in item)
    for name, spec in asked_of_poetry(project):
        if not (isinstance(spec, dict) and spec.keys() & {"path", "markers", "platform", "python", "optional"}):
            names.add(normal(name))
    own, poetry = table(project, "project"), table(table(project, "tool"), "poetry")
    return normal(text(own, "name") or text(poetry, "name")), frozenset(names)


def _names(requirements: Iterable[str]) -> set[str]:
    return {normal(found[1]) for each in requirements if (found := _NAMED.match(each))}


def read_poetry(source: Source) -> Listed:
    """A poetry.lock. Raises `Malformed`."""
    lock = source.toml()
    need("metadata" in lock)
    known_version(text(table(lock, "metadata"), "lock-version") or "1", ("1", "2"))
    asked, lines = asked_by_project(source), source.lines(_KEY)
    packages = list(tables(lock, "package"))
    graph = {normal(text(each, "name")): [normal(name) for name in table(each, "dependencies")] for each in packages}
    running = reached(graph, asked[0]) if asked else None
    found = []
    for each in packages:
        name, origin = text(each, "name"), table(each, "source")
        need(name)
        groups = set(texts(each, "groups")) or ({text(each, "category")} if text(each, "category") else set())
        kind = text(origin, "type")
        if kind == "directory":
            continue  # the partner's own code
        found.append(
            made(
                name,
                text(each, "version"),
                lines.take(name),
                file=source.file,
                direct=normal(name) in asked[0] | asked[1] if asked else None,
                dev=not groups & _MAIN_GROUPS if groups else running is not None and normal(name) not in running,
                elsewhere=kind in ("git", "url", "file"),
                commit=text(origin, "resolved_reference"),
                origin=base(text(origin, "url")) or text(origin, "reference") or DEFAULT,
            )
        )
    return Listed(tuple(found), needs=graph, apart=named_for_poetry(source))


def read_uv(source: Source) -> Listed:
    """A uv.lock. Raises `Malformed`."""
    lock = source.toml()
    need("version" in lock)
    known_version(lock["version"], ("1",))
    lines = source.lines(_KEY)
    packages = list(tables(lock, "package"))
    own: list[Mapping[str, Any]] = []
    graph: dict[str, list[str]] = {}
    for each in packages:
        needs = [text(one, "name") for one in tables(each, "dependencies")]
        for extra in table(each, "optional-dependencies").values():
            needs += [text(table_of(one), "name") for one in extra]
        graph.setdefault(text(each, "name"), []).extend(needs)
        if table(each, "source").keys() & {"editable", "virtual", "directory"}:
            own.append(each)
    need(own or not packages)  # the project itself always stands there
    roots = {text(each, "name") for each in own}
    running = reached(graph, roots)
    direct = {name for root in roots for name in graph[root]}
    for each in own:
        for group in table(each, "dev-dependencies").values():
            graph.setdefault("", []).extend(text(table_of(one), "name") for one in group)
    direct |= set(graph.get("", ()))
    found = []
    for each in packages:
        name, origin = text(each, "name"), table(each, "source")
        need(name and origin)
        line = lines.take(name)
        if name in roots:
            continue
        found.append(
            made(
                name,
                text(each, "version"),
                line,
                file=source.file,
                direct=name in direct,
                dev=bool(roots) and name not in running,
                elsewhere=bool(origin.keys() & {"git", "url", "path"}),
                commit=text(origin, "git").rpartition("#")[2] if "git" in origin else "",
                origin=base(text(origin, "registry")) or text(origin, "registry"),
            )
        )
    needed = {normal(name): [normal(each) for each in names] for name, names in graph.items()}
    mine = frozenset(map(normal, roots))
    return Listed(tuple(found), needs=needed, closed=True, own=mine, apart=named_for_uv(source))


def read_pdm(source: Source) -> Listed:
    """A pdm.lock. Raises `Malformed`."""
    lock = source.toml()
    need("metadata" in lock)
    asked, lines = asked_by_project(source), source.lines(_KEY)
    found: dict[tuple[str, str], Dependency] = {}
    needs: dict[str, set[str]] = {}
    own = set()
    origin_of, further = of_pdm(source)
    for each in tables(lock, "package"):
        name, groups = text(each, "name"), set(texts(each, "groups"))
        need(name)
        line = lines.take(name)
        needs.setdefault(normal(name), set()).update(_names(x for x in texts(each, "dependencies") if ";" not in x))
        if text(each, "path"):
            own.add(normal(name))
            continue
        one = made(
            name,
            text(each, "version"),
            line,
            file=source.file,
            direct=normal(name) in asked[0] | asked[1] if asked else None,
            dev=bool(groups) and not groups & _MAIN_GROUPS,
            elsewhere=bool(text(each, "git") or text(each, "url")),
            commit=text(each, "revision"),
            origin=origin_of(name),
        )
        found.setdefault((one.name, one.version), one)  # one entry for each set of extras
    reach, because = mixed(further)
    return Listed(tuple(found.values()), reach, because, needs=needs, closed=True, own=frozenset(own))


def read_pipfile(source: Source) -> Listed:
    """A Pipfile.lock. Raises `Malformed`."""
    lock = source.json()
    need("_meta" in lock and ("default" in lock or "develop" in lock))
    known_version(table(lock, "_meta").get("pipfile-spec", 6), ("6",))
    beside = source.other("Pipfile")
    wanted = beside.toml() if beside else None
    direct = {normal(name) for kind in ("packages", "dev-packages") for name in table(wanted, kind)}
    lines = source.lines(r'^[ \t]*"([^"\n]+)"\s*:\s*\{')
    origin_of = of_pipfile(lock)
    found = []
    for kind in lock.keys() - {"_meta"}:  # categories may have any name
        for name, entry in table(lock, kind).items():
            entry = table_of(entry)
            line = lines.take(name)
            if text(entry, "path"):
                continue
            found.append(
                made(
                    name,
                    text(entry, "version").lstrip("=").strip(),
                    line,
                    file=source.file,
                    direct=normal(name) in direct if wanted is not None else None,
                    dev=kind != "default",
                    elsewhere=bool(text(entry, "git") or text(entry, "file")),
                    commit=text(entry, "ref"),
                    origin=origin_of(entry),
                )
            )
    return Listed(tuple(sorted(found, key=lambda one: one.line)))


def read_pylock(source: Source) -> Listed:
    """A pylock.toml. Raises `Malformed`."""
    lock = source.toml()
    need("lock-version" in lock)
    known_version(lock["lock-version"], ("1",))
    asked, lines = asked_by_project(source), source.lines(_KEY)
    found = []
    needs: dict[str, list[str]] = {}
    own = set()
    for each in tables(lock, "packages"):
        name = text(each, "name")
        need(name)
        line = lines.take(name)
        needs.setdefault(normal(name), []).extend(normal(text(one, "name")) for one in tables(each, "dependencies"))
        if "directory" in each:
            own.add(normal(name))
            continue
        found.append(
            made(
                name,
                text(each, "version"),
                line,
                file=source.file,
                direct=normal(name) in asked[0] | asked[1] if asked else None,
                elsewhere=bool(each.keys() & {"vcs", "archive"}),
                commit=text(table(each, "vcs"), "commit-id"),
                origin=base(text(each, "index")),
            )
        )
    return Listed(tuple(found), needs=needs, closed=True, own=frozenset(own))

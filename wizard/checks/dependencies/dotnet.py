"""What NuGet resolved: packages.lock.json, packages.config, project.assets.json and NAME.deps.json."""

from __future__ import annotations

import io
import re

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.nuget_settings import told
from wizard.checks.dependencies.source import Source, known_version, need, table, table_of, text, texts
from wizard.formats import xml

_KEY = r'^[ \t]*"([^"\n]+)"\s*:\s*\{'
_ASKED = re.compile(r"([^\s<>=]+)")


def read_lock(source: Source) -> Listed:
    """A packages.lock.json. Raises `Malformed`."""
    lock = source.json()
    need("version" in lock and "dependencies" in lock)
    known_version(lock["version"], ("1", "2"))
    lines = source.lines(_KEY)
    found: dict[tuple[str, str], Dependency] = {}
    for packages in table(lock, "dependencies").values():
        for name, entry in table_of(packages).items():
            kind, version = text(entry, "type"), text(table_of(entry), "resolved")
            if kind == "Project":
                continue  # the partner's own code
            obstacle = None if version else Obstacle.NO_VERSION
            one = Dependency(
                Ecosystem.NUGET, name, version, source.file, lines.take(name), kind == "Direct", obstacle=obstacle
            )
            before = found.get((name, version))
            if before is None or (one.direct and not before.direct):
                found[(name, version)] = one
    return told(source, found.values())


def read_config(source: Source) -> Listed:
    """A packages.config, which lists everything that was installed. Raises `Malformed`."""
    lines = source.lines(r'<package\b[^>]*\bid="([^"\n]+)"')
    found = []
    root = ""
    for seen in xml.walk(io.BytesIO(source.data), ("package",)):
        root = root or seen.path[0]
        if seen.path[-1] == "package" and not seen.opened:
            has = seen.element.attrib
            name, version = has.get("id", ""), has.get("version", "")
            need(name)
            dev = has.get("developmentDependency", "").lower() == "true"
            obstacle = None if version else Obstacle.NO_VERSION
            found.append(
                Dependency(Ecosystem.NUGET, name, version, source.file, lines.take(name), None, dev, "", obstacle)
            )
    need(root == "packages")
    return told(source, found)


def read_libraries(source: Source) -> Listed:
    """A project.assets.json or NAME.deps.json. Raises `Malformed`."""
    content = source.json()
    need("libraries" in content and "targets" in content)
    asked: set[str] = set()
    for group in table(content, "projectFileDependencyGroups").values():
        asked |= {named[1].lower() for each in texts({"all": group}, "all") if (named := _ASKED.match(each))}
    known = "projectFileDependencyGroups" in content
    lines = source.lines(_KEY)
    found = []
    for key, entry in table(content, "libraries").items():
        if text(table_of(entry), "type") != "package":
            continue
        name, slash, version = key.partition("/")
        need(slash)
        direct = name.lower() in asked if known else None
        found.append(Dependency(Ecosystem.NUGET, name, version, source.file, lines.take(key), direct))
    return told(source, found, table(table(table(content, "project"), "restore"), "sources"))

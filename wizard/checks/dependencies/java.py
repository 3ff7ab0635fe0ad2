"""What Maven and Gradle say: pom.xml (direct only), gradle.lockfile, and Gradle's verification-metadata.xml."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.origins import base, mixed
from wizard.checks.dependencies.source import Source, need
from wizard.domain.language import _
from wizard.formats import xml

_BUILD_FILES = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
#: A repository with an address of its own, on its own or as the only place of what its filter names.
_OPENS = re.compile(r"(?:maven|exclusiveContent|pluginManagement)\b")
_COMMON = re.compile(r"\b(?:mavenCentral|google|jcenter)\s*[({]")
_URL = re.compile(r"""(https?://[^\s"'()]+)""")
_GROUP = re.compile(r"""\bincludeGroup(?:AndSubgroups)?[ \t(]+["']([^"']+)["']""")
#: A block of a build file is not longer than so many lines.
_BLOCK = 40
_PROPERTY = re.compile(r"\$\{([^}]+)\}")
_LOCKED = re.compile(r"([^:=\s]+):([^:=\s]+):([^:=\s]+)=(.*)")
_RANGE = re.compile(r"[\[\](),]|^(?:LATEST|RELEASE)$|-SNAPSHOT$")


def read_pom(source: Source) -> Listed:
    """A pom.xml: only what it asks for itself, as far as its own properties tell. Raises `Malformed`."""
    properties: dict[str, str] = {}
    asked: list[tuple[bool, Element]] = []
    root = ""
    for seen in xml.walk(io.BytesIO(source.data), ("dependency",)):
        root = root or seen.path[0]
        if seen.opened:
            continue
        path, words = seen.path, (seen.element.text or "").strip()
        if path[-1] == "dependency" and path[-2:-1] == ("dependencies",):
            if "plugin" not in path:
                asked.append(("dependencyManagement" in path, _copy(seen.element)))
        elif len(path) == 3 and path[1] == "properties":
            properties[path[2]] = words
        elif len(path) == 2 and path[1] in ("version", "groupId", "artifactId"):
            properties[f"project.{path[1]}"] = properties[f"pom.{path[1]}"] = words
        elif len(path) == 3 and path[1] == "parent":
            properties.setdefault(f"project.{path[2]}", words)
            properties[f"project.parent.{path[2]}"] = words
    need(root == "project")
    managed = {_name(each, properties): xml.words(each, "version") for inside, each in asked if inside}
    lines = source.lines(r"<artifactId>\s*([^<\s]+)\s*</artifactId>")
    found = []
    for inside, each in asked:
        line = lines.take(xml.words(each, "artifactId"))
        if inside:
            continue
        name = _name(each, properties)
        version = _filled(xml.words(each, "version") or managed.get(name, ""), properties)
        missing = not version or "${" in version
        local = xml.words(each, "scope") == "system"
        obstacle = Obstacle.OTHER_SOURCE if local else Obstacle.NO_VERSION if missing else None
        if obstacle is None and _RANGE.search(version):
            obstacle = Obstacle.NOT_PINNED
        dev = xml.words(each, "scope") == "test"
        found.append(Dependency(Ecosystem.MAVEN, name, version, source.file, line, True, dev, "", obstacle))
    because = _(
        "A pom.xml lists what is asked for, not what that brings along. Give an SBOM that Maven makes (CycloneDX)."
    )
    return Listed(tuple(found), Reach.DIRECT_ONLY, because)


def _copy(element: Element) -> Element:
    """What is kept of a dependency: the stream forgets the element after it was met."""
    kept = Element("dependency")
    for child in element:
        if child.tag in ("groupId", "artifactId", "version", "scope"):
            one = Element(child.tag)
            one.text = child.text
            kept.append(one)
    return kept


def _name(element: Element, properties: Mapping[str, str]) -> str:
    both = (_filled(xml.words(element, each), properties) for each in ("groupId", "artifactId"))
    return ":".join(both)


def _filled(text: str, properties: Mapping[str, str]) -> str:
    for _again in range(5):  # a property may name another one, and may name itself
        new = _PROPERTY.sub(lambda found: properties.get(found[1], found[0]), text)[:500]
        if new == text:
            break
        text = new
    return text


def read_gradle(source: Source) -> Listed:
    """A gradle.lockfile or buildscript-gradle.lockfile. Raises `Malformed`."""
    found = []
    building = source.name.startswith(("buildscript", "settings"))
    last = False
    for number, line in enumerate(source.text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("empty="):
            last = True
            continue
        locked = _LOCKED.fullmatch(line.strip())
        need(locked)
        assert locked is not None
        uses = [use for use in locked[4].split(",") if use]
        dev = building or (bool(uses) and all("test" in use.lower() for use in uses))
        found.append(Dependency(Ecosystem.MAVEN, f"{locked[1]}:{locked[2]}", locked[3], source.file, number, None, dev))
    need(last)  # Gradle writes that line last: without it, the file was cut
    return _from_repositories(source, found)


def _from_repositories(source: Source, found: list[Dependency]) -> Listed:
    """What the build files beside and above say of further repositories: the groups that come from them, or nothing."""
    open_ended: set[str] = set()
    groups: list[tuple[str, str]] = []
    common = False
    for data in (each for name in _BUILD_FILES for each in source.above(name)):
        text = data.decode("utf-8", "replace")
        common = common or _COMMON.search(text) is not None
        for block in _blocks(text):
            address = _URL.search(block)
            host = base(address[1]) if address else ""
            if host and not block.startswith("pluginManagement"):
                named = [(group, host) for group in _GROUP.findall(block)]
                groups += named
                open_ended |= set() if named else {host}
    rows = []
    for row in found:
        group = row.name.partition(":")[0]
        where = next((host for each, host in groups if group == each or group.startswith(f"{each}.")), "")
        rows.append(replace(row, origin=where, obstacle=Obstacle.OTHER_REGISTRY) if where else row)
    alone = len(open_ended) == 1 and not common  # a repository of everything
    return Listed(tuple(rows), *mixed("" if alone or not open_ended else min(open_ended)))


def _blocks(text: str) -> Iterator[str]:
    """The blocks of a build file that name a repository, from their first word to the brace that ends them."""
    block: list[str] = []
    depth = 0
    for line in map(str.strip, text.splitlines()):
        if line.startswith(("//", "*")) or not (block or _OPENS.match(line)):
            continue
        block.append(line)
        depth += line.count("{") - line.count("}")
        if depth <= 0 or len(block) >= _BLOCK:
            yield "\n".join(block)
            block, depth = [], 0
    if block:
        yield "\n".join(block)


def read_verification(source: Source) -> Listed:
    """Gradle's verification-metadata.xml: every component that any build of it fetched. Raises `Malformed`."""
    found = []
    root = ""
    lines = source.lines(r'<component\b[^>]*\bname="([^"\n]+)"')
    for seen in xml.walk(io.BytesIO(source.data), ("component",)):
        root = root or seen.path[0]
        if seen.path[-1] == "component" and not seen.opened:
            has = seen.element.attrib
            need(has.get("group") and has.get("name") and has.get("version"))
            name = f"{has['group']}:{has['name']}"
            line = lines.take(has["name"])
            found.append(Dependency(Ecosystem.MAVEN, name, has["version"], source.file, line))
    need(root == "verification-metadata")
    return _from_repositories(source, found)

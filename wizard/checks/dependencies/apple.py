"""What Swift and CocoaPods resolved: Package.resolved and Podfile.lock."""

from __future__ import annotations

import re

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.source import Source, known_version, need, table, table_of, tables, text
from wizard.checks.dependencies.yaml_text import Word

_POD = re.compile(r"(\S+)(?: \(([^()]+)\))?")
_ADDRESS = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]+@)?([^/:]+)[:/](.+?)(?:\.git)?/?$")


def address_of(where: str) -> str:
    """An address of Git in the form in which OSV names a package of Swift; as written where it is none."""
    found = _ADDRESS.match(where.strip())
    return f"{found[1]}/{found[2]}" if found else where


def read_swift(source: Source) -> Listed:
    """A Package.resolved of versions 1 to 3; packages are named by their address, as OSV does. Raises `Malformed`."""
    resolved = source.json()
    need("version" in resolved and ("pins" in resolved or "object" in resolved))
    known_version(resolved["version"], ("1", "2", "3"))
    lines = source.lines(r'"(?:location|repositoryURL)"\s*:\s*"([^"\n]+)"')
    found = []
    for pin in tables(resolved if "pins" in resolved else table(resolved, "object"), "pins"):
        where = text(pin, "location") or text(pin, "repositoryURL")
        address, state = address_of(where), table(pin, "state")
        version = text(state, "version")
        need(where or text(pin, "identity"))
        found.append(
            Dependency(
                Ecosystem.SWIFT,
                address or text(pin, "identity"),
                version,
                source.file,
                lines.take(where),
                commit=text(state, "revision"),
                obstacle=None if version and address != where else Obstacle.OTHER_SOURCE,
            )
        )
    return Listed(tuple(found))


def read_pods(source: Source) -> Listed:
    """A Podfile.lock. Raises `Malformed`."""
    lock = table_of(yaml_text.parse(source.text))
    need("PODS" in lock and "DEPENDENCIES" in lock)
    pods, asked = lock["PODS"], lock["DEPENDENCIES"]
    need(isinstance(pods, list) and isinstance(asked, list))
    direct = {str(each).split(" ")[0].split("/")[0] for each in asked}
    own = {name for name, where in table(lock, "EXTERNAL SOURCES").items() if ":path" in table_of(where)}
    found: dict[str, Dependency] = {}
    for pod in pods:
        written = next(iter(pod)) if isinstance(pod, dict) and pod else pod
        need(isinstance(written, Word))
        matched = _POD.fullmatch(written)
        need(matched)
        assert matched is not None
        name = matched[1].split("/")[0]  # Firebase/Core is a part of Firebase
        if name not in own:
            one = Dependency(
                Ecosystem.COCOAPODS,
                name,
                matched[2] or "",
                source.file,
                written.line,
                name in direct,
                obstacle=Obstacle.NO_DATA,
            )
            found.setdefault(name, one)
    return Listed(tuple(found.values()))

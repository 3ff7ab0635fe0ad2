"""What Composer locked: composer.lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import base, shown
from wizard.checks.dependencies.source import Source, need, table, tables, text


def read(source: Source) -> Listed:
    """A composer.lock. Raises `Malformed`."""
    lock = source.json()
    need("packages" in lock)
    beside = source.other("composer.json")
    asked = beside.json() if beside else None
    direct = {name.lower() for kind in ("require", "require-dev") for name in table(asked, kind)}
    lines = source.lines(r'^[ \t]*"name"\s*:\s*"([^"\n]+)"')
    found = []
    needs: dict[str, list[str]] = {}
    own: set[str] = set()  # and what a package stands in for
    for kind in ("packages", "packages-dev"):
        for each in tables(lock, kind):
            name, version = text(each, "name"), text(each, "version")
            need(name)
            line = lines.take(name)
            own |= {other.lower() for each_kind in ("replace", "provide") for other in table(each, each_kind)}
            if text(table(each, "dist"), "type") == "path":
                own.add(name.lower())
                continue  # the partner's own code
            needs.setdefault(name.lower(), []).extend(map(str.lower, table(each, "require")))
            branch = version.startswith("dev-") or version.endswith("-dev")
            found.append(
                Dependency(
                    Ecosystem.PACKAGIST,
                    name.lower(),
                    version,
                    source.file,
                    line,
                    direct=None if asked is None else name.lower() in direct,
                    dev=kind == "packages-dev",
                    commit=text(table(each, "source"), "reference") if branch else "",
                    obstacle=Obstacle.NOT_PINNED if branch else None if version else Obstacle.NO_VERSION,
                    origin=_origin(each),
                )
            )
    return Listed(tuple(found), needs=needs, own=frozenset(own))


def _origin(package: Mapping[str, Any]) -> str:
    """The host of the repository that wants to hear of downloads; without one, that of the code itself."""
    owner = (
        text(package, "notification-url"),
        text(table(package, "dist"), "url"),
        text(table(package, "source"), "url"),
    )
    return next((shown(where) for each in owner if (where := base(each))), "")

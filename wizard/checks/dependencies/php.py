"""What Composer locked: composer.lock."""

from __future__ import annotations

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
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
    for kind in ("packages", "packages-dev"):
        for each in tables(lock, kind):
            name, version = text(each, "name"), text(each, "version")
            need(name)
            line = lines.take(name)
            if text(table(each, "dist"), "type") == "path":
                continue  # the partner's own code
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
                )
            )
    return Listed(tuple(found))

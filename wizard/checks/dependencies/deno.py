"""What Deno locked: deno.lock of versions 2 to 5, with packages of npm, of JSR, and modules of any address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.checks.dependencies import npm
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.npm_settings import registries
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import Source, known_version, need, table, table_of, text


def read(source: Source) -> Listed:
    """A deno.lock. Raises `Malformed`."""
    lock = source.json()
    need("version" in lock)
    known_version(lock["version"], ("2", "3", "4", "5"))
    held = {**lock, **table(lock, "packages")}
    packages = table(table(lock, "npm"), "packages") if str(lock["version"]) == "2" else table(held, "npm")
    lines, settings = source.lines(r'^[ \t]*"([^"\n]+)"\s*:'), registries(source)
    found = []
    needs: dict[str, list[str]] = {}
    for key, entry in packages.items():
        name, version = _split(key)
        needs.setdefault(name, []).extend(_named(table_of(entry).get("dependencies")))
        origin = settings.origin(base(text(entry, "tarball"), name), name)
        made = npm.made(name, version, "", lines.take(key), file=source.file, direct=None, dev=False, origin=origin)
        found.append(made)
    apart = npm.apart(found, settings)
    for key in table(held, "jsr"):
        name, version = _split(key)
        line = lines.take(key)
        found.append(Dependency(Ecosystem.OTHER, f"jsr:{name}", version, source.file, line, obstacle=Obstacle.NO_DATA))
    for address in table(lock, "remote"):
        line = lines.take(address)
        found.append(Dependency(Ecosystem.OTHER, base(address), "", source.file, line, obstacle=Obstacle.OTHER_SOURCE))
    return Listed(tuple(found), needs=needs, closed=True, apart=apart)


def _split(key: str) -> tuple[str, str]:
    """Name and version of a key: name@1.0.0, with peers behind as name@1.0.0_other@2.0.0."""
    at = key.find("@", 1)
    return (key, "") if at < 0 else (key[:at], key[at + 1 :].partition("_")[0])


def _named(dependencies: Any) -> list[str]:
    """The names that an entry needs: a list of keys, before version 4 a table of them."""
    keys = dependencies.values() if isinstance(dependencies, Mapping) else dependencies
    return [_split(str(key))[0] for key in keys] if keys and not isinstance(keys, str) else []

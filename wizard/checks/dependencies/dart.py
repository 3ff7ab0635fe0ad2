"""What Dart and Flutter locked: pubspec.lock."""

from __future__ import annotations

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import Source, need, table, table_of, text
from wizard.checks.dependencies.yaml_text import Word


def read(source: Source) -> Listed:
    """A pubspec.lock. Raises `Malformed`."""
    lock = table_of(yaml_text.parse(source.text))
    need("packages" in lock)
    need("sdks" in lock or "sdk" in lock)  # the last section: without it, the file was cut
    found = []
    for name, entry in table(lock, "packages").items():
        entry = table_of(entry)
        origin, use = text(entry, "source"), text(entry, "dependency")
        if origin == "path":
            continue  # the partner's own code
        found.append(
            Dependency(
                Ecosystem.PUB,
                str(name),
                str(text(entry, "version")),
                source.file,
                name.line if isinstance(name, Word) else 0,
                direct=use.startswith("direct"),
                dev=use == "direct dev",
                commit=str(text(table(entry, "description"), "resolved-ref")),
                obstacle=None if origin == "hosted" else Obstacle.OTHER_SOURCE,
                origin=base(text(table(entry, "description"), "url")) if origin == "hosted" else "",
            )
        )
    return Listed(tuple(found))

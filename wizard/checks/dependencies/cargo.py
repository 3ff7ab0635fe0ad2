"""What Cargo locked: Cargo.lock."""

from __future__ import annotations

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.source import Source, known_version, need, table, tables, text, texts

_REGISTRIES = ("registry+https://", "sparse+https://")


def read(source: Source) -> Listed:
    """A Cargo.lock. Raises `Malformed`."""
    lock = source.toml()
    need("package" in lock or "version" in lock)
    known_version(lock.get("version", 1), ("1", "2", "3", "4"))
    lines = source.lines(r'^name[ \t]*=[ \t]*"([^"\n]+)"')
    packages = list(tables(lock, "package"))
    direct = {
        tuple(needed.split(" ")[:2])
        for each in packages
        if "source" not in each
        for needed in texts(each, "dependencies")
    }
    beside = source.other("Cargo.toml")
    manifest = beside.toml() if beside else {}
    only_dev = {*table(manifest, "dev-dependencies"), *table(manifest, "build-dependencies")}
    only_dev -= set(table(manifest, "dependencies"))
    found = []
    for each in packages:
        name, version, origin = text(each, "name"), text(each, "version"), text(each, "source")
        need(name and version)
        line = lines.take(name)
        if not origin:
            continue  # a member of the workspace: the partner's own code
        found.append(
            Dependency(
                Ecosystem.CRATES,
                name,
                version,
                source.file,
                line,
                direct=(name,) in direct or (name, version) in direct,
                dev=name in only_dev,
                commit=origin.rpartition("#")[2] if origin.startswith("git+") else "",
                obstacle=None if _is_public(origin) else Obstacle.OTHER_SOURCE,
            )
        )
    return Listed(tuple(found))


def _is_public(origin: str) -> bool:
    """The public index of crates in either of its forms; a company's own registry holds other packages."""
    return origin.startswith(_REGISTRIES) and Ecosystem.CRATES.value in origin

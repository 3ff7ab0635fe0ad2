"""What Cargo locked: Cargo.lock."""

from __future__ import annotations

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.source import Source, need, table, tables, text, texts

_CRATES_IO = ("registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io")


def read(source: Source) -> Listed:
    """A Cargo.lock. Raises `Malformed`."""
    lock = source.toml()
    need("package" in lock or "version" in lock)
    lines = source.lines(r'^name\s*=\s*"([^"\n]+)"')
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
                obstacle=None if origin.startswith(_CRATES_IO) else Obstacle.OTHER_SOURCE,
            )
        )
    return Listed(tuple(found))

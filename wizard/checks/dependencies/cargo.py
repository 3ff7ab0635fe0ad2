"""What Cargo locked: Cargo.lock."""

from __future__ import annotations

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import Source, known_version, need, table, tables, text, texts

_REGISTRIES = ("registry+", "sparse+")


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
    held: set[str] = set()
    needs: dict[str, list[str]] = {}
    for each in packages:
        name, version, origin = text(each, "name"), text(each, "version"), text(each, "source")
        need(name and version)
        line = lines.take(name)
        held |= {name, f"{name} {version}"}
        for needed in texts(each, "dependencies"):
            words = needed.split(" ")[:2]  # the version stands there where there are several
            needs.setdefault(name, []).extend((words[0], " ".join(words)))
        if not origin:
            if each is packages[-1] and len(packages) > 1:  # or a record that was cut before its source
                held -= {name, f"{name} {version}"}
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
                obstacle=_obstacle(origin),
                origin=base(origin) if origin.startswith(_REGISTRIES) else "",
            )
        )
    return Listed(tuple(found), needs=needs, closed=True, own=frozenset(held))


def _obstacle(origin: str) -> Obstacle | None:
    """None for the public index of crates, in either of its forms; a company's own registry holds other packages."""
    if not origin.startswith(_REGISTRIES):
        return Obstacle.OTHER_SOURCE
    where, public = base(origin), Ecosystem.CRATES.value
    host = where.partition("/")[0]
    ours = host == public or host.endswith(f".{public}") or where.endswith(f"/{public}-index")
    return None if ours else Obstacle.OTHER_REGISTRY

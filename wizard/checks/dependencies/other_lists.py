"""Smaller families: conan.lock (C and C++), renv.lock (R), stack.yaml.lock and cabal.project.freeze (Haskell)."""

from __future__ import annotations

import re

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.source import Source, need, table, table_of, tables, text, texts
from wizard.domain.language import _

_HACKAGE = re.compile(r"(.+)-(\d+(?:\.\d+)*)(?:@.*)?")
_FROZEN = re.compile(r"\bany\.([A-Za-z0-9-]+)\s*==\s*([0-9.]+)")


def read_conan(source: Source) -> Listed:
    """A conan.lock of Conan 1 or 2. Raises `Malformed`."""
    lock = source.json()
    need("requires" in lock or "graph_lock" in lock)
    references = [(one, False) for one in texts(lock, "requires")]
    references += [(one, True) for kind in ("build_requires", "python_requires") for one in texts(lock, kind)]
    references += [
        (text(node, "ref"), False) for node in table(table(lock, "graph_lock"), "nodes").values() if text(node, "ref")
    ]
    lines = source.lines(r'"([^"\n]+/[^"\n]+)"')
    found = []
    for reference, dev in references:
        name, slash, rest = reference.partition("/")
        need(slash or "graph_lock" in lock)
        version = re.split(r"[@#%]", rest)[0]
        line = lines.take(reference)
        found.append(Dependency(Ecosystem.CONAN, name, version, source.file, line, dev=dev, obstacle=Obstacle.NO_DATA))
    return Listed(tuple(found))


def read_renv(source: Source) -> Listed:
    """An renv.lock. Raises `Malformed`."""
    lock = source.json()
    need("Packages" in lock)
    lines = source.lines(r'^[ \t]*"([^"\n]+)"\s*:\s*\{')
    found = []
    needs = {name: texts(entry, "Requirements") for name, entry in table(lock, "Packages").items()}
    for name, entry in table(lock, "Packages").items():
        version, origin = text(table_of(entry), "Version"), text(entry, "Source")
        ours = origin in ("Repository", "CRAN", "")
        found.append(
            Dependency(
                Ecosystem.CRAN,
                name,
                version,
                source.file,
                lines.take(name),
                commit=text(entry, "RemoteSha") if not ours else "",
                obstacle=None if ours and version else Obstacle.OTHER_SOURCE if version else Obstacle.NO_VERSION,
                origin=text(entry, "Repository") if ours else "",
            )
        )
    return Listed(tuple(found), needs=needs)


def read_stack(source: Source) -> Listed:
    """A stack.yaml.lock: the extra packages; those of its snapshot are not in it. Raises `Malformed`."""
    lock = table_of(yaml_text.parse(source.text))
    need("packages" in lock and "snapshots" in lock)
    found = []
    for each in tables(lock, "packages"):
        locked = table(each, "completed")
        written = locked.get("hackage")
        package = _HACKAGE.fullmatch(written) if isinstance(written, str) else None
        name, version = (package[1], package[2]) if package else (text(locked, "name"), text(locked, "version"))
        need(name)
        found.append(
            Dependency(
                Ecosystem.HACKAGE,
                str(name),
                str(version),
                source.file,
                getattr(written, "line", 0),
                commit=str(text(locked, "commit")),
                obstacle=None if package else Obstacle.OTHER_SOURCE,
            )
        )
    because = _("The packages of its snapshot are not in it. Give an SBOM, or a cabal.project.freeze.")
    return Listed(tuple(found), Reach.DIRECT_ONLY, because)


def read_cabal(source: Source) -> Listed:
    """A cabal.project.freeze. Raises `Malformed`."""
    need("constraints:" in source.text)
    # each line but the last ends with a comma: without a last one, the file was cut
    need(not any(part.rstrip().endswith(",") for part in re.split(r"^(?=\S)", source.text, flags=re.M)))
    lines = source.lines(r"\bany\.([A-Za-z0-9-]+)\s*==")
    return Listed(
        tuple(
            Dependency(Ecosystem.HACKAGE, name, version, source.file, lines.take(name))
            for name, version in _FROZEN.findall(source.text)
        )
    )

"""What Bundler locked: Gemfile.lock (gems.locked)."""

from __future__ import annotations

import re

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.source import Source, need

_SPEC = re.compile(r"^ {4}(\S+) \(([^()]+)\)$")
_ASKED = re.compile(r"^ {2}([^\s(!]+)")
_REVISION = re.compile(r"^ {2}revision: ([0-9a-f]+)$")
#: 1.13.6-x86_64-linux: the part after the version names a platform
_PLATFORM = re.compile(r"-(?:x86|x64|aarch64|arm|java|jruby|mswin|mingw|universal|ruby|musl|linux|darwin).*$", re.I)


def read(source: Source) -> Listed:
    """A Gemfile.lock. Raises `Malformed`."""
    section = revision = ""
    specs: list[tuple[str, str, str, str, int]] = []
    asked: set[str] = set()
    sections = set()
    for number, line in enumerate(source.text.splitlines(), 1):
        if line and not line.startswith(" "):
            section, revision = line.strip(), ""
            sections.add(section)
        elif section == "DEPENDENCIES" and (found := _ASKED.match(line)):
            asked.add(found[1])
        elif found := _REVISION.match(line):
            revision = found[1]
        elif section in ("GEM", "GIT", "PATH", "PLUGIN SOURCE") and (found := _SPEC.match(line)):
            specs.append((found[1], _PLATFORM.sub("", found[2]), section, revision, number))
    need(sections & {"GEM", "GIT", "PATH"} and "DEPENDENCIES" in sections)
    rows = {
        (name, version): Dependency(
            Ecosystem.RUBYGEMS,
            name,
            version,
            source.file,
            number,
            direct=name in asked,
            commit=commit if kind == "GIT" else "",
            obstacle=None if kind == "GEM" else Obstacle.OTHER_SOURCE,
        )
        for name, version, kind, commit, number in reversed(specs)
        if kind != "PATH"
    }
    return Listed(tuple(sorted(rows.values(), key=lambda row: row.line)))

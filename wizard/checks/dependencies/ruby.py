"""What Bundler locked: Gemfile.lock (gems.locked)."""

from __future__ import annotations

import re

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import base, mixed
from wizard.checks.dependencies.source import Source, need

_SPEC = re.compile(r"^ {4}(\S+) \(([^()]+)\)$")
_ASKED = re.compile(r"^ {2}([^\s(!]+)")
_REMOTE = re.compile(r"^ {2}remote: (\S+)$")
_NEEDED = re.compile(r"^ {6}([^\s(!]+)")
_BLOCK = re.compile(r"^source\b.*\bdo\b")
_END = re.compile(r"^end\b")
_GEM = re.compile(r"""^[ \t]*gem[ \t(]+["']([^"']+)["']""")
_OWN_SOURCE = re.compile(r"""(?:\bsource:|:source[ \t]*=>)[ \t]*["']""")
_REVISION = re.compile(r"^ {2}revision: ([0-9a-f]+)$")
#: 1.13.6-x86_64-linux: the part after the version names a platform
_PLATFORM = re.compile(r"-(?:x86|x64|aarch64|arm|java|jruby|mswin|mingw|universal|ruby|musl|linux|darwin).*$", re.I)


def read(source: Source) -> Listed:
    """A Gemfile.lock. Raises `Malformed`."""
    section = revision = spec = ""
    specs: list[tuple[str, str, str, str, int, str]] = []
    remotes: list[str] = []
    needs: dict[str, list[str]] = {}
    several = ""
    asked: set[str] = set()
    sections = set()
    for number, line in enumerate(source.text.splitlines(), 1):
        if line and not line.startswith(" "):
            section, revision, remotes = line.strip(), "", []
            sections.add(section)
        elif section == "DEPENDENCIES" and (found := _ASKED.match(line)):
            asked.add(found[1])
        elif found := _REVISION.match(line):
            revision = found[1]
        elif section == "GEM" and (found := _REMOTE.match(line)):
            remotes.append(base(found[1]) or found[1])
            several = several or (remotes[0] if len(remotes) > 1 else "")
        elif found := _NEEDED.match(line):
            needs.setdefault(spec, []).append(found[1])
        elif section in ("GEM", "GIT", "PATH", "PLUGIN SOURCE") and (found := _SPEC.match(line)):
            spec = found[1]
            origin = remotes[0] if section == "GEM" and len(remotes) == 1 else ""
            specs.append((spec, _PLATFORM.sub("", found[2]), section, revision, number, origin))
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
            origin=origin,
        )
        for name, version, kind, commit, number, origin in reversed(specs)
        if kind != "PATH"
    }
    own = frozenset({"bundler", *(name for name, _version, kind, *_rest in specs if kind == "PATH")})
    found_rows = tuple(sorted(rows.values(), key=lambda row: row.line))
    return Listed(found_rows, *mixed(several), needs=needs, closed=True, own=own, apart=_apart(source))


def _apart(source: Source) -> frozenset[str]:
    """The gems that the Gemfile takes from a source of their own."""
    name = "gems.rb" if source.name.lower() == "gems.locked" else "Gemfile"
    beside = source.other(name)
    found: set[str] = set()
    inside = False
    for line in beside.text.splitlines() if beside else ():
        inside = bool(_BLOCK.match(line)) or (inside and not _END.match(line))
        if (gem := _GEM.match(line)) and (inside or _OWN_SOURCE.search(line)):
            found.add(gem[1])
    return frozenset(found)

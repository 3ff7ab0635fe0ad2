"""What Elixir's Mix locked: mix.lock."""

from __future__ import annotations

import re

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.source import Source, need

_HEX = re.compile(r'^[ \t]*"([^"]+)":\s*\{:hex,\s*:"?([\w.]+)"?,\s*"([^"]+)"(.*)', re.M)
_GIT = re.compile(r'^[ \t]*"([^"]+)":\s*\{:git,\s*"[^"]*",\s*"([0-9a-f]+)"', re.M)
#: The repository stands after the list of needed packages: "hexpm" is the public one, "hexpm:acme" somebody's own.
_REPOSITORY = re.compile(r'\],\s*"([^"]+)"(?:,\s*"[^"]*")?\},?\s*$')
_PUBLIC = "hexpm"
_ENTRY = re.compile(r'"[^"\n]+":\s*\{:')
_ASKED = re.compile(r"\{\s*:(\w+)\s*,([^{}]*)\}")
#: What Mix takes for a requirement of versions (Elixir, Version): `~> 1.2 and != 1.2.3`
REQUIREMENT = re.compile(r"\s*(?:[~<>=!]{1,2}\s*)?\d[\w.+-]*(?:\s+(?:and|or)\s+[~<>=!]*\s*\d[\w.+-]*)*\s*")
_NOT_RUNNING = re.compile(r"only:\s*(?:\[\s*)?:(?:dev|test)")


def read(source: Source) -> Listed:
    """A mix.lock. Raises `Malformed`."""
    text = source.text
    need(text.lstrip().startswith("%{") and text.rstrip().endswith("}"))
    beside = source.other("mix.exs")
    asked = {name: bool(_NOT_RUNNING.search(rest)) for name, rest in _ASKED.findall(beside.text)} if beside else None
    rows = [(found, found[2], found[3], "", _repository(found[4])) for found in _HEX.finditer(text)]
    rows += [(found, found[1], "", found[2], "") for found in _GIT.finditer(text)]
    need(len(rows) == len(_ENTRY.findall(text)))  # an entry that is not understood must not be passed over
    made = [
        Dependency(
            Ecosystem.HEX,
            name,
            version,
            source.file,
            source.line_at(found.start(1)),
            direct=None if asked is None else found[1] in asked,
            dev=(asked or {}).get(found[1], False),
            commit=commit,
            obstacle=Obstacle.OTHER_SOURCE if commit else Obstacle.OTHER_REGISTRY if repository else None,
            origin=repository,
        )
        for found, name, version, commit, repository in rows
    ]
    return Listed(tuple(sorted(made, key=lambda one: one.line)))


def _repository(rest: str) -> str:
    """The repository at the end of an entry of Hex; "" for the public one, which old versions do not name."""
    found = _REPOSITORY.search(rest)
    return "" if found is None or found[1] == _PUBLIC else found[1]

"""What Go builds with: go.mod, completed from go.sum where it is too old to list everything."""

from __future__ import annotations

import re

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.source import Source, need
from wizard.domain.language import _

_WORD = re.compile(r'"[^"]*"|`[^`]*`|\S+')
_MODULE = re.compile(r"^module\s+\S+", re.M)
_SUM = re.compile(r"(\S+) (v\S+) h1:\S+")
_COMMIT = re.compile(r"-([0-9a-f]{12})$")
#: From this version on go.mod lists the indirect modules too.
_LISTS_ALL = (1, 17)


def read(source: Source) -> Listed:
    """A go.mod; the toolchain is listed as package `stdlib`. Raises `Malformed`."""
    need(_MODULE.search(source.text))
    asked: list[tuple[str, str, bool, int]] = []
    replaced: dict[tuple[str, str], tuple[str, str]] = {}
    go = toolchain = ""
    go_line = 0
    block = ""
    for number, line in enumerate(source.text.splitlines(), 1):
        bare, _slashes, comment = line.partition("//")
        words = [word.strip('"`') for word in _WORD.findall(bare)]
        if not words:
            continue
        if block and words == [")"]:
            block = ""
            continue
        if len(words) == 2 and words[1] == "(":
            block = words[0]
            continue
        verb, rest = (block, words) if block else (words[0], words[1:])
        if verb == "require":
            need(len(rest) == 2)
            asked.append((rest[0], rest[1], "indirect" in comment, number))
        elif verb == "replace" and "=>" in rest:
            at = rest.index("=>")
            need(at and len(rest) > at + 1)
            old, new = rest[:at], rest[at + 1 :]
            replaced[(old[0], old[1] if len(old) > 1 else "")] = (new[0], new[1] if len(new) > 1 else "")
        elif verb == "go" and rest:
            go, go_line = rest[0], number
        elif verb == "toolchain" and rest:
            toolchain, go_line = rest[0].removeprefix("go"), number
    found = []
    for name, version, indirect, number in asked:
        target = replaced.get((name, version)) or replaced.get((name, ""))
        if target and not target[1]:
            found.append(_module(source, name, "", number, direct=not indirect, obstacle=Obstacle.OTHER_SOURCE))
        else:
            name, version = target or (name, version)
            found.append(_module(source, name, version, number, direct=not indirect))
    found.append(_standard_library(source, toolchain or go, go_line))
    if _number(go) >= _LISTS_ALL:
        return Listed(tuple(found))
    return _with_sum(source, found)


def _module(
    source: Source, name: str, version: str, line: int, *, direct: bool, obstacle: Obstacle | None = None
) -> Dependency:
    plain = version.removeprefix("v").removesuffix("+incompatible")
    commit = _COMMIT.search(plain)
    return Dependency(
        Ecosystem.GO, name, plain, source.file, line, direct, False, commit[1] if commit else "", obstacle
    )


def _standard_library(source: Source, version: str, line: int) -> Dependency:
    """`go 1.20` names a language, not a release; from 1.21 on three numbers name the release that builds it."""
    exact = version.count(".") >= 2
    return Dependency(
        Ecosystem.GO,
        "stdlib",
        version.partition("-")[0] if exact else version,
        source.file,
        line,
        True,
        obstacle=None if exact else Obstacle.NOT_PINNED,
    )


def _number(version: str) -> tuple[int, int]:
    found = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    return (int(found[1]), int(found[2])) if found else (1, 16)


def _with_sum(source: Source, found: list[Dependency]) -> Listed:
    sums = source.other("go.sum")
    if sums is None:
        because = _(
            "It is too old to list everything, and there is no go.sum. Run “go mod tidy” with Go 1.17 or later."
        )
        return Listed(tuple(found), Reach.DIRECT_ONLY, because)
    known = {each.name for each in found}
    # go.sum is sorted by version, and the highest is the one that is built
    newest: dict[str, str] = {
        name: version
        for name, version in _SUM.findall(sums.text)
        if name not in known and not version.endswith("/go.mod")
    }
    more = tuple(_module(source, name, version, 0, direct=False) for name, version in newest.items())
    return Listed((*found, *more))

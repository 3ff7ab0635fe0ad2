"""What Go builds with: go.mod, completed from go.sum where it is too old to list everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.source import Source, cut_short, need
from wizard.domain.language import _

_WORD = re.compile(r'"[^"]*"|`[^`]*`|\S+')
_MODULE = re.compile(r"^module\s+\S+", re.M)
_SUM = re.compile(r"(\S+) (v\S+) h1:\S+")
_SUMMED = re.compile(r"^(\S+) (v\S+?)(?:/go\.mod)? h1:", re.M)
_MANY = 5
_COMMIT = re.compile(r"-([0-9a-f]{12})$")
#: Where people say which modules are their own.
_SETTING_FILES = ("go.env", ".env", ".envrc", "Dockerfile", "Makefile", ".gitlab-ci.yml")
_PRIVATE = re.compile(r"""\bGO(?:PRIVATE|NOPROXY)["']?[ \t]*[:?]?[=: \t][ \t]*["']?([\w.*?/,~-]+)""")
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
    need(not block)  # cut inside a block
    found.append(_standard_library(source, toolchain or go, go_line))
    listed = Listed(tuple(found)) if _number(go) >= _LISTS_ALL else _with_sum(source, found)
    if listed.reach is Reach.COMPLETE and (because := _against_sum(source, asked, replaced, found)):
        listed = replace(listed, reach=Reach.CUT_SHORT, because=because)
    patterns = _private(source)
    return replace(listed, dependencies=tuple(_held_back(row, patterns) for row in listed.dependencies))


def _private(source: Source) -> list[str]:
    """The patterns of module names that the files beside and above keep from the public proxy and its checksums."""
    said = (each.decode("utf-8", "replace") for name in _SETTING_FILES for each in source.above(name))
    return [pattern for text in said for found in _PRIVATE.findall(text) for pattern in found.split(",") if pattern]


def _held_back(row: Dependency, patterns: list[str]) -> Dependency:
    """Go compares as many steps of a name with a pattern as the pattern has (`path.Match`)."""
    steps = row.name.split("/")
    for pattern in patterns:
        if row.obstacle is None and fnmatchcase("/".join(steps[: pattern.count("/") + 1]), pattern.rstrip("/")):
            return replace(row, obstacle=Obstacle.OTHER_REGISTRY, origin=steps[0])
    return row


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


def _against_sum(
    source: Source,
    asked: list[tuple[str, str, bool, int]],
    replaced: Mapping[tuple[str, str], tuple[str, str]],
    found: list[Dependency],
) -> str:
    """What shows that go.mod or go.sum was cut: a module that go.sum must hold and does not, or many that only it
    holds. "" when nothing does; a workspace (go.work) keeps its sums elsewhere.
    """
    sums = source.other("go.sum")
    if sums is None or any(True for _work in source.above("go.work")):
        return ""
    held = set(_SUMMED.findall(sums.text))
    own = {(name, version) for name, version, _indirect, _line in asked}
    own -= {each for each in own if each in replaced or (each[0], "") in replaced}
    own |= {target for target in replaced.values() if target[1]}
    if own & held and (missing := own - held):
        return cut_short(name for name, _version in missing)
    whole = {name for name, version in _SUM.findall(sums.text) if not version.endswith("/go.mod")}
    more = whole - {each.name for each in found}
    # some stay there for tests of tests; half of all is another list
    many = len(more) >= _MANY and 2 * len(more) > len(whole)
    return cut_short(more) if many or not asked else ""


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

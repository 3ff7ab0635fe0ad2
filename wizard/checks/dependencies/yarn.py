"""What Yarn locked: yarn.lock of Yarn 1, and of Yarn 2 and later (YAML)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from wizard.checks.dependencies import npm, yaml_text
from wizard.checks.dependencies.dependency import Listed
from wizard.checks.dependencies.npm_settings import registries
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import Source, need, reached, table, table_of, text
from wizard.checks.dependencies.wanted import overridden
from wizard.checks.dependencies.yaml_text import Word

_KINDS = ("dependencies", "optionalDependencies")
#: Written where the archive does not lie at the place that the registry's address and the name give.
_ARCHIVE = re.compile(r"::(?:[^:]*&)?__archiveUrl=([^&]+)")
_HEAD = "# yarn lockfile v1"
_PAIR = re.compile(r'^ {4}"?([^"\s]+)"? (?:"([^"]*)"|(\S+))$')
_FIELD = re.compile(r'^ {2}(version|resolved) "?([^"]+)"?$')


@dataclass(slots=True)
class _Entry:
    asked: tuple[str, ...]  # the descriptors it answers: name@range
    line: int
    version: str = ""
    where: str = ""
    needs: list[str] = field(default_factory=list)


def read(source: Source) -> Listed:
    """A yarn.lock. Raises `Malformed`."""
    if "__metadata:" in source.text:
        return _berry(source)
    need(_HEAD in source.text[:500])
    entries = list(_entries(source.text))
    asked = npm.declared_beside(source)
    prod, dev = asked or (set(), set())
    graph = {one: entry.needs for entry in entries for one in entry.asked}
    running = reached(graph, (one for one in graph if _name(one) in prod))
    settings = registries(source)
    found = []
    needs: dict[str, list[str]] = {}
    for entry in entries:
        names = {_name(one) for one in entry.asked}
        alias = next((one.partition("@npm:")[2] for one in entry.asked if "@npm:" in one[1:]), "")
        name = _name(alias) if alias else _name(entry.asked[0])
        needs.setdefault(name, []).extend(map(_name, entry.needs))
        needs |= {other: [name] for other in names if other != name}
        found.append(
            npm.made(
                name,
                entry.version,
                entry.where
                if entry.where
                else next((r for r in map(_range, entry.asked) if npm.from_elsewhere(r)), ""),
                entry.line,
                file=source.file,
                direct=bool(names & (prod | dev)) if asked else None,
                dev=bool(asked) and not any(one in running for one in entry.asked),
                origin=settings.of(name),
            )
        )
    own = frozenset(_name(one) for entry in entries for one in entry.asked)
    ranges: dict[str, set[str]] = {}
    for one in (one for entry in entries for one in entry.asked):
        ranges.setdefault(_name(one), set()).add(_range(one))
    ranges |= _set_otherwise(source)
    return Listed(tuple(found), needs=needs, closed=True, own=own, apart=npm.apart(found, settings), asked=ranges)


def _set_otherwise(source: Source) -> dict[str, set[str]]:
    """The names that the settings give a version in place of the one that is asked for."""
    beside = source.other("package.json")
    return {name: set() for name in overridden(beside.json())} if beside else {}


def _entries(text: str) -> Iterator[_Entry]:
    entry: _Entry | None = None
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            need(line.endswith(":"))
            if entry:
                yield entry
            entry = _Entry(tuple(one.strip().strip('"') for one in line[:-1].split(",")), number)
        elif entry and (found := _FIELD.match(line)):
            if found[1] == "version":
                entry.version = found[2]
            else:
                entry.where = found[2]
        elif line.startswith("  ") and not line.startswith("    "):
            inside = line.strip() in ("dependencies:", "optionalDependencies:")
        elif entry and inside and (pair := _PAIR.match(line)) and not (pair[2] or pair[3]).startswith("link:"):
            entry.needs.append(f"{pair[1]}@{pair[2] or pair[3]}")
    if entry:
        yield entry


def _name(descriptor: str) -> str:
    at = descriptor.find("@", 1)
    return descriptor if at < 0 else descriptor[:at]


def _range(descriptor: str) -> str:
    at = descriptor.find("@", 1)
    return "" if at < 0 else descriptor[at + 1 :]


def _berry(source: Source) -> Listed:
    lock = table_of(yaml_text.parse(source.text))
    need("__metadata" in lock)
    entries = {key: table_of(entry) for key, entry in lock.items() if key != "__metadata"}
    by_descriptor = {one.strip(): key for key in entries for one in key.split(",")}
    own = {key for key, entry in entries.items() if "@workspace:" in text(entry, "resolution")}
    need(own)  # the project itself always stands there
    asked = npm.declared_beside(source)
    direct = {by_descriptor[one] for key in own for one in _descriptors(entries[key], by_descriptor)}
    graph = {key: [by_descriptor[one] for one in _descriptors(entry, by_descriptor)] for key, entry in entries.items()}
    # Yarn does not say which are for development only; the package.json beside it does for the root
    only_dev = asked[1] if asked and len(own) == 1 else set()
    running = reached(graph, (key for key in direct if _name(key) not in only_dev))
    settings = registries(source)
    found = []
    needs: dict[str, list[str]] = {}
    for key, entry in entries.items():
        called = {_name(one.strip()) for one in key.split(",")}
        asking = [name for kind in _KINDS for name in table(entry, kind)]
        if key in own:
            needs |= dict.fromkeys(called, asking)
            continue
        resolution = text(entry, "resolution")
        need(resolution)
        name, where = _name(resolution), _range(resolution)
        version = text(entry, "version")
        if where.startswith("patch:"):
            inner = unquote(unquote(where[6:].partition("#")[0]))
            where = _range(inner) if "@" in inner[1:] else inner
        needs.setdefault(name, []).extend(asking)
        needs |= {other: [name] for other in called if other != name}
        archive = _ARCHIVE.search(where)
        found.append(
            npm.made(
                name,
                version,
                "" if where.startswith("npm:") else where if npm.from_elsewhere(where) else f"git:{where}",
                key.line if isinstance(key, Word) else 0,
                file=source.file,
                direct=key in direct,
                dev=bool(only_dev) and key not in running,
                origin=settings.origin(base(unquote(archive[1]), name) if archive else "", name),
            )
        )
    ranges: dict[str, set[str]] = {}
    for name, wanted in (pair for key in own for kind in _KINDS for pair in table(entries[key], kind).items()):
        ranges.setdefault(str(name), set()).update((str(wanted), str(wanted).removeprefix("npm:")))
    ranges |= _set_otherwise(source)
    present = frozenset(_name(one.strip()) for key in entries for one in key.split(","))
    apart = npm.apart(found, settings)
    return Listed(tuple(found), needs=needs, closed=True, own=present, apart=apart, asked=ranges)


def _descriptors(entry: object, known: Iterable[str]) -> Iterator[str]:
    for kind in _KINDS:
        for name, wanted in table(entry, kind).items():
            for one in (f"{name}@{wanted}", f"{name}@npm:{wanted}"):
                if one in known:
                    yield one
                    break

"""What pnpm locked: pnpm-lock.yaml of lockfile versions 5 to 9."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wizard.checks.dependencies import npm, yaml_text
from wizard.checks.dependencies.dependency import Listed, Reach
from wizard.checks.dependencies.npm_settings import registries
from wizard.checks.dependencies.origins import base
from wizard.checks.dependencies.source import (
    Source,
    cut_short,
    known_version,
    need,
    reached,
    table,
    table_of,
    text,
)
from wizard.checks.dependencies.wanted import names_of_overrides
from wizard.checks.dependencies.yaml_text import Word

#: version 5: /name/1.2.3 or /@scope/name/1.2.3_peer@1
_SLASHED = re.compile(r"/((?:@[^/]+/)?[^/@]+)/([^_(]+).*")
#: versions 5 and 6, from another registry than the common one: host/name/1.2.3 or host/name@1.2.3
_PLACED = re.compile(r"([^/@]+\.[^/@]+(?:/[^@]*?)?)/((?:@[^/]+/)?[^/@]+)[/@](\d+\.\d[^_(]*).*")
#: what must be a key of the list of packages: a release, or (versions 5 and 6) a commit of a code host
_RELEASE = re.compile(r"@(?:\d[^/:]*)?$")
_COMMIT = re.compile(r"[^/@:]+\.[^/@:]+/[^@:]+/[0-9a-f]{40}")
_PARENTHESES = re.compile(r"\(.*")
_KINDS = ("dependencies", "optionalDependencies")


def read(source: Source) -> Listed:
    """A pnpm-lock.yaml. Raises `Malformed`."""
    lock = table_of(yaml_text.parse(source.text))
    need("lockfileVersion" in lock)
    known_version(lock["lockfileVersion"], ("5", "6", "7", "8", "9"))
    importers = table(lock, "importers") or {".": lock}
    prod = {key for each in importers.values() for key in _asked(each, _KINDS)}
    dev = {key for each in importers.values() for key in _asked(each, ("devDependencies",))}
    packages, snapshots = table(lock, "packages"), table(lock, "snapshots")
    need(packages or not (prod or dev))
    graph = {_plain(key): _needs(entry) for key, entry in (snapshots or packages).items()}
    running = reached(graph, prod)
    settings = registries(source)
    found = []
    needs: dict[str, list[str]] = {}
    for key, entry in packages.items():
        entry = table_of(entry)
        resolution = table(entry, "resolution")
        name, version = _split(key)
        place = _PLACED.fullmatch(key)
        where = text(resolution, "repo") or text(resolution, "tarball")
        commit = text(resolution, "commit")
        elsewhere = npm.from_elsewhere(where) or bool(commit) or text(resolution, "type") in ("directory", "git")
        if text(resolution, "type") == "directory" and "directory" in resolution and not name:
            continue
        name = text(entry, "name") or name
        needs.setdefault(name, []).extend(_split(each)[0] for each in graph.get(_plain(key), ()))
        found.append(
            npm.made(
                name,
                text(entry, "version") or version,
                f"git:{where}#{commit or npm.commit_of(key)}" if elsewhere else "",
                key.line if isinstance(key, Word) else 0,
                file=source.file,
                direct=_plain(key) in prod | dev,
                dev=text(entry, "dev") == "true" or ("dev" not in entry and _plain(key) not in running),
                origin=settings.origin(base(f"https://{place[1]}") if place else base(where, name), name),
            )
        )
    held = {_plain(key) for key in packages}
    called = prod | dev | graph.keys() | {key for each in graph.values() for key in each}
    missing = {key for key in called - held if _RELEASE.search(key)}
    if str(lock["lockfileVersion"]).startswith("9"):  # each package stands in two lists
        missing |= held - graph.keys()
    because = cut_short(missing)
    reach = Reach.CUT_SHORT if because else Reach.COMPLETE
    ranges: dict[str, set[str]] = {}
    for each in importers.values():
        for name, wanted in _ranges(each):
            ranges.setdefault(str(name), set()).add(str(wanted))
    ranges |= {name: set() for name in names_of_overrides(table(lock, "overrides"))}  # in place of what is asked for
    return Listed(tuple(found), reach, because, needs=needs, apart=npm.apart(found, settings), asked=ranges)


def _plain(key: str) -> str:
    """A package's key in one form for all versions: name@version, without leading slash and peers."""
    name, version = _split(key)
    return f"{name}@{version}"


def _split(key: str) -> tuple[str, str]:
    if old := _SLASHED.fullmatch(key):
        return old[1], old[2]
    if placed := _PLACED.fullmatch(key):
        return placed[2], placed[3]
    key = _PARENTHESES.sub("", key.removeprefix("/"))
    at = key.find("@", 1)
    return (key[:at], key[at + 1 :]) if at > 0 else (key, "")


def _asked(importer: object, kinds: tuple[str, ...]) -> Iterator[str]:
    for kind in kinds:
        for name, wanted in table(importer, kind).items():
            yield from _reference(name, text(wanted, "version") if isinstance(wanted, Mapping) else str(wanted))


def _ranges(importer: object) -> Iterator[tuple[str, str]]:
    """Each name with the range that its package.json asks for, in the forms of versions 5 and of 6 and later."""
    yield from ((name, str(wanted)) for name, wanted in table(importer, "specifiers").items())
    for kind in (*_KINDS, "devDependencies"):
        yield from (
            (name, said) for name, wanted in table(importer, kind).items() if (said := text(wanted, "specifier"))
        )


def _needs(entry: Any) -> list[str]:
    return [
        key for kind in _KINDS for name, wanted in table(entry, kind).items() for key in _reference(name, str(wanted))
    ]


def _reference(name: str, wanted: str) -> Iterator[str]:
    if wanted.startswith("link:"):
        return  # a workspace of the same repository
    whole = wanted.startswith("/") or _PLACED.fullmatch(wanted) or _COMMIT.fullmatch(wanted)
    if whole or "@" in _PARENTHESES.sub("", wanted)[1:].partition("_")[0]:
        yield _plain(wanted)  # the whole key: another name, or another source
    else:
        yield f"{name}@{_PARENTHESES.sub('', wanted).partition('_')[0]}"

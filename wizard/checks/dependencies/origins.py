"""Tells packages of a private registry from those that everybody can have, by what the files themselves say.

No registry is known here by its name (docs/decisions/0010): a package is told by where it comes from, compared with
where the others of its file come from, and by who needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Obstacle, Reach
from wizard.checks.dependencies.source import reached
from wizard.domain.language import _

#: The origin of a package where the tool takes it by itself, of files that write an origin only when it is another one.
DEFAULT = "/"
#: A registry of npm that gives so many packages, half of them needed by public ones, is a copy of the public registry.
_COPY_PACKAGES = 10
#: A private registry never gives so many times the packages of the public one: its own bring public ones along.
_FAR = 4

Needs = Mapping[str, Iterable[str]]


def base(address: str, name: str = "") -> str:
    """An address in the form in which two are compared: host and path, without credentials and query, and without
    what begins with the package's name. "" for what is no address.
    """
    if "%" in address:
        address = unquote(address)
    begin = address.find("://") + 3
    at = address.rfind(f"/{name}/") if name else -1
    return _base(address[:at] if at >= begin else address.partition("/-/")[0])


@lru_cache(maxsize=4096)
def _base(address: str) -> str:
    try:
        parts = urlsplit(address.strip().removeprefix("registry+").removeprefix("sparse+"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    return (f"{host}:{port}" if port else host) + parts.path.rstrip("/").removesuffix("/download")


def shown(origin: str) -> str:
    """What of an origin is kept and shown: its host or name. A path may hold somebody's token."""
    return origin.partition("/")[0][:200]


def mixed(further: str) -> tuple[Reach, str]:
    """How much a list tells whose packages may come from a further registry, when nothing says which; "" for none."""
    if not further:
        return Reach.COMPLETE, ""
    return Reach.MIXED, _(
        "Packages are taken from {host} too, and nothing says which of them. Say in the settings which packages come "
        "from there; those are then not taken for public ones of the same name."
    ).format(host=shown(further))


def told_apart(rows: Sequence[Dependency], needs: Needs, apart: Set[str]) -> Iterator[Dependency]:
    """The rows of one file; those that come from another place than its public packages cannot be looked up.

    `needs` are the names that each package needs; `apart` the names that the settings give a registry of their own.
    """
    private: set[Dependency] = set()
    for ecosystem in {row.ecosystem for row in rows if row.origin and row.obstacle is None}:
        private |= _private([row for row in rows if row.ecosystem is ecosystem], needs, apart)
    for row in rows:
        yield replace(row, obstacle=Obstacle.OTHER_REGISTRY) if row in private else row


def _private(rows: Sequence[Dependency], needs: Needs, apart: Set[str]) -> set[Dependency]:
    npm = rows[0].ecosystem is Ecosystem.NPM
    told = [row for row in rows if row.origin and row.obstacle is None]
    free = [row for row in told if row.name not in apart]
    public = DEFAULT if any(row.origin == DEFAULT for row in free) else _bulk(free, needs, npm=npm)
    theirs = {row.name for row in rows if row.origin == public and row.obstacle is None} if public else set()
    # Whoever installs a public package must be able to have what it needs: that is public too
    proven = reached(needs, theirs)
    if not npm:
        proven -= theirs  # of one name in two places, only the one of the public place is proven
    others = [row for row in told if row.origin != public and row.name not in proven]
    if npm:
        copies = _copies(told, proven)
        scopes = {name.partition("/")[0] for name in proven}
        others = [
            row
            for row in others
            if row.name in apart
            or row.origin not in copies
            or (row.name.startswith("@") and row.name.partition("/")[0] not in scopes)
        ]
    return set(others)


def _bulk(rows: Sequence[Dependency], needs: Needs, *, npm: bool) -> str:
    """The place of the public packages: where most come from; "" when two are equal.

    npm's tools choose a registry by scope alone, so what has no scope comes from the common one. Elsewhere a place
    whose packages need those of others and are never needed by them is a private one, unless it is far the largest.
    """
    if npm:
        unscoped = [row for row in rows if not row.name.startswith("@")]
        return _most(Counter(row.origin for row in unscoped or rows))
    counted = Counter(row.origin for row in rows)
    places: dict[str, set[str]] = {}
    for row in rows:
        places.setdefault(row.name, set()).add(row.origin)
    needing: set[str] = set()
    needed: set[str] = set()
    for row in rows:
        for name in needs.get(row.name, ()):
            for origin in places.get(name, set()) - {row.origin}:
                needing.add(row.origin)
                needed.add(origin)
    left = Counter({origin: n for origin, n in counted.items() if origin not in needing - needed})
    largest = max(left.values(), default=0)
    return _most(Counter({origin: n for origin, n in counted.items() if origin in left or n >= _FAR * largest}))


def _most(counted: Counter[str]) -> str:
    most = counted.most_common(2)
    return "" if not most or (len(most) == 2 and most[0][1] == most[1][1]) else most[0][0]


def _copies(rows: Iterable[Dependency], proven: Set[str]) -> set[str]:
    """The places that give copies of the public packages of npm (another default, of somebody who locked).

    Of such a place, a scope that is seen nowhere else may still be one that the settings of that person give to it.
    """
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row.origin, set()).add(row.name)
    return {at for at, here in names.items() if len(here) >= _COPY_PACKAGES and 2 * len(here & proven) >= len(here)}

"""What NuGet.config says about the feeds that packages come from, and which packages each feed is asked for."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle
from wizard.checks.dependencies.origins import base, mixed
from wizard.checks.dependencies.source import Source
from wizard.formats import xml
from wizard.formats.malformed import Malformed

_NAMES = ("NuGet.config", "nuget.config", "NuGet.Config")


@dataclass(slots=True)
class _Feeds:
    """Address by key of each feed, the patterns of package names mapped to each, and whether inherited ones are off."""

    addresses: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    cleared: bool = False

    def origin(self, name: str) -> str:
        """The feed that is asked for a package: that of the longest pattern that fits; "" when none does."""
        fits = [
            (len(pattern), key)
            for key, patterns in self.patterns.items()
            for pattern in patterns
            if (pattern.endswith("*") and name.lower().startswith(pattern[:-1].lower()))
            or name.lower() == pattern.lower()
        ]
        key = max(fits)[1] if fits else ""
        return base(self.addresses.get(key, "")) or key

    def active(self) -> list[str]:
        """The addresses of the feeds that are on."""
        return [address for key, address in self.addresses.items() if key not in self.off]


def told(source: Source, rows: Iterable[Dependency], used: Iterable[str] = ()) -> Listed:
    """The packages with the feed that the settings name for each. `used` are the feeds that the file itself names."""
    feeds, rows = _feeds(source), list(rows)
    if feeds.patterns:
        common = feeds.origin("")
        made = []
        for row in rows:
            origin = feeds.origin(row.name)
            apart = row.obstacle is None and origin != common
            made.append(replace(row, origin=origin, obstacle=Obstacle.OTHER_REGISTRY) if apart else row)
        return Listed(tuple(made))
    named = {where for each in used or feeds.active() if (where := base(each) or each)}
    further = sorted((each for each in named if not _is_common(each)), key=lambda each: (len(each), each))
    alone = len(named) == 1 and (bool(used) or feeds.cleared)  # a feed of everything
    return Listed(tuple(rows), *mixed("" if alone or not further else further[0]))


def _is_common(origin: str) -> bool:
    """A feed whose domain is the ecosystem's own name, as nobody else's can be."""
    labels = origin.partition("/")[0].partition(":")[0].split(".")
    return len(labels) > 1 and labels[-2] == Ecosystem.NUGET.value.lower()


def _feeds(source: Source) -> _Feeds:
    feeds = _Feeds()
    for data in (each for name in _NAMES for each in source.above(name)):
        if feeds.cleared:
            break
        inside = ""
        here: dict[str, str] = {}
        try:
            for seen in xml.walk(io.BytesIO(data), ()):
                tag, has = seen.path[-1], seen.element.attrib
                if not seen.opened:
                    continue
                match seen.path[1:2], tag:
                    case (("packageSources",), "clear"):
                        feeds.cleared = True
                    case (("packageSources",), "add"):
                        here[has.get("key", "")] = has.get("value", "")
                    case (("disabledPackageSources",), "add") if has.get("value", "").lower() == "true":
                        feeds.off.add(has.get("key", ""))
                    case (("packageSourceMapping",), "packageSource"):
                        inside = has.get("key", "")
                    case (("packageSourceMapping",), "package"):
                        feeds.patterns.setdefault(inside, []).append(has.get("pattern", ""))
        except Malformed:
            continue  # NuGet itself refuses it
        feeds.addresses = here | feeds.addresses
    return feeds

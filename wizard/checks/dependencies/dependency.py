"""What a lockfile or manifest says is used: packages with version, place, and why one of them cannot be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum


class Ecosystem(StrEnum):
    """Where packages come from, spelt as in the OSV schema; the last three are not in it."""

    ACTIONS = "GitHub Actions"
    CONAN = "ConanCenter"
    CRAN = "CRAN"
    CRATES = "crates.io"
    GO = "Go"
    HACKAGE = "Hackage"
    HEX = "Hex"
    MAVEN = "Maven"
    NPM = "npm"
    NUGET = "NuGet"
    PACKAGIST = "Packagist"
    PUB = "Pub"
    PYPI = "PyPI"
    RUBYGEMS = "RubyGems"
    SWIFT = "SwiftURL"
    COCOAPODS = "CocoaPods"
    IMAGE = "container image"
    OTHER = "other"


#: Ecosystems about which OSV has no list of vulnerabilities, so that silence about them means nothing.
WITHOUT_DATA = frozenset({Ecosystem.CONAN, Ecosystem.COCOAPODS, Ecosystem.IMAGE, Ecosystem.OTHER})


class Obstacle(StrEnum):
    """Why a dependency cannot be looked up."""

    NO_VERSION = "no-version"
    NOT_PINNED = "not-pinned"
    OTHER_SOURCE = "other-source"
    OTHER_REGISTRY = "other-registry"
    NO_DATA = "no-data"
    IMAGE = "image"
    VERSION = "version-not-comparable"
    RECORD = "advisory-not-readable"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One package of one file. `file` is its path in the repository, `line` 0 when it is not known.

    `direct` is None when the file does not tell; `dev` means needed only to build or test. `commit` is that of a
    package taken from Git. `obstacle` is None when name and version can be looked up. `origin` is the registry as the
    file says it (its host or name, once a listing is done), "" where nothing is said.
    """

    ecosystem: Ecosystem
    name: str
    version: str
    file: str = ""
    line: int = 0
    direct: bool | None = None
    dev: bool = False
    commit: str = ""
    obstacle: Obstacle | None = None
    origin: str = ""

    @property
    def package(self) -> tuple[Ecosystem, str, str]:
        """What is looked up."""
        return self.ecosystem, self.name, self.version


class Reach(StrEnum):
    """How much of what is really used a manifest lists."""

    COMPLETE = "complete"
    DIRECT_ONLY = "direct-only"
    NOT_LOCKED = "not-locked"
    CUT_SHORT = "cut-short"
    MIXED = "mixed"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One file that says what is used: its path, its format, how much it tells, and a sentence when not all."""

    file: str
    format: str
    reach: Reach
    dependencies: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a parser found in one file. `because` says why `reach` is not complete; `more` are files it points to.

    `needs` are, for each package, the names that it needs; where the file is `closed` each of these must stand in it,
    unless it is among `own` (the partner's own code, and what the tool itself brings). `apart` are the names that the
    settings beside it give a registry of their own. `asked` are the ranges of each name that a lockfile repeats of its
    manifests; none for a name whose version is set otherwise.
    """

    dependencies: tuple[Dependency, ...]
    reach: Reach = Reach.COMPLETE
    because: str = ""
    more: tuple[str, ...] = ()
    needs: Mapping[str, Iterable[str]] = field(default_factory=dict)
    closed: bool = False
    own: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    asked: Mapping[str, Set[str]] = field(default_factory=dict)

"""One record of known vulnerabilities in the OSV format: what it affects, how bad it is, whether it was withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from wizard.checks.dependencies import versions
from wizard.checks.dependencies.dependency import Dependency, Ecosystem
from wizard.checks.dependencies.source import text, texts
from wizard.domain.vulnerability import RANK, Rating
from wizard.formats import cvss

_SEPARATORS = re.compile(r"[-_.]+")
_WORDS = {
    "critical": Rating.CRITICAL,
    "high": Rating.HIGH,
    "important": Rating.HIGH,
    "moderate": Rating.MEDIUM,
    "medium": Rating.MEDIUM,
    "low": Rating.LOW,
    "minor": Rating.LOW,
    "negligible": Rating.LOW,
}
#: v3 first, because the page names it; then v4, then v2.
_ORDER = ("3.1", "3.0", "4.0", "2.0")
#: The events of a range, in the order in which they count at the same version.
_KINDS = ("introduced", "fixed", "last_affected", "limit")
_LOWER_NAMES = frozenset({Ecosystem.NUGET, Ecosystem.PACKAGIST, Ecosystem.ACTIONS, Ecosystem.SWIFT, Ecosystem.HEX})


def key_of(ecosystem: str, name: str) -> str:
    """A package's name as it is compared in its ecosystem."""
    if ecosystem == Ecosystem.PYPI:
        return _SEPARATORS.sub("-", name).lower()
    return name.lower() if ecosystem in _LOWER_NAMES else name


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad: the rating that counts, the score behind it (None without one), its CVSS version and vector, the word
    of the database where there is no score."""

    rating: Rating = Rating.UNKNOWN
    score: float | None = None
    version: str = ""
    vector: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One flaw that affects a dependency, under one name; `aliases` are its others, `fixed` the versions without it."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: Severity
    fixed: tuple[str, ...] = ()
    malicious: bool = False


@dataclass(frozen=True, slots=True)
class Advisory:
    """A record as it was read. `body` is its JSON; everything else is taken from it when it is asked for."""

    id: str
    modified: str
    body: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, body: object) -> Advisory | None:
        """The record in a JSON value; None when it is none."""
        if not isinstance(body, dict) or not text(body, "id"):
            return None
        return cls(text(body, "id")[:200], text(body, "modified")[:64], body)

    @property
    def withdrawn(self) -> bool:
        """Its authors took it back."""
        return bool(self.body.get("withdrawn"))

    @property
    def malicious(self) -> bool:
        """It names a package that was made to harm."""
        return self.id.startswith("MAL-")

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other names of the same flaw."""
        return texts(self.body, "aliases")

    @property
    def relatives(self) -> tuple[str, ...]:
        """Records whose severity speaks for this one too."""
        return (*self.aliases, *texts(self.body, "upstream"))

    def affected(self, dependency: Dependency) -> list[Mapping[str, Any]]:
        """The parts of the record that are about this package."""
        return [each for each in self._all_affected() if _about(each, dependency)]

    def _all_affected(self) -> list[Mapping[str, Any]]:
        listed = self.body.get("affected")
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []

    def affects(self, dependency: Dependency) -> bool | None:
        """Whether this version is affected, by the OSV schema's rules; None when that cannot be said."""
        answers = [_affects(each, dependency) for each in self.affected(dependency)]
        if True in answers:
            return True
        return None if None in answers else False

    def fixed(self, dependency: Dependency) -> tuple[str, ...]:
        """The versions in which it is fixed, as the record says."""
        found = (
            text(event, "fixed")
            for each in self.affected(dependency)
            for ranges in _list(each, "ranges")
            if text(ranges, "type") != "GIT"
            for event in _list(ranges, "events")
        )
        return tuple(dict.fromkeys(filter(None, found)))

    def severity(self, dependency: Dependency | None = None) -> Severity:
        """How bad it is for this package: what `affected` says replaces what the record says as a whole."""
        if self.malicious:
            return Severity(Rating.CRITICAL, word="malicious")
        own = [entry for each in (self.affected(dependency) if dependency else ()) for entry in _list(each, "severity")]
        scored = [made for entry in own or _list(self.body, "severity") if (made := cvss.score(text(entry, "score")))]
        words = [text(self.body.get("database_specific"), "severity")]
        for each in self._all_affected():
            words += [text(each.get(kind), "severity") for kind in ("database_specific", "ecosystem_specific")]
        return _worst(scored, [word for word in words if word])


def worst(severities: Iterable[Severity]) -> Severity:
    """The severity that counts among several of the same flaw."""
    return min(severities, key=lambda one: (_rank(one), one.score is None, -(one.score or 0)), default=Severity())


def _rank(severity: Severity) -> int:
    return RANK[severity.rating]


def _worst(scored: list[cvss.Scored], words: list[str]) -> Severity:
    found = [
        Severity(Rating(cvss.band(one.score)), one.score, one.version, one.vector)
        for one in sorted(scored, key=lambda one: _ORDER.index(one.version) if one.version in _ORDER else 9)
    ]
    found += [Severity(rating, word=word) for word in words if (rating := _WORDS.get(word.lower()))]
    # the first speaks; a higher band from another version or word wins
    return min(found, key=_rank, default=Severity(word=words[0] if words else ""))


def _about(affected: Mapping[str, Any], dependency: Dependency) -> bool:
    package = affected.get("package")
    ecosystem = text(package, "ecosystem").partition(":")[0]
    same = key_of(ecosystem, text(package, "name")) == key_of(dependency.ecosystem, dependency.name)
    return ecosystem == dependency.ecosystem and same


def _affects(affected: Mapping[str, Any], dependency: Dependency) -> bool | None:
    listed = texts(affected, "versions")
    if dependency.version in listed or (dependency.ecosystem is Ecosystem.GO and f"v{dependency.version}" in listed):
        return True
    ranges = [each for each in _list(affected, "ranges") if text(each, "type") != "GIT"]
    if not ranges:
        return _among(listed, dependency) if listed else None
    unsure = False
    for each in ranges:
        try:
            if _inside(_list(each, "events"), dependency):
                return True
        except versions.NotComparable:
            unsure = True
    return None if unsure else False


def _among(listed: tuple[str, ...], dependency: Dependency) -> bool | None:
    """Whether a version is in a list under another spelling (1.0 and 1.0.0)."""
    try:
        versions.compare(dependency.ecosystem, dependency.version, dependency.version)
    except versions.NotComparable:
        return None
    for each in listed:
        try:
            if versions.compare(dependency.ecosystem, dependency.version, each) == 0:
                return True
        except versions.NotComparable:
            continue  # an odd version of somebody else, and not the same text as ours
    return False


def _inside(events: list[Mapping[str, Any]], dependency: Dependency) -> bool:
    """The evaluation of the OSV schema: events in order of version, each at or below ours opens or closes."""
    ecosystem, version = dependency.ecosystem, dependency.version
    listed = [(kind, at) for event in events for kind in _KINDS if (at := text(event, kind))]
    if not listed:
        raise versions.NotComparable

    def order(one: tuple[str, str], other: tuple[str, str]) -> int:
        if "0" in (one[1], other[1]):
            return (one[1] != "0") - (other[1] != "0")
        return versions.compare(ecosystem, one[1], other[1]) or _KINDS.index(one[0]) - _KINDS.index(other[0])

    inside = False
    for kind, at in sorted((each for each in listed if each[0] != "limit"), key=cmp_to_key(order)):
        above = 1 if at == "0" else versions.compare(ecosystem, version, at)
        if kind == "introduced" and above >= 0:
            inside = True
        elif (kind == "fixed" and above >= 0) or (kind == "last_affected" and above > 0):
            inside = False
    limits = [at for kind, at in listed if kind == "limit" and at != "*"]
    return inside and (not limits or any(versions.compare(ecosystem, version, at) < 0 for at in limits))


def _list(owner: object, key: str) -> list[Mapping[str, Any]]:
    value = owner.get(key) if isinstance(owner, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

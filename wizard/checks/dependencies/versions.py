"""Compares versions by the rules of each ecosystem; what cannot be compared is said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from wizard.checks.dependencies import composer
from wizard.checks.dependencies.dependency import Ecosystem

_SEMVER = re.compile(r"v?\d{1,18}(?:\.\d{1,18}){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_DIGITS = re.compile(r"\d{1,18}")
_NUMBERS = re.compile(r"\d{1,18}(?:[.-]\d{1,18})*")
#: Qualifiers that Maven takes for nothing.
_MAVEN_NOTHING = re.compile(r"[.-](?:release|final|ga)$", re.I)
_LONGEST = 200
_BY_UNIVERS = frozenset({Ecosystem.PYPI, Ecosystem.MAVEN, Ecosystem.NUGET, Ecosystem.RUBYGEMS})


class NotComparable(ValueError):
    """A version that its ecosystem's rules do not know."""


def compare(ecosystem: Ecosystem, one: str, other: str) -> int:
    """-1, 0 or 1, by the ecosystem's own rules. Raises `NotComparable`."""
    if ecosystem is Ecosystem.PACKAGIST:
        try:
            return composer.compare(one, other)
        except ValueError:
            raise NotComparable from None
    a, b = _read(ecosystem, one), _read(ecosystem, other)
    try:
        if a == b:
            return 0
        return -1 if a < b else 1
    except (TypeError, ValueError, AttributeError) as error:
        raise NotComparable from error


@lru_cache(maxsize=65536)
def _read(ecosystem: Ecosystem, version: str) -> Any:
    if not version or len(version) > _LONGEST:
        raise NotComparable
    try:
        return _reader(ecosystem)(version.strip())
    except NotComparable:
        raise
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise NotComparable from error


@lru_cache(maxsize=32)
def _reader(ecosystem: Ecosystem) -> Callable[[str], Any]:
    if ecosystem not in _BY_UNIVERS:
        return {Ecosystem.CRAN: _numbers, Ecosystem.HACKAGE: _numbers, Ecosystem.PUB: _pub}.get(
            ecosystem, lambda text: _semver(text)[:2]
        )
    from univers import versions

    match ecosystem:
        case Ecosystem.PYPI:
            return versions.PypiVersion
        case Ecosystem.MAVEN:
            return lambda text: versions.MavenVersion(_MAVEN_NOTHING.sub("", text))
        case Ecosystem.NUGET:
            return _nuget
        case _:
            return versions.RubygemsVersion


def _nuget(text: str) -> Any:
    from univers.nuget import InvalidNuGetVersion
    from univers.versions import NugetVersion

    if not _DIGITS.search(text):
        raise NotComparable
    try:
        return NugetVersion(text)
    except InvalidNuGetVersion as error:
        raise NotComparable from error


def _numbers(text: str) -> tuple[int, ...]:
    """R and Haskell compare lists of numbers; R takes 1-2 and 1.2 for the same."""
    if not _NUMBERS.fullmatch(text):
        raise NotComparable
    return tuple(int(part) for part in _DIGITS.findall(text))


def _semver(text: str) -> tuple[tuple[int, int, int], tuple[Any, ...], str]:
    """Semantic Versioning 2.0.0, 11: numbers, then a pre-release that is lower than none. Build data come last."""
    if not _SEMVER.fullmatch(text):
        raise NotComparable
    plain, _plus, build = text.removeprefix("v").partition("+")
    core, _dash, before = plain.partition("-")
    numbers = [int(part) for part in core.split(".")] + [0, 0]
    return (numbers[0], numbers[1], numbers[2]), _prerelease(before) if before else ((2,),), build


def _prerelease(text: str) -> tuple[Any, ...]:
    """Identifiers as comparable tuples: numbers are lower than words, and fewer are lower than more."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in text.split("."))


def _pub(text: str) -> tuple[Any, ...]:
    """Dart orders by build data too: 1.0.0 is lower than 1.0.0+1."""
    core, before, build = _semver(text)
    return core, before, _prerelease(build) if build else ()

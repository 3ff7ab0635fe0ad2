"""Compares versions the way Composer does: normalised to four numbers and a stability, then PHP's version_compare.

Rules: Composer's VersionParser::normalize (composer/semver) and PHP's `version_compare`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASSIC = re.compile(
    r"v?(\d{1,5})(\.\d+)?(\.\d+)?(\.\d+)?"
    r"(?:[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d+)*)?)?([.-]?dev)?)?",
    re.I,
)
_DATED = re.compile(
    r"v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){0,2})"
    r"(?:[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d+)*)?)?([.-]?dev)?)?",
    re.I,
)
_PART = re.compile(r"\d+|[a-z]+", re.I)
#: PHP's order of words; a number stands between the candidates and the patches.
_ORDER = (("dev", 0), ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("rc", 3), ("#", 4), ("pl", 5), ("p", 5))
_LONG = {"b": "beta", "a": "alpha", "pl": "patch", "p": "patch", "rc": "rc"}
_NUMBER = 4
_UNKNOWN = -1
_LONGEST = 200


@lru_cache(maxsize=65536)
def normal(version: str) -> tuple[str, ...]:
    """The parts that PHP compares. Raises ValueError for a branch (dev-main, 1.x-dev) and for what is no version."""
    version = version.strip().partition("+")[0]
    if len(version) > _LONGEST:
        raise ValueError("no version")
    if found := _CLASSIC.fullmatch(version):
        numbers = found[1] + "".join(found[n] or ".0" for n in (2, 3, 4))
    elif found := _DATED.fullmatch(version):
        numbers = re.sub(r"\D", ".", found[1])
    else:
        raise ValueError("no version")
    word, number, dev = found[found.re.groups - 2], found[found.re.groups - 1], found[found.re.groups]
    text = numbers
    if word and word.lower() != "stable":
        text += f"-{_LONG.get(word.lower(), word.lower())}{(number or '').lstrip('.-')}"
    if dev:
        text += "-dev"
    return tuple(part.lower() for part in _PART.findall(text))


def compare(one: str, other: str) -> int:
    """-1, 0 or 1. Raises ValueError for what is no version."""
    a, b = normal(one), normal(other)
    for left, right in zip(a, b, strict=False):
        if left.isdecimal() and right.isdecimal():
            result = (int(left) > int(right)) - (int(left) < int(right))
        else:
            result = (_rank(left) > _rank(right)) - (_rank(left) < _rank(right))
        if result:
            return result
    if len(a) == len(b):
        return 0
    longer, sign = (a[len(b)], 1) if len(a) > len(b) else (b[len(a)], -1)
    # what is left over: a number makes it newer, a word is compared with a number
    return sign if longer.isdecimal() or _rank(longer) > _NUMBER else -sign


def _rank(part: str) -> int:
    if part.isdecimal():
        return _NUMBER
    return next((rank for word, rank in _ORDER if part.startswith(word)), _UNKNOWN)

"""Orders right-to-left names among left-to-right words, as people who read them expect (UAX #9, without embeddings)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_STRONG_R = ("R", "AL")


def has_right_to_left(text: str) -> bool:
    """True when any character is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in (*_STRONG_R, "AN") for c in text)


def levels(text: str) -> tuple[int, list[int]]:
    """The paragraph's base level (0 left to right, 1 right to left) and the level of every character.

    The base is that of the first strong character (P2, P3). Controls for embedding and overriding never reach this
    function: they are shown as text, so they cannot reorder anything.
    """
    kinds = [unicodedata.bidirectional(c) for c in text]
    base = next((int(k in _STRONG_R) for k in kinds if k in ("L", *_STRONG_R)), 0)
    _resolve_weak(kinds)
    _resolve_neutral(kinds, "R" if base else "L")
    rank = {"L": 2 * base, "R": 1, "EN": 2, "AN": 2}
    return base, [rank[kind] for kind in kinds]


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """The positions of a line's pieces in the order in which they are drawn, by their levels (rule L2)."""
    order = list(range(len(run_levels)))
    for level in range(max(run_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if run_levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end
    return order


def _resolve_weak(kinds: list[str]) -> None:
    """Rules W1 to W7: numbers and their separators."""
    strong, before = "L", "L"
    for i, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kind = before
        if kind in ("L", *_STRONG_R):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        elif kind == "EN" and strong == "L":
            kind = "L"
        kinds[i] = before = kind
    for i, kind in enumerate(kinds):
        left = kinds[i - 1] if i else ""
        right = kinds[i + 1] if i + 1 < len(kinds) else ""
        if kind in ("ES", "CS") and left == right == "EN":
            kinds[i] = "EN"
        elif kind == "CS" and left == right == "AN":
            kinds[i] = "AN"
        elif kind == "ET" and "EN" in (left, right):
            kinds[i] = "EN"
    for i, kind in enumerate(kinds):
        if kind == "AL":
            kinds[i] = "R"


def _resolve_neutral(kinds: list[str], base: str) -> None:
    """Rules N1 and N2: what has no direction takes that of both its neighbours, else that of the paragraph."""
    start = 0
    while start < len(kinds):
        if kinds[start] in ("L", "R", "EN", "AN"):
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        left = _side(kinds[start - 1]) if start else base
        right = _side(kinds[end]) if end < len(kinds) else base
        kinds[start:end] = [left if left == right else base] * (end - start)
        start = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"

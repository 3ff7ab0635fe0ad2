"""Tells whether two PDFs are the same document although another library build wrote their bytes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf

#: How a stream is packed, and what the writing library says of itself, is not what the document shows.
_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms"})


def same_document(one: bytes, other: bytes) -> bool:
    """True when pages, fonts, structure and attached data are equal, object by object. Never raises."""
    try:
        with (
            pikepdf.open(BytesIO(one), attempt_recovery=False, suppress_warnings=True) as a,
            pikepdf.open(BytesIO(other), attempt_recovery=False, suppress_warnings=True) as b,
        ):
            return _Comparing().same(a.Root, b.Root)
    except Exception:  # a file that cannot be read is not the same document
        return False


class _Comparing:
    def __init__(self) -> None:
        self._seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()

    def same(self, first: Any, second: Any) -> bool:
        """Compare the graphs below two objects, without recursion."""
        waiting = [(first, second)]
        while waiting:
            a, b = waiting.pop()
            if not isinstance(a, pikepdf.Object) or not isinstance(b, pikepdf.Object):
                if type(a) is not type(b) or a != b:
                    return False
                continue
            if a.is_indirect != b.is_indirect or type(a) is not type(b):
                return False
            if a.is_indirect:
                pair = (a.objgen, b.objgen)
                if pair in self._seen:
                    continue
                self._seen.add(pair)
            below = self._below(a, b)
            if below is None:
                return False
            waiting += below
        return True

    def _below(self, a: Any, b: Any) -> list[tuple[Any, Any]] | None:
        """The pairs still to compare; None when these two differ."""
        if isinstance(a, pikepdf.Array):
            return list(zip(a, b, strict=True)) if len(a) == len(b) else None
        if isinstance(a, pikepdf.Dictionary | pikepdf.Stream):
            keys = set(a.keys()) - _PACKING if isinstance(a, pikepdf.Stream) else set(a.keys())
            others = set(b.keys()) - _PACKING if isinstance(b, pikepdf.Stream) else set(b.keys())
            if keys != others:
                return None
            if isinstance(a, pikepdf.Stream) and a.read_bytes() != b.read_bytes():
                return None
            return [(a[key], b[key]) for key in sorted(keys)]
        return [] if a == b else None

"""Many short texts of a history searched as one: messages, and the names in its folders."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from struct import Struct

from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.searching import Hit, Search
from wizard.checks.code.tree import shown

_ENOUGH = 256 * 1024
_NAMES = 200_000
_KEPT = 50_000


class Batch:
    """Many short texts searched as one input; each hit is given back with the name of its text."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._names: list[str] = []
        self._starts: list[int] = []
        self._texts: list[bytes] = []
        self._size = 0

    def add(self, name: str, text: bytes) -> None:
        """Put in one text under its name."""
        self._names.append(name)
        self._starts.append(self._size)
        self._texts.append(text)
        self._size += len(text) + 2

    def take(self) -> Callable[[], list[tuple[str, Hit]]]:
        """The search of what has been collected, to be done anywhere; the batch is empty then."""
        names, starts, data = self._names, self._starts, b"\n\n".join(self._texts)
        self._names, self._starts, self._texts, self._size = [], [], [], 0

        def find() -> list[tuple[str, Hit]]:
            out = []
            for hit in self._search.data(data, "") if data else ():
                index = max(0, bisect_right(starts, hit.start) - 1)
                line = data.count(b"\n", starts[index], hit.start) + 1
                out.append((names[index], replace(hit, line=line)))
            return out

        return find

    @property
    def size(self) -> int:
        """How many bytes lie in it."""
        return self._size

    @property
    def full(self) -> bool:
        """Whether enough lies in it to be searched."""
        return self._size > _ENOUGH


class TreeNames:
    """The names in all folders, each searched once: from one commit to the next nearly all of them are the same."""

    def __init__(self, search: Search, counting: Counting) -> None:
        self.names = Batch(search)
        # from one commit to the next most folders change in ids only: by length, how the last one is laid out
        self._shapes: dict[int, tuple[Callable[[bytes], tuple[bytes, ...]], tuple[bytes, ...]]] = {}
        self._kept = 0
        self._entries = set[bytes]()
        self._known = set[bytes]()
        self._counting = counting

    def add(self, data: bytes, id_bytes: int) -> None:
        """Take in one folder: entries of a mode, a space, a name, a zero byte and an id of so many bytes."""
        unpack, same = self._shapes.get(len(data), (None, ()))
        if unpack is not None and unpack(data) == same:
            return
        entries = re.findall(rb"([^\x00]+\x00)(?s:.{%d})" % id_bytes, data)
        self._kept += len(entries)
        if self._kept > _KEPT:
            self._kept = len(entries)
            self._shapes.clear()
        shape = Struct("".join(f"{len(entry)}s{id_bytes}x" for entry in entries))
        if shape.size == len(data):
            self._shapes[len(data)] = shape.unpack, tuple(entries)
        if self._entries.issuperset(entries):
            return
        if len(self._entries) > _NAMES:
            self._entries.clear()
            self._known.clear()
        for entry in entries:
            if entry not in self._entries:
                self._entries.add(entry)
                mode, _space, name = entry[:-1].partition(b" ")
                if mode == b"160000":
                    self._counting.gap(GapKind.SUBMODULE, shown(name.decode("utf-8", "surrogateescape")))
                if name not in self._known:
                    self._known.add(name)
                    self.names.add(name.decode("utf-8", "surrogateescape"), name)

"""One file that a parser reads: its text, the files beside it, and the lines where names stand."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from wizard.domain.language import _
from wizard.formats import json as strict_json
from wizard.formats.malformed import Malformed

#: A lockfile is never larger; the largest known are near 10 MB.
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """A file's bytes and path in the repository; `beside` reads a file of the same folder, None if there is none.

    `above` reads the files of a name beside it and in the folders above, inside the repository, the nearest first.
    """

    file: str
    data: bytes
    beside: Callable[[str], bytes | None] = lambda name: None
    above: Callable[[str], Iterable[bytes]] = lambda name: ()

    @property
    def name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.file).name

    @cached_property
    def text(self) -> str:
        """Its text. Raises `Malformed`."""
        if b"\x00" in self.data[:4096] and not self.data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Malformed(_("This is not text, as a file of this name must be."))
        return strict_json.decoded(self.data)

    def json(self) -> Mapping[str, Any]:
        """The JSON object that the file is. Raises `Malformed`."""
        return table_of(strict_json.parse(self.data))

    def toml(self) -> Mapping[str, Any]:
        """The TOML document that the file is. Raises `Malformed`."""
        return toml(self.text)

    def other(self, name: str) -> Source | None:
        """The file of that name in the same folder."""
        data = self.beside(name)
        return None if data is None else Source(name, data)

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.text)]

    def line_at(self, offset: int) -> int:
        """The line (from 1) on which a character of the text stands."""
        return bisect_left(self._breaks, offset) + 1

    def lines(self, pattern: str) -> Lines:
        """Where the first group of a pattern matches, in one pass."""
        return Lines(self.text, pattern)


class Lines:
    """Line numbers by name, each handed out once, in the order of the file."""

    def __init__(self, text: str, pattern: str) -> None:
        self._found: dict[str, deque[int]] = {}
        line, at = 1, 0
        for match in re.finditer(pattern, text, re.M):
            line += text.count("\n", at, match.start(1))
            at = match.start(1)
            self._found.setdefault(match[1], deque()).append(line)

    def take(self, name: str) -> int:
        """The next line on which this name stands; its last one when there are no more, 0 when there is none."""
        lines = self._found.get(name)
        if not lines:
            return 0
        return lines.popleft() if len(lines) > 1 else lines[0]


def toml(text: str) -> Mapping[str, Any]:
    """A TOML document. Raises `Malformed`."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise Malformed(_("This is not TOML: {why}.").format(why=str(error)[:120])) from None


def table_of(value: object) -> Mapping[str, Any]:
    """A value that must be an object. Raises `Malformed`."""
    if not isinstance(value, dict):
        raise Malformed(_("This file does not have the form that its name says."))
    return value


def need(condition: object) -> None:
    """Raise `Malformed` unless the file has what every file of this name has."""
    if not condition:
        raise Malformed(_("This file does not have the form that its name says, so nothing is known from it."))


def cut_short(missing: Iterable[str]) -> str:
    """The sentence for a file that does not hold all that its own records name; "" when it does."""
    names = sorted(missing)
    if not names:
        return ""
    return _(
        "Its records name {names}, which it does not hold: it was cut short, or mended by hand. Lock again."
    ).format(names=", ".join(f"“{name[:100]}”" for name in names[:3]) + (" …" if len(names) > 3 else ""))


def unfinished() -> str:
    """Why a file whose last entry is not whole does not tell everything."""
    return _("It ends in the middle of an entry, so what came after it is missing. Make the file again.")


def known_version(version: object, majors: Sequence[str]) -> None:
    """Raise `Malformed` for a format that is newer than what is read here: it may list things elsewhere."""
    if str(version).partition(".")[0] not in majors:
        raise Malformed(
            _("Its format ({version}) is not one of those that are read here: {known}.").format(
                version=str(version)[:20], known=", ".join(majors)
            )
        )


def table(owner: object, key: str) -> Mapping[str, Any]:
    """The object at a key, empty when there is none."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, dict) else {}


def tables(owner: object, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects of the list at a key. Raises `Malformed` when something else stands in it."""
    value = owner.get(key) if isinstance(owner, dict) else None
    need(value is None or isinstance(value, list | tuple))
    for item in value or ():
        yield table_of(item)


def text(owner: object, key: str) -> str:
    """The text at a key, "" when there is none."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, str) else ""


def texts(owner: object, key: str) -> tuple[str, ...]:
    """The texts of the list at a key."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def reached(graph: Mapping[str, Iterable[str]], roots: Iterable[str]) -> set[str]:
    """Everything that can be reached from the roots along the graph, the roots included."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += graph.get(node, ())
    return seen

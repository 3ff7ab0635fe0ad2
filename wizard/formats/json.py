"""Reads JSON of strangers: size, depth and node limits, no duplicate keys, no NaN, no half characters.

RFC 8259, read strictly (a key may stand once, RFC 7493 2.3). One leading byte order mark is forgiven, and with one
UTF-16 too, because Windows shells write reports that way. Several documents one after another (JSON Lines and the
like) are read by `documents`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeAlias

from wizard.domain.language import _
from wizard.formats.malformed import Malformed

Json: TypeAlias = "bool | int | float | str | list[Any] | dict[str, Any] | None"

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 4_000_000
MAX_DOCUMENTS = 200_000

#: A string, also one that never ends: so no quote is tried twice, and the time stays linear.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.S)
_BRACKET = re.compile(r"[\[\]{}]")
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BLANK = re.compile(r"[ \t\r\n]*")
_LONGEST_NUMBER = 400
_STEP = 1024 * 1024


def parse(data: bytes) -> Json:
    """The one JSON document in `data`. Raises `Malformed`."""
    found = documents(data)
    if len(found) != 1:
        raise Malformed(_("There is more than one JSON document in this file, where one was expected."))
    return found[0]


def documents(data: bytes) -> list[Json]:
    """Every JSON document in `data`, one after another with nothing but blanks between. Raises `Malformed`."""
    if len(data) > MAX_BYTES:
        raise Malformed(
            _("This file is larger than {n} MB, the most that is read of JSON. Export it in parts.").format(
                n=MAX_BYTES // 1024 // 1024
            )
        )
    text = decoded(data)
    del data
    _measure(text)
    found: list[Json] = []
    at = _after_blanks(text, 0)
    if at == len(text):
        raise Malformed(_("This file is empty. Export the report again."))
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise _broken(text, error) from None
        except (RecursionError, OverflowError) as error:
            raise Malformed(_too_deep()) from error
        found.append(value)
        if len(found) > MAX_DOCUMENTS:
            raise Malformed(_("This file holds far more JSON documents than any report. It was not read."))
        at = _after_blanks(text, at)
    if _SURROGATE.search(text):
        _refuse_half_characters(found)
    return found


def decoded(data: bytes) -> str:
    """`data` as text: UTF-8, or UTF-16 with its mark. Raises `Malformed` for another encoding."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            _("This file is not UTF-8 text (byte {n}): damaged, or saved in another encoding. Export it again.").format(
                n=error.start + 1
            )
        ) from None


def _measure(text: str) -> None:
    """Refuse what is nested too deep, holds too many values, or was cut short, before anything is built."""
    bare = _STRING.sub("", text)
    depth = 0
    for at in range(0, len(bare), _STEP):
        depths = list(accumulate(map(_DEEPER.__getitem__, _BRACKET.findall(bare, at, at + _STEP)), initial=depth))
        if max(depths) > MAX_DEPTH:
            raise Malformed(_too_deep())
        depth = depths[-1]
    if sum(map(bare.count, ",[{")) > MAX_NODES:
        raise Malformed(
            _("This JSON holds more than {n} values, the most that is read. Export it in parts.").format(n=MAX_NODES)
        )
    if depth > 0:  # told here, because building a large one takes time
        raise Malformed(_cut_short())


def _too_deep() -> str:
    return _("This JSON is nested more than {n} levels deep, as no report is. It was not read.").format(n=MAX_DEPTH)


def _cut_short() -> str:
    return _("This JSON ends in the middle: the file was cut short. Export it again.")


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _broken(text: str, error: json.JSONDecodeError) -> Malformed:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Malformed(_cut_short())
    line = text.count("\n", 0, error.pos) + 1
    return Malformed(_("This is not JSON from line {n} on. Export the report again.").format(n=line))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise Malformed(
                    _("The key {key} stands twice in one object of this JSON, so its meaning is unclear.").format(
                        key=repr(key[:60])
                    )
                )
            seen.add(key)
    return made


def _no_constant(name: str) -> Json:
    raise Malformed(_("This JSON holds {name}, which is no number of JSON.").format(name=name))


def _finite(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_NUMBER else math.inf
    if not math.isfinite(number):
        raise Malformed(_("This JSON holds a number that is too large to be one."))
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise Malformed(_("This JSON holds a number that is too large to be one."))
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
)


def _refuse_half_characters(root: Sequence[Json]) -> None:
    waiting: list[Any] = list(root)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
                raise Malformed(_("This JSON holds half a character (a lone surrogate). It was not read."))
        elif isinstance(value, Mapping):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value

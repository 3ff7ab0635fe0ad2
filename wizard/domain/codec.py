"""Values to JSON and back, by their types: one spelling for the journal, the attestation and the shell."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from wizard.domain.observation import Json

T = TypeVar("T")


class Unreadable(ValueError):
    """JSON that does not have the shape of the wanted type; the text names the place."""


def to_json(value: object) -> Json:
    """A value of this domain as JSON; fields that stand at their default are left out.

    Dates are ISO 8601, times UTC with a trailing Z, enums their value, tuples lists, a mapping an object. Half a
    character (a file name in another encoding) becomes U+FFFD. Raises ValueError for a time without a zone. Whether a
    number can be spelt exactly is for the canonical form to say (RFC 8785).
    """
    kind = type(value)
    if kind is str:
        text = typing.cast(str, value)
        return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if value is None or kind in (bool, int, float):
        return typing.cast(Json, value)
    if kind in (tuple, list):
        return [to_json(item) for item in typing.cast("Sequence[object]", value)]
    if isinstance(value, Enum):
        return to_json(value.value)
    if fields := _fields(typing.cast(Any, kind)):
        out = {}
        for name, default in fields:
            item = getattr(value, name)
            if item is not default and (default is dataclasses.MISSING or item != default):
                out[name] = to_json(item)
        return out
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {}
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return to_json(str(value))
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [to_json(item) for item in items]
    raise TypeError(f"no JSON for {type(value).__name__}")


def from_json(kind: type[T], data: Json) -> T:
    """Build a `kind` from JSON. Raises `Unreadable` with the place; unknown keys are refused."""
    try:
        return typing.cast(T, _reader(typing.cast(Any, kind))(data))
    except _Wrong as wrong:
        raise Unreadable(f"${''.join(reversed(wrong.path))}: {wrong.what}") from None


@cache
def _fields(kind: type) -> tuple[tuple[str, object], ...]:
    """Name and default of each field of a dataclass; () for any other type. Made once: a look writes thousands."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple((f.name, _default(f)) for f in dataclasses.fields(kind) if f.init)


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


#: Builds a value from JSON, or raises `_Wrong`. Made once for each type: a journal of 100,000 events is read by these.
_Reader = Callable[[Any], Any]


class _Wrong(Exception):
    """What is wrong, and the steps to it, innermost first; they are only put together when something is wrong."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        self.path: list[str] = []


@cache
def _reader(kind: Any) -> _Reader:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union_reader(args)
    if origin is frozenset:
        several = _list_reader(args[0])
        return lambda data: frozenset(several(data))
    if origin is tuple:
        return _list_reader(args[0]) if len(args) == 2 and args[1] is Ellipsis else _tuple_reader(args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(args[1])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    raise TypeError(f"cannot read {kind!r}")


def _exactly(kind: type) -> _Reader:
    def read(data: Any) -> Any:
        if type(data) is not kind:
            raise _Wrong("text expected" if kind is str else f"{kind.__name__} expected")
        return data

    return read


def _nothing(data: Any) -> None:
    if data is not None:
        raise _Wrong("nothing expected")


def _number(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise _Wrong("a number expected")
    return float(data)


def _moment(data: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(data)
        if moment.tzinfo is None:
            raise _Wrong("datetime expected")
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise _Wrong("datetime expected") from None


def _day(data: Any) -> date:
    try:
        return date.fromisoformat(data)
    except (ValueError, TypeError):
        raise _Wrong("date expected") from None


_PLAIN: dict[Any, _Reader] = {
    str: _exactly(str),
    bool: _exactly(bool),
    int: _exactly(int),
    float: _number,
    type(None): _nothing,
    datetime: _moment,
    date: _day,
}


def _enum_reader(kind: type[Enum]) -> _Reader:
    members = {member.value: member for member in kind}

    def read(data: Any) -> Enum:
        if not isinstance(data, str) or data not in members:
            raise _Wrong(f"{kind.__name__} expected")
        return members[data]

    return read


def _dataclass_reader(kind: type) -> _Reader:
    readers: dict[str, _Reader] = {}

    def read(data: Any) -> Any:
        if type(data) is not dict and not isinstance(data, Mapping):
            raise _Wrong("an object expected")
        if not readers:  # on first use, because a type may hold its own kind
            hints = typing.get_type_hints(kind)
            readers.update({f.name: _reader(hints[f.name]) for f in dataclasses.fields(kind) if f.init})
        made, name = {}, ""
        try:
            for name, item in data.items():
                made[name] = readers[name](item)
        except KeyError:
            raise _Wrong(f"unknown {name!r}") from None
        except _Wrong as wrong:
            wrong.path.append(f".{name}")
            raise
        try:
            return kind(**made)
        except TypeError:
            raise _Wrong(f"{kind.__name__} is incomplete") from None

    return read


def _mapping_reader(kind: Any) -> _Reader:
    if not isinstance(kind, type) and typing.get_origin(kind) in (None, typing.Union, types.UnionType):
        # Mapping[str, Json]: JSON as it is
        return lambda data: dict(_object(data))
    reader = _reader(kind)
    return lambda data: {key: _at(f".{key}", reader, item) for key, item in _object(data).items()}


def _list_reader(kind: Any) -> _Reader:
    reader = _reader(kind)
    return lambda data: tuple([_at(f"[{i}]", reader, item) for i, item in enumerate(_list(data))])


def _tuple_reader(kinds: tuple[Any, ...]) -> _Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(data: Any) -> Any:
        if len(_list(data)) != len(readers):
            raise _Wrong(f"{len(readers)} items expected")
        return tuple([reader(item) for reader, item in zip(readers, data, strict=True)])

    return read


def _union_reader(kinds: tuple[Any, ...]) -> _Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(data: Any) -> Any:
        for reader in readers:
            try:
                return reader(data)
            except _Wrong:
                continue
        raise _Wrong(f"not one of {', '.join(getattr(kind, '__name__', str(kind)) for kind in kinds)}")

    return read


def _at(step: str, reader: _Reader, item: Any) -> Any:
    try:
        return reader(item)
    except _Wrong as wrong:
        wrong.path.append(step)
        raise


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise _Wrong("an object expected")
    return data


def _list(data: Any) -> Sequence[Any]:
    if not isinstance(data, list | tuple):
        raise _Wrong("a list expected")
    return data

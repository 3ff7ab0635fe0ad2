"""Values to JSON and back, by their types: one spelling for the journal, the attestation and the shell."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
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
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return to_json(value.value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        out = {}
        for field in dataclasses.fields(value):
            if not field.init:
                continue
            item = getattr(value, field.name)
            if not _is_default(field, item):
                out[field.name] = to_json(item)
        return out
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [to_json(item) for item in items]
    raise TypeError(f"no JSON for {type(value).__name__}")


def from_json(kind: type[T], data: Json, where: str = "$") -> T:
    """Build a `kind` from JSON. Raises `Unreadable` with the place; unknown keys are refused."""
    return typing.cast(T, _read(kind, data, where))


def _is_default(field: dataclasses.Field[Any], item: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(item == field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return False


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, data: Json, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _read_union(typing.get_args(kind), data, where)
    if kind is type(None):
        if data is None:
            return None
        raise Unreadable(f"{where}: nothing expected")
    if origin is tuple:
        return _read_tuple(typing.get_args(kind), data, where)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            raise Unreadable(f"{where}: an object expected")
        value_kind = typing.get_args(kind)[1]
        if not isinstance(value_kind, type):  # Mapping[str, Json]: JSON as it is
            return dict(data)
        return {key: _read(value_kind, item, f"{where}.{key}") for key, item in data.items()}
    if isinstance(kind, type):
        return _read_plain(kind, data, where)
    raise TypeError(f"cannot read {kind!r}")


def _read_plain(kind: type, data: Json, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    if kind is bool or kind is int:
        if type(data) is not kind:
            raise Unreadable(f"{where}: {kind.__name__} expected")
        return data
    if kind is float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise Unreadable(f"{where}: a number expected")
        return float(data)
    if not isinstance(data, str):
        raise Unreadable(f"{where}: text expected")
    try:
        if issubclass(kind, Enum):
            return kind(data)
        if kind is datetime:
            moment = datetime.fromisoformat(data)
            if moment.tzinfo is None:
                raise ValueError
            return moment.astimezone(UTC)
        if kind is date:
            return date.fromisoformat(data)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{where}: {kind.__name__} expected") from error
    if kind is str:
        return data
    raise TypeError(f"cannot read {kind!r}")


def _read_dataclass(kind: type, data: Json, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise Unreadable(f"{where}: an object expected")
    hints = _hints(kind)
    names = {field.name for field in dataclasses.fields(kind) if field.init}
    unknown = set(data) - names
    if unknown:
        raise Unreadable(f"{where}: unknown {sorted(unknown)[0]!r}")
    try:
        return kind(**{name: _read(hints[name], item, f"{where}.{name}") for name, item in data.items()})
    except TypeError as error:
        raise Unreadable(f"{where}: {kind.__name__} is incomplete") from error


def _read_tuple(args: tuple[Any, ...], data: Json, where: str) -> Any:
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise Unreadable(f"{where}: a list expected")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_read(args[0], item, f"{where}[{i}]") for i, item in enumerate(data))
    if len(args) != len(data):
        raise Unreadable(f"{where}: {len(args)} items expected")
    return tuple(_read(arg, item, f"{where}[{i}]") for i, (arg, item) in enumerate(zip(args, data, strict=True)))


def _read_union(args: tuple[Any, ...], data: Json, where: str) -> Any:
    for arg in args:
        try:
            return _read(arg, data, where)
        except Unreadable:
            continue
    raise Unreadable(f"{where}: not one of {', '.join(getattr(a, '__name__', str(a)) for a in args)}")

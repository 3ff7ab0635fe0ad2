"""Reads YAML of strangers: event by event, never into objects; every value is text, a list or a table.

YAML 1.1 as PyYAML reads it, with caps on depth, values and aliases. An alias is the same value once more and is never
copied, tags mean nothing, and merge keys stay ordinary keys, so nothing can grow or run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.domain.language import _
from wizard.formats.malformed import Malformed

MOST_DEPTH = 64
MOST_VALUES = 300_000


def parse(data: bytes) -> Any:
    """The first document. Raises `Malformed` with its sentence for what is no YAML or goes beyond the caps."""
    import yaml

    try:
        return _build(yaml.parse(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise Malformed(_("This is neither JSON nor YAML from line {n} on. Export it again.").format(n=line)) from None


def _build(events: Iterator[Any]) -> Any:
    import yaml

    top: list[Any] = []
    #: lists and tables that are still open, innermost last; a table waits with its key
    opened: list[tuple[Any, list[str]]] = [(top, [])]
    anchors: dict[str, Any] = {}
    count = 0
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
            continue
        if isinstance(event, yaml.DocumentEndEvent):
            return top[0] if top else None
        if not isinstance(event, yaml.NodeEvent):
            continue
        count += 1
        value: Any
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise Malformed(_("This YAML names a value that it does not hold. Export it again."))
            value = anchors[event.anchor]
        else:
            value = event.value if isinstance(event, yaml.ScalarEvent) else _empty(event)
            if event.anchor:
                anchors[event.anchor] = value
        if count > MOST_VALUES or len(opened) > MOST_DEPTH:
            raise Malformed(
                _(
                    "This YAML is nested deeper than {depth} levels or holds more than {n} values. It was not read."
                ).format(depth=MOST_DEPTH, n=MOST_VALUES)
            )
        _add(*opened[-1], value)
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((value, []))
    return top[0] if top else None


def _empty(event: Any) -> Any:
    import yaml

    return {} if isinstance(event, yaml.MappingStartEvent) else []


def _add(holder: Any, key: list[str], value: Any) -> None:
    """Put a value where it belongs; in a table, every other value is a key."""
    if isinstance(holder, list):
        holder.append(value)
    elif key:
        holder[key.pop()] = value
    elif isinstance(value, str):
        key.append(value)
    else:
        raise Malformed(_("This YAML uses a list or table as a key, as no API description does. It was not read."))

"""The shape of the data as the offline page reads it: derived from the domain's types, and written into the page.

Run: python tests/unit/document/page_shape.py
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "assets/document/verifier.html"
BEGIN, END = "const SHAPE = {\n", "\n};\n"
_PLAIN = {str: "s", int: "i", bool: "b", date: "d", datetime: "t"}


def shape() -> str:
    """One line a type: its fields with what each holds, or the words that it may be.

    `!` is before what is needed, `=` before a default that is not the usual one of its kind. `*` is a list, `?` may be
    null, `(a,b)` is a pair, `j` an object of any shape.
    """
    from wizard.domain.attestation import Attestation

    found: dict[str, object] = {}
    waiting: list[type] = [Attestation]

    def spelled(kind: typing.Any) -> str:
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            (one,) = (arg for arg in args if arg is not type(None))
            return spelled(one) + "?"
        if origin is tuple:
            return spelled(args[0]) + "*" if args[-1] is Ellipsis else f"({','.join(map(spelled, args))})"
        if origin is not None and issubclass(origin, Mapping):
            return "j"
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind.__name__ not in found and kind not in waiting:
            waiting.append(kind)
        return str(kind.__name__)

    while waiting:
        kind = waiting.pop(0)
        if issubclass(kind, Enum):
            found[kind.__name__] = [member.value for member in kind]
            continue
        hints, fields = typing.get_type_hints(kind), {}
        for field in dataclasses.fields(kind):
            what = spelled(hints[field.name])
            default = field.default
            if default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                what = "!" + what
            elif field.default_factory is dataclasses.MISSING and default not in ("", 0, False, None, ()):
                what += "=" + json.dumps(default.value if isinstance(default, Enum) else default)
            fields[field.name] = what
        found[kind.__name__] = fields
    lines = [f"{name}: {json.dumps(found[name], separators=(',', ':'))}" for name in sorted(found)]
    return ",\n".join(lines)


def in_page(text: str) -> str:
    """The shape that stands in the page."""
    return text.partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    written = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(written.replace(BEGIN + in_page(written) + END, BEGIN + shape() + END), encoding="utf-8")

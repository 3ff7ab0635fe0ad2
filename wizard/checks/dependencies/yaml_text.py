"""Reads YAML of strangers without turning anything into numbers, dates or programs, and keeps the line of each word."""

from __future__ import annotations

from typing import Any

import yaml

from wizard.domain.language import _
from wizard.formats.malformed import Malformed

_MAX_DEPTH = 64
_MAX_NODES = 1_000_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Word(str):
    """A scalar or key as it is written, with the line (from 1) on which it stands."""

    __slots__ = ("line",)
    line: int

    def __new__(cls, value: str, line: int) -> Word:
        """The text with its line."""
        made = super().__new__(cls, value)
        made.line = line
        return made


def parse(text: str) -> Any:
    """The one YAML document: dicts, lists and `Word`s (never a number, so that 1.10 stays 1.10).

    Aliases are refused: no lockfile has them, and they can make a small file huge. So is a second document, which would
    be passed over. Raises `Malformed`.
    """
    stack: list[tuple[Any, Word | None]] = []
    root: Any = None
    nodes = documents = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise Malformed(_("This YAML holds several documents, where one was expected."))
            if isinstance(event, yaml.AliasEvent):
                raise Malformed(_("This YAML refers back to parts of itself, as no file of this kind does."))
            made: Any
            if isinstance(event, yaml.ScalarEvent):
                made = Word(event.value, (event.start_mark.line + 1 if event.start_mark else 0))
            elif isinstance(event, yaml.MappingStartEvent):
                made = {}
            elif isinstance(event, yaml.SequenceStartEvent):
                made = []
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
                continue
            else:
                continue
            nodes += 1
            if nodes > _MAX_NODES or len(stack) >= _MAX_DEPTH:
                raise Malformed(_("This YAML holds more than any file of this kind. It was not read."))
            if not stack:
                root = made
            else:
                root_of, key = stack[-1]
                if isinstance(root_of, list):
                    root_of.append(made)
                elif key is None:
                    if not isinstance(made, Word):
                        raise Malformed(_("This YAML has a key that is no word."))
                    stack[-1] = (root_of, made)
                    continue
                else:
                    if key in root_of:
                        raise Malformed(_("The key {key} stands twice in this YAML.").format(key=repr(key[:60])))
                    root_of[key] = made
                    stack[-1] = (root_of, None)
            if not isinstance(made, Word):
                stack.append((made, None))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Malformed(_("This is not YAML from line {n} on.").format(n=mark.line + 1 if mark else 1)) from None
    except (RecursionError, ValueError):
        raise Malformed(_("This is not YAML that can be read here.")) from None
    return root

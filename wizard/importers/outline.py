"""The outline of a JSON document, whole or only its beginning: which keys stand where, by which reports are told apart.

A path is written with dots and `[]` for the items of a list: `runs[].tool.driver.name`. The list or lines at the root
are left away, also a list of lists: `[].RuleID` is `RuleID`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_DEPTH = 6
_ITEMS = 4
_KEYS = 400
_DOCUMENTS = 12
#: A string that never ends is one token too: no quote is tried twice, and the time stays linear.
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)(\s*+:)?|([\[\]{}])|(true|false|null|-?\d[\d.eE+\-]*)', re.S)


class Outline:
    """Which keys a document has, and the first text or number at each. `lines`: several documents in a row."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.lines = False
        self.listed = False

    def has(self, *paths: str) -> bool:
        """Whether every one of these paths stands in it."""
        return all(path in self.values for path in paths)

    def says(self, path: str) -> str:
        """The first text or number at `path`, "" if there is none."""
        return self.values.get(path, "")

    @classmethod
    def of(cls, documents: Sequence[Any]) -> Outline:
        """The outline of parsed documents: the first few items of each list."""
        made = cls()
        made.lines = len(documents) > 1
        made.listed = isinstance(documents[0], list)
        for document in documents[:_DOCUMENTS]:
            made._visit(document, "", 0)
        return made

    @classmethod
    def of_head(cls, head: str) -> Outline:
        """The outline of the beginning of a file; what is broken in it is skipped."""
        made = cls()
        path: list[str | None] = []  # the key that is open at each level; None in a list
        began = False
        for found in _TOKEN.finditer(head):
            text, colon, sign, scalar = found.groups()
            if sign in ("{", "["):
                if not path:
                    made.lines, made.listed, began = began, sign == "[", True
                elif path[-1] is not None:
                    made._note(path, "")
                path.append("" if sign == "{" else None)
            elif sign:
                if path:
                    path.pop()
            elif colon and path and path[-1] is not None:
                path[-1] = text
            elif path and (text is not None or scalar):
                made._note(path, text if text is not None else scalar)
        return made

    def _note(self, path: list[str | None], value: str) -> None:
        if len(path) > _DEPTH + 2:
            return
        steps = "".join("[]" if key is None else f".{key}" for key in path).lstrip("[]").removeprefix(".")
        if value or steps not in self.values:
            self.values.setdefault(steps, value)
            self.values[steps] = self.values[steps] or value

    def _visit(self, value: Any, path: str, depth: int) -> None:
        if isinstance(value, dict):
            if depth > _DEPTH:
                return
            for key, item in list(value.items())[:_KEYS]:
                inner = f"{path}.{key}" if path else str(key)
                self.values.setdefault(inner, "")
                self._visit(item, inner, depth + 1)
        elif isinstance(value, list):
            if depth > _DEPTH:
                return
            for item in value[:_ITEMS]:
                self._visit(item, f"{path}[]" if path else path, depth + 1)
        elif value is not None and path:
            written = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
            self.values[path] = self.values.get(path) or written[:200]

"""Finds the line of every key and list item of a TOML file, so that a mistake can be named with its place.

`tomllib` reads TOML but forgets where things stood. This scanner walks a text that `tomllib` has accepted (TOML 1.0)
and only remembers lines; it judges nothing.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([btnfr"\\]))')
_PLAIN = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def places(text: str) -> dict[Path, int]:
    """The line (from 1) of every table header, key and item of `text`, by its path, like ("question", 3, "kind")."""
    scan = _Scan(text)
    scan.document()
    return scan.found


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._counts: dict[Path, int] = {}
        self.found: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        self._space()
        while self._at < len(self._text):
            line = self._here()
            if self._text.startswith("[[", self._at):
                self._at += 2
                table = self._resolve(self._key("]"))
                count = self._counts.get(table, 0)
                self._counts[table] = count + 1
                self.found.setdefault(table, line)
                table = (*table, count)
                self.found[table] = line
                self._skip("]]")
            elif self._text.startswith("[", self._at):
                self._at += 1
                table = self._resolve(self._key("]"), last=True)
                self.found[table] = line
                self._skip("]")
            else:
                self._pair(table)
            self._space()

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _skip(self, sign: str) -> None:
        self._space()
        if self._text.startswith(sign, self._at):
            self._at += len(sign)

    def _resolve(self, key: list[str], *, last: bool = False) -> Path:
        """The path of a header: below a list of tables it is about the list's newest table."""
        path: Path = ()
        for i, part in enumerate(key):
            path = (*path, part)
            if path in self._counts and (last or i < len(key) - 1):
                path = (*path, self._counts[path] - 1)
        return path

    def _key(self, end: str) -> list[str]:
        parts: list[str] = []
        while self._at < len(self._text):
            self._space()
            if self._text[self._at] in "\"'":
                parts.append(self._quoted())
            else:
                found = _BARE.match(self._text, self._at)
                if not found:
                    break
                parts.append(found[0])
                self._at = found.end()
            self._space()
            if not self._text.startswith(".", self._at):
                break
            self._at += 1
        return parts

    def _quoted(self) -> str:
        quote = self._text[self._at]
        start = self._at + 1
        self._string()
        inner = self._text[start : self._at - 1]
        if quote == "'":
            return inner
        return _ESCAPE.sub(lambda m: _PLAIN[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), inner)

    def _pair(self, table: Path) -> None:
        line = self._here()
        path = table
        for part in self._key("="):
            path = (*path, part)
            self.found.setdefault(path, line)
        self._skip("=")
        self._space()
        self._value(path)

    def _value(self, path: Path) -> None:
        sign = self._text[self._at : self._at + 1]
        if sign in ('"', "'"):
            self._string()
        elif sign == "[":
            self._at += 1
            index = 0
            self._space()
            while self._at < len(self._text) and self._text[self._at] != "]":
                item: Path = (*path, index)
                self.found[item] = self._here()
                self._value(item)
                index += 1
                self._skip(",")
                self._space()
            self._at += 1
        elif sign == "{":
            self._at += 1
            self._space()
            while self._at < len(self._text) and self._text[self._at] != "}":
                self._pair(path)
                self._skip(",")
                self._space()
            self._at += 1
        else:
            found = _SCALAR.match(self._text, self._at)
            self._at = max(found.end() if found else 0, self._at + 1)

    def _string(self) -> None:
        """Steps over a string of any of TOML's four kinds."""
        quote = self._text[self._at]
        if self._text.startswith(quote * 3, self._at):
            at = self._at + 3
            while at < len(self._text) and not self._text.startswith(quote * 3, at):
                at += 2 if quote == '"' and self._text[at] == "\\" else 1
            at += 3
            while at < len(self._text) and self._text[at] == quote:  # up to two more belong to the text
                at += 1
            self._at = at
            return
        at = self._at + 1
        while at < len(self._text) and self._text[at] != quote:
            at += 2 if quote == '"' and self._text[at] == "\\" else 1
        self._at = at + 1

"""Reads a questionnaire's files into tables whose every key has a known type, and says what does not fit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from wizard.catalog import places
from wizard.catalog.problems import Problem, nearest
from wizard.catalog.shape import DIGEST_PATTERN, ID_PATTERN, SHAPES, Key, Type
from wizard.domain.language import _

#: The one file that every questionnaire has; all other .toml files beside it are sections, in the order of their names.
MAIN_FILE = "questionnaire.toml"

MAX_FILES = 100
MAX_BYTES = 512 * 1024

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


class Wrong(Protocol):
    """Takes the sentence about a mistake and the keys that lead to it."""

    def __call__(self, sentence: str, /, *keys: str | int) -> None:
        """Notes it."""


class Lines:
    """The line of every key of a file. They are looked for only when the first mistake asks."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _found(self) -> dict[places.Path, int]:
        try:
            return places.places(self._text)
        except RecursionError:  # lists so deep that the reader just managed them: the file's first line must do
            return {}

    def of(self, path: places.Path) -> int:
        """The line of `path`, or of the nearest thing above it that has one."""
        while path and path not in self._found:
            path = path[:-1]
        return self._found.get(path, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, with the line of each of its keys; `marks` are the paths in this file that do not fit."""

    file: str
    shape: str
    path: places.Path
    data: dict[str, object]
    lines: Lines
    marks: set[places.Path] = field(default_factory=set)

    @property
    def broken(self) -> bool:
        """True when something in this table, or below it, does not fit its shape."""
        return any(mark[: len(self.path)] == self.path for mark in self.marks)

    def mark(self, *keys: str | int) -> None:
        """Remember that the value at a key of this table does not fit."""
        self.marks.add((*self.path, *keys))

    def line(self, *keys: str | int) -> int:
        """The line of a key below this table; of the nearest thing above it that has one."""
        return self.lines.of((*self.path, *keys))

    def problem(self, sentence: str, *keys: str | int) -> Problem:
        """A mistake at a key of this table."""
        return Problem(self.file, self.line(*keys), sentence)

    def text(self, key: str) -> str:
        """The text at a key, without space around it; "" when it is not there or not text."""
        value = self.data.get(key)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts in the list at a key."""
        value = self.data.get(key)
        return tuple(item.strip() for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def flag(self, key: str, default: bool) -> bool:
        """The true or false at a key."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else default

    def date(self, key: str) -> date:
        """The date at a key; the first day of the calendar when it is not there."""
        value = self.data.get(key)
        return value if type(value) is date else date.min

    def below(self, key: str) -> Iterator[Table]:
        """The table or tables at a key; none at a key that this shape does not have, which reading has reported."""
        if key not in SHAPES[self.shape]:
            return
        shape = SHAPES[self.shape][key].shape
        value = self.data.get(key)
        if isinstance(value, dict):
            yield Table(self.file, shape, (*self.path, key), value, self.lines, self.marks)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield Table(self.file, shape, (*self.path, key, index), item, self.lines, self.marks)


def read_folder(folder: Path) -> tuple[list[Table], list[Problem]]:
    """The files of a questionnaire as tables, the main file first, and everything that does not fit."""
    problems: list[Problem] = []
    try:
        names = sorted(p.name for p in folder.iterdir() if p.suffix == ".toml" and p.is_file())
    except OSError as error:
        sentence = _("The folder could not be read: {reason}.").format(reason=error.strerror or type(error).__name__)
        return [], [Problem(MAIN_FILE, 1, sentence)]
    if MAIN_FILE not in names:
        return [], [Problem(MAIN_FILE, 1, _("The file is missing: every questionnaire has one of this name."))]
    if len(names) > MAX_FILES:
        return [], [Problem(MAIN_FILE, 1, _("The folder holds more than {n} .toml files.").format(n=MAX_FILES))]
    names.remove(MAIN_FILE)
    tables = []
    for name in (MAIN_FILE, *names):
        table = _read_file(folder / name, "questionnaire file" if name == MAIN_FILE else "section file", problems)
        if table is not None:
            _fit(table, problems)
            tables.append(table)
    if not names:
        problems.append(Problem(MAIN_FILE, 1, _("No section: put at least one more .toml file beside this one.")))
    return tables, problems


def _read_file(path: Path, shape: str, problems: list[Problem]) -> Table | None:
    def wrong(line: int, sentence: str) -> None:
        problems.append(Problem(path.name, line, sentence))

    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        wrong(1, _("The file could not be read: {reason}.").format(reason=error.strerror or type(error).__name__))
        return None
    if len(raw) > MAX_BYTES:
        wrong(1, _("The file is larger than {n} KiB. Split the section.").format(n=MAX_BYTES // 1024))
        return None
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong(line, _("The file is not UTF-8 text. Save it as UTF-8."))
        return None
    try:
        data = tomllib.loads(text)
    except RecursionError:
        wrong(1, _("Lists or tables lie too deep inside each other."))
        return None
    except ValueError as error:  # TOMLDecodeError, or a number with too many digits
        found = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1 if found else 1
        said = re.sub(r"\s*\(at .*\)$", "", str(error)).rstrip(".")
        wrong(line, _("This is not TOML: {said}.").format(said=said))
        return None
    return Table(path.name, shape, (), data, Lines(text))


def _fit(table: Table, problems: list[Problem]) -> None:
    """Compares a table and all below it with their shapes; what does not fit becomes a problem and a mark."""
    if table.shape == "row":
        _fit_row(table, problems)
        return
    shape = SHAPES[table.shape]

    def wrong(sentence: str, /, *keys: str | int) -> None:
        problems.append(table.problem(sentence, *keys))
        table.mark(*keys)

    for name in table.data:
        if name not in shape:
            wrong(_("Unknown key “{key}”.").format(key=name) + nearest(name, shape), name)
    for name, key in shape.items():
        if name not in table.data:
            if key.required:
                wrong(_("The key “{key}” is missing.").format(key=name))
            continue
        _fit_value(table, name, key, wrong)
        if key.shape:
            for inner in table.below(name):
                _fit(inner, problems)


def _fit_value(table: Table, name: str, key: Key, wrong: Wrong) -> None:
    value = table.data[name]

    def wanted(what: str) -> None:
        wrong(_("“{key}” must be {wanted}, not {got}.").format(key=name, wanted=what, got=_type_name(value)), name)

    match key.type:
        case Type.TEXT | Type.CONDITION | Type.ID | Type.DIGEST:
            if not isinstance(value, str):
                wanted(_("text"))
            else:
                _fit_text(name, key, value, wrong)
        case Type.FLAG:
            if not isinstance(value, bool):
                wanted(_("true or false"))
        case Type.DATE:
            if not isinstance(value, date) or isinstance(value, datetime):
                wanted(_("a date like 2025-10-02, without quotation marks"))
        case Type.TEXTS | Type.IDS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                wanted(_("a list of texts"))
                return
            for index, item in enumerate(value):
                _fit_text(name, Key(Type.ID if key.type is Type.IDS else Type.TEXT), item, wrong, index)
                if key.type is Type.IDS and item in value[:index]:
                    wrong(_("“{id}” stands twice in “{key}”.").format(id=item, key=name), name, index)
            if key.required and not value:
                wrong(_("“{key}” is empty.").format(key=name), name)
        case Type.TABLE:
            if not isinstance(value, dict):
                wanted(_("a table"))
        case Type.TABLES:
            if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
                wanted(_("a list of tables, written [[{key}]]").format(key=name))


def _type_name(value: object) -> str:
    match value:
        case str():
            return _("text")
        case bool():
            return _("true or false")
        case int() | float():
            return _("a number")
        case list():
            return _("a list")
        case dict():
            return _("a table")
        case _:
            return _("a date or time")


def _fit_text(name: str, key: Key, value: str, wrong: Wrong, *index: int) -> None:
    if not value.strip():
        wrong(_("“{key}” is empty.").format(key=name), name, *index)
    elif _CONTROL.search(value):
        wrong(_("“{key}” holds a character that cannot be seen.").format(key=name), name, *index)
    elif key.words and value not in key.words:
        sentence = _("“{value}” is not a {key}. It must be one of: {words}.").format(
            value=value, key=name, words=", ".join(key.words)
        )
        wrong(sentence + nearest(value, key.words), name, *index)
    elif key.type is Type.ID and not re.match(ID_PATTERN, value):
        wrong(
            _("“{value}” cannot be an id: a letter first, then letters, digits, “-” and “_”.").format(value=value),
            name,
            *index,
        )
    elif key.type is Type.DIGEST and not re.match(DIGEST_PATTERN, value):
        wrong(_("“{key}” must be 64 hexadecimal digits in lower case.").format(key=name), name, *index)


def _fit_row(table: Table, problems: list[Problem]) -> None:
    for name, value in table.data.items():
        if not isinstance(value, str):
            problems.append(table.problem(_("A cell of a row must be text."), name))
            table.mark(name)

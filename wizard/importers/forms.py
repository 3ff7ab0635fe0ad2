"""What an importer is: how it knows its own files by content, and what reads them, one form a file format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.formats.xml import Root, Source
from wizard.importers.base import Report
from wizard.importers.outline import Outline


@dataclass(frozen=True, slots=True)
class JsonForm:
    """JSON: `claims` knows it by its keys, `read` gets every document of the file (one, unless it is JSON Lines)."""

    claims: Callable[[Outline], bool]
    read: Callable[[list[Any]], Report]


@dataclass(frozen=True, slots=True)
class XmlForm:
    """XML: `claims` knows it by its root element, `read` gets the stream from its first byte."""

    claims: Callable[[Root], bool]
    read: Callable[[Source], Report]


@dataclass(frozen=True, slots=True)
class TextForm:
    """CSV or HTML: `claims` knows it by its first characters, `read` gets the whole text."""

    claims: Callable[[str], bool]
    read: Callable[[str], Report]


@dataclass(frozen=True, slots=True)
class Importer:
    """One tool's reports: a stable id, the tool's name, and the forms it writes them in."""

    id: str
    tool: str
    forms: tuple[JsonForm | XmlForm | TextForm, ...]

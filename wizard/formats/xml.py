"""Reads XML of strangers as a stream: no entities, nothing from outside, limits on size and depth.

Everything that could harm stands before the root element, so defusedxml's parser guards that part; the rest goes
through the fast parser, record by record. An internal DTD is legal only where a known report has one (Burp's
`issues`); entities and external identifiers are refused everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from wizard.domain.language import _
from wizard.formats.malformed import Malformed

Element = ElementTree.Element

MAX_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 64
#: An element that is kept whole (one record) may hold this many elements.
MAX_RECORD = 100_000
#: So many records, and so many elements outside records, are more than a report has: the rest would only take time.
MAX_RECORDS, MAX_LOOSE = 150_000, 400_000
#: How many of the last bytes `cut_short` is given.
END = 4096
_MAX_PROLOG = 256 * 1024
_PIECE = 64 * 1024
_STEP = 4096
#: Burp's own definition sets attributes to nothing or "false" where they are missing.
_LONGEST_DEFAULT = 16
#: Root elements of reports that begin with a DTD of their own.
_DTD_ROOTS = frozenset({"issues"})


@dataclass(frozen=True, slots=True)
class Root:
    """The first element: its name without namespace, the namespace, its attributes, and its first child if seen."""

    name: str
    namespace: str
    attributes: dict[str, str] = field(default_factory=dict)
    child: Root | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An element that was met outside records, or a whole record.

    `path` are the names from the root to it. `opened` is True at its start tag, where only attributes are known.
    """

    path: tuple[str, ...]
    element: Element
    opened: bool


class Source(Protocol):
    """What bytes are read from, in pieces."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""


def root(head: bytes) -> Root | None:
    """The root element that the first bytes of a file speak of; None when there is none. Never raises."""
    try:
        return first(head)
    except Malformed:
        return None


def first(head: bytes) -> Root:
    """The root element in the first bytes of a file. Raises `Malformed` for a harmful or broken beginning."""
    guard = _Guard()
    guard.feed(head)
    if guard.root is None:
        raise Malformed(_("This XML ends before its first element: the file was cut short. Export it again."))
    return replace(guard.root, child=guard.child)


def walk(stream: Source, records: Collection[str]) -> Iterator[Seen]:
    """Go through a document. Raises `Malformed`.

    Elements named in `records` come whole when they end, and are forgotten after; all others come at their start (with
    attributes) and at their end (with their text, without children). Names come without namespace. Memory does not grow
    with the document.
    """
    parser: ElementTree.XMLPullParser[Element] = ElementTree.XMLPullParser(("start", "end"))
    path: list[str] = []
    above: list[Element] = []
    record = elements = 0  # the depth of the record that is open, and how many elements it holds
    records_met = loose = 0
    try:
        for piece in _guarded(stream):
            for open_element in above[: record - 1] if record else above:
                del open_element[:]  # what was seen of it is not needed any more
            for event, element in _feed(parser, piece):
                if event == "start":
                    name = element.tag
                    if name[0] == "{":
                        name = element.tag = name.rpartition("}")[2]
                    path.append(name)
                    above.append(element)
                    if len(path) > MAX_DEPTH:
                        raise Malformed(
                            _("This XML is nested more than {n} levels deep, as no report is. It was not read.").format(
                                n=MAX_DEPTH
                            )
                        )
                    if record:
                        elements += 1
                        if elements > MAX_RECORD:
                            raise Malformed(
                                _("One record of this XML is far larger than any report has. It was not read.")
                            )
                    elif name in records:
                        record, elements = len(path), 0
                        records_met += 1
                    else:
                        loose += 1
                        yield Seen(tuple(path), element, True)
                    if loose > MAX_LOOSE or records_met > MAX_RECORDS:
                        raise Malformed(
                            _("This XML holds far more entries than any report. It was not read. Export it in parts.")
                        )
                    continue
                if not record or record == len(path):
                    record = 0
                    yield Seen(tuple(path), element, False)
                    element.clear()
                path.pop()
                above.pop()
    except ElementTree.ParseError as error:  # it comes out between the events
        raise _broken(error) from None
    _close(parser)


def cut_short(name: str, end: bytes) -> bool:
    """Whether a document with this root element cannot be whole, told by its last bytes alone.

    So a large one that was cut is refused before it is read. What may stand behind the root's end tag (comments,
    processing instructions) is left for the parser to judge, and so is a document that is no longer than its `end`.
    """
    last = end.rstrip(b" \t\r\n")
    if len(end) < END or last.endswith((b"-->", b"?>")):
        return False
    return re.search(rb"</(?:[^\s<>/:]{1,100}:)?" + re.escape(name.encode()) + rb"\s*>\Z", last) is None


def words(element: Element, path: str) -> str:
    """The text of the first element below `element` at `path` (names parted by slashes), trimmed; "" if none."""
    return (element.findtext(path) or "").strip()


def _feed(parser: ElementTree.XMLPullParser[Element], piece: bytes) -> Iterator[tuple[str, Element]]:
    try:
        parser.feed(piece)
        return parser.read_events()  # type: ignore[return-value]  # only start and end were asked for
    except ElementTree.ParseError as error:
        raise _broken(error) from None
    except (ValueError, LookupError):
        raise Malformed(_encoding()) from None


def _close(parser: ElementTree.XMLPullParser[Element]) -> None:
    try:
        parser.close()
    except ElementTree.ParseError:
        raise Malformed(_("This XML ends in the middle: the file was cut short. Export it again.")) from None


def _broken(error: ElementTree.ParseError) -> Malformed:
    line = error.position[0]
    return Malformed(_("This is not well-formed XML from line {n} on. Export the report again.").format(n=line))


def _encoding() -> str:
    return _("This XML is in an encoding that is not read here. Export the report again as UTF-8.")


def _guarded(stream: Source) -> Iterator[bytes]:
    """The pieces of the stream, once what stands before the root element has been found harmless."""
    guard = _Guard()
    waiting: list[bytes] = []
    total, begun = 0, False
    while piece := stream.read(_PIECE):
        total += len(piece)
        if total > MAX_BYTES:
            raise Malformed(
                _("This file is larger than {n} MB, the most that is read of XML. Export it in parts.").format(
                    n=MAX_BYTES // 1024 // 1024
                )
            )
        if begun:
            yield piece
            continue
        waiting.append(piece)
        begun = guard.feed(piece)
        if begun:
            yield from waiting
            waiting.clear()
    if not begun:
        if not total:
            raise Malformed(_("This file is empty. Export the report again."))
        raise Malformed(_("This XML ends before its first element: the file was cut short. Export it again."))


class _Guard:
    """Reads what stands before the root element and refuses everything in it that could harm."""

    def __init__(self) -> None:
        self.root: Root | None = None
        self.child: Root | None = None
        self._fed = 0
        self._parser = DefusedXMLParser(target=self, forbid_dtd=False, forbid_entities=True, forbid_external=True)
        self._parser.parser.StartDoctypeDeclHandler = self._doctype
        self._parser.parser.AttlistDeclHandler = self._attribute

    def feed(self, piece: bytes) -> bool:
        """Read on until the root element, and say whether it was met; the rest is not looked at. Raises `Malformed`."""
        for at in range(0, len(piece), _STEP):
            if self.root is not None:
                return True
            self._fed += _STEP
            if self._fed > _MAX_PROLOG:
                raise Malformed(_("This XML has no element near its beginning, as every report has. It was not read."))
            try:
                self._parser.feed(piece[at : at + _STEP])
            except DefusedXmlException:
                raise Malformed(
                    _("This XML defines entities or points outside itself, which can harm. It was not read.")
                ) from None
            except ElementTree.ParseError as error:
                if self.root is None:
                    raise _broken(error) from None
            except (ValueError, LookupError):
                raise Malformed(_encoding()) from None
        return self.root is not None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """The parser met an element; only the first two are wanted."""
        if self.child is None:
            namespace, _brace, name = tag.removeprefix("{").rpartition("}")
            met = Root(name, namespace, attributes)
            if self.root is None:
                self.root = met
            else:
                self.child = met

    def end(self, tag: str) -> None:
        """Part of the parser's interface."""

    def data(self, text: str) -> None:
        """Part of the parser's interface."""

    def close(self) -> None:
        """Part of the parser's interface."""

    def _doctype(self, name: str, system: str | None, public: str | None, _internal: bool) -> None:
        if system or public:
            raise Malformed(_("This XML points to a definition outside itself. It was not read."))
        if name not in _DTD_ROOTS:
            raise Malformed(_("This XML brings a document type of its own, as no report of this kind does."))

    def _attribute(self, _element: str, _name: str, _kind: str, default: str | None, _required: bool) -> None:
        if default and len(default) > _LONGEST_DEFAULT:
            raise Malformed(_("This XML sets long attributes on its own. It was not read."))

"""Flows rows of cells over pages: rows stay whole where they can, table heads repeat, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from wizard.document.fonts import Fonts
from wizard.document.pen import Pen
from wizard.document.tags import Element
from wizard.document.text import Colour, Line, Span, wrap
from wizard.document.theme import BOTTOM, HAIRLINE, MARGIN, PX, TOP

#: The share of a page that may stay empty so that one look is read on one page.
_SPARED = 0.15


class Piece(Protocol):
    """Something with a height that is never split: a line of text, or a picture."""

    @property
    def height(self) -> float:
        """In points."""

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Draw with the upper left corner at (x, top)."""


@dataclass(slots=True)
class Places:
    """Where every anchor came to stand, and how many pages there are: known once everything is laid out."""

    anchors: dict[str, tuple[int, float]] = field(default_factory=dict)
    pages: int = 0

    def page(self, anchor: str) -> int:
        """The page's number as printed, from 1."""
        return self.anchors[anchor][0] + 1


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a paragraph."""

    line: Line
    element: Element | None
    width: float
    align: str = "left"

    @property
    def height(self) -> float:
        """The line's leading."""
        return self.line.leading

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Draw it, flush left, right, or centred."""
        room = self.width - self.line.width
        right = self.align == "right" or (self.line.right_to_left and self.align == "left")
        pen.line(self.line, x + (room if right else room / 2 if self.align == "centre" else 0.0), top, self.element)


@dataclass(frozen=True, slots=True)
class LateLine:
    """One line whose words are known only when every page is: "and 3 more, page 12"."""

    fonts: Fonts
    spans: Callable[[Places], Sequence[Span]]
    element: Element | None
    width: float
    height: float
    align: str = "left"

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Set the words and draw them."""
        for line in wrap(self.fonts, self.spans(places), 10_000.0)[:1]:
            TextLine(line, self.element, self.width, self.align).draw(pen, x, top, places)


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty height."""

    height: float

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Nothing to draw."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A mark beside the next line: drawn, but taking no height."""

    paint: Callable[[Pen, float, float], None]
    height: float = 0.0

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Draw the mark as decoration: the word beside it says the same."""
        with pen.artifact():
            self.paint(pen, x, top)


@dataclass(frozen=True, slots=True)
class Tinted:
    """Another piece on a tinted ground, such as a quoted header."""

    piece: TextLine
    ground: Colour
    width: float

    @property
    def height(self) -> float:
        """That of the piece."""
        return self.piece.height

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """The ground, then the piece."""
        with pen.artifact():
            pen.box(x, top, self.width, self.height, fill=self.ground)
        self.piece.draw(pen, x + 6 * PX, top, places)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with an alternative text."""

    element: Element
    width: float
    height: float
    paint: Callable[[Pen, float, float], None]

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        """Draw it as one figure."""
        with pen.figure(self.element, x, top, x + self.width, top + self.height):
            self.paint(pen, x, top)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column's share of a row: x from the text's left edge."""

    x: float
    pieces: tuple[Piece, ...]

    @property
    def height(self) -> float:
        """The sum of its pieces."""
        return sum(piece.height for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across a row: from x to x, thickness and colour."""

    left: float
    right: float
    thickness: float = 0.75 * PX
    colour: Colour = HAIRLINE


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, with padding, rules and an optional ground."""

    cells: tuple[Cell, ...]
    above: float = 0.0
    below: float = 0.0
    rule_above: Rule | None = None
    rule_below: Rule | None = None
    upright: float | None = None
    frame: tuple[float, float, float, Colour] | None = None
    ground: tuple[float, float, Colour] | None = None
    bar: Colour | None = None
    anchor: str = ""
    #: stays on the page of the next row
    keep_with_next: bool = False
    then: Callable[[Pen, float, float], None] | None = None

    @property
    def inner(self) -> float:
        """The height of the highest cell."""
        return max((cell.height for cell in self.cells), default=0.0)

    @property
    def height(self) -> float:
        """With padding."""
        return self.above + self.inner + self.below


@dataclass(slots=True)
class _Page:
    rows: list[tuple[Row, float, bool]] = field(default_factory=list)


def paragraph(
    fonts: Fonts, spans: Sequence[Span] | Span, width: float, element: Element | None, *, align: str = "left"
) -> tuple[Piece, ...]:
    """The lines of a paragraph as pieces."""
    spans = (spans,) if isinstance(spans, Span) else spans
    return tuple(TextLine(line, element, width, align) for line in wrap(fonts, spans, width))


class Flow:
    """Pages being filled from top to bottom."""

    def __init__(self, width: float, height: float) -> None:
        self.paper = (width, height)
        self.width = width - 2 * MARGIN
        self.places = Places()
        self._pages: list[_Page] = []
        self._y = 0.0
        self._floor = height - BOTTOM
        self._top = TOP
        self._repeat: tuple[Row, ...] = ()
        self._held: list[Row] = []

    @property
    def room(self) -> float:
        """What is left on this page."""
        return self._floor - self._y

    @property
    def whole(self) -> float:
        """The height of the text on an empty page."""
        return self._floor - self._top

    @property
    def pages(self) -> list[list[tuple[Row, float, bool]]]:
        """What was placed so far, a list a page: each row, its upper edge, and whether it only repeats a head."""
        return [page.rows for page in self._pages]

    @property
    def y(self) -> float:
        """Where the next row will stand, from the paper's top edge."""
        return self._y

    @property
    def page(self) -> int:
        """The number of the current page, from 0."""
        return len(self._pages) - 1

    def new_page(self, top: float = TOP) -> None:
        """Begin a page; inside a table its head is repeated."""
        self._top = top
        self._pages.append(_Page())
        self._y = top
        for row in self._repeat:
            self._put(row, artifact=True)

    def anchor(self, name: str) -> None:
        """The next row stands at this anchor."""
        self.places.anchors.setdefault(name, (self.page, self._y))

    def space(self, height: float) -> None:
        """Empty height, which a new page swallows."""
        self._y = min(self._y + height, self._floor)

    def at(self, y: float) -> None:
        """Go on at y on this page."""
        self._y = y

    def add(self, rows: Iterable[Row]) -> None:
        """Place rows one below the other; a row with `keep_with_next` moves with its follower."""
        for row in rows:
            self._held.append(row)
            if not row.keep_with_next:
                held, self._held = self._held, []
                self._add_together(held)

    def table(self, head: Row, rows: Iterable[Row]) -> None:
        """A table whose head is repeated on each page."""
        rows = list(rows)
        held, self._held = self._held, []
        first = rows[0].height if rows else 0.0
        wanted = sum(row.height for row in held) + head.height + min(first, 0.4 * self.whole)
        if wanted > self.room and wanted <= self.whole:
            self.new_page()
        for row in held:
            self._put(row, artifact=False)
        self._put(head, artifact=False)
        repeated = replace(head, cells=tuple(_silent(cell) for cell in head.cells), anchor="")
        self._repeat = (repeated,)
        for row in rows:
            self._add_together([row])
        self._repeat = ()

    def render(self, pen: Pen, furniture: Callable[[Pen, int, Places], None]) -> None:
        """Draw every page: first what runs on each page, then its rows."""
        self.places.pages = len(self._pages)
        for number, page in enumerate(self._pages):
            if number:
                pen.next_page()
            furniture(pen, number, self.places)
            for row, top, artifact in page.rows:
                _draw(pen, row, top, self.places, artifact)

    def _add_together(self, rows: list[Row]) -> None:
        height = sum(row.height for row in rows)
        if height > self.room and self._y > self._top and not self._worth_splitting(rows):
            self.new_page(TOP)
            if rows[0].rule_above is None:  # the distance to what came before is the page's edge here
                rows = [replace(rows[0], above=min(rows[0].above, 6 * PX)), *rows[1:]]
        for row in rows:
            self._split(row)

    def _worth_splitting(self, rows: list[Row]) -> bool:
        """Only what would leave a large hole, or what fits no page, is split."""
        kept = sum(row.height for row in rows[:-1])
        return rows[-1].height > 0.3 * self.whole and self.room - kept > 0.2 * self.whole

    def _split(self, row: Row) -> None:
        while row.height > self.room:
            room = self.room - row.above
            heads, tails = [], []
            for cell in row.cells:
                fits = _fitting(cell, room, _SPARED * self.whole)
                heads.append(replace(cell, pieces=cell.pieces[:fits]))
                tails.append(replace(cell, pieces=cell.pieces[fits:]))
            if not any(head.pieces for head in heads):
                if self._y <= self._top + sum(r.height for r in self._repeat) + 0.01:
                    break  # a single piece higher than a page cannot be split
                self.new_page(TOP)
                continue
            first = replace(row, cells=tuple(heads), below=0.0, rule_below=None, then=None)
            self._put(first, artifact=False)
            row = replace(row, cells=tuple(tails), above=0.0, rule_above=None, anchor="")
            if not any(tail.pieces for tail in tails):
                row = replace(row, cells=())
            self.new_page(TOP)
        self._put(row, artifact=False)

    def _put(self, row: Row, *, artifact: bool) -> None:
        if row.anchor and not artifact:
            self.anchor(row.anchor)
        self._pages[-1].rows.append((row, self._y, artifact))
        self._y += row.height


def _fitting(cell: Cell, room: float, spared: float) -> int:
    """How many pieces of a cell stay here; what a mark begins goes over whole where that costs little room."""
    used = since_mark = 0.0
    begins = 0
    for count, piece in enumerate(cell.pieces):
        if isinstance(piece, Marker):
            begins, since_mark = count, 0.0
        if used + piece.height > room + 0.01:
            return begins if begins and since_mark <= spared else count
        used += piece.height
        since_mark += piece.height
    return len(cell.pieces)


def _silent(cell: Cell) -> Cell:
    """A cell whose text is decoration: the head of a table on its second page."""
    pieces = tuple(replace(p, element=None) if isinstance(p, TextLine) else p for p in cell.pieces)
    return replace(cell, pieces=pieces)


def _draw(pen: Pen, row: Row, top: float, places: Places, artifact: bool) -> None:
    bottom = top + row.height
    if row.rule_above or row.rule_below or row.upright is not None or row.frame or row.ground or row.bar:
        with pen.artifact():
            _decorate(pen, row, top, bottom)
    for cell in row.cells:
        y = top + row.above
        for piece in cell.pieces:
            if artifact:
                with pen.artifact():
                    piece.draw(pen, MARGIN + cell.x, y, places)
            else:
                piece.draw(pen, MARGIN + cell.x, y, places)
            y += piece.height
        pen.settle()
    if row.then:
        row.then(pen, top, bottom)


def _decorate(pen: Pen, row: Row, top: float, bottom: float) -> None:
    if row.ground:
        left, right, colour = row.ground
        pen.box(MARGIN + left, top, right - left, bottom - top, fill=colour)
        if row.bar:
            pen.box(MARGIN + left, top, 3 * PX, bottom - top, fill=row.bar)
    if row.frame:
        left, right, thickness, colour = row.frame
        pen.box(MARGIN + left, top, right - left, bottom - top, stroke=colour, thickness=thickness)
    for rule, y in ((row.rule_above, top), (row.rule_below, bottom)):
        if rule:
            pen.rule(MARGIN + rule.left, MARGIN + rule.right, y - rule.thickness / 2, rule.thickness, rule.colour)
    if row.upright is not None:
        pen.upright(MARGIN + row.upright, top, bottom, 0.75 * PX, HAIRLINE)

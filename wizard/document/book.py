"""The document being written: its chapters, tables and paragraphs, each with its look and its meaning together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from wizard.document.canonical import canonical, digest, read
from wizard.document.fonts import Fonts
from wizard.document.layout import Cell, Flow, Gap, LateLine, Piece, Places, Row, Rule, TextLine, paragraph
from wizard.document.tags import Element
from wizard.document.text import Span, Style, wrap
from wizard.document.theme import BOLD, HEADING, INK, LABEL, MUTED, PAPERS, PX, TEXT, TITLE
from wizard.document.words import _
from wizard.domain.attestation import Attestation

#: Text of a cell: paragraphs, each of spans.
Paragraphs = Sequence[Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its width in points, flush left or right."""

    head: str
    width: float
    align: str = "left"


@dataclass(slots=True)
class Book:
    """Everything that the chapters share while they write."""

    attestation: Attestation
    data: bytes
    fonts: Fonts
    flow: Flow
    root: Element
    #: level from 1, words, anchor
    outline: list[tuple[int, str, str]] = field(default_factory=list)

    @classmethod
    def begin(cls, attestation: Attestation) -> Book:
        """An empty document for this attestation, written from its canonical data as a verifier will read them."""
        data = canonical(attestation)
        attestation = read(data)
        width, height = PAPERS.get(attestation.paper, PAPERS["A4"])
        return cls(attestation, data, Fonts(), Flow(width, height), Element("Document"))

    @property
    def digest(self) -> str:
        """The SHA-256 of the embedded data."""
        return digest(self.data)

    @property
    def width(self) -> float:
        """The width of the text."""
        return self.flow.width

    # -- text -----------------------------------------------------------------------------------------------------

    def pieces(
        self, spans: Sequence[Span] | Span, width: float, element: Element | None, align: str = "left"
    ) -> tuple[Piece, ...]:
        """A paragraph's lines."""
        return paragraph(self.fonts, spans, width, element, align=align)

    def at_most(
        self, span: Span, width: float, most: int, element: Element | None, align: str = "left"
    ) -> tuple[Piece, ...]:
        """A line or a few of a value that the particulars print in full; what does not fit ends in an ellipsis."""
        text = span.text[:400]
        pieces = self.pieces(Span(text, span.style, span.link), width, element, align)
        if len(pieces) <= most and text == span.text:
            return pieces
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            shown = Span(text[:middle].rstrip() + "…", span.style, span.link)
            if len(wrap(self.fonts, [shown], width)) <= most:
                low = middle
            else:
                high = middle - 1
        return self.pieces(Span(text[:low].rstrip() + "…", span.style, span.link), width, element, align)[:most]

    def spread(self, widths: Sequence[float]) -> list[float]:
        """Where columns of these widths begin so that the gaps between them are equal; the last ends at the edge."""
        gap = (self.width - sum(widths)) / max(1, len(widths) - 1)
        return [sum(widths[:i]) + gap * i for i in range(len(widths))]

    def late(
        self, spans: Callable[[Places], Sequence[Span]], width: float, element: Element | None, style: Style = TEXT
    ) -> LateLine:
        """One line whose words need page numbers."""
        return LateLine(self.fonts, spans, element, width, style.leading)

    # -- blocks ---------------------------------------------------------------------------------------------------

    def chapter(self, title: str, anchor: str, intro: str = "") -> Element:
        """Begin a chapter on a new page: title, rule, quiet introduction."""
        self.flow.new_page()
        self.flow.anchor(anchor)
        self.outline.append((1, title, anchor))
        section = self.root.add("Sect")
        rule = Rule(0.0, self.width, 1.5 * PX, INK)
        heading = self.pieces(Span(title, TITLE), self.width, section.add("H1"))
        self.flow.add([Row((Cell(0.0, heading),), above=6 * PX, below=10 * PX, rule_below=rule, keep_with_next=True)])
        if intro:
            text = self.pieces(Span(intro, MUTED), self.width, section.add("P"))
            self.flow.add([Row((Cell(0.0, text),), above=8 * PX)])
        return section

    def heading(self, title: str, section: Element, anchor: str = "") -> Row:
        """A heading inside a chapter; it stays with what follows."""
        if anchor:
            self.outline.append((2, title, anchor))
        text = self.pieces(Span(title, HEADING), self.width, section.add("H2"))
        return Row((Cell(0.0, text),), above=24 * PX, below=8 * PX, anchor=anchor, keep_with_next=True)

    def text(self, spans: Sequence[Span] | Span, section: Element, *, above: float = 0.0, x: float = 0.0) -> Row:
        """A paragraph over the whole width."""
        return Row((Cell(x, self.pieces(spans, self.width - x, section.add("P"))),), above=above)

    def table(
        self,
        section: Element,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Paragraphs]],
        *,
        x: float = 0.0,
        padding: float = 11 * PX,
        heading: Row | None = None,
        row_heads: bool = True,
    ) -> None:
        """A table with a head that repeats on each page; the first cell of each row is its head."""
        table = section.add("Table")
        edges = Rule(x, x + sum(column.width for column in columns))
        head_row = table.add("TR")
        cells, left = [], x
        for column in columns:
            element = head_row.add("TH", scope="Column")
            cells.append(
                Cell(left, self.pieces(Span(column.head, LABEL), _room(columns, column), element, column.align))
            )
            left += column.width
        head = Row(tuple(cells), below=4 * PX, rule_below=Rule(edges.left, edges.right, 0.75 * PX, INK))
        body = [self._row(table, columns, row, edges, padding, row_heads) for row in rows]
        if heading is not None:
            self.flow.add([heading])
        self.flow.table(head, body)

    def _row(
        self,
        table: Element,
        columns: Sequence[Column],
        row: Sequence[Paragraphs],
        edges: Rule,
        padding: float,
        row_heads: bool,
    ) -> Row:
        element = table.add("TR")
        cells, left = [], edges.left
        for number, (column, paragraphs) in enumerate(zip(columns, row, strict=True)):
            own = element.add("TH", scope="Row") if row_heads and number == 0 else element.add("TD")
            pieces: tuple[Piece, ...] = ()
            for spans in paragraphs:
                if spans:
                    pieces += self.pieces(spans, column.width - 8 * PX, own, "left")
            if column.align == "right":
                pieces = tuple(
                    TextLine(p.line, p.element, _room(columns, column), "right") if isinstance(p, TextLine) else p
                    for p in pieces
                )
            cells.append(Cell(left, pieces))
            left += column.width
        return Row(tuple(cells), above=padding / 2, below=padding / 2, rule_below=edges)

    def facts(self, section: Element, facts: Sequence[tuple[str, Sequence[Span]]], label: float = 150 * PX) -> None:
        """Names and their values, one below the other, such as who signs; a long value flows over pages."""
        table = section.add("Table")
        for name, spans in facts:
            row = table.add("TR")
            head = self.pieces(Span(name, LABEL), label - 8 * PX, row.add("TH", scope="Row"))
            value = self.pieces(spans, self.width - label, row.add("TD"))
            cells = (Cell(0.0, head), Cell(label, value))
            self.flow.add([Row(cells, above=4 * PX, below=4 * PX, rule_below=Rule(0.0, self.width))])


def _room(columns: Sequence[Column], column: Column) -> float:
    """The width for a column's text, which keeps away from the column after it."""
    if column is columns[-1]:
        return column.width
    return column.width - (14 * PX if column.align == "right" else 8 * PX)


def texts(*lines: str) -> list[list[Span]]:
    """Plain paragraphs for a table cell."""
    return [[Span(line, TEXT)] for line in lines if line]


def bold_and_quiet(bold: str, *quiet: str) -> list[list[Span]]:
    """A name, and what is said about it below."""
    return [[Span(bold, BOLD)], *([Span(line, MUTED)] for line in quiet if line)]


def gap(height: float) -> Gap:
    """Empty height inside a cell."""
    return Gap(height)


def nothing() -> str:
    """What stands where nobody said anything."""
    return _("not given")

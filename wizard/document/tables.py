"""Tables that people filled in, laid out so that every cell is read in full."""

from __future__ import annotations

from wizard.document.book import Book, Column
from wizard.document.layout import Cell, Row, Rule
from wizard.document.tags import Element
from wizard.document.text import Span, measure
from wizard.document.theme import BOLD, LABEL, PX, TEXT
from wizard.document.words import _
from wizard.domain.attestation import Said

#: Tables with more columns, or with longer cells, are printed row by row as names and values.
_COLUMNS, _CELL = 7, 240


def said_table(book: Book, section: Element, said: Said, x: float) -> None:
    """A table answer as a table, or as one list a row when it would not fit as a table."""
    heads = said.heads or tuple(str(i + 1) for i in range(max(map(len, said.rows))))
    rows = [(*row, *("" for _i in range(len(heads) - len(row)))) for row in said.rows]
    width = book.width - x
    if len(heads) > _COLUMNS or any(len(cell) > _CELL or "\n" in cell for row in rows for cell in row):
        _as_lists(book, section, heads, rows, x)
        return
    widths = _widths(book, heads, rows, width)
    columns = [Column(head, share) for head, share in zip(heads, widths, strict=True)]
    body = [[[[Span(cell, TEXT)]] if cell else [] for cell in row[: len(heads)]] for row in rows]
    book.table(section, columns, body, x=x, padding=8 * PX)


def _widths(book: Book, heads: tuple[str, ...], rows: list[tuple[str, ...]], width: float) -> list[float]:
    """What each column needs for its longest word, and the rest by how much text it holds."""
    least, wanted = [], []
    for index, head in enumerate(heads):
        cells = [row[index] for row in rows[:200]]
        words = [measure(book.fonts, [Span(word, TEXT)]) for cell in cells for word in cell.split()[:40]]
        label = max((measure(book.fonts, [Span(word, LABEL)]) for word in head.split()), default=0.0)
        least.append(min(max([label, *words]) + 10 * PX, 110 * PX))
        longest = max((measure(book.fonts, [Span(cell[:120], TEXT)]) for cell in cells), default=0.0)
        title = min(measure(book.fonts, [Span(head[:60], LABEL)]) + 10 * PX, 120 * PX)
        wanted.append(max(least[-1], title, min(longest + 10 * PX, 260 * PX)))
    if sum(wanted) <= width:
        return [share * width / sum(wanted) for share in wanted]
    spare = max(0.0, width - sum(least))
    extra = [w - m for w, m in zip(wanted, least, strict=True)]
    if sum(least) > width:
        return [m * width / sum(least) for m in least]
    return [m + spare * e / max(sum(extra), 0.001) for m, e in zip(least, extra, strict=True)]


def _as_lists(book: Book, section: Element, heads: tuple[str, ...], rows: list[tuple[str, ...]], x: float) -> None:
    for number, row in enumerate(rows, 1):
        own = section.add("Div")
        title = book.pieces(Span(_("Row {n}").format(n=number), BOLD), book.width - x, own.add("P"))
        book.flow.add([Row((Cell(x, title),), above=6 * PX, rule_above=Rule(x, book.width), keep_with_next=True)])
        lines = []
        for index, cell in enumerate(row):
            if not cell:
                continue
            element = own.add("P")
            head = heads[index] if index < len(heads) else ""
            label = book.pieces(Span(head, LABEL), 120 * PX, element)
            text = book.pieces(Span(cell, TEXT), book.width - x - 130 * PX, element)
            lines.append(Row((Cell(x, label), Cell(x + 130 * PX, text)), above=2 * PX, below=2 * PX))
        book.flow.add(lines)

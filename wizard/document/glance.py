"""Every duty on one table, and the lists of page 1 in full where page 1 had no room for them."""

from __future__ import annotations

from dataclasses import replace

from wizard.document import marks
from wizard.document.book import Book, Column
from wizard.document.layout import Cell, LateLine, Marker, Row, Rule
from wizard.document.lists import lists, place_list
from wizard.document.pen import Pen
from wizard.document.tags import Element
from wizard.document.text import Span
from wizard.document.theme import BOLD, INK, LABEL, MUTED, PX, TEXT
from wizard.document.words import _
from wizard.domain.attestation import Item
from wizard.domain.finding import Mark
from wizard.domain.questionnaire import Obligation

#: Rows set tighter than text, so that a whole questionnaire fits one page.
_LEADING = 13.5 * PX
_LINE, _LINE_BOLD, _LINE_QUIET, _LINE_LABEL = (replace(style, leading=_LEADING) for style in (TEXT, BOLD, MUTED, LABEL))


def glance(book: Book, lists_in_full: bool) -> None:
    """The chapter after page 1."""
    if lists_in_full:
        title = _("What is not fine, in full")
        section = book.chapter(title, "lists", _("The lists of page 1, without its limits of room."))
        book.flow.space(16 * PX)
        for one in lists(book):
            place_list(book, section, one, len(one.rows))
    intro = _("In the questionnaire’s order, with the page on which each stands in full.")
    section = book.chapter(_("Every requirement at a glance"), "glance", intro)
    book.flow.space(12 * PX)
    columns = (
        Column(_("Id"), 66 * PX),
        Column(_("Requirement"), book.width - 326 * PX),
        Column(_("Binding"), 80 * PX),
        Column(_("State"), 140 * PX),
        Column(_("Page"), 40 * PX, "right"),
    )
    table = section.add("Table")
    head = table.add("TR")
    cells, x = [], 0.0
    for column in columns:
        element = head.add("TH", scope="Column")
        cells.append(Cell(x, book.pieces(Span(column.head, LABEL), column.width, element, column.align)))
        x += column.width
    top = Row(tuple(cells), below=4 * PX, rule_below=Rule(0.0, book.width, 0.75 * PX, INK))
    rows = []
    for group in book.attestation.groups:
        for item in group.items:
            rows.append(_row(book, table, columns, item, item.id))
            rows += [_row(book, table, columns, part, item.id) for part in item.parts]
    book.flow.table(top, rows)


def _row(book: Book, table: Element, columns: tuple[Column, ...], item: Item, anchor: str) -> Row:
    row = table.add("TR")
    part = item.id != anchor
    id_ = book.pieces(
        Span(item.id, _LINE_QUIET if part else _LINE_BOLD, f"#{anchor}"),
        columns[0].width - 4,
        row.add("TH", scope="Row"),
    )
    title = book.pieces(Span(item.title, _LINE_QUIET if part else _LINE), columns[1].width - 12 * PX, row.add("TD"))
    binding = book.pieces(Span(binding_of(item.obligation), _LINE_LABEL), columns[2].width - 4, row.add("TD"))
    style = _LINE_BOLD.coloured(marks.colour(item.mark)) if item.mark not in _FINE else _LINE
    state = book.pieces(Span(marks.title(item.mark), style), columns[3].width - 18 * PX, row.add("TD"))

    def sign(pen: Pen, x: float, top: float) -> None:
        marks.paint(pen, item.mark, x - 14 * PX, top + _LEADING / 2)

    xs = [0.0]
    for column in columns:
        xs.append(xs[-1] + column.width)
    page = LateLine(
        book.fonts,
        lambda places: [Span(str(places.page(anchor)), _LINE, f"#{anchor}")],
        row.add("TD"),
        columns[4].width,
        _LEADING,
        "right",
    )
    cells = (
        Cell(xs[0], id_),
        Cell(xs[1], title),
        Cell(xs[2], binding),
        Cell(xs[3] + 14 * PX, (Marker(sign), *state)),
        Cell(xs[4], (page,)),
    )
    return Row(cells, above=1.25 * PX, below=1.25 * PX, rule_below=Rule(0.0, book.width))


_FINE = (Mark.SAID, Mark.SHOWN, Mark.SEEN, Mark.DOES_NOT_APPLY)


def binding_of(obligation: Obligation) -> str:
    """How binding a requirement is, in the document's words."""
    match obligation:
        case Obligation.MUST:
            return _("must")
        case Obligation.RECOMMENDED:
            return _("recommended")
        case Obligation.INFO:
            return _("for information")

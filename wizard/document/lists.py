"""The lists of page 1: exceptions, contradictions, what nobody could look at, what does not apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wizard.document import marks
from wizard.document.book import Book
from wizard.document.findings import exceptions_of, failing, marked
from wizard.document.fonts import spelled
from wizard.document.layout import Cell, Gap, LateLine, Marker, Piece, Places, Row, Rule
from wizard.document.pen import Pen
from wizard.document.tags import Element
from wizard.document.text import Span, Style
from wizard.document.theme import BOLD, HEADING, INK, LABEL, MONO, MUTED, PX, RED, TEXT
from wizard.document.words import _, clock, day, ngettext, short_day
from wizard.domain.attestation import Item
from wizard.domain.disclosure import Disclosure
from wizard.domain.finding import Mark
from wizard.domain.questionnaire import Obligation

#: Where the lists' text begins: after the column of headings, and after the ids.
_HANG, _ID = 132 * PX, 66 * PX
#: A text longer than this is not repeated on page 1; its requirement's page has it.
_SHORT = 200


@dataclass(frozen=True, slots=True)
class List:
    """A list: its mark, title and note, its requirements, and the rows of each."""

    mark: Mark
    title: str
    note: str
    items: tuple[Item, ...]
    rows: tuple[tuple[Row, ...], ...]


def lists(book: Book) -> list[List]:
    """Exceptions, what is not met, could not look, not applicable: those that have something in them."""
    a = book.attestation
    found: list[List] = []
    exceptions = marked(a, Mark.EXCEPTION)
    if exceptions:
        note = ngettext("{n} known gap", "{n} known gaps", len(exceptions)).format(n=len(exceptions))
        found.append(_block(book, Mark.EXCEPTION, _("Exceptions"), note, exceptions, _exception_rows))
    bad = marked(a, Mark.CONTRADICTED, Mark.NOT_MET)
    if bad:
        against = sum(item.mark is Mark.CONTRADICTED for item in bad)
        note = ngettext("{n} duty not met", "{n} duties not met", len(bad)).format(n=len(bad))
        if against:
            first = ngettext("{n} answer seen otherwise,", "{n} answers seen otherwise,", against).format(n=against)
            note = f"{first} {note}"
        title = _("Contradictions") if against else _("Not met")
        block = _block(book, Mark.NOT_MET, title, note, bad, _contradiction_rows)
        found.append(replace(block, rows=_said_and_seen(book, block.rows)))
    unseen = marked(a, Mark.COULD_NOT_LOOK)
    if unseen:
        note = ngettext("{n}, neither pass nor fail", "{n}, neither pass nor fail", len(unseen)).format(n=len(unseen))
        note += _no_duties(unseen)
        found.append(_block(book, Mark.COULD_NOT_LOOK, _("Could not look"), note, unseen, _because_rows))
    absent = marked(a, Mark.DOES_NOT_APPLY)
    if absent:
        note = ngettext("{n}, with reason", "{n}, with reasons", len(absent)).format(n=len(absent))
        note += _no_duties(absent)
        found.append(_block(book, Mark.DOES_NOT_APPLY, _("Not applicable"), note, absent, _because_rows))
    return found


def _no_duties(found: list[Item]) -> str:
    """Why a list may be longer than the number in the tally, which counts duties."""
    n = sum(item.obligation is not Obligation.MUST for item in found)
    return "; " + ngettext("{n} is no duty", "{n} are no duties", n).format(n=n) if n else ""


def _block(
    book: Book, mark: Mark, title: str, note: str, found: list[Item], rows_of: Callable[[Book, Item], list[Row]]
) -> List:
    return List(mark, title, note, tuple(found), tuple(tuple(rows_of(book, item)) for item in found))


def _id_cell(book: Book, id: str, style: Style) -> Cell:
    element = Element("P")
    return Cell(_HANG, book.pieces(Span(id, style, f"#{id}"), _ID - 4, element))


def _exception_rows(book: Book, item: Item) -> list[Row]:
    rows = []
    edge = 130 * PX
    for id, one in exceptions_of(item) or [(item.id, item)]:
        gap = one.exception
        left = book.width - _HANG - _ID - edge
        if gap is None:
            held = one.disclosure is not Disclosure.FULL
            words_of = [Span(_short(one.title if held else spelled(one.because), one), BOLD)]
            words_of += [Span(" " + _("(held back)"), MUTED)] if held else []
            text = book.pieces(words_of, left + edge, Element("P"))
            rows.append(Row((_id_cell(book, id, BOLD), Cell(_HANG + _ID, text)), above=5 * PX, below=5 * PX))
            continue
        body, side = Element("P"), Element("P")
        what = book.pieces(Span(_short(gap.gap, one), BOLD), left, body)
        control = _("Meanwhile: {control}").format(control=_short(gap.control, one))
        what += book.pieces(Span(control, MUTED), left, body)
        until = [Span(_("until") + " ", TEXT), Span(day(gap.until), BOLD)]
        date = book.pieces(until, edge - 8, side, "right") + tuple(
            book.at_most(Span(gap.owner, MUTED), edge - 8, 3, side, "right")
        )
        cells = (_id_cell(book, id, BOLD), Cell(_HANG + _ID, what), Cell(book.width - edge + 8, date))
        rows.append(Row(cells, above=5 * PX, below=5 * PX))
    return rows


def _contradiction_rows(book: Book, item: Item) -> list[Row]:
    red = BOLD.coloured(RED)
    against = failing(item)
    if not against:
        return _because_rows(book, item, red)
    middle = 245 * PX
    width = (book.width - _HANG - _ID - 16 * PX) / 2
    left, right = Element("P"), Element("P")
    said = next((s for one in (item, *item.parts) for s in one.said if s.lines), None)
    answer = "; ".join(said.lines) if said else ""
    who = ", ".join(filter(None, (said.author, short_day(said.at) if said.at else ""))) if said else ""
    # A bare "Yes" says nothing without its question; the duty's title does.
    claim = item.title if len(answer) < 12 else _short(answer, item)
    pieces = book.pieces(Span(claim, TEXT), width, left)
    if len(answer) < 12 and answer:
        who = f"“{answer}”, {who}" if who else f"“{answer}”"
    if who:
        pieces += tuple(book.at_most(Span(who, LABEL), width, 2, left))
    first = against[0].result
    where = f"{spelled(first.subject)}: " if first.subject else ""
    seen = book.pieces(Span(where + _short(spelled(first.summary), item), red), width, right)
    stamp = f"{short_day(first.at)}, {clock(first.at)}"
    proof = spelled(first.proof).splitlines()[0] if first.proof.strip() else ""
    line = [Span(proof, MONO), Span("  " + stamp, LABEL)] if proof and len(proof) <= 48 else [Span(stamp, LABEL)]
    seen += book.pieces(line, width, right)
    if len(against) > 1:
        more = ngettext("and {n} more look", "and {n} more looks", len(against) - 1).format(n=len(against) - 1)
        seen += book.pieces(Span(more, LABEL), width, right)
    cells = (_id_cell(book, item.id, red), Cell(_HANG + _ID, pieces), Cell(_HANG + _ID + middle, seen))
    return [Row(cells, above=5 * PX, below=5 * PX)]


def _said_and_seen(book: Book, rows: tuple[tuple[Row, ...], ...]) -> tuple[tuple[Row, ...], ...]:
    """The rows with the names of the two sides over the first, where it has two sides."""
    (first, *more), *others = rows
    if len(first.cells) < 3:
        return rows
    id, *sides = first.cells
    named = [Cell(id.x, (Gap(16 * PX), *id.pieces))]
    for cell, name in zip(sides, (_("What a person said"), _("What a machine saw")), strict=True):
        label = book.pieces(Span(name, LABEL), book.width / 3, Element("P"))
        named.append(Cell(cell.x, (*label, *cell.pieces)))
    return ((replace(first, cells=tuple(named)), *more), *others)


def _because_rows(book: Book, item: Item, style: Style = BOLD) -> list[Row]:
    width = book.width - _HANG - _ID
    reason = item.not_applicable_reason or spelled(item.because)
    spans = [Span(_short(reason, item), TEXT)]
    if item.disclosure is not Disclosure.FULL:  # what all of them say would tell nobody which duty it is
        spans = [Span(_short(item.title, item), TEXT), Span(" " + _("(held back)"), MUTED)]
    text = book.pieces(spans, width, Element("P"))
    return [Row((_id_cell(book, item.id, style), Cell(_HANG + _ID, text)), above=5 * PX, below=5 * PX)]


def _short(text: str, item: Item) -> str:
    """The text, or the duty's title where the text is long: its own page has it in full."""
    return (
        text
        if len(text) <= _SHORT and "\n" not in text
        else _("{title} (in full on its page)").format(title=item.title if len(item.title) <= _SHORT else item.id)
    )


def least_height(book: Book, found: list[List]) -> float:
    """What the lists need when none of them shows a single row."""
    return sum(_height(book, block, 0) for block in found)


def place_lists(book: Book, section: Element, found: list[List], room: float) -> bool:
    """Place the lists in the room there is: each keeps at least a line that says how many there are, and where."""
    if least_height(book, found) > room:
        _place_counts(book, section, found)
        return False
    counts = [0] * len(found)
    for index, block in enumerate(found):
        others = sum(_height(book, found[i], counts[i]) for i in range(len(found)) if i != index)
        while counts[index] < len(block.rows) and others + _height(book, block, counts[index] + 1) <= room:
            counts[index] += 1
    for index, block in enumerate(found):
        place_list(book, section, block, counts[index])
    return all(count == len(block.rows) for count, block in zip(counts, found, strict=True))


def _height(book: Book, block: List, count: int) -> float:
    rows = sum(row.height for rows in block.rows[:count] for row in rows)
    more = 21 * PX if count < len(block.rows) else 0.0
    return max(_block_head(book, block, Element("Sect")).height, rows + more) + 11 * PX


def _place_counts(book: Book, section: Element, found: list[List]) -> None:
    """One line for all lists, where page 1 has no room for more."""
    counts = ", ".join(f"{block.title}: {len(block.rows)}" for block in found)

    def spans(places: Places) -> Sequence[Span]:
        return [Span(_("{counts}; page {page}").format(counts=counts, page=places.page("lists")), BOLD, "#lists")]

    line = book.late(spans, book.width, section.add("P"))
    book.flow.add([Row((Cell(0.0, (line,)),), above=4 * PX, below=4 * PX)])


def _block_head(book: Book, block: List, section: Element) -> Cell:
    element = section.add("H3")

    def sign(pen: Pen, x: float, top: float) -> None:
        marks.paint(pen, block.mark, x - 15 * PX, top + 8 * PX, 7.5)

    title = book.pieces(Span(block.title, HEADING), _HANG - 23 * PX, element)
    note = book.pieces(Span(block.note, LABEL), _HANG - 12 * PX, section.add("P"))
    # The note hangs at the left edge, the title beside its sign.
    return Cell(15 * PX, (Marker(sign), *title, *(_Outdented(piece, 15 * PX) for piece in note)))


@dataclass(frozen=True, slots=True)
class _Outdented:
    piece: Piece
    by: float

    @property
    def height(self) -> float:
        return self.piece.height

    def draw(self, pen: Pen, x: float, top: float, places: Places) -> None:
        self.piece.draw(pen, x - self.by, top, places)


def place_list(book: Book, section: Element, block: List, count: int) -> None:
    """One list: its heading hangs left of the first row, hairlines between rows, ink above."""
    own = section.add("Sect")
    head = _block_head(book, block, own)
    rows = [row for rows in block.rows[:count] for row in rows]
    left_out = len(block.rows) - count
    if left_out:
        element = own.add("P")
        words_of = ngettext("and {n} more, page", "and {n} more, page", left_out)
        if not count:
            words_of = ngettext("{n}, page", "{n}, page", left_out)

        def spans(places: Places) -> Sequence[Span]:
            page = f"{words_of.format(n=left_out)} {places.page('lists')}"
            return [Span(page, BOLD, "#lists")]

        late: Piece = LateLine(book.fonts, spans, element, book.width - _HANG, 16 * PX)
        rows.append(Row((Cell(_HANG, (late,)),), above=3 * PX, below=2 * PX))
    total = sum(row.height for row in rows)
    hair = Rule(_HANG, book.width)
    ink = Rule(0.0, book.width, 0.75 * PX, INK)
    placed = []
    for number, row in enumerate(rows):
        cells = (head, *row.cells) if number == 0 else row.cells
        for cell in row.cells:
            _adopt(own, cell)
        # The heading may be higher than a short first row; it hangs beside the rows that follow.
        placed.append(_with(row, cells, ink if number == 0 else hair))
    short = head.height + 5 * PX - total
    if len(placed) == 1 and short > 0:
        placed[0] = _with(placed[0], placed[0].cells, placed[0].rule_above, below=placed[0].below)
    book.flow.add(_hang(placed, head))
    book.flow.space(max(0.0, short) + 10 * PX)


def _hang(rows: list[Row], head: Cell) -> list[Row]:
    """The first row keeps its own height although the heading beside it may be higher."""
    if not rows:
        return rows
    first = rows[0]
    others = tuple(cell for cell in first.cells if cell is not head)
    slack = max(0.0, head.height - max((cell.height for cell in others), default=0.0))
    overhang = Cell(head.x, (*head.pieces, Gap(-slack))) if slack else head
    return [Row((overhang, *others), first.above, first.below, first.rule_above, first.rule_below), *rows[1:]]


def _with(row: Row, cells: tuple[Cell, ...], rule: Rule | None, below: float | None = None) -> Row:
    return Row(cells, row.above, row.below if below is None else below, rule, row.rule_below)


def _adopt(section: Element, cell: Cell) -> None:
    """Hang the cell's paragraphs, made before their place was known, into the section in reading order."""
    for piece in cell.pieces:
        element = getattr(piece, "element", None)
        if element is not None and element not in section.kids:
            section.kids.append(element)

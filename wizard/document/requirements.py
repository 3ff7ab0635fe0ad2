"""Each requirement with its claim, what was seen, what was shown, and why it has the state it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wizard.document import marks
from wizard.document.book import Book
from wizard.document.findings import evidence_numbers, worst_first
from wizard.document.fonts import spelled
from wizard.document.glance import binding_of
from wizard.document.layout import Cell, Gap, Marker, Piece, Row, Rule, TextLine, Tinted
from wizard.document.pen import Pen
from wizard.document.summary import held_back, leaf_of
from wizard.document.tables import said_table
from wizard.document.tags import Element
from wizard.document.text import Span, Style, measure, wrap
from wizard.document.theme import BOLD, HEADING, INK, LABEL, MONO, MUTED, PX, TEXT, TINT
from wizard.document.words import _, day, eights, moment, ngettext, short_day, short_digest
from wizard.domain.attestation import Item, ItemGroup, Said, Seen
from wizard.domain.disclosure import Disclosure
from wizard.domain.finding import Mark
from wizard.domain.observation import Level, Method, Verdict

#: Ids hang left of everything that belongs to a requirement.
_HANG = 64 * PX
#: An answer with more lines than this runs over the whole width, so that it is read (and copied) in one piece.
_PANE_LINES = 24


def requirements(book: Book) -> None:
    """One chapter a section, the worst first within each."""
    for group in book.attestation.groups:
        section = book.chapter(group.title, f"section-{group.id}", _intro(group))
        _legend(book, section)
        for item in worst_first(group.items):
            _item(book, section, item)


def scoping(book: Book, section: Element) -> None:
    """The scoping answers, in the scope's own chapter."""
    for item in book.attestation.scoping:
        _item(book, section, item, scoping=True)


def _intro(group: ItemGroup) -> str:
    counts: dict[Mark, int] = {}
    for item in group.items:
        mark = marks.merged(item.mark)
        counts[mark] = counts.get(mark, 0) + 1
    order = [mark for mark in Mark if counts.get(mark)]
    parts = ", ".join(f"{counts[mark]} {marks.title(mark).lower()}" for mark in order)
    total = ngettext("{n} requirement", "{n} requirements", len(group.items)).format(n=len(group.items))
    rule = _("What a person claims stands left, what a machine saw stands right; neither edits the other.")
    stand = [
        _("Approved inside the app by {name} on {moment}, with the key {key}.").format(
            name=one.name, moment=moment(one.at), key=eights(one.author[:16])
        )
        for one in group.approved
    ]
    return " ".join((f"{total}: {parts}. {rule}", *stand))


def _legend(book: Book, section: Element) -> None:
    cells = []
    x = 0.0
    for mark, words in (
        (Mark.SEEN, _("by a machine, on a date")),
        (Mark.SHOWN, _("by evidence, with digest and date")),
        (Mark.SAID, _("by a person")),
    ):
        bold = Style(BOLD.weight, LABEL.size, LABEL.leading, INK)
        spans = [Span(marks.title(mark) + " ", bold), Span(words, LABEL)]
        width = measure(book.fonts, spans) + 4
        cells.append(Cell(x + 13 * PX, (_sign(mark), *book.pieces(spans, width, section.add("P")))))
        x += width + 36 * PX
    book.flow.add([Row(tuple(cells), above=6 * PX, below=8 * PX)])


def _sign(mark: Mark) -> Marker:
    def paint(pen: Pen, x: float, top: float) -> None:
        marks.paint(pen, mark, x - 13 * PX, top + 8 * PX)

    return Marker(paint)


def _item(book: Book, section: Element, item: Item, *, scoping: bool = False) -> None:
    own = section.add("Sect")
    book.outline.append((2, f"{item.id}  {' '.join(item.title.split())[:120]}", item.id))
    head = _head(book, own, item, scoping)
    if item.disclosure is not Disclosure.FULL:
        spans = held_back(book, leaf_of(item, scoping), item.disclosure)
        _together(book, [head, _remark(book, own, _("Held back"), spans)])
        for part in item.parts:
            book.flow.add([_part_head(book, own, part)])
        book.flow.space(12 * PX)
        return
    rows = _claims(book, own, item, head, scoping)
    _together(book, [*rows, *_grounds(book, own, item, scoping)])
    for part in item.parts:
        claims = _claims(book, own, part, _part_head(book, own, part), scoping)
        _together(book, [*claims, *_grounds(book, own, part, scoping)])
    book.flow.space(12 * PX)


def _together(book: Book, rows: list[Row]) -> None:
    """A short requirement stays on one page."""
    if sum(row.height for row in rows) <= 0.45 * book.flow.whole:
        rows = [replace(row, keep_with_next=True) for row in rows[:-1]] + rows[-1:]
    book.flow.add(rows)


def _head(book: Book, section: Element, item: Item, scoping: bool) -> Row:
    edge = 0.0 if scoping else _edge(book, item)
    element = section.add("H2")
    id_ = book.pieces(Span(item.id, HEADING), _HANG - 4, element)
    width = book.width - _HANG - edge
    title = book.pieces(Span(item.title, HEADING), width, element)
    if item.source is not None or not scoping:
        title += book.pieces(_source(item), book.width - _HANG, section.add("P"))
    cells = [Cell(0.0, id_), Cell(_HANG, title)]
    if not scoping:
        cells.append(_state(book, item, section.add("P"), edge))
    ink = Rule(0.0, book.width, 0.75 * PX, INK)
    return Row(tuple(cells), above=10 * PX, below=8 * PX, rule_above=ink, anchor=item.id, keep_with_next=True)


def _part_head(book: Book, section: Element, part: Item) -> Row:
    edge = _edge(book, part)
    spans = [Span(f"{part.id}  ", BOLD), Span(part.title, BOLD)]
    pieces = book.pieces(spans, book.width - _HANG - edge, section.add("H3"))
    cells = (Cell(_HANG, pieces), _state(book, part, section.add("P"), edge))
    return Row(cells, above=12 * PX, below=6 * PX, anchor=part.id, keep_with_next=True)


def _edge(book: Book, item: Item) -> float:
    """The room at the right edge for the state's sign and word, with a gap before it."""
    return min(230 * PX, measure(book.fonts, [Span(marks.title(item.mark), HEADING)]) + 46 * PX)


def _state(book: Book, item: Item, element: Element, edge: float) -> Cell:
    room = edge - 24 * PX
    word = Span(marks.title(item.mark), HEADING.coloured(marks.colour(item.mark)))
    width = min(room, measure(book.fonts, [word]))

    def paint(pen: Pen, x: float, top: float) -> None:
        marks.paint(pen, item.mark, x + room - width - 16 * PX, top + 8 * PX, 7.5)

    return Cell(book.width - room, (Marker(paint), *book.pieces(word, room, element, "right")))


def _source(item: Item) -> list[Span]:
    spans = [Span(binding_of(item.obligation), LABEL)]
    source = item.source
    if source is not None:
        where = _("source page, “{heading}”, read {date}").format(heading=source.heading, date=day(source.read_on))
        own = source.word.strip()
        if own and own != binding_of(item.obligation):
            spans.append(Span("  ·  " + _("the page says “{word}”").format(word=own), LABEL))
        link = source.page if source.page.startswith(("https://", "http://")) else ""
        dim = Style(MONO.weight, 9 * PX, 16 * PX, LABEL.colour)
        spans += [
            Span("  ·  ", LABEL),
            Span(where, LABEL, link),
            Span("  ·  " + _("sentence") + " ", LABEL),
            Span(short_digest(source.digest), dim),
        ]
    return spans


# -- said and seen --------------------------------------------------------------------------------------------------


def _claims(book: Book, section: Element, item: Item, head: Row, scoping: bool) -> list[Row]:
    """What was said left, what was seen right; over the whole width where either is long or a table.

    The rows are handed back while they may still move together; what is long is placed at once.
    """
    if not item.said and not item.seen:
        return [head]
    width = book.width - _HANG
    half = (width - 34 * PX) / 2
    hair = Rule(_HANG, book.width)
    x, text = _HANG + 13 * PX, half - 13 * PX
    if not scoping:
        divisions = section.add("Div"), section.add("Div")
        said = _said(book, divisions[0], item.said, text)
        seen = _seen(book, divisions[1], item.seen, text)
        if max(len(said), len(seen)) <= _PANE_LINES:
            cells = (Cell(x, said), Cell(_HANG + half + 47 * PX, seen))
            upright = _HANG + half + 17 * PX
            rows = [head, Row(cells, above=6 * PX, below=8 * PX, rule_above=hair, upright=upright)]
            tables = [one for one in item.said if one.rows]
            if tables:
                book.flow.add(rows)
                rows = []
            for one in tables:
                _table_below(book, section.add("Div"), one, x, hair)
            return rows
        del section.kids[-2:]
    said_in = section.add("Div")
    first = [head]
    for answer in item.said or (None,):
        pieces = _said(book, said_in, (answer,) if answer else (), width - 13 * PX)
        book.flow.add([*first, Row((Cell(x, pieces),), above=6 * PX, below=8 * PX, rule_above=hair)])
        first = []
        if answer and answer.rows:
            said_table(book, said_in, answer, x)
            book.flow.space(8 * PX)
    if item.seen:
        pieces = _seen(book, section.add("Div"), item.seen, width - 13 * PX)
        book.flow.add([Row((Cell(x, pieces),), above=6 * PX, below=8 * PX, rule_above=hair)])
    return []


def _table_below(book: Book, section: Element, one: Said, x: float, hair: Rule) -> None:
    """A table answer below the panes, under its question."""
    title = (_sign(Mark.SAID), *book.pieces(Span(one.ask, LABEL), book.width - x, section.add("P")))
    book.flow.add([Row((Cell(x, title),), above=6 * PX, below=4 * PX, rule_above=hair, keep_with_next=True)])
    said_table(book, section, one, x)
    book.flow.space(8 * PX)


def _said(book: Book, section: Element, said: Sequence[Said], width: float) -> tuple[Piece, ...]:
    label = section.add("P")
    pieces: tuple[Piece, ...] = ()
    if not said:
        words_of = _("Nothing is asked of a person here.")
        return (_sign(Mark.DOES_NOT_APPLY), *book.pieces(Span(words_of, LABEL), width, label))
    for number, one in enumerate(said):
        if number:
            pieces += (Gap(6 * PX),)
        sign = Mark.DOES_NOT_APPLY if one.not_asked else Mark.SAID
        element = section.add("P")
        pieces += (_sign(sign), *book.pieces(Span(one.ask, LABEL), width, element))
        for line in one.lines:
            pieces += book.pieces(Span(line, TEXT), width, section.add("P"))
        if one.rows:
            count = ngettext("{n} row, below", "{n} rows, below", len(one.rows)).format(n=len(one.rows))
            pieces += book.pieces(Span(count, MUTED), width, section.add("P"))
        if one.reason:
            pieces += book.pieces(Span(_("Reason: {reason}").format(reason=one.reason), TEXT), width, section.add("P"))
        if one.not_asked:
            pieces += book.pieces(Span(one.not_asked, MUTED), width, section.add("P"))
        who = ", ".join(filter(None, (one.author, moment(one.at) if one.at else "")))
        if who:
            pieces += book.pieces(Span(who, LABEL), width, section.add("P"))
    section.kids.remove(label)
    return pieces


def _seen(book: Book, section: Element, seen: Sequence[Seen], width: float) -> tuple[Piece, ...]:
    if not seen:
        words_of = _("No machine looked at this, and no report was read about it.")
        return (_sign(Mark.DOES_NOT_APPLY), *book.pieces(Span(words_of, LABEL), width, section.add("P")))
    pieces: tuple[Piece, ...] = ()
    order = list(_SIGNS)
    ranked = sorted(seen, key=lambda one: (order.index(one.result.verdict), one.result.check, one.result.subject))
    for number, one in enumerate(ranked):
        pieces += (Gap(6 * PX),) if number else ()
        pieces += _look(book, section, one, width)
    return pieces


_SIGNS = {
    Verdict.FAIL: Mark.NOT_MET,
    Verdict.UNKNOWN: Mark.COULD_NOT_LOOK,
    Verdict.WARN: Mark.SEEN,
    Verdict.PASS: Mark.SEEN,
    Verdict.NOT_APPLICABLE: Mark.DOES_NOT_APPLY,
}


def _look(book: Book, section: Element, one: Seen, width: float) -> tuple[Piece, ...]:
    result = one.result
    sign = _SIGNS[result.verdict]
    if result.level is Level.RECOMMENDED and result.verdict is Verdict.FAIL:
        sign = Mark.RECOMMENDATION_NOT_MET
    label = _("{how} {moment}, check {check}").format(
        how=_how(result.method), moment=moment(result.at), check=result.check
    )
    pieces: tuple[Piece, ...] = (_sign(sign), *book.pieces(Span(label, LABEL), width, section.add("P")))
    bold = sign in (Mark.NOT_MET, Mark.COULD_NOT_LOOK, Mark.RECOMMENDATION_NOT_MET)
    style = BOLD.coloured(marks.colour(sign)) if bold else TEXT
    where = [Span(spelled(result.subject) + ": ", BOLD.coloured(style.colour))] if result.subject else []
    pieces += book.pieces([*where, Span(spelled(result.summary), style)], width, section.add("P"))
    if result.proof:
        pieces += _quoted(book, section.add("P"), spelled(result.proof), width)
    notes = []
    if result.verdict is Verdict.WARN:
        notes.append(_("As required, with this note."))
    if result.inconsistent:
        notes.append(_("Two looks of the same run did not agree; both are counted."))
    if one.runs > 1:
        failed = one.failed_runs
        often = ngettext("not as required {n} time", "not as required {n} times", failed).format(n=failed)
        said = often if failed else _("never against the requirement")
        notes.append(_("Looked {runs} times; {said}.").format(runs=one.runs, said=said))
    if result.fix and result.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        notes.append(_("To put right: {fix}").format(fix=result.fix))
    if result.next_step:
        notes.append(_("Next: {step}").format(step=result.next_step))
    for note in notes:
        pieces += book.pieces(Span(note, LABEL), width, section.add("P"))
    return (*pieces, *book.pieces(_origin(one), width, section.add("P")))


def _origin(one: Seen) -> list[Span]:
    """The small print below a look: addresses, rule and its source, and the sealed record that proves it."""
    result = one.result
    rule = (
        _("rule {rule} from {source}").format(rule=result.rule, source=result.source) if result.source else result.rule
    )
    spans = [Span("  ·  ".join(filter(None, (", ".join(result.addresses), rule))), LABEL)]
    if one.record:
        dim = Style(MONO.weight, 9 * PX, 16 * PX, LABEL.colour)
        spans += [Span("  ·  " + _("record") + " ", LABEL), Span(short_digest(one.record), dim)]
    return spans


def _how(method: Method) -> str:
    match method:
        case Method.TEST:
            return _("Seen")
        case Method.EXAMINE:
            return _("Read in a report")
        case Method.INTERVIEW:
            return _("Compared with the answers")


def _quoted(book: Book, element: Element, text: str, width: float) -> tuple[Piece, ...]:
    lines = wrap(book.fonts, [Span(text, MONO)], width - 12 * PX)
    wide = min(width, max(line.width for line in lines) + 12 * PX)
    return tuple(Tinted(TextLine(line, element, width), TINT, wide) for line in lines)


# -- shown, and why ---------------------------------------------------------------------------------------------------


def _grounds(book: Book, section: Element, item: Item, scoping: bool) -> list[Row]:
    """The evidence, the reason for the state, and what people remarked."""
    rows = _shown(book, section, item)
    if not scoping:
        rows.append(_remark(book, section, _("Why this state"), [Span(spelled(item.because), TEXT)]))
    gap = item.exception
    if gap is not None:
        spans = [
            Span(gap.gap + " ", BOLD),
            Span(_("Meanwhile: {control}").format(control=gap.control) + " ", TEXT),
            Span(_("Owner: {owner}, until").format(owner=gap.owner) + " ", TEXT),
            Span(day(gap.until), BOLD),
        ]
        if gap.author:
            spans.append(Span(", " + _("entered by {author}").format(author=gap.author), MUTED))
        rows.append(_remark(book, section, _("Exception"), spans))
    for label, text in (
        (_("Not applicable"), item.not_applicable_reason),
        (_("Withdrawn"), item.withdrawn),
        (_("Explanation"), item.explanation),
        (_("Comment"), item.comment),
    ):
        if text:
            rows.append(_remark(book, section, label, [Span(text, TEXT)]))
    return rows


def _shown(book: Book, section: Element, item: Item) -> list[Row]:
    if not item.evidence:
        return []
    numbers = evidence_numbers(book.attestation)
    by_id = {one.id: one for one in book.attestation.evidence}
    rows = []
    hair = Rule(_HANG, book.width)
    label = book.pieces(Span(marks.title(Mark.SHOWN), LABEL), 60 * PX, section.add("P"))
    shown = [one for one in item.evidence if one in by_id]
    for index, id in enumerate(shown):
        one = by_id[id]
        line = section.add("P")
        who = ", ".join(filter(None, (one.added_by, short_day(one.added_at) if one.added_at else "")))
        cells = [
            Cell(148 * PX, book.pieces(Span(numbers[id], BOLD, "#evidence"), 44 * PX, line)),
            Cell(192 * PX, book.pieces(Span(one.name, TEXT), 192 * PX, line)),
            Cell(393 * PX, book.pieces(Span(short_digest(one.sealed.digest), MONO), 130 * PX, line)),
            Cell(526 * PX, book.pieces(Span(who, MUTED), book.width - 526 * PX, line)),
        ]
        if index == 0:
            cells.insert(0, Cell(_HANG + 13 * PX, (_sign(Mark.SHOWN), *label)))
        last = index == len(shown) - 1
        rows.append(
            Row(
                tuple(cells),
                above=5 * PX if index == 0 else 0.0,
                below=5 * PX if last else 0.0,
                rule_above=hair if index == 0 else None,
            )
        )
    return rows


def _remark(book: Book, section: Element, label: str, spans: list[Span]) -> Row:
    element = section.add("P")
    head = book.pieces(Span(label, LABEL), 80 * PX, element)
    text = book.pieces(spans, book.width - 148 * PX, element)
    cells = (Cell(_HANG, head), Cell(148 * PX, text))
    return Row(cells, above=5 * PX, below=5 * PX, rule_above=Rule(_HANG, book.width))

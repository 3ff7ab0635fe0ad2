"""Page 1, for the reviewer: who, what, scope and validity, the verdict, everything that is not fine, the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wizard.document import marks
from wizard.document.book import Book
from wizard.document.findings import tally
from wizard.document.furniture import banner
from wizard.document.layout import Cell, Figure, Gap, LateLine, Marker, Places, Row, Rule
from wizard.document.lists import least_height, lists, place_lists
from wizard.document.pen import Pen
from wizard.document.signature_block import signature_block
from wizard.document.summary import counted
from wizard.document.tags import Element
from wizard.document.text import Span, Style, measure
from wizard.document.theme import (
    BANNER,
    BAR,
    BOLD,
    BOTTOM,
    HEADING,
    INK,
    LABEL,
    MUTED,
    NOTE,
    PX,
    SEEN_CELL,
    TALLY,
    TALLY_BOLD,
    TEXT,
    TITLE,
    TOP_FIRST,
    VERDICT,
)  # fmt: skip
from wizard.document.words import _, day, ngettext, short_day, with_release
from wizard.domain.finding import Mark

#: The longest declaration that page 1 prints, and what it may shrink to when the lists need the room.
_DECLARATION_LINES = (12, 6, 0)


@dataclass(frozen=True, slots=True)
class Contents:
    """The line of contents: a name, and the anchor whose page stands beside it."""

    entries: tuple[tuple[str, str], ...]


def front(book: Book, contents: Contents) -> bool:
    """Write page 1. True when every list was short enough to stand on it in full."""
    flow = book.flow
    flow.new_page(TOP_FIRST + (BANNER if banner(book) else 0.0))
    flow.anchor("front")
    section = book.root.add("Sect")
    book.outline.append((1, _("Summary and signature"), "front"))
    _title(book, section)
    _particulars(book, section)
    _verdict(book, section)
    # The signature is measured first: it never leaves page 1, the lists get what is left, and a long declaration
    # gives way to them: it stands in full among the particulars.
    found = lists(book)
    line = _contents(book, contents, Element("TOC"))
    floor = flow.paper[1] - BOTTOM
    for most in _DECLARATION_LINES:
        signature_section = Element("Sect")
        signature = signature_block(book, signature_section, most)
        room = floor - signature.height - line.height - 14 * PX - flow.y
        if least_height(book, found) <= room:
            break
    complete = place_lists(book, section, found, room)
    toc = section.add("TOC")
    flow.add([_contents(book, contents, toc)])
    section.kids.append(signature_section)
    flow.at(floor - signature.height)
    flow.add([signature])
    return complete


def _title(book: Book, section: Element) -> None:
    attestation = book.attestation
    left = 430 * PX
    heading = section.add("H1")
    words_of = _("Public security summary") if attestation.summary else _("Security attestation")
    lines = book.at_most(Span(words_of, TITLE), left, 1, heading)
    second = Span(_("for {questionnaire}").format(questionnaire=attestation.questionnaire_title), TITLE)
    title = (*lines, *book.at_most(second, left, 2, heading))
    right = book.width - left
    name = section.add("P")
    signed = _("signed {date}").format(date=day(attestation.signed_at))
    about = f"{attestation.reference}, {signed}" if attestation.reference else signed
    beside = (
        *book.at_most(Span(attestation.integration, HEADING), right, 2, name, "right"),
        *book.at_most(Span(about, MUTED), right, 2, name, "right"),
    )
    drop = max(0.0, sum(p.height for p in title) - sum(p.height for p in beside))
    row = Row(
        (Cell(0.0, title), Cell(left, (Gap(drop), *beside))),
        above=2 * PX,
        below=8 * PX,
        rule_below=Rule(0.0, book.width, 1.5 * PX, INK),
    )
    book.flow.add([row])


def _particulars(book: Book, section: Element) -> None:
    a = book.attestation
    count = sum(len(addresses) for _subject, addresses in a.addresses)
    hosts = ngettext("{n} host", "{n} hosts", len(a.hosts)).format(n=len(a.hosts))
    addresses = ngettext("{n} address", "{n} addresses", count).format(n=count)
    code = ngettext("{n} repository", "{n} repositories", len(a.repositories)).format(n=len(a.repositories))
    assessed = _("Assessed on {end}").format(end=day(a.assessed_to))
    if a.assessed_from != a.assessed_to:
        start = _start(a.assessed_from, a.assessed_to)
        assessed = _("Assessed {start} to {end}").format(start=start, end=day(a.assessed_to))
    columns = (
        (_("Who"), a.organisation, (a.place, a.registration)),
        (
            _("What"),
            with_release(a.integration, a.release),
            (
                _("Questionnaire {version}").format(version=a.questionnaire_version),
                _("of {date}").format(date=day(a.questionnaire_read_on)),
            ),
        ),
        (_("Scope"), f"{hosts}, {addresses}", (code, _("exactly as probed: see Scope"))),
        (_("Validity"), _("{start} to {end}").format(start=day(a.signed_at), end=day(a.valid_until)), (assessed,)),
    )
    widths = [_natural(book, bold, quiet) for _label, bold, quiet in columns]
    spare = book.width - sum(widths)
    if spare < 45 * PX:
        widths = [width * (book.width - 45 * PX) / sum(widths) for width in widths]
    cells = []
    for x, width, (label, bold, quiet) in zip(book.spread(widths), widths, columns, strict=True):
        element = section.add("P")
        pieces = book.pieces(Span(label, LABEL), width, element)
        pieces += book.at_most(Span(bold, BOLD), width, 3, element)
        for line in quiet:
            if line:
                pieces += book.at_most(Span(line, TEXT), width, 2, element)
        cells.append(Cell(x, pieces))
    book.flow.add([Row(tuple(cells), above=8 * PX)])


def _natural(book: Book, bold: str, quiet: Sequence[str]) -> float:
    """The width that a column of particulars would like, within reason."""
    lines = [Span(bold[:80], BOLD), *(Span(text[:80], TEXT) for text in quiet)]
    return min(190 * PX, max(measure(book.fonts, [line]) for line in lines) + 1)


def _start(start: date, end: date) -> str:
    """The beginning of a span without what its end says anyway: 3 to 23 Nov 2026."""
    if start.year != end.year:
        return day(start)
    return str(start.day) if start.month == end.month else short_day(start)


def _verdict(book: Book, section: Element) -> None:
    count = tally(book.attestation)
    if count.not_fine:
        sentence = ngettext(
            "{n} of {total} duties is not fine.", "{n} of {total} duties are not fine.", count.not_fine
        ).format(n=count.not_fine, total=count.duties)
    elif not count.duties:
        sentence = _("No duty is attested here.")
    else:
        sentence = ngettext(
            "The {total} duty is met, as far as was seen, shown or said.",
            "All {total} duties are met, as far as was seen, shown or said.",
            count.duties,
        ).format(total=count.duties)
    rows = [
        Row((Cell(0.0, book.pieces(Span(sentence, VERDICT), book.width, section.add("H2"))),), above=22 * PX),
        Row((Cell(0.0, book.pieces(Span(_in_words(book), TEXT), book.width, section.add("P"))),), above=4 * PX),
        _bar(book, section),
        _tally(book, section),
    ]
    book.flow.add(rows)


def _in_words(book: Book) -> str:
    count = tally(book.attestation)
    parts = []
    for mark, one, many in (
        (Mark.NOT_MET, _("{n} is not met"), _("{n} are not met")),
        (Mark.EXCEPTION, _("{n} is a known gap with a date"), _("{n} are known gaps with a date")),
        (Mark.COULD_NOT_LOOK, _("at {n} nobody could look"), _("at {n} nobody could look")),
        (Mark.NOT_STARTED, _("{n} is not answered"), _("{n} are not answered")),
    ):
        if count.of(mark):
            parts.append(ngettext(one, many, count.of(mark)).format(n=count.of(mark)))
    rest = sum(map(count.of, (Mark.SEEN, Mark.SHOWN, Mark.SAID)))
    sentences = [", ".join(parts) + "." if parts else ""]
    sentences.append(
        ngettext("{n} rests on what was seen, shown or said", "{n} rest on what was seen, shown or said", rest).format(
            n=rest
        )
    )
    held = counted(book.attestation)
    absent = count.of(Mark.DOES_NOT_APPLY)
    if absent:
        sentences[-1] += "; " + ngettext("{n} does not apply", "{n} do not apply", absent).format(n=absent)
    sentences[-1] += "."
    if count.recommendations_not_met:
        sentences.append(
            ngettext(
                "Counted apart: {n} of {total} recommendation is not met.",
                "Counted apart: {n} of {total} recommendations are not met.",
                count.recommendations_not_met,
            ).format(n=count.recommendations_not_met, total=count.recommendations)
        )
    if held:
        sentences.append(_("Held back in this summary: {what}.").format(what=held))
    return " ".join(filter(None, sentences))


def _bar(book: Book, section: Element) -> Row:
    count = tally(book.attestation)
    order = [mark for mark in marks.ORDER for _i in range(count.of(mark))]
    words_of = ", ".join(f"{marks.title(mark)}: {count.of(mark)}" for mark in marks.ORDER if count.of(mark))
    element = section.add("Figure", alternative=_("A bar with one cell a duty. {counts}.").format(counts=words_of))
    width, height = book.width, 14 * PX

    def paint(pen: Pen, x: float, top: float) -> None:
        step = width / max(1, len(order))
        space = min(1.0 * PX, step * 0.15)
        for i, mark in enumerate(order):
            marks.cell(pen, mark, x + i * step, top, step - space, height, BAR, SEEN_CELL)

    return Row((Cell(0.0, (Figure(element, width, height, paint),)),), above=8 * PX)


def _tally(book: Book, section: Element) -> Row:
    count = tally(book.attestation)
    shown = [mark for mark in marks.ORDER if mark is not Mark.NOT_STARTED or count.of(mark)]
    bad = (Mark.NOT_MET, Mark.EXCEPTION, Mark.COULD_NOT_LOOK, Mark.NOT_STARTED)
    sign_room = 13 * PX
    small = Style(BOLD.weight, 9.5 * PX, 16 * PX, INK)
    word = BOLD if len(shown) < 8 else small
    widths = [
        max(
            sign_room + measure(book.fonts, [Span(marks.title(mark), word)]),
            measure(book.fonts, [Span(marks.note(mark), NOTE)]),
        )
        + 1
        for mark in shown
    ]
    cells = []
    for x, width, mark in zip(book.spread(widths), widths, shown, strict=True):
        element = section.add("P")
        n = count.of(mark)
        style = TALLY_BOLD.coloured(marks.colour(mark)) if n and mark in bad else TALLY
        figure = book.pieces(Span(str(n), style), width, element)
        title = book.pieces(Span(marks.title(mark), word), width, element)
        note = book.pieces(Span(marks.note(mark), NOTE), width, element)

        def sign(pen: Pen, x: float, top: float, mark: Mark = mark) -> None:
            marks.paint(pen, mark, x - sign_room, top + 8 * PX)

        cells.append(Cell(x, figure))
        cells.append(Cell(x + sign_room, (Gap(28 * PX), Marker(sign), *title)))
        cells.append(Cell(x, (Gap(46 * PX), *note)))
    return Row(tuple(cells), above=4 * PX, below=16 * PX)


def _contents(book: Book, contents: Contents, toc: Element) -> Row:
    # Page numbers are not known yet: two digits are room enough for the gaps to look even.
    widths = [measure(book.fonts, [Span(_("Contents"), MUTED)])]
    widths += [measure(book.fonts, [Span(f"{name}  ", MUTED), Span("00", BOLD)]) for name, _anchor in contents.entries]
    starts = book.spread(widths)
    cells = [Cell(0.0, book.pieces(Span(_("Contents"), MUTED), widths[0] + 1, toc.add("Caption")))]
    for number, (name, anchor) in enumerate(contents.entries, 1):
        element = toc.add("TOCI")

        def spans(places: Places, name: str = name, anchor: str = anchor) -> Sequence[Span]:
            return [Span(f"{name}  ", MUTED, f"#{anchor}"), Span(str(places.page(anchor)), BOLD, f"#{anchor}")]

        align = "right" if number == len(contents.entries) else "left"
        late = LateLine(book.fonts, spans, element, widths[number], 16 * PX, align)
        cells.append(Cell(starts[number], (late,)))
    rule = Rule(0.0, book.width, 0.75 * PX, INK)
    return Row(tuple(cells), above=5 * PX, below=4 * PX, rule_above=rule, rule_below=rule)

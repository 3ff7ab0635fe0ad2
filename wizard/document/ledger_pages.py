"""The vulnerability ledger: how old each open weakness is against its limit, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.document.book import Book, Column, Paragraphs
from wizard.document.findings import holds_back
from wizard.document.layout import Cell, Figure, Row
from wizard.document.pen import Pen
from wizard.document.tags import Element
from wizard.document.text import Span, Style, measure, wrap
from wizard.document.theme import BAR, BOLD, HAIRLINE, INK, LABEL, MUTED, PX, RED, TEXT, WHITE
from wizard.document.words import _, day, ngettext
from wizard.domain.attestation import Weakness
from wizard.domain.vulnerability import LedgerState, Rating

#: A chart with more bars is no picture any more; the table has them all.
_BARS = 24
_ROW, _BAR = 24 * PX, 12 * PX
#: Their clock runs: what is accepted for now is not closed.
_RUNNING = (LedgerState.OPEN, LedgerState.ACCEPTED)


def ledger(book: Book) -> None:
    """The chapter."""
    rows = book.attestation.ledger
    held = holds_back(book.attestation, "weakness")
    if held:
        words_of = ngettext(
            "{n} row is held back in this summary.", "{n} rows are held back in this summary.", held
        ).format(n=held)
        book.chapter(_("Vulnerability ledger"), "ledger", words_of)
        return
    open_ = [one for one in rows if one.state in _RUNNING]
    others = [one for one in rows if one.state not in _RUNNING]
    over = sum(_over(one) > 0 for one in open_)
    intro = _("{total}, {open} open on {date}.").format(
        total=ngettext("{n} weakness", "{n} weaknesses", len(rows)).format(n=len(rows)),
        open=len(open_),
        date=day(book.attestation.signed_at),
    )
    intro += " " + ngettext("{n} is past its limit.", "{n} are past their limit.", over).format(n=over)
    intro += " " + _("The clock begins when a weakness is reported or triaged, whichever is earlier.")
    section = book.chapter(_("Vulnerability ledger"), "ledger", intro)
    timed = [one for one in open_ if one.limit][:_BARS]
    if timed:
        _chart(book, section, timed)
    if open_:
        _table(book, section, _("Open"), open_, _("Due"))
    if others:
        _table(book, section, _("Closed, or decided"), others, _("Closed"))


def rating_word(rating: Rating) -> str:
    """The severity in words."""
    match rating:
        case Rating.CRITICAL:
            return _("Critical")
        case Rating.HIGH:
            return _("High")
        case Rating.MEDIUM:
            return _("Medium")
        case Rating.LOW:
            return _("Low")
        case Rating.INFO:
            return _("Information")
        case Rating.UNKNOWN:
            return _("Not rated")


def state_word(one: Weakness) -> str:
    """What became of it."""
    match one.state:
        case LedgerState.OPEN:
            return _("Open, past its limit") if _over(one) > 0 else _("Open, in time") if one.limit else _("Open")
        case LedgerState.ACCEPTED:
            return _("Accepted")
        case LedgerState.SET_ASIDE:
            return _("Set aside in the tool")
        case LedgerState.FIXED:
            return _("Fixed late") if _over(one) > 0 else _("Fixed")
        case LedgerState.NOT_AFFECTED:
            return _("Not affected")
        case LedgerState.FALSE_POSITIVE:
            return _("False positive")


def _over(one: Weakness) -> int:
    return one.used - one.limit if one.limit else 0


def _severity(one: Weakness) -> str:
    return f"{rating_word(one.rating)} {one.score}".strip()


# -- the chart ------------------------------------------------------------------------------------------------------


def _chart(book: Book, section: Element, rows: list[Weakness]) -> None:
    told = "; ".join(
        _("{number}, {severity}: {used} of {limit} days, {rest}").format(
            number=one.number, severity=_severity(one), used=one.used, limit=one.limit, rest=_rest(one)
        )
        for one in rows
    )
    head = book.heading(_("Age of what is open"), section)
    element = section.add("Figure", alternative=told)
    figure = Figure(element, book.width, 20 * PX + len(rows) * _ROW, _Ages(book, tuple(rows)))
    book.flow.add([head, Row((Cell(0.0, (figure,)),))])
    key = _("Grey: days used. White: days left. Red: days over. Upright bar: the page’s limit for the severity.")
    book.flow.add([book.text(Span(key, LABEL), section, above=4 * PX)])


def _rest(one: Weakness) -> str:
    over = _over(one)
    if over > 0:
        return ngettext("{n} day over", "{n} days over", over).format(n=over)
    return _("{n} left").format(n=-over)


@dataclass(frozen=True, slots=True)
class _Ages:
    book: Book
    rows: tuple[Weakness, ...]

    def __call__(self, pen: Pen, x: float, top: float) -> None:
        left, right = x + 240 * PX, x + self.book.width - 80 * PX
        longest = max(max(one.used, one.limit) for one in self.rows)
        scale = (right - left) / max(1, longest)
        bottom = top + 20 * PX + len(self.rows) * _ROW
        free = left - 1.0
        for limit in sorted({0, *(one.limit for one in self.rows)}):
            at = left + limit * scale
            width = measure(self.book.fonts, [Span(str(limit), LABEL)])
            if at - width / 2 > free:
                self._word(pen, str(limit), at - width / 2, top, LABEL)
                free = at + width / 2 + 4
            pen.upright(at, top + 18 * PX, bottom, 0.4, INK if limit == 0 else HAIRLINE)
        for number, one in enumerate(self.rows):
            y = top + 20 * PX + number * _ROW
            self._word(pen, one.number, x, y + 4 * PX, BOLD)
            self._word(pen, _severity(one), x + 52 * PX, y + 4 * PX, TEXT)
            days = _("{used} of {limit} days").format(used=one.used, limit=one.limit)
            width = measure(self.book.fonts, [Span(days, MUTED)])
            self._word(pen, days, left - 12 * PX - width, y + 4 * PX, MUTED)
            middle = y + (_ROW - _BAR) / 2
            allowed = left + one.limit * scale
            pen.box(left, middle, allowed - left, _BAR, fill=WHITE, stroke=BAR, thickness=0.6)
            pen.box(left, middle, min(one.used, one.limit) * scale, _BAR, fill=BAR)
            end = max(allowed, left + one.used * scale)
            if _over(one) > 0:
                pen.box(allowed, middle, (one.used - one.limit) * scale, _BAR, fill=RED)
            pen.upright(allowed - 0.75, middle - 3 * PX, middle + _BAR + 3 * PX, 1.5, INK)
            style = BOLD.coloured(RED) if _over(one) > 0 else TEXT
            self._word(pen, _rest(one), end + 7 * PX, y + 4 * PX, style)

    def _word(self, pen: Pen, text: str, x: float, top: float, style: Style) -> None:
        pen.line(wrap(self.book.fonts, [Span(text, style)], 10_000.0)[0], x, top, None)


# -- the tables -------------------------------------------------------------------------------------------------------


def _table(book: Book, section: Element, title: str, rows: list[Weakness], ends: str) -> None:
    columns = (
        Column(_("No."), 48 * PX),
        Column(_("Weakness and source"), book.width - 492 * PX),
        Column(_("Severity"), 88 * PX),
        Column(_("Clock began"), 84 * PX),
        Column(ends, 84 * PX),
        Column(_("Days / limit"), 84 * PX, "right"),
        Column(_("State"), 104 * PX),
    )
    body = [_cells(one) for one in rows]
    book.table(section, columns, body, heading=book.heading(title, section))


def _cells(one: Weakness) -> tuple[Paragraphs, ...]:
    late = _over(one) > 0 and one.state in _RUNNING
    about = [[Span(one.title, TEXT)]]
    about += [[Span(text, LABEL)] for text in (", ".join(one.names), one.place, one.source, one.remark) if text]
    if one.decided_by:
        about.append([Span(_("decided by {name}").format(name=one.decided_by), LABEL)])
    end = one.due if one.state in _RUNNING else one.closed
    days = f"{one.used} / {one.limit}" if one.limit else "–"
    red = BOLD.coloured(RED)
    return (
        [[Span(one.number, BOLD)]],
        about,
        [[Span(_severity(one), TEXT)]],
        [[Span(day(one.began) if one.began else "–", TEXT)]],
        [[Span(day(end) if end else "–", red if late else TEXT)]],
        [[Span(days, red if late else TEXT)]],
        [[Span(state_word(one), red if late else TEXT)]],
    )

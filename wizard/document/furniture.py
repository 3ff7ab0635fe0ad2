"""What stands on every page: running head, foot, and the words that a demonstration cannot lose."""

from __future__ import annotations

from math import cos, radians, sin

from wizard.document.book import Book
from wizard.document.fonts import Weight
from wizard.document.layout import Places
from wizard.document.pen import Pen
from wizard.document.text import Line, Span, Style, measure, wrap
from wizard.document.theme import (
    BANNER,
    FOOT,
    HAIRLINE,
    HEAD,
    INK,
    LABEL,
    MARGIN,
    MONO_SMALL,
    PX,
    QUIET,
    RED,
    WATERMARK,
)  # fmt: skip
from wizard.document.words import _, with_release


def banner(book: Book) -> str:
    """The sentence that every page bears; "" for an attestation of the shipped questionnaire that is meant."""
    a = book.attestation
    if a.summary:
        start = _("DEMONSTRATION · ") if a.demonstration else ""
        end = _(" · Custom questionnaire") if a.custom_questionnaire else ""
        return start + _("PUBLIC SUMMARY · not everything is shown; the rest is known by its digest") + end
    if a.demonstration and a.custom_questionnaire:
        return _("DEMONSTRATION · sample data, nobody attests to anything here · Custom questionnaire")
    if a.demonstration:
        return _("DEMONSTRATION · sample data, nobody attests to anything on these pages")
    if a.custom_questionnaire:
        return _("Custom questionnaire · not one that Attestry ships; compare it with the source page")
    return ""


def furniture(book: Book, pen: Pen, number: int, places: Places) -> None:
    """Draw head, foot, banner and watermark of one page, first of all, so that the text stays on top."""
    attestation = book.attestation
    with pen.artifact():
        if attestation.demonstration:
            _watermark(book, pen)
        _banner(book, pen, number)
        if number:
            label = LABEL.coloured(QUIET)
            half = book.width / 2 - 10
            _one_line(book, pen, [Span(_title(book), label)], MARGIN, HEAD, half)
            about = with_release(attestation.integration, attestation.release)
            _one_line(book, pen, [Span(about, label)], MARGIN + half + 20, HEAD, half, "right")
        foot = pen.height - FOOT
        pen.rule(MARGIN, MARGIN + book.width, foot, 0.75 * PX, HAIRLINE)
        third = book.width / 3
        top = foot + 7 * PX
        reference = f"{attestation.reference}  ·  " if attestation.reference else ""
        left = [Span(reference + _("data") + " ", LABEL), Span(f"{book.digest[:8]} {book.digest[8:16]}", MONO_SMALL)]
        left[1] = Span(left[1].text, MONO_SMALL.coloured(QUIET))
        _one_line(book, pen, left, MARGIN, top, third + 40)
        _one_line(book, pen, [Span(_("Produced by Attestry"), LABEL)], MARGIN + third, top, third, "centre")
        page = [
            Span(_("Page") + " ", LABEL),
            Span(str(number + 1), Style(Weight.BOLD, LABEL.size, LABEL.leading, INK)),
            Span(" " + _("of {total}").format(total=places.pages), LABEL),
        ]
        _one_line(book, pen, page, MARGIN + 2 * third, top, third, "right")


def _title(book: Book) -> str:
    return _("Security attestation: {questionnaire}").format(questionnaire=book.attestation.questionnaire_title)


def _banner(book: Book, pen: Pen, number: int) -> None:
    words = banner(book)
    if not words:
        return
    top = 30 * PX if number == 0 else 10 * PX
    pen.box(MARGIN, top, book.width, BANNER, stroke=RED, thickness=1.5 * PX)
    style = Style(Weight.BOLD, LABEL.size, LABEL.leading, RED)
    _one_line(book, pen, [Span(words, style)], MARGIN, top + (BANNER - style.leading) / 2, book.width, "centre")


def _watermark(book: Book, pen: Pen) -> None:
    word = _("DEMONSTRATION")
    style = Style(Weight.BOLD, 100.0, 100.0, WATERMARK)
    angle = radians(55)
    wanted = (pen.height - 2 * MARGIN - 60) / sin(angle)
    style = Style(Weight.BOLD, 100.0 * wanted / measure(book.fonts, [Span(word, style)]) * 0.86, 100.0, WATERMARK)
    width = measure(book.fonts, [Span(word, style)])
    x = pen.width / 2 - cos(angle) * width / 2 + sin(angle) * style.size * 0.36
    y = pen.height / 2 + sin(angle) * width / 2 + cos(angle) * style.size * 0.36
    pen.diagonal(book.fonts.set(word, Weight.BOLD), style, x, y, sin(angle), cos(angle))


def _one_line(book: Book, pen: Pen, spans: list[Span], x: float, top: float, width: float, align: str = "left") -> None:
    """One line that fits: a name that is too long for its place ends in an ellipsis; page 3 has it in full."""
    line = _fitting(book, spans, width)
    room = width - line.width
    pen.line(line, x + (room if align == "right" else room / 2 if align == "centre" else 0.0), top, None)


def _fitting(book: Book, spans: list[Span], width: float) -> Line:
    whole = " ".join("".join(span.text for span in spans)[:300].split())
    if len(whole) < 300:
        lines = wrap(book.fonts, spans, width)
        if len(lines) == 1:
            return lines[0]
    low, high = 0, len(whole)
    while low < high:
        middle = (low + high + 1) // 2
        if len(wrap(book.fonts, [Span(whole[:middle].rstrip() + "…", spans[0].style)], width)) == 1:
            low = middle
        else:
            high = middle - 1
    return wrap(book.fonts, [Span(whole[:low].rstrip() + "…", spans[0].style)], width)[0]

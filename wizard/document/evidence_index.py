"""Every piece of evidence with its full digest, so that a file handed over later can be matched."""

from __future__ import annotations

from datetime import timedelta

from wizard.document.book import Book, Column
from wizard.document.findings import evidence_numbers, holds_back
from wizard.document.text import Span
from wizard.document.theme import AMBER, BOLD, LABEL, MONO_SMALL, MUTED, PX, TEXT
from wizard.document.words import _, day, eights, ngettext, size
from wizard.domain.evidence import Evidence

#: An expiry this close to signing is shown in amber.
_SOON = timedelta(days=30)


def evidence_index(book: Book) -> None:
    """The chapter; there is one even when no evidence was filed, so that its absence is said."""
    a = book.attestation
    soon = sum(_soon(book, one) for one in a.evidence)
    intro = ngettext("{n} file.", "{n} files.", len(a.evidence)).format(n=len(a.evidence))
    if soon:
        intro += " " + ngettext(
            "{n} expires within 30 days of signing.", "{n} expire within 30 days of signing.", soon
        ).format(n=soon)
    held = holds_back(a, "evidence")
    if held:
        intro += " " + ngettext(
            "{n} more is held back in this summary.", "{n} more are held back in this summary.", held
        ).format(n=held)
    intro += " " + _("The files stay with the partner; one that is handed over later is matched to its digest.")
    section = book.chapter(_("Evidence index"), "evidence", intro)
    book.flow.space(12 * PX)
    if not a.evidence:
        words_of = _("All of it is held back in this summary.") if held else _("No evidence was filed.")
        book.flow.add([book.text(Span(words_of, TEXT), section)])
        return
    numbers = evidence_numbers(a)
    columns = (
        Column(_("No."), 42 * PX),
        Column(_("File, and what it supports"), 212 * PX),
        Column(_("Dated, by"), 112 * PX),
        Column(_("Expires"), 88 * PX),
        Column(_("SHA-256 of the file"), book.width - 454 * PX),
    )
    rows = []
    for one in a.evidence:
        about = [[Span(one.name, BOLD)], [Span(", ".join(one.requirements), MUTED)] if one.requirements else []]
        about += [
            [Span(text, LABEL)]
            for text in (one.note, one.read_as, f"{one.media_type}, {size(one.sealed.size)}")
            if text
        ]
        if one.replaces:
            about.append([Span(_("replaces {id}").format(id=numbers.get(one.replaces, one.replaces)), LABEL)])
        dated = [[Span(day(one.added_at), TEXT)]] if one.added_at else [[Span(_("no date"), MUTED)]]
        if one.added_by:
            dated.append([Span(one.added_by, MUTED)])
        ends = [Span(_("none"), MUTED)]
        if one.expires:
            ends = [Span(day(one.expires), BOLD.coloured(AMBER) if _soon(book, one) else TEXT)]
        digits = eights(one.sealed.digest).split(" ")
        lines = [[Span(" ".join(digits[i : i + 4]), MONO_SMALL)] for i in range(0, len(digits), 4)]
        rows.append(([[Span(numbers[one.id], BOLD)]], about, dated, [ends], lines))
    book.table(section, columns, rows, padding=9 * PX)


def _soon(book: Book, one: Evidence) -> bool:
    return one.expires is not None and one.expires <= book.attestation.signed_at.date() + _SOON

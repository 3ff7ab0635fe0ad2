"""The declaration and the visible signature: part of page 1, so that it is rebuilt and compared like the rest."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.document.book import Book
from wizard.document.fingerprint import groups, words
from wizard.document.layout import Cell, Gap, LateLine, Piece, Places, Row
from wizard.document.pen import Pen
from wizard.document.tags import Element
from wizard.document.text import Span
from wizard.document.theme import BOLD, HAIRLINE, HEADING, INK, LABEL, MARGIN, MONO_TEXT, MUTED, PX, RED, TEXT
from wizard.document.words import _, moment


def signature_block(book: Book, section: Element, most: int) -> Row:
    """The framed row at the foot of page 1, with the signature field over it.

    A declaration of more than `most` lines is named by the page on which it stands in full.
    """
    a = book.attestation
    inset, edge = 18 * PX, RED if a.demonstration else INK
    width = book.width - 2 * inset
    declared = section.add("P")
    statement: tuple[Piece, ...] = book.pieces(Span(a.declaration, TEXT), width, declared)
    if len(statement) > most:

        def spans(places: Places) -> Sequence[Span]:
            page = places.page("particulars")
            return [Span(_("The declaration that is signed stands in full on page {page}.").format(page=page), TEXT)]

        statement = (LateLine(book.fonts, spans, declared, width, 16 * PX),)
    by, print_, same = section.add("P"), section.add("P"), section.add("P")
    left, right = 270 * PX, 432 * PX
    who = 244 * PX
    signer: list[Piece] = []
    if a.demonstration:
        signer += book.pieces(Span(_("Demonstration key, not a person"), HEADING.coloured(RED)), who, by)
        signer += book.pieces(Span(_("Signed with a key made for this sample. It binds nobody."), TEXT), who, by)
    label = _("Signed for {organisation} by").format(organisation=a.organisation)
    signer += book.at_most(Span(label, LABEL), who, 2, by)
    signer += book.at_most(Span(a.signatory.name, HEADING), who, 2, by)
    signer += book.at_most(Span(a.signatory.role, TEXT), who, 2, by)
    authority = _("Authority: {authority}").format(authority=a.signatory.authority)
    signer += book.at_most(Span(authority, TEXT), who, 2, by)
    when = _("{moment}, by the signer’s clock").format(moment=moment(a.signed_at))
    signer += book.pieces(Span(when, MUTED), who, by)
    printed: list[Piece] = [*book.pieces(Span(_("Key fingerprint (SHA-256, 128 bit)"), LABEL), 160 * PX, print_)]
    for line in groups(a.signatory.fingerprint):
        printed += book.pieces(Span(line, MONO_TEXT), 160 * PX, print_)
    worded: list[Piece] = [*book.pieces(Span(_("In words"), LABEL), 224 * PX, same)]
    for line in words(a.signatory.fingerprint):
        worded += book.pieces(Span(line, BOLD), 224 * PX, same)

    def compare(places: Places) -> Sequence[Span]:
        page = places.page("verify")
        return [Span(_("Compare by telephone: page {page}").format(page=page), LABEL, "#verify")]

    worded.append(LateLine(book.fonts, compare, same, 224 * PX, 16 * PX))
    height = sum(piece.height for piece in statement)
    offset = Gap(height + 15 * PX)
    form = section.add("Form")
    says = _("Signature of {name}").format(name=a.signatory.name)

    def then(pen: Pen, top: float, bottom: float) -> None:
        with pen.artifact():
            pen.rule(MARGIN + inset, MARGIN + book.width - inset, top + 12 * PX + height + 7 * PX, 0.75 * PX, HAIRLINE)
        pen.sign_here(MARGIN, top, MARGIN + book.width, bottom, says, form)

    return Row(
        (
            Cell(inset, statement),
            Cell(inset, (offset, *signer)),
            Cell(left, (offset, *printed)),
            Cell(right, (offset, *worded)),
        ),
        above=12 * PX,
        below=12 * PX,
        frame=(0.0, book.width, 1.5 * PX, edge),
        then=then,
    )

"""How a reviewer who has never heard of us checks this document, in three ways."""

from __future__ import annotations

from wizard.document.book import Book, Column, texts
from wizard.document.exports import exports
from wizard.document.fingerprint import groups, words
from wizard.document.layout import Cell, Gap, Piece, Row, Rule, TextLine, Tinted
from wizard.document.tags import Element
from wizard.document.text import Span, wrap
from wizard.document.theme import BOLD, HEADING, INK, LABEL, MONO, MONO_SMALL, PRINT, PRINT_WORDS, PX, QUIET, TEXT, TINT
from wizard.document.words import _, eights, listed, moment, size


def how_to_verify(book: Book) -> None:
    """The last chapter."""
    a = book.attestation
    intro = _(
        "Two questions are separate: has anything changed since signing, and who held the key. "
        "None of the ways needs a web site."
    )
    section = book.chapter(_("How to verify this document"), "verify", intro)
    book.flow.space(12 * PX)
    _print(book, section)
    ask = _(
        "Ask {integration} to read it to you over a channel you already trust, such as a telephone number or the "
        "application form. A fingerprint copied from this page alone proves nothing."
    ).format(integration=a.integration if len(a.integration) <= 80 else a.organisation[:80])
    book.flow.add([book.text(Span(ask, TEXT), section, above=8 * PX)])
    _ways(book, section)
    _expected(book, section)
    _claims(book, section)
    _data(book, section)


def _print(book: Book, section: Element) -> None:
    fingerprint = book.attestation.signatory.fingerprint
    left, right = section.add("P"), section.add("P")
    middle = 380 * PX
    label = _("Key fingerprint, SHA-256 of the public key, first 128 bits")
    figures: tuple[Piece, ...] = book.pieces(Span(label, LABEL), middle - 30 * PX, left)
    for line in groups(fingerprint):
        figures += book.pieces(Span(line, PRINT), middle - 30 * PX, left)
    same: tuple[Piece, ...] = book.pieces(Span(_("The same in words"), LABEL), 260 * PX, right)
    for line in words(fingerprint):
        same += book.pieces(Span(line, PRINT_WORDS), 260 * PX, right)
    row = Row(
        (Cell(18 * PX, figures), Cell(middle, same)),
        above=10 * PX,
        below=12 * PX,
        frame=(0.0, book.width, 1.5 * PX, INK),
    )
    book.flow.add([row])


def _ways(book: Book, section: Element) -> None:
    starts = (0.0, 226 * PX, 450 * PX, book.width)
    ways = (
        (
            _("A PDF reader"),
            (),
            _(
                "Open the signature panel. Look for “not been modified since this certification was applied”. "
                "“Identity unknown” is expected: the key is the partner’s own. Compare the fingerprint above, then add "
                "the certificate to the trusted ones if you like."
            ),
        ),
        (
            _("Two commands"),
            ("pdfsig attestation.pdf", "mutool sign -v attestation.pdf"),
            _(
                "Look for “Signature is Valid” and, with it, “Total document signed”: of the last one, where a time "
                "stamp follows the signature. Without it, bytes were added after signing."
            ),
        ),
        (
            _("The Attestry verifier"),
            ("attestry verify attestation.pdf",),
            _(
                "It also rebuilds every page from the embedded data and compares them, byte for byte. Without "
                "installing: the offline page verifier.html that comes with it."
            ),
        ),
    )
    book.flow.add([book.heading(_("Three ways, pick one"), section)])
    listed = section.add("L")
    listed.counted = True
    cells = []
    for number, (title, commands, explanation) in enumerate(ways, 1):
        item = listed.add("LI")
        x, width = starts[number - 1], starts[number] - starts[number - 1]
        figure = book.pieces(Span(str(number), HEADING.coloured(QUIET)), 20 * PX, item.add("Lbl"))
        body = item.add("LBody")
        text = width - 34 * PX
        pieces: tuple[Piece, ...] = book.pieces(Span(title, BOLD), text, body.add("P"))
        if commands:
            pieces += (Gap(3 * PX),)
            for command in commands:
                element = body.add("P")
                for line in wrap(book.fonts, [Span(command, MONO)], text - 12 * PX):
                    pieces += (Tinted(TextLine(line, element, text), TINT, text),)
            pieces += (Gap(5 * PX),)
        pieces += book.pieces(Span(explanation, TEXT), text, body.add("P"))
        cells += [Cell(x, figure), Cell(x + 20 * PX, pieces)]
    rule = Rule(0.0, book.width, 0.75 * PX, INK)
    book.flow.add([Row(tuple(cells), above=8 * PX, rule_above=rule)])


def _expected(book: Book, section: Element) -> None:
    a = book.attestation
    columns = (
        Column(_("Line"), 84 * PX),
        Column(_("Expected for this document"), 320 * PX),
        Column(_("Stop and ask, if you see"), book.width - 404 * PX),
    )
    lines = (
        (
            _("Integrity"),
            _("Unchanged since signing; one signature over the whole file"),
            _("Changed after signing; cannot be verified"),
        ),
        (
            _("Identity"),
            _("Signature intact; signer not verified by a certificate authority"),
            _("Expired, revoked, or another key than last time"),
        ),
        (
            _("Time"),
            _("Claimed by the signer’s clock, {moment}, or confirmed by a time-stamp authority").format(
                moment=moment(a.signed_at)
            ),
            _("A date outside the validity on page 1"),
        ),
        (
            _("Content"),
            _("Pages match the embedded data (rebuilt)"),
            _("Pages differ from the embedded data"),
        ),
    )
    rows = [([[Span(name, BOLD)]], texts(good), texts(bad)) for name, good, bad in lines]
    book.table(section, columns, rows, heading=book.heading(_("What a verifier must report"), section))


def _claims(book: Book, section: Element) -> None:
    half = (book.width - 24 * PX) / 2
    does = (
        _("The signatory states what is printed here, for this release."),
        _("What is marked seen, a machine saw on the date beside it."),
        _("Each file in the evidence index had the digest printed there."),
        _("Each duty known to be unmet is counted on page 1."),
    )
    not_ = (
        _("That Apollo, or anyone else, has audited or approved it."),
        _("That a thing said by a person is true."),
        _("That hosts, addresses or releases outside the scope are safe."),
        _("That anything still holds after the date of the look."),
    )
    title = Row(
        (
            Cell(0.0, book.pieces(Span(_("What this document claims"), HEADING), half, section.add("H2"))),
            Cell(half + 24 * PX, book.pieces(Span(_("What it does not claim"), HEADING), half, section.add("H2"))),
        ),
        above=22 * PX,
        below=6 * PX,
        keep_with_next=True,
    )
    lists = (section.add("L"), section.add("L"))
    rows = [title]
    for number, pair in enumerate(zip(does, not_, strict=True)):
        cells = []
        for side, text in enumerate(pair):
            body = lists[side].add("LI").add("LBody")
            cells.append(Cell(side * (half + 24 * PX), book.pieces(Span(text, TEXT), half, body)))
        ink = Rule(0.0, book.width, 0.75 * PX, INK) if number == 0 else Rule(0.0, book.width)
        rows.append(Row(tuple(cells), above=5 * PX, below=5 * PX, rule_above=ink, keep_with_next=number < 3))
    book.flow.add(rows)


def _data(book: Book, section: Element) -> None:
    journal = book.attestation.journal
    columns = (
        Column(_("What"), 108 * PX),
        Column(_("SHA-256"), 392 * PX),
        Column(_("Note"), book.width - 500 * PX),
    )
    rows = []
    named = [
        (_("Embedded data"), book.digest, _("attestation.json, {size}").format(size=size(len(book.data)))),
        (_("Journal head"), journal.head, _("after {n} events").format(n=f"{journal.events:,}")),
    ]
    if book.attestation.root:
        note = _("same in full and in summary")
        named.append((_("Root of all items"), book.attestation.root, note))
    for name, digest, note in named:
        rows.append(([[Span(name, BOLD)]], [[Span(eights(digest), MONO_SMALL)]], [[Span(note, LABEL)]]))
    book.table(section, columns, rows, heading=book.heading(_("Data and journal"), section))
    names = listed([export.name for export, _data in exports(book.attestation)])
    also = _("Attached beside the data, and made from them: {names}.").format(names=names)
    book.flow.add([book.text(Span(also, LABEL), section, above=4 * PX)])

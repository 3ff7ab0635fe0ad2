"""How the statement came about: the journal's head, its authors, and the notes that belong to the questionnaire."""

from __future__ import annotations

from wizard.document.book import Book, Column
from wizard.document.findings import holds_back
from wizard.document.text import Span, Style
from wizard.document.theme import BOLD, LABEL, MONO, PX, TEXT
from wizard.document.words import _, eights, moment, ngettext
from wizard.domain.attestation import Journal


def history(book: Book) -> None:
    """The chapter of the journal and the notes."""
    journal = book.attestation.journal
    intro = _(
        "Everything that people and checks did is one append-only, signed chain of events. Its head below names all of "
        "it; history before the first attestation is self-reported."
    )
    section = book.chapter(_("Journal"), "journal", intro)
    book.flow.space(8 * PX)
    digest = Style(MONO.weight, 9 * PX, 16 * PX, MONO.colour)
    facts = [
        (_("Workspace"), [Span(journal.workspace, digest)]),
        (_("Events"), [Span(f"{journal.events:,}", TEXT)]),
        (_("First event"), [Span(moment(journal.first_at), TEXT)]),
        (_("Head"), [Span(eights(journal.head), digest)]),
        (_("Clock"), [Span(_clock(journal), TEXT)]),
    ]
    if journal.older_copies:
        accepted = _("gone on with (times: {n}); what only the newer copy held is not here")
        facts.append((_("Older copies"), [Span(accepted.format(n=journal.older_copies), TEXT)]))
    facts += [(_("Earlier attestation"), [Span(earlier, digest)]) for earlier in journal.earlier_attestations]
    book.facts(section, facts)
    columns = (Column(_("Author’s key"), 236 * PX), Column(_("Public key (Ed25519)"), book.width - 236 * PX))
    rows = [
        ([[Span(name, digest if _is_hex(name) else BOLD)]], [[Span(eights(key), digest)]])
        for name, key in journal.authors
    ]
    if rows:
        book.table(section, columns, rows, heading=book.heading(_("Authors"), section))
    held = book.attestation.summary and holds_back(book.attestation, "notes")
    if held:
        book.flow.add([book.heading(_("Notes"), section, "notes")])
        book.flow.add([book.text(Span(_("Held back in this summary."), TEXT), section, above=4 * PX)])
    if book.attestation.notes:
        book.flow.add([book.heading(_("Notes"), section, "notes")])
        for note in book.attestation.notes:
            book.flow.add([book.text(Span(note, TEXT), section, above=4 * PX)])
    claim = _(
        "What this can show: entries cannot be changed, removed or reordered after an attestation without this being "
        "detectable by anyone who kept that attestation. What it cannot: that an answer is true, or that there is no "
        "second workspace."
    )
    book.flow.add([book.text(Span(claim, LABEL), section, above=12 * PX)])


def _is_hex(name: str) -> bool:
    return len(name) >= 16 and not name.strip("0123456789abcdef")


def _clock(journal: Journal) -> str:
    if journal.clock_jumps:
        return ngettext(
            "set back or forward once while the journal was written",
            "set back or forward {n} times while the journal was written",
            journal.clock_jumps,
        ).format(n=journal.clock_jumps)
    return _("never set back while the journal was written")

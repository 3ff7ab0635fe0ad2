"""What the pages of a public summary say instead of what is held back, and how both documents name their root."""

from __future__ import annotations

from wizard.document.book import Book
from wizard.document.text import Span, Style
from wizard.document.theme import MONO, PX, TEXT
from wizard.document.words import _, eights, listed, ngettext
from wizard.domain.attestation import Attestation, Item
from wizard.domain.disclosure import Disclosure

DIGEST = Style(MONO.weight, 9 * PX, 16 * PX, MONO.colour)


def digest_of(attestation: Attestation, leaf: str) -> str:
    """The salted digest of one item, "" when nothing is committed to it."""
    return next((one.digest for one in attestation.commitments if one.leaf == leaf), "")


def held_back(book: Book, leaf: str, level: Disclosure) -> list[Span]:
    """The sentence below the head of an item that is held back, with its digest in full."""
    words_of = _("Held back in this summary. Known by its salted digest:")
    if level is Disclosure.REQUEST:
        email = book.attestation.signatory.email
        words_of = _("Held back in this summary, handed over on request. Known by its salted digest:")
        if email:
            words_of = _(
                "Held back in this summary, handed over on request to {email}. Known by its salted digest:"
            ).format(email=email)
    return [Span(words_of + " ", TEXT), Span(eights(digest_of(book.attestation, leaf)), DIGEST)]


def leaf_of(item: Item, scoping: bool) -> str:
    """The name under which an item is committed to."""
    return f"{'scoping' if scoping else 'item'}:{item.id}"


def counted(attestation: Attestation) -> str:
    """How much a summary holds back, in words; "" for a full attestation."""
    if not attestation.summary:
        return ""
    kinds: dict[str, int] = {}
    for one in attestation.commitments:
        if not one.salt:
            kind = one.leaf.partition(":")[0]
            kinds[kind] = kinds.get(kind, 0) + 1
    parts = [
        ngettext(single, plural, kinds[kind]).format(n=kinds[kind])
        for kind, single, plural in (
            ("item", "{n} requirement", "{n} requirements"),
            ("scoping", "{n} scoping answer", "{n} scoping answers"),
            ("evidence", "{n} piece of evidence", "{n} pieces of evidence"),
            ("weakness", "{n} row of the vulnerability ledger", "{n} rows of the vulnerability ledger"),
        )
        if kinds.get(kind)
    ]
    return listed(parts) if parts else _("nothing but notes")

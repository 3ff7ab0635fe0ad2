"""Makes the unsigned document of an attestation: the same data always give the same bytes."""

from __future__ import annotations

from collections.abc import Callable

from wizard.document.book import Book
from wizard.document.canonical import canonical, digest
from wizard.document.delta import delta
from wizard.document.evidence_index import evidence_index
from wizard.document.findings import holds_back
from wizard.document.finish import finish
from wizard.document.front import Contents, front
from wizard.document.furniture import furniture
from wizard.document.glance import glance
from wizard.document.history import history
from wizard.document.how_to_verify import how_to_verify
from wizard.document.ledger_pages import ledger
from wizard.document.pen import Pen
from wizard.document.requirements import requirements
from wizard.document.scope_pages import scope
from wizard.document.since_pages import since
from wizard.document.text import Span
from wizard.document.theme import MUTED, TEXT
from wizard.document.words import _, day, eights
from wizard.domain.attestation import Attestation
from wizard.domain.changed import Since
from wizard.domain.language import _ as _now
from wizard.domain.mistakes import Mistake


class UnknownLayout(Mistake):
    """The data ask for a layout that this release does not know."""

    def __init__(self, layout: int) -> None:
        super().__init__(
            _now(
                "This attestation uses layout {layout}, which this version of Attestry does not know. Its pages cannot "
                "be rebuilt here. Install a newer version and try again."
            ).format(layout=layout)
        )


def build(attestation: Attestation) -> bytes:
    """The unsigned PDF, in the layout that the data name.

    Raises `MissingGlyph` (naming text and character), `UnwritableText` and `UnknownLayout`.
    """
    layout = _LAYOUTS.get(attestation.layout)
    if layout is None:
        raise UnknownLayout(attestation.layout)
    return layout(attestation)


def _layout_1(attestation: Attestation) -> bytes:
    book = Book.begin(attestation)
    first = next((f"section-{group.id}" for group in attestation.groups), "")
    entries = [(_("At a glance"), "glance"), (_("Scope"), "scope")]
    if first:
        entries.append((_("Requirements"), first))
    if book.attestation.ledger or holds_back(book.attestation, "weakness"):
        entries.append((_("Vulnerabilities"), "ledger"))
    if book.attestation.since is not None:
        entries.append((_("Changes"), "since"))
    entries += [(_("Evidence"), "evidence"), (_("Journal"), "journal"), (_("How to verify"), "verify")]
    complete = front(book, Contents(tuple(entries)))
    glance(book, not complete)
    scope(book)
    requirements(book)
    if book.attestation.ledger or holds_back(book.attestation, "weakness"):
        ledger(book)
    if book.attestation.since is not None:
        since(book, book.attestation.since)
    evidence_index(book)
    history(book)
    how_to_verify(book)
    pen = Pen(book.fonts, *book.flow.paper)
    book.flow.render(pen, lambda pen, number, places: furniture(book, pen, number, places))
    return finish(pen.finish(), book, pen.drawn)


def build_delta(old: Attestation, new: Attestation, journals: str) -> bytes:
    """An unsigned PDF that shows what changed from one attestation to another, and what their journals show.

    Raises what `delta` and `build` do.
    """
    book = Book.begin(new)
    found = Since(digest(canonical(old)), old.signed_at.date(), delta(old, new))
    since(book, found)
    section = book.root.add("Sect")
    about = ", ".join(filter(None, (new.organisation, new.integration, new.release)))
    of = _("{about}; signed on {date}, data {digest}").format(
        about=about,
        date=day(new.signed_at),
        digest=eights(digest(canonical(new))),
    )
    book.flow.add([book.heading(_("What was compared"), section)])
    book.facts(section, [(_("The newer one"), [Span(of, TEXT)]), (_("Journals"), [Span(journals, TEXT)])])
    print_ = _("A print made by a reviewer. It is not signed; the two attestations are.")
    book.flow.add([book.text(Span(print_, MUTED), section, above=16)])
    pen = Pen(book.fonts, *book.flow.paper)
    book.flow.render(pen, lambda pen, number, places: furniture(book, pen, number, places))
    return finish(pen.finish(), book, pen.drawn, attached=False)


#: Every released layout is rendered for ever: verification rebuilds the pages of old files too.
_LAYOUTS: dict[int, Callable[[Attestation], bytes]] = {1: _layout_1}

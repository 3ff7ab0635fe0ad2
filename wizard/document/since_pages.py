"""What changed since an earlier attestation, as a page: of a renewal, or of two attestations side by side."""

from __future__ import annotations

from wizard.document import marks
from wizard.document.book import Book, Column, texts
from wizard.document.tags import Element
from wizard.document.text import Span
from wizard.document.theme import BOLD, GREEN, MUTED, PX, RED, TEXT
from wizard.document.words import _, day, eights, ngettext
from wizard.domain.changed import Delta, Moved, Since, Way
from wizard.domain.finding import Mark


def since(book: Book, found: Since) -> None:
    """The chapter of the delta."""
    intro = _("Compared with the attestation signed on {date}, whose data have the digest {digest}.").format(
        date=day(found.signed_on), digest=eights(found.data_digest)
    )
    section = book.chapter(_("What changed since the last attestation"), "since", intro)
    delta_blocks(book, section, found.delta)


def delta_blocks(book: Book, section: Element, delta: Delta) -> None:
    """Counts, requirements that moved, facts, scope and evidence, ledger."""
    counts = _("{worse} worse, {better} better, {other} otherwise changed, {same} the same.").format(
        worse=delta.count(Way.WORSE), better=delta.count(Way.BETTER), other=delta.count(Way.OTHER), same=delta.same
    )
    book.flow.space(8 * PX)
    book.flow.add([book.text(Span(counts, BOLD), section)])
    if delta.moved:
        columns = (
            Column(_("Id"), 70 * PX),
            Column(_("Requirement, and why it stands as it does now"), book.width - 380 * PX),
            Column(_("Then"), 120 * PX),
            Column(_("Now"), 120 * PX),
            Column(_("Way"), 70 * PX),
        )
        moved = [_moved(one) for one in delta.moved]
        book.table(section, columns, moved, heading=book.heading(_("Requirements whose state is another"), section))
    facts = [(fact.what, fact.before, fact.after) for fact in delta.facts]
    if delta.ledger_before is not None and delta.ledger_after is not None:
        facts.append((_("Open vulnerabilities"), str(delta.ledger_before), str(delta.ledger_after)))
    if facts:
        half = (book.width - 150 * PX) / 2
        sides = (Column(_("What"), 150 * PX), Column(_("Then"), half), Column(_("Now"), half))
        rows = [([[Span(what, BOLD)]], texts(then or "–"), texts(now or "–")) for what, then, now in facts]
        book.table(section, sides, rows, heading=book.heading(_("Particulars"), section))
    lists = [
        (_("Hosts added"), delta.hosts_added),
        (_("Hosts gone"), delta.hosts_gone),
        (_("Repositories added"), delta.repositories_added),
        (_("Repositories gone"), delta.repositories_gone),
        (_("Evidence added"), delta.evidence_added),
        (_("Evidence gone"), delta.evidence_gone),
        (_("Asked in other words now"), delta.reworded),
    ]
    if any(names for _title, names in lists) or delta.evidence_kept:
        book.flow.add([book.heading(_("Scope and evidence"), section)])
        book.facts(section, [(title, [Span(", ".join(names), TEXT)]) for title, names in lists if names])
        if delta.evidence_kept:
            kept = ngettext(
                "{n} file of then is still shown.", "{n} files of then are still shown.", delta.evidence_kept
            )
            book.flow.add([book.text(Span(kept.format(n=delta.evidence_kept), MUTED), section, above=4 * PX)])


def _moved(moved: Moved) -> tuple[list[list[Span]], ...]:
    ways = {Way.WORSE: (_("worse"), RED), Way.BETTER: (_("better"), GREEN), Way.OTHER: (_("changed"), TEXT.colour)}
    word, colour = ways[moved.way]
    return (
        [[Span(moved.id, BOLD)]],
        [[Span(moved.title, TEXT)], *([[Span(moved.because, MUTED)]] if moved.because else [])],
        [[Span(_mark(moved.before), TEXT)]],
        [[Span(_mark(moved.after), TEXT)]],
        [[Span(word, BOLD.coloured(colour))]],
    )


def _mark(mark: Mark | None) -> str:
    return marks.title(mark) if mark is not None else _("not asked")

"""What a reviewer sees of one attestation: its data, the verdict lines, the evidence handed over, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.finding import Mark
from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.icons import Glyph
from wizard.gui.pages.form import Form, column, empty
from wizard.gui.theme import ColorName
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.gui.widgets.tally_bar import Segment, TallyBar

if TYPE_CHECKING:
    from wizard.document.handed_over import HandedOver
    from wizard.document.lines import Line
    from wizard.document.verify import Verification
    from wizard.domain.attestation import Attestation
    from wizard.domain.changed import Delta, FactChanged, Moved

#: More rows than this are counted: the PDF has them all.
_MOST = 60


def row(glyph: Glyph, color: ColorName, spoken: str, title: str, text: str, *, labels: int = 0) -> QWidget:
    """One line: glyph, title, and what there is to say; `labels` lets the texts of several lines begin in one place."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    line.addWidget(GlyphMark(glyph, color, spoken), 0, Qt.AlignmentFlag.AlignTop)
    if labels:
        label = PlainLabel(title, "strong")
        label.setMinimumWidth(labels)
        line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(PlainLabel(text, wrap=True), 1)
    else:
        both = column(PlainLabel(title, "strong", wrap=True), gap=2)
        if text:
            both.addWidget(PlainLabel(text, "quiet", wrap=True))
        line.addLayout(both, 1)
    return holder


def verdict_row(title: str, line: Line) -> QWidget:
    """One line of the verdict, in one of three states."""
    from wizard.document.lines import LineState

    looks: dict[LineState, tuple[Glyph, ColorName, str]] = {
        LineState.GOOD: (Glyph.TICK, "supports", _("Good")),
        LineState.UNKNOWN: (Glyph.QUESTION, "unsure", _("Not known")),
        LineState.BAD: (Glyph.TRIANGLE, "contradicts", _("Bad")),
    }
    return row(*looks[line.state], title, line.sentence, labels=80)


def verdict_lines(found: Verification) -> tuple[tuple[str, Line], ...]:
    """Integrity, identity, time and content, with their titles."""
    return (
        (_("Integrity"), found.integrity),
        (_("Identity"), found.identity),
        (_("Time"), found.time),
        (_("Content"), found.content),
    )


class DataCard(Card):
    """Who says what of which hosts until when, the tally, and everything that is not fine, worst first."""

    def show_data(self, attestation: Attestation) -> None:
        """Show what was attested."""
        from wizard.document.findings import marked, tally

        a, first, last = attestation, words.day(attestation.signed_at.date()), words.day(attestation.valid_until)
        validity = _("from {first} to {last}").format(first=first, last=last)
        empty(self.body)
        self.body.addWidget(PlainLabel(_("What is attested"), "heading"))
        form = Form(fields=640, labels=96)
        for label, text in (
            (_("Who"), a.organisation),
            (_("What"), " ".join(filter(None, (a.integration, a.release)))),
            (_("Signed by"), ", ".join(filter(None, (a.signatory.name, a.signatory.role, a.signatory.authority)))),
            (_("Validity"), validity),
            (_("Reference"), a.reference),
            (_("Scope"), ", ".join(host.subject for host in a.hosts) or _("no hosts")),
            (_("In their words"), a.scope_statement),
            (_("Declared"), a.declaration),
        ):
            if text:
                form.row(label, PlainLabel(text, wrap=True))
        self.body.addWidget(form)
        if a.custom_questionnaire:
            self.body.addWidget(PlainLabel(_("The questionnaire is not one that ships with Attestry."), wrap=True))
        counts = tally(a)
        bar = TallyBar()
        order = [m for m in Mark if counts.of(m)]
        bar.set([Segment(m.value, counts.of(m), words.word(m), words.sign(m), m is Mark.NOT_STARTED) for m in order])
        duties = ngettext("{n} duty", "{n} duties", counts.duties).format(n=counts.duties)
        self.body.addWidget(PlainLabel(duties, "strong"))
        self.body.addWidget(bar)
        bad = marked(
            a, Mark.CONTRADICTED, Mark.NOT_MET, Mark.EXCEPTION, Mark.COULD_NOT_LOOK, Mark.NOT_STARTED,
            Mark.IN_PROGRESS, Mark.RECOMMENDATION_NOT_MET,
        )  # fmt: skip
        self.body.addWidget(PlainLabel(_("Not fine") if bad else _("Nothing is said not to be fine."), "strong"))
        for item in bad[:_MOST]:
            sign = words.sign(item.mark)
            title = f"{item.id} · {item.title}: {words.word(item.mark)}"
            self.body.addWidget(row(sign.glyph, sign.color, words.word(item.mark), title, item.because))
        _and_more(self.body, len(bad))


class VerdictCard(Card):
    """The lines of the verdict, one below the other."""

    def show_lines(self, title: str, lines: Sequence[tuple[str, Line]]) -> None:
        """Show these."""
        empty(self.body)
        self.body.addWidget(PlainLabel(title, "heading"))
        for name, line in lines:
            self.body.addWidget(verdict_row(name, line))


class EvidenceCard(Card):
    """Which pieces of evidence were handed over as they were signed."""

    def show_evidence(self, found: HandedOver) -> None:
        """Show each piece, what is wrong first."""
        from wizard.document.handed_over import Match

        looks: dict[Match, tuple[Glyph, ColorName, str]] = {
            Match.DIFFERENT: (Glyph.TRIANGLE, "contradicts", _("Different")),
            Match.MISSING: (Glyph.QUESTION, "unsure", _("Missing")),
            Match.MATCHED: (Glyph.TICK, "supports", _("Matched")),
        }
        empty(self.body)
        self.body.addWidget(PlainLabel(_("Evidence handed over"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _("{matched} matched, {different} different, {missing} missing.").format(
                    matched=found.count(Match.MATCHED),
                    different=found.count(Match.DIFFERENT),
                    missing=found.count(Match.MISSING),
                )
            )
        )
        pieces = sorted(found.pieces, key=lambda piece: list(looks).index(piece.match))
        for piece in pieces[:_MOST]:
            glyph, color, word = looks[piece.match]
            text = ", ".join(piece.requirements)
            if piece.file and piece.file != piece.name:
                text = _("{requirements}; the file is {file}").format(requirements=text, file=piece.file)
            self.body.addWidget(row(glyph, color, word, f"{piece.name}: {word}", text))
        _and_more(self.body, len(pieces))
        for sentence, names in (
            (_("Could not be read: {names}"), found.unread),
            (_("Not named by the attestation: {names}"), found.others),
        ):
            if names:
                listed = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
                self.body.addWidget(PlainLabel(sentence.format(names=listed), "quiet", wrap=True))


class DeltaCard(Card):
    """What changed between two attestations of one partner; `printed` when a PDF of it is wanted."""

    printed = Signal()

    def show_delta(self, found: Delta, history: Line) -> None:
        """Show what got worse first."""
        from wizard.domain.changed import Way

        empty(self.body)
        self.print = OutlineButton(_("Print the changes…"))
        self.print.clicked.connect(self.printed)
        self.body.addWidget(PlainLabel(_("What changed"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _("{worse} worse, {better} better, {other} otherwise changed, {same} the same").format(
                    worse=found.count(Way.WORSE),
                    better=found.count(Way.BETTER),
                    other=found.count(Way.OTHER),
                    same=found.same,
                ),
                wrap=True,
            )
        )
        for moved in found.moved[:_MOST]:
            self.body.addWidget(self._moved(moved))
        _and_more(self.body, len(found.moved))
        form = Form(fields=640, labels=150)
        for fact in found.facts:
            form.row(fact.what, self._fact(fact))
        for label, names in (
            (_("Hosts added"), found.hosts_added),
            (_("Hosts gone"), found.hosts_gone),
            (_("Repositories added"), found.repositories_added),
            (_("Repositories gone"), found.repositories_gone),
            (_("Evidence added"), found.evidence_added),
            (_("Evidence gone"), found.evidence_gone),
            (_("Asked in other words"), found.reworded),
        ):
            if names:
                form.row(label, PlainLabel(", ".join(names), wrap=True))
        if found.ledger_before is not None and found.ledger_after is not None:
            both = f"{found.ledger_before} → {found.ledger_after}"
            form.row(_("Open vulnerabilities"), PlainLabel(both))
        self.body.addWidget(form)
        self.body.addWidget(verdict_row(_("History"), history))
        buttons = Flow(gap=8)
        buttons.replace([self.print])
        self.body.addWidget(buttons)

    @staticmethod
    def _moved(moved: Moved) -> QWidget:
        sign = words.sign(moved.after or moved.before or Mark.NOT_STARTED)
        before = words.word(moved.before) if moved.before else _("not asked")
        after = words.word(moved.after) if moved.after else _("not asked any more")
        title = f"{moved.id} · {moved.title}: {before} → {after}"
        return row(sign.glyph, sign.color, after, title, moved.because)

    @staticmethod
    def _fact(fact: FactChanged) -> PlainLabel:
        return FactLabel(f"{fact.before or '–'} → {fact.after or '–'}")


def _and_more(body: QVBoxLayout, count: int) -> None:
    if count > _MOST:
        more = ngettext("and {n} more", "and {n} more", count - _MOST).format(n=count - _MOST)
        body.addWidget(PlainLabel(more, "quiet"))

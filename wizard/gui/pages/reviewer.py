"""Checks an attestation that somebody sent: no workspace, nothing sent, nothing kept unless the person says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import empty
from wizard.gui.pages.hand_over_card import HandOverCard
from wizard.gui.pages.look_again_card import LookAgainCard
from wizard.gui.pages.reviewer_lines import DataCard, DeltaCard, EvidenceCard, VerdictCard, row, verdict_lines
from wizard.gui.theme import ColorName
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.drop_zone import DropZone, TakesFiles
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.document.handed_over import HandedOver
    from wizard.document.lines import Line
    from wizard.document.verify import Outcome
    from wizard.session.deeds.reviewing import Asked, Compared, Reviewed


def choose_attestation(on: QWidget, start: Path | None) -> Path | None:
    """Ask for the file that is to be checked; None when nobody chose one."""
    return choosing.choose_file(on, _("Check an attestation"), _("PDF or bundle") + " (*.pdf *.zip)", start)


class ReviewerPage(TakesFiles, Page):
    """`Place.item` is the PDF to check, "" to ask for one. The data come first, the PDF itself second."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Check an attestation"), "", parent)
        self.setAcceptDrops(True)
        self.reviewed: Reviewed | None = None
        self._asked: Asked | None = None
        self._turn = 0
        self._compared: Compared | None = None
        self.zone = DropZone(_("Drop the PDF or the bundle that you were sent, or"), _("choose it"), tall=True)
        self.zone.dropped.connect(lambda paths: self.check(paths[0]))
        self.another_button = OutlineButton(_("Check another…"))
        self.another_button.clicked.connect(self._choose_another)
        self.deeds.addWidget(self.another_button)
        self.outcome = Card()
        self.data = DataCard()
        self.verdict = VerdictCard()
        self.policy = VerdictCard()
        self.evidence = EvidenceCard()
        self.delta = DeltaCard()
        self.remember_button = OutlineButton(_("Remember this key"))
        self.evidence_button = OutlineButton(_("Compare evidence files…"), "folder")
        self.trust_button = OutlineButton(_("Trust a certificate…"))
        self.compare_button = OutlineButton(_("Compare with an earlier attestation…"))
        self.opening_button = OutlineButton(_("Compare held-back items…"))
        self.time_button = OutlineButton(_("Trust a time-stamp authority…"))
        self.again_button = OutlineButton(_("Look at the hosts again…"))
        self.again = LookAgainCard(self)
        self.items = HandOverCard(self)
        self.delta.printed.connect(self._print)
        self.opening_button.clicked.connect(self._choose_opening)
        self.time_button.clicked.connect(lambda: self._choose_trust(time=True))
        self.again_button.clicked.connect(self._offer_look)
        self.remember_button.clicked.connect(self._remember)
        self.evidence_button.clicked.connect(self._choose_evidence)
        self.trust_button.clicked.connect(lambda: self._choose_trust())
        self.compare_button.clicked.connect(self._choose_earlier)
        self._buttons = Flow(gap=8)
        self._buttons.replace(
            [
                *(self.evidence_button, self.compare_button, self.opening_button, self.again_button),
                *(self.trust_button, self.time_button, self.remember_button),
            ]
        )
        self._cards = (self.outcome, self.data, self.verdict, self.policy)
        self.body.addWidget(self.zone)
        for card in (
            self.outcome,
            self._buttons,
            self.again,
            self.delta,
            self.evidence,
            self.data,
            self.verdict,
            self.policy,
            self.items,
        ):
            self.body.addWidget(card)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Begin with the file, or with the question for one."""
        self._clear()
        if place.item:
            self.check(Path(place.item))
        else:
            self.zone.link.setFocus()

    def left(self) -> None:
        """What is still being read is not shown any more."""
        self._turn += 1

    def foot(self) -> Foot:
        return Foot(left=_("Nothing is sent and nothing is kept unless you say so."), next_shown=False)

    def side(self) -> Side | None:
        return Side(_("Checking an attestation")) if self.context.session is None else None

    def back_pressed(self) -> bool:
        self.go.emit(Place("welcome" if self.context.session is None else "home"))
        return True

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.check(paths[0])

    def check(self, path: Path, asked: Asked | None = None) -> None:
        """Verify a file, with what the reviewer gave beside it."""
        self._turn += 1
        turn, home = self._turn, preferences_of(self.context).home
        self._asked = asked
        self.message_bar.clear()
        self.set_sentence(_("Checking {name}…").format(name=path.name))

        def work() -> Reviewed:
            from wizard.session.deeds import reviewing

            return reviewing.review(path, home, asked)

        errand.run(
            self, _("Checking the file"), work,
            lambda found: self._show(found) if turn == self._turn else None,
            failed=lambda error: self._failed(error) if turn == self._turn else None,
        )  # fmt: skip

    def _clear(self) -> None:
        self.reviewed = None
        self.set_sentence(
            _("Who signed, what they say, whether anything was changed since, and whether the pages show the data.")
        )
        self.zone.show()
        for widget in (*self._cards, self._buttons, self.evidence, self.delta, self.again, self.another_button):
            widget.hide()

    def _failed(self, error: Exception) -> None:
        if self.reviewed is None:
            self._clear()
        else:
            self.set_sentence(str(self.reviewed.path.name))
        self.message_bar.say_mistake(sentence_of(error))

    def _show(self, found: Reviewed) -> None:
        if self.reviewed is None or self.reviewed.digest != found.digest:
            self.evidence.hide()
            self.delta.hide()
            self.again.hide()
        self.reviewed = found
        verification = found.verification
        self.set_sentence(str(found.path))
        self._show_outcome(found)
        self.data.setVisible(found.holds)
        if found.holds and verification.attestation is not None:
            self.data.show_data(verification.attestation)
        self.verdict.show_lines(_("What was checked"), verdict_lines(verification))
        if found.evidence is not None:
            self.evidence.show_evidence(found.evidence)
            self.evidence.show()
        self._show_policy(found, found.policy.history)
        self.policy.setVisible(found.holds)
        self.zone.hide()
        for widget in (self.outcome, self.verdict, self.another_button):
            widget.show()
        self._buttons.setVisible(found.holds)
        attestation = verification.attestation
        self.opening_button.setVisible(attestation is not None and attestation.summary)
        self.time_button.setVisible(verification.stamped)
        self.items.hide()
        if found.holds and attestation is not None and found.path.suffix.lower() == ".pdf":
            self.items.show_for(found.path, attestation)
        self.remember_button.setVisible(found.may_be_remembered and not self._is_known(found))
        changed = bool(found.policy.key.state == "bad")
        self.remember_button.setText(_("Replace the remembered key") if changed else _("Remember this key"))
        if found.problem:
            self.message_bar.say_mistake(found.problem)

    def _show_policy(self, found: Reviewed, history: Line) -> None:
        lines = (
            (_("Shown"), found.shown),
            (_("Key"), found.policy.key),
            (_("Terms"), found.policy.terms),
            (_("History"), history),
        )
        self.policy.show_lines(_("What only you can decide"), lines)

    @staticmethod
    def _is_known(found: Reviewed) -> bool:
        return found.policy.key.state == "good"

    def _show_outcome(self, found: Reviewed) -> None:
        verification = found.verification
        glyph, color, title, sentence = _said(verification.outcome)
        attestation = verification.attestation
        empty(self.outcome.body)
        self.outcome.set_edge("contradicts" if color == "contradicts" else "none")
        self.outcome.body.addWidget(row(glyph, color, title, title, sentence))
        if attestation is not None and attestation.demonstration:
            text = _("This is a DEMONSTRATION, not the statement of a company.")
            self.outcome.body.addWidget(PlainLabel(text, "strong", wrap=True))
        if attestation is not None and attestation.summary:
            text = _("This is a public summary: what it does not show is known by its digest. See Shown.")
            self.outcome.body.addWidget(PlainLabel(text, "strong", wrap=True))
        if verification.fingerprint:
            asked = _("Compare this fingerprint with the signatory, over a channel that you trust:")
            self.outcome.body.addWidget(PlainLabel(asked, "quiet", wrap=True))
            self.outcome.body.addWidget(FactLabel(" ".join(verification.fingerprint_groups)))
            self.outcome.body.addWidget(FactLabel(" · ".join(verification.fingerprint_words)))

    def _remember(self) -> None:
        from wizard.session.deeds import reviewing

        found = self.reviewed
        if found is None:
            return
        try:
            reviewing.remember(found, preferences_of(self.context).home, instead=found.policy.key.state == "bad")
        except Mistake as mistake:
            self.say_mistake(mistake)
            return
        organisation = found.verification.attestation.organisation if found.verification.attestation else ""
        self.check(found.path, self._asked)
        self.message_bar.say(_("The key of {organisation} is remembered.").format(organisation=organisation))

    def _choose_another(self) -> None:
        start = self.reviewed.path.parent if self.reviewed is not None else None
        file = choose_attestation(self, start)
        if file is not None:
            self.check(file)

    def _choose_trust(self, time: bool = False) -> None:
        if self.reviewed is None:
            return
        patterns = _("Certificates") + " (*.pem *.crt *.cer *.der)"
        title = _("Trust a time-stamp authority") if time else _("Trust a certificate")
        file = choosing.choose_file(self, title, patterns, self.reviewed.path.parent)
        if file is not None:
            from wizard.session.deeds.reviewing import Asked

            asked = self._asked or Asked()
            if time:
                self.check(self.reviewed.path, replace(asked, trust_time=(*asked.trust_time, file)))
            else:
                self.check(self.reviewed.path, replace(asked, trust=(*asked.trust, file)))

    def _choose_opening(self) -> None:
        if self.reviewed is None:
            return
        patterns = _("Held-back items, or the full attestation") + " (*.json *.pdf)"
        file = choosing.choose_file(self, _("Compare held-back items"), patterns, self.reviewed.path.parent)
        if file is not None:
            from wizard.session.deeds.reviewing import Asked

            self.check(self.reviewed.path, replace(self._asked or Asked(), opening=file))

    def _offer_look(self) -> None:
        attestation = self.reviewed.verification.attestation if self.reviewed is not None else None
        if attestation is not None:
            self.again.offer(attestation)

    def _print(self) -> None:
        compared = self._compared
        if compared is None or self.reviewed is None:
            return
        target = choosing.choose_target(
            self, _("Print the changes"), self.reviewed.path.with_name(_("changes.pdf")), _("PDF (*.pdf)")
        )
        if target is None:
            return

        def work() -> None:
            from wizard.session.deeds import reviewing

            reviewing.print_delta(compared, target)

        errand.run(
            self, _("Printing the changes"), work,
            lambda _none: self.message_bar.say(_("Saved {name}. It is not signed.").format(name=target.name)),
        )  # fmt: skip

    def _choose_evidence(self) -> None:
        found = self.reviewed
        if found is None:
            return
        folder = choosing.choose_folder(self, _("The folder with the evidence files"), found.path.parent)
        if folder is None:
            return
        turn = self._turn

        def work() -> HandedOver:
            from wizard.session.deeds import reviewing

            return reviewing.evidence(found, folder)

        def then(evidence: HandedOver) -> None:
            if turn == self._turn:
                self.evidence.show_evidence(evidence)
                self.evidence.show()

        errand.run(self, _("Comparing the evidence"), work, then)

    def _choose_earlier(self) -> None:
        found = self.reviewed
        if found is None:
            return
        earlier = choosing.choose_file(
            self, _("An earlier attestation of the same partner"), "PDF (*.pdf)", found.path.parent
        )
        if earlier is None:
            return
        turn, home = self._turn, preferences_of(self.context).home

        def work() -> Compared:
            from wizard.session.deeds import reviewing

            return reviewing.compare(earlier, found.path, home)

        def then(compared: Compared) -> None:
            if turn != self._turn:
                return
            if compared.delta is None:
                self.delta.hide()
                why = compared.old.trouble
                self.message_bar.say_mistake(_("{name}: {why}").format(name=earlier.name, why=why))
                return
            self._compared = compared
            self.delta.show_delta(compared.delta, compared.history)
            self._show_policy(found, compared.history)
            self.delta.show()

        errand.run(self, _("Comparing the two"), work, then)


def _said(outcome: Outcome) -> tuple[Glyph, ColorName, str, str]:
    """The verdict as glyph, colour, words and what it means."""
    from wizard.document.verify import Outcome

    match outcome:
        case Outcome.INTACT:
            return (
                Glyph.TICK, "supports", _("Intact"),
                _("Nothing was changed since signing, and the pages show the data. Who held the key is another "
                  "question: see Identity and Key."),
            )  # fmt: skip
        case Outcome.NOT_REPRODUCIBLE:
            return (
                Glyph.QUESTION, "unsure", _("Unchanged; the pages were not checked"),
                _("The signature holds. This version cannot draw the pages again: rely on the data below, not on "
                  "what the PDF shows."),
            )  # fmt: skip
        case Outcome.ALTERED:
            return (
                Glyph.TRIANGLE, "contradicts", _("Altered"),
                _("Do not rely on this file. Ask whoever sent it for the file as it was signed."),
            )  # fmt: skip
        case _:
            return (
                Glyph.TRIANGLE, "contradicts", _("Not an attestation"),
                _("This file was not made by Attestry, or is damaged beyond recognition."),
            )  # fmt: skip

"""One file to hand in: the signed PDF with the evidence that the person chooses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _, ngettext
from wizard.gui.pages.form import empty
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.domain.attestation import Attestation


class BundleCard(Card):
    """Hidden until a verified attestation is shown. Evidence leaves the vault in clear: the card says so."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.ticks: dict[str, TickBox] = {}
        self.hide()

    def show_for(self, pdf: Path, attestation: Attestation) -> None:
        """Offer a bundle of this file; all evidence is chosen at first."""
        empty(self.body)
        self.ticks = {}
        self.body.addWidget(PlainLabel(_("One file to hand in"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _(
                    "The PDF, the evidence that you choose and a list of both, in one zip. The evidence in it is not "
                    "sealed: send it only to whom it is meant for. “attestry verify” checks the zip as it is."
                ),
                "quiet",
                wrap=True,
            )
        )
        n = len(attestation.evidence)
        folded = Folded(ngettext("Choose from {n} file", "Choose from {n} files", n).format(n=n))
        for piece in attestation.evidence:
            tick = TickBox(piece.name)
            tick.setChecked(True)
            tick.setToolTip(", ".join(piece.requirements))
            self.ticks[piece.id] = tick
            folded.body.addWidget(tick)
        if n:
            self.body.addWidget(folded)
        self.save = OutlineButton(_("Save the bundle…"))
        self.save.clicked.connect(lambda: self._save(pdf))
        buttons = Flow(gap=8)
        buttons.replace([self.save])
        self.body.addWidget(buttons)
        self.show()

    def _save(self, pdf: Path) -> None:
        from wizard.session.deeds import bundling

        target = choosing.choose_target(self, _("Save the bundle"), pdf.with_suffix(".zip"), _("Zip (*.zip)"))
        if target is None:
            return
        session = self._page.context.open
        chosen = frozenset(id for id, tick in self.ticks.items() if tick.isChecked())
        self.save.setEnabled(False)

        def done(pieces: tuple[object, ...]) -> None:
            self.save.setEnabled(True)
            n = len(pieces)
            said = ngettext(
                "Saved {name} with {n} piece of evidence.", "Saved {name} with {n} pieces of evidence.", n
            ).format(name=target.name, n=n)
            self._page.message_bar.say(said)

        def failed(error: Exception) -> None:
            self.save.setEnabled(True)
            self._page.say_mistake(error)

        self._page.start(lambda hear: bundling.make(session, pdf, target, chosen, hear), done, failed=failed)

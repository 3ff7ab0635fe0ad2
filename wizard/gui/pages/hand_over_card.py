"""Items of a full attestation for somebody who has only its public summary: chosen, and saved as one small file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _, ngettext
from wizard.gui.pages import errand
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


class HandOverCard(Card):
    """Hidden until a verified full attestation is shown."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.ticks: dict[str, TickBox] = {}
        self.hide()

    def show_for(self, pdf: Path, attestation: Attestation) -> None:
        """Offer the items of this file; none is chosen at first. A summary holds none that could be handed over."""
        empty(self.body)
        names = _names(attestation)
        self.setVisible(bool(names))
        if not names:
            return
        self.body.addWidget(PlainLabel(_("Items for whoever has the summary"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _(
                    "One small file with what a public summary holds back of them. It is not sealed: send it only to "
                    "whom it is meant for. Together with the summary it shows that this is what you signed."
                ),
                "quiet",
                wrap=True,
            )
        )
        folded = Folded(ngettext("Choose from {n} item", "Choose from {n} items", len(names)).format(n=len(names)))
        self.save = OutlineButton(_("Save the items…"))
        self.save.setEnabled(False)
        self.save.clicked.connect(lambda: self._save(pdf))
        self.ticks = {leaf: TickBox(name) for leaf, name in names.items()}
        for tick in self.ticks.values():
            tick.toggled.connect(lambda _on: self.save.setEnabled(bool(self._chosen())))
            folded.body.addWidget(tick)
        buttons = Flow(gap=8)
        buttons.replace([self.save])
        self.body.addWidget(folded)
        self.body.addWidget(buttons)

    def _chosen(self) -> list[str]:
        return [leaf for leaf, tick in self.ticks.items() if tick.isChecked()]

    def _save(self, pdf: Path) -> None:
        from wizard.session.deeds import disclosing

        suggested = pdf.with_name(_("{name} items.json").format(name=pdf.stem))
        target = choosing.choose_target(self, _("Save the items"), suggested, _("Items (*.json)"))
        if target is None:
            return
        chosen = self._chosen()
        self.save.setEnabled(False)

        def done(leaves: tuple[str, ...]) -> None:
            self.save.setEnabled(True)
            said = ngettext("Saved {name} with {n} item.", "Saved {name} with {n} items.", len(leaves))
            self._page.message_bar.say(said.format(name=target.name, n=len(leaves)))

        def failed(error: Exception) -> None:
            self.save.setEnabled(True)
            self._page.say_mistake(error)

        errand.run(
            self._page,
            _("Handing over"),
            lambda: disclosing.hand_over(pdf, chosen, target),
            done,
            failed=failed,
        )


def _names(attestation: Attestation) -> dict[str, str]:
    """What can be handed over, by its leaf: an item that is shown in full has a salt."""
    salted = {one.leaf for one in attestation.commitments if one.salt}
    if attestation.summary:
        return {}
    found = {f"scoping:{item.id}": f"{item.id} · {item.title}" for item in attestation.scoping}
    found |= {f"item:{item.id}": f"{item.id} · {item.title}" for group in attestation.groups for item in group.items}
    found |= {f"evidence:{piece.id}": _("Evidence: {name}").format(name=piece.name) for piece in attestation.evidence}
    for row in attestation.ledger:
        found[f"weakness:{row.number}"] = _("Weakness {n}: {title}").format(n=row.number, title=row.title)
    return {leaf: name for leaf, name in found.items() if leaf in salted}

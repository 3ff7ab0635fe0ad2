"""The offer to go on from an attestation signed earlier, and what was carried over from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.pages.form import beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.session.deeds.renewing import Renewal


class EarlierOffer(Card):
    """`chosen(path)` when the person named the PDF of an earlier attestation."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._said = PlainLabel(
            _(
                "Was there an attestation before? Its answers can be carried over from the signed PDF, where Apollo’s "
                "sentence is still the same. You read each one again before you sign; checks look anew."
            ),
            wrap=True,
        )
        self.button = OutlineButton(_("Go on from an earlier attestation…"))
        self.button.clicked.connect(self._choose)
        self.body.addWidget(self._said)
        self.body.addLayout(beside(self.button))

    def show_carried(self, renewal: Renewal) -> None:
        """Say what came over, what is asked again, and which evidence has to be brought again."""
        plan = renewal.plan
        n, again = len(plan.answers), len(plan.asked_again)
        day = words.day(renewal.attestation.signed_at.date())
        sentences = [
            ngettext(
                "{n} answer of {day} is carried over and waits to be kept or changed.",
                "{n} answers of {day} are carried over and wait to be kept or changed.",
                n,
            ).format(n=n, day=day)
        ]
        if again:
            ids = ", ".join(id for id, _why in plan.asked_again[:12])
            more = ngettext("{n} requirement is asked again: {ids}", "{n} requirements are asked again: {ids}", again)
            sentences.append(more.format(n=again, ids=ids + ("…" if again > 12 else ".")))
        if renewal.missing:
            names = ", ".join(renewal.missing[:6])
            sentences.append(
                _("Evidence to add again: {names}").format(names=names + ("…" if len(renewal.missing) > 6 else "."))
            )
        if plan.expired:
            names = ", ".join(one.name for one in plan.expired[:6])
            sentences.append(_("Evidence that has expired: {names}.").format(names=names))
        self._said.setText(" ".join(sentences))
        self.button.hide()

    def _choose(self) -> None:
        path = choosing.choose_file(self, _("Go on from an earlier attestation"), _("PDF (*.pdf)"))
        if path is not None:
            self.chosen.emit(path)

"""What can be saved beside a signed PDF: for other programs, for the reviewer, and for the calendar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.gui.pages import errand
from wizard.gui.pages.form import empty
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.domain.attestation import Attestation
    from wizard.session.deeds.exporting import Companion


class CompanionsCard(Card):
    """A button for each file; hidden until a verified attestation is shown."""

    def __init__(self, page: Page):
        super().__init__()
        self._page = page
        self.buttons: dict[str, OutlineButton] = {}
        self.hide()

    def show_for(self, pdf: Path, attestation: Attestation) -> None:
        """Offer what there is for this file."""
        from wizard.session.deeds.exporting import companions

        empty(self.body)
        self.body.addWidget(PlainLabel(_("Save beside it"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _(
                    "The PDF holds the same data; whoever wants them alone takes a file. The verifier page needs no "
                    "installation and no network."
                ),
                "quiet",
                wrap=True,
            )
        )
        self.buttons = {one.name: self._button(pdf, one) for one in companions(attestation)}
        flow = Flow(gap=8)
        flow.replace(list(self.buttons.values()))
        self.body.addWidget(flow)
        self.show()

    def _button(self, pdf: Path, companion: Companion) -> OutlineButton:
        button = OutlineButton(_title(companion))
        button.clicked.connect(self._saver(pdf, companion))
        return button

    def _saver(self, pdf: Path, companion: Companion) -> Callable[[], None]:
        def save() -> None:
            from wizard.session.deeds import exporting

            target = choosing.choose_target(self, _title(companion), pdf.with_name(companion.value))
            if target is None:
                return
            errand.run(
                self._page, _("Saving {name}").format(name=target.name),
                lambda: exporting.save(pdf, companion, target),
                lambda path: self._page.message_bar.say(_("Saved {name}.").format(name=path.name)),
            )  # fmt: skip

        return save


def _title(companion: Companion) -> str:
    from wizard.session.deeds.exporting import Companion

    match companion:
        case Companion.DATA:
            return _("Data (JSON)…")
        case Companion.OSCAL_RESULTS:
            return _("OSCAL results…")
        case Companion.OSCAL_PLAN:
            return _("OSCAL plan of action…")
        case Companion.CYCLONEDX:
            return _("CycloneDX…")
        case Companion.VERIFIER:
            return _("Verifier page…")
        case Companion.REMINDERS:
            return _("Calendar reminders…")

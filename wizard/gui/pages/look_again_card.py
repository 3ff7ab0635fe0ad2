"""A reviewer repeats the public checks now: which hosts would be contacted, then what is another since signing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain import readable
from wizard.domain.attestation import Attestation
from wizard.domain.language import _, ngettext
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.form import empty
from wizard.gui.pages.reviewer_lines import row
from wizard.gui.theme import ColorName
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.domain.scope import Host
    from wizard.session.deeds.looking_again import Again, Drift

#: As many stand on the card; the shell prints all of them.
_MOST = 60


class LookAgainCard(Card):
    """Nothing is contacted before the person agreed to the list of hosts."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.hide()

    def offer(self, attestation: Attestation) -> None:
        """Name the hosts, and wait for a yes."""
        from wizard.session.deeds import looking_again

        hosts, left = looking_again.targets(attestation)
        empty(self.body)
        self.body.addWidget(PlainLabel(_("Look at the hosts again"), "heading"))
        self.show()
        if not hosts:
            self.body.addWidget(PlainLabel(looking_again.nothing(), wrap=True))
            return
        n = len(hosts)
        self.body.addWidget(
            PlainLabel(
                ngettext(
                    "This host would be contacted from this computer, with requests that only read. Whoever runs it "
                    "can see that you looked.",
                    "These {n} hosts would be contacted from this computer, with requests that only read. Whoever runs "
                    "them can see that you looked.",
                    n,
                ).format(n=n),
                wrap=True,
            )
        )
        self.body.addWidget(FactLabel(", ".join(host.subject for host in hosts)))
        if left:
            text = _("Left alone, because they are not public or were not looked at: {names}.")
            self.body.addWidget(PlainLabel(text.format(names=", ".join(left)), "quiet", wrap=True))
        self.agree = FilledButton(ngettext("Contact this host", "Contact these {n} hosts", n).format(n=n))
        self.agree.clicked.connect(lambda: self._look(attestation, hosts))
        stop = OutlineButton(_("Not now"))
        stop.clicked.connect(self.hide)
        buttons = Flow(gap=8)
        buttons.replace([self.agree, stop])
        self.body.addWidget(buttons)

    def _look(self, attestation: Attestation, hosts: tuple[Host, ...]) -> None:
        self.agree.setEnabled(False)

        def work() -> Again:
            import asyncio
            from datetime import UTC, datetime

            from wizard.session.deeds import looking_again

            return asyncio.run(looking_again.look(attestation, hosts, lambda: datetime.now(UTC)))

        def failed(error: Exception) -> None:
            self.agree.setEnabled(True)
            self._page.say_mistake(error)

        errand.run(self._page, _("Looking at the hosts again"), work, self._show, failed=failed)

    def _show(self, again: Again) -> None:
        empty(self.body)
        self.body.addWidget(PlainLabel(_("The hosts as they are now"), "heading"))
        self.body.addWidget(PlainLabel(again.sentence, wrap=True))
        for drift in again.drifts[:_MOST]:
            glyph, color, word = _sign(drift)
            verdicts = f"{readable.verdict(drift.then)} → {readable.verdict(drift.now)}"
            self.body.addWidget(row(glyph, color, word, f"{drift.subject} · {drift.check}: {verdicts}", drift.sentence))
        if len(again.drifts) > _MOST:
            more = len(again.drifts) - _MOST
            self.body.addWidget(PlainLabel(ngettext("and {n} more", "and {n} more", more).format(n=more), "quiet"))


def _sign(drift: Drift) -> tuple[Glyph, ColorName, str]:
    from wizard.session.deeds.looking_again import Way

    match drift.way:
        case Way.WORSE:
            return Glyph.TRIANGLE, "contradicts", _("worse")
        case Way.BETTER:
            return Glyph.TICK, "supports", _("better")
        case Way.OTHER:
            return Glyph.QUESTION, "unsure", _("otherwise")

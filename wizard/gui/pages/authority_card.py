"""The certificate authority of one's own company, for hosts that no public one vouches for, such as staging hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.form import beside
from wizard.gui.theme import ColorName
from wizard.gui.widgets import choosing
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.checks.authority import Authority


class AuthorityCard(Card):
    """The file is a preference on this computer, for every assessment: looks of the window trust it from then on."""

    def __init__(self, page: Page):
        super().__init__()
        self._page = page
        self._shown: Path | None = None
        self.folded = Folded(_("Your company's own certificate authority"))
        self._mark = GlyphMark(Glyph.RING, "quiet")
        self._said = PlainLabel("", wrap=True)
        self.choose_button = OutlineButton(_("Choose its certificate…"))
        self.choose_button.clicked.connect(self._choose)
        self.forget_button = LinkButton(_("Trust it no longer"))
        self.forget_button.clicked.connect(lambda: self._keep(""))
        body = self.folded.body
        body.setSpacing(10)
        body.addWidget(
            PlainLabel(
                _(
                    "A host whose certificate comes from your company's own authority can only be looked at when that "
                    "authority is known. It is trusted beside the public ones, on this computer and in looks only. "
                    "What it alone vouches for is marked in the result and in the document: it is not public trust."
                ),
                "quiet",
                wrap=True,
            )
        )
        state = beside(self._mark, self._said, stretch=False)
        state.setStretch(1, 1)
        body.addLayout(state)
        body.addLayout(beside(self.choose_button, self.forget_button))
        self.body.addWidget(self.folded)

    def show_session(self, context: Context) -> None:
        """Show what is trusted, and whether it can be; the file is read once, and on another thread."""
        file = context.look_options().ca_file
        self.setVisible(bool(context.open.assessment.scope.hosts))
        self.forget_button.setVisible(file is not None)
        if file is None:
            self._shown = None
            self._say(Glyph.RING, "quiet", _("None"), _("Only public authorities are trusted."))
        elif file != self._shown:
            self._shown = file
            self._read(file, lambda found: self._show(found) if self._shown == file else None)

    def _show(self, found: Sequence[Authority]) -> None:
        said = _("Trusted too: {name}, until {date} (SHA-256 {digest}…).")
        lines = [
            said.format(name=one.name, date=one.until.date().isoformat(), digest=one.sha256[:16]) for one in found[:4]
        ]
        self._say(Glyph.DISC, "unsure", _("Trusted too"), "\n".join(lines))

    def _choose(self) -> None:
        file = choosing.choose_file(self, _("The certificate of your authority"), _("Certificates (*.pem *.crt *.cer)"))
        if file is not None:
            self.take(file.absolute())

    def take(self, file: Path) -> None:
        """Trust the authorities in a file; what cannot be one is said, and what was trusted before stays."""
        self._read(file, lambda _found: self._keep(str(file)))

    def _read(self, file: Path, then: Callable[[Sequence[Authority]], object]) -> None:
        def work() -> Sequence[Authority]:
            from wizard.checks.authority import read_authority

            return read_authority(file)

        def failed(error: Exception) -> None:
            if isinstance(error, Mistake):
                self._say(Glyph.QUESTION, "unsure", _("Unreadable"), error.sentence)
            else:
                self._page.say_mistake(error)

        errand.run(self._page, _("Reading the certificate"), work, then, failed=failed, whole=True)

    def _keep(self, file: str) -> None:
        errand.preferences_of(self._page.context).change(authority=file)
        self._shown = None
        self.show_session(self._page.context)

    def _say(self, glyph: Glyph, color: ColorName, word: str, said: str) -> None:
        self._mark.set(glyph, color, word)
        self._said.setText(said)

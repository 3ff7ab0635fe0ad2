"""The certificate authority of one's own company, for hosts that no public one vouches for, such as staging hosts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context
from wizard.gui.icons import Glyph
from wizard.gui.pages.form import beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.plain import PlainLabel


class AuthorityCard(Card):
    """`changed` when another file is trusted, or none any more."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._context: Context | None = None
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
        """Show what is trusted, and whether it can be."""
        self._context = context
        file = context.look_options().ca_file
        self.setVisible(bool(context.open.assessment.scope.hosts))
        self.forget_button.setVisible(file is not None)
        if file is None:
            self._mark.set(Glyph.RING, "quiet", _("None"))
            self._said.setText(_("Only public authorities are trusted."))
            return
        try:
            from wizard.checks.authority import read_authority

            found = read_authority(file)
        except Mistake as mistake:
            self._mark.set(Glyph.QUESTION, "unsure", _("Unreadable"))
            self._said.setText(mistake.sentence)
            return
        self._mark.set(Glyph.DISC, "unsure", _("Trusted too"))
        said = _("Trusted too: {name}, until {date} (SHA-256 {digest}…).")
        self._said.setText(
            "\n".join(
                said.format(name=one.name, date=one.until.date().isoformat(), digest=one.sha256[:16])
                for one in found[:4]
            )
        )

    def _choose(self) -> None:
        file = choosing.choose_file(self, _("The certificate of your authority"), _("Certificates (*.pem *.crt *.cer)"))
        if file is not None:
            self.take(file)

    def take(self, file: Path) -> None:
        """Trust the authorities in a file; what cannot be one is said, and what was trusted before stays."""
        from wizard.checks.authority import read_authority

        try:
            read_authority(file)
        except Mistake as mistake:
            self._said.setText(mistake.sentence)
            self._mark.set(Glyph.QUESTION, "unsure", _("Unreadable"))
            return
        self._keep(str(file.absolute()))

    def _keep(self, file: str) -> None:
        if self._context is not None and self._context.preferences is not None:
            self._context.preferences.change(authority=file)
            self.show_session(self._context)
            self.changed.emit()

"""Addresses or a piece of a log, pasted: looked through for secrets at once, and kept nowhere."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import a11y
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.jobs.runner import Progress
from wizard.session.deeds import evidence_secrets
from wizard.session.deeds.evidence_secrets import Examined

#: Addresses with secrets in them are what this requirement is about.
INFORMS = ("SEC-3",)


class PastePart(Folded):
    """Opens below the list; what is found speaks for SEC-3 as a sample of addresses."""

    def __init__(self, page: Page, parent: QWidget | None = None):
        super().__init__(_("Paste addresses or a piece of a log"), parent)
        self._page = page
        self.text = GrowingText()
        self.text.setAccessibleName(_("Addresses or a piece of a log"))
        self.look_button = OutlineButton(_("Look for secrets in it"))
        self.look_button.clicked.connect(self._look)
        self.said, self.found = PlainLabel("", wrap=True), FactLabel()
        self.body.addWidget(PlainLabel(_("It is looked at on this computer and kept nowhere."), "quiet", wrap=True))
        self.body.addWidget(self.text)
        self.body.addLayout(beside(self.look_button))
        self.body.addWidget(self.said)
        self.body.addWidget(self.found)
        self.found.hide()

    def _look(self) -> None:
        session, text = self._page.context.open, self.text.toPlainText()
        if not text.strip():
            self.said.setText(_("Paste something first."))
            return

        async def work(progress: Progress) -> Examined:
            progress(0, 0, "")
            examined = await evidence_secrets.look_at_text(session, text)
            if not session.read_only:
                await evidence_secrets.note_sample(session, _("pasted"), examined, INFORMS)
            return examined

        title = _("Looking for secrets in what was pasted")
        self._page.start(lambda hear: session.runner.start(work, title, hear), self._done)

    def _done(self, examined: Examined) -> None:
        n = len({leak.fingerprint for leak in examined.live})
        said = (
            ngettext("{n} secret stands in it.", "{n} secrets stand in it.", n).format(n=n)
            if n
            else _("No secret was found in it.")
        )
        self.said.setText(" ".join((said, *examined.unread)))
        self.found.setText(
            "\n".join(f"{leak.line}  {leak.rule.partition('.')[2]}  {leak.masked}" for leak in examined.live)
        )
        self.found.setVisible(bool(examined.live))
        self.text.clear()
        a11y.announce(self, said)

"""Looks that nobody makes unasked: Apollo's answer to a credential of one's own, and the disk of this computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.checks import apollo_health, disk_encryption
from wizard.checks.base import Check
from wizard.domain.language import _
from wizard.domain.observation import Result
from wizard.gui import words
from wizard.gui.pages.check_lines import Look
from wizard.gui.pages.form import beside, column
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card, line
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel
from wizard.jobs.events import Cancelled, Failed, Finished, JobEvent
from wizard.jobs.runner import Hear, Job
from wizard.session.deeds import own_looks
from wizard.session.session import Session


class _Row(QWidget):
    """One look: what it is for, what it saw last, and the button that makes it."""

    def __init__(self, check: Check, purpose: str, button: str):
        super().__init__()
        self.check = check
        self.badge = Badge()
        self.button = OutlineButton(button)
        self._saw = PlainLabel("", wrap=True)
        self._purpose = PlainLabel(purpose, "quiet", wrap=True)
        whole = column(gap=4)
        whole.addLayout(beside(_held(PlainLabel(check.title(), "strong")), self.badge))
        whole.addWidget(self._purpose)
        whole.addWidget(self._saw)
        whole.addLayout(beside(self.button))
        self.setLayout(whole)

    def draw(self, session: Session, *, running: bool) -> None:
        observation = own_looks.seen(session, self.check.id)
        self.badge.setVisible(observation is not None)
        self._saw.setVisible(observation is not None)
        self.button.setEnabled(not running and not session.read_only)
        if observation is None:
            return
        result = observation.result
        look = Look.of_result(result)
        self.badge.set(look.sign, look.word)
        told = " ".join(filter(None, (result.summary, result.next_step or result.fix)))
        self._saw.setText(f"{told} ({words.ago(result.at, session.clock())})")
        self._saw.setToolTip(result.proof)


class OnRequest(Card):
    """`changed()` when one of them has looked."""

    changed = Signal()

    def __init__(self, page: Page):
        super().__init__()
        self._page = page
        self._job: Job[Result] | None = None
        self.apollo = _Row(apollo_health.CHECK, _("Does Apollo's API know your credential?"), _("Ask Apollo…"))
        self.disk = _Row(
            disk_encryption.CHECK,
            _("Counts where this computer holds Apollo data. Only its settings are read."),
            _("Look at this computer"),
        )
        self.credential = PassphraseField(_("Your Apollo credential"))
        self.bearer = TickBox(_("It is a token of OAuth, not an API key"))
        self.send = FilledButton(_("Ask now"))
        self.cancel = OutlineButton(_("Not now"))
        self._form = QWidget()
        form = column(PlainLabel(apollo_health.statement(), wrap=True), self.credential, self.bearer, gap=8)
        form.addLayout(beside(self.send, self.cancel))
        self._form.setLayout(form)
        self._form.hide()
        self.body.addWidget(PlainLabel(_("Only when you ask"), "heading"))
        for widget in (self.apollo, self._form, line(), self.disk):
            self.body.addWidget(widget)
        self.apollo.button.clicked.connect(self._open)
        self.cancel.clicked.connect(self._close)
        self.send.clicked.connect(self._ask)
        self.disk.button.clicked.connect(lambda: self._start(lambda hear: own_looks.look_at_disk(self._session, hear)))
        self.credential.textChanged.connect(lambda: self.send.setEnabled(bool(self.credential.text().strip())))

    @property
    def _session(self) -> Session:
        return self._page.context.open

    def draw(self) -> None:
        """What was seen last."""
        for row in (self.apollo, self.disk):
            row.draw(self._session, running=self._job is not None)

    def _open(self) -> None:
        self._form.show()
        self.apollo.button.hide()
        self.send.setEnabled(False)
        self.credential.setFocus()

    def _close(self) -> None:
        self.credential.clear()
        self._form.hide()
        self.apollo.button.show()

    def _ask(self) -> None:
        credential, bearer = self.credential.text(), self.bearer.isChecked()
        self._close()
        self._start(lambda hear: own_looks.ask_apollo(self._session, credential, hear, bearer=bearer))

    def _start(self, begin: Callable[[Hear], Job[Result]]) -> None:
        self._job = self._page.start(begin, self._done, each=self._each)
        self.draw()

    def _each(self, event: JobEvent) -> None:
        if isinstance(event, Finished | Failed | Cancelled):
            self._job = None
            if self._page.context.session is not None:
                self.draw()

    def _done(self, result: Result) -> None:
        self._page.message_bar.say(result.summary)
        self.changed.emit()


def _held(label: PlainLabel) -> PlainLabel:
    label.setMinimumHeight(24)
    return label

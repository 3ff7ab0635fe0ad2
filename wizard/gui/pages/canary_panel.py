"""A canary for the logs: sent to a host, then looked for in the log that the person hands in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.checks import alert_seen, log_canary
from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.fields import ComboField
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.deeds import canaries
from wizard.session.session import Session


class CanaryPanel(Panel):
    """`send(subject)`, `log(path)` and `alert(path)` when the person asks for it; `closed` when they have done."""

    send = Signal(str)
    log = Signal(object)
    alert = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._context: Context | None = None
        self.host = ComboField()
        self.host.activated.connect(lambda _n: self._draw())
        self.send_button = OutlineButton(_("Send a canary"))
        self.send_button.clicked.connect(lambda: self.send.emit(self.host.currentText()))
        self.log_button = OutlineButton(_("Hand in the log…"))
        self.log_button.clicked.connect(self._choose)
        self.alert_button = OutlineButton(_("Hand in an alert…"))
        self.alert_button.clicked.connect(self._choose_alert)
        self.close_button = LinkButton(_("Close"))
        self.close_button.clicked.connect(self.closed)
        self._said = PlainLabel("", wrap=True)
        self._ids = FactLabel("")
        self.body.addWidget(PlainLabel(_("Does a secret get into your logs?"), "heading", wrap=True))
        self.body.addWidget(
            PlainLabel(
                _(
                    "A few GETs are sent with a credential that nobody issued. Then hand in the log of those minutes: "
                    "the requests must be in it, the credential must not."
                ),
                wrap=True,
            )
        )
        form = Form(fields=460, labels=132)
        form.row(_("Host"), self.host)
        self.body.addWidget(form)
        self.body.addWidget(self._said)
        self.body.addWidget(self._ids)
        self.body.addLayout(beside(self.send_button, self.log_button, self.alert_button, self.close_button))

    def show_session(self, context: Context, *, busy: bool, subject: str = "") -> None:
        """Show what was sent to the chosen host; the choice stays."""
        self._context = context
        scope = context.open.assessment.scope
        hosts = [host.subject for host in scope.hosts]
        chosen = subject or self.host.currentText()
        if [self.host.itemText(n) for n in range(self.host.count())] != hosts:
            self.host.clear()
            self.host.addItems(hosts)
        if chosen in hosts:
            self.host.setCurrentIndex(hosts.index(chosen))
        may = not busy and not context.open.read_only
        self.send_button.setEnabled(may and scope.confirmed)
        self.log_button.setEnabled(may)
        self.alert_button.setEnabled(may)
        self._draw()

    def _draw(self) -> None:
        if self._context is None:
            return
        session = self._context.open
        subject = self.host.currentText()
        sent = canaries.last_sent(session, subject)
        self.log_button.setVisible(sent is not None)
        # Only what was refused has to raise an alert.
        refused = sent is not None and any(each.status in alert_seen.REFUSED for each in sent[0].requests)
        self.alert_button.setVisible(refused)
        self.send_button.setText(_("Send a canary") if sent is None else _("Send a new one"))
        self.send_button.set_filled(sent is None)
        self.log_button.set_filled(sent is not None)
        self._ids.setVisible(sent is not None)
        if sent is None:
            agreed = session.assessment.scope.confirmed
            self._said.setText(
                _("None was sent to this host yet.") if agreed else _("The list of hosts is not agreed to yet.")
            )
            return
        canary, at = sent
        n = len(canary.requests)
        self._said.setText(
            ngettext(
                "Sent {when} ({clock}), with {n} request. Wait a minute, export the log of that time, and hand it in. "
                "You can search it yourself for:",
                "Sent {when} ({clock}), with {n} requests. Wait a minute, export the log of that time, and hand it in. "
                "You can search it yourself for:",
                n,
            ).format(when=words.ago(at, self._context.now()), clock=words.clock(at), n=n)
        )
        self._ids.setText("\n".join(f"{each.probe}  {each.path} → {each.status}" for each in canary.requests))

    def _choose(self) -> None:
        patterns = _("Logs (*.log *.txt *.json *.jsonl *.ndjson *.csv *.gz);;All files (*)")
        path = choosing.choose_file(self, _("Hand in the log"), patterns)
        if path is not None:
            self.log.emit(path)

    def _choose_alert(self) -> None:
        patterns = _("Alerts (*.txt *.json *.jsonl *.ndjson *.csv *.eml *.html *.htm *.md *.xml);;All files (*)")
        path = choosing.choose_file(self, _("Hand in an alert"), patterns)
        if path is not None:
            self.alert.emit(path)


def filed_under(session: Session, *, alert: bool = False) -> tuple[str, ...]:
    """The requirements that a log informs, or an alert."""
    check = (alert_seen if alert else log_canary).CHECK.id
    return tuple(r.id for r in session.questionnaire.by_id.values() if check in r.checks)

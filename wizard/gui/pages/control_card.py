"""How whoever runs a host shows that they do, before active probes: what to publish, and whether it was found."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wizard.checks import host_control
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.domain.scope import Host
from wizard.gui import words
from wizard.gui.context import Context
from wizard.gui.icons import Glyph
from wizard.gui.pages.form import beside, column
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import ComboField
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session import consents
from wizard.session.session import Session


class ControlCard(Card):
    """`look(subject)` when the person asks to have a host looked at for it."""

    look = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._context: Context | None = None
        self.folded = Folded(_("Control of your hosts, for active probes only"))
        self.host = ComboField()
        self.host.setAccessibleName(_("Host"))
        self.host.activated.connect(lambda _n: self._draw())
        self._mark = GlyphMark(Glyph.RING, "quiet")
        self._said = PlainLabel("", wrap=True)
        self._record, self._file = FactLabel("", block=True), FactLabel("", block=True)
        self.copy_record, self.copy_file = LinkButton(_("Copy the record")), LinkButton(_("Copy the line"))
        self.copy_record.clicked.connect(lambda: self._copy(self.copy_record))
        self.copy_file.clicked.connect(lambda: self._copy(self.copy_file))
        self.look_button = OutlineButton(_("Look for it"))
        self.look_button.clicked.connect(lambda: self.look.emit(self.host.currentText()))
        self._published: consents.Published | None = None
        body = self.folded.body
        body.setSpacing(10)
        body.addWidget(
            PlainLabel(
                _(
                    "Plain looks need none of this. Before a harmless mark is sent in parameters, whoever runs the "
                    "host shows it, by one of these two. It may be taken away after the run."
                ),
                "quiet",
                wrap=True,
            )
        )
        body.addWidget(self.host)
        state = beside(self._mark, self._said, stretch=False)
        state.setStretch(1, 1)
        body.addLayout(state)
        body.addLayout(column(PlainLabel(_("A TXT record in the name service"), "strong"), self._record))
        body.addLayout(beside(self.copy_record))
        body.addLayout(column(PlainLabel(_("Or a plain text file on the host, over HTTPS"), "strong"), self._file))
        body.addLayout(beside(self.copy_file))
        body.addLayout(beside(self.look_button))
        self.body.addWidget(self.folded)

    def show_session(self, context: Context) -> None:
        """Show what is known of the chosen host; the choice stays."""
        self._context = context
        scope = context.open.assessment.scope
        hosts = [host.subject for host in scope.hosts]
        self.setVisible(bool(hosts))
        chosen = self.host.currentText()
        if [self.host.itemText(n) for n in range(self.host.count())] != hosts:
            self.host.clear()
            self.host.addItems(hosts)
            if chosen in hosts:
                self.host.setCurrentIndex(hosts.index(chosen))
        self.host.setVisible(len(hosts) > 1)
        self.look_button.setEnabled(scope.confirmed and not context.open.read_only)
        self._draw()

    def _draw(self) -> None:
        context = self._context
        host = self._host(context.open) if context is not None else None
        if context is None or host is None:
            return
        session = context.open
        published = self._published = consents.to_publish(session, host)
        self._record.setText(f'{published.record}  TXT  "{published.word}"')
        self._file.setText(f"{published.file}\n{published.word}")
        shown = control_words(session, context.now()).get(host.subject, "")
        looked = session.assessment.observations.get((host_control.CHECK.id, host.subject))
        if shown:
            self._mark.set(Glyph.TICK, "supports", _("Shown"))
            self._said.setText(shown)
        elif looked is not None:
            self._mark.set(Glyph.QUESTION, "unsure", _("Not shown"))
            when = words.ago(looked.result.at, context.now())
            self._said.setText(
                _("{host} was looked at {when}, and neither is there.").format(host=host.subject, when=when)
            )
        else:
            self._mark.set(Glyph.RING, "quiet", _("Not shown yet"))
            agreed = session.assessment.scope.confirmed
            later = "" if agreed else " " + _("Agree to the list of hosts first.")
            self._said.setText(_("Nobody has looked for it on {host} yet.").format(host=host.subject) + later)

    def _host(self, session: Session) -> Host | None:
        chosen = self.host.currentText()
        return next((host for host in session.assessment.scope.hosts if host.subject == chosen), None)

    def _copy(self, button: LinkButton) -> None:
        if self._published is not None:
            QGuiApplication.clipboard().setText(self._published.word)
            button.setText(_("Copied"))


def control_words(session: Session, now: datetime) -> dict[str, str]:
    """By host: how and when control of it was shown; nothing for the others."""
    out = {}
    for subject, noted in session.assessment.control.items():
        shown = noted.payload
        if isinstance(shown, e.ControlShown) and shown.how:
            how = _("by the name service") if shown.how == "dns" else _("by a file on the host")
            out[subject] = _("Control was shown {how}, {when}. It is looked for again before anything is sent.").format(
                how=how, when=words.ago(noted.at, now)
            )
    return out

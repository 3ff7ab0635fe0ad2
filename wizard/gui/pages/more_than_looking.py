"""What a person may allow beyond plain looks, for one run: data ports, active probes, test customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from wizard.checks.credentials import header_field
from wizard.checks.endpoints import read_list
from wizard.checks.looks.data_ports import PORTS
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.fields import ComboField, TickBox
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel
from wizard.session import consents
from wizard.session.deeds.looking import LookOptions

#: Checks that look only where something of this was allowed; they run then, whatever else was asked for.
NEED_MORE = ("data-ports", "host-control", "output-encoding", "tenant-separation")
#: Those that see more with a test customer's credential.
SEE_MORE = ("authentication", "anonymous-register")


class SameCredential(Mistake):
    """Both test customers were given the same credential."""


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What was allowed for one host. Credentials live here until the run begins, and nowhere else."""

    ports: bool = False
    active: bool = False
    first: str = ""
    second: str = ""
    things: str = ""

    @property
    def in_short(self) -> str:
        """What it is, in a few words; "" for nothing."""
        parts = (
            (self.ports, _("ports of databases")),
            (self.active, _("active probes")),
            (bool(self.first.strip() or self.second.strip()), _("test customers")),
        )
        return ", ".join(words for allowed, words in parts if allowed)


class MoreThanLooking(Folded):
    """`control` when the person wants to show control of a host; read `options` once they agree, then `forget`."""

    control = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(_("More than plain looks, with your consent"), parent)
        self._allowed: dict[str, _Allowed] = {}
        self._shown: Mapping[str, str] = {}
        self.host = ComboField()
        self.host.activated.connect(lambda _n: self._show())
        self._subject = ""
        self.ports = TickBox(_("Knock at the {n} usual ports of databases, and say nothing there").format(n=len(PORTS)))
        self.active = TickBox(_("Send a harmless mark in declared parameters, to see whether pages encode it"))
        self._control = PlainLabel("", "quiet", wrap=True)
        self.show_control = LinkButton(_("Show control of the host…"))
        self.show_control.clicked.connect(self.control)
        self.first = PassphraseField(_("Credential of test customer A"))
        self.second = PassphraseField(_("Credential of test customer B"))
        self.things = GrowingText(hint="GET /contacts/17 of: A", lines=2, most=8)
        self._others = PlainLabel("", wrap=True)
        which = Form(fields=460, labels=132)
        which.row(_("Host"), self.host)
        form = Form(fields=460, labels=132)
        form.row(_("Test customer A"), self.first)
        form.row(
            _("Test customer B"),
            self.second,
            _(
                "A token, or a header line such as “X-Api-Key: …”. It goes to this host only, over verified TLS, with "
                "GET, and is forgotten after the run. With two, what belongs to one is asked for as the other."
            ),
        )
        form.row(
            _("Whose is what"),
            self.things,
            _("One a line:\nGET /contacts/17 of: A\nGET /invoices/4 of: B\nGET /staff admin"),
        )
        for widget in (which, self.ports, self.active):
            self.body.addWidget(widget)
        row = beside(self._control, self.show_control, stretch=False)
        row.setContentsMargins(26, 0, 0, 0)
        row.setStretch(0, 1)
        row.setAlignment(self.show_control, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.body.addWidget(form)
        self.body.addWidget(self._others)
        self._statement = PlainLabel(consents.statement(), "quiet", wrap=True)
        self.body.addWidget(self._statement)
        self.things.setAccessibleName(_("Whose is what"))

    def offer(self, hosts: tuple[str, ...], shown: Mapping[str, str]) -> None:
        """For these hosts; `shown` says in words how control of a host was shown before, where it was."""
        self._allowed, self._shown, self._subject = {}, shown, ""
        self.host.clear()
        self.host.addItems(list(hosts))
        self.host.setEnabled(len(hosts) > 1)
        self._show()

    def options(self, base: LookOptions) -> LookOptions:
        """The same with what was allowed. Raises the mistake of a credential or line that cannot be understood."""
        self._keep()
        allowed = self._allowed
        endpoints = dict(base.endpoints)
        customers = []
        for subject, each in allowed.items():
            fields = tuple(header_field(text) for text in (each.first, each.second) if text.strip())
            if len(fields) == 2 and fields[0] == fields[1]:
                raise SameCredential(_("Both test customers have the same credential, so nothing could be told apart."))
            if fields:
                customers.append((subject, fields))
            if each.things.strip():
                endpoints[subject] = (*read_list(each.things).endpoints, *endpoints.get(subject, ()))
        return replace(
            base,
            endpoints=tuple(endpoints.items()),
            data_ports=frozenset(subject for subject, each in allowed.items() if each.ports),
            active=frozenset(subject for subject, each in allowed.items() if each.active),
            customers=tuple(customers),
        )

    def forget(self) -> None:
        """Let go of everything that was typed, credentials first."""
        for field in (self.first, self.second):
            field.clear()
            field.hide_text()
        self.things.setText("")
        self.ports.setChecked(False)
        self.active.setChecked(False)
        self._allowed, self._subject = {}, ""
        self.button.set_open(False)

    def _keep(self) -> None:
        if self._subject:
            self._allowed[self._subject] = _Allowed(
                self.ports.isChecked(),
                self.active.isChecked() and self.active.isEnabled(),
                self.first.text(),
                self.second.text(),
                self.things.text(),
            )

    def _show(self) -> None:
        self._keep()
        self._subject = self.host.currentText()
        allowed = self._allowed.get(self._subject, _Allowed())
        shown = self._shown.get(self._subject, "")
        self.ports.setChecked(allowed.ports)
        self.active.setEnabled(bool(shown))
        self.active.setChecked(allowed.active and bool(shown))
        self._control.setText(shown or _("Only where control of the host is shown. It is not shown yet."))
        self.show_control.setVisible(not shown)
        self.first.setText(allowed.first)
        self.second.setText(allowed.second)
        self.things.setText(allowed.things)
        others = [f"{subject} ({what})" for subject, each in self._allowed.items()
                  if subject != self._subject and (what := each.in_short)]  # fmt: skip
        self._others.setText(_("Also allowed: {hosts}").format(hosts=", ".join(others)))
        self._others.setVisible(bool(others))

"""What a run of checks would contact, shown and agreed to before anything is sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.deeds import looking


class TargetsPanel(Panel):
    """`agreed(hosts, checks)` with exactly what was shown; `declined` when the person would rather not."""

    agreed = Signal(object, object)
    declined = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._hosts: tuple[str, ...] = ()
        self._checks: tuple[str, ...] = ()
        self._heading = PlainLabel("", "heading", wrap=True)
        self._list = FactLabel("")
        self._statement = PlainLabel(looking.statement(), wrap=True)
        self.yes = FilledButton()
        self.no = OutlineButton(_("Not now"))
        self.yes.clicked.connect(lambda: self.agreed.emit(self._hosts, self._checks))
        self.no.clicked.connect(self.declined)
        for widget in (self._heading, self._list, self._statement):
            self.body.addWidget(widget)
        self.body.addLayout(beside(self.yes, self.no))

    def ask(self, hosts: tuple[str, ...], checks: tuple[str, ...], *, confirmed: bool) -> None:
        """Show these targets. `checks` empty means all. Not `confirmed`: agreeing covers the scope as it stands."""
        self._hosts, self._checks = hosts, checks
        n = len(hosts)
        one = _("This host will be contacted, and nothing else:")
        many = _("These {n} hosts will be contacted, and nothing else:").format(n=n)
        self._heading.setText(one if n == 1 else many)
        self._list.setText("\n".join(hosts))
        self._statement.setVisible(not confirmed)
        text = (
            ngettext("Look at this host", "Look at these {n} hosts", n)
            if confirmed
            else ngettext("Agree, and look at this host", "Agree, and look at these {n} hosts", n)
        )
        self.yes.setText(text.format(n=n))
        self.show()
        self.yes.setFocus()

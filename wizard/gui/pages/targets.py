"""What a run of checks would contact, shown and agreed to before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.gui.pages.form import beside
from wizard.gui.pages.more_than_looking import NEED_MORE, SEE_MORE, MoreThanLooking
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.deeds import looking
from wizard.session.deeds.looking import LookOptions


class TargetsPanel(Panel):
    """`agreed(hosts, checks, options)` with exactly what was shown; `declined` when the person would rather not."""

    agreed = Signal(object, object, object)
    declined = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._hosts: tuple[str, ...] = ()
        self._checks: tuple[str, ...] = ()
        self._base = LookOptions()
        self._heading = PlainLabel("", "heading", wrap=True)
        self._list = FactLabel("")
        self._trusted = PlainLabel("", "quiet", wrap=True)
        self._statement = PlainLabel(looking.statement(), wrap=True)
        self.more = MoreThanLooking()
        self.wrong = PlainLabel("", "red", wrap=True)
        self.yes = FilledButton()
        self.no = OutlineButton(_("Not now"))
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self._decline)
        for widget in (self._heading, self._list, self._trusted, self._statement, self.more, self.wrong):
            self.body.addWidget(widget)
        self.body.addLayout(beside(self.yes, self.no))

    def ask(
        self,
        hosts: tuple[str, ...],
        checks: tuple[str, ...],
        *,
        confirmed: bool,
        options: LookOptions,
        shown: Mapping[str, str],
        more: bool = False,
    ) -> None:
        """Show these targets. `checks` empty means all. Not `confirmed`: agreeing covers the scope as it stands.

        `shown`: of which hosts control was shown, in words; `more` opens what needs more consent.
        """
        self._hosts, self._checks, self._base = hosts, checks, options
        n = len(hosts)
        one = _("This host will be contacted, and nothing else:")
        many = _("These {n} hosts will be contacted, and nothing else:").format(n=n)
        self._heading.setText(one if n == 1 else many)
        self._list.setText("\n".join(hosts))
        if options.ca_file is not None:
            said = _("Trusted beside the public certificate authorities: your own, “{file}”.")
            self._trusted.setText(said.format(file=options.ca_file.name))
        self._trusted.setVisible(options.ca_file is not None)
        self._statement.setVisible(not confirmed)
        text = (
            ngettext("Look at this host", "Look at these {n} hosts", n)
            if confirmed
            else ngettext("Agree, and look at this host", "Agree, and look at these {n} hosts", n)
        )
        self.yes.setText(text.format(n=n))
        self.wrong.hide()
        self.more.offer(hosts, shown)
        self.more.button.set_open(more)
        self.show()
        self.yes.setFocus()

    def _agree(self) -> None:
        try:
            options = self.more.options(self._base)
        except Mistake as mistake:
            self.wrong.setText(mistake.sentence)
            self.wrong.show()
            self.more.button.set_open(True)
            return
        checks = self._checks
        if checks and options.consented:
            checks = tuple(dict.fromkeys((*checks, *NEED_MORE, *(SEE_MORE if options.customers else ()))))
        self.more.forget()
        self.agreed.emit(self._hosts, checks, options)

    def _decline(self) -> None:
        self.more.forget()
        self.declined.emit()

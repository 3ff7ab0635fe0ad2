"""Asks someone for evidence: who, what, until when, which hosts; the result is one small file to send."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.gui.pages.form import Form, beside, column, empty
from wizard.gui.pages.picker import RequirementPicker
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import ComboField, LineField, TickBox
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds.sharing import Ask
from wizard.session.session import Session


class AskCard(Card):
    """`asked` with the `Ask` when it is to be written, `assigned` when only the owner and the day are to be noted."""

    asked = Signal(object)
    assigned = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._session = session
        self.to = LineField(hint=_("Name of the person, as they will see it"))
        self.due = DayField()
        self.due.setAccessibleName(_("Until"))
        self.message = GrowingText(hint=_("What you want to tell them, if anything"), lines=2)
        self.picker = RequirementPicker(session.questionnaire, (), ())
        self.section = ComboField()
        self.section.setAccessibleName(_("A whole section"))
        self.section.addItem(_("Add a whole section…"))
        for section in session.questionnaire.sections:
            self.section.addItem(section.title, tuple(r.id for r in section.requirements if not r.computed))
        self.section.activated.connect(self._take_section)
        self._hosts: dict[str, TickBox] = {}
        self._hosts_column = column(gap=4)
        hosts = QWidget()
        hosts.setLayout(self._hosts_column)
        self.write = FilledButton(_("Write the request file…"))
        self.note = OutlineButton(_("Only note who answers"))
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.body.addWidget(PlainLabel(_("Ask for evidence"), "heading"))
        self.body.addWidget(
            PlainLabel(
                _(
                    "Writes one small signed file. Send it by any channel: it holds the questions, and nothing that "
                    "you answered. They open it in Attestry, answer, and send one sealed file back."
                ),
                "quiet",
                wrap=True,
            )
        )
        form = Form()
        form.row(_("Who"), self.to)
        form.row(_("About"), self.picker)
        form.row("", beside(self.section))
        form.row(_("Until"), self.due)
        form.row(_("Message"), self.message)
        form.row(_("Hosts"), hosts)
        form.row("", beside(self.write, self.note))
        form.under(self.problem)
        self.body.addWidget(form)
        self.write.clicked.connect(lambda: self._take(writing=True))
        self.note.clicked.connect(lambda: self._take(writing=False))
        self.to.textChanged.connect(lambda: self.say(""))
        self.picker.changed.connect(lambda: self.say(""))
        self.due.changed.connect(lambda: self.say(""))
        self.show_hosts()

    def show_hosts(self) -> None:
        """The hosts of the scope as it is now; what was ticked stays ticked."""
        ticked = {subject for subject, tick in self._hosts.items() if tick.isChecked()}
        subjects = tuple(host.subject for host in self._session.assessment.scope.hosts)
        if subjects == tuple(self._hosts) and self._hosts_column.count():
            return
        empty(self._hosts_column)
        self._hosts = {}
        for subject in subjects:
            tick = TickBox(subject)
            tick.setChecked(subject in ticked)
            self._hosts[subject] = tick
            self._hosts_column.addWidget(tick)
        if not subjects:
            self._hosts_column.addWidget(PlainLabel(_("No host is in the scope yet."), "quiet"))
        else:
            hint = _("They may look at the ticked ones from where they are, after they agree to it.")
            self._hosts_column.addWidget(PlainLabel(hint, "quiet", wrap=True))

    def clear(self) -> None:
        """Ready for the next request."""
        self.to.clear()
        self.message.setText("")
        self.due.set_iso("")
        self.picker.clear()

    def say(self, sentence: str) -> None:
        """What keeps it from being written, under the button."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _take_section(self, index: int) -> None:
        self.picker.take(self.section.itemData(index) or ())
        self.section.setCurrentIndex(0)

    def _take(self, *, writing: bool) -> None:
        try:
            due = self.due.day()
        except ValueError as error:
            self.say(str(error))
            return
        if not self.to.text().strip():
            self.say(_("Say who is asked."))
            self.to.setFocus()
        elif not self.picker.picked:
            self.say(_("Choose at least one requirement."))
            self.picker.show_search(True)
            self.picker.search.setFocus()
        else:
            self.say("")
            hosts = tuple(subject for subject, tick in self._hosts.items() if tick.isChecked())
            ask = Ask(self.to.text().strip(), self.picker.picked, due, self.message.text().strip(), hosts)
            (self.asked if writing else self.assigned).emit(ask)

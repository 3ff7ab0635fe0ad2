"""Questions about people: how to reach somebody, and what somebody declares."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from wizard.domain.answers import Row, Value
from wizard.domain.language import _
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import LineField, TickBox
from wizard.gui.widgets.plain import PlainLabel, label_for


class ContactQuestion(QuestionWidget):
    """Name, e-mail and phone of one person or team."""

    def build(self) -> QWidget:
        self._lines = {"name": LineField(), "email": LineField(), "phone": LineField()}
        labels = {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone")}
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, (id, line) in enumerate(self._lines.items()):
            line.setMaximumWidth(420)
            line.setAccessibleName(labels[id])
            line.textChanged.connect(self.changed)
            grid.addWidget(label_for(labels[id], line, "quiet"), number, 0)
            grid.addWidget(line, number, 1)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnMinimumWidth(1, 420)
        grid.setColumnStretch(2, 1)
        inside.setFocusProxy(self._lines["name"])
        self.body.addWidget(inside)
        return inside

    def value(self) -> Value:
        email = self._lines["email"].text().strip()
        if email and ("@" not in email[1:-1] or " " in email):
            raise ValueError(_("This e-mail address has no “@” inside, so it is not saved yet."))
        cells = ((id, line.text().strip()) for id, line in self._lines.items())
        return Row(tuple((id, text) for id, text in cells if text))

    def show_value(self, value: Value) -> None:
        for id, line in self._lines.items():
            text = value.get(id) if isinstance(value, Row) else ""
            if line.text() != text:
                line.setText(text)


class DeclarationQuestion(QuestionWidget):
    """A sentence that a named person declares, with role and day."""

    def build(self) -> QWidget:
        panel = Panel(inset=True)
        panel.body.addWidget(PlainLabel(self.question.statement, wrap=True))
        self._accepted = TickBox(_("I declare this"))
        self._accepted.setAccessibleDescription(self.question.statement)
        self._accepted.clicked.connect(self._ticked)
        self._name, self._role, self._day = LineField(), LineField(), DayField()
        labels = ((_("Name"), self._name), (_("Role"), self._role), (_("Date"), self._day))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        for number, (label, field) in enumerate(labels):
            field.setAccessibleName(label)
            grid.addWidget(label_for(label, field, "quiet"), number, 0)
            grid.addWidget(field, number, 1)
        for line in (self._name, self._role):
            line.setMaximumWidth(420)
            line.textChanged.connect(self.changed)
        self._day.changed.connect(self.changed)
        panel.body.addLayout(grid)
        panel.body.addWidget(self._accepted)
        panel.setFocusProxy(self._name)
        self.body.addWidget(panel)
        return panel

    def value(self) -> Value:
        cells = {
            "name": self._name.text().strip(),
            "role": self._role.text().strip(),
            "date": self._day.iso(),
            "accepted": "yes" if self._accepted.isChecked() else "",
        }
        if cells["accepted"] and not (cells["name"] and cells["role"]):
            raise ValueError(_("A declaration needs the name and the role of who makes it; it is not saved yet."))
        return Row(tuple((id, text) for id, text in cells.items() if text))

    def show_value(self, value: Value) -> None:
        row = value if isinstance(value, Row) else Row(())
        for line, id in ((self._name, "name"), (self._role, "role")):
            if line.text() != row.get(id):
                line.setText(row.get(id))
        self._day.set_iso(row.get("date"))
        self._accepted.setChecked(row.get("accepted") == "yes")

    def _ticked(self, on: bool) -> None:
        if on and not self._day.line.text().strip():
            self._day.line.setText(_("today"))
            self._day.set_iso(self._day.iso())
        self.changed()

"""Questions with one field: text, number, date, length of time, and lists a line each."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain.answers import Value
from wizard.domain.language import _, ngettext
from wizard.gui.models.spelling import duration_parts, duration_text, duration_units, number_text
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import PlainLabel


class TextQuestion(QuestionWidget):
    """Free text that grows."""

    def build(self) -> QWidget:
        self._text = GrowingText(lines=1)
        self._text.textChanged.connect(self.changed)
        self.body.addWidget(self._text)
        return self._text

    def value(self) -> Value:
        return self._text.text().strip()

    def show_value(self, value: Value) -> None:
        self._text.setText(value if isinstance(value, str) else "")


class ListQuestion(QuestionWidget):
    """Several texts, a line each; pasting many lines gives many."""

    def build(self) -> QWidget:
        self._text = GrowingText(hint=_("One a line"), lines=2)
        self._text.textChanged.connect(self._count)
        self._text.textChanged.connect(self.changed)
        self._number = PlainLabel("", "quiet")
        self.body.addWidget(self._text)
        self.body.addWidget(self._number)
        self._count()
        return self._text

    def value(self) -> Value:
        return self._lines()

    def show_value(self, value: Value) -> None:
        lines = [item for item in value if isinstance(item, str)] if isinstance(value, tuple) else []
        self._text.setText("\n".join(lines))

    def _lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self._text.text().splitlines() if line.strip())

    def _count(self) -> None:
        count = len(self._lines())
        self._number.setText(ngettext("{n} entry", "{n} entries", count).format(n=count))
        self._number.setVisible(count > 1)


class NumberQuestion(QuestionWidget):
    """A number with its unit."""

    def build(self) -> QWidget:
        self._number = LineField()
        self._number.setMaximumWidth(160)
        self._number.textChanged.connect(self.changed)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._number)
        row.addWidget(PlainLabel(self.question.unit, "quiet"))
        row.addStretch()
        self.body.addLayout(row)
        return self._number

    def value(self) -> Value:
        return number_text(self._number.text(), self.question.minimum, self.question.maximum)

    def show_value(self, value: Value) -> None:
        self._number.setText(value if isinstance(value, str) else "")


class DateQuestion(QuestionWidget):
    """A day, typed or picked."""

    def build(self) -> QWidget:
        self._day = DayField()
        self._day.changed.connect(self.changed)
        self.body.addWidget(self._day)
        return self._day

    def value(self) -> Value:
        day = self._day.day()
        if day is None:
            return ""
        least, most = self.question.minimum, self.question.maximum
        if (least and day.isoformat() < least) or (most and day.isoformat() > most):
            raise ValueError(_("This day is outside of what can be, so it is not saved yet."))
        return day.isoformat()

    def show_value(self, value: Value) -> None:
        self._day.set_iso(value if isinstance(value, str) else "")


class DurationQuestion(QuestionWidget):
    """A length of time: an amount and what it counts."""

    def build(self) -> QWidget:
        self._amount = LineField()
        self._amount.setMaximumWidth(100)
        self._amount.textChanged.connect(self.changed)
        self._unit = ComboField()
        for unit, word in duration_units():
            self._unit.addItem(word, unit)
        self._unit.setCurrentIndex(2)
        self._unit.setAccessibleName(_("Unit"))
        self._unit.activated.connect(self.chosen)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._amount)
        row.addWidget(self._unit)
        row.addStretch()
        self.body.addLayout(row)
        return self._amount

    def value(self) -> Value:
        return duration_text(self._amount.text(), str(self._unit.currentData()))

    def show_value(self, value: Value) -> None:
        parts = duration_parts(value) if isinstance(value, str) else None
        self._amount.setText(parts[0] if parts else value if isinstance(value, str) else "")
        if parts:
            self._unit.setCurrentIndex(self._unit.findData(parts[1]))

    def _enable(self, on: bool) -> None:
        self._amount.setEnabled(on)
        self._unit.setEnabled(on)

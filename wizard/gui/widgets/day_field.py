"""A day, typed in any of the usual ways or picked from a calendar that opens in the page."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.models.spelling import parse_day
from wizard.gui.widgets.buttons import IconButton
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.plain import PlainLabel


class DayField(QWidget):
    """`changed` at every key; `day()` raises ValueError with the sentence for something that is not a day."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.line = LineField(hint=_("YYYY-MM-DD"))
        self.line.setMaximumWidth(180)
        self.line.textChanged.connect(self._changed)
        self.line.editingFinished.connect(self._tidy)
        self._pick = IconButton("calendar", _("Pick a day"))
        self._pick.clicked.connect(self._turn)
        self._words = PlainLabel("", "quiet")
        self._calendar: QCalendarWidget | None = None
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line)
        row.addWidget(self._pick)
        row.addWidget(self._words)
        row.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(row)
        self.setFocusProxy(self.line)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def day(self) -> date | None:
        """The day that is typed; None while there is none."""
        return parse_day(self.line.text())

    def iso(self) -> str:
        """The day as ISO 8601, or ""."""
        day = self.day()
        return day.isoformat() if day else ""

    def set_iso(self, text: str) -> None:
        """Show a day that was recorded."""
        if text != self.line.text():
            self.line.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._calendar is not None and self._calendar.isVisible():
            self._calendar.hide()
            self.line.setFocus()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        try:
            day = self.day()
        except ValueError:
            day = None
        self._words.setText(words.day(day) if day else "")
        self.changed.emit()

    def _tidy(self) -> None:
        try:
            self.set_iso(self.iso())
        except ValueError:
            return  # what is not a day stays as it was typed, the question says why

    def _turn(self) -> None:
        if self._calendar is None:
            self._calendar = QCalendarWidget()
            self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            self._calendar.setFixedSize(300, 220)
            self._calendar.clicked.connect(self._picked)
            self._calendar.activated.connect(self._picked)
            self._calendar.hide()
            self._column.addWidget(self._calendar)
        try:
            day = self.day()
        except ValueError:
            day = None
        if day:
            self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._calendar.setVisible(self._calendar.isHidden())
        if self._calendar.isVisible():
            self._calendar.setFocus()

    def _picked(self, day: QDate) -> None:
        if self._calendar is not None:
            self._calendar.hide()
        self.line.setText(date(day.year(), day.month(), day.day()).isoformat())
        self.line.setFocus()

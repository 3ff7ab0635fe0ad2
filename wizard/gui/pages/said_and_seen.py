"""What was said at the left, what was seen at the right, each with its time; only the side that disagrees is tinted."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wizard.gui import words
from wizard.gui.pages.card_words import Column
from wizard.gui.widgets.card import upright
from wizard.gui.widgets.plain import FactLabel, PlainLabel


class _Side(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        self._heading = PlainLabel("", "quiet")
        self._when = PlainLabel("", "quiet")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._when)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 8)
        column.setSpacing(1)
        column.addLayout(head)
        column.addLayout(self._lines)
        column.addStretch(1)
        self._shown: Column | None = None

    def show_column(self, column: Column, now: datetime) -> None:
        """Show another column; nothing is drawn anew while it is the same."""
        self._when.setText(words.ago(column.at, now) if column.at else "")
        self._when.setToolTip(words.exactly(column.at) if column.at else "")
        if column == self._shown:
            return
        self._shown = column
        self._heading.setText(column.heading)
        while self._lines.count():
            item = self._lines.takeAt(0)
            old = item.widget() if item else None
            if old is not None:
                old.hide()
                old.deleteLater()
        for line in column.lines:
            label = FactLabel(line.text) if line.fact else PlainLabel(line.text, line.role, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(label)
        self.setProperty("against", column.against)
        self.style().unpolish(self)
        self.style().polish(self)


class SaidAndSeen(QFrame):
    """The two columns; without anything seen only the left one."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("sides")
        self._said, self._seen = _Side(), _Side()
        self._line = upright()
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        row.addWidget(self._said, 1)
        row.addWidget(self._line)
        row.addWidget(self._seen, 1)

    def show_both(self, said: Column, seen: Column | None, now: datetime) -> None:
        """Show what was said and what was seen."""
        self._said.show_column(said, now)
        self._seen.setVisible(seen is not None)
        self._line.setVisible(seen is not None)
        if seen is not None:
            self._seen.show_column(seen, now)

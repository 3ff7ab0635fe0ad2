"""Rows of a form: the label left, the field right, and a quiet sentence under it that says what it is for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from wizard.gui.widgets.plain import PlainLabel

#: Where fields begin, and how wide they are at most.
LABELS = 164
FIELDS = 480


class Form(QWidget):
    """Headings and rows one under the other, all fields in one column."""

    def __init__(self, parent: QWidget | None = None, *, fields: int = FIELDS, labels: int = LABELS):
        super().__init__(parent)
        self._fields = fields
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, labels)
        self._grid.setColumnMinimumWidth(1, fields)
        self._grid.setColumnStretch(2, 1)
        self._row = 0

    def heading(self, text: str) -> PlainLabel:
        """A heading over the rows that follow."""
        label = PlainLabel(text, "heading")
        if self._row:
            self._grid.setRowMinimumHeight(self._next(), 16)
        self._grid.addWidget(label, self._next(), 0, 1, 2)
        self._grid.setRowMinimumHeight(self._next(), 10)
        return label

    def row(self, label: str, field: QWidget | QLayout, hint: str = "") -> PlainLabel | None:
        """A row. A widget becomes the buddy of its label, so that Alt and a letter and screen readers find it."""
        words = PlainLabel(label)
        words.setMinimumHeight(32)
        words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        at = self._next()
        self._grid.addWidget(words, at, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(field, QWidget):
            field.setMaximumWidth(self._fields)
            words.setBuddy(field)
            if not field.accessibleName():
                field.setAccessibleName(label)
            self._grid.addWidget(field, at, 1)
        else:
            holder = QWidget()
            holder.setMaximumWidth(self._fields)
            field.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(field)
            self._grid.addWidget(holder, at, 1)
        quiet: PlainLabel | None = None
        if hint:
            quiet = PlainLabel(hint, "quiet", wrap=True)
            quiet.setMaximumWidth(self._fields)
            quiet.setContentsMargins(0, 4, 0, 0)
            self._grid.addWidget(quiet, self._next(), 1)
        self._grid.setRowMinimumHeight(self._next(), 8)
        return quiet

    def under(self, widget: QWidget) -> None:
        """Something that belongs to the field above it."""
        widget.setMaximumWidth(self._fields)
        self._grid.addWidget(widget, self._next(), 1)

    def over(self, widget: QWidget) -> None:
        """Something that belongs to the rows below it."""
        self.under(widget)
        self._grid.setRowMinimumHeight(self._next(), 6)

    def _next(self) -> int:
        self._row += 1
        return self._row


def empty(layout: QLayout) -> None:
    """Let everything in a layout go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def beside(*widgets: QWidget, gap: int = 8, stretch: bool = True) -> QHBoxLayout:
    """Widgets side by side."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    if stretch:
        row.addStretch(1)
    return row


def filters(place: QWidget, *others: QWidget) -> QHBoxLayout:
    """Fields that choose what a list shows: `place` may have long entries and gives way, the last takes the room."""
    place.setMaximumWidth(300)
    row = beside(place, *others, stretch=False)
    row.setStretch(row.count() - 1, 1)
    return row


def filling(field: QWidget, *others: QWidget) -> QHBoxLayout:
    """A field that takes all the room, and what stands behind it."""
    row = beside(field, *others, stretch=False)
    row.setStretch(0, 1)
    return row


def column(*widgets: QWidget, gap: int = 4) -> QVBoxLayout:
    """Widgets one under the other."""
    out = QVBoxLayout()
    out.setContentsMargins(0, 0, 0, 0)
    out.setSpacing(gap)
    for widget in widgets:
        out.addWidget(widget)
    return out

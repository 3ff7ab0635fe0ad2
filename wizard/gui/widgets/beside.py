"""Keeps the details of a long list in sight: what stands beside the list goes along when the page is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

#: How far below the upper edge of the page it stands.
_GAP = 12


class Beside(QWidget):
    """A column as high as the list beside it; `what` moves up and down inside.

    What is lower than the page always stands at its top. What is higher moves only as far as there is room behind it,
    so that each of its parts can be reached; `show_head` brings its beginning back.
    """

    def __init__(self, what: QWidget, area: QScrollArea):
        super().__init__()
        self._what, self._area = what, area
        self._at = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(what)
        column.addStretch(1)
        area.verticalScrollBar().valueChanged.connect(lambda _value: self._place())

    def show_head(self) -> None:
        """Something else is shown in it: begin with its beginning."""
        self._at = self._top()
        self._place()

    def event(self, event: QEvent) -> bool:
        """The layout has put it at the top of the column again."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _top(self) -> int:
        """Where the upper edge of the page is, in this column."""
        return _GAP - self.mapTo(self._area.viewport(), QPoint(0, 0)).y()

    def _place(self) -> None:
        top, height = self._top(), self._what.height()
        bottom = top - _GAP + self._area.viewport().height() - _GAP
        at = min(max(self._at, bottom - height), top) if height > bottom - top else top
        self._at = max(0, min(at, self.height() - height))
        self._what.move(0, self._at)

"""Scrolling never changes a value: a field inside a page leaves the wheel to the page unless it has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSpinBox


class WheelGuardedCombo(QComboBox):
    """A combo box that one has to enter before the wheel turns it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class WheelGuardedSpin(QSpinBox):
    """A number box that one has to enter before the wheel turns it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


#: entered by key or click, never by the wheel
FOCUS = Qt.FocusPolicy.StrongFocus

"""Scrolling never changes a value: a field inside a page ignores the wheel unless it is being typed in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class _Guard(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def guard_wheel(widget: QWidget) -> None:
    """Have `widget` (combo, spin or date box) leave the wheel to the page around it unless it has the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    guard = _Guard(widget)
    widget.installEventFilter(guard)

"""Does something soon, and once, however often it is asked for: a job may have more news than a window can draw."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class Soon(QTimer):
    """`ask()` has `do` called within `ms` milliseconds, on the window's thread."""

    def __init__(self, do: Callable[[], object], ms: int, parent: QObject):
        super().__init__(parent, singleShot=True, interval=ms)
        self.timeout.connect(do)

    def ask(self, *, at_once: bool = False) -> None:
        """Once more, please; what is asked for `at_once` is done before this returns."""
        if at_once:
            self.stop()
            self.timeout.emit()
        elif not self.isActive():
            self.start()


def draw_now(widget: QWidget) -> None:
    """Lay out and paint the window of `widget` at once, before a job begins that takes its turns from it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    widget.window().repaint()

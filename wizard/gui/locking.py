"""Notices that nobody is at the computer, so that an open assessment is locked."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_ALIVE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """`idle` once nothing was pressed or moved in the watched window for as long as `limit_seconds` says."""

    idle = Signal()

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self.limit_seconds = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(self, interval=5000)
        self._timer.timeout.connect(self.look)

    def start(self, limit_seconds: float) -> None:
        """Watch from now on; 0 never locks."""
        self.limit_seconds = limit_seconds
        self._last = time.monotonic()
        if limit_seconds > 0:
            self._timer.start()
        else:
            self._timer.stop()

    def stop(self) -> None:
        """Watch no more."""
        self.limit_seconds = 0.0
        self._timer.stop()

    def look(self) -> None:
        """Say `idle` when it is time."""
        if time.monotonic() - self._last >= self.limit_seconds:
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ALIVE:
            self._last = time.monotonic()
        return False

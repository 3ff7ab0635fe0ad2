"""Notices that nobody is at the computer, or that it slept, so that an open assessment is locked."""

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


_LOOK_MS = 5000
#: When the computer's clock went on by so much more between two looks, the computer slept.
_SLEPT_SECONDS = 30.0


class IdleWatch(QObject):
    """`idle` once nothing was pressed or moved in the watched window for as long as `limit_seconds` says.

    A computer that slept says so too: whoever wakes it need not be the one who put it to sleep. No system of ours tells
    all desktops' sleep in one way, but the clock jumps on each of them.
    """

    idle = Signal()

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self.limit_seconds = 0.0
        self._last = time.monotonic()
        self._looked = time.time()
        self._slept = False
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self, limit_seconds: float) -> None:
        """Watch from now on; 0 never locks."""
        self.limit_seconds = limit_seconds
        self._last = time.monotonic()
        self._looked, self._slept = time.time(), False
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
        now = time.time()
        self._slept = self._slept or now - self._looked > _LOOK_MS / 1000 + _SLEPT_SECONDS
        self._looked = now
        if self._slept or time.monotonic() - self._last >= self.limit_seconds:
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ALIVE:
            self._last = time.monotonic()
        return False

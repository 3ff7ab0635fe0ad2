"""Has Python collect its garbage on the thread of the window only.

A widget in a cycle that is collected on a job's thread is destroyed there, while the window uses it. Python cannot say
on which thread it collects, so its own collecting is off while there is a window, and a timer does it in small steps.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100


class Collector(QObject):
    """Collects as Python would, by the same counts; on this thread. Lives as long as `parent`."""

    def __init__(self, parent: QObject):
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(collect)
        timer.start(_EVERY_MS)


def collect() -> None:
    """Collect the oldest generation whose count is over its threshold, if any is."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return

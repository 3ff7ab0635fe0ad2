"""Has Python collect its garbage on the thread of the window only.

A widget in a cycle that is collected on a job's thread is destroyed there, while the window uses it. Python cannot say
on which thread it collects, so its own collecting is off while there is a window, and a timer does it in small steps.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100
#: After so many collections of the youngest generation, the middle one is due (Python waits for ten).
_MIDDLE = 3


class Collector(QObject):
    """Collects as Python would, by the same counts; on this thread. Lives as long as `parent`."""

    def __init__(self, parent: QObject):
        super().__init__(parent)
        gc.disable()
        # What is there before the first window (modules, classes) stays for ever: no step need look through it again.
        gc.freeze()
        self._old = 0
        timer = QTimer(self)
        timer.timeout.connect(self._collect)
        timer.start(_EVERY_MS)

    def _collect(self) -> None:
        self._old = collect(self._old)


def collect(old: int = 0) -> int:
    """Collect the oldest generation whose count is over its threshold, if any is.

    The middle one sooner than Python would, so that no step takes long beside a job that makes much. All of them (which
    takes 50 ms for 100,000 objects) only when as many have come as the `old` ones that the last time left: otherwise
    the window would stand still again and again for what it has long had. Returns what is `old` the next time.
    """
    due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    middle = gc.get_count()[1] >= _MIDDLE
    if due[2] and middle and len(gc.get_objects(generation=2)) > old * 2:
        gc.collect(2)
        return len(gc.get_objects(generation=2))
    if middle:
        gc.collect(1)
    elif due[0]:
        gc.collect(0)
    return old

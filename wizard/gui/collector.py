"""Has Python collect its garbage on the thread of the window only.

A widget in a cycle that is collected on a job's thread is destroyed there, while the window uses it. Python cannot say
on which thread it collects, so its own collecting is off while there is a window, and a timer does it in small steps.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

#: How often it is asked whether something is due, and how soon again after something was: a job that makes much leaves
#: 20,000 objects in a tenth of a second, which take 10 ms.
_EVERY_MS, _AGAIN_MS = 100, 25


class Collector(QObject):
    """Collects as Python would, by the same counts; on this thread. Lives as long as `parent`."""

    def __init__(self, parent: QObject):
        super().__init__(parent)
        gc.disable()
        # What is there before the first window (modules, classes) stays for ever: no step need look through it again.
        gc.freeze()
        self._held = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(_EVERY_MS)

    def _collect(self) -> None:
        wait = _AGAIN_MS if gc.get_count()[0] > gc.get_threshold()[0] else _EVERY_MS
        if wait != self._timer.interval():
            self._timer.setInterval(wait)
        self._held = collect(self._held)


def collect(held: int = 0) -> int:
    """Collect the oldest generation whose count is over its threshold, if any is.

    The middle one every second time, where Python waits for ten, so that no step takes long beside a job that makes
    much. All of them (which takes 50 ms for 100,000 objects) only when half as much memory again is held as the last
    time left, in blocks of it (`held`): otherwise the window would stand still again and again for what it has long
    had. Memory, because to count the objects Python lists them, which takes 10 ms; and a tuple that another thread is
    filling meanwhile stands in that list too, and can then not be filled any more. Returns what is `held` the next
    time.
    """
    counts = gc.get_count()
    due = [count > most for count, most in zip(counts, gc.get_threshold(), strict=True)]
    middle = due[0] and counts[1] > 0
    if due[2] and middle and sys.getallocatedblocks() > held * 3 // 2:
        gc.collect(2)
        return sys.getallocatedblocks()
    if middle:
        gc.collect(1)
    elif due[0]:
        gc.collect(0)
    return held

"""The binding is sound: PySide6 6.12.0 dropped a reference to True at every emit and aborted."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication


class _Speaker(QObject):
    said = Signal()
    valued = Signal(object)


def test_emitting_keeps_the_references_of_true(app: QApplication) -> None:
    speaker = _Speaker()
    heard: list[object] = []
    speaker.valued.connect(heard.append)
    before = sys.getrefcount(True)
    for _number in range(2000):
        speaker.said.emit()
    moved = sys.getrefcount(True) - before
    assert abs(moved) < 50, f"this PySide6 moves sys.getrefcount(True) by {moved} in 2000 emits: use another version"

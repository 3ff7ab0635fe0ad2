"""Garbage is collected on the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wizard.gui.collector import Collector, collect


class Cycle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qapp: object) -> Iterator[None]:
    parent = QObject()
    Collector(parent)
    yield
    assert gc.get_freeze_count() > 10_000
    parent.deleteLater()
    gc.unfreeze()
    gc.enable()


def test_another_thread_makes_garbage_and_this_one_collects_it(collector: None, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            threads.append(threading.current_thread())

    gc.callbacks.append(note)
    try:
        busy = threading.Thread(target=lambda: [Cycle() for _n in range(50_000)])
        busy.start()
        busy.join()
        assert not threads
        qtbot.waitUntil(lambda: bool(threads) and not any(isinstance(each, Cycle) for each in gc.get_objects()))
        assert set(threads) == {threading.main_thread()}
    finally:
        gc.callbacks.remove(note)


def test_all_of_them_only_after_half_as_much_memory_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    blocks = 1000
    with monkeypatch.context() as patch:
        patch.setattr(gc, "get_count", lambda: (701, 1, 11))
        patch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        patch.setattr(gc, "collect", done.append)
        # a tuple that another thread is filling stands in this list too, and can then not be filled: SystemError there
        patch.setattr(gc, "get_objects", lambda **_which: pytest.fail("what others are making is listed"))
        patch.setattr(sys, "getallocatedblocks", lambda: blocks)
        held = collect(collect())
        assert (held, done) == (1000, [2, 1]), "nothing has come"
        blocks = 1500
        assert (collect(held), done) == (1000, [2, 1, 1])
        blocks = 1501
        assert collect(held) == 1501
    assert done == [2, 1, 1, 2]

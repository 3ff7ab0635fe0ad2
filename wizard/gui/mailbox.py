"""Carries news from other threads to the window: all the threading that Qt ever sees."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


class Mailbox(QObject):
    """Calls posted from any thread run on the window's thread, in order, one a turn of the event loop."""

    _rang = Signal()

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._calls: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._closed = False
        self._rang.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], object]) -> None:
        """Run `call` on the window's thread soon; after `close` it is let go."""
        if not self._closed:
            self._calls.put(call)
            self._rang.emit()

    def carry(self, hear: Callable[[T], object]) -> Callable[[T], None]:
        """A function for other threads that has `hear` called on the window's thread."""
        return lambda news: self.post(lambda: hear(news))

    def when_done(self, future: Future[T], then: Callable[[T], object], failed: Callable[[Exception], object]) -> None:
        """Call `then` with the future's value, or `failed` with what went wrong; neither when it was cancelled."""

        def done(finished: Future[T]) -> None:
            try:
                value = finished.result()
            except CancelledError:
                return
            except Exception as error:
                wrong = error
                self.post(lambda: failed(wrong))
                return
            self.post(lambda: then(value))

        future.add_done_callback(done)

    def close(self) -> None:
        """Carry nothing any more: the window is gone."""
        self._closed = True

    def _open(self) -> None:
        call = self._calls.get_nowait()
        if not self._closed:
            call()

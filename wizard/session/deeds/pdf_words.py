"""Reads the words of PDFs for the scan for secrets: each in the limited child, from whatever thread searches."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable

from wizard.domain.codec import Unreadable, from_json
from wizard.domain.language import _
from wizard.formats.text import MAX_BYTES, NoText, PdfText

#: A scan spends so long on PDFs; those that are left then count as not read.
SECONDS = 60.0
_KEPT_BYTES = 16 * 1024 * 1024
_LOOK_AT_STOP = 0.1


class PdfWords:
    """`PdfWords(stopped)(data)` are the words of a PDF. Raises `NoText`, also when Stop was pressed.

    A file that was read before is not read again: it lies in the folder and in the history alike.
    """

    def __init__(self, stopped: Callable[[], bool], seconds: float = SECONDS) -> None:
        self._stopped = stopped
        self._left = seconds
        self._kept: dict[bytes, PdfText] = {}
        self._room = _KEPT_BYTES
        self._lock = threading.Lock()

    def __call__(self, data: bytes) -> PdfText:
        """Read one, and wait for it."""
        digest = hashlib.sha256(data).digest()
        with self._lock:
            if (known := self._kept.get(digest)) is not None:
                return known
            if self._left <= 0:
                raise NoText(_("There are so many PDFs that not all of them were read."))
        if len(data) > MAX_BYTES:
            raise NoText(_("This PDF is larger than 64 MB, so its words were not read."))
        import asyncio  # most scans meet no PDF

        began = time.monotonic()
        try:
            text = asyncio.run(self._ask(data))
        finally:
            with self._lock:
                self._left -= time.monotonic() - began
        size = len(text.words) + sum(len(file.content) for file in text.attached)
        with self._lock:
            if size <= self._room and digest not in self._kept:
                self._room -= size
                self._kept[digest] = text
        return text

    async def _ask(self, data: bytes) -> PdfText:
        import asyncio

        from wizard.jobs import worker_process

        asking = asyncio.create_task(worker_process.ask("words", {}, data))
        while not asking.done():
            await asyncio.wait({asking}, timeout=_LOOK_AT_STOP)
            if self._stopped():
                asking.cancel()
                await asyncio.wait({asking})
                raise NoText(_("It was stopped."))
        try:
            return from_json(PdfText, json.loads(asking.result().data))
        except (worker_process.WorkerRefused, worker_process.WorkerFailed) as failed:
            raise NoText(failed.sentence) from failed
        except (ValueError, Unreadable) as broken:
            raise NoText(_("This PDF could not be read.")) from broken

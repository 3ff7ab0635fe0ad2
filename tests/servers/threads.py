"""A scripted server on a thread of its own, for programs that look at it from their own event loop or process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve


@contextmanager
def running(answer: Callable[[Request], Page], seen: list[Request] | None = None) -> Iterator[int]:
    """The port on loopback, with a certificate of the test authority for localhost."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    port: list[int] = []

    async def serving() -> None:
        async with serve(scripted(answer, seen), certs.good()) as opened:
            port.append(opened.number)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serving(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield port[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()

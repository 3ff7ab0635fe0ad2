"""A proxy in a process of its own that makes a round trip last: half of it each way, and a whole one to connect.

python -m benchmarks.checks.latency TARGET_PORT MILLISECONDS     prints its port; each line on stdin prints
                                                                 how many connections it has seen
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


class Proxy:
    def __init__(self, target: int, round_trip: float) -> None:
        self._target, self._half = target, round_trip / 2
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # The kernel has taken the connection at once: what a real connect costs is added to the first bytes.
        ready = asyncio.get_running_loop().time() + 2 * self._half
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pump(reader, back, ready), self._pump(there, writer, 0.0))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, ready: float) -> None:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            data = b"x"
            while data:
                try:
                    data = await source.read(65536)
                except OSError:
                    data = b""
                queue.put_nowait((max(loop.time(), ready) + self._half, data))

        task = asyncio.create_task(read())
        with suppress(OSError):
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not data:
                    break
                sink.write(data)
                await sink.drain()
        task.cancel()
        sink.close()


async def main() -> None:
    proxy = Proxy(int(sys.argv[1]), float(sys.argv[2]) / 1000)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], "-", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(proxy.connections, flush=True)


if __name__ == "__main__":
    asyncio.run(main())

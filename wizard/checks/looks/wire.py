"""One connection of ours: a socket that never blocks, with or without TLS, and nothing between us and its bytes.

The library's own streams cost a handshake half its time again, and go on reading a socket that was given up.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import TypeVar

T = TypeVar("T")

_PIECE = 16 * 1024


class Wire:
    """A connection to an address. Who opens it closes it; every wait may be cancelled.

    Raises `OSError` (`ssl.SSLError` is one); time limits are the caller's.
    """

    def __init__(self, address: str) -> None:
        self._sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        self._sock.setblocking(False)
        self._address = address
        self._loop = asyncio.get_running_loop()
        #: after `shake_hands`
        self.tls: ssl.SSLObject | None = None

    def close(self) -> None:
        """Close at once, without a farewell."""
        self._sock.close()

    async def connect(self, port: int) -> None:
        """Connect to that very address, and see that it is the one that answered."""
        with suppress(OSError):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._loop.sock_connect(self._sock, (self._address, port))
        peer = str(self._sock.getpeername()[0])
        wanted = self._address
        if peer != wanted and ip_address(peer.partition("%")[0]) != ip_address(wanted.partition("%")[0]):
            raise OSError(errno.EHOSTUNREACH, "another address answered")

    async def shake_hands(self, context: ssl.SSLContext, name: str) -> None:
        """Begin TLS for the host's name; raises `ssl.SSLCertVerificationError` when the context does not trust."""
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        # As bytes, because a name as text is taken through IDNA again each time; names of the scope are ASCII.
        self.tls = context.wrap_bio(self._coming, self._going, server_hostname=name.encode("ascii"))
        try:
            await self._step(self.tls.do_handshake)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise ConnectionResetError(errno.ECONNRESET, "ended during the handshake") from error
        await self._flush()

    async def send(self, data: bytes) -> None:
        """Send everything."""
        if self.tls is None:
            await self._loop.sock_sendall(self._sock, data)
            return
        for start in range(0, len(data), _PIECE):
            piece, tls = data[start : start + _PIECE], self.tls
            await self._step(lambda piece=piece, tls=tls: tls.write(piece))  # type: ignore[misc]
        await self._flush()

    async def receive(self) -> bytes:
        """What has come, at most 16 KiB, waiting for something; b"" when the other side ended, with or without saying
        so.
        """
        if self.tls is None:
            return await self._loop.sock_recv(self._sock, _PIECE)
        tls = self.tls
        try:
            return await self._step(lambda: tls.read(_PIECE))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    def is_quiet(self) -> bool:
        """False when the other side has ended, or said what nobody asked for: then this connection is no more use."""
        try:
            if self.tls is None:
                self._sock.recv(1, socket.MSG_PEEK)
                return False
            self._came(self._sock.recv(_PIECE))
        except BlockingIOError:
            pass
        except OSError:
            return False
        try:
            return self.tls is None or not isinstance(self.tls.read(1), bytes)
        except ssl.SSLError as error:
            return isinstance(error, ssl.SSLWantReadError)

    async def _step(self, step: Callable[[], T]) -> T:
        """Do a step of TLS, feeding it until it is done."""
        first = True
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                await self._flush()
            if not first:
                # Records without content may come faster than we read: time limits must have their turn.
                await asyncio.sleep(0)
            first = False
            self._came(await self._loop.sock_recv(self._sock, _PIECE))

    def _came(self, data: bytes) -> None:
        if data:
            self._coming.write(data)
        else:
            self._coming.write_eof()

    async def _flush(self) -> None:
        if self._going.pending:
            await self._loop.sock_sendall(self._sock, self._going.read())

"""TLS servers made by hand that answer a ClientHello and nothing more: any version, any manner, any fault."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
AES_SHA, ECDHE_GCM, GCM_1_3, RC4, TRIPLE_DES, NULL_SHA = 0x002F, 0xC02F, 0x1301, 0x0005, 0x000A, 0x0002


@dataclass(frozen=True)
class Hello:
    """What a client offered."""

    record: int
    legacy: int
    versions: tuple[int, ...]
    suites: tuple[int, ...]
    extensions: dict[int, bytes]
    length: int

    @property
    def newest(self) -> int:
        return max(self.versions) if self.versions else self.legacy

    @property
    def name(self) -> str:
        sni = self.extensions.get(0, b"")
        return sni[5:].decode() if len(sni) > 5 else ""


async def read_hello(reader: asyncio.StreamReader) -> Hello:
    head = await reader.readexactly(5)
    body = await reader.readexactly(int.from_bytes(head[3:5], "big"))
    message = body[4:]
    legacy = int.from_bytes(message[:2], "big")
    at = 34
    at += 1 + message[at]
    count = int.from_bytes(message[at : at + 2], "big")
    suites = struct.unpack(f"!{count // 2}H", message[at + 2 : at + 2 + count])
    at += 2 + count
    at += 1 + message[at]
    extensions: dict[int, bytes] = {}
    at += 2
    while at + 4 <= len(message):
        kind, size = struct.unpack("!HH", message[at : at + 4])
        extensions[kind] = message[at + 4 : at + 4 + size]
        at += 4 + size
    versions: tuple[int, ...] = ()
    if 43 in extensions:
        raw = extensions[43][1:]
        versions = struct.unpack(f"!{len(raw) // 2}H", raw)
    return Hello(int.from_bytes(head[1:3], "big"), legacy, versions, suites, extensions, len(body))


def record(kind: int, version: int, payload: bytes) -> bytes:
    return struct.pack("!BHH", kind, version, len(payload)) + payload


def server_hello(version: int, suite: int, *, record_version: int | None = None, extensions: bytes = b"") -> bytes:
    legacy = min(version, TLS12)
    if version == TLS13:
        extensions += struct.pack("!HHH", 43, 2, TLS13) + struct.pack("!HHHH", 51, 36, 29, 32) + os.urandom(32)
    body = struct.pack("!H", legacy) + os.urandom(32) + b"\0" + struct.pack("!HB", suite, 0)
    if extensions:
        body += struct.pack("!H", len(extensions)) + extensions
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return record(22, record_version or legacy, message)


def alert(number: int, version: int = TLS12, level: int = 2) -> bytes:
    return record(21, version, bytes([level, number]))


def split(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@dataclass
class Manner:
    """How a hand-made server behaves. `suites` maps each version that it speaks to the suites that it takes.

    `refuse` says what happens to the rest: "70", "40" (alerts), "reset", "close", "silence".
    """

    suites: dict[int, tuple[int, ...]]
    refuse: str = "70"
    warn_first: bool = False
    record_pieces: int = 0
    tcp_pieces: int = 0
    record_version: int | None = None
    delay: float = 0.0
    first_suites_only: int = 0
    most_suites: int = 0
    hates_extensions: bool = False
    hates_names: bool = False
    needs_name: bool = False
    every_second_reset: bool = False
    at_once: int = 0
    per_second: int = 0
    hangs_256_to_511: bool = False
    own_names: dict[str, dict[int, tuple[int, ...]]] | None = None
    wrong_suite: bool = False
    seen: int = 0
    open: int = 0


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def speaking(manner: Manner) -> Handler:
    """The handler of a hand-made TLS server."""
    recent: list[float] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        manner.seen += 1
        manner.open += 1
        try:
            now = asyncio.get_running_loop().time()
            recent[:] = [t for t in recent if now - t < 1.0] + [now]
            over = manner.at_once and manner.open > manner.at_once
            often = manner.per_second and len(recent) > manner.per_second
            if (manner.every_second_reset and manner.seen % 2 == 0) or over or often:
                await asyncio.sleep(0.01)
                writer.transport.abort()
                return
            await _answer(manner, await read_hello(reader), writer)
            if manner.at_once:
                await asyncio.sleep(0.02)
        finally:
            manner.open -= 1

    return handler


async def _answer(manner: Manner, hello: Hello, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(manner.delay)
    if manner.hangs_256_to_511 and 256 <= hello.length <= 511:
        await asyncio.sleep(3600)
    if manner.most_suites and len(hello.suites) > manner.most_suites:
        writer.transport.abort()
        return
    if (manner.hates_extensions and hello.extensions and not hello.versions) or (manner.hates_names and hello.name):
        await _refuse("40", writer)
        return
    if manner.needs_name and not hello.name:
        writer.write(alert(112))
        await writer.drain()
        return
    speaks = (manner.own_names or {}).get(hello.name, manner.suites)
    offered = hello.suites[: manner.first_suites_only] if manner.first_suites_only else hello.suites
    lower = [v for v in speaks if v <= hello.newest and (v != TLS13 or hello.versions)]
    version = (
        max(lower, default=0) if not hello.versions else max((v for v in hello.versions if v in speaks), default=0)
    )
    common = [s for s in speaks.get(version, ()) if s in offered]
    if not version:
        await _refuse(manner.refuse, writer)
        return
    if not common:
        await _refuse("40" if manner.refuse == "70" else manner.refuse, writer)
        return
    data = server_hello(version, 0x00FF if manner.wrong_suite else common[0], record_version=manner.record_version)
    if manner.record_pieces:
        data = b"".join(record(22, min(version, TLS12), piece) for piece in split(data[5:], manner.record_pieces))
    if manner.warn_first:
        data = alert(112, level=1) + data
    for piece in split(data, manner.tcp_pieces or len(data)):
        writer.write(piece)
        await writer.drain()
        if manner.tcp_pieces:
            await asyncio.sleep(0.002)
    await asyncio.sleep(0.05)


async def _refuse(how: str, writer: asyncio.StreamWriter) -> None:
    match how:
        case "reset":
            writer.transport.abort()
        case "close":
            writer.close()
        case "silence":
            await asyncio.sleep(3600)
        case "split-alert":
            whole = alert(70)
            writer.write(record(21, TLS12, whole[5:6]) + record(21, TLS12, whole[6:7]))
            await writer.drain()
        case number:
            writer.write(alert(int(number)))
            await writer.drain()

"""How long catching up with 10,000 entries takes from a PostgreSQL server that is 20 ms away.

`python benchmarks/exchange/server_catch_up.py` prints one line a figure. The distance is a relay on loopback that holds
back every byte for half a round trip each way; TLS is verified through it.
"""

from __future__ import annotations

import contextlib
import io
import queue
import socket
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pyrage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.exchange.exchange_speed import signature, written
from tests.properties.exchange_replicas import NOW, WORKSPACE, Team
from tests.unit.exchange.test_exchange_postgres import serving
from wizard.domain.members import Member, Role
from wizard.exchange import packet
from wizard.exchange.postgres import PostgresCarrier
from wizard.vault import database, foreign, journal, migrations

HALF = 0.010


def relay(port: int) -> int:
    """A port on loopback behind which everything takes half a round trip longer each way."""
    listening = socket.create_server(("127.0.0.1", 0))

    def read(source: socket.socket, line: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        data = b"."
        while data:
            try:
                data = source.recv(1 << 20)
            except OSError:
                data = b""
            line.put((time.monotonic() + HALF, data))

    def write(target: socket.socket, line: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        while True:
            due, data = line.get()
            threading.Event().wait(max(0.0, due - time.monotonic()))
            with contextlib.suppress(OSError):
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)

    def accept() -> None:
        while True:
            one, _address = listening.accept()
            other = socket.create_connection(("localhost", port))
            for source, target in ((one, other), (other, one)):
                line: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                threading.Thread(target=read, args=(source, line), daemon=True).start()
                threading.Thread(target=write, args=(target, line), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listening.getsockname()[1])


def catch_up(carrier: PostgresCarrier, count: int, packets: int) -> tuple[float, float]:
    """Seconds from asking the server to everything checked and stored in a sealed database; and of a processor.

    All entries lie in so many `packets` of each of two authors.
    """
    team = Team(3)
    written(team, count)
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    for who, one in enumerate(team.journals[:2]):
        author = team.authors[who]
        sender = Member(author.id, author.public.hex(), "A", Role.CONTRIBUTOR, "")
        entries = tuple(foreign.entries(one, {}))
        each = -(-len(entries) // packets)
        for number in range(packets):
            part = entries[number * each : (number + 1) * each]
            manifest = packet.Manifest("bundle", WORKSPACE, sender, NOW, len(part), 0, "", ())
            sealed = io.BytesIO()
            packet.write(sealed, manifest, packet.entries_bytes(part), _nothing, author.key.sign, [recipient])
            sealed.seek(0)
            carrier.leave(author.id, number + 1, sealed)
    carrier.close()
    with tempfile.TemporaryDirectory() as folder:
        opened = database.Database(Path(folder) / database.NAME, b"k" * 32, create=True)
        migrations.bring_up(opened)
        own = journal.author_of(b"z" * 32)
        journal.introduce(opened, own)
        real = journal.Journal(opened, WORKSPACE, own, read_only="")
        begun, worked = time.perf_counter(), time.process_time()
        came: list[packet.Carried] = []
        for author_id, numbers in carrier.numbers().items():
            for number in numbers:
                path = Path(folder) / "packet"
                with path.open("wb") as out:
                    carrier.fetch(author_id, number, out)
                came += packet.read(path, identity).entries
        checked = foreign.check(real, WORKSPACE, own.id, came, team.keys)
        real.store(checked.rows, team.keys)
        took, work = time.perf_counter() - begun, time.process_time() - worked
        assert len(checked.rows) >= count
        opened.close()
    return took, work


def _nothing(item: packet.Item, out: object) -> None:
    """These packets carry no files."""


def _absent(reason: str) -> None:
    sys.exit(reason)


def main() -> int:
    """Print the figures."""
    for count, packets in ((2_500, 1), (5_000, 1), (10_000, 1), (10_000, 100)):
        with serving(_absent) as running:
            server = replace(running.server, port=relay(running.port))
            carrier = PostgresCarrier(server, WORKSPACE, "change-this")
            took, work = catch_up(carrier, count, packets)
            carrier.close()
            print(
                f"catch-up of {count:>6} entries in {2 * packets} packets at 20 ms: {took:.2f} s, "
                f"processor {work:.2f} s, of it {signature() * count:.2f} s signatures",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

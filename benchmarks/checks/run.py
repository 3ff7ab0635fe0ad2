"""Measures the live checks side by side with peers, in one run on one machine, and prints every figure.

    python -m benchmarks.checks.run [--peers DIR] [--json FILE]

Figures: the version matrix, versions with weak suites, a whole host, a hundred hosts, and a host behind a firewall
that drops old hellos; on loopback and with a round trip of 50 ms. Peers are asked for the version matrix only where
they are found: `sslscan` and `testssl` on the path or in DIR/system, `sslyze` and `cryptolyze` in DIR/NAME/bin (each
in an environment of its own, see `peers.sh`). A peer that is not found is named as left out. MDN's Observatory
asks ports 80 and 443 of a name only, so it cannot be measured through the proxy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from wizard.checks.base import Check
from wizard.checks.every import CHECKS, find
from wizard.checks.plan import HostLook, LookSettings, look
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

ROUND_TRIP = 50.0


@dataclass(frozen=True)
class Figure:
    what: str
    round_trip_ms: float
    ms: float
    round_trips: float | None
    connections: float | None
    target: str
    note: str = ""


class Helper:
    """A server or proxy in a process of its own."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"benchmarks.checks.{module}", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        port, root = self._process.stdout.readline().split()
        self.port, self.root = int(port), Path(root)

    def count(self) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


@contextmanager
def helper(module: str, *arguments: str) -> Iterator[Helper]:
    running = Helper(module, *arguments)
    try:
        yield running
    finally:
        running.stop()


def settings(authority: Path, names: Sequence[str] = ("localhost",)) -> LookSettings:
    return LookSettings(
        allow_private=True, ca_file=authority, plain_port=1, resolve=dict.fromkeys(names, ("127.0.0.1",))
    )


def ours(port: int, checks: Sequence[Check], authority: Path) -> HostLook:
    (found,) = asyncio.run(look([Host("localhost", port)], checks, settings(authority)))
    return found


def measure(
    what: str, checks: Sequence[Check], port: int, authority: Path, proxy: Helper | None, target: str, repeat: int = 7
) -> Figure:
    ours(port, checks, authority)
    times = []
    before = proxy.count() if proxy else 0
    for _ in range(repeat):
        began = time.perf_counter()
        found = ours(port, checks, authority)
        times.append((time.perf_counter() - began) * 1000)
        assert all(r.verdict is not Verdict.UNKNOWN for r in found.results), found.results
    connections = (proxy.count() - before) / repeat if proxy else None
    ms = statistics.median(times)
    trip = ROUND_TRIP if proxy else 0.0
    return Figure(what, trip, ms, ms / trip if trip else None, connections, target)


def hundred(port: int, authority: Path, round_trip: float) -> Figure:
    names = [f"h{i}.test.localhost" for i in range(100)]
    cpu, began = time.process_time(), time.perf_counter()
    found = asyncio.run(look([Host(n, port) for n in names], CHECKS, settings(authority, names)))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    lost = sum(r.verdict is Verdict.UNKNOWN for f in found for r in f.results)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{used * 10:.1f} ms CPU a host, {peak:.0f} MiB, {lost} lost answers"
    return Figure(
        "100 hosts, every check",
        round_trip,
        took * 1000,
        None,
        None,
        "<= 2000 ms, <= 20 ms CPU, <= 150 MiB, 0 lost",
        note,
    )


def stop(hosts: int = 100) -> Figure:
    """How long Stop takes while that many hosts say nothing: the kernel takes the connections, nobody answers."""

    async def run(port: int) -> float:
        names = [f"h{i}.test.localhost" for i in range(hosts)]
        pinned = LookSettings(allow_private=True, resolve=dict.fromkeys(names, ("127.0.0.1",)))
        task = asyncio.create_task(look([Host(n, port) for n in names], CHECKS, pinned))
        await asyncio.sleep(1)
        began = time.perf_counter()
        task.cancel()
        await asyncio.wait([task])
        return (time.perf_counter() - began) * 1000

    with socket.create_server(("127.0.0.1", 0), backlog=2000) as deaf:
        times = sorted(asyncio.run(run(deaf.getsockname()[1])) for _ in range(5))
    return Figure(
        f"stop with {hosts} silent hosts", 0.0, statistics.median(times), None, None, "<= 100 ms",
        f"longest {times[-1]:.0f} ms",
    )  # fmt: skip


def peers(folder: Path | None, port: int) -> Iterator[tuple[str, list[str] | None]]:
    place = f"localhost:{port}"
    inside = {"sslyze": ["--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--sslv3", place]}
    inside["cryptolyze"] = ["tls", "versions", place]
    for name, arguments in inside.items():
        found = folder / name / "bin" / name if folder else Path(name)
        yield name, [str(found), *arguments] if found.exists() else None
    for name, arguments in {
        "sslscan": ["--no-ciphersuites", "--no-renegotiation", "--no-fallback", "--no-compression", "--no-heartbleed",
                    "--no-groups", "--no-check-certificate", place],
        "testssl": ["--warnings", "off", "-p", place],
    }.items():  # fmt: skip
        path = shutil.which(name, path=_places(folder))
        yield name, [path, *arguments] if path else None


def _places(folder: Path | None) -> str:
    """The peer's own folder first: packages of the system unpacked there (testssl.sh is called testssl)."""
    return os.pathsep.join(filter(None, (str(folder / "system/usr/bin") if folder else "", os.environ.get("PATH", ""))))


def _surroundings(folder: Path | None) -> dict[str, str]:
    """What packages that were unpacked, not installed, need to find their own files."""
    if folder is None:
        return dict(os.environ)
    system = folder / "system"
    libraries = os.pathsep.join(str(path) for path in (system / "usr/lib").glob("*-linux-gnu"))
    return {
        **os.environ, "PATH": _places(folder), "LD_LIBRARY_PATH": libraries,
        "TESTSSL_INSTALL_DIR": str(system / "etc/testssl"),
    }  # fmt: skip


def run_peers(folder: Path | None, proxy: Helper, ours_ms: float) -> Iterator[Figure]:
    for name, command in peers(folder, proxy.port):
        if command is None:
            yield Figure(f"peer {name}: left out, not installed", ROUND_TRIP, 0, None, None, "")
            continue
        before, times = proxy.count(), []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False, timeout=300, env=_surroundings(folder))
            times.append((time.perf_counter() - began) * 1000)
        if proxy.count() == before:
            yield Figure(f"peer {name}: left out, does not run here", ROUND_TRIP, 0, None, None, "")
            continue
        ms = statistics.median(times)
        connections = (proxy.count() - before) / 3
        ratio = f"{ms / ours_ms:.1f} times ours"
        yield Figure(f"peer {name}, version matrix", ROUND_TRIP, ms, ms / ROUND_TRIP, connections, "", ratio)


def figures(folder: Path | None) -> Iterator[Figure]:
    versions, weak = find("tls-versions"), find("weak-suites")
    assert versions
    assert weak
    with helper("serving") as server, helper("latency", str(server.port), str(ROUND_TRIP)) as proxy:
        whole, authority = list(CHECKS), server.root
        yield measure("version matrix", [versions], server.port, authority, None, "")
        matrix = measure("version matrix", [versions], proxy.port, authority, proxy, "<= 4.3 RTT, <= 8 connections")
        yield matrix
        yield measure("versions and weak suites", [versions, weak], proxy.port, authority, proxy, "<= 5 RTT")
        yield measure("whole host, every check", whole, server.port, authority, None, "<= 25 ms")
        yield measure("whole host, every check", whole, proxy.port, authority, proxy, "<= 7 RTT")
        yield hundred(server.port, authority, 0.0)
        yield hundred(proxy.port, authority, ROUND_TRIP)
        yield stop()
        yield from run_peers(folder, proxy, matrix.ms)
    with helper("serving", "--silent") as silent:
        began = time.perf_counter()
        found = ours(silent.port, [versions], silent.root)
        ms = (time.perf_counter() - began) * 1000
        yield Figure("silent firewall", 0.0, ms, None, None, "<= 10000 ms", found.results[0].verdict.value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = []
    for figure in figures(asked.peers):
        found.append(figure)
        trips = f"{figure.round_trips:5.1f} RTT" if figure.round_trips else ""
        connections = f"{figure.connections:.1f} connections" if figure.connections else ""
        print(f"{figure.what:45} RTT {figure.round_trip_ms:3.0f}  {figure.ms:9.1f} ms  {trips:9} {connections:17} "
              f"{figure.target}  {figure.note}", flush=True)  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps([asdict(figure) for figure in found], indent=1))


if __name__ == "__main__":
    main()

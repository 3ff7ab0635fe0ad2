"""Two processes that take turns, one very large file, and disks that are full."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import figures
from figures import Figure
from vault_place import QUESTIONNAIRE, Place, said

from wizard.vault.mistakes import Cancelled


def _take_turns(folder: Path, home: Path, writes: int) -> None:
    """Open, write a few answers, close; look only while the other one writes."""
    place, left, looked = Place(folder, home), writes, 0
    while left:
        opened = place.open()
        if opened.read_only:
            looked += 1
            place.close()
            continue
        for _number in range(min(left, 25)):
            opened.journal.append(said(left), questionnaire=QUESTIONNAIRE)
            left -= 1
        place.close()
        threading.Event().wait(0.001)
    print(looked)


def two_processes(size: float) -> list[Figure]:
    """D10."""
    writes = max(100, round(5_000 * size))
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "Acme.attestry", Path(folder) / "home")
        place.create().close()
        command = [sys.executable, __file__, str(place.folder), str(place.home), str(writes)]
        both = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=figures.child_environment())
            for _n in range(2)
        ]
        looked = sum(int(child.communicate()[0]) for child in both)
        opened = place.open()
        failed = 2 * writes - opened.journal.count if opened.verify().ok else 2 * writes
        place.close()
    return [
        Figure("D10", "answers saved by two processes in turn", 2 * writes, failed, more=f"{looked} times only to read")
    ]


class _Zeros:
    """A file of so many bytes that lies nowhere."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._block = os.urandom(1024 * 1024)

    def read(self, wanted: int = -1) -> bytes:
        data = self._block[: min(wanted if wanted >= 0 else len(self._block), self._left)]
        self._left -= len(data)
        return data


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


def _large(folder: Path, home: Path, size: int) -> None:
    place = Place(folder, home)
    workspace = place.create()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stalls, running = [0.0], True

    def beat() -> None:
        while running:
            begun = time.perf_counter()
            threading.Event().wait(0.005)
            stalls.append(time.perf_counter() - begun - 0.005)

    heart = threading.Thread(target=beat)
    heart.start()
    begun = time.perf_counter()
    sealed = workspace.box.seal(_Zeros(size))  # type: ignore[arg-type]
    seal = time.perf_counter() - begun
    begun = time.perf_counter()
    workspace.box.open(sealed, _Nowhere())  # type: ignore[arg-type]
    opened = time.perf_counter() - begun
    stopped = threading.Event()
    threading.Timer(0.5, stopped.set).start()
    begun = time.perf_counter()
    try:
        workspace.box.seal(_Zeros(size), cancelled=stopped.is_set)  # type: ignore[arg-type]
    except Cancelled:
        cancel = time.perf_counter() - begun - 0.5
    running = False
    heart.join()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    left = len(list((folder / "evidence").glob(".*")))
    mib = size / 1024**2
    print(f"{mib / seal:.0f} {mib / opened:.0f} {cancel:.2f} {grown:.0f} {max(stalls) * 1000:.0f} {left}")


def large(size: float) -> list[Figure]:
    """D15: one gigabyte, and the stricter bars of the design: 40 MB, 50 ms, stopped within 200 ms."""
    whole = round(1024**3 * size)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, f"{folder}/Acme.attestry", f"{folder}/home", "large", str(whole)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=figures.child_environment())
    seal, opened, cancel, grown, stall, left = map(float, done.stdout.split())
    failed = (grown >= 40) + (cancel >= 0.2) + (left > 0) + (min(seal, opened) < 50) + (stall >= 50)
    more = (
        f"sealed {seal:.0f} MiB/s, opened and checked {opened:.0f} MiB/s, memory grew by {grown:.0f} MiB, "
        f"longest stall of another thread {stall:.0f} ms, stopped within {cancel:.2f} s"
    )
    return [Figure("D15", f"one file of {whole // 1024**2} MiB: five bars", 5, int(failed), more=more)]


def full_disks(size: float) -> list[Figure]:
    """D3: real disks of 1 to 64 MB that are full."""
    wanted = (1, 2, 4, 8, 16, 32, 64)[: max(2, round(7 * size))]
    failed = []
    for mib in wanted:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, figures.VAULT_TESTS / "vault_full_disk.py", folder, str(mib), f"torture {mib}"]
            done = subprocess.run(
                ["unshare", "--map-root-user", "--mount", *command],
                capture_output=True,
                text=True,
                env=figures.child_environment(PATH="/usr/sbin:/usr/bin:/sbin:/bin"),
                check=False,
            )
        if done.stdout != "nothing lost\n":
            failed.append(mib)
            print("  lost:", mib, done.stderr[-300:], flush=True)
    more = f"of {', '.join(map(str, wanted))} MB: saving, sealing, backing up, exporting, a later format"
    return [Figure("D3", "real disks that are full", len(wanted), len(failed), more=more)]


def run(size: float) -> list[Figure]:
    """Turns, a large file, and full disks."""
    return [*two_processes(size), *large(size), *full_disks(size)]


if __name__ == "__main__":
    if sys.argv[3] == "large":
        _large(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[4]))
    else:
        _take_turns(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

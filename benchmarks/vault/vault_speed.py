"""What sealing costs: evidence next to the age tool and bare AES-GCM, opening next to plain SQLite, and growth.

Run: python benchmarks/vault/vault_speed.py [MIB [FILES]]   (256 MiB and 10,000 evidence files unless said otherwise)
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wizard.domain.answers import Answer, AnswerState
from wizard.domain.events import AnswerGiven, EvidenceAdded
from wizard.domain.evidence import Evidence
from wizard.vault.keys import Cost
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace

PASSPHRASE = "only for the benchmark"
QUICK = Cost(memory_kib=64, iterations=1, lanes=1)  # stretching takes what it is told to: it is not what is measured


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def took(deed: Callable[[], object], times: int = 3) -> float:
    """The quickest of some runs, in seconds."""
    out = []
    for _n in range(times):
        begun = time.perf_counter()
        deed()
        out.append(time.perf_counter() - begun)
    return min(out)


def make(folder: Path) -> Workspace:
    return Workspace.create(
        folder / "b.attestry", passphrase=PASSPHRASE, remember=False, home=folder / "home", floor=QUICK
    )[0]


def reopen(folder: Path) -> Workspace:
    return Workspace.open(folder / "b.attestry", WithPassphrase(PASSPHRASE), home=folder / "home", floor=QUICK)


def evidence(mib: int) -> None:
    with place() as folder:
        source, size = folder / "source", mib * 1024 * 1024
        with source.open("wb") as out:
            for _n in range(mib):
                out.write(os.urandom(1024 * 1024))
        workspace, rows = make(folder), []

        def seal() -> None:
            for path in (folder / "b.attestry" / "evidence").glob("??"):
                shutil.rmtree(path)
            with source.open("rb") as stream:
                sealed.append(workspace.box.seal(stream))

        sealed: list = []
        rows.append(("Attestry: sealed, digested, read back", took(seal)))
        rows.append(
            ("Attestry: checked whole, then opened", took(lambda: workspace.box.export(sealed[-1], folder / "out")))
        )
        if shutil.which("age"):
            key = folder / "key"
            subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
            to = next(line.split()[-1] for line in key.read_text().splitlines() if "public key" in line)
            rows.append(("age tool: sealed", took(lambda: _run("age", "-r", to, "-o", folder / "s.age", source))))
            rows.append(
                ("age tool: opened", took(lambda: _run("age", "-d", "-i", key, "-o", folder / "o", folder / "s.age")))
            )
        cipher, data = AESGCM(os.urandom(32)), source.read_bytes()

        def bare() -> None:
            for n in range(0, size, 65_536):
                cipher.encrypt(n.to_bytes(12, "big"), data[n : n + 65_536], None)

        rows.append(("AES-256-GCM in memory, chunks of 64 KiB", took(bare)))
        print(f"Evidence of {mib} MiB")
        for what, seconds in rows:
            print(f"  {what:40} {mib / seconds:8.0f} MiB/s   {rows[0][1] / seconds:5.2f} x ours sealing")
        workspace.close()


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


def journal(events: int) -> None:
    with place() as folder:
        workspace = make(folder)
        payloads = [
            AnswerGiven(Answer(f"question-{n}", AnswerState.GIVEN, f"answer {n} " + "x" * 200)) for n in range(events)
        ]
        workspace.journal.append(*payloads, questionnaire="q")
        rows = [bytes(row.payload) for row in workspace.journal.rows()]
        verify, newest = took(workspace.verify), took(lambda: workspace.verify(every=False))
        workspace.close()

        def opened() -> None:
            with reopen(folder) as again:
                assert sum(1 for _event in again.journal.events()) == events

        plain = sqlite3.connect(folder / "plain.db")
        plain.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, payload BLOB)")
        plain.executemany("INSERT INTO events (payload) VALUES (?)", [(row,) for row in rows])
        plain.commit()
        plain.close()

        def bare() -> None:
            connection = sqlite3.connect(folder / "plain.db")
            assert len(connection.execute("SELECT * FROM events ORDER BY position").fetchall()) == events
            connection.close()

        key = Ed25519PrivateKey.generate()
        signature, public = key.sign(b"x" * 60), key.public_key()

        def signatures() -> None:
            for _n in range(events):
                public.verify(signature, b"x" * 60)

        ours, theirs, bare_verify = took(opened), took(bare), took(signatures)
        print(f"Journal of {events:,} entries")
        print(
            f"  opened and read, ours {ours * 1000:.0f} ms, plain SQLite {theirs * 1000:.0f} ms: {ours / theirs:.1f} x"
        )
        print(
            f"  verified as on opening {newest:.2f} s, with every signature {verify:.2f} s, bare Ed25519 of as many "
            f"on one core {bare_verify:.2f} s: {verify / bare_verify:.2f} x"
        )


def growth(files: int) -> None:
    with place() as folder:
        workspace = make(folder)
        clear, spent, marks = 0, 0.0, []
        payloads = []
        for number in range(1, files + 1):
            data = os.urandom(2048)
            clear += len(data)
            begun = time.perf_counter()
            sealed = workspace.box.seal_bytes(data)
            spent += time.perf_counter() - begun
            payloads.append(
                EvidenceAdded(
                    Evidence(f"{number:016x}", f"{number}.bin", "application/octet-stream", sealed, ("DATA-1",))
                )
            )
            if number in (files // 10, files):
                marks.append((number, spent))
        workspace.journal.append(*payloads, questionnaire="q")
        workspace.close()
        stored = sum(path.stat().st_size for path in (folder / "b.attestry").rglob("*") if path.is_file())
        opening = took(lambda: reopen(folder).close())
        with reopen(folder) as again:
            verify = took(again.verify, 1)
            begun = time.perf_counter()
            assert not any(again.box.verify(payload.evidence.sealed) for payload in payloads)
            every = time.perf_counter() - begun
        first, last = marks
        early, late = first[1] / first[0], (last[1] - first[1]) / (last[0] - first[0])
        print(f"Growth: {files:,} evidence files of 2 KiB")
        print(f"  stored {stored / clear:.2f} x the clear bytes, journal included")
        print(
            f"  one file: {early * 1000:.1f} ms in the first tenth, {late * 1000:.1f} ms after it: {late / early:.2f} x"
        )
        print(f"  opened in {opening:.2f} s, journal verified in {verify:.2f} s, every file opened in {every:.1f} s")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    evidence(numbers[0] if numbers else 256)
    journal(10_000)
    growth(numbers[1] if len(numbers) > 1 else 10_000)

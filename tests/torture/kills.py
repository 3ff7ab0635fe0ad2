"""Kills a process at any moment of everything that it writes, opens what is left, and counts what was lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import figures  # noqa: F401  puts the modules of the checkout within reach
import pyrage
from figures import Figure
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said

from wizard.domain.evidence import Sealed
from wizard.domain.mistakes import Mistake
from wizard.vault import backups, foreign, header, migrations, portable, recovery_key
from wizard.vault.mistakes import WrongPassphrase
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace

Tell = Callable[..., None]
DEEDS = (
    "append", "seal", "back_up", "passphrase", "data_key", "export", "import", "merge", "migrate", "create",
)  # fmt: skip


def _write(deed: str, place: Place, number: int, tell: Tell) -> None:
    """Do it over and over, and tell what was acknowledged, until killed."""
    beside = place.folder.parent
    if deed == "create":
        while True:
            number += 1
            Place(beside / f"made-{number}.attestry", place.home).create().close()
            tell("made", number)
    if deed == "import":
        while True:
            number += 1
            portable.bring_in(
                beside / "whole.age", beside / f"came-{number}.attestry", passphrase=PASSPHRASE, floor=QUICK
            )
            tell("came", number)
    if deed == "migrate":
        migrations.STEPS = (*migrations.STEPS, _extra)
        place.open()
        tell("migrated")
        threading.Event().wait(10)
    workspace = place.open(WithPassphrase(_newest[-1]))
    rows: list[dict[str, Any]] = []
    if deed == "merge":
        mate = Place(beside / "Mate.attestry", place.home)
        other = mate.create()
        foreign.become_part(other, foreign.Shared(workspace.id, workspace.author))
        other.journal.append(*[said(n, f"theirs {n}") for n in range(300)], questionnaire=QUESTIONNAIRE)
        rows = [{k: v for k, v in row._mapping.items() if k != "position"} for row in other.journal.rows()]
        tell("ready")
        while rows:
            workspace.journal.store(rows[:3], {other.author: bytes.fromhex(other.author_public)})
            rows = rows[3:]
            tell("count", workspace.journal.count)
    tell("ready")
    while True:
        number += 1
        match deed:
            case "append":
                workspace.journal.append(said(number, "x" * 300), said(number, "twin"), questionnaire=QUESTIONNAIRE)
                tell("count", workspace.journal.count)
            case "seal":
                sealed = workspace.box.seal_bytes(f"{number} {os.getpid()} ".encode() * 4_000)
                tell("sealed", sealed.name, sealed.digest, sealed.sealed_digest, sealed.size)
            case "back_up":
                workspace.journal.append(said(number), said(number, "twin"), questionnaire=QUESTIONNAIRE)
                tell("count", workspace.journal.count)
                workspace.back_up()
                tell("backup", workspace.journal.count)
            case "passphrase":
                fresh = f"passphrase number {number}"
                tell("will be", fresh)
                workspace.change_passphrase(fresh, WithPassphrase(_newest[-1]))
                _newest.append(fresh)
                tell("is", fresh)
            case "data_key":
                workspace.new_data_key(WithPassphrase(PASSPHRASE), recovery_key.to_text(recovery_key.make()))
                tell("data key")
            case "export":
                portable.take_out(workspace, beside / f"out-{number}.age", "a passphrase for it")
                tell("out", number)


_newest = [PASSPHRASE]
# Stretching the passphrase of an export takes a second in which nothing is written; here it takes none, so that the
# kills fall where files are made.
pyrage.passphrase = SimpleNamespace(
    encrypt=lambda data, passphrase: passphrase.encode().ljust(64) + data,
    decrypt=lambda data, passphrase: data[64:],
)


def _extra(connection: Any) -> None:
    """A step to a later format that takes its time."""
    connection.exec_driver_sql("CREATE TABLE extra (a, b)")
    connection.exec_driver_sql("INSERT INTO extra SELECT position, payload || zeroblob(4000) FROM events")


def _killed(deed: str, place: Place, number: int, chance: random.Random) -> list[list[Any]]:
    """Start it, kill it, and give back what it had acknowledged."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(out)
            _write(deed, place, number, lambda *what: os.write(into, json.dumps(what).encode() + b"\n") and None)
        finally:
            os._exit(1)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        first = b"" if deed in ("create", "import", "migrate") else stream.readline()
        threading.Event().wait(chance.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        told = [first, *stream]
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        raise AssertionError(f"{deed} ended by itself: {told[-1:]}")
    return [json.loads(line) for line in told if line.endswith(b"\n")]


def _opened(place: Place) -> Workspace:
    for passphrase in reversed(_newest[1:]):
        try:
            return place.open(WithPassphrase(passphrase))
        except WrongPassphrase:
            continue
    return place.open(WithPassphrase(_newest[0]))


def _lost(place: Place, before: int, told: list[list[Any]], sealed: list[Sealed]) -> str:
    """What of the acknowledged is not there; "" when all is."""
    count, backup = before, 0
    beside = place.folder.parent
    for what, *more in told:
        match what:
            case "count":
                count = more[0]
            case "sealed":
                sealed.append(Sealed(*more))
            case "backup":
                backup = more[0]
            case "will be":
                _newest.append(more[0])
            case "is":
                _newest[:] = [more[0]]
            case "made" | "came":
                name = f"{what}-{more[0]}.attestry"
                other = Place(beside / name, place.home)
                try:
                    if not other.open().verify().ok:
                        return f"{name} is not whole"
                finally:
                    other.close()
            case "out":
                if not (beside / f"out-{more[0]}.age").is_file():
                    return "an export is lost"
    begun = time.monotonic()
    try:
        opened = _opened(place)
        took = time.monotonic() - begun
        if opened.read_only:
            return opened.read_only_because
        found = opened.verify()
        if not found.ok:
            return " ".join(found.problems)
        if not count <= found.events <= count + 3:
            return f"{found.events} entries where {count} were acknowledged"
        if any(opened.box.verify(one) for one in sealed[-40:]):
            return "a sealed file is lost"
        kept = backups.found(place.home, header.read(place.folder).workspace)
        if backup and (not kept or kept[0].events < backup):
            return "a backup is lost"
        if list(place.folder.rglob("*.part")):
            return "leftovers were not swept"
        return f"opening took {took:.1f} s" if took > 2 else ""
    except Mistake as mistake:
        return mistake.sentence
    finally:
        place.close()


def _share(job: tuple[str, int]) -> tuple[str, int, list[str]]:
    deed, kills = job
    chance = random.Random(f"kills {deed}")
    losses = []
    _newest[:] = [PASSPHRASE]
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        place, sealed = Place(Path(folder) / "Acme.attestry", Path(folder) / "home"), list[Sealed]()
        made = place.create()
        made.journal.append(*[said(n, "y" * 500) for n in range(40)], questionnaire=QUESTIONNAIRE)
        if deed == "import":
            portable.take_out(made, Path(folder) / "whole.age", PASSPHRASE)
        if deed == "migrate":
            place.close()
            shutil.copytree(place.folder, Path(folder) / "earlier")
        place.close()
        count = 40
        for number in range(kills):
            if deed == "migrate":
                shutil.rmtree(place.folder)
                shutil.copytree(Path(folder) / "earlier", place.folder)
            if deed in ("export", "import", "create", "merge"):
                for left in (
                    *Path(folder).glob("out-*"),
                    *Path(folder).glob("*-*.attestry"),
                    Path(folder) / "Mate.attestry",
                ):
                    shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
            told = _killed(deed, place, number * 1000, chance)
            steps = migrations.STEPS
            if deed == "migrate":
                migrations.STEPS = (*steps, _extra)
            if said_ := _lost(place, count, told, sealed):
                losses.append(said_)
            migrations.STEPS = steps
            again = nullcontext() if deed == "migrate" or len(_newest) > 1 else place.open(WithPassphrase(_newest[0]))
            with again as it:
                count = it.journal.count if it else 40
            if len(_newest) > 1:  # killed in between: either opens it; go on from the one that does
                count = 40
                _newest[:] = [_which(place)]
    return deed, kills, losses


def _which(place: Place) -> str:
    for passphrase in _newest:
        try:
            place.open(WithPassphrase(passphrase)).close()
        except WrongPassphrase:
            continue
        return passphrase
    raise AssertionError("no passphrase opens it")


def run(size: float) -> list[Figure]:
    """D1 and the kills of D12: `size` of 300 kills of each deed."""
    kills = max(2, round(300 * size))
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(_share, [(deed, kills) for deed in DEEDS]))
    for deed, _done, losses in results:
        for said_ in sorted(set(losses))[:3]:
            print("  lost:", deed, said_, flush=True)
    return [Figure("D1", f"killed while it does: {deed}", done, len(losses)) for deed, done, losses in results]

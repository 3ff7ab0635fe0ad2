"""Cuts the power at any moment: logs what a process writes, then rebuilds the disk as it may have been left.

What was synced is kept. Of what was not, each sector of 512 bytes is there or not, by chance; changes of folders (new,
renamed and removed names) are there up to some moment after the last sync of a folder. That is worse than most disks
are, on purpose.
"""

from __future__ import annotations

import json
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import figures
from figures import HERE, Figure
from vault_place import PASSPHRASE, Place

from wizard.domain.evidence import Sealed
from wizard.domain.mistakes import Mistake
from wizard.vault import backups, header
from wizard.vault.mistakes import WrongPassphrase
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace

SECTOR = 512
_HEAD = struct.Struct("<cIIq")


@dataclass(frozen=True)
class Step:
    """One logged change: `op` as in shim.c."""

    op: str
    path: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Trace:
    """What was there before, by path below the folder (None for folders), and every change after it."""

    before: dict[str, bytes | None]
    steps: tuple[Step, ...]


def record(place: Path, deeds: str, turns: int, setting: str = "") -> Trace:
    """Make a workspace, then log a process that writes to it."""
    shim = place / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", shim, HERE / "shim.c", "-ldl", "-lpthread"], check=True)
    disk = place / "disk"
    disk.mkdir()
    made = Place(disk / "Acme.attestry", disk / "home")
    made.create()
    made.close()
    before = {str(path.relative_to(disk)): path.read_bytes() if path.is_file() else None for path in disk.rglob("*")}
    log = place / "log"
    subprocess.run(
        [sys.executable, HERE / "power_cut_writer.py", made.folder, made.home, deeds, str(turns)]
        + ([setting] if setting else []),
        env=figures.child_environment(LD_PRELOAD=str(shim), TORTURE_LOG=str(log), TORTURE_FOLDER=str(disk)),
        check=True,
    )
    return Trace(before, tuple(_steps(log.read_bytes(), str(disk))))


def _steps(raw: bytes, disk: str) -> Iterator[Step]:
    at = 0
    while at < len(raw):
        op, path_length, length, offset = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        path = raw[at : at + path_length].decode()
        at += path_length
        data = raw[at : at + length]
        at += length
        below = path[len(disk) + 1 :]
        if op == b"R":
            data = data[len(disk) + 1 :]
        yield Step(op.decode("ascii"), below, offset, data)


@dataclass
class _File:
    safe: bytearray
    pending: list[Step] = field(default_factory=list)


class Disk:
    """A disk that takes the steps one by one, and can say how a power cut may have left it."""

    def __init__(self, before: dict[str, bytes | None]) -> None:
        self.names: dict[str, _File | None] = {
            path: None if data is None else _File(bytearray(data)) for path, data in before.items()
        }
        self._safe_names = dict(self.names)
        self._changes: list[tuple[frozenset[str], Step, _File | None]] = []
        self.acknowledged: list[list[object]] = []

    def take(self, step: Step) -> None:
        """One more step."""
        if step.path == "acknowledged":
            if step.op == "W":
                self.acknowledged.append(json.loads(step.data))
            return
        match step.op:
            case "W" | "T":
                file = self.names.get(step.path)
                if file is not None:  # a file without a name any more does not outlive a power cut
                    file.pending.append(step)
            case "S":
                file = self.names.get(step.path)
                if file is not None:
                    for write in file.pending:
                        _apply(file.safe, write)
                    file.pending.clear()
            case "D":
                last = max((n for n, (folders, *_rest) in enumerate(self._changes) if step.path in folders), default=-1)
                for _folders, change, made in self._changes[: last + 1]:
                    _rename(self._safe_names, change, made)
                del self._changes[: last + 1]
            case "C" | "M" | "U" | "X" | "R":
                made = _File(bytearray()) if step.op == "C" else None
                touched = {step.path} | ({step.data.decode()} if step.op == "R" else set())
                self._changes.append((frozenset(path.rpartition("/")[0] for path in touched), step, made))
                _rename(self.names, step, made)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes | None]:
        """One way in which a power cut at this moment may have left it."""
        names = dict(self._safe_names)
        for _folders, change, made in self._changes[: chance.randint(0, len(self._changes))]:
            _rename(names, change, made)
        kept = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        out: dict[str, bytes | None] = {}
        for path, file in names.items():
            if file is None:
                out[path] = None
                continue
            data = bytearray(file.safe)
            for step in file.pending:
                for part in _sectors(step):
                    if chance.random() < kept:
                        _apply(data, part)
            out[path] = bytes(data)
        return out


def _sectors(step: Step) -> Iterator[Step]:
    if step.op == "T":
        yield step
        return
    at = 0
    while at < len(step.data):
        size = SECTOR - (step.offset + at) % SECTOR
        yield Step("W", step.path, step.offset + at, step.data[at : at + size])
        at += size


def _apply(data: bytearray, step: Step) -> None:
    end = step.offset + len(step.data)
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    if step.op == "T":
        del data[step.offset :]
    else:
        data[step.offset : end] = step.data


def _rename(names: dict[str, _File | None], step: Step, made: _File | None) -> None:
    match step.op:
        case "C" | "M":
            names[step.path] = made
        case "U" | "X":
            names.pop(step.path, None)
        case _:
            target = step.data.decode()
            for path in [path for path in names if path == step.path or path.startswith(step.path + "/")]:
                names[target + path[len(step.path) :]] = names.pop(path)


def states(
    trace: Trace, seed: int, wanted: int, share: int, shares: int
) -> Iterator[tuple[Disk, dict[str, bytes | None]]]:
    """The disk after `wanted` power cuts at moments by chance, this process's share of them, in the order of time."""
    chance = random.Random(f"{seed} {share}")
    first = next(n for n, step in enumerate(trace.steps) if step.path == "acknowledged" and step.op == "W")
    span = len(trace.steps) - first
    moments = sorted(first + (span * share + chance.randrange(span)) // shares for _ in range(wanted // shares))
    disk, taken = Disk(trace.before), 0
    for moment in moments:
        while taken <= moment:
            disk.take(trace.steps[taken])
            taken += 1
        yield disk, disk.after_a_cut(chance)


def lost(state: dict[str, bytes | None], acknowledged: Iterable[list[object]], place: Path) -> str:
    """Put the disk there and open the workspace: what is lost of what was acknowledged, "" if nothing."""
    for path, data in sorted(state.items()):
        target = place / path
        if data is None:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    count, sealed, saved = 0, [], 0
    passphrases = [PASSPHRASE]
    for what, *more in acknowledged:
        match what:
            case "append":
                count = int(str(more[0]))
            case "seal":
                name, digest, sealed_digest, size = more
                sealed.append(Sealed(str(name), str(digest), str(sealed_digest), int(str(size))))
            case "back_up":
                saved = int(str(more[0]))
            case "will be":
                passphrases.append(str(more[0]))
            case "passphrase":
                passphrases = [str(more[0])]
    it = Place(place / "Acme.attestry", place / "home")
    try:
        opened = _open(it, passphrases)
        if opened.read_only:
            return f"opened only to read: {opened.read_only_because}"
        found = opened.verify()
        if not found.ok:
            return f"not whole: {found.problems}"
        if found.events not in (count, count + 2):
            return f"{found.events} entries where {count} were acknowledged"
        wrong = [one for one in sealed if opened.box.verify(one)]
        if wrong:
            return f"{len(wrong)} sealed files are lost"
        kept = backups.found(it.home, header.read(it.folder).workspace)
        if saved and (not kept or kept[0].events < saved):
            return f"the backup of {saved} entries is lost"
        opened.journal.append(questionnaire="goes on")
    except Mistake as mistake:
        return f"does not open: {mistake.sentence}"
    finally:
        it.close()
    return ""


def _open(it: Place, passphrases: list[str]) -> Workspace:
    for passphrase in passphrases[:-1]:
        try:
            return it.open(WithPassphrase(passphrase))
        except WrongPassphrase:
            continue
    return it.open(WithPassphrase(passphrases[-1]))


def _share(job: tuple[Trace, int, int, int, int]) -> tuple[int, list[str]]:
    trace, seed, wanted, share, shares = job
    done, losses = 0, []
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as place:
        for number, (disk, state) in enumerate(states(trace, seed, wanted, share, shares)):
            folder = Path(place) / str(number)
            if said := lost(state, disk.acknowledged, folder):
                losses.append(said)
            shutil.rmtree(folder)
            done += 1
    return done, losses


def cut(trace: Trace, seed: int, wanted: int, shares: int = 2) -> tuple[int, list[str]]:
    """How many power cuts were tried, and a sentence for each that lost something."""
    jobs = [(trace, seed, wanted, share, shares) for share in range(shares)]
    if shares == 1:
        return _share(jobs[0])
    with ProcessPoolExecutor(shares) as pool:
        results = list(pool.map(_share, jobs))
    return sum(done for done, _losses in results), [said for _done, losses in results for said in losses]


def run(size: float) -> list[Figure]:
    """D2, at `size` of twenty thousand states for the vault's own setting."""
    out = []
    for what, deeds, turns, setting, wanted in (
        ("saving, sealing, backing up, new passphrase, new data key", "everything", 96, "", round(6_000 * size)),
        ("saving answers only", "append", 60, "", round(14_000 * size)),
        ("the same with rollback journal and synchronous=FULL, which must lose", "append", 60, "DELETE+FULL", 600),
        ("the same with write-ahead log and synchronous=NORMAL, which must lose", "append", 60, "WAL+NORMAL", 600),
    ):
        with tempfile.TemporaryDirectory() as place:
            trace = record(Path(place), deeds, turns, setting)
        done, losses = cut(trace, 11, wanted)
        for said in sorted(set(losses))[:3] if not setting else ():
            print("  lost:", said, flush=True)
        more = f"{len(trace.steps)} logged steps"
        out.append(Figure("D2", f"power cut, {what}", done, len(losses), "some" if setting else "0", more))
    return out

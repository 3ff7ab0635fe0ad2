"""A workspace as one file: whole on the other computer, or not there at all; and nobody needs this app to read it."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said, texts

from wizard.vault import evidence_box, mistakes, portable
from wizard.vault.unlocking import WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import Workspace

EXPORT_PASSPHRASE = "words for the journey"


@pytest.fixture
def other(tmp_path: Path) -> Place:
    return Place(tmp_path / "other computer" / "Acme.attestry", tmp_path / "other home")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase is not stretched: for tests of everything else."""

    def seal(data: bytes, passphrase: str) -> bytes:
        return hashlib.sha256(passphrase.encode()).digest() + data

    def unseal(data: bytes, passphrase: str) -> bytes:
        if data[:32] != hashlib.sha256(passphrase.encode()).digest():
            raise pyrage.DecryptError("no")
        return data[32:]

    monkeypatch.setattr(pyrage, "passphrase", SimpleNamespace(encrypt=seal, decrypt=unseal))


@pytest.fixture
def taken(filled: Workspace, tmp_path: Path) -> Path:
    """A portable workspace with answers, a secret and two pieces of evidence."""
    filled.secrets.put("signing-key", b"a key")
    filled.box.seal_bytes(b"CANARY evidence")
    filled.box.seal_bytes(b"")
    file = tmp_path / "acme.attestry-export"
    portable.take_out(filled, file, EXPORT_PASSPHRASE)
    return file


def bring_in(taken: Path, other: Place, passphrase: str = EXPORT_PASSPHRASE) -> str:
    return portable.bring_in(taken, other.folder, passphrase=passphrase, floor=QUICK)


@pytest.mark.slow
def test_everything_arrives_and_goes_on(filled: Workspace, taken: Path, other: Place) -> None:
    sealed = filled.box.seal_bytes(b"CANARY evidence")
    sheet = bring_in(taken, other)
    there = other.open(WithPassphrase(EXPORT_PASSPHRASE))
    assert list(there.journal.events()) == list(filled.journal.events())
    assert (there.id, there.author, there.journal.head) == (filled.id, filled.author, filled.journal.head)
    assert there.secrets.get("signing-key") == b"a key"
    assert there.box.read(sealed, 100) == b"CANARY evidence"
    assert there.box.seal_bytes(b"CANARY evidence") == sealed
    there.journal.append(said(9, "on the other computer"), questionnaire=QUESTIONNAIRE)
    assert there.verify().ok
    other.close()
    assert texts(other.open(WithRecoveryKey(sheet)))[-1] == "on the other computer"
    other.close()
    with pytest.raises(mistakes.WrongPassphrase):
        other.open(WithPassphrase(PASSPHRASE))


@pytest.mark.slow
def test_the_public_tools_open_it(taken: Path, tmp_path: Path, tool: Callable[[str], str]) -> None:
    age = tool("age")
    with tarfile.open(taken) as outer:
        assert outer.getnames() == ["key.age", "workspace.age"]
        outer.extractall(tmp_path / "out", filter="data")
    key = tmp_path / "out" / "key"
    key.write_bytes(pyrage.passphrase.decrypt((tmp_path / "out" / "key.age").read_bytes(), EXPORT_PASSPHRASE))
    done = subprocess.run([age, "-d", "-i", key, tmp_path / "out" / "workspace.age"], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as inner:
        names = inner.getnames()
        inner.extractall(tmp_path / "inner", filter="data")
    assert names[:3] == ["workspace.json", "identity.txt", "events/000001.jsonl"]
    assert names[-1] == "end.json"
    assert (tmp_path / "inner" / "events" / "000001.jsonl").read_text().count("\n") == 5
    identity = tmp_path / "inner" / "identity.txt"
    clear = [
        subprocess.run([age, "-d", "-i", identity, path], capture_output=True, check=True).stdout
        for path in (tmp_path / "inner" / "evidence").iterdir()
    ]
    assert sorted(clear) == [b"", b"CANARY evidence"]


def test_nothing_in_it_is_in_the_clear(quick: None, taken: Path) -> None:
    assert b"CANARY" not in taken.read_bytes()
    assert b"answer 3" not in taken.read_bytes()
    if os.name == "posix":
        assert taken.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_another_passphrase_makes_nothing(taken: Path, other: Place) -> None:
    with pytest.raises(mistakes.WrongExportPassphrase):
        bring_in(taken, other, PASSPHRASE)
    assert not other.folder.parent.exists()


def test_a_damaged_or_cut_file_makes_nothing(quick: None, taken: Path, other: Place) -> None:
    good = taken.read_bytes()
    chance = random.Random(9)
    whole = len(good) - 1024 - 512
    begin = 512 + -(-int(good[124:135], 8) // 512) * 512
    damaged = [good[:size] for size in (0, 1, 511, 512, 2000, begin + 512, whole // 2)]
    for _ in range(40):
        at = chance.randrange(begin + 512, whole)
        damaged.append(good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1 :])
        damaged.append(good[: chance.randrange(begin, whole)])
    for content in damaged:
        taken.write_bytes(content)
        with pytest.raises(mistakes.UnusableExport):
            bring_in(taken, other)
        assert not other.folder.parent.exists() or not list(other.folder.parent.iterdir())


def test_what_is_no_export_is_said_so(quick: None, tmp_path: Path, other: Place) -> None:
    file = tmp_path / "photo.jpg"
    for content in (b"", b"\xff\xd8\xff" * 1000, b"\0" * 10_000):
        file.write_bytes(content)
        with pytest.raises(mistakes.UnusableExport):
            bring_in(file, other)
    with pytest.raises(mistakes.NotAFile):
        bring_in(tmp_path, other)
    with pytest.raises(mistakes.UnreadableFile):
        bring_in(tmp_path / "nothing", other)


def hostile(inner: list[tuple[str, bytes]], file: Path, *, kind: bytes = tarfile.REGTYPE) -> None:
    """An export with these parts, sealed properly, by someone who knows the format."""
    identity = pyrage.x25519.Identity.generate()
    parts = io.BytesIO()
    with tarfile.open(fileobj=parts, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in inner:
            info = tarfile.TarInfo(name)
            info.size, info.type = len(data), kind
            info.linkname = "/etc/passwd"
            tar.addfile(info, io.BytesIO(data))
    sealed = pyrage.encrypt(parts.getvalue(), [identity.to_public()])
    key = pyrage.passphrase.encrypt(f"# attestry workspace {'a' * 32}\n{identity}\n".encode(), EXPORT_PASSPHRASE)
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in (("key.age", key), ("workspace.age", sealed)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


START = (
    b'{"format":"attestry portable workspace","version":1,"workspace":"' + b"a" * 32 + b'","events":0,"head":"",'
    b'"authors":{},"secrets":{}}'
)


@pytest.mark.parametrize(
    "inner",
    [
        [],
        [("workspace.json", b"{}")],
        [("workspace.json", b"[" * 100_000)],
        [("workspace.json", START), ("../../../etc/cron.d/x", b"x"), ("end.json", b'{"files": 2}')],
        [("workspace.json", START), ("/etc/cron.d/x", b"x"), ("end.json", b'{"files": 2}')],
        [("workspace.json", START), ("evidence/../../x.age", b"x"), ("end.json", b'{"files": 2}')],
        [("workspace.json", START), (f"evidence/{'b' * 64}.age", b"x"), (f"evidence/{'b' * 64}.age", b"y")],
        [("workspace.json", START), ("events/000001.jsonl", b"{}\n"), ("end.json", b'{"files": 2}')],
        [("workspace.json", START), ("events/000001.jsonl", b"not json"), ("end.json", b'{"files": 2}')],
        [("workspace.json", START), ("end.json", b'{"files": 7}')],
        [("workspace.json", START), ("workspace.json", START), ("end.json", b'{"files": 2}')],
        [("workspace.json", START.replace(b"a" * 32, b"b" * 32)), ("end.json", b'{"files": 1}')],
        [("workspace.json", START.replace(b'"events":0', b'"events":5')), ("end.json", b'{"files": 1}')],
        [("end.json", b'{"files": 0}')],
    ],
)
def test_a_hostile_export_makes_nothing(
    quick: None, tmp_path: Path, other: Place, inner: list[tuple[str, bytes]]
) -> None:
    file = tmp_path / "hostile"
    hostile(inner, file)
    with pytest.raises(mistakes.UnusableExport):
        bring_in(file, other)
    assert not list(other.folder.parent.iterdir())


@pytest.mark.slow
def test_links_and_devices_in_it_are_refused(quick: None, tmp_path: Path, other: Place) -> None:
    file = tmp_path / "hostile"
    hostile([("workspace.json", b"")], file, kind=tarfile.SYMTYPE)
    with pytest.raises(mistakes.UnusableExport):
        bring_in(file, other)


def test_stopping_and_failing_leave_nothing(quick: None, filled: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(mistakes.Cancelled):
        portable.take_out(filled, folder / "x", EXPORT_PASSPHRASE, cancelled=lambda: True)
    with pytest.raises(mistakes.UnusablePassphrase):
        portable.take_out(filled, folder / "x", "short")
    with pytest.raises(mistakes.NotSaved):
        portable.take_out(filled, folder / "missing" / "x", EXPORT_PASSPHRASE)
    assert list(folder.iterdir()) == []


def test_it_is_not_brought_in_over_something(quick: None, place: Place, taken: Path) -> None:
    with pytest.raises(mistakes.AlreadyThere):
        portable.bring_in(taken, place.folder, passphrase=EXPORT_PASSPHRASE, floor=QUICK)


@pytest.mark.parametrize("where", ["head", "middle", "end"])
def test_an_export_that_went_wrong_on_the_disk_is_noticed_before_it_is_said_to_be_there(
    quick: None, filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    filled.box.seal_bytes(b"x" * 300_000)
    real = os.fsync

    def corrupts(descriptor: int) -> None:
        real(descriptor)
        size = os.fstat(descriptor).st_size
        at = {"head": 1600, "middle": size // 2, "end": size - 2048}[where]
        byte = os.pread(descriptor, 1, at)
        os.pwrite(descriptor, bytes([byte[0] ^ 1]), at)

    monkeypatch.setattr(portable.os, "fsync", corrupts)
    with pytest.raises(mistakes.NotSaved, match="other bytes than were written"):
        portable.take_out(filled, tmp_path / "out.age", "a passphrase for it")
    assert list(tmp_path.glob("*.age")) == []
    assert list(tmp_path.glob(".*.part")) == []


def test_a_clear_copy_that_went_wrong_on_the_disk_is_noticed(
    filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = filled.box.seal_bytes(b"y" * 5000)
    real = os.fsync

    def corrupts(descriptor: int) -> None:
        real(descriptor)
        os.pwrite(descriptor, b"z", 4000)

    monkeypatch.setattr(evidence_box.os, "fsync", corrupts)
    with pytest.raises(mistakes.NotSaved, match="other bytes than were written"):
        filled.box.export(sealed, tmp_path / "copy.txt")
    assert not (tmp_path / "copy.txt").exists()

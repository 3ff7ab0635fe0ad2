"""Each single call that a disk can refuse is refused once: what is said to be saved is there, and nothing is lost."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from vault_faults import refusing
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said, texts

from wizard.vault import backups, database, header, keys, mistakes, portable, recovery_key
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace


@pytest.mark.parametrize("size", [20, 5000, 65_537, 70_000, 250_000])
def test_evidence_that_is_said_to_be_sealed_is_whole_whatever_the_disk_refused(
    place: Place, workspace: Workspace, size: int
) -> None:
    chance = random.Random(size)
    with refusing(0) as counting:
        workspace.box.seal_bytes(chance.randbytes(size))
    assert counting.calls >= 5  # a write, two syncs, a folder, its name
    said_full = 0
    for at in range(1, counting.calls + 1):
        content = chance.randbytes(size)
        with refusing(at):
            try:
                sealed = workspace.box.seal_bytes(content)
            except mistakes.NotSaved:
                said_full += 1
                assert not list((place.folder / "evidence").rglob(".*.part"))
                sealed = workspace.box.seal_bytes(content)
        assert workspace.box.verify(sealed) == "", f"call {at}"
    assert said_full >= 4


@pytest.mark.parametrize("deed", ["passphrase", "recovery", "back_up", "export", "data_key"])
def test_whatever_call_the_disk_refuses_it_is_said_and_nothing_is_lost(
    place: Place, filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    monkeypatch.setattr(portable.pyrage.passphrase, "encrypt", lambda data, _passphrase: data)  # no stretching
    monkeypatch.setattr(portable.pyrage.passphrase, "decrypt", lambda data, _passphrase: data)
    filled.box.seal_bytes(b"x" * 70_000)
    proof = WithPassphrase(PASSPHRASE)

    def does() -> None:
        match deed:
            case "passphrase":
                filled.change_passphrase(PASSPHRASE, proof)
            case "recovery":
                filled.new_recovery_key(proof)
            case "back_up":
                filled.journal.append(said(1), questionnaire=QUESTIONNAIRE)
                filled.back_up()
            case "export":
                portable.take_out(filled, tmp_path / "out.age", PASSPHRASE)
            case _:
                filled.new_data_key(proof, recovery_key.to_text(recovery_key.make()))

    with refusing(0) as counting:
        does()
    assert counting.calls >= 3
    for at in range(1, counting.calls + 1):
        with refusing(at), contextlib.suppress(mistakes.NotSaved):
            does()
    count = filled.journal.count
    place.close()
    again = place.open()
    assert len(texts(again)) == again.verify().events == count
    assert again.verify().ok
    assert not list(tmp_path.rglob(".*.part"))
    for backup in backups.of(place.folder, place.home):
        assert (backup.folder / "journal.db").stat().st_size > 4096
    if deed == "export":
        portable.bring_in(tmp_path / "out.age", tmp_path / "came.attestry", passphrase=PASSPHRASE, floor=QUICK)


def test_after_a_write_that_failed_nothing_that_the_engine_remembers_is_trusted(
    place: Place, filled: Workspace
) -> None:
    def engine() -> object:
        with filled._database.alone() as connection:
            return connection

    before = engine()
    filled.journal.append(said(6), questionnaire=QUESTIONNAIRE)
    assert engine() is before
    moved = place.folder.with_name("elsewhere")
    place.folder.rename(moved)
    with pytest.raises(mistakes.NotSaved):
        filled.journal.append(said(7), questionnaire=QUESTIONNAIRE)
    moved.rename(place.folder)
    assert engine() is not before
    filled.journal.append(said(7), questionnaire=QUESTIONNAIRE)
    assert filled.verify().ok
    assert filled.back_up()


def test_a_side_file_that_goes_away_while_one_looks_keeps_nobody_out(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process saves: its side file was there a moment ago."""
    place.close()
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name.endswith("-journal") or real(path))
    database.Database(place.journal, database_key(place), read_only=True).close()


def database_key(place: Place) -> bytes:
    return keys.sub_key(place.data_key(), header.read(place.folder).workspace, "database")


def test_a_page_that_is_whole_again_is_read_and_written_without_opening_the_workspace_again(place: Place) -> None:
    """The engine itself goes on calling the file damaged on that connection."""
    opened = place.create()
    opened.journal.append(*[said(n, "x" * 3000) for n in range(30)], questionnaire=QUESTIONNAIRE)
    opened._database.close()  # the next read comes from the file
    whole = place.journal.read_bytes()
    with place.journal.open("r+b", buffering=0) as file:
        for page in range(3, len(whole) // 4096):
            file.seek(page * 4096 + 100)
            file.write(bytes(4))
        with pytest.raises(mistakes.DamagedJournal):
            list(opened.journal.events())
        file.seek(0)
        file.write(whole)
    assert len(list(opened.journal.events())) == 30
    opened.journal.append(said(31), questionnaire=QUESTIONNAIRE)
    assert opened.verify().ok

"""Backups: read back before they count, thinned with care, and put back without losing what was there."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said, texts

from wizard.vault import backups, migrations, mistakes, recovery_key
from wizard.vault.backups import Backup
from wizard.vault.unlocking import WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import Workspace


def restore(place: Place, backup: Backup, how: Any = None) -> Path:
    return backups.restore(backup, place.folder, how or WithPassphrase(PASSPHRASE), floor=QUICK)


def test_a_backup_is_whole_sealed_and_made_only_when_something_is_new(place: Place, filled: Workspace) -> None:
    assert filled.back_up()
    assert not filled.back_up()
    filled.journal.append(said(9, "CANARY"), questionnaire=QUESTIONNAIRE)
    assert filled.back_up()
    newest, oldest = backups.of(place.folder, place.home)
    assert (newest.events, oldest.events) == (6, 5)
    assert {path.name for path in newest.folder.iterdir()} == {"journal.db", "open.attestry"}
    assert b"CANARY" not in (newest.folder / "journal.db").read_bytes()
    assert not list(newest.folder.parent.glob(".*"))
    filled.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
    assert filled.back_up()  # the key file is new
    assert filled.verify().ok


def test_a_reader_makes_none(place: Place, filled: Workspace) -> None:
    with pytest.raises(mistakes.ReadOnly):
        place.open().back_up()


def test_a_copy_that_came_out_damaged_does_not_count(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    real = os.fsync

    def corrupts(descriptor: int) -> None:
        real(descriptor)
        if os.fstat(descriptor).st_size > 8192:
            os.pwrite(descriptor, b"\0\0\0\0", 5000)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", corrupts)
        with pytest.raises(mistakes.NotSaved, match="other bytes"):
            filled.back_up()
    assert backups.of(place.folder, place.home) == ()
    assert filled.back_up()


@pytest.mark.slow
def test_damage_of_every_kind_is_put_right_and_the_original_is_kept(place: Place, filled: Workspace) -> None:
    filled.back_up()
    place.close()
    [backup] = backups.of(place.folder, place.home)
    good = {name: (place.folder / name).read_bytes() for name in ("journal.db", "open.attestry")}
    chance = random.Random(5)
    for turn in range(20):
        whole = good["journal.db"]
        match turn % 5:
            case 0:
                damaged = bytearray(whole)
                damaged[chance.randrange(len(whole))] ^= 1
            case 1:
                damaged = bytearray(whole[: chance.randrange(len(whole))])
            case 2:
                damaged = bytearray()
            case 3:
                damaged = bytearray(b"\0" * len(whole))
            case _:
                damaged = bytearray(whole)
                (place.folder / "open.attestry").write_bytes(b"x")
                (place.folder / "journal.db-journal").write_bytes(b"not ours")
        place.journal.write_bytes(damaged)
        kept = restore(place, backup)
        assert (kept / "journal.db").read_bytes() == damaged
        again = place.open()
        assert texts(again) == [f"answer {n}" for n in range(5)]
        assert again.verify().ok
        assert not again.read_only
        place.close()
        assert not list(place.folder.glob(".*"))


@pytest.mark.parametrize("content", [None, b"", b"half of it", b'{"format": "attestry workspace"'])
def test_backups_are_found_when_the_key_file_cannot_say_whose_they_are(
    place: Place, filled: Workspace, tmp_path: Path, content: bytes | None
) -> None:
    filled.back_up()
    place.close()
    other = Place(tmp_path / "Other.attestry", place.home)
    other.create().back_up()
    other.close()
    [expected] = backups.of(place.folder, place.home)
    (place.folder / "open.attestry").unlink()
    if content is not None:
        (place.folder / "open.attestry").write_bytes(content)
    assert backups.of(place.folder, place.home) == (expected,)
    assert backups.of(tmp_path / "Never.attestry", place.home) == ()
    restore(place, expected)
    assert texts(place.open()) == [f"answer {n}" for n in range(5)]


def test_an_older_backup_put_back_says_what_it_is(place: Place, filled: Workspace) -> None:
    filled.back_up()
    filled.journal.append(said(9), questionnaire=QUESTIONNAIRE)
    place.close()
    [backup] = backups.of(place.folder, place.home)
    place.journal.unlink()
    restore(place, backup)
    again = place.open()
    assert "older copy" in again.read_only_because
    again.accept_as_it_is()
    again.journal.append(said(9), questionnaire=QUESTIONNAIRE)
    assert again.verify().ok


def test_a_backup_from_before_a_new_passphrase_and_a_new_data_key_brings_its_own_key_file(
    place: Place, filled: Workspace
) -> None:
    old_sheet = place.recovery_key
    filled.back_up()
    filled.new_data_key(WithPassphrase(PASSPHRASE), recovery_key.to_text(recovery_key.make()))
    filled.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
    place.close()
    [backup] = backups.of(place.folder, place.home)
    with pytest.raises(mistakes.WrongPassphrase):
        restore(place, backup, WithPassphrase("another good passphrase"))
    place.open(WithPassphrase("another good passphrase")).close()  # nothing was changed
    restore(place, backup, WithRecoveryKey(old_sheet))
    assert texts(place.open()) == [f"answer {n}" for n in range(5)]


def test_a_damaged_or_foreign_backup_replaces_nothing(place: Place, filled: Workspace, tmp_path: Path) -> None:
    filled.back_up()
    place.close()
    other = Place(tmp_path / "Other.attestry", place.home)
    made = other.create()
    made.back_up()
    made.close()
    [foreign] = backups.of(other.folder, place.home)
    [backup] = backups.of(place.folder, place.home)
    with pytest.raises(mistakes.UnusableBackup):
        restore(place, foreign)
    before = place.journal.read_bytes(), (place.folder / "open.attestry").read_bytes()
    whole = (backup.folder / "journal.db").read_bytes()
    (backup.folder / "journal.db").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(mistakes.UnusableBackup):
        restore(place, backup)
    (backup.folder / "open.attestry").unlink()
    (place.folder / "open.attestry").write_bytes(b"")
    with pytest.raises(mistakes.UnusableBackup):
        restore(place, backup)
    (place.folder / "open.attestry").write_bytes(before[1])
    (backup.folder / "journal.db").unlink()
    with pytest.raises(mistakes.NotSaved):
        restore(place, backup)
    assert (place.journal.read_bytes(), (place.folder / "open.attestry").read_bytes()) == before
    assert {path.name for path in place.folder.iterdir()} == {"journal.db", "open.attestry", "writer.lock", "evidence"}
    assert foreign.events == 0


def test_it_is_not_put_back_under_an_open_window(place: Place, filled: Workspace) -> None:
    filled.back_up()
    [backup] = backups.of(place.folder, place.home)
    with pytest.raises(mistakes.ReadOnly, match="another window"):
        restore(place, backup)


def test_the_last_ten_and_one_of_each_of_thirty_days_are_kept(place: Place, filled: Workspace) -> None:
    folder = backups.folder_for(place.home, filled.id)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0)
    for hours in range(1, 24 * 50, 6):
        made = midnight - timedelta(hours=hours)
        (folder / f"{made.strftime('%Y%m%dT%H%M%SZ')}-{5000 - hours}-0123abcd-1").mkdir(parents=True)
    (folder / "something else").mkdir()
    filled.back_up()
    left = backups.of(place.folder, place.home)
    assert left[0].events == 5
    assert len({backup.made.date() for backup in left}) == 30
    assert len(left) == 10 + 30 - len({backup.made.date() for backup in left[:10]})
    assert (folder / "something else").exists()


def test_a_workspace_of_an_earlier_format_is_backed_up_before_it_is_changed(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.close()

    def more(connection: Any) -> None:
        connection.exec_driver_sql("CREATE TABLE extra (a)")

    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, more))
    assert place.open().verify().ok
    place.close()
    [backup] = backups.of(place.folder, place.home)
    shutil.rmtree(place.folder / "evidence")  # not needed to see that the backup is of the earlier format
    monkeypatch.undo()
    with pytest.raises(mistakes.NewerWorkspace):
        place.open()
    restore(place, backup)
    (place.folder / "evidence").mkdir()
    assert texts(place.open()) == [f"answer {n}" for n in range(5)]


def test_without_room_for_the_backup_nothing_is_changed(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.close()
    shutil.rmtree(place.home)
    place.home.write_bytes(b"in the way")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, lambda connection: None))
    before = place.journal.read_bytes()
    with pytest.raises(mistakes.NotSaved):
        place.open()
    assert place.journal.read_bytes() == before


def test_a_backup_is_tried_as_strictly_as_it_would_be_put_back(place: Place) -> None:
    """An earlier signature that is not its own is left for the check of all on opening, but not here."""
    made = place.create()
    made.journal.append(*[said(n) for n in range(4)], questionnaire=QUESTIONNAIRE)
    with made._database.write() as connection:
        connection.exec_driver_sql("UPDATE events SET signature = zeroblob(64) WHERE position = 2")
    assert made.verify(every=False).ok
    made.back_up()
    tried = made.newest_backup()
    assert tried is not None
    assert "Entry 2" in tried[1].problems[0]
    place.close()
    [backup] = backups.of(place.folder, place.home)
    with pytest.raises(mistakes.UnusableBackup):
        backups.restore(backup, place.folder, WithPassphrase(PASSPHRASE), floor=QUICK)

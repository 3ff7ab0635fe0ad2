"""Killed, out of space, cut, flipped or rolled back: no acknowledged answer is lost, and nothing changes unseen."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said, texts

from wizard.domain.evidence import Sealed
from wizard.vault import backups, database, header, keys, mistakes, portable, verification
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace

HERE = Path(__file__).parent


def writer(place: Place, deed: str, sizes: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "vault_writer.py"), str(place.folder), str(place.home), deed, sizes],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/bin:/bin"},
    )


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["append", "seal"])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(place: Place, deed: str) -> None:
    place.create().close()
    chance = random.Random(7)
    for _ in range(6):
        with writer(place, deed) as child:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("ready")
            first = child.stdout.readline()
            # killed somewhere inside a write, at a moment that nothing here is in step with
            timer = threading.Timer(chance.uniform(0.05, 0.3), child.kill)
            timer.start()
            acknowledged = [line.split() for line in [first, *child.stdout] if line.endswith("\n")]
            timer.join()
        again = place.open()
        assert not again.read_only
        assert again.verify().ok
        if deed == "append":
            counts = [int(words[1]) for words in acknowledged]
            assert again.journal.count in (counts[-1], counts[-1] + 2)  # never half of one deed
        else:
            for _word, name, digest, sealed_digest, size in acknowledged:
                assert again.box.verify(Sealed(name, digest, sealed_digest, int(size))) == ""
            assert not list((place.folder / "evidence").glob(".*"))
        place.close()


@pytest.mark.slow
@pytest.mark.timeout(400)  # about twelve seconds of work: a machine that does much else takes as long
def test_a_disk_that_is_full_at_two_hundred_sizes_loses_nothing(place: Place, good: bytes) -> None:
    pytest.importorskip("resource")
    sizes = [*range(200, 8200, 200), *(len(good) + step * 331 for step in range(-100, 60))]
    assert len(sizes) == 200
    with writer(place, "full", ",".join(map(str, sizes))) as child:
        out, err = child.communicate(timeout=380)
    assert child.returncode == 0, err
    assert len(out.splitlines()) == 200


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("mib", [1, 4])
def test_a_real_disk_that_is_full_loses_nothing_and_goes_on_when_there_is_room(tmp_path: Path, mib: int) -> None:
    own_mounts = ["unshare", "--map-root-user", "--mount"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*own_mounts, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this system lets nobody mount a disk of their own")
    done = subprocess.run(
        [*own_mounts, sys.executable, HERE / "vault_full_disk.py", tmp_path, str(mib), f"disk {mib}"],
        env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.stdout == "nothing lost\n", done.stderr[-2000:]


@pytest.mark.slow
def test_two_processes_one_writes_and_both_agree(place: Place) -> None:
    place.create().close()
    with writer(place, "once") as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("ready")
        reader = place.open()
        assert reader.read_only
        seen = 0
        while child.poll() is None:
            now = len(list(reader.journal.events()))
            assert now >= seen
            assert now % 2 == 1  # one warm answer, then pairs
            seen = now
        rest = child.stdout.read()
    assert rest.splitlines()[-1] == "saved 401"
    assert len(list(reader.journal.events())) == 401


@pytest.fixture
def good(place: Place) -> bytes:
    """The bytes of a closed journal with some pages."""
    made = place.create()
    made.journal.append(*[said(n, "x" * 500) for n in range(40)], questionnaire=QUESTIONNAIRE)
    made.close()
    return place.journal.read_bytes()


def damage_is_reported(place: Place) -> bool:
    """Opening refuses, or the check says so; never fewer answers without a word."""
    try:
        return not place.open().verify().ok
    except (mistakes.DamagedJournal, mistakes.MissingJournal):
        return True
    finally:
        place.close()


@pytest.mark.slow
def test_one_flipped_bit_in_any_byte_is_reported(place: Place, good: bytes) -> None:
    key = keys.sub_key(place.data_key(), header.read(place.folder).workspace, "database")
    chance = random.Random(3)

    def whole() -> bool:
        try:
            opened = database.Database(place.journal, key, read_only=True)
        except mistakes.DamagedJournal:
            return False
        try:
            return verification.pages_whole(opened)
        finally:
            opened.close()

    assert whole()
    # every byte of the first two pages, one byte of each other page
    with place.journal.open("r+b", buffering=0) as file:
        for at in [*range(8192), *(at + chance.randrange(4096) for at in range(8192, len(good), 4096))]:
            file.seek(at)
            file.write(bytes([good[at] ^ 1 << chance.randrange(8)]))
            assert not whole(), at
            file.seek(at)
            file.write(good[at : at + 1])
    for at in (0, 20, 5000, len(good) - 1):
        place.journal.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert damage_is_reported(place), at
        place.journal.write_bytes(good)


def test_a_journal_cut_anywhere_is_reported_and_never_begun_anew(place: Place, good: bytes) -> None:
    for size in [0, 1, 100, *range(4096, len(good), 4096), len(good) - 1]:
        place.journal.write_bytes(good[:size])
        assert damage_is_reported(place), size
        assert place.journal.stat().st_size == size


def test_a_page_of_an_older_copy_is_reported_wherever_it_is_put(place: Place, good: bytes) -> None:
    made = place.open()
    made.journal.append(*[said(n, "newer " + "z" * 500) for n in range(10)], questionnaire=QUESTIONNAIRE)
    made.close()
    newer = place.journal.read_bytes()
    reported = 0
    for at in range(0, len(good), 4096):
        if newer[at : at + 4096] != good[at : at + 4096]:
            place.journal.write_bytes(newer[:at] + good[at : at + 4096] + newer[at + 4096 :])
            if damage_is_reported(place):
                reported += 1
            else:  # a page that held nothing of the answers
                assert len(texts(place.open())) == 50
                place.close()
    assert reported >= 1


def test_a_side_journal_that_is_not_ours_never_leaves_fewer_answers_unsaid(place: Place, good: bytes) -> None:
    side = place.journal.with_name("journal.db-journal")
    other = Place(place.folder.parent / "Other.attestry", place.home)
    made = other.create()
    made.journal.append(said(1), questionnaire=QUESTIONNAIRE)
    with made._database.write() as connection:
        connection.exec_driver_sql("UPDATE events SET salt = zeroblob(16)")
        connection.exec_driver_sql("PRAGMA cache_spill = 1")
        foreign = other.journal.with_name("journal.db-journal").read_bytes()
    other.close()
    for content in (b"", b"\0" * 512, b"x" * 5000, foreign, bytes.fromhex("d9d505f920a163d7") + foreign[8:]):
        place.journal.write_bytes(good)
        side.write_bytes(content)
        try:
            opened = place.open()
            assert not opened.verify().ok or len(texts(opened)) == 40
        except mistakes.Mistake:
            pass
        finally:
            place.close()
        side.unlink(missing_ok=True)


def test_a_folder_that_goes_away_is_a_sentence_and_nothing_is_said_to_be_saved(place: Place, filled: Workspace) -> None:
    moved = place.folder.with_name("elsewhere")
    place.folder.rename(moved)
    with pytest.raises(mistakes.NotSaved):
        filled.journal.append(said(9), questionnaire=QUESTIONNAIRE)
    with pytest.raises(mistakes.NotSaved):
        filled.box.seal_bytes(b"x")
    moved.rename(place.folder)
    filled.journal.append(said(9, "again there"), questionnaire=QUESTIONNAIRE)
    assert texts(filled)[-1] == "again there"
    assert filled.verify().ok


@pytest.mark.parametrize("seed", range(8))
def test_a_write_that_went_wrong_on_the_disk_is_noticed_before_it_is_said_to_be_saved(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    real = filled._database.write

    @contextlib.contextmanager
    def corrupts() -> Iterator[Any]:
        before = place.journal.read_bytes()
        with real() as connection:
            yield connection
        after = bytearray(place.journal.read_bytes())
        changed = [at for at in range(4096, len(after), 4096) if after[at : at + 4096] != before[at : at + 4096]]
        after[chance.choice(changed) + chance.randrange(4096)] ^= 1 << chance.randrange(8)
        place.journal.write_bytes(after)

    with monkeypatch.context() as patch:
        patch.setattr(filled._database, "write", corrupts)
        with pytest.raises(mistakes.NotSaved, match="other bytes than were written"):
            filled.journal.append(said(9, "x" * 900), questionnaire=QUESTIONNAIRE)
    with pytest.raises(mistakes.ReadOnly, match="damaged"):  # nothing is piled upon it
        filled.journal.append(said(10), questionnaire=QUESTIONNAIRE)


@pytest.mark.slow
@pytest.mark.parametrize("read_only", [False, True])
def test_a_write_that_was_cut_off_in_the_middle_is_taken_back(place: Place, good: bytes, read_only: bool) -> None:
    program = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from vault_place import *;"
        "it = Place(Path(sys.argv[2]), Path(sys.argv[3])).open(); manager = it._database.write();"
        "c = manager.__enter__(); c.exec_driver_sql('PRAGMA cache_size = 1');"
        "c.exec_driver_sql('UPDATE events SET salt = zeroblob(3000)'); os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(HERE), str(place.folder), str(place.home)],
        env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    side = place.journal.with_name("journal.db-journal")
    assert side.stat().st_size > 0
    assert place.journal.read_bytes() != good
    again = place.open(read_only=read_only)
    assert again.verify().ok
    assert len(texts(again)) == 40
    assert not side.exists()


def test_leftovers_of_every_kind_are_swept_by_the_writer_only(place: Place, filled: Workspace) -> None:
    (place.folder / ".0123.part").write_bytes(b"half a key file")
    (place.folder / ".4567.part").mkdir()
    (place.folder / ".4567.part" / "journal.db").write_bytes(b"half a trial")
    place.open(read_only=True)
    assert len(list(place.folder.glob(".*.part"))) == 2
    place.close()
    place.open()
    assert not list(place.folder.glob(".*.part"))


def test_a_folder_that_becomes_write_protected_is_a_sentence_until_it_is_writable_again(
    unprivileged: Callable[[], AbstractContextManager[Path]],
) -> None:
    with unprivileged() as folder:
        place = Place(folder / "Acme.attestry", folder / "home")
        made = place.create()
        made.journal.append(said(1, "before"), questionnaire=QUESTIONNAIRE)
        place.folder.chmod(0o500)
        (place.folder / "evidence").chmod(0o500)
        with pytest.raises(mistakes.NotSaved):
            made.journal.append(said(2), questionnaire=QUESTIONNAIRE)
        with pytest.raises(mistakes.NotSaved, match="Permission denied"):
            made.box.seal_bytes(b"x")
        with pytest.raises(mistakes.NotSaved, match="Permission denied"):
            made.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
        place.folder.chmod(0o700)
        (place.folder / "evidence").chmod(0o700)
        made.journal.append(said(3, "after"), questionnaire=QUESTIONNAIRE)
        assert texts(made) == ["before", "after"]
        assert made.verify().ok
        place.close()


def test_a_second_opener_reads_at_once_and_a_left_over_lock_keeps_nobody_out(place: Place, filled: Workspace) -> None:
    begun = time.monotonic()
    assert place.open().read_only
    assert time.monotonic() - begun < 5
    place.close()
    # what a machine that died, or another system's sync, may leave: a file is no lock
    for content in (b"", b"4242\nanother-host\n", b"\0" * 4096):
        (place.folder / "writer.lock").write_bytes(content)
        begun = time.monotonic()
        again = place.open()
        assert not again.read_only
        assert time.monotonic() - begun < 5
        place.close()


def test_a_lock_that_points_elsewhere_changes_nothing_there(place: Place, filled: Workspace, tmp_path: Path) -> None:
    place.close()
    precious = tmp_path / "precious"
    precious.write_text("do not touch")
    (place.folder / "writer.lock").unlink()
    (place.folder / "writer.lock").symlink_to(precious)
    with contextlib.suppress(mistakes.Mistake):
        assert texts(place.open())
    place.close()
    assert precious.read_text() == "do not touch"


@pytest.mark.parametrize("name", ["open.attestry", "journal.db", "writer.lock", "journal.db-journal"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "nowhere"])
def test_something_else_under_the_name_of_a_file_is_a_sentence_at_once(
    place: Place, filled: Workspace, name: str, kind: str
) -> None:
    place.close()
    path = place.folder / name
    path.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "endless":
            path.symlink_to("/dev/zero")
        case _:
            path.symlink_to("/nowhere/at/all")
    begun = time.monotonic()
    with contextlib.suppress(mistakes.Mistake):  # which always has its sentence
        opened = place.open()
        assert opened.read_only or len(texts(opened)) == 5
    assert time.monotonic() - begun < 8
    place.close()


@pytest.mark.slow
def test_one_flipped_bit_in_any_part_of_a_backup_or_an_export_makes_nothing_of_it(
    place: Place, filled: Workspace, tmp_path: Path
) -> None:
    filled.box.seal_bytes(os.urandom(200_000))
    filled.back_up()
    whole, chance = tmp_path / "whole.age", random.Random(6)
    portable.take_out(filled, whole, PASSPHRASE)
    place.close()
    [backup] = backups.of(place.folder, place.home)
    before, copy = place.journal.read_bytes(), (backup.folder / "journal.db").read_bytes()
    for at in range(0, len(copy), 4096):
        bad = bytearray(copy)
        bad[at + chance.randrange(4096)] ^= 1 << chance.randrange(8)
        (backup.folder / "journal.db").write_bytes(bad)
        with pytest.raises(mistakes.UnusableBackup):
            backups.restore(backup, place.folder, WithPassphrase(PASSPHRASE), floor=QUICK)
    assert place.journal.read_bytes() == before
    good = whole.read_bytes()
    for at in range(2048, len(good) - 2048, 65_552):  # every chunk that the sealing knows, and the head
        bad = bytearray(good)
        bad[at + chance.randrange(1000)] ^= 1 << chance.randrange(8)
        whole.write_bytes(bad)
        with pytest.raises(mistakes.UnusableExport):
            portable.bring_in(whole, tmp_path / "came.attestry", passphrase=PASSPHRASE, floor=QUICK)
        assert not (tmp_path / "came.attestry").exists()


def test_an_older_sealed_file_in_the_place_of_a_newer_one_is_reported(place: Place, filled: Workspace) -> None:
    older, newer = filled.box.seal_bytes(b"last year's policy"), filled.box.seal_bytes(b"this year's policy")

    def path(name: str) -> Path:
        return place.folder / "evidence" / name[:2] / f"{name}.age"

    path(newer.name).write_bytes(path(older.name).read_bytes())
    assert filled.box.verify_sealed(older) == ""
    assert "not what was sealed" in filled.box.verify_sealed(newer)
    assert "not what was sealed" in filled.box.verify(newer)
    assert "not what was sealed" in filled.box.verify_record(newer.name, newer.digest)


def test_names_as_long_as_disks_take_them_and_in_every_script(tmp_path: Path) -> None:
    for stem in (
        "x" * 246,
        "\u5b89\u5168" * 41,
        "\u0627\u0644\u0639\u0631",
        "\U0001f512 e\u0301",
        "quote ' \" ; %s {n}",
        "a?b=c&d#e",
    ):
        place = Place(tmp_path / f"{stem}.attestry", tmp_path / "home")
        made = place.create()
        made.journal.append(said(1, "kept"), questionnaire=QUESTIONNAIRE)
        made.box.seal_bytes(b"kept too")
        made.back_up()
        place.close()
        again = place.open()
        assert texts(again) == ["kept"]
        assert again.verify().ok
        assert not again.read_only
        place.close()


def test_a_workspace_behind_a_link_is_the_same_one(place: Place, filled: Workspace) -> None:
    link = place.folder.with_name("link.attestry")
    link.symlink_to(place.folder, target_is_directory=True)
    beside = Place(link, place.home)
    second = beside.open()
    assert second.read_only, "two writers by two names"
    beside.close()
    place.close()
    through = beside.open()
    through.journal.append(said(6, "through the link"), questionnaire=QUESTIONNAIRE)
    assert texts(through)[-1] == "through the link"
    beside.close()
    assert texts(place.open())[-1] == "through the link"

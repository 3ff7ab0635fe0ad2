"""Killed, out of space, cut, flipped or rolled back: no acknowledged answer is lost, and nothing changes unseen."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, Place, said, texts

from wizard.domain.evidence import Sealed
from wizard.vault import database, header, keys, mistakes, verification
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
def test_a_disk_that_is_full_at_two_hundred_sizes_loses_nothing(place: Place, good: bytes) -> None:
    pytest.importorskip("resource")
    sizes = [*range(200, 8200, 200), *(len(good) + step * 331 for step in range(-100, 60))]
    assert len(sizes) == 200
    with writer(place, "full", ",".join(map(str, sizes))) as child:
        out, err = child.communicate(timeout=110)
    assert child.returncode == 0, err
    assert len(out.splitlines()) == 200


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

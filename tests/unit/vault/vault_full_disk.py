"""Fills a small real disk with every deed that writes, and says whether anything acknowledged was lost on it.

Run in a mount namespace of its own: `unshare --map-root-user --mount python vault_full_disk.py FOLDER MIB SEED`.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from vault_place import QUESTIONNAIRE, Place, said, texts

from wizard.vault import migrations, portable
from wizard.vault.mistakes import CannotCreate, NotSaved

DEEDS = ("append", "seal", "back_up", "export")


def _later(connection: Any) -> None:
    """A step to a later format that takes room."""
    connection.exec_driver_sql("CREATE TABLE later (a)")
    connection.exec_driver_sql("INSERT INTO later SELECT zeroblob(20000) FROM events LIMIT 30")


def fill(disk: Path, mib: int, chance: random.Random) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(disk)], check=True)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(mib * 1024 * 1024 // 2))
    place, count, sealed, full = Place(disk / "Acme.attestry", disk / "home"), 0, [], 0
    workspace = place.create()
    for turn in range(100_000):
        size, before = place.journal.stat().st_size, workspace.journal.count
        deed = chance.choice(DEEDS)
        begun = time.monotonic()
        try:
            match deed:
                case "append":
                    workspace.journal.append(said(turn, "x" * chance.randrange(4000)), questionnaire=QUESTIONNAIRE)
                    count += 1
                case "seal":
                    sealed.append(workspace.box.seal_bytes(os.urandom(chance.randrange(mib * 20_000))))
                case "back_up":
                    workspace.back_up()
                case "export" if turn % 7 == 0:  # stretching its passphrase takes a second
                    portable.take_out(workspace, disk / "out.age", "a passphrase for it")
        except NotSaved:
            took = time.monotonic() - begun
            assert took < 5 or deed == "export", f"the sentence came after {took:.1f} s"
            assert workspace.journal.count == before == count, "counted what was not saved"
            assert place.journal.stat().st_size >= size, "the old file became shorter"
            assert not list(disk.rglob(".*.part")), "a leftover fills the disk"
            full += 1
            if full > 12:
                break
    assert full > 12, "the disk was never full"
    ballast.unlink()
    workspace.journal.append(said(0, "after room was made"), questionnaire=QUESTIONNAIRE)
    sealed.append(workspace.box.seal_bytes(b"after room was made"))
    workspace.back_up()
    count += 1
    _no_room_at_all(disk / "rest")
    place.close()
    _refused_and_whole(place, count)
    (disk / "rest").unlink()
    again = place.open()
    found = again.verify()
    assert found.ok, found.problems
    assert len(texts(again)) == found.events == count
    wrong = {one: sentence for one in sealed if (sentence := again.box.verify(one))}
    assert not wrong, wrong
    assert not list(disk.rglob(".*.part"))
    place.close()


def _no_room_at_all(rest: Path) -> None:
    try:
        with rest.open("wb", buffering=0) as stream:
            while stream.write(bytes(4096)):
                pass
    except OSError:
        return


def _refused_and_whole(place: Place, count: int) -> None:
    """On the full disk: it opens and reads, a later app does not change its format, nothing is made anew."""
    reader = place.open()
    assert len(texts(reader)) == count
    place.close()
    before = place.journal.read_bytes()
    steps = migrations.STEPS
    migrations.STEPS = (*steps, _later)
    try:
        place.open()
        raise AssertionError("it was brought up without room for a backup")
    except NotSaved:
        pass
    finally:
        migrations.STEPS = steps
        place.close()
    assert place.journal.read_bytes() == before
    try:
        Place(place.folder.with_name("Other.attestry"), place.home).create()
        raise AssertionError("a workspace was made without room")
    except CannotCreate:
        pass


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3]))
    print("nothing lost", flush=True)

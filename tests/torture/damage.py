"""Flips bits, puts older copies back and damages workspaces: each must be reported, and a backup put right."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import figures  # noqa: F401  puts the modules of the checkout within reach
from figures import Figure
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Kept, Place, keyring_of, said, texts

from wizard.domain.evidence import Sealed
from wizard.domain.mistakes import Mistake
from wizard.vault import backups, header, portable
from wizard.vault.unlocking import WithPassphrase


def _whole(place: Place, count: int, sealed: Sealed | None = None) -> bool:
    """It opens for writing without a problem, with all entries and the evidence."""
    try:
        opened = place.open()
        found = opened.verify()
        fine = found.ok and found.events == count and not opened.read_only
        return fine and (sealed is None or opened.box.verify(sealed) == "")
    except Mistake:
        return False
    finally:
        place.close()


def _flipped(path: Path, places: list[int], chance: random.Random) -> Iterator[int]:
    """Flip one bit at each place in turn, and put it back."""
    with path.open("r+b", buffering=0) as file:
        for at in places:
            file.seek(at)
            byte = file.read(1)
            file.seek(at)
            file.write(bytes([byte[0] ^ 1 << chance.randrange(8)]))
            yield at
            file.seek(at)
            file.write(byte)


def flips(size: float) -> list[Figure]:
    """D6: the key file, a sealed file by its chunks, a backup, and the portable file."""
    chance, out = random.Random(6), []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "Acme.attestry", Path(folder) / "home")
        made = place.create()
        made.journal.append(*[said(n, "x" * 500) for n in range(40)], questionnaire=QUESTIONNAIRE)
        sealed = made.box.seal_bytes(os.urandom(20 * 65_536))
        made.back_up()
        whole = Path(folder) / "whole.age"
        portable.take_out(made, whole, PASSPHRASE)
        place.close()
        key_file = place.folder / header.NAME
        before = header.read(place.folder)
        silent = 0
        places = list(range(key_file.stat().st_size))
        for _at in _flipped(key_file, places, chance):
            if _whole(place, 40):
                after = header.read(place.folder)
                silent += after != before  # a flip in the sentence for people, or in white space, changes nothing
        out.append(Figure("D6", "one bit flipped in every byte of the key file", len(places), silent))
        blob = next(place.folder.glob("evidence/??/*.age"))
        places = [n * 65_552 + chance.randrange(65_552) for n in range(blob.stat().st_size // 65_552)] + list(
            range(200)
        )
        opened = place.open()
        silent = sum(opened.box.verify(sealed) == "" for _at in _flipped(blob, places, chance))
        place.close()
        out.append(Figure("D6", "one bit flipped in each chunk and in the head of a sealed file", len(places), silent))
        [backup] = backups.of(place.folder, place.home)
        length = (backup.folder / "journal.db").stat().st_size
        places = [at + chance.randrange(4096) for at in range(0, length, 4096)]
        silent = 0
        for _at in _flipped(backup.folder / "journal.db", places, chance):
            try:
                backups.restore(backup, place.folder, WithPassphrase(PASSPHRASE), floor=QUICK)
                silent += 1
            except Mistake:
                pass
        silent += not _whole(place, 40, sealed)
        out.append(Figure("D6", "one bit flipped in each page of a backup that is put back", len(places), silent))
        silent = 0
        places = [chance.randrange(whole.stat().st_size) for _n in range(max(4, round(40 * size)))]
        for number, _at in enumerate(_flipped(whole, places, chance)):
            other = Path(folder) / f"came-{number}.attestry"
            try:
                portable.bring_in(whole, other, passphrase=PASSPHRASE, floor=QUICK)
                silent += not _whole(Place(other, place.home), 40, sealed)
            except Mistake:
                silent += other.exists()
            shutil.rmtree(other, ignore_errors=True)
        out.append(Figure("D6", "one bit flipped in a portable workspace; a wrong one was made", len(places), silent))
    return out


def rollbacks(size: float) -> list[Figure]:
    """D8: an older journal, or the whole older folder, while the side file or the keyring remembers the newer one."""
    out, moments = [], max(3, round(40 * size))
    for what, keep_side, keep_ring in (
        ("side file and keyring remember", True, True),
        ("only the side file remembers", True, False),
        ("only the keyring remembers", False, True),
        ("nothing remembers: cannot be noticed, by design", False, False),
    ):
        with tempfile.TemporaryDirectory() as folder:
            place = Place(Path(folder) / "Acme.attestry", Path(folder) / "home")
            kept = Kept()
            place.create(keyring=keyring_of(kept), remember=True)
            place.close()
            for number in range(moments):
                opened = place.open(keyring=keyring_of(kept))
                opened.journal.append(said(number), questionnaire=QUESTIONNAIRE)
                place.close()
                shutil.copytree(place.folder, Path(folder) / f"older-{number}")
            silent = 0
            for number in range(moments - 1):
                for whole in (False, True):
                    newest, ring = Path(folder) / "newest", dict(kept.items)
                    shutil.copytree(place.folder, newest)
                    shutil.copytree(place.home, Path(folder) / "home-newest")
                    older = Path(folder) / f"older-{number}"
                    if whole:
                        shutil.rmtree(place.folder)
                        shutil.copytree(older, place.folder)
                    else:
                        shutil.copyfile(older / "journal.db", place.journal)
                    if not keep_side:
                        shutil.rmtree(place.home)
                    if not keep_ring:
                        for item in [item for item in kept.items if item[1].endswith(":head")]:
                            del kept.items[item]
                    opened = place.open(keyring=keyring_of(kept))
                    silent += opened.verify().ok or not opened.read_only
                    place.close()
                    shutil.rmtree(place.folder)
                    newest.rename(place.folder)
                    shutil.rmtree(place.home, ignore_errors=True)
                    (Path(folder) / "home-newest").rename(place.home)
                    kept.items = ring
            remembered = keep_side or keep_ring
            out.append(Figure("D8", f"older copy, {what}", (moments - 1) * 2, silent, "0" if remembered else "some"))
    return out


def restores(size: float) -> list[Figure]:
    """D13: damages by chance, then the newest backup is put back."""
    chance, failed = random.Random(13), 0
    wanted = max(5, round(100 * size))
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "Acme.attestry", Path(folder) / "home")
        made = place.create()
        made.journal.append(*[said(n, "x" * 500) for n in range(40)], questionnaire=QUESTIONNAIRE)
        made.back_up()
        place.close()
        good = {path: path.read_bytes() for path in (place.journal, place.folder / header.NAME)}
        for _number in range(wanted):
            for path, content in good.items():
                path.write_bytes(content)
            path = place.journal if chance.random() < 0.8 else place.folder / header.NAME
            content = bytearray(path.read_bytes())
            match chance.randrange(5):
                case 0:
                    path.unlink()
                case 1:
                    path.write_bytes(bytes(content[: chance.randrange(len(content))]))
                case 2:
                    path.write_bytes(b"")
                case 3:
                    path.write_bytes(chance.randbytes(len(content)))
                case _:
                    for _n in range(chance.randrange(1, 200)):
                        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
                    path.write_bytes(bytes(content))
            identity = header.read(backups.found(place.home, _only(place))[0].folder).workspace
            newest = backups.found(place.home, identity)[0]
            kept = backups.restore(newest, place.folder, WithPassphrase(PASSPHRASE), floor=QUICK)
            opened = place.open()
            failed += not (opened.verify().ok and len(texts(opened)) == 40 and kept.is_dir())
            place.close()
            shutil.rmtree(kept)
    return [Figure("D13", "damaged by chance, newest backup put back", wanted, failed)]


def _only(place: Place) -> str:
    [name] = [path.name for path in (place.home / "backups").iterdir()]
    return name


def run(size: float) -> list[Figure]:
    """All kinds of damage."""
    return [*flips(size), *rollbacks(size), *restores(size)]

"""A process that writes until it is killed or the disk is full, telling each answer that was acknowledged."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from vault_place import QUESTIONNAIRE, Place, said, texts

from wizard.domain.mistakes import Mistake
from wizard.vault import database
from wizard.vault.mistakes import NotSaved


def _tell_what_the_engine_says() -> None:
    """Sentences for people do not say it, and what happens once in ten thousand times must be understood then."""
    quiet = database._mistake

    def loud(error: Exception, saving: bool) -> Mistake:
        original = getattr(error, "orig", None) or error
        print(getattr(original, "sqlite_errorname", ""), original, file=sys.stderr)
        return quiet(error, saving)

    database._mistake = loud


def fill_the_disk(folder: Path, home: Path, limits: list[int]) -> None:
    """Fresh copies of one workspace, one for each size at which the disk is full: nothing acknowledged is lost."""
    import resource

    _tell_what_the_engine_says()
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    for number, limit in enumerate(limits):
        copy, data = folder.with_name(f"copy-{number}"), home.with_name(f"home-{number}")
        shutil.copytree(folder, copy)
        place = Place(copy, data)
        workspace = place.open()
        sealed = None
        for turn in range(400):
            count, size = workspace.journal.count, place.journal.stat().st_size
            begun = time.monotonic()
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            try:
                match (number + turn) % 4:
                    case 0:
                        sealed = workspace.box.seal_bytes(f"{turn} ".encode() * 2_000)
                    case 1:
                        workspace.back_up()
                    case _:
                        workspace.journal.append(said(turn, "x" * 700), said(turn, "twin"), questionnaire=QUESTIONNAIRE)
            except NotSaved:
                resource.setrlimit(resource.RLIMIT_FSIZE, everything)
                assert time.monotonic() - begun < 5, "the sentence came too late"
                assert workspace.journal.count == count, "counted what was not saved"
                assert place.journal.stat().st_size >= size, "the old file became shorter"
                break
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, everything)
        else:
            raise AssertionError(f"the disk was never full at {limit}")
        try:
            workspace.journal.append(said(turn, "after room was made"), questionnaire=QUESTIONNAIRE)
            workspace.box.seal_bytes(b"after room was made")
            workspace.back_up()
        except Mistake:
            print("at", limit, "in turn", turn, "of", number, file=sys.stderr)
            print("as it was left:", workspace.verify().problems, file=sys.stderr)
            place.close()
            print("opened again:", place.open().verify().problems, file=sys.stderr)
            raise
        place.close()
        again = place.open()
        assert again.verify().ok, again.verify().problems
        assert len(texts(again)) == again.journal.count == count + 1, (limit, count, again.journal.count)
        assert sealed is None or again.box.verify(sealed) == ""
        assert not list((copy / "evidence").glob(".*"))
        place.close()
        shutil.rmtree(copy)
        shutil.rmtree(data)
        print("full", limit, count, flush=True)


def main() -> None:
    if sys.argv[3] == "full":
        fill_the_disk(Path(sys.argv[1]), Path(sys.argv[2]), [int(text) for text in sys.argv[4].split(",")])
        return
    folder, home, deed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    workspace = Place(folder, home).open()
    workspace.journal.append(said(0, "warm"), questionnaire=QUESTIONNAIRE)
    print("ready", workspace.journal.count, flush=True)
    number = 0
    while deed != "once" or number < 200:
        number += 1
        if deed == "seal":
            sealed = workspace.box.seal_bytes(f"{number} ".encode() * 5_000)
            print("sealed", sealed.name, sealed.digest, sealed.sealed_digest, sealed.size, flush=True)
        else:
            workspace.journal.append(
                said(number, f"answer {number} " + "x" * 200), said(number, "twin"), questionnaire=QUESTIONNAIRE
            )
            print("saved", workspace.journal.count, flush=True)


if __name__ == "__main__":
    main()

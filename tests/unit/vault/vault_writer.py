"""A process that writes until it is killed or the disk is full, telling each answer that was acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from vault_place import QUESTIONNAIRE, Place, said

from wizard.domain.mistakes import Mistake


def main() -> None:
    folder, home, deed, limit = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    place = Place(folder, home)
    workspace = place.open()
    workspace.journal.append(said(0, "warm"), questionnaire=QUESTIONNAIRE)
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    print("ready", workspace.journal.count, flush=True)
    number = 0
    while deed != "once" or number < 200:
        number += 1
        try:
            if deed == "seal":
                sealed = workspace.box.seal_bytes(f"{number} ".encode() * 5_000)
                print("sealed", sealed.name, sealed.digest, sealed.sealed_digest, sealed.size, flush=True)
            else:
                workspace.journal.append(
                    said(number, f"answer {number} " + "x" * 200), said(number, "twin"), questionnaire=QUESTIONNAIRE
                )
                print("saved", workspace.journal.count, flush=True)
        except Mistake as mistake:
            print("mistake", type(mistake).__name__, workspace.journal.count, flush=True)
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                workspace.journal.append(said(number, "after room was made"), questionnaire=QUESTIONNAIRE)
                print("saved", workspace.journal.count, workspace.verify().ok, flush=True)
            return


if __name__ == "__main__":
    main()

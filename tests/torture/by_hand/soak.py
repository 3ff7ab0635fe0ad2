"""Eight hours of use by script (D17): answers, evidence, backups, locking; says how memory and open files grew.

Run before a release: python tests/torture/by_hand/soak.py [HOURS]
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import figures  # noqa: F401  puts the modules of the checkout within reach
from vault_place import QUICK, Place

from wizard.domain import events as e
from wizard.session import opening
from wizard.session.deeds import evidence, keeping
from wizard.session.settings import Home, Preferences
from wizard.vault.unlocking import WithPassphrase

PASSPHRASE = "only for the soak test"


def grown() -> tuple[float, int]:
    """Resident memory in MiB, and open files of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2, len(list(Path("/proc/self/fd").iterdir()))


def main() -> int:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        preferences = Preferences(Home.below(root / "home"))
        place = Place(root / "Soak.attestry", root / "home")
        described = e.AssessmentDescribed("Soak", "Soak")
        opening.create(
            place.folder, preferences, passphrase=PASSPHRASE, remember=False, described=described, floor=QUICK
        ).session.close()
        end, turn, first = time.monotonic() + hours * 3600, 0, (0.0, 0)
        while time.monotonic() < end:
            turn += 1
            session = opening.open_(place.folder, WithPassphrase(PASSPHRASE), preferences, floor=QUICK)
            for number in range(50):
                session.record(e.CommentSet("DATA-1", f"turn {turn}, number {number}")).result()
            path = root / "proof.txt"
            path.write_text(f"turn {turn}", "utf-8")
            evidence.add(session, [path], ["DATA-1"]).result.result()
            keeping.back_up(session).result.result()
            if turn % 20 == 0:
                found = keeping.check_everything(session).result.result()
                assert not found.problems, found.problems
            session.close()
            del session
            gc.collect()
            now = grown()
            if turn == 5:
                first = now
            if turn % 100 == 0:
                print(turn, now, flush=True)
        print(f"{turn} turns; memory grew by {now[0] - first[0]:.0f} MiB (bar 50), open files by {now[1] - first[1]}")
        return int(now[0] - first[0] >= 50 or now[1] > first[1])


if __name__ == "__main__":
    sys.exit(main())

"""Windows: another program holds the file for 30 seconds (D5): nothing is lost, and a sentence says what to do.

Run on Windows before a release: python tests/torture/by_hand/windows_held_file.py
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import figures  # noqa: F401  puts the modules of the checkout within reach
from vault_place import QUESTIONNAIRE, Place, said, texts

from wizard.domain.mistakes import Mistake


def main() -> int:
    if sys.platform != "win32":
        print("This needs Windows.")
        return 2
    import msvcrt

    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "Held.attestry", Path(folder) / "home")
        workspace = place.create()
        acknowledged, refused = 0, 0
        for name in ("journal.db", "open.attestry"):
            with (place.folder / name).open("r+b") as held:
                msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
                done = threading.Event()
                timer = threading.Timer(30, done.set)
                timer.start()
                while not done.is_set():
                    try:
                        workspace.journal.append(said(acknowledged), questionnaire=QUESTIONNAIRE)
                        acknowledged += 1
                    except Mistake as mistake:
                        refused += 1
                        print(mistake.sentence)
                        done.wait(2)
                held.seek(0)
                msvcrt.locking(held.fileno(), msvcrt.LK_UNLCK, 1)
        workspace.journal.append(said(acknowledged, "afterwards"), questionnaire=QUESTIONNAIRE)
        place.close()
        again = place.open()
        lost = acknowledged + 1 - len(texts(again))
        print(f"{acknowledged} saved, {refused} refused in a sentence, {lost} lost, whole: {again.verify().ok}")
        place.close()
        return int(lost != 0)


if __name__ == "__main__":
    sys.exit(main())

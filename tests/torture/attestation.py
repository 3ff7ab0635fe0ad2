"""Flips bits of signed PDFs and cuts them off: none may be judged as it was signed, none may end in an exception."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from figures import CHECKOUT, Figure, child_environment

_SAMPLES = CHECKOUT / "tests" / "unit" / "document"


def run(size: float) -> Iterator[Figure]:
    """A1: a good file first, so that it is known that the check says more than no."""
    sys.path.insert(0, str(_SAMPLES))
    import document_samples as samples

    from wizard.document.keys import SigningKey
    from wizard.document.verify import Outcome, verify

    pdf = samples.make(samples.small(), SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "")).pdf
    assert verify(pdf).outcome is Outcome.INTACT
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signed.pdf"
        file.write_bytes(pdf)
        for what, wanted in (
            ("one bit flipped", max(50, round(10_000 * size))),
            ("cut off", max(10, round(1e3 * size))),
        ):
            outcomes = _judged_by_all(file, what, wanted)
            yield Figure(
                "A1",
                f"signed PDF of {len(pdf) // 1024} KiB, {what}: judged as signed, or an exception",
                wanted,
                wanted - sum(outcomes.get(one, 0) for one in (Outcome.ALTERED, Outcome.NOT_AN_ATTESTATION)),
                more=", ".join(f"{n:,} {one}" for one, n in sorted(outcomes.items())),
            )


def _judged_by_all(file: Path, what: str, wanted: int) -> dict[str, int]:
    """How often each outcome came, counted by one process a processor."""
    n = os.cpu_count() or 1
    children = [
        subprocess.Popen(
            [sys.executable, __file__, str(file), what, str(seed), str(wanted // n + (seed < wanted % n))],
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for seed in range(n)
    ]
    outcomes: dict[str, int] = {}
    for child in children:
        said, _nothing = child.communicate()
        for outcome, times in json.loads(said).items():
            outcomes[outcome] = outcomes.get(outcome, 0) + times
    return outcomes


def _judge(file: Path, what: str, seed: int, wanted: int) -> dict[str, int]:
    from wizard.document.verify import verify

    pdf, chance, outcomes = file.read_bytes(), random.Random(seed), dict[str, int]()
    for _n in range(wanted):
        at, bit = chance.randrange(len(pdf)), 1 << chance.randrange(8)
        changed = pdf[:at] if what == "cut off" else pdf[:at] + bytes((pdf[at] ^ bit,)) + pdf[at + 1 :]
        try:
            outcome = str(verify(changed).outcome)
        except Exception as error:  # whatever it is, it is counted and named
            outcome = f"{type(error).__name__} at byte {at}"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


if __name__ == "__main__":
    print(json.dumps(_judge(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))

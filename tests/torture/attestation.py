"""Flips bits of signed PDFs and cuts them off: none may be judged as it was signed, and none may end in an exception."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from multiprocessing import get_context

from figures import CHECKOUT, Figure

sys.path.insert(0, str(CHECKOUT / "tests" / "unit" / "document"))

import document_samples as samples

from wizard.document.keys import SigningKey
from wizard.document.verify import Outcome, verify

_PDF = b""


def run(size: float) -> Iterator[Figure]:
    """A1: a good file first, so that it is known that the check says more than no."""
    pdf = samples.make(samples.small(), SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "")).pdf
    chance = random.Random(1)
    flips = [(chance.randrange(len(pdf)), 1 << chance.randrange(8)) for _n in range(max(50, round(10_000 * size)))]
    cuts = [(chance.randrange(len(pdf)), 0) for _n in range(max(10, round(1_000 * size)))]
    assert verify(pdf).outcome is Outcome.INTACT
    with get_context("spawn").Pool(os.cpu_count(), _take, (pdf,)) as pool:
        for what, changes in (("one bit flipped", flips), ("cut off", cuts)):
            outcomes = pool.map(_judged, changes, chunksize=50)
            yield Figure(
                "A1",
                f"signed PDF of {len(pdf) // 1024} KiB, {what}, judged as signed or with an exception",
                len(outcomes),
                sum(outcome not in (Outcome.ALTERED, Outcome.NOT_AN_ATTESTATION) for outcome in outcomes),
                more=", ".join(f"{outcomes.count(one):,} {one}" for one in sorted(set(outcomes))),
            )


def _take(pdf: bytes) -> None:
    global _PDF
    _PDF = pdf


def _judged(change: tuple[int, int]) -> str:
    at, bit = change
    try:
        return verify(_PDF[:at] + bytes((_PDF[at] ^ bit,)) + _PDF[at + 1 :] if bit else _PDF[:at]).outcome
    except Exception as error:  # whatever it is, it is counted and named
        return f"{type(error).__name__} at byte {at}"

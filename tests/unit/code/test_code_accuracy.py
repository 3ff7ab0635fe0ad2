"""Recall and precision on the project's own labelled set stay where they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks" / "code"))


def test_recall_and_precision(engine: Any) -> None:
    import accuracy

    recall, precision, sure, there, got = accuracy.measure(engine, seed=5)
    assert recall >= 0.95, {kind: (got[kind], there[kind]) for kind in there}
    assert precision >= 0.95
    assert sure >= 0.95

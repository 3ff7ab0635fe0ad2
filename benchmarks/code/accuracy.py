"""Prints recall and precision on the labelled set, by kind; run it as `python benchmarks/code/accuracy.py`."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import labelled

from wizard.checks.code.engine import Kingfisher
from wizard.checks.code.leak import Masker, Tier
from wizard.checks.code.scan import scan_secrets


def measure(engine: Kingfisher, seed: int = 1) -> tuple[float, float, float, Counter[str], Counter[str]]:
    """Recall and precision of tiers A and B, precision of tier A, and by kind how many were there and found."""
    with tempfile.TemporaryDirectory() as folder:
        labels = labelled.write(Path(folder), seed)
        found = scan_secrets(Path(folder), engine, Masker(b"benchmark" * 4), datetime.now(UTC))
    hit = {(leak.file, leak.line): leak.tier for leak in found.leaks if leak.tier is not Tier.C}
    kinds = {(each.file, each.line): each.kind for each in labels}
    there = Counter(each.kind for each in labels if each.kind)
    got = Counter(kinds[place] for place in hit if kinds.get(place))
    sure = [place for place, tier in hit.items() if tier is Tier.A]
    return (
        got.total() / there.total(),
        got.total() / max(1, len(hit)),
        sum(bool(kinds.get(place)) for place in sure) / max(1, len(sure)),
        there,
        got,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        recall, precision, sure, there, got = measure(Kingfisher(Path(cache)))
    print(f"recall {recall:.3f}  precision {precision:.3f}  precision of tier A {sure:.3f}")
    for kind, count in sorted(there.items()):
        print(f"{kind:<20} {got[kind]}/{count}")


if __name__ == "__main__":
    main()

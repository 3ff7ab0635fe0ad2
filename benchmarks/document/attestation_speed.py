"""How long an attestation of 40 and of 400 pages takes to build, sign and verify; fails when it is too slow.

Run: python benchmarks/document/attestation_speed.py [--json]
Limits: 40 pages built and signed in 2 s, 400 pages in 20 s; verified in 1 s without and in 3 s with the rebuilding of
40 pages. Each figure is taken in a fresh process, imports included, in seconds of the processor: all of it is one
thread's work, so what else the machine does is not counted. `wall_s` is the clock's time for all of it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "document")]

LIMITS = {40: (2.0, 3.0), 400: (20.0, 30.0)}


def large(pages: int):
    """An attestation of about that many pages: the sample's section of 30 duties, again and again."""
    from document_samples import for_key, sample

    from wizard.document.keys import SigningKey

    key = SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "ines@northwindsync.example")
    made = sample()
    many = made.groups[-1]
    groups = list(made.groups)
    for number in range(max(0, round((pages - 20) / 6.9))):
        items = tuple(replace(item, id=f"{item.id}-{number}") for item in many.items)
        groups.append(replace(many, id=f"many-{number}", items=items))
    return for_key(replace(made, groups=tuple(groups)), key), key


def child(pages: int) -> None:
    """One measurement in this process."""
    attestation, key = large(pages)
    began, start = time.perf_counter(), time.process_time()
    from wizard.document.build import build
    from wizard.document.sign import sign

    unsigned = build(attestation)
    built = time.process_time()
    pdf = sign(unsigned, key, attestation)
    signed = time.process_time()
    from wizard.document import rules
    from wizard.document.verify import verify

    rules.embedded(pdf)
    rules.signature(pdf)
    rules.quiet(pdf, attestation)
    checked = time.process_time()
    outcome = verify(pdf).outcome
    verified = time.process_time()
    import pikepdf

    figures = {
        "pages": len(pikepdf.open(BytesIO(pdf)).pages),
        "bytes": len(pdf),
        "build_s": round(built - start, 3),
        "sign_s": round(signed - built, 3),
        "rules_1_to_7_s": round(checked - signed, 3),
        "verify_with_rebuild_s": round(verified - checked, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "wall_s": round(time.perf_counter() - began, 3),
        "outcome": str(outcome),
    }
    print(json.dumps(figures))


def main() -> int:
    """Measure both sizes, print the figures, and return 1 when a limit is broken."""
    slow = False
    for pages, (make_limit, verify_limit) in LIMITS.items():
        done = subprocess.run(
            [sys.executable, __file__, "--child", str(pages)], capture_output=True, text=True, check=True
        )
        figures = json.loads(done.stdout)
        made = figures["build_s"] + figures["sign_s"]
        bad = made > make_limit or figures["verify_with_rebuild_s"] > verify_limit or figures["outcome"] != "intact"
        slow |= bad
        if "--json" in sys.argv:
            print(json.dumps({**figures, "too_slow": bad}))
        else:
            print(f"{figures['pages']} pages: made in {made:.2f} s (limit {make_limit} s), verified in "
                  f"{figures['verify_with_rebuild_s']:.2f} s (limit {verify_limit} s)  {figures}")  # fmt: skip
    return int(slow)


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(int(sys.argv[-1]))
    else:
        sys.exit(main())

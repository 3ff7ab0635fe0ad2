"""Feeds every importer mutated reports, guided by coverage (atheris), and fails on anything but a report or a refusal.

Atheris runs on Linux with CPython only and is no dependency of the tests; where it is not installed this says so and
ends with 0. Run: python tests/torture/fuzz_importers.py [--seconds N]; what breaks is written beside the corpus.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "importers")]

#: No input of this size may take longer than a damaged file may take to be refused.
LONGEST_INPUT, SLOW = 64 * 1024, 5.0


def one_input(data: bytes) -> None:
    """Read it as a report: it is one, then it crosses the pipe unchanged, or it is refused with one sentence."""
    from wizard import importers
    from wizard.domain.codec import from_json, to_json
    from wizard.importers.base import Report, UnreadableReport

    importers.recognise(data[: importers.HEAD])
    began = time.monotonic()
    try:
        report = importers.read(io.BytesIO(data))
    except UnreadableReport as refused:
        if not refused.sentence.strip() or len(refused.sentence) > 600:
            raise AssertionError("the sentence is empty or endless") from refused
    else:
        if from_json(Report, json.loads(json.dumps(to_json(report)))) != report:
            raise AssertionError("the report changes on its way through the pipe")
    if time.monotonic() - began > SLOW:
        raise AssertionError("this takes too long")


def main() -> int:
    """Fuzz for a while, beginning with every report of the tests; 1 when something broke."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=120)
    seconds = asked.parse_args().seconds
    try:
        import atheris
    except ImportError:
        print("atheris is not installed, so nothing was fuzzed (pip install atheris, Linux only).")
        return 0
    with atheris.instrument_imports(include=["wizard.importers", "wizard.formats"]):
        import import_samples

        import wizard.importers  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="fuzz-importers-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for name, sample in import_samples.SAMPLES.items():
            (corpus / name).write_bytes(sample.data[:LONGEST_INPUT])
        words = sorted({word for sample in import_samples.SAMPLES.values() for word in _words(sample.data)})
        dictionary = Path(folder) / "words"
        dictionary.write_text("".join(f'"{word}"\n' for word in words))
        options = [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST_INPUT}",
            f"-dict={dictionary}",
            f"-artifact_prefix={Path.cwd()}/fuzz-",
            "-timeout=10",
            "-print_final_stats=1",
        ]
        atheris.Setup(options, one_input)
        atheris.Fuzz()  # ends the process itself, with its own code
    return 0


def _words(data: bytes) -> set[str]:
    """The names of keys and elements, which a mutation of bytes would not find."""
    import re

    return set(re.findall(r'[<"]([A-Za-z@$][\w.:-]{2,30})[">]', data.decode("utf-8", "replace")))


if __name__ == "__main__":
    sys.exit(main())

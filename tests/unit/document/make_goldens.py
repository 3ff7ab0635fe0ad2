"""Writes the goldens of a layout: its data, and what it looks like. Only ever for a layout that was not released yet.

Run: python tests/unit/document/make_goldens.py
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOLDENS = Path(__file__).with_name("goldens")


def data():
    """The attestations whose pages are kept, by name; none of it is random."""
    from document_samples import sample, small
    from test_document_disclosure import LEVELS, numbered

    from wizard.document.delta import delta
    from wizard.document.disclosure import commit, summarise
    from wizard.domain.changed import Since

    whole = commit(sample(), numbered())
    earlier = replace(small(), release="4.1.0", hosts=small().hosts[:1])
    since = Since("0123456789abcdef" * 4, earlier.signed_at.date(), delta(earlier, small()))
    return {
        "whole": whole,
        "summary": summarise(whole, LEVELS),
        "renewed-letter": commit(replace(small(), since=since, paper="Letter"), numbered()),
        "demonstration": small(demonstration=True, custom_questionnaire=True),
        "empty": replace(small(), groups=(), scoping=(), hosts=(), addresses=(), runs=(), evidence=(), ledger=()),
    }


def main() -> None:
    from wizard.document.build import build
    from wizard.document.canonical import canonical, read
    from wizard.document.renderer import renderer
    from wizard.domain.attestation import LAYOUT

    folder = GOLDENS / f"layout-{LAYOUT}"
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for name, attestation in data().items():
        written = canonical(attestation)
        pdf = build(read(written))
        (folder / f"{name}.json").write_bytes(written)
        (folder / f"{name}.pdf.gz").write_bytes(gzip.compress(pdf, 9, mtime=0))
        digests[name] = sha256(pdf).hexdigest()
    about = {"renderer": list(renderer()), "sha256": digests}
    (folder / "digests.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    main()

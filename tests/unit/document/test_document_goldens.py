"""Every released layout is drawn for ever as it was: its bytes with the libraries of then, its pages with any other."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest

from wizard.document.build import _LAYOUTS, build
from wizard.document.canonical import canonical, read
from wizard.document.compare import same_document
from wizard.document.renderer import renderer

GOLDENS = Path(__file__).with_name("goldens")
FILES = sorted(GOLDENS.glob("layout-*/*.json"))
CASES = [file for file in FILES if file.name != "digests.json"]


@pytest.mark.slow
@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_released_layout_is_drawn_as_it_was(file):
    data = file.read_bytes()
    attestation = read(data)
    assert canonical(attestation) == data  # the data are read, and spelled, as they were
    assert f"layout-{attestation.layout}" == file.parent.name
    kept = json.loads((file.parent / "digests.json").read_text(encoding="utf-8"))
    pdf = build(attestation)
    if kept["renderer"] == list(renderer()):
        assert sha256(pdf).hexdigest() == kept["sha256"][file.stem]
    assert same_document(pdf, gzip.decompress((file.parent / f"{file.stem}.pdf.gz").read_bytes()))


def test_every_layout_that_is_known_has_its_goldens():
    assert {file.parent.name for file in CASES} == {f"layout-{number}" for number in _LAYOUTS}
    assert len(CASES) >= 5

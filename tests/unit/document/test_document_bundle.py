"""One file to hand in: what goes in comes out, the same content gives the same bytes, and a hostile zip is refused."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from document_samples import Made, evidence, make, small

from wizard.document import bundle
from wizard.document.bundle import MANIFEST, PDF, NotABundle
from wizard.document.handed_over import Match
from wizard.document.lines import LineState
from wizard.document.verify import Outcome
from wizard.session.deeds import reviewing
from wizard.session.settings import Home

CONTENT = {"ev-01": b"the policy", "ev-02": b"the scan"}


def piece(number: int, name: str):
    """A piece of evidence whose digest is that of its content."""
    one = evidence(number, name, ("DATA-1",), "Dana Ortiz", None)
    content = CONTENT.setdefault(one.id, name.encode())
    return replace(one, sealed=replace(one.sealed, digest=sha256(content).hexdigest(), size=len(content)))


@pytest.fixture(scope="module")
def signed(key) -> Made:
    pieces = (piece(1, "../../etc/passwd"), piece(2, "scan: “June” 走.json"))
    return make(replace(small(), evidence=pieces), key)


def bundled(made: Made, chosen=None) -> bytes:
    out = io.BytesIO()
    wanted = made.attestation.evidence if chosen is None else chosen
    bundle.write(out, made.pdf, made.attestation, wanted, lambda one, stream: stream.write(CONTENT[one.id]))
    return out.getvalue()


def test_what_goes_in_comes_out_under_names_without_a_path(signed):
    data = bundled(signed)
    assert data == bundled(signed)
    found = bundle.read(io.BytesIO(data), 10_000_000)
    assert found.pdf == signed.pdf
    assert [one.name for one in found.evidence] == ["evidence/001 _.._etc_passwd", "evidence/002 scan_ _June_ 走.json"]
    assert all(one.holds for one in found.evidence)
    assert not found.trouble
    only = bundle.read(io.BytesIO(bundled(signed, signed.attestation.evidence[1:])), 10_000_000)
    assert [one.name[:12] for one in only.evidence] == ["evidence/002"]


def again(data: bytes, change) -> bytes:
    """The zip with its files changed: `change` gets them by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def other_evidence(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.startswith("evidence/001"))
    files[name] = b"another one"


def one_gone(files: dict[str, bytes]) -> None:
    del files[next(name for name in files if name.startswith("evidence/002"))]


def test_a_reviewer_hears_what_is_another_and_what_is_missing(signed, tmp_path):
    def review(data: bytes):
        path = tmp_path / "in.zip"
        path.write_bytes(data)
        return reviewing.review(path, Home.below(tmp_path / "home"))

    whole = review(bundled(signed))
    assert whole.verification.outcome is Outcome.INTACT
    assert [one.match for one in whole.evidence.pieces] == [Match.MATCHED, Match.MATCHED]
    changed = review(again(bundled(signed), other_evidence))
    assert [one.match for one in changed.evidence.pieces] == [Match.DIFFERENT, Match.MATCHED]
    short = review(again(bundled(signed), one_gone))
    first, second = short.evidence.pieces
    assert first.match is Match.MATCHED
    assert second.match is not Match.MATCHED
    other = review(again(bundled(signed), lambda files: files.update({PDF: signed.pdf[:-1] + b"\r"})))
    assert other.verification.integrity.state is LineState.BAD


def test_what_the_list_does_not_say_is_told(signed):
    data = bundled(signed)
    more = bundle.read(io.BytesIO(again(data, lambda files: files.update({"evil.exe": b"MZ"}))), 10_000_000)
    assert "evil.exe" in more.trouble
    other = bundle.read(io.BytesIO(again(data, lambda files: files.update({PDF: b"%PDF-1.7"}))), 10_000_000)
    assert "not the one" in other.trouble


def manifest(change) -> object:
    def changed(files: dict[str, bytes]) -> None:
        parsed = json.loads(files[MANIFEST])
        files[MANIFEST] = json.dumps(change(parsed)).encode()

    return changed


NO_BUNDLES = {
    "no list": lambda files: files.pop(MANIFEST),
    "no PDF": lambda files: files.pop(PDF),
    "another format": manifest(lambda parsed: parsed | {"format": "x"}),
    "a list of nothing": manifest(lambda parsed: []),
    "one name twice": manifest(lambda parsed: parsed | {"files": parsed["files"] * 2}),
    "no numbers": manifest(lambda parsed: parsed | {"files": [one | {"size": "9"} for one in parsed["files"]]}),
    "no JSON": lambda files: files.update({MANIFEST: b"\xff{"}),
    "deep JSON": lambda files: files.update({MANIFEST: b"[" * 100_000}),
}


@pytest.mark.parametrize("name", NO_BUNDLES)
def test_a_zip_that_is_no_bundle_is_refused(signed, name):
    with pytest.raises(NotABundle, match="Ask for the PDF itself"):
        bundle.read(io.BytesIO(again(bundled(signed), NO_BUNDLES[name])), 10_000_000)


def test_what_is_packed_cut_or_larger_than_itself_is_refused(signed):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b"0" * 1_000_000)
    data = bundled(signed)
    for hostile in (packed.getvalue(), data[:-40], data[: len(data) // 2], b"PK\x03\x04" + b"\0" * 100):
        with pytest.raises(NotABundle):
            bundle.read(io.BytesIO(hostile), 10_000_000)
    with pytest.raises(NotABundle, match="too large"):
        bundle.read(io.BytesIO(data), 100)
    claims = bytearray(data)  # the directory says that a file is larger than the whole zip
    at = data.rindex(b"PK\x01\x02")
    claims[at + 24 : at + 28] = b"\xff\xff\xff\x7f"
    with pytest.raises(NotABundle):
        bundle.read(io.BytesIO(bytes(claims)), 10_000_000)


def test_every_changed_byte_of_a_bundle_is_told_or_leaves_everything_as_it_was(signed, tmp_path: Path):
    data = bundled(signed)
    start = data.index(PDF.encode()) + len(PDF) + len(signed.pdf)  # behind the PDF, which has its own verifier
    for at in range(start, len(data), 13):
        changed = bytearray(data)
        changed[at] ^= 1
        try:
            found = bundle.read(io.BytesIO(bytes(changed)), 10_000_000)
        except NotABundle:
            continue
        good = [one.digest for one in found.evidence if one.holds]
        assert found.pdf == signed.pdf
        assert set(good) <= {sha256(content).hexdigest() for content in CONTENT.values()}

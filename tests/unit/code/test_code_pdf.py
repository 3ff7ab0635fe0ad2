"""Words of a PDF are packed: in a folder and in its history they are read, and what could not be read is said."""

import io
import subprocess

import pytest
from reportlab.pdfgen import canvas

from wizard.checks.code.coverage import GapKind
from wizard.checks.code.engine import Stop
from wizard.formats.text import NoText
from wizard.session.deeds.pdf_words import PdfWords

#: Put together here, so that no text that looks like a secret stands in this repository.
SECRET = "gh" + "p_" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7j"


def pdf(words: str) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pageCompression=1)
    page.drawString(72, 700, words)
    page.save()
    return out.getvalue()


def gaps(found):
    return {gap.kind: gap.places for gap in found.coverage.gaps}


def test_a_secret_in_the_words_of_a_pdf_is_found_on_disk_and_in_the_history(scan, tmp_path):
    (tmp_path / "old.pdf").write_bytes(pdf(f"token {SECRET}"))
    assert SECRET.encode() not in (tmp_path / "old.pdf").read_bytes()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@b.invalid"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["rm", "-q", "old.pdf"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run([*git, "commit", "-qm", "two"], check=True)
    (tmp_path / "new.pdf").write_bytes(pdf(f"token {SECRET}"))
    found = scan(tmp_path, read_pdf=PdfWords(lambda: False))
    assert {leak.file for leak in found.leaks} == {"old.pdf", "new.pdf"}
    assert found.coverage.complete


def test_a_pdf_that_nobody_read_is_named(scan, tmp_path):
    (tmp_path / "manual.pdf").write_bytes(pdf("nothing"))
    (tmp_path / "late.pdf").write_bytes(b"junk before it\n" + pdf("nothing"))
    (tmp_path / "kind.py").write_text('if head.startswith(b"%PDF-"):\n    pass\n')
    found = scan(tmp_path)
    assert set(gaps(found)[GapKind.PDF]) == {"manual.pdf", "late.pdf"}
    assert not found.coverage.complete


def test_a_damaged_pdf_is_named(scan, tmp_path):
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 200)
    found = scan(tmp_path, read_pdf=PdfWords(lambda: False))
    assert gaps(found) == {GapKind.PDF: ("cut.pdf",)}


def test_so_many_that_time_is_up_and_stop():
    words = PdfWords(lambda: False, seconds=0.001)
    assert "nothing" in words(pdf("nothing")).words
    with pytest.raises(NoText):
        words(pdf("another"))
    stop = Stop()
    stop.set()
    with pytest.raises(NoText):
        PdfWords(lambda: stop.is_set)(pdf("nothing"))

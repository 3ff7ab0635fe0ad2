"""What other people's programs say of our documents."""

from __future__ import annotations

import re


def test_pdfsig_finds_one_valid_signature_over_the_whole_document(made, tool, tmp_path):
    file = tmp_path / "attestation.pdf"
    file.write_bytes(made.pdf)
    said = tool("pdfsig", str(file))
    assert said.count("Signature #") == 1
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_mutool_finds_the_document_unchanged(made, tool, tmp_path):
    file = tmp_path / "attestation.pdf"
    file.write_bytes(made.pdf)
    assert "unchanged since signing" in tool("mutool", "sign", "-v", str(file))


def test_qpdf_finds_no_error(made, tool, tmp_path):
    file = tmp_path / "attestation.pdf"
    file.write_bytes(made.pdf)
    said = tool("qpdf", "--check", str(file))
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


def test_pdftotext_copies_names_in_every_direction_as_they_were_written(made, tool, tmp_path):
    file = tmp_path / "attestation.pdf"
    file.write_bytes(made.pdf)
    said = re.sub("[\u202a-\u202e\u200e\u200f]", "", tool("pdftotext", str(file), "-"))
    assert "暗号化設定.pdf" in said
    assert "تقرير الثغرات" in said
    assert "דנה אורטיז" in said
    assert "Yes, everywhere. Not HTTPS: database and queue" in said


def test_pdffonts_finds_every_font_embedded(made, tool, tmp_path):
    file = tmp_path / "attestation.pdf"
    file.write_bytes(made.pdf)
    rows = tool("pdffonts", str(file)).splitlines()[2:]
    assert rows
    assert all(re.search(r"CID TrueType +Identity-H +yes yes yes", row) for row in rows)

"""What is saved beside the PDF is made from the verified file, whole or not at all; calendars read the reminders."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from document_samples import SIGNED_AT, sample

from wizard.document.canonical import canonical, read
from wizard.document.reminders import reminders
from wizard.session.deeds import exporting
from wizard.session.deeds.exporting import Companion, NotSaved


@pytest.fixture
def pdf(little, tmp_path) -> Path:
    path = tmp_path / "northwind.pdf"
    path.write_bytes(little.pdf)
    return path


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.slow
def test_every_companion_is_made_from_the_signed_file(made, tmp_path):
    pdf = tmp_path / "northwind.pdf"
    pdf.write_bytes(made.pdf)
    assert exporting.companions(made.attestation) == tuple(Companion)
    for one in Companion:
        path = exporting.save(pdf, one, tmp_path / one.value)
        assert path.stat().st_size > 500
        if path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
    assert read((tmp_path / "attestation.json").read_bytes()) == made.attestation
    assert (tmp_path / "attestation.json").read_bytes() == canonical(made.attestation)
    assert b"default-src 'none'" in (tmp_path / "verifier.html").read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {"northwind.pdf", *(one.value for one in Companion)}


def test_nothing_is_saved_from_a_file_that_does_not_hold_nor_over_it(little, pdf, tmp_path):
    with pytest.raises(NotSaved, match="signed PDF itself"):
        exporting.save(pdf, Companion.DATA, tmp_path / "." / "northwind.pdf")
    pdf.write_bytes(little.pdf.replace(b" Tj ET", b" Tj EU", 1))
    with pytest.raises(NotSaved, match="does not verify, so nothing was made"):
        exporting.save(pdf, Companion.DATA, tmp_path / "data.json")
    assert [p.name for p in tmp_path.iterdir()] == ["northwind.pdf"]


@pytest.mark.slow
def test_what_was_there_stays_when_writing_fails(pdf, tmp_path, monkeypatch):
    target = tmp_path / "data.json"
    target.write_text("earlier")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NotSaved, match="No space left"):
        exporting.save(pdf, Companion.DATA, target)
    assert target.read_text() == "earlier"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.json", "northwind.pdf"]
    with pytest.raises(NotSaved, match="could not be written"):
        exporting.save(pdf, Companion.DATA, tmp_path / "nowhere" / "data.json")


def test_without_anything_to_do_there_is_no_plan(little, pdf, tmp_path):
    assert Companion.OSCAL_PLAN not in exporting.companions(little.attestation)
    with pytest.raises(NotSaved, match="nothing to say"):
        exporting.save(pdf, Companion.OSCAL_PLAN, tmp_path / "plan.json")


def test_reminders_come_90_60_and_30_days_before_and_on_the_last_day():
    a = sample()
    lines = unfolded(reminders(a))
    days = [line.removeprefix("DTSTART;VALUE=DATE:") for line in lines if line.startswith("DTSTART")]
    assert days == [f"{a.valid_until - timedelta(days=n):%Y%m%d}" for n in (90, 60, 30, 0)]
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == lines.count("BEGIN:VALARM") == 4
    assert len({line for line in lines if line.startswith("UID:")}) == 4
    assert reminders(a) == reminders(a)


def test_reminders_before_the_day_of_signing_are_left_out():
    short = replace(sample(), valid_until=SIGNED_AT.date() + timedelta(days=45))
    assert unfolded(reminders(short)).count("BEGIN:VEVENT") == 2


def test_hostile_names_stay_text_and_lines_stay_short():
    a = sample(integration="A;B,C\\D\r\nBEGIN:VEVENT " + "同期" * 40)
    data = reminders(a)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = unfolded(data)
    assert lines.count("BEGIN:VEVENT") == 4
    (title,) = {line for line in lines if re.match(r"SUMMARY:.*30 days left", line)}
    assert "A\\;B\\,C\\\\D  BEGIN:VEVENT " + "同期" * 40 in title

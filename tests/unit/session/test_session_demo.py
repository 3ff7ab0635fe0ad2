"""The demonstration does the whole job through the same code as real use, and leaves what it says."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from wizard.demo import walk
from wizard.document.keys import SigningKey
from wizard.document.verify import Outcome, verify
from wizard.domain.events import ExceptionSet, SignatoryNamed
from wizard.domain.finding import Mark, State
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Verdict
from wizard.session import opening, summaries
from wizard.session.deeds import answers, attesting
from wizard.session.deeds.signing_keys import FileKey
from wizard.vault.unlocking import WithPassphrase

CHECKOUT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def session(walked):
    done, preferences = walked
    opened = opening.open_(done.workspace, WithPassphrase(walk.PASSPHRASE), preferences)
    yield opened
    opened.close()


def words(text):
    """Letters and digits only: line breaks and hyphens of the page do not matter."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def test_every_fault_of_the_partner_is_found_and_nothing_is_open(session):
    marks = summaries.tally(session.questionnaire, session.findings)
    assert Mark.NOT_STARTED not in marks
    assert Mark.IN_PROGRESS not in marks
    assert session.findings["DATA-3"].mark is Mark.CONTRADICTED
    assert session.findings["DATA-4"].mark is Mark.CONTRADICTED
    assert session.findings["APP-5"].mark is Mark.CONTRADICTED
    parts = {part.id: part for part in session.findings["AUTH-1"].parts}
    assert parts["AUTH-1a"].mark is Mark.CONTRADICTED
    assert "/api/contacts" in parts["AUTH-1a"].because
    assert session.findings["AUTH-2"].mark is Mark.CONTRADICTED
    assert session.findings["ELIG-6"].state is State.FAIL
    failed = {o.result.check for o in session.assessment.observations.values() if o.result.verdict is Verdict.FAIL}
    assert {"tls-versions", "hsts", "cookies", "authentication"} <= failed
    waiting = [
        r for r in summaries.check_rows(session.questionnaire, session.assessment, session.findings) if not r.verdict
    ]
    assert waiting == []


def test_the_signed_pdf_verifies_and_says_demonstration_on_every_page(walked, tool):
    done, _ = walked
    data = done.signed.path.read_bytes()
    assert verify(data).outcome is Outcome.INTACT
    pages = subprocess.run([tool("pdftotext"), str(done.signed.path), "-"], capture_output=True, text=True, check=True)
    for number, page in enumerate(pages.stdout.split("\f")[:-1], 1):
        assert "DEMONSTRATION" in page, f"page {number}"
    said = subprocess.run([tool("pdfsig"), str(done.signed.path)], capture_output=True, text=True)
    assert "Total document signed" in said.stdout
    assert "Signature is Valid" in said.stdout


def test_everything_stored_is_found_in_the_text_of_the_pdf(walked, session, tool):
    done, _ = walked
    command = [tool("pdftotext"), "-layout", str(done.signed.path), "-"]
    plain = subprocess.run([*command[:1], *command[2:]], capture_output=True, text=True, check=True).stdout
    text = words(plain)
    assessment, questionnaire = session.assessment, session.questionnaire
    missing = []
    for given in assessment.answers.values():
        question = questionnaire.question_by_id[given.question]
        if question.private:
            continue
        missing += [t for t in said_texts(given, question) if words(t) not in text]
    missing += [n.payload.text for n in assessment.comments.values() if words(n.payload.text) not in text]
    missing += [n.payload.text for n in assessment.explanations.values() if words(n.payload.text) not in text]
    missing += [item.name for item in assessment.evidence.values() if words(item.name) not in text]
    halves = [half for item in assessment.evidence.values() for half in re.findall(".{32}", item.sealed.digest)]
    missing += [half for half in halves if half not in text]  # a digest stands on two lines
    missing += [
        o.result.summary
        for o in assessment.observations.values()
        if o.result.verdict is not Verdict.NOT_APPLICABLE and words(o.result.summary) not in text
    ]
    assert missing == []


def said_texts(given, question):
    """The words of an answer as a person typed them; ids of options are printed by their labels."""
    value = given.value
    if isinstance(value, str):
        option = question.option(value)
        if option:
            yield option.label
        elif question.kind == "text":
            yield value
        return
    rows = value if isinstance(value, tuple) else (value,)
    for row in rows:
        if isinstance(row, str):
            yield question.option(row).label if question.option(row) else row
            continue
        for column_id, cell in row.cells:
            column = question.column(column_id)
            if column is not None and column.kind == "text" and cell:
                yield cell


def test_the_workspace_opens_and_can_be_signed_again(session, tmp_path):
    assert attesting.verify_workspace(session).result.result(60).ok
    assert attesting.blockers(session) == ()
    out = tmp_path / "again.pdf"
    signed = attesting.sign(session, out).result.result(120)
    assert verify(out.read_bytes()).outcome is Outcome.INTACT
    assert signed.attestation.journal.earlier_attestations


def test_a_flipped_byte_is_told_by_the_shell(walked, tmp_path):
    done, _ = walked
    data = bytearray(done.signed.path.read_bytes())
    data[len(data) // 3] ^= 1
    path = tmp_path / "altered.pdf"
    path.write_bytes(data)
    for file, code in ((done.signed.path, 0), (path, 1)):
        command = [
            sys.executable,
            "-P",
            "-m",
            "wizard",
            "verify",
            str(file),
            "--json",
            "--home",
            str(tmp_path / "home"),
        ]
        said = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, timeout=60
        )
        assert said.returncode == code, said.stdout + said.stderr
        assert json.loads(said.stdout)["outcome"] == ("intact" if code == 0 else "altered")


def test_status_and_export_from_the_shell(walked, session, tmp_path):
    done, preferences = walked
    read, write = os.pipe()
    os.write(write, walk.PASSPHRASE.encode() + b"\n")
    os.close(write)
    command = [
        sys.executable,
        "-P",
        "-m",
        "wizard",
        "status",
        str(done.workspace),
        "--json",
        "--passphrase-fd",
        str(read),
    ]
    said = subprocess.run(
        [*command, "--home", str(preferences.home.documents)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        pass_fds=(read,),
        timeout=60,
    )
    os.close(read)
    rows = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.returncode == 1
    assert len(rows) == 49
    assert next(r for r in rows if r["requirement"] == "DATA-4")["state"] == "FAIL"


def test_a_certificate_file_signs_and_a_wrong_passphrase_is_said(session, tmp_path):
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    made = SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "ines@northwindsync.example")
    p12 = tmp_path / "officer.p12"
    p12.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"officer", made.key, made.certificate, None, BestAvailableEncryption(b"right words")
        )
    )
    out = tmp_path / "by-file.pdf"
    with pytest.raises(Mistake, match="passphrase"):
        attesting.sign(session, out, FileKey(p12, b"wrong words")).result.result(120)
    assert not out.exists()
    signed = attesting.sign(session, out, FileKey(p12, b"right words")).result.result(120)
    assert signed.attestation.signatory.fingerprint == made.fingerprint


def test_nothing_is_signed_while_something_stops_it(session, tmp_path):
    answers.grant_exception(
        session,
        ExceptionSet("INC-7", "Old restore test", "Jonas", "Snapshots", session.clock().date() + timedelta(days=9)),
    ).result(30)
    answers.name_signatory(session, SignatoryNamed("", "", "")).result(30)
    assert attesting.verify_workspace(session).result.result(60).ok
    blocked = attesting.blockers(session)
    assert [b.where for b in blocked] == ["sign"]
    out = tmp_path / "never.pdf"
    with pytest.raises(attesting.Blocked):
        attesting.sign(session, out).result.result(60)
    assert not out.exists()
    session.undo().result(30)
    assert attesting.blockers(session) == ()


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_recorded(session, tmp_path):
    before = len(session.assessment.attestations)
    with pytest.raises(attesting.NotWritten):
        attesting.sign(session, tmp_path / "no such folder" / "x.pdf").result.result(120)
    assert len(session.assessment.attestations) == before

"""A live secret in a file keeps it from being sealed until it is said what it is; pictures are said not to be read."""

import gzip
import io
import sqlite3
import tarfile
import zipfile
from base64 import b64encode
from datetime import date

import pytest
from reportlab.pdfgen import canvas

from wizard.checks import access_log, sample_secrets
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.events import SecretVerdict
from wizard.domain.finding import Basis, State
from wizard.domain.observation import Verdict
from wizard.session.deeds import answers, evidence, scanning

#: Put together here, so that no text that looks like a secret stands in this repository.
SECRET = "gh" + "p_" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7j"


def add(session, path, *requirements):
    return evidence.add(session, [path], requirements).result.result(timeout=60)


def pdf(words="", title="", picture=False):
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    drawn.setTitle(title)
    drawn.drawString(72, 700, words)
    if picture:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        drawn.drawImage(ImageReader(Image.new("RGB", (4, 4))), 10, 10)
    drawn.save()
    return out.getvalue()


def packed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>token {SECRET}</w:t>")
    return out.getvalue()


def packed_twice():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        member = tarfile.TarInfo("logs/app.log.gz")
        content = gzip.compress(f"token {SECRET}".encode())
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def table():
    with sqlite3.connect(":memory:") as base:
        base.execute("create table settings (value)")
        base.execute("insert into settings values (?)", (f"token {SECRET}",))
        base.commit()
        return base.serialize()


def png():
    from PIL import Image, PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", f"taken with {SECRET}")
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


HERE, MAIL, THERE = "Black it out", "Take it out of the mail", "Make the file again without it"
WAYS = {HERE: "black-out", MAIL: "mail", THERE: "source"}


@pytest.mark.parametrize(
    ("name", "data", "way_out"),
    [
        ("plain.txt", f"\n\nAuthorization: token {SECRET}\n".encode(), HERE),
        ("utf16.txt", f"token {SECRET}".encode("utf-16"), HERE),
        ("words.pdf", pdf(words=f"token {SECRET}"), THERE),
        ("title.pdf", pdf(title=f"token {SECRET}"), THERE),
        ("report.docx", packed(), THERE),
        ("logs.tar.xz", packed_twice(), THERE),
        (
            "mail.eml",
            b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n" + b64encode(f"token {SECRET}".encode()),
            MAIL,
        ),
        ("user-data.txt", b64encode(gzip.compress(f"token {SECRET}".encode(), mtime=0)), HERE),
        ("settings.db", table(), THERE),
        ("picture.png", png(), HERE),
        (
            "browser.har",
            f'{{"log": {{"entries": [{{"request": {{"url": "https://a.example/?t={SECRET}"}}}}]}}}}'.encode(),
            HERE,
        ),
        ("long.txt", f"token {SECRET}\n".encode() + b"harmless\n" * 120_000, THERE),
    ],
)
def test_a_live_secret_keeps_a_file_out(session, tmp_path, monkeypatch, name, data, way_out):
    """Whatever it is packed in, with a way out that is open; nothing is unfolded on the disk, as the engine would."""
    monkeypatch.delattr("wizard.checks.code.engine.Kingfisher.unfold")
    (tmp_path / name).write_bytes(data)
    added = add(session, tmp_path / name, "SEC-1")
    assert added.evidence == ()
    (held,) = added.held
    assert held.sentence in added.left_out
    assert "ghp_…" in held.sentence
    assert (held.way_out.value, way_out in held.sentence) == (WAYS[way_out], True)
    assert SECRET not in repr(added) + held.sentence + repr(held.examined)
    assert not session.assessment.evidence


def test_a_file_that_becomes_another_between_look_and_seal_is_not_sealed(session, tmp_path, monkeypatch):
    path = tmp_path / "log.txt"
    path.write_text("harmless")
    opened, times = evidence.opened, []

    def swapped(at):
        times.append(at)
        if len(times) == 2:
            path.write_text(f"token {SECRET}")
        return opened(at)

    monkeypatch.setattr(evidence, "opened", swapped)
    with pytest.raises(Exception, match="changed while it was being added"):
        add(session, path, "SEC-1")
    assert not session.assessment.evidence


def test_said_to_be_none_it_is_sealed(session, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"line one\ntoken {SECRET}\n")
    (held,) = add(session, path, "SEC-1").held
    (leak,) = held.examined.live
    assert leak.line == 2
    scanning.dispose(session, leak.fingerprint, SecretVerdict.FALSE_POSITIVE, because="made up").result()
    added = add(session, path, "SEC-1")
    assert not added.held
    assert [item.name for item in added.evidence] == ["a.txt"]


def test_pictures_are_said_not_to_be_read(session, tmp_path):
    from PIL import Image

    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "b.pdf").write_bytes(pdf(words="nothing", picture=True))
    for name in ("a.png", "b.pdf"):
        added = add(session, tmp_path / name)
        ((id, said),) = added.not_looked
        assert id == added.evidence[0].id
        assert "not read for secrets" in said


def test_the_others_are_added_beside_one_that_is_held(session, tmp_path):
    (tmp_path / "bad.txt").write_text(f"token {SECRET}")
    (tmp_path / "good.txt").write_text("all quiet")
    added = evidence.add(session, [tmp_path / "bad.txt", tmp_path / "good.txt"], []).result.result(timeout=60)
    assert [item.name for item in added.evidence] == ["good.txt"]
    assert [held.path.name for held in added.held] == ["bad.txt"]


def log_result(session, check=sample_secrets.LOGS):
    return session.assessment.observations[check.id, ""].result


@pytest.mark.slow
def test_a_log_sample_with_a_secret_contradicts_and_a_clean_one_shows_only_itself(session, tmp_path):
    path = tmp_path / "app.log"
    path.write_text("GET /health 200\n")
    add(session, path, "SEC-5")
    assert log_result(session).verdict is Verdict.NOT_APPLICABLE
    path.write_text(f"GET /me 200 Authorization: token {SECRET}\n")
    (held,) = add(session, path, "SEC-5").held
    assert log_result(session).verdict is Verdict.FAIL
    assert session.findings["SEC-5"].state is State.FAIL
    assert SECRET not in repr(log_result(session))
    day = date(2026, 1, 1)
    (leak,) = held.examined.live
    scanning.dispose(session, leak.fingerprint, SecretVerdict.REVOKED, revoked_on=day, rotated_on=day).result()
    assert log_result(session).verdict is Verdict.FAIL  # revoked, and it still came into the log
    path.write_text("GET /me 200\n")
    add(session, path, "SEC-5")
    assert log_result(session).verdict is Verdict.NOT_APPLICABLE
    assert session.findings["SEC-5"].state is not State.FAIL


def test_only_secrets_in_addresses_count_for_addresses(session, tmp_path):
    path = tmp_path / "access.log"
    path.write_text(f"Authorization: token {SECRET}\n")
    add(session, path, "SEC-3")
    assert log_result(session, sample_secrets.ADDRESSES).verdict is Verdict.NOT_APPLICABLE
    path.write_text(f"GET https://api.example.com/v1?access_token={SECRET} 200\n")
    add(session, path, "SEC-3")
    assert log_result(session, sample_secrets.ADDRESSES).verdict is Verdict.FAIL


def test_a_fine_access_log_alone_is_evidence_and_no_pass(session, tmp_path):
    path = tmp_path / "access.log"
    path.write_text('192.0.2.1 - - [01/Nov/2026:10:00:00 +0000] "GET /x?page=1 HTTP/1.1" 200 5\n')
    answers.answer(session, Answer("SEC-3-claim", AnswerState.GIVEN, "yes")).result()
    add(session, path, "SEC-3")
    assert log_result(session, access_log.CHECK).verdict is Verdict.PASS
    finding = session.findings["SEC-3"]
    assert (finding.state, finding.basis) == (State.ATT, Basis.SHOWN), "no host was looked at"
    path.write_text('192.0.2.1 - - [01/Nov/2026:10:00:00 +0000] "GET /x?password=hunter2 HTTP/1.1" 200 5\n')
    add(session, path, "SEC-3")
    assert log_result(session, access_log.CHECK).verdict is Verdict.FAIL
    assert session.findings["SEC-3"].state is State.FAIL

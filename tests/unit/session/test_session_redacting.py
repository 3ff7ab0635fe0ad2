"""Blacked out before it is sealed: what was there is in no file, no entry and no memory of what is kept."""

import hashlib
import io

import pytest
from PIL import Image, ImageDraw

from wizard.domain import events as e
from wizard.domain.codec import to_json
from wizard.domain.mistakes import Mistake
from wizard.session.deeds import keeping, redacting
from wizard.session.deeds.evidence_secrets import HeldBack
from wizard.session.deeds.redacting import Box, Span

SECRET = "hunter22-the-real-one"


@pytest.fixture
def console(tmp_path):
    path = tmp_path / "console.txt"
    path.write_text(f"volume encrypted: yes\r\ntoken: {SECRET}\r\nagain {SECRET}\r\n", "utf-8")
    return path


def looked_at(session, path):
    return redacting.look(session, path).result.result(30)


def everything(folder):
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_only_what_came_out_is_sealed_and_both_digests_are_kept(session, console):
    original = looked_at(session, console)
    text = original.shown.decode()
    assert original.kind == "text"
    assert SECRET in text
    at = text.index(SECRET)
    added = redacting.seal(session, original, (Span(at, at + len(SECRET)),), ("DATA-1",), note="n").result.result(30)
    [item] = added.evidence
    assert (item.blacked_out, item.name, item.requirements, item.note) == (
        2, "console (blacked out).txt", ("DATA-1",), "n",
    )  # fmt: skip
    kept = session.workspace.box.read(item.sealed, 10_000)
    assert SECRET.encode() not in kept
    assert kept.count("\u2588".encode()) == 12
    assert b"volume encrypted: yes" in kept
    assert item.sealed.digest == hashlib.sha256(kept).hexdigest()
    before = hashlib.sha256(console.read_bytes()).hexdigest()
    assert redacting.original_digest(session, item.id) == before
    assert SECRET in console.read_text(), "the person's own file stays as it is"
    # what is short could be guessed from the digest of the whole: no entry, and so no teammate and no PDF, has it
    entries = [to_json(event.payload) for event in session.workspace.journal.events()]
    assert before not in str(entries)
    assert SECRET not in str(entries)
    home = session.workspace.folder.parent
    console.unlink()
    assert SECRET.encode() not in everything(home), "in clear nowhere"
    assert keeping.check_everything(session).result.result(30).problems == ()


def test_a_live_secret_that_was_not_marked_holds_the_copy_back(session, tmp_path):
    token = "ghp_" + "z8Kq3LmN7vR2tY5wXa9BcD4eF6gH1jP0sUo2"
    path = tmp_path / "log.txt"
    path.write_text(f"user=dana\nremote: https://x:{token}@github.com/acme/app\nname=Dana Ortiz\n")
    original = looked_at(session, path)
    text = original.shown.decode()
    name, at = text.index("Dana Ortiz"), text.index(token)
    with pytest.raises(HeldBack):
        redacting.seal(session, original, (Span(name, name + 10),), ()).result.result(60)
    assert not session.assessment.evidence
    marks = (Span(name, name + 10), Span(at, at + len(token)))
    [item] = redacting.seal(session, original, marks, ()).result.result(60).evidence
    assert token.encode() not in session.workspace.box.read(item.sealed, 1000)


def test_a_picture_comes_out_black_where_it_was_marked(session, tmp_path):
    path = tmp_path / "screen.png"
    image = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(image).text((120, 40), SECRET, fill="red")
    image.save(path)
    original = looked_at(session, path)
    assert original.kind == "picture"
    assert original.shown.startswith(b"\x89PNG")
    [item] = redacting.seal(session, original, (Box(0.3, 0.3, 1, 0.7),), ()).result.result(30).evidence
    out = Image.open(io.BytesIO(session.workspace.box.read(item.sealed, 100_000)))
    assert item.media_type == "image/png"
    assert out.size == (300, 100)
    assert (255, 0, 0) not in {color for _n, color in out.getcolors(100_000)}
    assert out.getpixel((150, 50)) == (0, 0, 0)
    assert out.getpixel((10, 10)) == (255, 255, 255)


def test_what_cannot_be_marked_is_a_sentence_and_nothing_is_sealed(session, tmp_path):
    pdf, empty, broken = tmp_path / "a.pdf", tmp_path / "b.txt", tmp_path / "c.png"
    pdf.write_bytes(b"%PDF-1.7\n")
    empty.touch()
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    for path in (pdf, empty, broken, tmp_path, tmp_path / "gone"):
        with pytest.raises(Mistake) as said:
            looked_at(session, path)
        assert said.value.sentence
    path = tmp_path / "d.txt"
    path.write_text("some words")
    original = looked_at(session, path)
    for marks in ((Span(5, 99),), (Span(3, 3),)):
        with pytest.raises(Mistake):
            redacting.seal(session, original, marks, ()).result.result(30)
    assert not session.assessment.evidence
    assert not list(session.workspace.folder.glob("evidence/??/*.age"))


def test_an_earlier_entry_reads_as_one_without_black_places(session):
    payload = e.EvidenceAdded.TYPE, e.EvidenceAdded.VERSION
    sealed = {"name": "a" * 64, "digest": "b" * 64, "sealed_digest": "c" * 64, "size": 3}
    earlier = {"evidence": {"id": "x", "name": "x", "media_type": "text/plain", "sealed": sealed, "requirements": []}}
    read = e.read_payload(*payload, earlier)
    assert read.evidence.blacked_out == 0
    assert to_json(read) == earlier

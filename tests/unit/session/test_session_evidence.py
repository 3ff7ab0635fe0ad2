"""Evidence through the session: sealed, filed, previewed in the child, exported, removed and brought back."""

import os
import sys
from concurrent.futures import CancelledError

import pytest
from PIL import Image

from wizard.domain.mistakes import Mistake
from wizard.jobs.worker_process import WorkerRefused
from wizard.session.deeds import evidence


def add(session, path, *requirements):
    return evidence.add(session, [path], requirements or ("DATA-1",)).result.result(30)


def test_a_file_is_sealed_named_and_comes_out_as_it_went_in(session, tmp_path):
    path = tmp_path / "policy.txt"
    path.write_text("Every volume is encrypted.\n" * 100)
    added = add(session, path, "DATA-1", "DATA-2")
    item = added.evidence[0]
    assert session.assessment.evidence[item.id].media_type == "text/plain"
    assert session.assessment.evidence_for("DATA-2") == (session.assessment.evidence[item.id],)
    sealed = [p for p in session.workspace.folder.rglob("*") if p.is_file()]
    assert not any(b"Every volume" in p.read_bytes() for p in sealed)
    copy = tmp_path / "copy.txt"
    assert evidence.export_copy(session, item.id, copy).result.result(30) == copy
    assert copy.read_bytes() == path.read_bytes()


def test_an_empty_file_a_folder_and_a_missing_file_each_get_their_sentence(session, tmp_path):
    empty = tmp_path / "empty.pdf"
    empty.touch()
    for path in (empty, tmp_path, tmp_path / "gone.pdf"):
        with pytest.raises(Mistake) as said:
            add(session, path)
        assert path.name in said.value.sentence
    assert not session.assessment.evidence


def test_a_good_file_is_kept_beside_a_bad_one(session, tmp_path):
    empty, good = tmp_path / "empty.pdf", tmp_path / "good.txt"
    empty.touch()
    good.write_text("yes")
    added = evidence.add(session, [empty, good], ("DATA-1",)).result.result(30)
    assert [item.name for item in added.evidence] == ["good.txt"]
    assert "empty.pdf" in added.left_out[0]


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_named_pipe_is_refused_at_once(session, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Mistake):
        add(session, tmp_path / "pipe")


def test_removing_can_be_undone(session, tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text("plan")
    item = add(session, path).evidence[0]
    evidence.remove(session, item.id).result(30)
    assert not session.assessment.evidence
    session.undo().result(30)
    assert list(session.assessment.evidence) == [item.id]


def test_pictures_are_previewed_in_the_child_and_text_as_text(session, tmp_path):
    picture = tmp_path / "console.png"
    Image.new("RGB", (1600, 900), "white").save(picture)
    item = add(session, picture).evidence[0]
    shown = evidence.preview(session, item.id, width=400).result.result(30)
    assert shown.kind == "image"
    assert shown.data.startswith(b"\x89PNG")
    text = tmp_path / "notes.txt"
    text.write_text("<b>not bold</b>")
    item = add(session, text).evidence[0]
    shown = evidence.preview(session, item.id).result.result(30)
    assert (shown.kind, shown.data) == ("text", b"<b>not bold</b>")


@pytest.mark.slow
def test_what_cannot_be_previewed_says_so(session, tmp_path):
    bomb = tmp_path / "bomb.png"
    Image.new("1", (10_000, 10_000)).save(bomb)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    for path in (bomb, broken):
        item = add(session, path).evidence[0]
        with pytest.raises(WorkerRefused):
            evidence.preview(session, item.id).result.result(30)


def test_stopping_leaves_nothing_behind(session, tmp_path):
    path = tmp_path / "large.bin"
    with path.open("wb") as out:
        out.truncate(300 * 1024 * 1024)
    job = evidence.add(session, [path], ("DATA-1",))
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(30)
    session.runner.close()
    assert not session.assessment.evidence
    assert not [p for p in session.workspace.folder.rglob("*") if p.is_file() and p.stat().st_size > 1_000_000]

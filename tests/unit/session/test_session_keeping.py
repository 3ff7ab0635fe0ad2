"""Backups by themselves, checks of everything, a whole workspace taken along, an older copy accepted."""

import concurrent.futures
import shutil
import threading
from datetime import timedelta

import pytest

from wizard.domain import events as e
from wizard.domain.evidence import Evidence
from wizard.domain.renewal import Renewed
from wizard.session import opening
from wizard.session.deeds import attesting, evidence, keeping
from wizard.vault.keys import Cost
from wizard.vault.mistakes import NotSaved
from wizard.vault.unlocking import WithPassphrase, WithRecoveryKey

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "correct horse battery staple"


def wait_until(holds):
    for _ in range(400):
        if holds():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never came")


@pytest.fixture
def home(preferences):
    return preferences.home.data


@pytest.fixture
def proof(session, tmp_path):
    path = tmp_path / "proof.txt"
    path.write_text("what was seen", "utf-8")
    return evidence.add(session, [path], ["DATA-1"]).result.result(20).evidence[0]


def test_it_is_backed_up_after_opening_and_once_a_day_while_it_is_whole(session, proof, home, clock, monkeypatch):
    folder = session.workspace.folder
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.01)
    said, due = [], []

    def scrub():
        due.append(clock.now)
        keeping.scrub(session)

    job = keeping.look_after(session, said.append, scrub)
    assert keeping.backups_of(folder, home) == ()  # not before the journal was checked
    attesting.verify_workspace(session).result.result(20)
    wait_until(lambda: len(keeping.backups_of(folder, home)) == 1)
    wait_until(lambda: keeping.scrubbed(session).finished == clock.now)
    session.record(e.CommentSet("DATA-1", "something new")).result(20)
    clock.now += timedelta(hours=25)
    wait_until(lambda: len(keeping.backups_of(folder, home)) == 2)
    assert len(due) == 1
    clock.now += timedelta(days=7)
    wait_until(lambda: len(due) == 2)
    job.cancel()
    assert said == []


def test_the_weekly_check_is_due_without_any_file_too(session, clock, monkeypatch):
    """The journal has signatures whether anything is sealed or not; a young one was read back as it was saved."""
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.01)
    clock.now = session.assessment.started_at
    looked, due, real = [], [], session.workspace.back_up
    monkeypatch.setattr(session.workspace, "back_up", lambda: looked.append(clock.now) or real())
    attesting.verify_workspace(session).result.result(20)
    job = keeping.look_after(session, lambda sentence: None, lambda: due.append(clock.now))
    wait_until(lambda: looked)
    clock.now += timedelta(days=1)
    wait_until(lambda: len(looked) == 2)
    assert due == []
    clock.now += timedelta(days=7)
    wait_until(lambda: due == [clock.now])
    job.cancel()


def test_a_check_of_the_sealed_files_that_is_stopped_goes_on_where_it_was(session, monkeypatch, reopen):
    box, read = session.workspace.box, []
    for number in range(12):
        sealed = box.seal_bytes(f"number {number}".encode())
        session.record(e.EvidenceAdded(Evidence(f"e{number}", f"{number}.txt", "text/plain", sealed, ()))).result(20)
    monkeypatch.setattr(keeping, "_SAMPLE", 10**9)
    real = box.verify_sealed
    jobs = []

    def verify(sealed, **more):
        read.append(sealed.name)
        if len(read) == 5:
            jobs[0].cancel()
            wait_until(more["cancelled"])
        return real(sealed, **more)

    monkeypatch.setattr(box, "verify_sealed", verify)
    jobs.append(keeping.scrub(session))
    with pytest.raises(concurrent.futures.CancelledError):
        jobs[0].result.result(20)
    kept = keeping.scrubbed(session)
    assert kept.upto == sorted(read)[3]
    assert kept.finished.year == 1
    session.close()
    again = reopen()
    box = again.workspace.box
    real, later = box.verify_sealed, []
    monkeypatch.setattr(box, "verify_sealed", lambda sealed, **more: later.append(sealed.name) or real(sealed, **more))
    found = keeping.scrub(again).result.result(20)
    assert found.problems == ()
    assert found.files == 12
    assert sorted({*read[:4], *later}) == sorted(item.sealed.name for item in again.assessment.evidence.values())
    assert not set(read[:4]) & set(later)
    assert keeping.scrubbed(again).upto == ""
    assert keeping.scrubbed(again).finished.year == 2026


def test_the_record_of_a_look_is_read_again_too(session, clock):
    sealed = session.workspace.box.seal_bytes(b"what the host answered")
    session.record(e.Looked("run", "app.example.com", (), record=sealed.digest, record_name=sealed.name)).result(20)
    assert keeping.check_everything(session).result.result(20).files == 1
    whole = keeping.scrubbed(session)
    clock.now += timedelta(days=1)
    blob = session.workspace.folder / "evidence" / sealed.name[:2] / f"{sealed.name}.age"
    other = session.workspace.box.seal_bytes(b"another answer").name
    blob.write_bytes((session.workspace.folder / "evidence" / other[:2] / f"{other}.age").read_bytes())
    found = keeping.scrub(session).result.result(20)
    assert len(found.problems) == 1
    assert "app.example.com" in found.problems[0]
    assert keeping.scrubbed(session).finished == whole.finished, "a round with damage in it is not a finished one"


@pytest.mark.parametrize("kind", ["attested", "renewed"])
def test_what_was_signed_is_read_again_too(session, kind):
    data = session.workspace.box.seal_bytes(b"{}")
    signed = {
        "attested": e.Attested("a.pdf", "0" * 64, "0" * 64, "key", 1, "0" * 64, data=data),
        "renewed": Renewed("a.pdf", "0" * 64, "key", session.clock(), data),
    }
    session.record(signed[kind]).result(20)
    assert keeping.scrub(session).result.result(20).files == 1
    next((session.workspace.folder / "evidence").rglob("*.age")).unlink()
    [problem] = keeping.scrub(session).result.result(20).problems
    assert problem.startswith("What was signed: ")


@pytest.mark.parametrize("fate", ["removed", "superseded"])
def test_evidence_that_counts_no_more_is_read_again_too(session, proof, tmp_path, fate):
    """Its bytes stay: a removal can be undone, and what was shown earlier can be shown again."""
    if fate == "removed":
        evidence.remove(session, proof.id).result(20)
    else:
        (tmp_path / "proof.txt").write_text("what was seen later", "utf-8")
        evidence.add(session, [tmp_path / "proof.txt"], ["DATA-1"], replaces=proof.id).result.result(20)
    assert proof.id not in session.assessment.evidence
    assert keeping.scrub(session).result.result(20).problems == ()
    name = proof.sealed.name
    (session.workspace.folder / "evidence" / name[:2] / f"{name}.age").unlink()
    [problem] = keeping.scrub(session).result.result(20).problems
    assert problem.startswith("proof.txt: ")


def test_the_weekly_check_computes_every_signature_and_a_bad_one_stops_the_signing(session, proof):
    with session.workspace._database.write() as connection:
        connection.exec_driver_sql("UPDATE events SET signature = zeroblob(64) WHERE position = 1")
    attesting.verify_workspace(session, every=False).result.result(20)
    assert session.verification.ok
    [problem] = keeping.scrub(session).result.result(20).problems
    assert "Entry 1" in problem
    assert problem in [blocker.sentence for blocker in attesting.blockers(session)]


def test_a_file_that_went_wrong_after_opening_stops_the_signing(session, proof):
    attesting.verify_workspace(session).result.result(20)
    assert session.verification.ok
    blob = next(session.workspace.folder.glob(f"evidence/{proof.sealed.name[:2]}/*.age"))
    damaged = bytearray(blob.read_bytes())
    damaged[-1] ^= 1
    blob.write_bytes(damaged)
    with pytest.raises(attesting.Blocked):
        attesting.sign(session, session.workspace.folder.parent / "out.pdf").result.result(30)
    assert any("proof.txt" in blocker.sentence for blocker in attesting.blockers(session))
    blob.unlink()
    attesting.verify_workspace(session).result.result(20)
    assert any("proof.txt" in problem and "missing" in problem for problem in session.verification.problems)


def test_the_recovery_key_counts_as_written_down_when_it_was_typed_back_or_used(session, preferences, reopen):
    assert not keeping.written_down(session)
    keeping.note_written_down(session)
    assert keeping.written_down(session)
    text = session.workspace.new_recovery_key(WithPassphrase(PASSPHRASE))
    assert not keeping.written_down(session), "another key has another sheet"
    folder = session.workspace.folder
    session.close()
    again = opening.open_(folder, WithRecoveryKey(text), preferences, floor=CHEAP)
    assert keeping.written_down(again), "who used it has it"
    again.close()
    assert keeping.written_down(reopen())


def test_what_keeps_it_from_being_backed_up_is_said_once(session, monkeypatch):
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.01)
    tried, said = [], []

    def full():
        tried.append(1)
        raise NotSaved("the disk is full")

    monkeypatch.setattr(session.workspace, "back_up", full)
    attesting.verify_workspace(session).result.result(20)
    job = keeping.look_after(session, said.append, lambda: None)
    wait_until(lambda: len(tried) > 3)
    job.cancel()
    assert len(said) == 1
    assert "the disk is full" in said[0]


def test_a_check_of_everything_names_the_file_and_the_backup_that_are_damaged(session, proof, home):
    keeping.back_up(session).result.result(20)
    found = keeping.check_everything(session).result.result(20)
    assert found.problems == ()
    assert (found.files, found.opened) == (1, 1)
    assert "newest backup opens" in found.sentence
    [backup] = keeping.backups_of(session.workspace.folder, home)
    copy = bytearray((backup.folder / "journal.db").read_bytes())
    copy[5000] ^= 1
    (backup.folder / "journal.db").write_bytes(copy)
    blob = next(session.workspace.folder.glob("evidence/??/*.age"))
    blob.write_bytes(blob.read_bytes()[:-1])
    found = keeping.check_everything(session).result.result(20)
    assert len(found.problems) == 2
    assert found.problems[0].startswith("proof.txt")
    assert "newest backup" in found.problems[1]
    assert not session.verification.ok


@pytest.mark.slow
def test_a_whole_workspace_goes_to_another_computer(session, proof, tmp_path, preferences):
    file, there = tmp_path / "all.attestry-export", tmp_path / "There.attestry"
    keeping.export_workspace(session, file, "a passphrase of its own").result.result(60)
    session.close()
    recovery = keeping.import_workspace(file, there, "a passphrase of its own", floor=CHEAP)
    assert len(recovery) > 30
    other = opening.open_(there, WithPassphrase("a passphrase of its own"), preferences, floor=CHEAP)
    try:
        assert other.workspace.box.read(proof.sealed, 100) == b"what was seen"
        assert other.assessment.evidence[proof.id].name == "proof.txt"
    finally:
        other.close()


def test_an_older_copy_is_read_only_until_it_is_accepted_or_a_backup_is_put_back(
    session, tmp_path, preferences, home, reopen
):
    folder = session.workspace.folder
    session.flush()
    older = tmp_path / "older.db"
    session.record(e.CommentSet("DATA-1", "first")).result(20)
    shutil.copyfile(folder / "journal.db", older)
    session.record(e.CommentSet("DATA-1", "second")).result(20)
    keeping.back_up(session).result.result(20)
    session.close()
    shutil.copyfile(older, folder / "journal.db")
    again = reopen()
    assert "older copy" in again.workspace.doubts
    assert again.read_only
    again.close()
    [backup] = keeping.backups_of(folder, home)
    kept = keeping.restore(backup, folder, WithPassphrase(PASSPHRASE), floor=CHEAP)
    assert (kept / "journal.db").read_bytes() == older.read_bytes()
    again = reopen()
    assert again.workspace.doubts == ""
    again.close()
    shutil.copyfile(older, folder / "journal.db")
    again = reopen()
    had = again.workspace.journal.count
    assert keeping.accept_as_it_is(again).result.result(20).ok
    assert not again.read_only
    again.record(e.CommentSet("DATA-1", "goes on")).result(20)
    told = [event.payload for event in again.workspace.journal.events(after=had)]
    assert told == [e.OlderCopyAccepted(had, had + 1), e.CommentSet("DATA-1", "goes on")]
    assert attesting.draft(again).journal.older_copies == 1


def test_a_new_data_key_leaves_a_backup_that_opens(session):
    keeping.back_up(session).result.result(20)
    before = session.workspace.data_key_since
    keeping.new_data_key(session, WithPassphrase(PASSPHRASE), keeping.new_recovery_text()).result.result(20)
    assert session.workspace.data_key_since >= before
    assert keeping.check_everything(session).result.result(20).problems == ()

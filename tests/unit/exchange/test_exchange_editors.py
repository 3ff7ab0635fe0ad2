"""Several editors over a folder that is synced, and over files: all see the same, and nothing is overwritten unseen."""

import shutil

import pytest

from tests.unit.exchange.test_exchange_reply import question_of
from wizard.domain import events as e
from wizard.exchange import mistakes, packet
from wizard.exchange.carrier import Unreachable
from wizard.gui.pages import card_words
from wizard.session.deeds import attesting, evidence, exchanging, sharing
from wizard.vault import foreign


def all_exchange(*editors, times=2):
    return [editor.exchange() for _time in range(times) for editor in editors]


@pytest.mark.slow
def test_editors_see_the_same_and_each_others_evidence(first, join, tmp_path):
    ada, bob = join("Ada"), join("Bob")
    ask = question_of(first.session, "AUTH-1").id
    ada.says(ask, "no")
    file = tmp_path / "plan.txt"
    file.write_text("The plan.")
    evidence.add(bob.session, [file], ["AUTH-1"]).result.result(20)
    first.says(question_of(first.session, "PROG-1", "date").id, "2027-01-01")
    done = all_exchange(first, ada, bob, times=3)
    assert not [note for one in done[-3:] for note in one.notes]
    assert first.value == ada.value == bob.value
    assert first.session.assessment.answers[ask].value == "no"
    for editor in (first, ada):
        (item,) = editor.session.assessment.evidence.values()
        assert editor.session.workspace.box.read(item.sealed, 100) == b"The plan."
        assert editor.session.name_of(item.added_by) == "Bob"
        assert editor.session.workspace.verify().problems == ()
    assert all_exchange(first, ada, bob, times=1)[0].left == 0, "nothing new, nothing left"


def test_concurrent_edits_stay_both_until_one_is_chosen_everywhere(first, join):
    ada = join("Ada")
    ask = question_of(first.session, "AUTH-1").id
    first.says(ask, "yes")
    ada.says(ask, "no")
    all_exchange(first, ada)
    assert first.value == ada.value
    assert len(sharing.conflicts(first.session)) == len(sharing.conflicts(ada.session)) == 1
    assert any(b.where == "team" for b in attesting.blockers(first.session))
    (conflict,) = sharing.conflicts(ada.session)
    sharing.choose(ada.session, conflict, conflict.versions[0].hash).result(20)
    all_exchange(ada, first)
    assert not sharing.conflicts(first.session)
    assert first.value == ada.value


def test_who_answers_what_somebody_else_was_asked_is_marked(first, join):
    ada = join("Ada")
    ask = question_of(first.session, "AUTH-1").id
    sharing.assign(first.session, "AUTH-1", "Ada").result(20)
    ada.says(ask, "no")
    all_exchange(first, ada)
    assert sharing.others_who_answered(first.session, "AUTH-1", "Ada") == ()
    first.says(ask, "yes")
    assert sharing.others_who_answered(first.session, "AUTH-1", " ada") == (
        first.session.name_of(first.session.workspace.author),
    )
    (_asked, marked) = card_words.asked_of(first.session, "AUTH-1")
    assert marked.endswith("and Ada was asked.")


@pytest.mark.slow
def test_someone_removed_reads_nothing_new_and_changes_nothing_any_more(first, join, shared):
    ada, bob = join("Ada"), join("Bob")
    ask = question_of(first.session, "AUTH-1").id
    all_exchange(first, ada, bob)
    sharing.remove_member(first.session, bob.session.workspace.author).result(20)
    first.says(ask, "yes")
    first.exchange()
    bob.says(ask, "no")
    bob.exchange()
    all_exchange(ada, first, times=2)
    assert ask in ada.session.assessment.answers
    assert ada.session.assessment.answers[ask].value == "yes"
    assert not sharing.conflicts(first.session)
    assert bob.session.assessment.answers[ask].value == "no", "what came after is sealed to the others only"
    assert first.value == ada.value
    newest = max((shared / f"attestry-{first.session.workspace.shared}" / first.session.workspace.author).iterdir())
    identity = foreign.own_side(bob.session.workspace.secrets).identity
    with pytest.raises(mistakes.NotForYou):
        packet.read(newest, identity)


def test_a_bundle_by_file_twice_and_stale(first, join, tmp_path):
    ada = join("Ada")
    ask = question_of(first.session, "AUTH-1").id
    first.says(ask)
    old, new = tmp_path / "old.attestry-bundle", tmp_path / "new.attestry-bundle"
    exchanging.bundle_now(first.session, old)
    first.says(ask, "no")
    exchanging.bundle_now(first.session, new)
    for path in (new, old, new):
        exchanging.take_bundle_now(ada.session, path)
    assert ada.session.assessment.answers[ask].value == "no"


@pytest.mark.slow
def test_an_unfinished_file_of_the_sync_service_waits(first, join, shared):
    ada = join("Ada")
    ask = question_of(first.session, "AUTH-1").id
    all_exchange(first, ada)
    first.says(ask)
    first.exchange()
    mine = shared / f"attestry-{first.session.workspace.shared}" / first.session.workspace.author
    newest = max(mine.iterdir())
    whole = newest.read_bytes()
    newest.write_bytes(whole[: len(whole) // 2])
    shutil.copy(newest, newest.with_name(f"{newest.stem} (conflicted copy){newest.suffix}"))
    (mine / ".DS_Store").write_bytes(b"x")
    assert any("damaged" in note for note in ada.exchange().notes)
    newest.write_bytes(whole)
    ada.exchange()
    assert ask in ada.session.assessment.answers


@pytest.mark.slow
def test_what_is_withheld_is_noticed(first, join, shared):
    ada, bob = join("Ada"), join("Bob")
    all_exchange(first, ada, bob)
    ada.says(question_of(first.session, "AUTH-1").id)
    ada.exchange()
    first.exchange()
    first.says(question_of(first.session, "PROG-1", "date").id, "2027-01-01")
    first.exchange()
    hers = shared / f"attestry-{first.session.workspace.shared}" / ada.session.workspace.author
    for path in hers.iterdir():
        path.unlink()
    assert any("withheld" in note for note in bob.exchange().notes)


def test_a_folder_that_is_not_there_is_a_sentence(first, shared):
    shutil.rmtree(shared)
    with pytest.raises(Unreachable):
        first.exchange()


@pytest.mark.slow
def test_entries_of_a_newer_app_are_kept_and_passed_on(first, join):
    ada, bob = join("Ada"), join("Bob")
    all_exchange(first, ada, bob)
    ada.session.record(e.Unknown("poem", 7, {"line": "roses"})).result(20)
    all_exchange(ada, first, bob, times=2)
    kept = [event.payload for event in bob.session.workspace.journal.events()]
    assert e.Unknown("poem", 7, {"line": "roses"}) in kept
    assert bob.session.assessment.unknown_events == 1

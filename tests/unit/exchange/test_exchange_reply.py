"""A lead asks, a teammate answers on an empty profile, and the reply is merged with who said what."""

import pytest

from wizard.domain import events as e
from wizard.domain.finding import State
from wizard.exchange import request as requests
from wizard.session.deeds import attesting, evidence, replies, sharing
from wizard.session.session import HeldByNewer, whole

BOTH = ("AUTH-1", "PROG-1")


def question_of(session, requirement, kind="yes-no"):
    return next(q for q in session.questionnaire.questions_for(requirement) if q.kind.value == kind)


def test_the_request_holds_only_what_is_asked(lead):
    path = lead.ask("AUTH-1", message="Please")
    request = requests.read(path)
    assert request.requirements == ("AUTH-1",)
    assert {id for q in request.asked.questions for id in q.requirements} <= {
        *lead.session.questionnaire.parts_of["AUTH-1"]
    }
    original = lead.session.questionnaire.by_id["AUTH-1"]
    asked = request.asked.sections[0].requirements[0]
    assert (asked.good_evidence, asked.bad_evidence) == (original.good_evidence, original.bad_evidence)
    there = {q.id: (q.when, q.unmet) for q in lead.session.questionnaire.questions_for("AUTH-1")}
    assert {q.id: (q.when, q.unmet) for q in request.asked.questions} == there
    assert path.stat().st_size < 32_000
    assert [(w.to, w.requirements) for w in sharing.waiting(lead.session)] == [("Ada Example", ("AUTH-1",))]


def test_every_requirement_of_the_shipped_questionnaire_travels_unchanged(lead):
    everything = tuple(lead.session.questionnaire.by_id)
    request = requests.read(lead.ask(*everything))
    sheet = lead.session.questionnaire
    assert request.requirements == everything
    assert [q.when for q in request.asked.questions] == [q.when for q in sheet.questions]
    assert [q.ask for q in request.asked.questions] == [q.ask for q in sheet.questions]


def test_a_reply_is_merged_with_who_said_and_who_showed_it(lead, mate, tmp_path):
    ada = mate(lead.ask("AUTH-1"))
    ask = question_of(ada.session, "AUTH-1").id
    ada.says(ask)
    file = tmp_path / "policy.txt"
    file.write_text("Everyone signs in with a second factor.")
    evidence.add(ada.session, [file], ["AUTH-1"]).result.result(20)
    offered = lead.read(ada.reply())
    assert (offered.sender.name, offered.known, offered.again) == ("Ada Example", False, False)
    assert offered.requirements == ("AUTH-1",)
    assert offered.files == ("policy.txt",)
    assert len(offered.answers) == 1
    assert not offered.conflicts
    assert offered.fingerprint.replace(" ", "") == ada.session.workspace.author[:32]
    assert ask not in lead.session.assessment.answers, "reading adds nothing"

    with pytest.raises(replies.KeyNotConfirmed):
        replies.add(lead.session, offered)
    replies.add(lead.session, offered, confirmed=True).result.result(20)

    answer = lead.session.assessment.answers[ask]
    assert lead.session.name_of(answer.author) == "Ada Example"
    item = next(iter(lead.session.assessment.evidence.values()))
    assert lead.session.name_of(item.added_by) == "Ada Example"
    assert lead.session.workspace.box.read(item.sealed, 1000) == file.read_bytes()
    assert not sharing.waiting(lead.session)
    assert lead.session.workspace.verify().problems == ()
    printed = attesting.draft(lead.session)
    assert [one.added_by for one in printed.evidence] == ["Ada Example"]
    assert dict(printed.journal.authors)[ada.session.workspace.author] == ada.session.workspace.author_public


def test_what_both_said_differently_stands_twice_counts_as_the_worse_and_stops_signing(lead, mate):
    ask = question_of(lead.session, "AUTH-1").id
    lead.says(ask, "yes")
    ada = mate(lead.ask("AUTH-1"))
    ada.says(ask, "no")
    offered = lead.add(ada.reply())
    assert len(offered.conflicts) == 1
    assert lead.session.findings["AUTH-1"].state is State.FAIL
    assert any(b.where == "team" for b in attesting.blockers(lead.session))
    (conflict,) = sharing.conflicts(lead.session)
    assert {v.who for v in conflict.versions} == {"Ada Example", "Lea Lead"}
    hers = next(v for v in conflict.versions if v.who == "Ada Example")
    sharing.choose(lead.session, conflict, hers.hash).result(20)
    assert not sharing.conflicts(lead.session)
    assert lead.session.assessment.answers[ask].value == "no"
    assert lead.session.name_of(lead.session.assessment.answers[ask].author) == "Ada Example"


def test_a_reply_with_entries_of_a_newer_app_says_what_they_are_about_before_it_is_added(lead, mate):
    ada = mate(lead.ask("AUTH-1"))
    ask = question_of(ada.session, "AUTH-1").id
    ada.says(ask)
    ada.session.record(e.Unknown("answer-given", 9, {}, ask)).result(20)
    ada.session.record(e.Unknown("poem", 1, {}, "PROG-1")).result(20)
    offered = lead.read(ada.reply())
    assert offered.requirements == ("PROG-1", "AUTH-1")
    assert offered.outside == ("PROG-1",)
    assert any(note.startswith("2 entries were written with a newer version") for note in offered.notes)
    replies.add(lead.session, offered, confirmed=True).result.result(20)
    with pytest.raises(HeldByNewer, match="Ada Example"):
        lead.says(ask)


def test_the_same_words_are_no_conflict(lead, mate):
    ask = question_of(lead.session, "AUTH-1").id
    lead.says(ask, "yes")
    ada = mate(lead.ask("AUTH-1"))
    ada.says(ask, "yes")
    assert not lead.add(ada.reply()).conflicts
    assert not sharing.conflicts(lead.session)


def test_a_second_reply_adds_what_is_new_and_asks_for_no_fingerprint_again(lead, mate):
    path = lead.ask(*BOTH)
    ada = mate(path)
    ask = question_of(ada.session, "AUTH-1").id
    ada.says(ask, "no")
    lead.add(ada.reply())
    ada.says(ask, "yes")
    offered = lead.read(ada.reply("second"))
    assert offered.known
    replies.add(lead.session, offered).result.result(20)
    assert lead.session.assessment.answers[ask].value == "yes"
    assert not sharing.conflicts(lead.session)
    again = lead.read(ada.reply("third"))
    assert again.again


def test_the_same_reply_twice_changes_nothing(lead, mate):
    ada = mate(lead.ask("AUTH-1"))
    ada.says(question_of(ada.session, "AUTH-1").id)
    path = ada.reply()
    lead.add(path)
    before = lead.session.assessment.answers
    offered = lead.add(path)
    assert offered.again
    assert lead.session.assessment.answers == before


def test_opening_the_workspace_again_finds_the_same_assessment(lead, mate):
    ask = question_of(lead.session, "AUTH-1").id
    lead.says(ask, "yes")
    ada = mate(lead.ask("AUTH-1"))
    ada.says(ask, "no")
    lead.add(ada.reply())
    lead.says(question_of(lead.session, "PROG-1", "date").id, "2027-01-01")
    assert whole(lead.session.workspace, lead.session.beginning) == lead.session.assessment


def test_answers_of_a_teammate_go_on_where_they_stopped(lead, mate):
    path = lead.ask("AUTH-1")
    ada = mate(path)
    ask = question_of(ada.session, "AUTH-1").id
    ada.says(ask, "no")
    again = mate(path)
    assert again.session.assessment.answers[ask].value == "no"
    assert again.session.request.hash == ada.session.request.hash

"""A section's owner stands for what is said there: signed, printed while it holds, and gone when something changes."""

from dataclasses import replace

import pytest

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.approved import approvals, content_of
from wizard.domain.questionnaire import AnswerKind
from wizard.session.deeds import answers, approving, attesting


@pytest.fixture
def section(session):
    return next(s for s in session.questionnaire.sections if not s.scoping)


def stands(session, section):
    return [one.author for one in approvals(session.questionnaire, session.assessment, section)]


def approve(session, section):
    content = content_of(session.questionnaire, session.assessment, section)
    return session.record(e.SectionApproved(section.id, content)).result(30)


def test_what_is_open_is_not_approved(session, section):
    with pytest.raises(approving.NotAllAnswered, match=section.title):
        approving.approve(session, section)


def test_a_complete_section_is_approved_and_printed_until_something_of_it_changes(session, section, monkeypatch):
    monkeypatch.setattr(approving, "complete", lambda _session, _section: True)
    me = session.workspace.author
    approving.approve(session, section).result(30)
    assert stands(session, section) == [me]
    group = next(g for g in attesting.draft(session).groups if g.id == section.id)
    assert [one.author for one in group.approved] == [me]
    question = next(
        q
        for r in section.requirements
        for q in session.questionnaire.questions_for(r.id)
        if q.kind is AnswerKind.YES_NO
    )
    answers.answer(session, Answer(question.id, AnswerState.GIVEN, "no")).result(30)
    assert stands(session, section) == []
    assert [(one.own, one.counts) for one in approving.standings(session, section)] == [(True, False)]
    assert not any(g.approved for g in attesting.draft(session).groups)
    session.undo().result(30)
    assert stands(session, section) == [me], "it says again what was approved"
    approving.take_back(session, section).result(30)
    assert stands(session, section) == []
    assert approving.standings(session, section) == ()


@pytest.mark.parametrize("what", ["comment", "not-applicable", "explanation", "exception"])
def test_every_word_of_a_section_is_part_of_what_is_approved(session, section, what):
    id = section.requirements[0].id
    approve(session, section)
    deed = {
        "comment": lambda: answers.comment(session, id, "a note"),
        "not-applicable": lambda: answers.claim_not_applicable(session, id, "not ours"),
        "explanation": lambda: answers.explain(session, id, "it stands"),
        "exception": lambda: session.record(e.ExceptionSet(id, "a gap")),
    }[what]
    deed().result(30)
    assert stands(session, section) == []


def test_another_section_and_a_look_change_nothing(session, section):
    approve(session, section)
    other = next(s for s in session.questionnaire.sections if not s.scoping and s is not section)
    answers.comment(session, other.requirements[0].id, "a note").result(30)
    session.record(e.Looked("r", "api.example.com", ())).result(30)
    assert stands(session, section) == [session.workspace.author]


def test_whoever_no_longer_takes_part_stands_for_nothing(session, section):
    approve(session, section)
    noted = session.assessment.approvals[section.id][session.workspace.author]
    stranger = replace(noted, author="f" * 64)
    assessment = replace(session.assessment, approvals={section.id: {stranger.author: stranger}})
    assert approvals(session.questionnaire, assessment, section) == ()

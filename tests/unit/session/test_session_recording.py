"""The one write path: durable first, then the assessment, then everyone who listens."""

import threading

import pytest

from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.observation import Method
from wizard.session import summaries
from wizard.session.deeds import answers, looking
from wizard.session.session import ReadOnly, Session

YES = Answer("DATA-3", AnswerState.GIVEN, "yes")


def first_yes_no(session):
    return next(q.id for q in session.questionnaire.questions if q.kind == "yes-no" and q.when is None)


def test_an_answer_survives_closing_and_opening(session, reopen):
    question = first_yes_no(session)
    change = answers.answer(session, Answer(question, AnswerState.GIVEN, "yes")).result(30)
    assert change.requirements
    session.close()
    again = reopen()
    assert again.assessment.answers[question].value == "yes"
    assert again.assessment.answers[question].author == again.workspace.author
    assert again.assessment.described.integration == "Northwind Sync"


def test_listeners_hear_after_the_assessment_has_changed_and_a_failing_one_harms_nobody(session):
    question = first_yes_no(session)
    heard, origin = [], object()

    def failing(change):
        raise RuntimeError("a page that is gone")

    session.listen(failing)
    stop = session.listen(lambda change: heard.append((change.origin, question in session.assessment.answers)))
    answers.answer(session, Answer(question, AnswerState.GIVEN, "no"), origin=origin).result(30)
    stop()
    answers.answer(session, Answer(question, AnswerState.GIVEN, "yes")).result(30)
    assert heard == [(origin, True)]


def test_undo_puts_things_back_one_deed_at_a_time(session):
    question = first_yes_no(session)
    assert session.undo().result(30) is None
    answers.answer(session, Answer(question, AnswerState.GIVEN, "yes")).result(30)
    answers.answer(session, Answer(question, AnswerState.GIVEN, "no")).result(30)
    answers.comment(session, "DATA-3", "asked the network team").result(30)
    assert "DATA-3" in session.undo().result(30).undone
    assert "DATA-3" not in session.assessment.comments
    session.undo().result(30)
    assert session.assessment.answers[question].value == "yes"
    session.undo().result(30)
    assert question not in session.assessment.answers
    assert session.undo().result(30) is None


def test_taken_back_faster_than_the_disk_writes(session):
    """Ctrl+Z twice while one deed still waits for the writer: each says what it took back, and the second nothing."""
    go_on = threading.Event()
    session.listen(lambda _change: go_on.wait(20))
    deed = answers.comment(session, "DATA-3", "asked the network team")
    first, second = session.undo(), session.undo()
    assert not deed.done()
    go_on.set()
    assert "DATA-3" in first.result(30).undone
    assert second.result(30) is None
    assert "DATA-3" not in session.assessment.comments


def test_findings_are_those_of_the_assessment_that_was_judged(session):
    """The window and the writer judge at the same time: neither hands out what the other one found."""

    class Torn(Session):
        """Another thread puts its own findings there between two steps of this one."""

        @property
        def _judged(self):
            return None

        @_judged.setter
        def _judged(self, _ours):
            pass

    session.__class__ = Torn
    assert session.findings


def test_a_second_window_reads_and_says_so(session, reopen):
    question = first_yes_no(session)
    second = reopen()
    assert second.read_only
    assert second.workspace.read_only_because
    with pytest.raises(ReadOnly):
        answers.answer(second, Answer(question, AnswerState.GIVEN, "yes")).result(30)
    answers.answer(session, Answer(question, AnswerState.GIVEN, "yes")).result(30)
    assert session.assessment.answers[question].given


def test_many_answers_from_many_threads_are_all_there(session):
    ids = [q.id for q in session.questionnaire.questions if q.kind == "text"][:4] or [first_yes_no(session)]
    futures = []

    def work(number):
        futures.extend(
            answers.answer(session, Answer(id, AnswerState.GIVEN, f"{number}")) for id in ids for _ in range(3)
        )

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in futures:
        future.result(20)
    assert len(futures) == 12 * len(ids)
    assert session.workspace.verify().ok
    assert session.assessment.head == session.workspace.journal.head


def test_an_inventory_refuses_what_looks_like_a_secret(session):
    question = next(q.id for q in session.questionnaire.questions if q.refuses_secrets)
    before = session.assessment.events
    with pytest.raises(answers.LooksLikeASecret):
        answers.answer(
            session,
            Answer(question, AnswerState.GIVEN, (Row((("name", "AKIAIOSFODNN7EXAMPLE"),)),)),
        )
    session.flush()
    assert session.assessment.events == before


def test_checks_of_answers_follow_an_answer_and_never_count_as_seen(session):
    hosts = Answer("SCOPE-1", AnswerState.GIVEN, (Row((("host", "app.example.com"), ("public", "yes"))),))
    answers.answer(session, hosts).result(30)
    assert [h.name for h in session.assessment.scope.hosts] == ["app.example.com"]
    assert all(o.result.method is not Method.TEST for o in session.assessment.observations.values())


def test_looking_needs_a_confirmed_scope_and_a_changed_scope_is_not_confirmed(session):
    with pytest.raises(looking.ScopeNotConfirmed):
        looking.look(session)
    answers.answer(
        session, Answer("SCOPE-1", AnswerState.GIVEN, (Row((("host", "app.example.com"), ("public", "yes"))),))
    ).result(30)
    looking.confirm_scope(session, "Dana").result(30)
    assert session.assessment.scope.confirmed
    two = (Row((("host", "app.example.com"),)), Row((("host", "new.example.com"),)))
    answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, two)).result(30)
    assert not session.assessment.scope.confirmed
    with pytest.raises(looking.ScopeNotConfirmed):
        looking.look(session)


def test_summaries_count_what_is_there(session):
    findings = session.findings
    rows = summaries.section_summaries(session.questionnaire, findings)
    assert sum(row.total for row in rows) == len(session.questionnaire.by_id)
    assert not any(row.complete for row in rows)
    assert summaries.next_step(session.questionnaire, findings) is not None
    assert sum(summaries.tally(session.questionnaire, findings).values()) == len(
        list(session.questionnaire.requirements)
    )
    found = summaries.search(session.questionnaire, "HSTS")
    assert found[0].requirement.id == "DATA-4"


def test_a_change_names_every_requirement_that_is_shown_differently(session):
    claimed = answers.answer(session, Answer("DATA-3-claim", AnswerState.GIVEN, "yes")).result(30)
    assert "DATA-3" in claimed.requirements
    hosts = Answer("SCOPE-1", AnswerState.GIVEN, (Row((("host", "app.example.com"), ("public", "yes"))),))
    changed = answers.answer(session, hosts).result(30)
    assert {"SCOPE-1", "DATA-3"} <= changed.requirements  # its reason names the host now
    part = answers.claim_not_applicable(session, "AUTH-1a", "Only a desktop program").result(30)
    assert "AUTH-1" in part.requirements


def test_a_section_whose_answers_were_carried_over_is_not_complete(session):
    from wizard.session.summaries import SectionSummary

    section = session.questionnaire.sections[0]
    asked = session.questionnaire.questions_for(section.requirements[0].id)[0].id
    assert SectionSummary(section, 2, 2, 0, 0, 0, True).complete
    waiting = SectionSummary(section, 2, 2, 0, 0, 0, True, carried=1)
    assert not waiting.complete
    assert waiting.count.endswith("1 to read again")
    rows = summaries.section_summaries(session.questionnaire, session.findings, {asked})
    assert [row.carried for row in rows] == [1] + [0] * (len(rows) - 1)

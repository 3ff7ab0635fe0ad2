"""The judge's six rules, one by one, and what takes an N/A, a pass or an exception back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.properties.domain_samples import (
    HOSTS,
    NOW,
    TODAY,
    assessed,
    finding,
    hosts,
    looked,
    not_applicable,
    piece,
    question,
    questionnaire,
    repositories,
    requirement,
    result,
    said,
)
from wizard.domain import events as e
from wizard.domain.answers import AnswerState, Row
from wizard.domain.conditions import Equals, Not, Reference
from wizard.domain.finding import Basis, Finding, Mark, State, judge
from wizard.domain.observation import Level, Method, Verdict
from wizard.domain.questionnaire import AnswerKind, Column, Obligation, Option, Part

HSTS = requirement("DATA-4", checks=("hsts", "note"), deciding=("hsts",))
SHEET = questionnaire(HSTS, questions=(question("DATA-4"),))
EXCEPTION = e.ExceptionSet("DATA-4", "No header yet", "Ann", "A proxy adds it", TODAY + timedelta(days=30))


def duty(*payloads: object, now=NOW):
    return finding(SHEET, assessed(*payloads), "DATA-4", now)


def test_a_duty_is_open_until_its_question_is_answered():
    assert duty(hosts("a.example")).mark is Mark.NOT_STARTED
    assert duty(hosts("a.example")).open_questions == ("DATA-4",)
    unknown = duty(hosts("a.example"), said("DATA-4", state=AnswerState.NOT_KNOWN))
    assert unknown.state is State.OPEN


def test_seen_at_every_host_is_a_pass():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example")))
    assert (found.state, found.basis, found.mark) == (State.PASS, Basis.SEEN, Mark.SEEN)


def test_one_host_that_nobody_looked_at_is_no_pass():
    found = duty(hosts("a.example", "b.example:8443"), said("DATA-4"), looked(result("hsts", "a.example")))
    assert found.state is State.INC
    assert "b.example:8443" in found.because


def test_a_host_that_cannot_be_read_is_no_pass():
    found = duty(hosts("a.example", "not a host"), said("DATA-4"), looked(result("hsts", "a.example")))
    assert found.state is State.INC
    assert "not a host" in found.because


def test_no_host_at_all_is_no_pass():
    assert duty(said("DATA-4")).state is State.INC


def test_a_failed_look_contradicts_the_answer():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example", Verdict.FAIL)))
    assert (found.state, found.mark, found.contradicted, found.explained) == (
        State.FAIL,
        Mark.CONTRADICTED,
        True,
        False,
    )


def test_an_explanation_changes_no_state():
    found = duty(
        hosts("a.example"),
        said("DATA-4"),
        looked(result("hsts", "a.example", Verdict.FAIL)),
        e.ContradictionExplained("DATA-4", "A test host."),
    )
    assert (found.state, found.contradicted, found.explained) == (State.FAIL, True, True)


def test_a_person_who_says_no_is_not_contradicted():
    found = duty(hosts("a.example"), said("DATA-4", "no"), looked(result("hsts", "a.example", Verdict.FAIL)))
    assert (found.state, found.mark, found.contradicted) == (State.FAIL, Mark.NOT_MET, False)


def test_a_valid_exception_covers_a_gap_until_its_date():
    gap = looked(result("hsts", "a.example", Verdict.FAIL))
    assert duty(hosts("a.example"), said("DATA-4"), gap, EXCEPTION).state is State.EXC
    later = NOW + timedelta(days=31)
    again = looked(result("hsts", "a.example", Verdict.FAIL, at=later))
    assert duty(hosts("a.example"), said("DATA-4"), again, EXCEPTION, now=later).state is State.FAIL


@pytest.mark.parametrize("lacks", ["gap", "owner", "control"])
def test_an_exception_that_lacks_something_covers_nothing(lacks):
    gap = looked(result("hsts", "a.example", Verdict.FAIL))
    assert duty(hosts("a.example"), said("DATA-4"), gap, replace(EXCEPTION, **{lacks: " "})).state is State.FAIL


def test_a_recommendation_that_is_not_met_is_never_red():
    sheet = questionnaire(requirement("APP-2", obligation=Obligation.RECOMMENDED), questions=(question("APP-2"),))
    found = finding(sheet, assessed(said("APP-2", "no")), "APP-2")
    assert (found.state, found.mark) == (State.FAIL, Mark.RECOMMENDATION_NOT_MET)


def test_a_failed_advisory_check_is_a_note_and_no_pass():
    note = duty(
        hosts("a.example"),
        said("DATA-4"),
        looked(result("hsts", "a.example"), result("note", "a.example", Verdict.FAIL, level=Level.RECOMMENDED)),
    )
    assert note.state is State.PASS
    deciding = duty(
        hosts("a.example"),
        said("DATA-4"),
        looked(result("hsts", "a.example", Verdict.FAIL, level=Level.RECOMMENDED)),
    )
    assert deciding.state is State.ATT


def test_could_not_look_takes_a_pass_back_but_no_failure():
    blind = looked(result("hsts", "a.example", Verdict.UNKNOWN), run="run-2")
    passed = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example")), blind)
    assert passed.state is State.INC
    failure = looked(result("hsts", "a.example", Verdict.FAIL))
    failed = duty(hosts("a.example"), said("DATA-4"), failure, blind, blind)
    assert failed.state is State.FAIL
    assert failed.because == "hsts at a.example: fail"
    mended = duty(hosts("a.example"), said("DATA-4"), failure, blind, looked(result("hsts", "a.example")))
    assert mended.state is State.PASS


def test_looks_count_for_thirty_days():
    seen = (hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example")))
    assert duty(*seen, now=NOW + timedelta(days=30)).state is State.PASS
    assert duty(*seen, now=NOW + timedelta(days=30, seconds=1)).state is State.INC
    assert duty(*seen, now=NOW - timedelta(days=31)).state is State.INC, "a clock that ran ahead gives no long pass"


def test_waiting_makes_no_failure_go_away():
    later = NOW + timedelta(days=31)
    gap = looked(result("note", "a.example", Verdict.FAIL))
    fresh = looked(result("hsts", "a.example", at=later))
    found = duty(hosts("a.example"), said("DATA-4"), gap, fresh, now=later)
    assert found.state is State.INC
    claimed = e.NotApplicableClaimed("DATA-4", "No browser ever comes here.")
    assert duty(hosts("a.example"), said("DATA-4"), gap, fresh, claimed, now=later).state is State.INC


def test_a_host_that_left_the_scope_counts_for_nothing():
    gap = looked(result("hsts", "old.example", Verdict.FAIL))
    now_in = looked(result("hsts", "a.example"))
    found = duty(hosts("a.example", "old.example"), said("DATA-4"), gap, now_in, hosts("a.example"))
    assert found.state is State.PASS
    assert [o.result.subject for o in found.observations] == ["a.example"]
    back = duty(hosts("a.example"), said("DATA-4"), gap, now_in, hosts("a.example", "old.example"))
    assert back.state is State.FAIL


def test_an_endpoint_belongs_to_its_host():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example/v1", Verdict.FAIL)))
    assert found.state is State.FAIL


def test_a_check_that_applies_nowhere_leaves_what_was_said():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example", Verdict.NOT_APPLICABLE)))
    assert (found.state, found.basis) == (State.ATT, Basis.SAID)


def test_what_a_person_said_is_never_seen():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("hsts", "a.example", method=Method.INTERVIEW)))
    assert found.state is State.ATT


def test_a_read_report_saves_from_could_not_look_but_is_no_pass():
    found = duty(hosts("a.example"), said("DATA-4"), looked(result("note", "a.example", method=Method.EXAMINE)))
    assert (found.state, found.basis, found.mark) == (State.ATT, Basis.SHOWN, Mark.SHOWN)


def test_a_read_document_is_shown_where_no_look_decides():
    sheet = questionnaire(requirement("INC-6", checks=("plan",)), questions=(question("INC-6"),))
    read = looked(result("plan", method=Method.EXAMINE))
    found = finding(sheet, assessed(said("INC-6"), read), "INC-6")
    assert (found.state, found.basis) == (State.PASS, Basis.SHOWN)


def test_attached_evidence_shows_until_it_expires():
    sheet = questionnaire(requirement("DATA-1"), questions=(question("DATA-1"),))
    file = piece("e1", "DATA-1", expires=TODAY)
    assert finding(sheet, assessed(said("DATA-1"), e.EvidenceAdded(file)), "DATA-1").mark is Mark.SHOWN
    after = finding(sheet, assessed(said("DATA-1"), e.EvidenceAdded(file)), "DATA-1", NOW + timedelta(days=1))
    assert (after.mark, after.evidence) == (Mark.SAID, ("e1",))


def test_a_generated_reason_makes_a_duty_not_apply_until_a_later_fact_withdraws_it():
    stores = question("SCOPE-2", kind=AnswerKind.CHOICE, options=(Option("nowhere", "Nowhere"),))
    backups = question("INC-7")
    sheet = questionnaire(
        requirement(
            "DATA-1",
            applies=Not(Equals(Reference("SCOPE-2"), "nowhere")),
            otherwise="Nothing is stored.",
            withdrawn_by=Equals(Reference("INC-7"), "yes"),
            withdrawn_because="The backups of INC-7 store it.",
        ),
        questions=(stores, backups, question("DATA-1")),
    )
    none = finding(sheet, assessed(said("SCOPE-2", "nowhere")), "DATA-1")
    assert (none.state, none.because, none.open_questions) == (State.NA, "Nothing is stored.", ())
    back = finding(sheet, assessed(said("SCOPE-2", "nowhere"), said("INC-7", "yes")), "DATA-1")
    assert (back.state, back.withdrawn, back.because) == (
        State.OPEN,
        "The backups of INC-7 store it.",
        "The backups of INC-7 store it.",
    )


def test_an_answer_that_says_not_applicable_is_withdrawn_too():
    sheet = questionnaire(
        requirement("DATA-1", withdrawn_by=Equals(Reference("INC-7"), "yes")),
        questions=(question("DATA-1"), question("INC-7")),
    )
    claim = not_applicable("DATA-1", "We keep nothing.")
    assert finding(sheet, assessed(claim), "DATA-1").state is State.NA
    assert finding(sheet, assessed(claim, said("INC-7")), "DATA-1").state is State.OPEN
    assert finding(sheet, assessed(not_applicable("DATA-1", " ")), "DATA-1").state is State.OPEN


def test_a_look_withdraws_a_claimed_not_applicable():
    claim = e.NotApplicableClaimed("DATA-4", "Only an API.")
    assert duty(hosts("a.example"), claim).state is State.NA
    found = duty(hosts("a.example"), claim, looked(result("hsts", "a.example", Verdict.FAIL)))
    assert (found.state, found.contradicted, found.withdrawn) == (State.FAIL, True, "A look says otherwise.")


def test_hidden_questions_make_a_duty_not_apply_and_are_named_with_their_reason():
    sheet = questionnaire(
        requirement("APP-1"),
        questions=(
            question("SCOPE-5"),
            question("APP-1", when=Equals(Reference("SCOPE-5"), "yes"), otherwise="No keys exist."),
        ),
    )
    assert finding(sheet, assessed(), "APP-1").state is State.OPEN, "silence decides nothing"
    hidden = finding(sheet, assessed(said("SCOPE-5", "no"), said("APP-1", "no")), "APP-1")
    assert (hidden.state, hidden.because, hidden.not_asked) == (
        State.NA,
        "No keys exist.",
        (("APP-1", "No keys exist."),),
    )


def test_a_blocked_duty_is_no_second_failure():
    sheet = questionnaire(
        requirement("DATA-3"),
        requirement("DATA-4", deciding=("hsts",), blocked_by=("DATA-3",)),
        requirement("INC-3", blocked_by=("DATA-3",)),
        requirement("ELIG-6", computed=True),
        questions=(question("DATA-3"), question("DATA-4"), question("INC-3")),
    )
    found = judge(sheet, assessed(hosts("a.example"), said("DATA-3", "no"), said("DATA-4"), said("INC-3")), NOW, {})
    assert found["DATA-4"].state is State.INC
    assert found["DATA-4"].because == "Waits for DATA-3, which is not met."
    assert found["INC-3"].state is State.INC
    assert found["ELIG-6"].because == "Follows from others: DATA-3, DATA-4, INC-3."


def test_parts_take_the_worst_and_fail_alone():
    parts = (Part("AUTH-1a", "Who", checks=("authn",)), Part("AUTH-1b", "May", checks=("authz",)))
    sheet = questionnaire(
        requirement("AUTH-1", parts=parts, checks=("authn", "authz", "both")),
        questions=(question("AUTH-1", "AUTH-1"), question("AUTH-1x", "AUTH-1b")),
    )
    answers = (said("AUTH-1"), said("AUTH-1x"))
    one = finding(sheet, assessed(*answers, looked(result("authn", verdict=Verdict.FAIL))), "AUTH-1")
    assert (one.state, [p.state for p in one.parts]) == (State.FAIL, [State.FAIL, State.ATT])
    assert one.because.startswith("AUTH-1a: ")
    shared = finding(sheet, assessed(*answers, looked(result("both", verdict=Verdict.FAIL))), "AUTH-1")
    assert [p.state for p in shared.parts] == [State.FAIL, State.FAIL]
    half = finding(sheet, assessed(said("AUTH-1")), "AUTH-1")
    assert [p.state for p in half.parts] == [State.ATT, State.OPEN]


def eligible(*payloads: object):
    sheet = questionnaire(
        requirement("DATA-1"),
        requirement("DATA-4", deciding=("hsts",)),
        requirement("APP-2", obligation=Obligation.RECOMMENDED),
        requirement("ELIG-6", computed=True),
        questions=(
            question("DATA-1"),
            question("DATA-4"),
            question("APP-2"),
            question("ELIG-6", kind=AnswerKind.DECLARATION),
        ),
    )
    return finding(sheet, assessed(hosts("a.example"), *payloads), "ELIG-6")


def test_the_computed_duty_follows_from_all_others():
    seen = looked(result("hsts", "a.example"))
    declared = said("ELIG-6", Row((("name", "Ann"), ("accepted", "yes"))))
    rest = (said("DATA-4"), declared)
    assert eligible(said("DATA-1"), seen, *rest).state is State.ATT
    assert eligible(said("DATA-1"), said("APP-2", "no"), seen, *rest).state is State.ATT
    assert eligible(seen, *rest).state is State.OPEN
    assert eligible(said("DATA-1", "no"), seen, *rest).state is State.FAIL
    assert eligible(said("DATA-1"), *rest).state is State.FAIL, "could not look is not met"
    assert eligible(said("DATA-1"), seen, said("DATA-4")).state is State.OPEN, "nobody declared it"
    excepted = eligible(said("DATA-1"), *rest, EXCEPTION)
    assert (excepted.state, excepted.because) == (State.ATT, "Declared with known gaps: DATA-4.")


def test_an_exception_does_not_close_a_question():
    declared = said("ELIG-6", Row((("name", "Ann"), ("accepted", "yes"))))
    gap = looked(result("hsts", "a.example", Verdict.FAIL))
    assert eligible(said("DATA-1"), gap, EXCEPTION, declared).state is State.OPEN
    assert eligible(said("DATA-1"), said("DATA-4"), gap, EXCEPTION, declared).state is State.ATT


def test_a_table_is_answered_when_its_rows_are_complete():
    wanted = question(
        "INC-5",
        kind=AnswerKind.TABLE,
        columns=(Column("rule", "Rule"), Column("tested", "Tested", required=True)),
        rows=((("rule", "privilege"),),),
    )
    sheet = questionnaire(requirement("INC-5"), questions=(wanted,))

    def state(*rows: Row) -> State:
        return finding(sheet, assessed(said("INC-5", rows)), "INC-5").state

    assert state(Row((("rule", "privilege"), ("tested", "")))) is State.OPEN
    assert state(Row((("rule", "other"), ("tested", "2026-01-01")))) is State.OPEN
    assert state(Row((("rule", "privilege"), ("tested", "2026-01-01")))) is State.ATT
    assert state(Row((("rule", "privilege"), ("tested", "2026-01-01"))), Row((("rule", ""),))) is State.ATT


def test_a_choice_of_another_version_is_open():
    sheet = questionnaire(
        requirement("SCOPE-5"),
        questions=(question("SCOPE-5", kind=AnswerKind.CHOICE, options=(Option("oauth", "OAuth"),)),),
    )
    assert finding(sheet, assessed(said("SCOPE-5", "oauth")), "SCOPE-5").state is State.ATT
    assert finding(sheet, assessed(said("SCOPE-5", "gone")), "SCOPE-5").state is State.OPEN


def test_no_to_a_scoping_question_is_no_failure():
    scoping = requirement("SCOPE-3", scoping=True)
    sheet = questionnaire(scoping, questions=(question("SCOPE-3"),))
    assert finding(sheet, assessed(said("SCOPE-3", "no")), "SCOPE-3").state is State.ATT


def test_every_repository_must_have_been_looked_at():
    sheet = questionnaire(requirement("SEC-2", deciding=("secrets",)), questions=(question("SEC-2"),))
    one = looked(result("secrets", "/src/a"))
    assert finding(sheet, assessed(repositories("/src/a"), said("SEC-2"), one), "SEC-2").state is State.PASS
    assert finding(sheet, assessed(repositories("/src/a", "/src/b"), said("SEC-2"), one), "SEC-2").state is State.INC


def test_every_state_has_a_mark_and_every_mark_comes_from_a_state():
    made = {
        Finding("X", state, basis, "", obligation, contradicted=contradicted, answered=answered).mark
        for state in State
        for basis in Basis
        for obligation in Obligation
        for contradicted in (True, False)
        for answered in (True, False)
    }
    assert made == set(Mark)


def test_the_scope_is_read_from_the_hosts_question():
    scope = assessed(hosts("https://A.Example/path", "a.example:443", "b.example:8443")).scope
    assert [host.subject for host in scope.hosts] == ["a.example", "b.example:8443"]
    assert HOSTS.id == "SCOPE-1"

"""Every branch of the questionnaire, judged: what is asked, what does not apply and why, and what takes that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from wizard.checks.answers import look_at_answers
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.asked import not_asked_because
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.finding import Finding, State, SubjectKind, judge
from wizard.domain.ledger import make_ledger
from wizard.domain.observation import Level, Method, Observation, Result, Verdict
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.vulnerability import NO_LEDGER, Ledger, Note, Rating

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)


def row(**cells: str) -> Row:
    return Row(tuple(cells.items()))


def given(**answers: Value) -> dict[str, Answer]:
    """Answers by question, with `_` for the hyphens of an id."""
    ids = {name: name.replace("_", "-") for name in answers}
    return {ids[name]: Answer(ids[name], AnswerState.GIVEN, value) for name, value in answers.items()}


def found(
    q: Questionnaire,
    assessment: Assessment,
    kinds: Mapping[str, SubjectKind] | None = None,
    weaknesses: Ledger = NO_LEDGER,
) -> dict[str, Finding]:
    """The findings after every check that needs only answers and the ledger has looked."""
    results = look_at_answers(q, assessment, NOW, weaknesses)
    observations = {
        **assessment.observations,
        **{(r.check, r.subject): Observation(r, run="r", record="") for r in results},
    }
    return judge(q, replace(assessment, observations=observations), NOW, kinds or {})


def after(q: Questionnaire, weaknesses: Ledger = NO_LEDGER, **answers: Value) -> dict[str, Finding]:
    return found(q, Assessment(answers=given(**answers)), weaknesses=weaknesses)


def ledger(*notes: Note) -> Ledger:
    return make_ledger(notes, {}, {})


def hidden(q: Questionnaire, question: str, **answers: Value) -> str:
    return not_asked_because(q.question_by_id[question], given(**answers))


# SCOPE-2


@pytest.mark.parametrize("rests", ["nowhere", "browser-only"])
def test_nothing_stored_means_no_encryption_at_rest(shipped: Questionnaire, rests: str) -> None:
    finding = after(shipped, SCOPE_2_rests=rests)["DATA-1"]
    assert finding.state is State.NA
    assert "outside Apollo or the user's browser" in finding.because
    assert hidden(shipped, "DATA-1-claim", SCOPE_2_rests=rests)
    assert after(shipped, SCOPE_2_rests="stored")["DATA-1"].state is State.OPEN
    assert after(shipped)["DATA-1"].state is State.OPEN


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("INC_7_backups", (row(what="nightly", holds_apollo="yes"),)),
        ("SEC_5_logs", (row(source="proxy", holds_apollo="no"), row(source="app", holds_apollo="yes"))),
        ("PRIV_1_tokens", (row(kind="refresh", store="database", encrypted="yes"),)),
        ("PRIV_1_tokens", (row(kind="refresh", store="file", encrypted="yes"),)),
        ("SCOPE_2", (row(data="contacts", store="laptop"),)),
    ],
)
def test_a_later_answer_takes_it_back(shipped: Questionnaire, question: str, rows: tuple[Row, ...]) -> None:
    finding = after(shipped, SCOPE_2_rests="browser-only", **{question: rows})["DATA-1"]
    assert finding.state is State.OPEN
    assert "another answer names a store" in finding.withdrawn
    assert not hidden(shipped, "DATA-1-claim", SCOPE_2_rests="browser-only", **{question: rows})


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("INC_7_backups", (row(what="settings", holds_apollo="no"),)),
        ("SEC_5_logs", (row(source="proxy", holds_apollo="no"),)),
        ("PRIV_1_tokens", (row(kind="access", store="memory", encrypted="yes"),)),
        ("SCOPE_2", (row(data="contacts", store="browser"),)),
    ],
)
def test_an_answer_without_a_store_does_not(shipped: Questionnaire, question: str, rows: tuple[Row, ...]) -> None:
    assert after(shipped, SCOPE_2_rests="browser-only", **{question: rows})["DATA-1"].state is State.NA


# SCOPE-3


def test_no_pages_means_no_cookies_and_less_encoding(shipped: Questionnaire) -> None:
    findings = after(shipped, SCOPE_3="none", SCOPE_3_mail="no")
    assert findings["APP-5"].state is State.NA
    assert findings["APP-7"].state is State.NA
    assert findings["APP-4"].state is State.OPEN  # the part for plain data remains
    with_mail = after(shipped, SCOPE_3="none", SCOPE_3_mail="yes")
    assert with_mail["APP-5"].state is State.NA
    assert with_mail["APP-7"].state is State.OPEN
    assert after(shipped, SCOPE_3="none")["APP-7"].state is State.OPEN
    for pages in ("pages", "embedded"):
        findings = after(shipped, SCOPE_3=pages)
        assert {findings[id].state for id in ("APP-4", "APP-5", "APP-7")} == {State.OPEN}
        assert hidden(shipped, "SCOPE-3-mail", SCOPE_3=pages)


def test_a_cookie_that_was_seen_takes_it_back(shipped: Questionnaire) -> None:
    result = Result("cookies", "a.example", Verdict.FAIL, Level.MUST, "A cookie.", "cookies/1", "", Method.TEST, NOW)
    assessment = Assessment(
        answers=given(SCOPE_3="none", SCOPE_1=(row(host="a.example", public="yes"),)),
        observations={("cookies", "a.example"): Observation(result, "r", "")},
    )
    finding = found(shipped, assessment, {"cookies": SubjectKind.HOST})["APP-5"]
    assert finding.state is State.FAIL
    assert finding.withdrawn


# SCOPE-4


@pytest.mark.parametrize("has", [("none",), ("workers", "webhooks")])
def test_no_accounts_means_no_levels_of_privilege(shipped: Questionnaire, has: tuple[str, ...]) -> None:
    assert "no levels of privilege" in hidden(shipped, "INC-5-privilege", SCOPE_4=has)
    assert "separation of customers" in hidden(shipped, "AUTH-1b-roles", SCOPE_4=has)
    findings = after(shipped, SCOPE_4=has)
    assert findings["INC-5"].state is State.OPEN  # the other example is still asked
    assert ("INC-5-privilege", hidden(shipped, "INC-5-privilege", SCOPE_4=has)) in findings["INC-5"].not_asked


@pytest.mark.parametrize("has", [("accounts",), ("admin-roles", "workers")])
def test_accounts_bring_both_back(shipped: Questionnaire, has: tuple[str, ...]) -> None:
    assert not hidden(shipped, "INC-5-privilege", SCOPE_4=has)
    assert not hidden(shipped, "AUTH-1b-roles", SCOPE_4=has)


# SCOPE-5


def test_oauth_alone_means_no_rules_for_keys(shipped: Questionnaire) -> None:
    findings = after(shipped, SCOPE_5="oauth-only", SCOPE_4=("accounts",))
    for id in ("APP-1", "APP-2"):
        assert findings[id].state is State.NA
        assert findings[id].because == "No customer API key exists (ELIG-2)."
    assert findings["ELIG-2"].state is State.OPEN
    assert "ELIG-2" in hidden(shipped, "PRIV-2-master", SCOPE_5="oauth-only", SCOPE_4=("accounts",))


def test_own_keys_for_customers_bring_the_rules_back(shipped: Questionnaire) -> None:
    findings = after(shipped, SCOPE_5="oauth-only", SCOPE_4=("customer-keys",))
    assert {findings[id].state for id in ("APP-1", "APP-2")} == {State.OPEN}


@pytest.mark.parametrize("way", ["oauth-and-keys", "keys-only"])
def test_any_key_fails_the_sole_way_and_asks_for_more(shipped: Questionnaire, way: str) -> None:
    findings = after(shipped, SCOPE_5=way, SCOPE_4=("accounts",))
    assert findings["ELIG-2"].state is State.FAIL
    assert {findings[id].state for id in ("APP-1", "APP-2")} == {State.OPEN}
    assert not hidden(shipped, "PRIV-2-master", SCOPE_5=way)
    claimed = judge(shipped, Assessment(answers=given(SCOPE_5=way, ELIG_2_claim="yes")), NOW, {})
    assert claimed["ELIG-2"].state is State.FAIL  # without any check too


def test_a_legacy_key_with_a_sunset_is_an_exception(shipped: Questionnaire) -> None:
    gap = e.ExceptionSet("ELIG-2", "Three old customers", "Kim", "Keys are narrow", date(2026, 1, 31))
    assessment = Assessment(answers=given(SCOPE_5="oauth-and-keys"), exceptions={"ELIG-2": Noted(gap, "a", NOW)})
    assert found(shipped, assessment)["ELIG-2"].state is State.EXC


def test_a_grant_that_is_out(shipped: Questionnaire) -> None:
    for cells in ({"grant": "implicit"}, {"grant": "password"}, {"grant": "code", "state": "no"}):
        flow = (row(app="web", **cells),)
        assert after(shipped, SCOPE_5="oauth-only", ELIG_2_flow=flow)["ELIG-2"].state is State.FAIL
    flow = (row(app="web", grant="code", state="yes"),)
    findings = after(shipped, SCOPE_5="oauth-only", ELIG_2_flow=flow, ELIG_2_claim="yes")
    assert findings["ELIG-2"].state is State.ATT


def test_advice_about_keys_is_never_red(shipped: Questionnaire) -> None:
    finding = after(shipped, SCOPE_5="keys-only", APP_2_period="120")["APP-2"]
    assert finding.state is State.FAIL
    assert finding.mark.value == "recommendation-not-met"
    assert after(shipped, SCOPE_5="keys-only", APP_2_period="90")["APP-2"].state is State.ATT


# SCOPE-1


def test_no_public_host_means_no_endpoints(shipped: Questionnaire) -> None:
    private = after(shipped, SCOPE_1=(row(host="10.0.0.1", public="no"),))["AUTH-1"]
    assert private.state is State.NA
    assert "SCOPE-1" in private.because
    mixed = after(shipped, SCOPE_1=(row(host="a", public="no"), row(host="b", public="yes")))
    assert mixed["AUTH-1"].state is State.OPEN
    assert after(shipped)["AUTH-1"].state is State.OPEN


def test_halves_of_authentication_fail_alone(shipped: Questionnaire) -> None:
    finding = after(shipped, AUTH_1a_claim="yes", AUTH_1b_claim="no", SCOPE_4=("none",))["AUTH-1"]
    assert finding.state is State.FAIL
    assert [(p.id, p.state) for p in finding.parts] == [("AUTH-1a", State.INC), ("AUTH-1b", State.FAIL)]


# DATA-3 and DATA-4


def test_hsts_waits_for_https(shipped: Questionnaire) -> None:
    assessment = Assessment(answers=given(DATA_3_claim="no", DATA_4_claim="yes"))
    findings = found(shipped, assessment, {"hsts": SubjectKind.HOST})
    assert findings["DATA-3"].state is State.FAIL
    assert findings["DATA-4"].state is State.INC
    assert "DATA-3" in findings["DATA-4"].because


def test_what_a_look_saw_decides_hsts(shipped: Questionnaire) -> None:
    def hsts(verdict: Verdict) -> Finding:
        result = Result("hsts", "a.example", verdict, Level.MUST, "One day.", "hsts/1", "", Method.TEST, NOW)
        answers = given(DATA_4_claim="yes", SCOPE_1=(row(host="a.example", public="yes"),))
        seen = {("hsts", "a.example"): Observation(result, "r", "")}
        kinds = {"hsts": SubjectKind.HOST}
        return found(shipped, Assessment(answers=answers, observations=seen), kinds)["DATA-4"]

    assert hsts(Verdict.PASS).state is State.PASS
    assert hsts(Verdict.FAIL).contradicted
    assert hsts(Verdict.UNKNOWN).state is State.INC


# AUTH-2, SCOPE-8, INC-7, VULN


def test_the_register_is_asked_when_something_is_open(shipped: Questionnaire) -> None:
    assert hidden(shipped, "AUTH-2-register", AUTH_2_any="none")
    assert after(shipped, AUTH_2_any="none")["AUTH-2"].state is State.ATT
    assert after(shipped, AUTH_2_any="some")["AUTH-2"].state is State.OPEN
    leak = (row(endpoint="/x", why="w", returns="r", apollo_data="yes"),)
    assert after(shipped, AUTH_2_any="some", AUTH_2_register=leak)["AUTH-2"].state is State.FAIL
    fine = (row(endpoint="/health", why="w", returns="ok", apollo_data="no"),)
    assert after(shipped, AUTH_2_any="some", AUTH_2_register=fine)["AUTH-2"].state is State.ATT


def test_scope_tables_that_may_be_empty(shipped: Questionnaire) -> None:
    assert hidden(shipped, "SCOPE-8", SCOPE_8_any="none")
    assert hidden(shipped, "SCOPE-2", SCOPE_2_rests="nowhere")
    assert not hidden(shipped, "SCOPE-2", SCOPE_2_rests="browser-only")


def test_an_app_without_data_still_says_how_fast_it_returns(shipped: Questionnaire) -> None:
    assert hidden(shipped, "INC-7-backups", INC_7_stateless="stateless")
    assert not hidden(shipped, "INC-7-rto", INC_7_stateless="stateless")
    finding = after(shipped, INC_7_stateless="stateless", INC_7_rto="PT2H")["INC-7"]
    assert [(p.id, p.state) for p in finding.parts] == [("INC-7a", State.ATT), ("INC-7b", State.OPEN)]


def test_halves_of_recovery_fail_alone(shipped: Questionnaire) -> None:
    finding = after(shipped, INC_7_continuity="2023-01-01", INC_7_stateless="stateless", INC_7_rto="PT2H")["INC-7"]
    assert [(p.id, p.state) for p in finding.parts] == [("INC-7a", State.ATT), ("INC-7b", State.FAIL)]


def test_no_weakness_ever_is_said_and_never_seen(shipped: Questionnaire) -> None:
    findings = after(shipped, VULN_any="none")
    for id in ("VULN-1", "VULN-2", "VULN-3", "VULN-4"):
        assert findings[id].state is State.ATT
        assert findings[id].observations[0].result.verdict is Verdict.WARN


def test_one_ledger_serves_four_limits(shipped: Questionnaire) -> None:
    late = ledger(Note("hand:1", "x", score=9.8, rating=Rating.CRITICAL, reported=date(2025, 9, 1)))
    findings = after(shipped, late, VULN_any="some")
    assert findings["VULN-1"].state is State.FAIL
    assert {findings[f"VULN-{n}"].state for n in (2, 3, 4)} == {State.ATT}


def test_weaknesses_that_nobody_wrote_down_leave_the_limits_open(shipped: Questionnaire) -> None:
    findings = after(shipped, VULN_any="some")
    assert {findings[f"VULN-{n}"].state for n in (1, 2, 3, 4)} == {State.INC}


# INC-2, INC-3, PRIV-1, SUB


def test_no_contact_at_apollo_is_fine(shipped: Questionnaire) -> None:
    answers = {"INC_2_address": "security@apollo.example", "INC_2_verified": "2025-10-30"}
    assert after(shipped, **answers)["INC-2"].state is State.ATT


def test_the_password_question_is_the_other_way_round(shipped: Questionnaire) -> None:
    assert after(shipped, PRIV_1_password="yes", PRIV_1_claim="yes")["PRIV-1"].state is State.FAIL
    assert after(shipped, PRIV_1_password="no", PRIV_1_claim="yes")["PRIV-1"].state is State.ATT
    assert after(shipped, PRIV_1_password="no", PRIV_1_claim="no")["PRIV-1"].state is State.FAIL


def test_submission_asks_nothing_before_it_is_sent(shipped: Questionnaire) -> None:
    findings = after(shipped)
    assert not findings["SUB-1"].open_questions
    assert not findings["SUB-2"].open_questions


# everything


def best(q: Questionnaire) -> dict[str, Answer]:
    """The best answer to every required question, with what good rows need."""
    special: dict[str, Value] = {
        "SCOPE-1": (row(host="a.example", public="yes"),),
        "SCOPE-2-rests": "stored",
        "SCOPE-3": "pages",
        "SCOPE-4": ("accounts",),
        "SCOPE-5": "oauth-only",
        "PRIV-1-password": "no",
        "ELIG-2-flow": (row(app="web", grant="code", state="yes"),),
        "ELIG-3-count": "4",
        "AUTH-2-register": (row(endpoint="/", why="w", returns="r", apollo_data="no"),),
        "SEC-1-inventory": (row(name="k", stored="vault", period="P90D", rotated="2025-10-01"),),
        "INC-2-address": "security@apollo.example",
        "INC-7-backups": (row(what="db", holds_apollo="yes", restored="2025-09-01", result="yes"),),
        "PROG-1-next": "2026-05-01",
        "VULN-any": "none",
    }
    limits = {"critical": "28", "high": "42", "medium": "56", "low": "175"}
    special["VULN-0-limits"] = tuple(row(severity=s, days=d) for s, d in limits.items())
    out: dict[str, Value] = {}
    for question in q.questions:
        match question.kind.value:
            case "yes-no":
                value: Value = "yes"
            case "choice":
                value = question.options[0].id
            case "choices":
                value = (question.options[0].id,)
            case "date":
                value = "2025-10-20"
            case "duration":
                value = "PT4H"
            case "number":
                value = "5"
            case "contact":
                value = row(name="Kim", email="kim@partner.example")
            case "declaration":
                value = row(name="Kim", role="CTO", date="2025-10-20", accepted="yes")
            case "table":
                words = {"date": "2025-10-20", "number": "5", "yes-no": "yes", "duration": "P1D", "text": "words"}
                fixed = [dict(r) for r in question.rows] or [{}]
                cells = {
                    c.id: c.options[0].id if c.options else words[c.kind.value] for c in question.columns if c.required
                }
                value = tuple(row(**{**cells, **r}) for r in fixed)
            case _:
                value = "words"
        if question.required:
            out[question.id] = special.get(question.id, value)
    return {id: Answer(id, AnswerState.GIVEN, value) for id, value in out.items()}


def test_a_good_partner_meets_everything_that_is_said(shipped: Questionnaire) -> None:
    """All required questions answered well: only what a look must decide is left, and ELIG-6 follows from it."""
    findings = found(shipped, Assessment(answers=best(shipped)))
    states = {id: f.state for id, f in findings.items()}
    waiting = {id for id, state in states.items() if state is State.INC}
    assert waiting == {"AUTH-1", "DATA-3", "DATA-4", "SEC-2", "SEC-4", "APP-4", "APP-5", "APP-8"}
    assert {id for id, s in states.items() if s is State.FAIL} == {"ELIG-6"}
    assert {id for id, s in states.items() if s is State.NA} == {"APP-1", "APP-2"}
    assert {id for id, s in states.items() if s is State.OPEN} <= {"SUB-1", "SUB-2"}


def test_once_looked_at_all_is_met(shipped: Questionnaire) -> None:
    seen = {}
    for requirement in shipped.requirements:
        for check in requirement.deciding:
            result = Result(check, "a.example", Verdict.PASS, Level.MUST, "Fine.", f"{check}/1", "", Method.TEST, NOW)
            seen[(check, "a.example")] = Observation(result, "r", "")
    kinds = {check: SubjectKind.HOST for check, _host in seen}
    findings = found(shipped, Assessment(answers=best(shipped), observations=seen), kinds)
    assert findings["ELIG-6"].state is State.ATT
    assert {findings[id].state for id in ("DATA-3", "DATA-4", "SEC-4", "APP-4", "APP-5")} == {State.PASS}


def test_no_to_any_claim_is_not_met(shipped: Questionnaire) -> None:
    """Each yes/no question, answered with the bad answer alone, makes its own requirement fail."""
    good = best(shipped)
    for question in shipped.questions:
        if question.kind.value != "yes-no":
            continue
        bad = "yes" if question.id == "PRIV-1-password" else "no"
        answers = {**good, question.id: Answer(question.id, AnswerState.GIVEN, bad)}
        if not_asked_because(question, answers):
            answers["SCOPE-5"] = Answer("SCOPE-5", AnswerState.GIVEN, "keys-only")
        findings = found(shipped, Assessment(answers=answers))
        owner = shipped.owner_of(question.requirements[0])
        assert owner is not None
        assert findings[owner.id].state is State.FAIL, question.id


def test_every_question_can_be_reached(shipped: Questionnaire) -> None:
    """With nothing answered, everything is asked: silence hides nothing."""
    assert [q.id for q in shipped.questions if not_asked_because(q, {})] == []

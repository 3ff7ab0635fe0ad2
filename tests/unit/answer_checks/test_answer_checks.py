"""Each check that needs only answers: passing, failing, exactly at the limit, unreadable, and silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard import resources
from wizard.catalog.toml_folder import load
from wizard.checks.answers import (
    ANSWER_CHECKS,
    CHECK_IDS,
    DOCUMENT_CHECKS,
    look_at_answers,
    look_at_plan,
    sections_found,
)
from wizard.checks.answers.base import Judgement, Said
from wizard.checks.answers.incident_plan_sections import SECTIONS
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.events import CommentSet
from wizard.domain.mail import is_mail_address
from wizard.domain.observation import Method, Observation, Outcome, Verdict
from wizard.domain.questionnaire import Questionnaire
from wizard.session.opening import check_names

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
CHECKS = {check.id: check for check in ANSWER_CHECKS}


def row(**cells: str) -> Row:
    return Row(tuple(cells.items()))


def ago(days: int) -> str:
    return (NOW.date() - timedelta(days=days)).isoformat()


def judge(check: str, notes: dict[str, str] | None = None, **answers: Value) -> Judgement | None:
    told = {
        id: Answer(id, AnswerState.GIVEN, value) for id, value in ((n.replace("_", "-"), v) for n, v in answers.items())
    }
    return CHECKS[check].judge(Said(told, notes or {}, NOW))


def verdict(check: str, notes: dict[str, str] | None = None, **answers: Value) -> str | None:
    judgement = judge(check, notes, **answers)
    return judgement.verdict.value if judgement else None


# ELIG and PROG


@pytest.mark.parametrize(("way", "wanted"), [("oauth-only", "pass"), ("oauth-and-keys", "fail"), ("keys-only", "fail")])
def test_sole_authorisation(way: str, wanted: str) -> None:
    assert verdict("sole-authorisation", SCOPE_5=way) == wanted


def test_distinct_teams_by_number_alone() -> None:
    assert verdict("distinct-teams", ELIG_3_count="2") == "fail"
    assert verdict("distinct-teams", ELIG_3_count="3") == "pass"
    assert verdict("distinct-teams", ELIG_3_count="many") is None


def test_distinct_teams_are_counted_by_account() -> None:
    def teams(*accounts: str, **more: str) -> tuple[Row, ...]:
        return tuple(
            row(alias=f"team {i}", account=account, last_call=more.get("last_call", ago(3)))
            for i, account in enumerate(accounts)
        )

    assert verdict("distinct-teams", ELIG_3_teams=teams("aa", "bb", "cc")) == "pass"
    assert verdict("distinct-teams", ELIG_3_teams=teams("aa", "bb", "BB")) == "fail"
    assert verdict("distinct-teams", ELIG_3_count="9", ELIG_3_teams=teams("aa", "bb")) == "fail"
    one = judge("distinct-teams", ELIG_3_teams=teams("aa"))
    assert one is not None
    assert one.summary.startswith("The table lists 1 team,")
    own = (*teams("aa", "bb"), row(alias="us", account="cc", own_test="yes"))
    assert verdict("distinct-teams", ELIG_3_teams=own) == "fail"
    assert verdict("distinct-teams", ELIG_3_teams=teams("aa", "bb", "")) == "warn"
    assert verdict("distinct-teams", ELIG_3_teams=teams("aa", "bb", "cc", last_call=ago(28))) == "pass"
    quiet = judge("distinct-teams", ELIG_3_teams=teams("aa", "bb", "cc", last_call=ago(29)))
    assert quiet is not None
    assert quiet.verdict is Verdict.WARN
    assert "our default" in quiet.summary


@pytest.mark.parametrize(("days", "wanted"), [(0, "pass"), (400, "pass"), (-1, "fail")])
def test_terms_date(days: int, wanted: str) -> None:
    assert verdict("terms-date", ELIG_5_accepted=row(name="Kim", date=ago(days), accepted="yes")) == wanted
    assert verdict("terms-date", ELIG_5_accepted=row(name="Kim", date="soon")) is None


@pytest.mark.parametrize(
    ("when", "wanted"),
    [("2025-11-02", "fail"), ("2025-11-03", "pass"), ("2026-11-03", "pass"), ("2026-11-04", "fail")],
)
def test_next_assessment(when: str, wanted: str) -> None:
    assert verdict("next-assessment", PROG_1_next=when) == wanted


# keys


def key(**cells: str) -> tuple[Row, ...]:
    return (row(**{"name": "signing key", "stored": "vault", "period": "P90D", **cells}),)


def test_key_rotation() -> None:
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(90))) == "pass"
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(91))) == "fail"
    assert verdict("key-rotation", SEC_1_inventory=key(created=ago(91))) == "fail"
    assert verdict("key-rotation", SEC_1_inventory=key(created=ago(900), rotated=ago(1))) == "pass"
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(1), method="never")) == "fail"
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(1), period="sometimes")) == "unknown"
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(-1))) == "unknown"
    assert verdict("key-rotation", SEC_1_inventory=key()) == "unknown"
    assert verdict("key-rotation", SEC_1_inventory=key(rotated=ago(1), kind="api-key", period="P6M")) == "warn"
    both = (*key(rotated=ago(1), period="x"), *key(name="old", rotated=ago(100)))
    found = judge("key-rotation", SEC_1_inventory=both)
    assert found is not None
    assert found.verdict is Verdict.FAIL
    assert "old" in found.summary


@pytest.mark.parametrize(("days", "wanted"), [("90", "pass"), ("91", "fail"), ("0", "unknown"), ("x", None)])
def test_api_key_rotation(days: str, wanted: str | None) -> None:
    assert verdict("api-key-rotation", APP_2_period=days) == wanted


# plans


PLANS: list[tuple[str, Callable[[str], dict[str, Value]], str]] = [
    ("threat-model-age", lambda when: {"APP_11_date": when}, "APP-11"),
    ("incident-plan", lambda when: {"INC_6_approved": when, "INC_6_exercised": "2025-10-01"}, "INC-6"),
    ("incident-plan", lambda when: {"INC_6_exercised": when, "INC_6_approved": "2025-10-01"}, "INC-6"),
    ("continuity-plan", lambda when: {"INC_7_continuity": when}, "INC-7"),
    ("restore-test", lambda when: {"INC_7_backups": (row(what="db", restored=when),)}, "INC-7"),
]


@pytest.mark.parametrize(("check", "answers", "requirement"), PLANS)
def test_plans_grow_old_after_twelve_months(
    check: str, answers: Callable[[str], dict[str, Value]], requirement: str
) -> None:
    assert verdict(check, **answers("2024-11-03")) == "pass"
    old = judge(check, **answers("2024-11-02"))
    assert old is not None
    assert old.verdict is Verdict.FAIL
    assert "our default, not Apollo's" in old.summary
    assert verdict(check, **answers("2025-11-04")) == "fail"
    period = f"{requirement.replace('-', '_')}_period"
    assert verdict(check, **answers("2024-11-02"), **{period: "P2Y"}) == "fail"
    assert verdict(check, {requirement: " "}, **answers("2024-11-02"), **{period: "P2Y"}) == "fail"
    assert verdict(check, {requirement: "Two people."}, **answers("2024-11-02"), **{period: "P2Y"}) == "pass"
    assert verdict(check, **answers("2025-05-01"), **{period: "P3M"}) == "fail"


def test_threats_after_the_last_change_and_about_apollo() -> None:
    assert verdict("threat-model-age", APP_11_date=ago(10), APP_11_changed=ago(10)) == "pass"
    assert verdict("threat-model-age", APP_11_date=ago(10), APP_11_changed=ago(9)) == "fail"
    other = (row(threat="fire", apollo="no"),)
    assert verdict("threat-model-age", APP_11_date=ago(10), APP_11_threats=other) == "fail"
    assert verdict("threat-model-age", APP_11_date=ago(10), APP_11_threats=(*other, row(apollo="yes"))) == "pass"


def test_a_plan_with_one_day_missing_is_not_judged() -> None:
    assert verdict("incident-plan", INC_6_approved=ago(1)) is None


def test_every_backup_was_restored() -> None:
    fine = row(what="db", restored=ago(30), result="yes", holds_apollo="yes")
    listed = {"SCOPE_2": (row(data="all", store="backup"),)}
    assert verdict("restore-test", INC_7_backups=(fine,), **listed) == "pass"
    assert verdict("restore-test", INC_7_backups=(fine,)) == "warn"  # SCOPE-2 lists no backup
    assert verdict("restore-test", INC_7_backups=(fine, row(what="files")), **listed) == "fail"
    failed = row(what="db", restored=ago(30), result="no")
    assert verdict("restore-test", INC_7_backups=(failed,), **listed) == "fail"


# VULN


def limits(**days: str) -> tuple[Row, ...]:
    everything = {"critical": "28", "high": "42", "medium": "56", "low": "175", **days}
    return tuple(row(severity=severity, days=n) for severity, n in everything.items())


def test_own_limits() -> None:
    assert verdict("own-limits", VULN_0_limits=limits()) == "pass"
    assert verdict("own-limits", VULN_0_limits=limits(critical="7", low="90")) == "pass"
    for severity, over in (("critical", "29"), ("high", "43"), ("medium", "57"), ("low", "175.5")):
        assert verdict("own-limits", VULN_0_limits=limits(**{severity: over})) == "fail"
    assert verdict("own-limits", VULN_0_limits=limits(high="soon")) == "unknown"
    assert verdict("own-limits", VULN_0_limits=(row(severity="critical"),)) is None
    twice = (*limits(), row(severity="high", days="60"))
    assert verdict("own-limits", VULN_0_limits=twice) == "fail"


# INC


def drill(detected: str, notified: str) -> tuple[Row, ...]:
    return (row(what="drill", detected=detected, notified=notified),)


@pytest.mark.parametrize(
    ("detected", "notified", "wanted"),
    [
        ("2025-09-14T08:30Z", "2025-09-15T08:30Z", "pass"),
        ("2025-09-14T08:30Z", "2025-09-15T08:31Z", "fail"),
        ("2025-09-14T08:30+02:00", "2025-09-15T06:30Z", "pass"),
        ("2025-09-14T08:30+02:00", "2025-09-15T08:30Z", "fail"),
        ("2025-09-14T08:30", "2025-09-14T09:30", "unknown"),
        ("2025-09-14T08:30Z", "2025-09-14T08:00Z", "unknown"),
        ("2025-11-04T08:30Z", "2025-11-04T09:00Z", "unknown"),
        ("yesterday", "today", "unknown"),
        ("9999-12-31T23:59-23:59", "9999-12-31T23:59Z", "unknown"),
        ("0001-01-01T00:00+23:59", "0001-01-01T00:00Z", "pass"),
    ],
)
def test_notice_drill(detected: str, notified: str, wanted: str) -> None:
    assert verdict("notice-drill", INC_1_drills=drill(detected, notified)) == wanted


def test_one_late_drill_among_many_fails() -> None:
    rows = (*drill("2025-09-14T08:00Z", "2025-09-14T09:00Z"), *drill("2025-08-01T08:00Z", "2025-08-03T09:00Z"))
    late = judge("notice-drill", INC_1_drills=rows)
    assert late is not None
    assert late.verdict is Verdict.FAIL
    assert "49 h 0 min" in late.summary


@pytest.mark.parametrize(("days", "wanted"), [(0, "pass"), (90, "pass"), (91, "fail"), (-1, "fail")])
def test_incident_address(days: int, wanted: str) -> None:
    answers = {"INC_2_address": "security@apollo.example", "INC_2_verified": ago(days)}
    assert verdict("incident-address", **answers) == wanted


def test_an_address_that_is_none_fails_at_once() -> None:
    assert verdict("incident-address", INC_2_address="[email protected]") == "fail"
    assert verdict("incident-address", INC_2_address="a@b.example") is None


@pytest.mark.parametrize(
    "text", ["a@b.example", "first.last+tag@sub.domain-name.example", "x!#$%&'*/=?^`{|}~@b.example"]
)
def test_mail_addresses(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.example",
        "a@b",
        "a b@c.example",
        "a..b@c.example",
        ".a@c.example",
        "a@-b.example",
        "a@b.example ",
        "a@b..example",
        "a@b.e",
        "x" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@b.example" + "e" * 250,
        "a@b.1x",
    ],
)
def test_what_is_no_mail_address(text: str) -> None:
    assert not is_mail_address(text)


def test_incident_message() -> None:
    fields = ("type", "status", "information", "tasks", "contact")
    full = tuple(row(field=name, text="words") for name in fields)
    assert verdict("incident-message", INC_3_template=full) == "pass"
    for index in range(5):
        assert verdict("incident-message", INC_3_template=full[:index] + full[index + 1 :]) == "fail"
        blank = (*full[:index], row(field=fields[index], text="  "), *full[index + 1 :])
        assert verdict("incident-message", INC_3_template=blank) == "fail"
    assert verdict("incident-message", INC_3_template=tuple(row(field=name) for name in fields)) is None


# the plan's text


ENGLISH = """1 Roles and responsibilities. 2 Severity levels. 3 Contacts, on-call. 4 Evidence and chain of custody.
5 Communication: Apollo is notified within 24 hours. 6 Lessons learned."""
GERMAN = """Rollen und Zuständigkeiten. Einstufung der Schwere. Kontakte. Beweise sichern.
Meldung an Apollo binnen 24 Stunden. Nachbereitung."""
FRENCH = """Rôles et responsabilités. Gravité. Contacts d’astreinte. Préservation des preuves.
Communication : informer Apollo. Retour d’expérience."""
SPANISH = """Funciones y responsabilidades. Gravedad. Contactos de guardia. Evidencias.
Comunicación a Apollo. Lecciones aprendidas."""


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, FRENCH, SPANISH, ENGLISH.upper()])
def test_all_six_parts_are_found(text: str) -> None:
    assert sections_found(text) == SECTIONS
    result = look_at_plan(text, NOW)
    assert result.verdict is Verdict.PASS
    assert result.method is Method.EXAMINE
    assert result.outcome is Outcome.SUPPORTS


def test_parts_that_are_not_found_are_named_and_no_failure() -> None:
    assert "communication" not in sections_found(ENGLISH.replace("Apollo", "the customer"))
    assert "evidence" not in sections_found(ENGLISH.replace("Evidence and chain of custody", "Coffee"))
    assert sections_found("") == ()
    assert sections_found("Geländerolle, Controller") == ()  # only beginnings of words count
    result = look_at_plan(ENGLISH.replace("Lessons learned", "The end"), NOW)
    assert result.verdict is Verdict.UNKNOWN
    assert "how lessons are drawn" in result.summary


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert set(sections_found(text)) <= set(SECTIONS)


# SUB


def test_five_business_days() -> None:
    """Sent on Thursday the 30th of October, asked on Monday the 3rd of November: three days are left."""
    found = judge("marketplace-answer", SUB_1_submitted="2025-10-30")
    assert found is not None
    assert found.verdict is Verdict.PASS
    assert "3 business days left" in found.summary
    assert found.facts["due"] == "2025-11-06"
    holiday = judge("marketplace-answer", SUB_1_submitted="2025-10-30", SUB_1_holidays=("2025-10-31",))
    assert holiday is not None
    assert holiday.facts["due"] == "2025-11-07"
    assert verdict("marketplace-answer", SUB_1_submitted="2025-10-27") == "pass"  # due today
    assert verdict("marketplace-answer", SUB_1_submitted="2025-10-24") == "warn"
    assert verdict("marketplace-answer", SUB_1_submitted="2025-11-04") == "unknown"
    assert verdict("marketplace-answer", SUB_1_submitted="2025-10-30", SUB_1_holidays=("Easter",)) == "unknown"


# all of them


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load(resources.questionnaires() / "apollo-marketplace", check_names())


def told(**answers: Value) -> Assessment:
    ids = {name.replace("_", "-"): value for name, value in answers.items()}
    return Assessment(answers={id: Answer(id, AnswerState.GIVEN, value) for id, value in ids.items()})


def test_ids_are_unique_and_titles_are_said_late() -> None:
    assert len(CHECK_IDS) == len(ANSWER_CHECKS) + len(DOCUMENT_CHECKS)
    for check in (*ANSWER_CHECKS, *DOCUMENT_CHECKS):
        assert check.title()
        assert check.source.startswith("Apollo Marketplace: Feature Your Integration, ")


def test_silence_gives_no_result(questionnaire: Questionnaire) -> None:
    assert look_at_answers(questionnaire, Assessment(), NOW) == ()
    for check in ANSWER_CHECKS:
        assert check.judge(Said({}, {}, NOW)) is None


def test_results_are_said_and_carry_their_rule(questionnaire: Questionnaire) -> None:
    (result,) = look_at_answers(questionnaire, told(PROG_1_next="2020-01-01"), NOW)
    assert (result.check, result.subject, result.rule) == ("next-assessment", "", "next-assessment/1")
    assert result.method is Method.INTERVIEW
    assert result.outcome is Outcome.CONTRADICTS
    assert result.at == NOW


def test_not_known_and_not_applicable_are_no_answers(questionnaire: Questionnaire) -> None:
    for state in (AnswerState.NOT_KNOWN, AnswerState.NOT_APPLICABLE):
        answer = Answer("PROG-1-next", state, "2020-01-01", reason="because")
        assert look_at_answers(questionnaire, Assessment(answers={"PROG-1-next": answer}), NOW) == ()


def test_hidden_answers_do_not_count(questionnaire: Questionnaire) -> None:
    shown = told(APP_2_period="120", SCOPE_5="keys-only")
    assert "api-key-rotation" in {r.check for r in look_at_answers(questionnaire, shown, NOW)}
    gone = told(APP_2_period="120", SCOPE_5="oauth-only", SCOPE_4=("none",))
    assert "api-key-rotation" not in {r.check for r in look_at_answers(questionnaire, gone, NOW)}


def test_an_old_failure_does_not_outlive_its_answer(questionnaire: Questionnaire) -> None:
    (failed,) = look_at_answers(questionnaire, told(PROG_1_next="2020-01-01"), NOW)
    before = {("next-assessment", ""): Observation(failed, "r", "")}
    (result,) = look_at_answers(questionnaire, Assessment(observations=before), NOW)
    assert result.verdict is Verdict.NOT_APPLICABLE
    after = {("next-assessment", ""): Observation(result, "r", "")}
    assert look_at_answers(questionnaire, Assessment(observations=after), NOW) == ()


def test_a_reason_in_the_note_reaches_the_check(questionnaire: Questionnaire) -> None:
    assessment = told(APP_11_date="2024-06-01", APP_11_period="P2Y")
    (result,) = look_at_answers(questionnaire, assessment, NOW)
    assert result.verdict is Verdict.FAIL
    note = Noted(CommentSet("APP-11", "The app has not changed."), "a", NOW)
    explained = Assessment(answers=assessment.answers, comments={"APP-11": note})
    (result,) = look_at_answers(questionnaire, explained, NOW)
    assert result.verdict is Verdict.PASS


_cells = st.sampled_from(
    [
        "",
        "yes",
        "no",
        "P1D",
        "P9999999Y",
        "2025-01-01",
        "9999-12-31",
        "0001-01-01",
        "1e400",
        "-0",
        "9.8",
        "fixed",
        "open",
        "2025-01-01T00:00Z",
        "9999-12-31T23:59-23:59",
        "critical",
        "never",
        "api-key",
        "\x00",
        "ß" * 50,
        "𝟗",
    ]
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_hostile_answers_of_any_shape_end_in_a_verdict(questionnaire: Questionnaire, data: st.DataObject) -> None:
    """Cells that do not fit their column, values of another kind, dates at the ends of the calendar."""
    answers: dict[str, Value] = {}
    for id in {id for check in ANSWER_CHECKS for id in check.reads}:
        columns = questionnaire.question_by_id[id].columns
        shape = data.draw(st.sampled_from(["right", "text", "texts", "row", "rows"]))
        if columns and shape in ("right", "rows"):
            rows = data.draw(st.lists(st.fixed_dictionaries({c.id: _cells for c in columns}), max_size=3))
            answers[id] = tuple(row(**cells) for cells in rows)
        elif shape == "row":
            answers[id] = row(date=data.draw(_cells))
        elif shape == "texts":
            answers[id] = tuple(data.draw(st.lists(_cells, max_size=3)))
        else:
            answers[id] = data.draw(_cells)
    assessment = Assessment(answers={id: Answer(id, AnswerState.GIVEN, value) for id, value in answers.items()})
    for result in look_at_answers(questionnaire, assessment, NOW):
        assert result.summary

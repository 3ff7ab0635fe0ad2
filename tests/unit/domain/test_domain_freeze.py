"""What stops signing, how long a statement counts, and how answers read in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.properties.domain_samples import (
    KINDS,
    NOW,
    TODAY,
    assessed,
    hosts,
    looked,
    not_applicable,
    piece,
    question,
    questionnaire,
    requirement,
    result,
    said,
)
from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.answers import AnswerState, Row
from wizard.domain.attestation import Attestation, Item, Journal
from wizard.domain.conditions import Equals, Reference
from wizard.domain.finding import State, judge
from wizard.domain.freeze import blockers, counts_until, freeze
from wizard.domain.observation import Verdict
from wizard.domain.questionnaire import AnswerKind, Column, Obligation, Option, Part

SHEET = questionnaire(
    requirement("DATA-4", checks=("hsts",), deciding=("hsts",)),
    requirement("APP-2", obligation=Obligation.RECOMMENDED),
    requirement("PROG-1"),
    requirement("ELIG-6", computed=True),
    questions=(
        question("DATA-4"),
        question("APP-2"),
        question("PROG-1-last", "PROG-1", kind=AnswerKind.DATE, required=False),
        question("PROG-1-next", "PROG-1", kind=AnswerKind.DATE),
    ),
    notes=("The page names no host.",),
)
NAMES = ("a.example",)
AGREED = e.ScopeConfirmed(assessed(hosts(*NAMES)).scope.hosts, "Only these hosts are looked at.", "Ann")
READY = (
    hosts(*NAMES),
    AGREED,
    said("DATA-4"),
    said("PROG-1-last", "2026-01-01"),
    said("PROG-1-next", "2027-05-01"),
    looked(result("hsts", "a.example")),
    e.AssessmentDescribed("Nordwind GmbH", "Sync"),
    e.SignatoryNamed("Ann Lee", "CISO", "Board decision 7"),
)
GAP = e.ExceptionSet("DATA-4", "No header", "Ann", "Proxy", date(2027, 3, 1))


def stops(*more: object, problems: tuple[str, ...] = (), sheet=SHEET) -> dict[str, str]:
    assessment = assessed(*READY, *more)
    findings = judge(sheet, assessment, NOW, KINDS)
    return {b.where: b.sentence for b in blockers(sheet, assessment, findings, problems, TODAY)}


def frozen(*payloads: object, sheet=SHEET, **more: object) -> Attestation:
    assessment = assessed(*payloads)
    return freeze(
        sheet,
        assessment,
        judge(sheet, assessment, NOW, KINDS),
        **{
            "signed_at": NOW,
            "valid_until": counts_until(sheet, assessment, TODAY),
            "fingerprint": "ab" * 32,
            "journal": Journal("w", assessment.events, assessment.head, (), NOW),
            "generator": "attestry 0",
            **more,
        },
    )


def item(statement: Attestation, id: str) -> Item:
    items = (*statement.scoping, *(item for group in statement.groups for item in group.items))
    return next(item for item in items if item.id == id)


def test_nothing_stops_a_complete_assessment():
    assert stops() == {}


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.NOT_APPLICABLE])
def test_failures_and_blind_looks_never_stop_signing(verdict):
    explained = e.ContradictionExplained("DATA-4", "The header comes in May.")
    assert stops(looked(result("hsts", "a.example", verdict)), explained) == {}
    assert stops(looked(result("hsts", "a.example", verdict, at=NOW - timedelta(days=90))), explained) == {}
    assert stops(said("DATA-4", "no"), looked(result("hsts", "a.example", verdict))) == {}


def test_a_contradiction_stops_until_it_is_explained_or_corrected():
    gap = looked(result("hsts", "a.example", Verdict.FAIL))
    assert "disagree" in stops(gap)["DATA-4"]
    assert stops(gap, said("DATA-4", "no")) == {}
    assert stops(gap, e.ContradictionExplained("DATA-4", "It comes in May.")) == {}


def test_open_duties_and_open_scoping_stop_but_recommendations_do_not():
    emptied = said("DATA-4", "")
    assert "a question is still open" in stops(emptied)["DATA-4"]
    assert set(stops(said("SCOPE-1", ()))) == {"SCOPE-1"}
    assert "APP-2" not in stops()


def test_an_open_part_stops_even_behind_one_that_is_not_met():
    sheet = questionnaire(
        requirement("AUTH-1", parts=(Part("AUTH-1a", "Who"), Part("AUTH-1b", "May"))),
        questions=(question("AUTH-1a"), question("AUTH-1b")),
    )
    found = stops(said("AUTH-1a", "no"), sheet=sheet)
    assert set(found) == {"AUTH-1"}


def test_not_applicable_without_a_reason_stops():
    assert "without a reason" in stops(not_applicable("APP-2", ""))["APP-2"]
    assert stops(not_applicable("APP-2", "No keys.")) == {}


@pytest.mark.parametrize(
    ("exception", "word"),
    [
        (replace(GAP, owner=" "), "an owner"),
        (replace(GAP, control=""), "a compensating control"),
        (replace(GAP, until=None), "a date"),
        (replace(GAP, gap=""), "the gap"),
        (replace(GAP, until=TODAY), "is over"),
        (replace(GAP, until=date(2027, 5, 1)), "1 May 2027"),
    ],
)
def test_an_exception_needs_everything_and_a_date_within_the_statement(exception, word):
    assert word in stops(exception)["DATA-4"]
    assert stops(GAP) == {}


def test_a_changed_scope_a_missing_name_and_a_broken_chain_stop():
    assert set(stops(hosts("a.example", "b.example"))) == {"scope"}
    assert set(stops(e.AssessmentDescribed(" ", "Sync"))) == {"scope"}
    assert set(stops(e.SignatoryNamed("Ann", "CISO", " "))) == {"sign"}
    assert "“noor@@bad” is not a mail address" in stops(e.SignatoryNamed("Ann", "CISO", "Board", "noor@@bad"))["sign"]
    assert stops(e.SignatoryNamed("Ann", "CISO", "Board", " ann@example.com ")) == {}
    assert stops(problems=("The journal was changed.",)) == {"review": "The journal was changed."}


def test_a_statement_counts_until_the_next_assessment_but_a_year_at_most():
    def until(day: str, signed: date = TODAY) -> date:
        return counts_until(SHEET, assessed(said("PROG-1-next", day)), signed)

    assert until("2027-05-01") == date(2027, 5, 1)
    assert until("2030-01-01") == date(2027, 11, 23)
    assert until("2020-01-01") == date(2027, 11, 23), "a date that has passed plans nothing"
    assert until("soon") == date(2027, 11, 23)
    assert until("2030-01-01", date(2028, 2, 29)) == date(2029, 2, 28)


def test_the_statement_says_who_what_where_and_until_when():
    file = piece("e1", "DATA-4", name="proxy.conf", note="The proxy's rules")
    statement = frozen(
        *READY,
        e.EvidenceAdded(file),
        e.CommentSet("DATA-4", "See the proxy."),
        e.AssessmentStarted("sample", "1", "ab", demonstration=True),
        author_names={"ann": "Ann Lee"},
        runs=[("run-1", NAMES)],
    )
    duty = item(statement, "DATA-4")
    assert (duty.state, duty.comment, duty.evidence) == (State.PASS, "See the proxy.", ("e1",))
    assert (duty.said[0].lines, duty.said[0].author) == (("Yes",), "Ann Lee")
    assert [seen.result.subject for seen in duty.seen] == ["a.example"]
    assert statement.evidence[0].added_by == "Ann Lee"
    assert statement.demonstration
    assert (statement.scope_statement, statement.scope_confirmed_by) == (AGREED.statement, "Ann")
    assert statement.runs == (("run-1", NAMES),)
    assert statement.notes == SHEET.notes
    assert statement.valid_until == date(2027, 5, 1)
    for words in ("Nordwind GmbH", "Sync", "Ann Lee, CISO", "page 1", "1 May 2027", "1 June 2026"):
        assert words in statement.declaration


def test_addresses_and_runs_come_from_the_looks():
    seen = looked(result("hsts", "a.example", addresses=("192.0.2.2", "192.0.2.1")))
    statement = frozen(*READY, replace(seen, targets=NAMES))
    assert statement.addresses == (("a.example", ("192.0.2.1", "192.0.2.2")),)
    assert statement.runs == (("run-1", NAMES),)


def test_what_was_agreed_to_beyond_plain_looks_is_part_of_the_statement():
    statement = frozen(
        *READY,
        e.ControlShown("a.example", "dns", "_attestry.a.example"),
        e.ControlShown("b.example", "file", "https://b.example/x", "Bo"),
        e.ControlShown("b.example"),  # taken back
        e.ActiveAgreed("run-1", "Yes.", probes=("a.example",), data_ports=NAMES, agreed_by="Ann"),
        author_names={"ann": "Ann Lee"},
    )
    (control,) = statement.controls
    assert (control.host, control.how, control.by) == ("a.example", "dns", "Ann Lee")
    (consent,) = statement.consents
    assert (consent.run, consent.probes, consent.data_ports, consent.by) == ("run-1", ("a.example",), NAMES, "Ann")


def test_answers_read_in_words():
    table = question(
        "T",
        "D",
        kind=AnswerKind.TABLE,
        columns=(
            Column("key", "Key"),
            Column("since", "Since", AnswerKind.DATE),
            Column("every", "Every", AnswerKind.DURATION),
            Column("auto", "Automatic", AnswerKind.YES_NO),
            Column("kind", "Kind", AnswerKind.CHOICE, options=(Option("o", "OAuth secret"),)),
        ),
    )
    choice = question("C", "D", kind=AnswerKind.CHOICES, options=(Option("a", "Agents"), Option("b", "Browsers")))
    number = question("N", "D", kind=AnswerKind.NUMBER, unit="days")
    files = question("F", "D", kind=AnswerKind.FILES)
    person = question("P", "D", kind=AnswerKind.CONTACT)
    items = question("L", "D", kind=AnswerKind.LIST)
    promise = question("S", "D", kind=AnswerKind.DECLARATION, statement="We keep to it.")
    row = Row((("key", "k1"), ("since", "2026-03-05"), ("every", "P90D"), ("auto", "no"), ("kind", "o"), ("old", "x")))
    sheet = questionnaire(
        requirement("D"),
        questions=(table, choice, number, files, person, promise, items),
    )
    statement = frozen(
        e.EvidenceAdded(piece("e1", name="plan.pdf")),
        said("T", (row,)),
        said("C", ("b", "a", "gone")),
        said("N", "28"),
        said("F", ("e1",)),
        said("P", Row((("name", "Ann"), ("email", "ann@example.com")))),
        said("S", Row((("name", "Ann"), ("date", "2026-01-02"), ("accepted", "yes")))),
        said("L", ("one line", "another")),
        sheet=sheet,
    )
    read = {said.question: said for said in item(statement, "D").said}
    assert read["T"].heads == ("Key", "Since", "Every", "Automatic", "Kind", "old")
    assert read["T"].rows == (("k1", "5 March 2026", "90 days", "No", "OAuth secret", "x"),)
    assert read["C"].lines == ("Browsers", "Agents", "gone")
    assert read["N"].lines == ("28 days",)
    assert read["F"].lines == ("plan.pdf",)
    assert read["P"].lines == ("Name: Ann", "E-mail: ann@example.com")
    assert read["S"].lines == ("We keep to it.", "Name: Ann", "Date: 2 January 2026", "Accepted: Yes")
    assert read["L"].lines == ("one line", "another")


def test_what_is_private_or_not_asked_says_so():
    sheet = questionnaire(
        requirement("ELIG-3"),
        questions=(
            question("ELIG-3"),
            question("ELIG-3-names", "ELIG-3", kind=AnswerKind.LIST, private=True),
            question(
                "ELIG-3-why",
                "ELIG-3",
                kind=AnswerKind.TEXT,
                when=Equals(Reference("ELIG-3"), "no"),
                otherwise="There are enough.",
            ),
            question("ELIG-3-more", "ELIG-3", kind=AnswerKind.TEXT, required=False),
            question("ELIG-3-soon", "ELIG-3", kind=AnswerKind.TEXT),
        ),
    )
    statement = frozen(
        said("ELIG-3"),
        said("ELIG-3-names", ("Acme Secret Inc",)),
        said("ELIG-3-why", "too few"),
        said("ELIG-3-soon", state=AnswerState.NOT_KNOWN, value=""),
        sheet=sheet,
    )
    read = {said.question: said for said in item(statement, "ELIG-3").said}
    assert "private" in read["ELIG-3-names"].lines[0]
    assert "Acme" not in repr(statement)
    assert read["ELIG-3-why"].not_asked.startswith("There are enough.")
    assert read["ELIG-3-why"].not_asked.endswith("too few")
    assert read["ELIG-3-why"].lines == ()
    assert read["ELIG-3-more"].not_asked == "Not answered."
    assert read["ELIG-3-soon"].not_asked == "Not known yet."


def test_a_table_that_serves_two_duties_is_printed_once():
    table = question("T", "D", "E", kind=AnswerKind.TABLE, columns=(Column("key", "Key"),))
    statement = frozen(
        said("T", (Row((("key", "k1"),)),)), sheet=questionnaire(requirement("D"), requirement("E"), questions=(table,))
    )
    assert item(statement, "D").said[0].rows == (("k1",),)
    assert item(statement, "E").said[0].lines == ("The table is printed at D.",)


def test_a_failure_that_nobody_could_look_at_again_is_shown_with_the_blind_look():
    failed, blind = result("hsts", "a.example", Verdict.FAIL), result("hsts", "a.example", Verdict.UNKNOWN)
    duty = item(frozen(*READY, looked(failed), looked(blind)), "DATA-4")
    assert duty.state is State.FAIL
    assert [(seen.result.verdict, seen.runs, seen.failed_runs) for seen in duty.seen] == [
        (Verdict.UNKNOWN, 3, 1),
        (Verdict.FAIL, 3, 1),
    ]


def test_what_was_acknowledged_is_repeated_beside_the_signature():
    known = question("PROG-2", kind=AnswerKind.DECLARATION, statement="We know that it can end.")
    sheet = questionnaire(requirement("PROG-2", obligation=Obligation.INFO), questions=(known,))
    accepted = said("PROG-2", Row((("name", "Ann"), ("accepted", "yes"))))
    assert "We know that it can end." in frozen(accepted, sheet=sheet).declaration
    assert "We know that it can end." not in frozen(sheet=sheet).declaration


def test_a_draft_says_what_is_not_named_yet():
    declaration = frozen().declaration
    assert declaration.count("(not named yet)") == 4


def test_what_left_the_scope_is_in_the_notes():
    statement = frozen(*READY, looked(result("hsts", "gone.example", Verdict.FAIL)))
    assert any("gone.example" in note and "not as required" in note for note in statement.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P90D", "90 days"),
        ("PT24H", "24 hours"),
        ("P1D", "1 day"),
        ("P1Y6M", "1 year 6 months"),
        ("P2W", "2 weeks"),
        ("PT1H30M", "1 hour 30 minutes"),
        ("P0D", "0 days"),
        ("P", "P"),
        ("ninety days", "ninety days"),
    ],
)
def test_durations_read_as_people_say_them(text, words):
    assert readable.duration(text) == words

"""What a newer version wrote about is kept, can be read here, and is changed by nobody until this app is updated."""

import json
from contextlib import nullcontext
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from wizard.cli import status_command
from wizard.cli.output import Exit
from wizard.domain import events as e
from wizard.domain import newer
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.disclosure import Disclosure
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.members import Member, Role
from wizard.domain.scope import HOSTS_QUESTION
from wizard.domain.versions import History, item_of
from wizard.domain.vulnerability import Note
from wizard.session.deeds import answers, attesting, evidence, looking, sharing, vulnerabilities
from wizard.session.session import HeldByNewer

OF_AUTH = "AUTH-1"


def wrote(session, about, type_="answer-given", version=9):
    """A teammate's newer app wrote about something; here the same key did, which is the shortest way."""
    return session.record(e.Unknown(type_, version, {"what": ["nobody here knows"]}, about)).result(30)


def question_of(session, requirement):
    return session.questionnaire.questions_for(requirement)[0].id


def test_the_envelopes_subject_is_kept_and_read_again(session, reopen):
    wrote(session, OF_AUTH, "poem")
    session.close()
    again = reopen()
    last = list(again.workspace.journal.events())[-1]
    assert last.envelope.subject == OF_AUTH
    assert last.payload == e.Unknown("poem", 9, {"what": ["nobody here knows"]}, OF_AUTH)
    assert again.assessment.unknown_events == 1
    assert again.assessment.newer[OF_AUTH][again.workspace.author].payload == last.payload


def test_every_writer_of_a_requirement_is_refused_by_name_and_others_are_not(session):
    ask = question_of(session, OF_AUTH)
    other = question_of(session, "AUTH-2")
    wrote(session, OF_AUTH, "poem")
    before = session.workspace.journal.count
    title = session.questionnaire.by_id[OF_AUTH].title
    for deed in (
        lambda: answers.answer(session, Answer(ask, AnswerState.GIVEN, "yes")),
        lambda: answers.comment(session, OF_AUTH, "a note"),
        lambda: answers.claim_not_applicable(session, OF_AUTH, "not ours"),
        lambda: answers.explain(session, OF_AUTH, "it stands"),
        lambda: answers.withdraw_exception(session, OF_AUTH),
        lambda: answers.grant_exception(session, e.ExceptionSet(OF_AUTH, "gap", "Ann", "a fence", date(2027, 1, 1))),
        lambda: sharing.assign(session, OF_AUTH, "Ann"),
        lambda: session.record(e.DisclosureSet(OF_AUTH, Disclosure.FULL)),
    ):
        with pytest.raises(HeldByNewer, match=f"{OF_AUTH} {title}: .* newer version .* Update Attestry"):
            deed().result(30)
    assert session.workspace.journal.count == before
    answers.answer(session, Answer(other, AnswerState.GIVEN, "yes")).result(30)
    assert other in session.assessment.answers
    assert "AUTH-2" in wrote(session, other).requirements, "its card is drawn again"


def test_evidence_is_read_only_by_its_own_id_and_by_what_it_is_filed_under(session, tmp_path):
    item = Evidence("id-1", "plan.txt", "text/plain", Sealed("sealed", "a" * 64, "b" * 64, 9), ("AUTH-2",))
    session.record(e.EvidenceAdded(item)).result(30)
    wrote(session, item.id, "evidence-filed")
    for deed in (
        lambda: evidence.file(session, item.id, ("AUTH-3",)),
        lambda: evidence.remove(session, item.id),
    ):
        with pytest.raises(HeldByNewer, match=r"plan\.txt: "):
            deed().result(30)
    wrote(session, OF_AUTH, "poem")
    more = tmp_path / "more.txt"
    more.write_text("More.")
    with pytest.raises(HeldByNewer, match=OF_AUTH):
        evidence.add(session, [more], [OF_AUTH])
    assert list(session.assessment.evidence) == [item.id]


def test_a_host_is_not_contacted_and_the_fields_of_the_whole_assessment_are_held(session, monkeypatch):
    hosts = Answer(HOSTS_QUESTION, AnswerState.GIVEN, (Row((("host", "api.example.com"), ("public", "yes"))),))
    answers.answer(session, hosts).result(30)
    looking.confirm_scope(session).result(30)
    wrote(session, "api.example.com", "looked")
    with pytest.raises(HeldByNewer, match=r"api\.example\.com: "):
        looking.look(session)
    wrote(session, "", e.AssessmentDescribed.TYPE)
    with pytest.raises(HeldByNewer):
        answers.describe(session, e.AssessmentDescribed("Other", "Other")).result(30)
    wrote(session, "", e.ScopeConfirmed.TYPE)
    with pytest.raises(HeldByNewer):
        looking.confirm_scope(session).result(30)
    wrote(session, "", e.SignatoryNamed.TYPE)
    with pytest.raises(HeldByNewer):
        answers.name_signatory(session, e.SignatoryNamed("A", "B", "C")).result(30)


def test_a_choice_of_what_only_a_newer_app_can_read_holds_its_field(session):
    ask = question_of(session, OF_AUTH)
    chosen = e.VersionChosen(f"answer:{ask}", ("a" * 64,), session.workspace.author, "answer-given", 9, json.dumps({}))
    session.record(chosen).result(30)
    assert session.assessment.unknown_events == 1
    with pytest.raises(HeldByNewer):
        answers.answer(session, Answer(ask, AnswerState.GIVEN, "yes")).result(30)


def test_nothing_is_signed_meanwhile_and_what_names_nothing_is_a_count(session):
    wrote(session, OF_AUTH, "poem")
    wrote(session, "", "poem")
    wrote(session, "a thing of next year", "poem")
    stopping = [b for b in attesting.blockers(session) if "newer version" in b.sentence]
    assert [b.where for b in stopping] == [OF_AUTH]
    assert session.assessment.unknown_events == 3
    assert any(note.startswith("3 entries of the journal") for note in attesting.draft(session).notes)


def test_the_shell_names_what_cannot_be_read_and_does_not_call_it_fine(session, monkeypatch):
    wrote(session, OF_AUTH, "poem")
    said = []
    output = SimpleNamespace(say=said.append, result=lambda _row, _line: None)
    monkeypatch.setattr(status_command, "opened", lambda _asked, _folder, *, read_only: session)
    monkeypatch.setattr(status_command, "closing", nullcontext)
    code = status_command.run(SimpleNamespace(workspace=None), output)
    assert any(line.startswith(f"{OF_AUTH} ") and "Update Attestry" in line for line in said)
    assert any(line.startswith("1 entry was written by a newer version") for line in said)
    assert code is not Exit.FINE


def test_no_note_where_everything_can_be_read(session):
    assert not [note for note in attesting.draft(session).notes if "newer version" in note]


def test_a_weakness_is_held_by_any_of_its_keys(session):
    session.record(e.VulnerabilityNoted(Note("hand:1", title="A hole"))).result(30)
    wrote(session, "hand:1", e.VulnerabilityDisposed.TYPE)
    with pytest.raises(HeldByNewer):
        vulnerabilities.dispose(session, "hand:1", None)
    (stop,) = [b for b in attesting.blockers(session) if "newer version" in b.sentence and "A hole" in b.sentence]
    assert stop.where == "team"


def test_an_entry_of_a_kind_about_weaknesses_that_names_none_holds_them_all(session):
    wrote(session, "", e.VulnerabilityMerged.TYPE)
    with pytest.raises(HeldByNewer, match="ledger"):
        session.record(e.VulnerabilityNoted(Note("hand:1", title="A hole"))).result(30)


@pytest.mark.parametrize(
    ("type_", "about", "item"),
    [
        ("poem", "AUTH-1", "AUTH-1"),
        ("version-chosen", "answer:Q1", "Q1"),
        ("version-chosen", "described", "described"),
        ("looked", "api.example.com:8443", "api.example.com:8443"),
        ("signatory-named", "", "signatory"),
        ("vulnerability-disposed", "", "LEDGER"),
        ("poem", "", ""),
    ],
)
def test_what_an_entry_is_about(type_, about, item):
    assert item_of(e.Unknown(type_, 9, None, about)) == item


def test_it_holds_nothing_once_its_author_is_out_of_the_team_or_only_reads():
    ann = Member("a" * 64, "b" * 64, "Ann", Role.CONTRIBUTOR)
    noted = Noted(e.Unknown("poem", 1, None, "X"), ann.author, datetime(2026, 11, 23, tzinfo=UTC))

    def held(members):
        team = Assessment(newer={"X": {ann.author: noted}}, members=members, history=History(founder="c" * 64))
        return newer.held(team, "X")

    assert held({ann.author: ann}) is noted
    assert held({}) is None
    assert held({ann.author: Member(ann.author, ann.public, "Ann", Role.REVIEWER)}) is None


def test_all_that_this_app_writes_says_what_it_writes():
    """A kind of entry that names its thing only in its content would slip past: none does but those listed."""
    alone = {e.AssessmentStarted, e.Attested, e.ClockJumped, e.Renewed, e.Unknown}
    alone |= {e.OlderCopyAccepted}
    alone |= {e.ActiveAgreed}  # of one run, and of no other
    unnamed = {kind for kind in e.KINDS if "subject" not in vars(kind)}
    by_kind = {kind for kind in unnamed if item_of(e.Unknown(kind.TYPE, 9))}
    assert unnamed - by_kind <= alone

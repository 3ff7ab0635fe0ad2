"""An assessment goes on from a signed PDF, and a public summary is signed with the full attestation."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from wizard.demo import walk
from wizard.document.canonical import canonical, read
from wizard.document.disclosure import NotAnOpening
from wizard.document.lines import LineState
from wizard.document.verify import Outcome, verify
from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.asked import not_asked_because
from wizard.domain.attestation import Said
from wizard.domain.disclosure import Disclosure
from wizard.domain.questionnaire import AnswerKind, Column, Option, Question
from wizard.session import opening
from wizard.session.deeds import attesting, disclosing, renewing
from wizard.vault.keys import Cost
from wizard.vault.unlocking import WithPassphrase

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
demo = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]
OPTIONS = (Option("a", "One thing"), Option("b", "Another"))
COLUMNS = (
    Column("name", "Name"),
    Column("when", "When", AnswerKind.DATE),
    Column("kind", "Kind", AnswerKind.CHOICE, OPTIONS),
)
KINDS = [
    (AnswerKind.YES_NO, "yes", {}),
    (AnswerKind.YES_NO, "no", {}),
    (AnswerKind.TEXT, "two lines\nof text", {}),
    (AnswerKind.NUMBER, "90", {"unit": "days"}),
    (AnswerKind.NUMBER, "4", {}),
    (AnswerKind.DATE, "2026-03-05", {}),
    (AnswerKind.DURATION, "P90D", {}),
    (AnswerKind.DURATION, "P1Y6M", {}),
    (AnswerKind.DURATION, "PT24H", {}),
    (AnswerKind.DURATION, "P2W", {}),
    (AnswerKind.DURATION, "PT1H30M", {}),
    (AnswerKind.CHOICE, "b", {"options": OPTIONS}),
    (AnswerKind.CHOICES, ("b", "a"), {"options": OPTIONS}),
    (AnswerKind.LIST, ("first", "second"), {}),
    (AnswerKind.CONTACT, Row((("name", "Dana"), ("email", "d@n.example"), ("phone", "+31 30"))), {}),
    (
        AnswerKind.TABLE,
        (Row((("name", "x"), ("when", "2026-01-02"), ("kind", "a"))), Row((("name", "y"), ("kind", "b")))),
        {"columns": COLUMNS},
    ),
]


def printed(question, answer):
    """As the attestation prints it."""
    if readable.is_table(answer):
        heads, rows = readable.table(question, list(answer.value))
        return Said(question.id, question.ask, heads=heads, rows=rows)
    return Said(question.id, question.ask, lines=readable.lines(question, answer, {}))


@pytest.mark.parametrize(("kind", "value", "more"), KINDS, ids=lambda v: str(v)[:20])
def test_an_answer_reads_back_as_it_was_given(kind, value, more):
    question = Question("Q-1", kind, ("X-1",), "What?", **more)
    answer = Answer("Q-1", AnswerState.GIVEN, value)
    assert renewing.answer_of(question, printed(question, answer)) == answer


def test_a_reason_why_something_does_not_apply_comes_back():
    question = Question("Q-1", AnswerKind.YES_NO, ("X-1",), "What?")
    said = Said("Q-1", "What?", lines=("Does not apply",), reason="There is none.")
    assert renewing.answer_of(question, said) == Answer("Q-1", AnswerState.NOT_APPLICABLE, "", "There is none.")


@pytest.mark.parametrize(
    ("kind", "lines", "more"),
    [
        (AnswerKind.YES_NO, ("Perhaps",), {}),
        (AnswerKind.CHOICE, ("Gone since",), {"options": OPTIONS}),
        (AnswerKind.CHOICE, ("Twice",), {"options": (Option("a", "Twice"), Option("b", "Twice"))}),
        (AnswerKind.DATE, ("soon",), {}),
        (AnswerKind.DURATION, ("a while",), {}),
        (AnswerKind.DECLARATION, ("I declare", "Name: x"), {}),
        (AnswerKind.FILES, ("plan.pdf",), {}),
        (AnswerKind.TEXT, ("secret",), {"private": True}),
        (AnswerKind.CONTACT, ("Fax: 1",), {}),
    ],
)
def test_what_could_mean_something_else_is_asked_again(kind, lines, more):
    question = Question("Q-1", kind, ("X-1",), "What?", **more)
    assert renewing.answer_of(question, Said("Q-1", "What?", lines=lines)) is None


def test_a_table_of_other_columns_is_asked_again():
    question = Question("Q-1", AnswerKind.TABLE, ("X-1",), "What?", columns=COLUMNS)
    assert renewing.answer_of(question, Said("Q-1", "What?", heads=("Name",), rows=(("x",),))) is None


def plain(answer):
    """An empty cell of a table is as good as none."""
    if not readable.is_table(answer):
        return answer
    rows = tuple(Row(tuple(cell for cell in row.cells if cell[1])) for row in answer.value)
    return replace(answer, value=rows)


# -- over the demonstration -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def old(walked):
    return read(canonical(verify(walked[0].signed.path.read_bytes()).attestation))


@pytest.fixture
def fresh(tmp_path, preferences):
    made = opening.create(
        tmp_path / "Next.attestry",
        preferences,
        passphrase="correct horse",
        remember=False,
        described=e.AssessmentDescribed("", ""),
        demonstration=True,
        floor=CHEAP,
    )
    yield made.session
    made.session.close()


class TestOverTheDemonstration:
    pytestmark = demo

    def test_answers_come_back_as_they_were_and_wait_to_be_kept(self, walked, fresh):
        done, preferences = walked
        source = opening.open_(done.workspace, WithPassphrase(walk.PASSPHRASE), preferences, read_only=True)
        then = dict(source.assessment.answers)
        source.close()
        renewal = renewing.renew(fresh, done.signed.path).result.result(60)
        now = fresh.assessment
        assert now.described.organisation == "Northwind Sync B.V."
        assert len(now.carried) == len(renewal.plan.answers) > 60
        for question in now.carried:
            assert plain(now.answers[question]) == plain(then[question]), question
        lost = {q for q in then if q not in now.answers and then[q].given}
        again = {id for id, _why in renewal.plan.asked_again}
        for question in lost:  # nothing gets lost without being asked again
            asked = fresh.questionnaire.question_by_id[question]
            hidden = not_asked_because(asked, then)  # an answer to what is not asked did not count then either
            assert hidden or any(id in again for id in asked.requirements), question
        waiting = [b for b in attesting.blockers(fresh) if "carried over" in b.sentence]
        assert waiting
        first = waiting[0].where
        renewing.keep(fresh, first).result(30)
        assert first not in [b.where for b in attesting.blockers(fresh) if "carried over" in b.sentence]
        assert not now.observations or all(key[1] == "" for key in now.observations)  # looks are made anew

    def test_every_single_carried_answer_must_be_looked_at_before_signing(self, walked, fresh):
        renewing.renew(fresh, walked[0].signed.path).result.result(60)
        for requirement in fresh.questionnaire.by_id:
            if renewing.carried(fresh, requirement):
                renewing.keep(fresh, requirement).result(30)
        assert not fresh.assessment.carried
        assert not [b for b in attesting.blockers(fresh) if "carried over" in b.sentence]

    def test_a_changed_sentence_and_changed_words_are_asked_again(self, old, fresh):
        whole = fresh.questionnaire
        data4 = whole.by_id["DATA-4"]
        changed = replace(data4, source=replace(data4.source, digest="0" * 64))
        sections = tuple(
            replace(s, requirements=tuple(changed if r is data4 else r for r in s.requirements)) for s in whole.sections
        )
        tls = whole.questions_for("DATA-3")[0]
        questions = tuple(replace(q, ask="In other words?") if q is tls else q for q in whole.questions)
        other = replace(whole, sections=sections, questions=questions)
        found = renewing.plan(other, old, date(2026, 12, 1))
        again = dict(found.asked_again)
        assert "other words" in again["DATA-4"]
        assert "other words" in again["DATA-3"]
        carried = {answer.question for answer in found.answers}
        assert not carried & {q.id for q in whole.questions_exactly_for("DATA-4")}
        assert tls.id not in carried

    def test_evidence_that_expired_is_not_carried_over(self, old, fresh):
        soon = replace(old, evidence=(replace(old.evidence[0], expires=date(2026, 11, 30)), *old.evidence[1:2]))
        found = renewing.plan(fresh.questionnaire, soon, date(2026, 12, 1))
        assert [one.name for one in found.expired] == [old.evidence[0].name]
        assert [one.name for one in found.evidence] == [old.evidence[1].name]

    def test_a_summary_an_altered_file_and_a_real_assessment_are_refused(self, walked, fresh, tmp_path, session):
        pdf = walked[0].signed.path
        broken = tmp_path / "broken.pdf"
        data = bytearray(pdf.read_bytes())
        data[len(data) // 3] ^= 1
        broken.write_bytes(data)
        with pytest.raises(renewing.CannotRenew, match="does not verify"):
            renewing.renew(fresh, broken).result.result(60)
        with pytest.raises(renewing.CannotRenew, match="demonstration"):
            renewing.renew(session, pdf).result.result(60)
        assert not fresh.assessment.answers

    def test_summary_and_full_are_signed_in_one_deed_over_one_root(self, walked, tmp_path):
        done, preferences = walked
        session = opening.open_(done.workspace, WithPassphrase(walk.PASSPHRASE), preferences)
        try:
            attesting.verify_workspace(session).result.result(60)
            disclosing.set_level(session, "DATA-3", Disclosure.FULL).result(30)
            disclosing.set_level(session, "DATA-4", Disclosure.REQUEST).result(30)
            full, short = tmp_path / "full.pdf", tmp_path / "short.pdf"
            options = attesting.Options(paper="Letter", summary=short)
            signed = attesting.sign(session, full, options=options).result.result(120)
            assert signed.summary == short
            both = [verify(path.read_bytes()) for path in (full, short)]
            assert [one.outcome for one in both] == [Outcome.INTACT] * 2
            assert both[0].attestation.root == both[1].attestation.root != ""
            assert both[0].attestation.paper == "Letter"
            assert both[0].fingerprint == both[1].fingerprint
            # a signed attestation is followed by what changed since the one before it
            assert both[0].attestation.since is not None
            assert both[1].attestation.since is None
            assert session.assessment.attestations[-1].payload.summary_digest
            items = {i.id: i for g in both[1].attestation.groups for i in g.items}
            assert items["DATA-3"].said
            assert not items["DATA-4"].said
            assert not items["DATA-4"].seen
            # what is held back stands nowhere in the file, in no spelling
            clear = short.read_bytes()
            for item in (i for g in both[0].attestation.groups for i in g.items if i.id not in ("DATA-3",)):
                for seen in item.seen:
                    assert seen.record.encode() not in clear or not seen.record or _shown(seen.record, items["DATA-3"])
                assert item.comment.encode() not in clear or not item.comment
            # handed over later
            opening_file = tmp_path / "data-4.json"
            assert disclosing.hand_over(full, ["DATA-4"], opening_file) == ("item:DATA-4",)
            line = disclosing.shown(both[1], opening_file)
            assert (line.state, "DATA-4" in line.sentence) == (LineState.GOOD, True)
            assert disclosing.shown(both[1], full).state is LineState.GOOD
            assert disclosing.shown(both[1], None).state is LineState.UNKNOWN
            assert disclosing.shown(both[0], None).state is LineState.GOOD
            forged = json.loads(opening_file.read_text())
            forged["items"][0]["content"]["mark"] = "seen"
            opening_file.write_text(json.dumps(forged))
            assert disclosing.shown(both[1], opening_file).state is LineState.BAD
            opening_file.write_text("{}")
            with pytest.raises(NotAnOpening):
                disclosing.shown(both[1], opening_file)
            # of another signing: other salts, another root
            assert disclosing.shown(both[1], walked[0].signed.path).state is LineState.BAD
            command = [sys.executable, "-m", "wizard", "verify", str(short), "--opening", str(full), "--json"]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stderr
            assert json.loads(ran.stdout)["shown"]["state"] == "good"
            with pytest.raises(renewing.CannotRenew, match="summary"):
                renewing.renew(session, short).result.result(60)
        finally:
            session.close()


def _shown(record, item):
    return any(seen.record == record for seen in item.seen)

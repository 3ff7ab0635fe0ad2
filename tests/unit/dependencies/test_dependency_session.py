"""The libraries of the scope's repositories, looked up from an open assessment: recorded, sealed, agreed to."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from wizard.checks.dependencies.judging import CHECK
from wizard.checks.dependencies.osv import OsvSettings
from wizard.checks.dependencies.states import State
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.events import AssessmentDescribed, ReportRead
from wizard.domain.finding import State as Met
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import Decision, Disposal, Note
from wizard.session import opening
from wizard.session.deeds import answers, dependencies, vulnerabilities
from wizard.session.deeds.scanning import NoRepository
from wizard.session.deeds.vulnerabilities import UnusableEntry
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def session(tmp_path):
    created = opening.create(
        tmp_path / "Northwind.attestry",
        Preferences(Home.below(tmp_path / "home")),
        passphrase="correct horse battery staple",
        remember=False,
        described=AssessmentDescribed("Northwind B.V.", "Northwind Sync"),
        clock=lambda: NOW,
        floor=Cost(memory_kib=64, iterations=1, lanes=1),
    )
    yield created.session
    created.session.close()


@pytest.fixture
def repository(tmp_path, session):
    place = tmp_path / "shop"
    place.mkdir()
    packages = {"node_modules/lodash": {"version": "4.17.20"}, "node_modules/fine": {"version": "1.0.0"}}
    (place / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    rows = tuple(Row((("repository", each), ("host", "github"))) for each in (str(place), "https://github.com/a/b"))
    answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, rows)).result()
    return str(place)


def result(session, repository):
    return session.assessment.observations[(CHECK.id, repository)].result


@pytest.mark.slow
def test_offline_then_decided_in_the_ledger(session, repository, tmp_path, archives):
    data = tmp_path / "data"
    taken = dependencies.take_in(session, data, archives).result.result(timeout=20)
    assert {each.ecosystem: each.records for each in taken} == {"npm": 4, "PyPI": 1}
    done = dependencies.scan(session, data).result.result(timeout=20)
    assert (done.looked_at, done.elsewhere) == ((repository,), ("https://github.com/a/b",))
    assert result(session, repository).verdict is Verdict.FAIL
    assert result(session, "https://github.com/a/b").verdict is Verdict.UNKNOWN
    record = dependencies.record(session, repository)
    assert [row.state for row in record.rows] == [State.VULNERABLE, State.NONE_KNOWN]
    assert record.source.name == "offline database"

    key = vulnerabilities.new_key()
    wanted = Note(key, "Prototype pollution", package="lodash", aliases=("CVE-2026-1",), score=9.8, reported=NOW.date())
    vulnerabilities.note(session, wanted).result()
    decided = Disposal(Decision.NOT_AFFECTED, because="The function is never called with input of others.")
    vulnerabilities.dispose(session, key, decided).result()
    dependencies.scan(session, data, [repository]).result.result(timeout=20)
    assert result(session, repository).verdict is Verdict.PASS


@pytest.mark.slow
def test_only_what_was_agreed_to_leaves(session, repository, tmp_path, osv):
    names = dependencies.would_leave(session).result.result(timeout=20).names
    assert names == ("npm fine 1.0.0", "npm lodash 4.17.20")
    settings = OsvSettings(url=osv.url)
    job = dependencies.scan(session, tmp_path / "data", [repository], agreed=names[:1], settings=settings)
    job.result.result(timeout=20)
    sent = [
        query["package"]["name"] for method, _path, body in osv.asked if method == "POST" for query in body["queries"]
    ]
    assert sent == ["fine"]
    states = {row.dependency.name: row.state for row in dependencies.record(session, repository).rows}
    assert states == {"fine": State.NONE_KNOWN, "lodash": State.NOT_CHECKED}
    assert result(session, repository).verdict is Verdict.UNKNOWN


def test_nothing_in_scope(session, tmp_path):
    with pytest.raises(NoRepository):
        dependencies.scan(session, tmp_path / "data")


@pytest.fixture
def looked_up(session, tmp_path, archives):
    """One repository with one vulnerable library, looked up offline."""
    place = tmp_path / "app"
    place.mkdir()
    packages = {"node_modules/lodash": {"version": "4.17.20"}, "node_modules/fine": {"version": "1.0.0"}}
    (place / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, (Row((("repository", str(place)),)),))).result()
    answers.answer(session, Answer("APP-8-claim", AnswerState.GIVEN, "yes")).result()
    data = tmp_path / "data"
    dependencies.take_in(session, data, archives).result.result(timeout=20)
    dependencies.scan(session, data).result.result(timeout=20)
    return str(place)


def the_flaw(session, repository):
    row = next(row for row in dependencies.record(session, repository).rows if row.state is State.VULNERABLE)
    return row, row.vulnerabilities[0]


@pytest.mark.slow
def test_app_8_follows_from_the_look_and_from_what_is_decided(session, looked_up):
    assert session.findings["APP-8"].state is Met.FAIL
    assert session.findings["APP-8"].contradicted
    row, flaw = the_flaw(session, looked_up)
    with pytest.raises(UnusableEntry):
        dependencies.decide(session, row, flaw, Disposal(Decision.NOT_AFFECTED))
    with pytest.raises(UnusableEntry):  # it is still in the lockfile
        dependencies.decide(session, row, flaw, Disposal(Decision.FIXED, on=NOW.date()))
    never_run = Disposal(Decision.NOT_AFFECTED, because="The vulnerable code is never run. Only dates are compared.")
    dependencies.decide(session, row, flaw, never_run).result()
    assert result(session, looked_up).verdict is Verdict.PASS
    assert session.findings["APP-8"].state is Met.PASS
    assert dependencies.record(session, looked_up) is not None
    session.undo().result()
    assert session.findings["APP-8"].state is Met.FAIL
    dependencies.decide(session, row, flaw, never_run).result()
    dependencies.decide(session, row, flaw, None).result()
    assert session.findings["APP-8"].state is Met.FAIL


@pytest.mark.slow
def test_an_accepted_flaw_is_a_known_gap_and_no_pass(session, looked_up):
    row, flaw = the_flaw(session, looked_up)
    until = NOW.date() + timedelta(days=30)
    accepted = Disposal(Decision.ACCEPTED, because="No fix yet", owner="Dana", control="Not reachable", until=until)
    dependencies.decide(session, row, flaw, accepted).result()
    assert result(session, looked_up).verdict is Verdict.FAIL
    assert session.findings["APP-8"].state is Met.EXC


@pytest.mark.slow
def test_a_word_on_what_cannot_be_checked_stays_a_word(session, tmp_path, archives):
    place, data = tmp_path / "app", tmp_path / "data"
    place.mkdir()
    ours = {"version": "3.0.0", "resolved": "file:ours-3.0.0.tgz"}
    packages = {"node_modules/ours": ours, "node_modules/fine": {"version": "1.0.0"}}
    (place / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, (Row((("repository", str(place)),)),))).result()
    answers.answer(session, Answer("APP-8-claim", AnswerState.GIVEN, "yes")).result()
    dependencies.take_in(session, data, archives).result.result(timeout=20)
    dependencies.scan(session, data).result.result(timeout=20)
    before = result(session, str(place))
    row, known = (
        next(row for row in dependencies.record(session, str(place)).rows if row.dependency.name == name)
        for name in ("ours", "fine")
    )
    with pytest.raises(UnusableEntry):
        dependencies.decide(session, row, None, Disposal(Decision.NOT_AFFECTED))
    with pytest.raises(UnusableEntry):
        dependencies.decide(session, known, None, Disposal(Decision.NOT_AFFECTED, because="We know it."))
    word = Disposal(Decision.NOT_AFFECTED, because="Our own code, tested with ours.")
    dependencies.decide(session, row, None, word).result()
    for _look in range(2):
        after = result(session, str(place))
        assert after.verdict is Verdict.UNKNOWN
        assert after.summary == f"{before.summary} A person said of 1 that cannot be checked what is known of it."
        assert after.proof.endswith("said of npm ours 3.0.0: not affected, because: Our own code, tested with ours.")
        assert session.findings["APP-8"].state is Met.INC
        dependencies.scan(session, data).result.result(timeout=20)
    until = NOW.date() + timedelta(days=30)
    taken = Disposal(Decision.ACCEPTED, because="Nobody lists it.", owner="Dana", control="Only inside.", until=until)
    dependencies.decide(session, row, None, taken).result()
    assert "accepted until 2026-12-23 by Dana" in result(session, str(place)).proof
    assert session.findings["APP-8"].state is Met.INC
    dependencies.decide(session, row, None, None).result()
    again = result(session, str(place))
    assert (again.verdict, again.summary, again.proof) == (before.verdict, before.summary, before.proof)
    assert "said" not in again.facts


@pytest.mark.slow
def test_old_data_warn_and_then_say_nothing(session, looked_up):
    row, flaw = the_flaw(session, looked_up)
    dependencies.decide(session, row, flaw, Disposal(Decision.NOT_AFFECTED, because="Never run.")).result()
    day = result(session, looked_up).facts["day"]
    for days, verdict in ((7, Verdict.PASS), (8, Verdict.WARN), (30, Verdict.WARN), (31, Verdict.UNKNOWN)):
        session.clock = lambda days=days: datetime.fromisoformat(f"{day}T12:00:00+00:00") + timedelta(days=days)
        answers.comment(session, "APP-8", f"after {days} days").result()
        assert result(session, looked_up).verdict is verdict, days


def test_more_serious_flaws_than_are_named_are_never_settled():
    from dataclasses import replace

    from wizard.checks.dependencies.judging import Reading, judge

    named = tuple(f"npm a 1.0.0 GHSA-{n}" for n in range(500))
    reading = Reading(named, (), (), {"vulnerable": 501}, 1, 0, (), "OSV", date(2026, 11, 23), "", "all", unnamed=1)
    assert judge(reading, NOW.date(), named).verdict is Verdict.FAIL
    assert judge(replace(reading, unnamed=0), NOW.date(), named).verdict is Verdict.PASS
    assert Reading.from_facts(reading.facts()) == reading
    ahead = replace(reading, unnamed=0, day=date(2027, 6, 1))
    assert judge(ahead, NOW.date(), named).verdict is Verdict.UNKNOWN


def test_a_child_that_ends_without_an_answer_is_no_list(session, repository, tmp_path, monkeypatch):
    from wizard.jobs import worker_process

    monkeypatch.setattr(worker_process, "command", lambda: ["false"])
    dependencies.scan(session, tmp_path / "data", [repository]).result.result(timeout=20)
    assert result(session, repository).verdict is Verdict.UNKNOWN
    assert "not read to their end" in result(session, repository).summary


@pytest.mark.slow
def test_what_our_own_look_finds_are_rows_of_the_ledger(session, looked_up, tmp_path):
    (row,) = vulnerabilities.ledger(session).rows
    assert (row.id, row.package, row.source) == ("V-1", "lodash", "Attestry")
    assert row.due is not None or row.rating.value in ("info", "unknown")
    place = tmp_path / "app" / "package-lock.json"
    place.write_text(json.dumps({"lockfileVersion": 3, "packages": {"node_modules/fine": {"version": "1.0.0"}}}))
    dependencies.scan(session, tmp_path / "data").result.result(timeout=20)
    (row,) = vulnerabilities.ledger(session).rows
    assert row.gone == NOW.date(), "the newer look no longer lists it: it may be closed, after asking"
    read = [event for event in session.workspace.journal.events() if isinstance(event.payload, ReportRead)]
    assert len(read) == 2
    assert not [event for event in read if looked_up in str(event.envelope)], "no name of a repository stands in clear"

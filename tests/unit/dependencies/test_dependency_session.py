"""The libraries of the scope's repositories, looked up from an open assessment: recorded, sealed, agreed to."""

import json
from datetime import UTC, datetime

import pytest

from wizard.checks.dependencies.judging import CHECK
from wizard.checks.dependencies.osv import OsvSettings
from wizard.checks.dependencies.states import State
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.events import AssessmentDescribed
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import Decision, Disposal, Note
from wizard.session import opening
from wizard.session.deeds import answers, dependencies, vulnerabilities
from wizard.session.deeds.scanning import NoRepository
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


def test_only_what_was_agreed_to_leaves(session, repository, tmp_path, osv):
    names = dependencies.would_leave(session).result.result(timeout=20)
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

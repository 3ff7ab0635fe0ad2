"""Looking at the repositories of the scope from an open assessment: recorded, judged, decided, undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from wizard.checks import apollo_authorization, repository_secrets
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.events import AssessmentDescribed, SecretVerdict
from wizard.domain.finding import State
from wizard.domain.observation import Verdict
from wizard.jobs.events import Progressed
from wizard.session import opening
from wizard.session.deeds import answers, scanning
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
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
def data(rules_home: Path, engine: Any) -> Path:
    scanning._engines[rules_home / "data"] = engine
    return rules_home / "data"


def _scope(session: Session, *repositories: str) -> None:
    rows = tuple(Row((("repository", place), ("host", "github"))) for place in repositories)
    answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, rows)).result()


def _result(session: Session, repository: str) -> Any:
    return session.assessment.observations[(repository_secrets.CHECK.id, repository)].result


def test_a_secret_fails_and_a_decision_closes_it(
    session: Session, data: Path, repository: Any, token: Callable[[], str]
) -> None:
    secret = token()
    repository.write("app.py", f"T = '{secret}'\n")
    repository.commit()
    place = str(repository.root)
    _scope(session, place)
    heard: list[Any] = []
    done = scanning.scan(session, data, hear=heard.append).result.result(30)
    assert done.looked_at == (place,)
    assert _result(session, place).verdict is Verdict.FAIL
    assert session.findings["SEC-2"].state is State.FAIL
    listing = scanning.listing(session, place)
    assert listing is not None
    leak = listing.leaks[0]
    assert (leak.file, leak.line) == ("app.py", 1)
    assert secret not in repr(session.assessment) + repr(heard) + repr(listing)
    assert any(isinstance(each.partial, scanning.Heard) for each in heard if isinstance(each, Progressed))

    day = date(2026, 11, 1)
    scanning.dispose(session, leak.fingerprint, SecretVerdict.REVOKED, revoked_on=day, rotated_on=day).result()
    assert _result(session, place).verdict is Verdict.PASS
    assert scanning.listing(session, place) == listing
    assert session.findings["SEC-2"].state is not State.FAIL
    session.undo().result()
    assert _result(session, place).verdict is Verdict.FAIL

    scanning.dispose(session, leak.fingerprint, SecretVerdict.FALSE_POSITIVE, because="made up").result()
    scanning.scan(session, data).result.result(30)  # a decision outlives a new scan
    assert _result(session, place).verdict is Verdict.PASS


def test_what_is_missing_in_a_decision_is_said(session: Session) -> None:
    with pytest.raises(scanning.NotDecided):
        scanning.dispose(session, "f" * 32, SecretVerdict.FALSE_POSITIVE)
    with pytest.raises(scanning.NotDecided):
        scanning.dispose(session, "f" * 32, SecretVerdict.REVOKED, revoked_on=date(2026, 11, 1))
    with pytest.raises(scanning.NotDecided):
        scanning.dispose(session, "f" * 32, SecretVerdict.REVOKED, revoked_on=date(2027, 1, 1), rotated_on=NOW.date())


def test_an_address_cannot_be_looked_at(session: Session, data: Path) -> None:
    _scope(session, "github.com/northwind/app")
    answers.answer(session, Answer("SEC-2-claim", AnswerState.GIVEN, "yes")).result()
    done = scanning.scan(session, data).result.result(30)
    assert done.elsewhere == ("github.com/northwind/app",)
    result = _result(session, "github.com/northwind/app")
    assert result.verdict is Verdict.UNKNOWN
    assert "SCOPE-6" in result.next_step
    assert session.findings["SEC-2"].state is State.INC


def test_a_clean_repository_passes_and_apollo_is_a_note(session: Session, data: Path, repository: Any) -> None:
    repository.write("a.py", 'requests.get("https://api.apollo.io/api/v1/x", headers={"X-Api-Key": key})\n')
    repository.commit()
    place = str(repository.root)
    _scope(session, place)
    scanning.scan(session, data).result.result(30)
    assert _result(session, place).verdict is Verdict.PASS
    noted = session.assessment.observations[(apollo_authorization.CHECK.id, place)].result
    assert noted.verdict is Verdict.FAIL
    assert noted.outcome is None


def test_without_repositories_nothing_is_looked_at(session: Session, data: Path) -> None:
    with pytest.raises(scanning.NoRepository):
        scanning.scan(session, data)


@pytest.mark.slow
def test_stop_is_quick(session: Session, data: Path, repository: Any) -> None:
    for number in range(40):
        repository.write(f"big{number}.txt", f"{number} some words of a long text\n" * 60_000)
    repository.commit()
    _scope(session, str(repository.root))
    begun = threading.Event()
    job = scanning.scan(session, data, hear=lambda event: isinstance(event, Progressed) and begun.set())
    assert begun.wait(20)
    at = time.monotonic()
    job.cancel()
    with pytest.raises(BaseException):  # noqa: B017
        job.result.result(30)
    assert time.monotonic() - at < 2
    assert (repository_secrets.CHECK.id, str(repository.root)) not in session.assessment.observations

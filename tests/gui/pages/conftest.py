"""The real window over a real vault whose passphrase is quick to check; files chosen are answered, nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.checks.every import find
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.gui import locking
from wizard.gui.context import Place
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.gui.widgets import message_bar
from wizard.session import opening
from wizard.session.deeds import answers, looking, vulnerabilities
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost

PASSPHRASE = "quiet lamp borrows seven oceans"
QUICK = Cost(memory_kib=64, iterations=1, lanes=1)
HOSTS = ("app.northwindsync.example", "api.northwindsync.example")


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(Home.below(tmp_path / "home"))


@pytest.fixture
def session(tmp_path: Path, preferences: Preferences) -> Iterator[Session]:
    created = opening.create(
        tmp_path / "Northwind.attestry",
        preferences,
        passphrase=PASSPHRASE,
        remember=False,
        described=e.AssessmentDescribed("Northwind Software Ltd", "Northwind Sync"),
        floor=QUICK,
    )
    yield created.session
    created.session.close()


@pytest.fixture
def shell(
    qapp: QApplication, qtbot: QtBot, preferences: Preferences, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    monkeypatch.setattr(locking, "_SLEPT_SECONDS", 600.0)  # a test that keeps the window waiting is no sleep
    monkeypatch.setattr(message_bar, "STAYS_MS", 600_000)  # nor a reason for a message to go before it was looked at
    theme().apply(qapp, "light")
    qapp.setCursorFlashTime(0)
    window = Shell(preferences)
    window.resize(1280, 720)
    window.show()
    yield window
    window.context.work.stop()
    qtbot.waitUntil(lambda: not window.context.work.running)
    window.close()
    window.deleteLater()
    theme().apply(qapp, "light")


@pytest.fixture
def opened(shell: Shell, session: Session, qtbot: QtBot) -> Shell:
    """The window with an assessment open, its journal checked."""
    shell.open_session((session, Place("scope")))
    qtbot.waitUntil(lambda: session.verification is not None and not shell.context.work.running)
    return shell


Say = Callable[[str, Value], None]


@pytest.fixture
def say(session: Session) -> Say:
    """`say(question, value)` records an answer and waits until it is durable."""

    def record(question: str, value: Value) -> None:
        answers.answer(session, Answer(question, AnswerState.GIVEN, value)).result()

    return record


def result(session: Session, check: str, host: str, verdict: Verdict, summary: str, **more: object) -> Result:
    at = session.clock() - timedelta(minutes=3)
    known = find(check)
    rule = known.rule if known else f"{check}/1"
    return Result(check, host, verdict, Level.MUST, summary, rule, "RFC 6797", Method.TEST, at, **more)  # type: ignore[arg-type]


@pytest.fixture
def contradicted(session: Session, say: Say) -> Session:
    """Two hosts, agreed to; a person says that HSTS is on, a look at one of them says otherwise."""
    say("SCOPE-1", tuple(Row((("host", name), ("public", "yes"))) for name in HOSTS))
    looking.confirm_scope(session, "Dana Ortiz").result()
    for question in session.questionnaire.questions_for("DATA-4"):
        if question.kind == "yes-no":
            say(question.id, "yes")
    short = result(
        session, "hsts", HOSTS[1], Verdict.FAIL,
        f"https://{HOSTS[1]}/ binds browsers for 86400 s; one year is missing.",
        proof=f"https://{HOSTS[1]}/ → 401\nStrict-Transport-Security: max-age=86400", addresses=("203.0.113.7",),
        fix='add_header Strict-Transport-Security "max-age=31536000" always;',
    )  # fmt: skip
    long = result(session, "hsts", HOSTS[0], Verdict.PASS, "Browsers are bound for 365 days.")
    unsure = result(
        session, "tls-versions", HOSTS[1], Verdict.UNKNOWN, "No answer within 10 s.", next_step="Is a VPN needed?"
    )
    session.record(e.Looked("run", HOSTS[1], (short, unsure))).result()
    session.record(e.Looked("run", HOSTS[0], (long,))).result()
    return session


@pytest.fixture
def complete(session: Session, say: Say, tmp_path: Path) -> Session:
    """Everything is answered as a partner might: only the person who signs is missing."""
    from wizard.demo import script
    from wizard.demo.partner import start

    today = session.clock().date()
    folder = tmp_path / "partner"
    folder.mkdir()
    with start(folder) as partner:
        for given in script.scope(partner, today):
            answers.answer(session, given).result()
    looking.confirm_scope(session, "Dana Ortiz").result()
    for given in script.answers(session.questionnaire, today):
        answers.answer(session, given)
    session.flush()
    for weakness, disposal in script.weaknesses(today):
        vulnerabilities.note(session, weakness).result()
        if disposal is not None:
            vulnerabilities.dispose(session, weakness.key, disposal).result()
    for exception in script.exceptions(today):
        answers.grant_exception(session, exception)
    session.flush()
    return session


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """`choose(path)` answers the system's chooser, whichever is asked next."""
    from wizard.gui.widgets import choosing

    def answer(path: Path) -> None:
        for name in ("choose_file", "choose_folder", "choose_target"):
            monkeypatch.setattr(choosing, name, lambda *_a, **_k: path)
        monkeypatch.setattr(choosing, "choose_files", lambda *_a, **_k: (path,))

    return answer

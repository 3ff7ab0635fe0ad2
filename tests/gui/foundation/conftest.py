"""A dressed application, and a real session with a real vault whose passphrase is quick to check, for pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.gui.context import Place
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.session import opening
from wizard.session.deeds import answers
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost

HOSTS = ("app.northwindsync.example", "api.northwindsync.example")


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    theme().apply(qapp, "light")
    qapp.setCursorFlashTime(0)
    return qapp


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(Home.below(tmp_path / "home"))


@pytest.fixture
def session(tmp_path: Path, preferences: Preferences) -> Iterator[Session]:
    created = opening.create(
        tmp_path / "Northwind.attestry",
        preferences,
        passphrase="quiet lamp borrows seven oceans",
        remember=False,
        described=e.AssessmentDescribed("Northwind Software Ltd", "Northwind Sync", target=date(2027, 9, 30)),
        floor=Cost(memory_kib=64, iterations=1, lanes=1),
    )
    yield created.session
    created.session.close()


def say(session: Session, question: str, value: Value, state: AnswerState = AnswerState.GIVEN) -> None:
    answers.answer(session, Answer(question, state, value)).result()


@pytest.fixture
def contradicted(session: Session) -> Session:
    """Two hosts; a person says that HSTS is on, a look at one host says otherwise."""
    rows = tuple(Row((("host", name), ("public", "yes"))) for name in HOSTS)
    say(session, "SCOPE-1", rows)
    for question in session.questionnaire.questions_for("DATA-4"):
        if question.kind == "yes-no":
            say(session, question.id, "yes")
    seen = session.clock() - timedelta(minutes=3)
    short = Result(
        "hsts",
        HOSTS[1],
        Verdict.FAIL,
        Level.MUST,
        "api.northwindsync.example: 1 day instead of 1 year",
        "hsts/2",
        "RFC 6797",
        Method.TEST,
        seen,
        proof="strict-transport-security: max-age=86400",
        fix='add_header Strict-Transport-Security "max-age=31536000" always;',
    )
    long = Result("hsts", HOSTS[0], Verdict.PASS, Level.MUST, "One year", "hsts/2", "RFC 6797", Method.TEST, seen)
    session.record(e.Looked("run", HOSTS[1], (short, long))).result()
    return session


@pytest.fixture
def shell(app: QApplication, qtbot: QtBot, preferences: Preferences) -> Iterator[Shell]:
    window = Shell(preferences)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    yield window
    window.close()


@pytest.fixture
def opened(shell: Shell, session: Session, qtbot: QtBot) -> Shell:
    """The window with an assessment open at home, its journal checked."""
    shell.open_session((session, Place("home")))
    shell.show()
    qtbot.waitUntil(lambda: session.verification is not None and not shell.context.work.running)
    return shell


@pytest.fixture
def drop() -> Callable[[QWidget, QMimeData], tuple[bool, bool]]:
    """Drags something over a widget and drops it there; whether each was accepted."""

    def dropped(widget: QWidget, data: QMimeData) -> tuple[bool, bool]:
        point, buttons, keys = QPoint(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(point, Qt.DropAction.CopyAction, data, buttons, keys)
        enter.ignore()
        QApplication.sendEvent(widget, enter)
        event = QDropEvent(QPointF(point), Qt.DropAction.CopyAction, data, buttons, keys)
        event.ignore()
        QApplication.sendEvent(widget, event)
        return enter.isAccepted(), event.isAccepted()

    return dropped


@pytest.fixture(autouse=True)
def no_thread_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    if "session" not in request.fixturenames:
        left = [t.name for t in threading.enumerate() if t not in before and t.name.startswith("attestry")]
        assert not left, f"still running: {left}"

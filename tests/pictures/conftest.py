"""Pictures that come out the same everywhere: bundled font without hinting, no caret, one clock, seeded answers."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from wizard import resources
from wizard.domain import events as e
from wizard.domain import language
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.gui.theme import theme
from wizard.session import opening
from wizard.session.deeds import answers
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences

NOON = datetime(2026, 9, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def drawn(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the bundled font."""
    for file in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansMono-Regular.ttf"):
        QFontDatabase.addApplicationFont(str(resources.asset("fonts", file)))
    look = theme()
    look.apply(qapp, "light")
    before = look._base
    font = QFont("Noto Sans")
    font.setPixelSize(13)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    look._base = font
    qapp.setCursorFlashTime(0)
    look.apply(qapp, "light")
    yield qapp
    look._base = before
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    look.apply(qapp, "light")


class Pseudo(gettext.NullTranslations):
    """Every sentence in brackets and 40 % longer, places for values kept."""

    def gettext(self, message: str) -> str:
        longer = "·" * max(1, len(re.sub(r"\{[^}]*\}", "", message)) * 2 // 5)
        return f"⟦{message}{longer}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def pseudo() -> Iterator[None]:
    before = language._translations
    language.pretend(Pseudo())
    yield
    language.pretend(before)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Preferences]]:
    """An assessment under way: answered, contradicted, explained by nothing, at noon."""
    folder = tmp_path_factory.mktemp("pictures")
    preferences = Preferences(Home.below(folder / "home"))
    described = e.AssessmentDescribed("Northwind Software Ltd", "Northwind Sync", target=date(2026, 9, 30))
    session = opening.create(
        folder / "Northwind.attestry",
        preferences,
        passphrase="quiet lamp borrows seven oceans",
        remember=False,
        described=described,
        clock=lambda: NOON,
    ).session
    hosts = ("app.northwindsync.example", "api.northwindsync.example")
    rows = tuple(Row((("host", name), ("purpose", "api"), ("public", "yes"))) for name in hosts)
    answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, rows)).result()
    for id in ("ELIG-1", "DATA-2", "DATA-3", "DATA-4"):
        for question in session.questionnaire.questions_for(id):
            if question.kind == "yes-no":
                answers.answer(session, Answer(question.id, AnswerState.GIVEN, "yes")).result()
    seen = NOON - timedelta(minutes=3)
    short = Result(
        "hsts",
        hosts[1],
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
    long = Result("hsts", hosts[0], Verdict.PASS, Level.MUST, "One year", "hsts/2", "RFC 6797", Method.TEST, seen)
    session.record(e.Looked("run", hosts[1], (short, long))).result()
    yield session, preferences
    session.close()


@pytest.fixture
def artefacts(checkout: Path) -> Callable[[str], Path]:
    """Where pictures to look at are left."""

    def place(name: str) -> Path:
        folder = checkout / "artefacts" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.png"

    return place

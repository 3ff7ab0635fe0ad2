"""The task list: numbers that agree with the sidebar, and a way on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.home import HomePage, _left_words
from wizard.gui.shell import Shell
from wizard.session.session import Session


def home(shell: Shell) -> HomePage:
    shell.go(Place("home"))
    assert isinstance(shell.page, HomePage)
    return shell.page


def test_an_empty_assessment_says_how_long_it_takes(opened: Shell, session: Session) -> None:
    page = home(opened)
    first = next(iter(session.questionnaire.by_id.values()))
    assert page.title == "Northwind Sync"
    assert "Nothing answered yet" in page._stopped.text()
    assert page.continue_button.text().startswith("Begin with “")
    page.continue_button.click()
    assert (opened.place.page, opened.place.requirement) == ("scope", first.id)


def test_it_goes_on_where_one_stopped(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    page = home(opened)
    assert "You stopped" in page._stopped.text()
    assert page.continue_button.text().startswith("Continue with “")
    total = len(list(contradicted.questionnaire.requirements))
    assert page._count.text().endswith(f"of {total} requirements answered")
    assert "1 Contradicted" in page.tally.accessibleName()
    assert "thing contradicts" in page.sentence


def test_a_row_leads_to_its_section_and_says_its_state(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    page = home(opened)
    row = page.rows["data-protection"]
    assert row.accessibleName().endswith("1 contradicted")
    qtbot.keyClick(row, Qt.Key.Key_Space)
    assert opened.place == Place("section", "data-protection")


def test_return_goes_on(opened: Shell, session: Session, qtbot: QtBot) -> None:
    page = home(opened)
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert opened.place.page == "scope"


def test_the_time_left_is_said_roughly() -> None:
    assert _left_words(0) == "Nothing left to answer"
    assert _left_words(50) == "About 50 minutes left"
    assert _left_words(130) == "About 2 hours left"

"""The window: places, keys, what is saved, locking and coming back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wizard.domain.answers import Answer, AnswerState
from wizard.gui import outline
from wizard.gui.context import Place
from wizard.gui.finder import FinderPage
from wizard.gui.pages.section import SectionPage
from wizard.gui.pages.unlock import UnlockPage
from wizard.gui.shell import Shell
from wizard.gui.sidebar import SideRow
from wizard.gui.widgets.page import Page
from wizard.session.deeds import answers
from wizard.session.session import Session
from wizard.session.settings import KEY_FILE, Preferences


def rows(shell: Shell) -> list[SideRow]:
    side = shell.sidebar.rows
    found = [side.item(n).data(Qt.ItemDataRole.UserRole) for n in range(side.count())]
    return [row for row in found if isinstance(row, SideRow)]


def section(shell: Shell) -> SectionPage:
    assert isinstance(shell.page, SectionPage)
    return shell.page


def test_an_assessment_opens_at_home_with_every_section(opened: Shell, session: Session) -> None:
    assert opened.windowTitle() == "Northwind Sync · Attestry"
    titles = [row.title for row in rows(opened)]
    assert titles[0] == "Home"
    assert titles[-7:] == ["Checks", "Code", "Vulnerability ledger", "Evidence", "Team", "Review", "Sign"]
    assert len(titles) == len(session.questionnaire.sections) + 8
    assert opened.foot.text.startswith("Saved ")


def test_next_and_back_walk_through_the_places(opened: Shell, session: Session, qtbot: QtBot) -> None:
    assert not opened.foot.back_button.isEnabled()
    order = outline.order(session)
    opened.go_next()
    assert opened.place == order[1]
    opened.go(order[2])
    for place in order[3:5]:
        opened.go_next()
        assert (opened.place.page, opened.place.item) == (place.page, place.item)
    opened.go_back()
    assert opened.place == order[3]
    assert "Northwind Sync · " in opened.windowTitle()


def test_keys_lead_everywhere(opened: Shell, session: Session, qtbot: QtBot) -> None:
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    qtbot.keyClick(opened, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened.place == outline.order(session)[1]
    qtbot.keyClick(opened, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert opened.place.page == "home"
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert opened.sidebar.search.hasFocus()
    qtbot.keyClick(opened, Qt.Key.Key_F1)
    assert opened.place.page == "keys"
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.place.page == "home"
    seen = []
    for _turn in range(3):
        qtbot.keyClick(opened, Qt.Key.Key_F6)
        areas = {"sidebar": opened.sidebar, "page": opened.page, "foot": opened.foot}
        focus = opened.focusWidget()
        seen += [name for name, area in areas.items() if focus is not None and area.isAncestorOf(focus)]
    assert sorted(seen) == ["foot", "page", "sidebar"]


def test_rows_are_taken_by_mouse_and_by_key(opened: Shell, qtbot: QtBot) -> None:
    side = opened.sidebar.rows
    box = side.visualItemRect(side.item(4))
    QTest.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert opened.place == Place("section", "data-protection")
    side.setFocus()
    QTest.mouseMove(opened, QPoint(900, 500))
    side.setCurrentRow(3)
    qtbot.keyClick(side, Qt.Key.Key_Return)
    assert opened.place == Place("section", "authentication")
    QTest.mouseMove(side.viewport(), box.center())  # where it stays after a click
    with qtbot.waitActive(opened):
        opened.activateWindow()
    side.setFocus()
    qtbot.keyClick(side, Qt.Key.Key_Down)
    assert opened.place == Place("section", "data-protection"), "the page goes with the row, wherever the mouse rests"


def test_every_row_of_the_sidebar_says_something(opened: Shell) -> None:
    side = opened.sidebar.rows
    spoken = [side.item(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(side.count())]
    assert all(spoken), "a line between rows is none of its own"
    assert [row.title for row in rows(opened) if row.ruled] == ["Checks"]


def test_a_requirement_is_found_by_any_word(opened: Shell, qtbot: QtBot) -> None:
    qtbot.keyClicks(opened.sidebar.search, "hsts")
    assert isinstance(opened.page, FinderPage)
    assert [row.text() for row in opened.page.rows] == ["DATA-4 · HSTS of at least one year"]
    qtbot.keyClick(opened.sidebar.search, Qt.Key.Key_Return)
    assert opened.place == Place("section", "data-protection", "DATA-4")
    assert section(opened).cards["DATA-4"].is_open
    assert opened.sidebar.search.text() == ""
    qtbot.keyClicks(opened.sidebar.search, "zzz")
    assert opened.page.rows == []
    opened.sidebar.search.clear()
    assert opened.place.page == "section", "back to where one was"


def test_saved_is_said_only_when_it_is(opened: Shell, session: Session, qtbot: QtBot) -> None:
    before = session.assessment.events
    said: list[tuple[str, int]] = []
    set_saved = opened.foot.set_saved
    opened.foot.set_saved = lambda text, **k: (said.append((text, session.assessment.events)), set_saved(text, **k))[1]  # type: ignore[method-assign]
    question = session.questionnaire.questions_for("DATA-2")[0]
    answers.answer(session, Answer(question.id, AnswerState.GIVEN, "yes"))
    qtbot.waitUntil(lambda: bool(said))
    assert said[0][0].startswith("Saved ")
    assert said[0][1] > before, "the event was in the journal first"


def test_the_sidebar_changes_in_place(opened: Shell, session: Session, qtbot: QtBot) -> None:
    item = opened.sidebar.rows.item(4)
    before = rows(opened)[4].second
    for question in session.questionnaire.questions_for("DATA-2"):
        if question.kind == "yes-no":
            answers.answer(session, Answer(question.id, AnswerState.GIVEN, "no")).result()
    qtbot.waitUntil(lambda: rows(opened)[4].second != before)
    assert opened.sidebar.rows.item(4) is item
    assert rows(opened)[4].second_color == "contradicts"
    assert "1 not met" in rows(opened)[4].second


def test_undo_takes_the_last_deed_back_and_says_so(opened: Shell, session: Session, qtbot: QtBot) -> None:
    opened.undo()
    qtbot.waitUntil(lambda: opened.page.message_bar.text == "There is nothing to take back.")
    answers.comment(session, "DATA-2", "a note")
    opened.undo()
    qtbot.waitUntil(lambda: opened.page.message_bar.text == "Taken back: Note on DATA-2.")
    assert "DATA-2" not in session.assessment.comments


def test_quitting_in_the_middle_of_a_word_keeps_the_word(
    opened: Shell, session: Session, preferences: Preferences, qtbot: QtBot
) -> None:
    opened.go(Place("section", "data-protection", "DATA-2"))
    card = section(opened).cards["DATA-2"]
    assert card._note is not None
    qtbot.keyClicks(card._note.text, "half a wor")
    opened.resize(1100, 700)
    opened.close()
    noted = session.assessment.comments["DATA-2"]
    assert noted.payload.text == "half a wor"  # type: ignore[attr-defined]
    assert outline.read(preferences.settings.recent[0].place, session) == Place("section", "data-protection", "DATA-2")
    assert preferences.settings.window == (1100, 700)


def test_locking_hides_everything_and_forgets_nothing(
    opened: Shell, session: Session, preferences: Preferences, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    from wizard.gui import pages

    class Locked(Page):
        pass

    monkeypatch.setattr(pages, "entry", lambda name: pages.Entry(name, lambda: Locked, needs_session=False))
    opened.go(Place("section", "data-protection", "DATA-2"))
    folder = session.workspace.folder
    opened.idle.limit_seconds = 0.0
    opened.idle.look()
    assert opened.session is None
    assert opened.place == Place("unlock", str(folder))
    assert "Northwind" not in opened.windowTitle()
    assert opened.findChildren(SectionPage) == [] or not any(p.isVisible() for p in opened.findChildren(SectionPage))
    assert preferences.settings.recent[0].place.startswith("section\ndata-protection")


def test_leaving_while_something_is_searched_chooses_nothing(opened: Shell, qtbot: QtBot) -> None:
    opened.go(Place("keys"))  # no row of the sidebar is marked
    opened.sidebar.search.setFocus()
    with qtbot.assertNotEmitted(opened.sidebar.chosen):
        opened.leave(Place("first_run"))
    assert opened.place == Place("first_run")


def test_keys_and_mouse_keep_it_open(opened: Shell, qtbot: QtBot) -> None:
    opened.idle.start(60)
    opened.idle._last -= 59.5
    QTest.mouseMove(opened.windowHandle(), QPoint(500, 500))
    QTest.keyClick(opened.windowHandle(), Qt.Key.Key_Shift)
    opened.idle.look()
    assert opened.session is not None
    opened.idle.start(0)
    assert not opened.idle._timer.isActive(), "0 never locks"


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("", Place("home")),
        ("section\nno-such-section\n", Place("home")),
        ("section\ndata-protection\nNO-SUCH", Place("section", "data-protection")),
        ("nowhere\n\n", Place("home")),
        ("checks\n\n\nmore\nlines", Place("checks")),
    ],
)
def test_a_remembered_place_that_is_gone_is_home(session: Session, written: str, place: Place) -> None:
    assert outline.read(written, session) == place


def test_a_fault_is_said_in_the_page(opened: Shell) -> None:
    opened.say_fault(RuntimeError("boom"))
    text = opened.page.message_bar.text
    assert text.startswith("Something inside Attestry went wrong")
    assert "boom" not in text


def test_the_foot_is_seen_in_a_low_window(opened: Shell, qtbot: QtBot) -> None:
    opened.resize(1280, 720)
    qtbot.waitUntil(lambda: opened.height() == 720)
    foot = opened.foot.geometry()
    assert foot.bottom() <= 719
    assert opened.foot.next_button.isVisible()
    side = opened.sidebar.rows
    last = side.visualItemRect(side.item(side.count() - 1))
    assert last.bottom() <= side.viewport().height(), "every place is seen without scrolling"


def test_without_anything_open_the_window_welcomes(shell: Shell, tmp_path: Path) -> None:
    shell.start(None)
    assert shell.place.page == "welcome"
    assert shell.sidebar.search.isHidden()


@pytest.mark.parametrize("named", ["", "open.attestry"])
def test_a_double_click_asks_for_the_workspace_by_its_name(
    shell: Shell, session: Session, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that is clicked is the same in every workspace; its folder says which one it is."""
    folder = session.workspace.folder
    monkeypatch.chdir(folder.parent)
    shell.start(Path(folder.name) / named)
    assert shell.place == Place("unlock", str(folder))
    assert shell.page.title == "Open “Northwind Sync”"
    shell.show()
    assert isinstance(shell.page, UnlockPage)
    assert shell.focusWidget() is shell.page.field, "the passphrase can be typed at once"
    assert (folder / KEY_FILE).is_file(), "the vault and the window mean the same file"

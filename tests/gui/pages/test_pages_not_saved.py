"""A full disk while one types: what was typed stays, is said not to be saved, and is saved once there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.gui.context import Place
from wizard.gui.pages.scope import ScopePage
from wizard.gui.pages.section import SectionPage
from wizard.gui.pages.sign import SignPage
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.shell import Shell
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.growing_text import GrowingText
from wizard.session.session import Session
from wizard.vault.mistakes import NotSaved


class Disk:
    """`full` makes every saving fail."""

    full = False


@pytest.fixture
def disk(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    it, real = Disk(), session.workspace.journal.append

    def append(*payloads: e.Payload, questionnaire: str) -> object:
        if it.full:
            raise NotSaved("No space left on device")
        return real(*payloads, questionnaire=questionnaire)

    monkeypatch.setattr(session.workspace.journal, "append", append)
    yield it
    it.full = False


def _told(opened: Shell, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "No space left" in opened.page.message_bar.text)
    opened.page.message_bar.clear()


def _redrawn(opened: Shell, session: Session, disk: Disk, qtbot: QtBot) -> None:
    """Something else is recorded meanwhile, which draws the page anew."""
    disk.full = False
    session.record(e.CommentSet("DATA-9", f"note {session.workspace.journal.count}")).result(20)
    qtbot.wait(50)


def test_an_answer_and_a_note_stay(opened: Shell, session: Session, disk: Disk, qtbot: QtBot) -> None:
    requirement, question, widget, field = _text_question(opened, session)
    disk.full = True
    field.setText("typed with care")
    widget.changed()
    widget.flush()
    _told(opened, qtbot)
    assert "not saved yet" in widget.problem.text()
    card = opened.page.cards[requirement]  # type: ignore[attr-defined]
    card._note.text.setText("a note of mine")
    card._note.flush()
    _told(opened, qtbot)
    _redrawn(opened, session, disk, qtbot)
    assert field.text() == "typed with care"
    assert card._note.text.text() == "a note of mine"
    assert question not in session.assessment.answers
    opened.page.left()  # going elsewhere hands it over again
    qtbot.waitUntil(lambda: question in session.assessment.answers)
    qtbot.waitUntil(lambda: requirement in session.assessment.comments)
    assert session.assessment.answers[question].value == "typed with care"
    assert session.assessment.comments[requirement].payload == e.CommentSet(requirement, "a note of mine")


@pytest.mark.parametrize("leaves", [lambda shell: shell.go(Place("home")), Shell.lock])
def test_what_is_handed_over_on_leaving_and_not_saved_is_said_where_one_is_then(
    opened: Shell, session: Session, disk: Disk, qtbot: QtBot, leaves: Callable[[Shell], None]
) -> None:
    _requirement, _question, widget, field = _text_question(opened, session)
    disk.full = True
    field.setText("typed with care")
    widget.changed()
    left = opened.page
    leaves(opened)
    assert opened.page is not left
    qtbot.waitUntil(lambda: "No space left" in opened.page.message_bar.text)


@pytest.mark.slow
@pytest.mark.parametrize("room", [False, True])
def test_the_window_stays_once_for_what_cannot_be_saved(
    opened: Shell, session: Session, disk: Disk, qtbot: QtBot, room: bool
) -> None:
    _requirement, question, widget, field = _text_question(opened, session)
    disk.full = True
    field.setText("typed with care")
    widget.changed()
    assert not opened.close()
    assert "No space left" in opened.page.message_bar.text
    assert "Close the window again" in opened.page.message_bar.text
    assert field.text() == "typed with care"
    disk.full = not room
    assert opened.close()
    assert (question in session.assessment.answers) == room


def _text_question(opened: Shell, session: Session) -> tuple[str, str, QuestionWidget, LineField | GrowingText]:
    for section in session.questionnaire.sections:
        if section.scoping:
            continue
        opened.go(Place("section", section.id))
        page = opened.page
        assert isinstance(page, SectionPage)
        for id, card in page.cards.items():
            card.set_open(True)
            for widget in card.findChildren(QuestionWidget):
                if isinstance(widget.field, LineField | GrowingText) and widget.question.kind == "text":
                    return id, widget.question.id, widget, widget.field
    raise AssertionError("no question asks for a text")


def test_hosts_that_were_pasted_and_who_applies_stay(opened: Shell, session: Session, disk: Disk, qtbot: QtBot) -> None:
    opened.go(Place("scope"))
    page = opened.page
    assert isinstance(page, ScopePage)
    assert page.hosts is not None
    disk.full = True
    page.hosts.paste.setText("app.example.com\napi.example.com")
    page.hosts.add()
    _told(opened, qtbot)
    page._change_who.click()
    page.who.registration.setText("HRB 12345")
    page._describe()
    _told(opened, qtbot)
    _redrawn(opened, session, disk, qtbot)
    assert [row.get("host") for row in page.hosts._rows()] == ["app.example.com", "api.example.com"]
    assert page.who.registration.text() == "HRB 12345"
    page.hosts.flush()
    page._describe()
    qtbot.waitUntil(lambda: session.assessment.described.registration == "HRB 12345")
    qtbot.waitUntil(lambda: len(session.assessment.scope.hosts) == 2)


def test_who_signs_stays(opened: Shell, session: Session, disk: Disk, qtbot: QtBot) -> None:
    opened.go(Place("sign"))
    page = opened.page
    assert isinstance(page, SignPage)
    disk.full = True
    page.who.name.setText("Dana Ortiz")
    page._name()
    _told(opened, qtbot)
    _redrawn(opened, session, disk, qtbot)
    page.who.show_value(session.assessment.signatory)
    assert page.who.name.text() == "Dana Ortiz"
    page._name()
    qtbot.waitUntil(lambda: session.assessment.signatory is not None)
    page.who.name.clearFocus()
    page.who.show_value(session.assessment.signatory)
    page.who.show_value(e.SignatoryNamed("Somebody else", "", ""))  # what others record is shown where nothing waits
    assert page.who.name.text() == "Somebody else"
    page.who.show_value(session.assessment.signatory)  # nothing is left to be saved when the window closes

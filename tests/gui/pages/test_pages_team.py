"""In real windows: a lead asks, a teammate answers on an empty profile, the lead adds the reply and chooses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.gui.context import Place
from wizard.gui.pages import card_words
from wizard.gui.pages.home import HomePage
from wizard.gui.pages.reply import ReplyPage
from wizard.gui.pages.request import RequestPage
from wizard.gui.pages.section import SectionPage
from wizard.gui.pages.team import TeamPage
from wizard.gui.shell import Shell
from wizard.gui.widgets import choosing
from wizard.session import answering
from wizard.session.deeds import evidence, sharing
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences

PASSPHRASE = "quiet lamp borrows seven oceans"


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are saved: the chooser answers with the suggested name in this folder."""
    folder = tmp_path / "sent"
    folder.mkdir()
    monkeypatch.setattr(choosing, "choose_target", lambda _parent, _title, start, *_more: folder / start.name)
    return folder


@pytest.fixture
def helper(qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Another person's window, on an empty profile."""
    from tests.gui.pages.conftest import QUICK

    begin = answering.begin
    monkeypatch.setattr(answering, "begin", lambda *given, **more: begin(*given, **(more | {"floor": QUICK})))
    window = Shell(Preferences(Home.below(tmp_path / "ada")))
    window.resize(1280, 800)
    window.show()
    yield window
    window.context.work.stop()
    qtbot.waitUntil(lambda: not window.context.work.running)
    window.close()
    window.deleteLater()


def picture(qtbot: QtBot, shell: Shell, path: Path) -> None:
    """What is seen, once it has found its places; kept beside the test's other files."""
    qtbot.wait(150)
    shell.grab().save(str(path))


def page(shell: Shell, kind: type) -> object:
    assert isinstance(shell.page, kind), shell.page
    return shell.page


@pytest.mark.slow
def test_asked_answered_added_and_chosen(
    shell: Shell, helper: Shell, session: Session, qtbot: QtBot, target: Path, tmp_path: Path
) -> None:
    question = next(q for q in session.questionnaire.questions_for("AUTH-1") if q.kind.value == "yes-no")
    session.record(e.AnswerGiven(Answer(question.id, AnswerState.GIVEN, "no"))).result(20)
    session.record(e.SignatoryNamed("Lea Lead", "CISO", "The board")).result(20)
    shell.open_session((session, Place("team")))
    team = page(shell, TeamPage)
    assert isinstance(team, TeamPage)

    # a whole section, and one of its requirements before that
    whole = session.questionnaire.section_of["AUTH-1"]
    sharing.assign(session, "AUTH-1", "Somebody").result(20)
    team.ask.to.setText("Bob Example")
    team.ask.section.setCurrentIndex(team.ask.section.findText(whole.title))
    team.ask.section.activated.emit(team.ask.section.currentIndex())
    team.ask.due.set_iso("2030-02-01")
    team.ask.note.click()
    qtbot.waitUntil(lambda: "Bob Example is noted" in team.message_bar.text)
    (about,) = session.assessment.assignments.values()
    assert (about.about, about.owner, str(about.due)) == (whole.id, "Bob Example", "2030-02-01")
    assert sharing.owner_of(session, "AUTH-1") == about
    team.ask.clear()

    # the lead asks
    team.ask.write.click()
    assert team.ask.problem.text() == "Say who is asked."
    team.ask.to.setText("Ada Example")
    team.ask.picker.show_search(True)
    team.ask.picker._take("AUTH-1")
    team.ask.due.set_iso("2030-01-15")
    team.ask.message.setText("The console shows it under Policies.")
    picture(qtbot, shell, tmp_path / "1-ask.png")
    team.ask.write.click()
    qtbot.waitUntil(lambda: (target / "Ada-Example.attestry-request").exists())
    qtbot.waitUntil(lambda: "Send it to Ada Example" in team.message_bar.text)
    assert not team.waiting.isHidden()
    picture(qtbot, shell, tmp_path / "2-waiting.png")
    shell.go(Place("home"))
    home = page(shell, HomePage)
    assert isinstance(home, HomePage)
    assert "Ada Example" in home.waiting.text()
    picture(qtbot, shell, tmp_path / "3-home.png")

    # the teammate opens the request on an empty profile
    helper.start(target / "Ada-Example.attestry-request")
    asked = page(helper, RequestPage)
    assert isinstance(asked, RequestPage)
    assert "Lea Lead" in asked.sentence
    assert not asked.button.isEnabled()
    asked.passphrase.setText(PASSPHRASE)
    asked.again.setText(PASSPHRASE)
    picture(qtbot, helper, tmp_path / "4-request.png")
    asked.button.click()
    qtbot.waitUntil(lambda: isinstance(helper.page, SectionPage))
    section = helper.page
    assert isinstance(section, SectionPage)
    assert set(section.cards) == {"AUTH-1"}, "only what is asked is there"
    assert helper.session is not None
    helper.session.record(e.AnswerGiven(Answer(question.id, AnswerState.GIVEN, "yes"))).result(20)
    file = tmp_path / "policy.txt"
    file.write_text("Everyone signs in with a second factor.")
    evidence.add(helper.session, [file], ["AUTH-1"]).result.result(60)
    picture(qtbot, helper, tmp_path / "5-answer.png")
    for name in ("scope", "review", "sign", "team"):
        helper.go(Place(name))
        assert isinstance(helper.page, ReplyPage), "what is only the lead's is not shown"
    helper.go(Place("home"))
    picture(qtbot, helper, tmp_path / "6-helper-home.png")
    helper.go(Place("reply"))
    reply = page(helper, ReplyPage)
    assert isinstance(reply, ReplyPage)
    added, runner = threading.Event(), helper.session.runner

    async def adding(_progress: object) -> None:
        await asyncio.to_thread(added.wait, 10)

    reply.start(lambda hear: runner.start(adding, "Adding 1 file", hear), lambda _done: None)
    assert not reply.save.isEnabled(), "it would go without the file that is being added"
    added.set()
    qtbot.waitUntil(reply.save.isEnabled)
    reply.save.click()
    qtbot.waitUntil(lambda: (target / "Ada-Example.attestry-reply").exists())
    qtbot.waitUntil(lambda: "Send it" in reply.message_bar.text)
    picture(qtbot, helper, tmp_path / "7-reply.png")

    # the lead adds the reply
    shell.go(Place("team"))
    team.read(target / "Ada-Example.attestry-reply")
    qtbot.waitUntil(lambda: team.offered is not None)
    card = team.offered
    assert card is not None
    assert not card.add.isEnabled(), "the fingerprint comes first"
    picture(qtbot, shell, tmp_path / "8-offered.png")
    card.compared.setChecked(True)
    card.add.click()
    qtbot.waitUntil(lambda: bool(team.conflicts))
    picture(qtbot, shell, tmp_path / "9-conflict.png")
    conflict = team.conflicts[0]
    told = "Several people said different things here."
    assert told in card_words.noted(session, "AUTH-1", session.findings["AUTH-1"]), "where it is answered, too"
    hers = next(v.hash for v in conflict.conflict.versions if v.who == "Ada Example")
    conflict.buttons[hers].click()
    qtbot.waitUntil(lambda: not team.conflicts)
    assert told not in card_words.noted(session, "AUTH-1", session.findings["AUTH-1"])
    assert session.assessment.answers[question.id].value == "yes"
    assert team.waiting.isHidden()
    picture(qtbot, shell, tmp_path / "10-after.png")
    section_of = session.questionnaire.section_of["AUTH-1"].id
    shell.go(Place("section", section_of, "AUTH-1"))
    picture(qtbot, shell, tmp_path / "11-card.png")


def test_what_is_no_reply_is_a_sentence_in_the_page(
    shell: Shell, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    shell.open_session((session, Place("team")))
    team = page(shell, TeamPage)
    assert isinstance(team, TeamPage)
    other = tmp_path / "holiday.jpg"
    other.write_bytes(b"\xff\xd8\xff")
    team.read(other)
    qtbot.waitUntil(lambda: "holiday.jpg" in team.message_bar.text)
    assert team.offered is None


def test_a_forgotten_passphrase_begins_anew_and_loses_nothing(
    shell: Shell, helper: Shell, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "Ada.attestry-request"
    sharing.ask(session, sharing.Ask("Ada", ("AUTH-1",)), file).result.result(20)
    helper.start(file)
    for _time in range(2):
        asked = page(helper, RequestPage)
        assert isinstance(asked, RequestPage)
        asked.passphrase.setText(PASSPHRASE)
        asked.again.setText(PASSPHRASE)
        asked.button.click()
        qtbot.waitUntil(lambda: isinstance(helper.page, SectionPage))
        qtbot.waitUntil(lambda: not helper.context.work.running)
        helper.close_session()
        helper.start(file)
        asked = page(helper, RequestPage)
        assert isinstance(asked, RequestPage)
        assert asked.button.text() == "Open my answers"
        asked.forgotten.click()
        assert asked.button.text() == "Begin to answer"
    assert len(list((tmp_path / "ada" / "data" / "answering").iterdir())) == 2


def test_a_broken_request_is_a_sentence(helper: Shell, tmp_path: Path) -> None:
    broken = tmp_path / "broken.attestry-request"
    broken.write_text('{"request": 1}')
    helper.start(broken)
    asked = page(helper, RequestPage)
    assert isinstance(asked, RequestPage)
    assert "damaged" in asked.sentence

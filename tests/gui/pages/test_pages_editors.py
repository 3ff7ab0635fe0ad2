"""Two windows of one team: a vault and a card, added by the lead, joined, exchanged by folder and file, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.members import Role, grouped
from wizard.gui.context import Place
from wizard.gui.pages.editors import EditorsPage
from wizard.gui.pages.home import HomePage
from wizard.gui.pages.join import JoinPage
from wizard.gui.pages.team import TeamPage
from wizard.gui.pages.unlock import UnlockPage
from wizard.gui.shell import Shell
from wizard.gui.widgets import choosing
from wizard.session import joining
from wizard.session.deeds import meeting
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences

PASSPHRASE = "quiet lamp borrows seven oceans"


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are saved: the chooser answers with the suggested name in this folder."""
    folder = tmp_path / "sent"
    folder.mkdir()
    monkeypatch.setattr(choosing, "choose_target", lambda _parent, _title, start, *_more: folder / start.name)
    return folder


@pytest.fixture
def other(qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Another person's window, on an empty profile; only the stretching of its passphrase is quick."""
    from tests.gui.pages.conftest import QUICK

    for name in ("prepare", "sender_of", "join"):
        real = getattr(joining, name)
        monkeypatch.setattr(joining, name, lambda *given, real=real, **more: real(*given, **(more | {"floor": QUICK})))
    window = Shell(Preferences(Home.below(tmp_path / "ada")))
    window.resize(1280, 720)
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


def editors_of(shell: Shell) -> EditorsPage:
    shell.go(Place("editors"))
    assert isinstance(shell.page, EditorsPage)
    return shell.page


def idle(qtbot: QtBot, *shells: Shell) -> None:
    qtbot.waitUntil(lambda: not any(s.context.work.running for s in shells), timeout=30_000)


@pytest.fixture
def together(
    shell: Shell, other: Shell, session: Session, qtbot: QtBot, sent: Path, tmp_path: Path
) -> tuple[EditorsPage, EditorsPage]:
    """Ada joins the lead's assessment, every step in the two windows; both stand on the page of the editors."""
    session.record(e.SignatoryNamed("Lea Lead", "CISO", "The board")).result(20)
    other.start()
    other.go(Place("join"))
    page = other.page
    assert isinstance(page, JoinPage)
    assert page.foot().why == "Say your name"
    page.name.setText("Ada Example")
    page.vault.place.setText(str(tmp_path / "Ada.attestry"))
    page.vault.first.setText(PASSPHRASE)
    page.vault.second.setText(PASSPHRASE)
    picture(qtbot, other, tmp_path / "1-join.png")
    other.go_next()
    qtbot.waitUntil(lambda: page.vault.sheet is not None, timeout=30_000)
    card = sent / "Ada-Example.attestry-member"
    assert card.is_file()
    picture(qtbot, other, tmp_path / "2-card.png")
    fingerprint = page.card.key.text()
    assert not page.foot().next_enabled
    sheet = page.vault.sheet
    assert sheet is not None
    for number, field in sheet.fields:
        field.setText(sheet._groups[number - 1])
        field.textEdited.emit(field.text())
    other.go_next()

    shell.open_session((session, Place("editors")))
    lead = editors_of(shell)
    picture(qtbot, shell, tmp_path / "3-alone.png")
    lead.take(card)
    adding = lead.members.adding
    assert adding is not None
    assert not adding.add.isEnabled(), "the fingerprint comes first"
    adding.compared.setChecked(True)
    picture(qtbot, shell, tmp_path / "4-add.png")
    adding.add.click()
    bundle = sent / "Ada-Example.attestry-bundle"
    qtbot.waitUntil(lambda: bundle.is_file() and "takes part" in lead.message_bar.text, timeout=30_000)
    picture(qtbot, shell, tmp_path / "5-added.png")

    page.bundle.file.setText(str(bundle))
    page.bundle.passphrase.setText("not the right one at all")
    page.bundle.read.click()
    qtbot.waitUntil(lambda: bool(page.bundle.problem.text()), timeout=30_000)
    page.bundle.passphrase.setText(PASSPHRASE)
    page.bundle.read.click()
    qtbot.waitUntil(lambda: page.bundle.panel.isVisible(), timeout=30_000)
    assert page.bundle.key.text() == grouped(session.workspace.author)
    assert not page.bundle.join.isEnabled()
    picture(qtbot, other, tmp_path / "6-bundle.png")
    page.bundle.compared.setChecked(True)
    page.bundle.join.click()
    qtbot.waitUntil(lambda: isinstance(other.page, HomePage), timeout=30_000)
    assert other.session is not None
    assert fingerprint == grouped(other.session.workspace.author)
    idle(qtbot, shell, other)
    return lead, editors_of(other)


def says(session: Session | None, question: str, value: str) -> None:
    assert session is not None
    session.record(e.AnswerGiven(Answer(question, AnswerState.GIVEN, value))).result(20)


def yes_no(session: Session) -> str:
    return next(q.id for q in session.questionnaire.questions_for("AUTH-1") if q.kind.value == "yes-no")


@pytest.mark.slow
def test_they_meet_in_a_folder_and_choose_between_versions(
    together: tuple[EditorsPage, EditorsPage],
    shell: Shell,
    other: Shell,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    choose: Callable[[Path], None],
) -> None:
    lead, ada = together
    folder = tmp_path / "Shared"
    folder.mkdir()
    assert ada.members.add_someone.isHidden(), "only the lead adds people"
    choose(folder)
    for page in (lead, ada):
        page.folder.pick.click()
        qtbot.waitUntil(lambda page=page: page.folder.path.text() == str(folder))
    question = yes_no(session)
    says(session, question, "yes")
    says(other.session, question, "no")
    for page in (lead, ada, lead):
        page.exchange.now.click()
        idle(qtbot, shell, other)
    qtbot.waitUntil(lambda: not lead.conflicts.isHidden())
    picture(qtbot, shell, tmp_path / "7-exchanged.png")
    lead.conflicts.click()
    assert isinstance(shell.page, TeamPage)
    card = shell.page.conflicts[0]
    theirs = next(v.hash for v in card.conflict.versions if v.who == "Ada Example")
    card.buttons[theirs].click()
    qtbot.waitUntil(lambda: not shell.page.conflicts)  # type: ignore[attr-defined]
    # from now on by itself: the choice arrives when the other one opens
    ada.exchange.tick.click()
    idle(qtbot, other)
    lead = editors_of(shell)
    lead.exchange.now.click()
    idle(qtbot, shell)
    assert other.session is not None
    at = other.session.workspace.folder
    other.close_session()
    from tests.gui.pages.conftest import QUICK
    from wizard.session import opening
    from wizard.vault.unlocking import WithPassphrase

    kept = other.context.preferences
    assert kept is not None
    other.open_session(opening.open_(at, WithPassphrase(PASSPHRASE), kept, floor=QUICK))
    qtbot.waitUntil(lambda: "arrived from the others" in other.page.message_bar.text, timeout=30_000)
    assert not other.session.assessment.history.conflicts
    assert other.session.assessment.answers[question].value == "no"


@pytest.mark.slow
def test_bundles_by_file_full_and_new_and_what_removing_says(
    together: tuple[EditorsPage, EditorsPage],
    shell: Shell,
    other: Shell,
    session: Session,
    qtbot: QtBot,
    sent: Path,
    tmp_path: Path,
) -> None:
    lead, ada = together
    question = yes_no(session)
    says(session, question, "yes")
    lead.file.only_new.setChecked(True)
    lead.file.button.click()
    bundle = sent / "Northwind-Sync.attestry-bundle"
    qtbot.waitUntil(bundle.is_file)
    idle(qtbot, shell)
    assert "1 entry is sealed" in lead.message_bar.text or "2 entries are sealed" in lead.message_bar.text
    lead.file.button.click()
    qtbot.waitUntil(lambda: "Nothing is new" in lead.message_bar.text)
    ada.take(bundle)
    qtbot.waitUntil(lambda: "new" in ada.message_bar.text)
    assert other.session is not None
    assert other.session.assessment.answers[question].value == "yes"
    ada.take(bundle)
    qtbot.waitUntil(lambda: "here already" in ada.message_bar.text)
    broken = tmp_path / "broken.attestry-bundle"
    broken.write_bytes(bundle.read_bytes()[:-9])
    ada.take(broken)
    qtbot.waitUntil(lambda: "damaged" in ada.message_bar.text)

    remove = next(b for b in lead.members.findChildren(type(lead.members.add_someone)) if "Remove" in b.text())
    remove.click()
    panel = lead.members.removing
    assert panel is not None
    picture(qtbot, shell, tmp_path / "8-remove.png")
    assert not session.assessment.former, "nothing is done before it is agreed"
    panel.go.click()
    qtbot.waitUntil(lambda: bool(session.assessment.former))
    qtbot.waitUntil(lambda: "no longer takes part" in lead.message_bar.text)
    picture(qtbot, shell, tmp_path / "9-removed.png")


@pytest.mark.slow
def test_a_server_that_is_not_there_is_a_sentence_and_its_password_is_kept_in_the_vault_only(
    shell: Shell, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    shell.open_session((session, Place("editors")))
    page = editors_of(shell)
    idle(qtbot, shell)
    form = page.server
    assert not form.use.isEnabled()
    form.host.setText("localhost")
    form.port.setText("1")
    form.database.setText("team")
    form.user.setText("attestry_team")
    form.password.setText("a-very-secret-word")
    form.attempt.click()
    qtbot.waitUntil(lambda: "cannot be reached" in form.said.text(), timeout=30_000)
    page.scroll_area.verticalScrollBar().setValue(10_000)
    picture(qtbot, shell, tmp_path / "10-server.png")
    assert meeting.server_set(session) is None, "trying keeps nothing"
    form.use.click()
    qtbot.waitUntil(lambda: meeting.server_set(session) is not None)
    qtbot.waitUntil(lambda: form.password.text() == "")
    assert not form.none.isHidden()
    assert not page.exchange.now.isHidden()
    page.exchange.now.click()
    qtbot.waitUntil(lambda: "cannot be reached" in page.message_bar.text, timeout=30_000)
    idle(qtbot, shell)
    page.scroll_area.verticalScrollBar().setValue(0)
    picture(qtbot, shell, tmp_path / "11-unreachable.png")
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".png"]
    assert not any(b"a-very-secret-word" in data for data in files)
    form.none.click()
    qtbot.waitUntil(lambda: meeting.server_set(session) is None)


def test_a_vault_without_its_bundle_comes_to_the_page_that_takes_it(
    other: Shell, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.gui.pages.conftest import QUICK
    from wizard.session import opening

    real = opening.open_
    monkeypatch.setattr(opening, "open_", lambda *given, **more: real(*given, **(more | {"floor": QUICK})))
    kept = other.context.preferences
    assert kept is not None
    made = joining.prepare(
        tmp_path / "Ada.attestry",
        kept,
        passphrase=PASSPHRASE,
        remember=False,
        name="Ada",
        card=tmp_path / "a.attestry-member",
    )
    other.start()
    assert isinstance(other.page, UnlockPage)
    other.page.field.setText(PASSPHRASE)
    other.page.button.click()
    qtbot.waitUntil(lambda: isinstance(other.page, JoinPage))
    assert isinstance(other.page, JoinPage)
    assert other.page.bundle.folder.text() == str(made.folder)
    assert other.page.bundle.isVisible()


def test_a_reviewer_reads_and_a_contributor_does_not_sign(shell: Shell, session: Session, qtbot: QtBot) -> None:
    """Roles are held where one writes, not only by those who read it."""
    from dataclasses import replace

    from wizard.domain.members import Member
    from wizard.session.deeds import attesting, sharing
    from wizard.session.session import NotYourRole, ReadOnly

    own = session.workspace.author
    mine = Member(own, session.workspace.author_public, "Me", Role.CONTRIBUTOR)
    session.assessment = replace(
        session.assessment, members={own: mine}, history=replace(session.assessment.history, founder="ab" * 32)
    )
    assert not session.read_only
    assert any("contributor" in b.sentence for b in attesting.blockers(session))
    with pytest.raises(NotYourRole):
        session.record(e.SignatoryNamed("Me", "Me", "Me")).result(20)
    with pytest.raises(NotYourRole):
        sharing.remove_member(session, "cd" * 32).result(20)
    before = session.workspace.journal.count
    session.assessment = replace(session.assessment, members={own: replace(mine, role=Role.REVIEWER)})
    assert session.read_only
    with pytest.raises(ReadOnly):
        says(session, yes_no(session), "yes")
    assert session.workspace.journal.count == before
    shell.open_session((session, Place("editors")))
    assert "reading only" in shell.foot.findChildren(type(shell.page._title))[0].text() or session.read_only
    idle(qtbot, shell)

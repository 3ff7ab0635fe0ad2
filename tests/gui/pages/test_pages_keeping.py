"""The vault as a whole in the window: checked, backed up, taken along, put back, doubted, and locked after a sleep."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.gui import locking
from wizard.gui.context import Place
from wizard.gui.pages.bring_in import BringInPage
from wizard.gui.pages.older_copy import OlderCopyPage
from wizard.gui.pages.preferences import PreferencesPage
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.pages.restore import RestorePage
from wizard.gui.pages.welcome import WelcomePage
from wizard.gui.shell import Shell
from wizard.gui.widgets import choosing
from wizard.session import opening
from wizard.session.deeds import keeping
from wizard.session.session import Session
from wizard.session.settings import Preferences
from wizard.vault import keys
from wizard.vault.unlocking import WithPassphrase

PASSPHRASE = "quiet lamp borrows seven oceans"
QUICK = keys.Cost(memory_kib=64, iterations=1, lanes=1)


@pytest.fixture
def vault(opened: Shell, qtbot: QtBot) -> PreferencesPage:
    opened.go(Place("preferences"))
    page = opened.page
    assert isinstance(page, PreferencesPage)
    return page


def idle(shell: Shell, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=30_000)


def test_everything_is_checked_and_backed_up(opened: Shell, vault: PreferencesPage, qtbot: QtBot) -> None:
    form = vault.vault
    assert form is not None
    form.back_up.click()
    idle(opened, qtbot)
    qtbot.waitUntil(lambda: bool(vault.message_bar.text))
    form.check.click()
    idle(opened, qtbot)
    qtbot.waitUntil(lambda: "newest backup opens" in form._checked.text())
    assert form.check.isEnabled()


@pytest.mark.slow
def test_the_whole_workspace_is_written_to_one_file(
    opened: Shell, vault: PreferencesPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, target = vault.vault, tmp_path / "all.attestry-export"
    assert form is not None
    monkeypatch.setattr(choosing, "choose_target", lambda *_more: target)
    form.first.setText("a passphrase of its own")
    assert not form.write.isEnabled()
    form.second.setText("a passphrase of its own")
    form.write.click()
    idle(opened, qtbot)
    qtbot.waitUntil(target.is_file)
    assert form.first.text() == ""
    opened.close_session()
    opened.go(Place("welcome"))
    welcome = opened.page
    assert isinstance(welcome, WelcomePage)
    welcome._open_folder(target)
    page = opened.page
    assert isinstance(page, BringInPage)
    real = keeping.import_workspace
    monkeypatch.setattr(keeping, "import_workspace", lambda *more: real(*more, floor=QUICK))
    page.field.setText("not its passphrase")
    page.button.click()
    qtbot.waitUntil(lambda: bool(page.message_bar.text), timeout=30_000)
    page.field.setText("a passphrase of its own")
    page.button.click()
    qtbot.waitUntil(lambda: bool(page.folder.name), timeout=30_000)
    idle(opened, qtbot)
    assert (page.folder / "open.attestry").is_file()
    [sheet] = page.findChildren(RecoverySheet)
    sheet.matched.emit(True)
    assert opened.place == Place("unlock", str(page.folder))


def test_a_new_data_key_wants_the_new_sheet_typed_back_first(
    opened: Shell, vault: PreferencesPage, session: Session, qtbot: QtBot
) -> None:
    form = vault.vault
    assert form is not None
    form.proof.setText(PASSPHRASE)
    assert not form.seal.isEnabled()
    form.begin.click()
    text = keeping.new_recovery_text()
    form._sheet_text = text  # what typing two groups back does is shown elsewhere
    form.draw()
    before = session.workspace._key_file.header.epoch
    form.seal.click()
    idle(opened, qtbot)
    qtbot.waitUntil(lambda: session.workspace._key_file.header.epoch == before + 1)
    assert not form.seal.isEnabled()


def test_an_older_copy_gets_a_red_page_with_its_choices(
    shell: Shell,
    session: Session,
    preferences: Preferences,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = session.workspace.folder
    older = tmp_path / "older.db"
    shutil.copyfile(folder / "journal.db", older)
    session.record(e.CommentSet("DATA-1", "later")).result(20)
    session.workspace.back_up()
    session.close()
    shutil.copyfile(older, folder / "journal.db")
    shell.open_session(opening.open_(folder, WithPassphrase(PASSPHRASE), preferences, floor=QUICK))
    page = shell.page
    assert isinstance(page, OlderCopyPage)
    assert "older copy" in page.why.text()
    idle(shell, qtbot)
    page.backup.click()
    assert shell.session is None
    restore = shell.page
    assert isinstance(restore, RestorePage)
    assert restore.choice.count() == 1
    restore.field.setText("wrong")
    restore.button.click()
    qtbot.waitUntil(lambda: bool(restore.message_bar.text), timeout=20_000)
    monkeypatch.setattr(
        opening, "open_", lambda *more, _open=opening.open_, **named: _open(*more, **{**named, "floor": QUICK})
    )
    real = keeping.restore
    monkeypatch.setattr(keeping, "restore", lambda *more: real(*more, floor=QUICK))
    restore.field.setText(PASSPHRASE)
    restore.button.click()
    qtbot.waitUntil(lambda: shell.session is not None, timeout=20_000)
    assert shell.session is not None
    assert shell.session.workspace.doubts == ""
    assert shell.session.assessment.comments["DATA-1"].payload == e.CommentSet("DATA-1", "later")
    idle(shell, qtbot)


def test_this_copy_is_accepted(shell: Shell, session: Session, preferences: Preferences, qtbot: QtBot) -> None:
    folder = session.workspace.folder
    before = (folder / "journal.db").read_bytes()
    session.record(e.CommentSet("DATA-1", "later")).result(20)
    session.close()
    (folder / "journal.db").write_bytes(before)
    shell.open_session(opening.open_(folder, WithPassphrase(PASSPHRASE), preferences, floor=QUICK))
    page = shell.page
    assert isinstance(page, OlderCopyPage)
    idle(shell, qtbot)
    page.accept.click()
    idle(shell, qtbot)
    qtbot.waitUntil(lambda: shell.place.page == "home")
    assert shell.session is not None
    assert not shell.session.read_only


def test_a_computer_that_slept_is_locked_and_a_short_pause_is_not(
    opened: Shell, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = locking.time.time()
    monkeypatch.setattr(locking.time, "time", lambda: now + 6)
    opened.idle.look()
    assert opened.session is session
    monkeypatch.setattr(locking.time, "time", lambda: now + 3600)
    opened.idle.look()
    assert opened.session is None
    assert opened.place.page == "unlock"
    assert not session.workspace._key_file.data_keys

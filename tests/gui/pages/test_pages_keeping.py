"""The vault as a whole in the window: checked, backed up, taken along, put back, doubted, and locked after a sleep."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.gui import locking
from wizard.gui.context import Place
from wizard.gui.curtain import Curtain
from wizard.gui.pages.bring_in import BringInPage
from wizard.gui.pages.older_copy import OlderCopyPage
from wizard.gui.pages.preferences import PreferencesPage
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.pages.restore import RestorePage
from wizard.gui.pages.unlock import UnlockPage
from wizard.gui.pages.welcome import WelcomePage
from wizard.gui.shell import Shell
from wizard.gui.widgets import choosing
from wizard.gui.widgets.plain import PlainLabel
from wizard.session import opening
from wizard.session.deeds import keeping
from wizard.session.session import Session
from wizard.session.settings import Preferences
from wizard.vault import keys
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import WrongPassphrase
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


def test_a_check_that_was_stopped_can_be_begun_again(
    opened: Shell, vault: PreferencesPage, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, goes_on = vault.vault, threading.Event()
    assert form is not None
    real = session.workspace.verify

    def verify(progress: Callable[[int, int], None]) -> object:
        goes_on.wait(20)
        return real(progress)

    monkeypatch.setattr(session.workspace, "verify", verify)
    form.check.click()
    qtbot.waitUntil(lambda: opened.foot.strip.stop.isVisible())
    assert not form.check.isEnabled()
    opened.foot.strip.stop.click()
    goes_on.set()
    qtbot.waitUntil(form.check.isEnabled)


def test_a_change_of_what_opens_the_vault_has_no_stop(
    opened: Shell, vault: PreferencesPage, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, real = threading.Event(), session.workspace.new_recovery_key

    def new(proof: object) -> str:
        goes_on.wait(20)
        return real(proof)  # type: ignore[arg-type]

    monkeypatch.setattr(session.workspace, "new_recovery_key", new)
    assert vault.keys is not None
    form = vault.keys.recovery
    form.proof.setText(PASSPHRASE)
    form.make.click()
    qtbot.waitUntil(lambda: opened.foot.strip.isVisible())
    assert opened.foot.strip.stop.isHidden()
    opened.context.work.stop_by_hand()
    goes_on.set()
    qtbot.waitUntil(lambda: bool(form.findChildren(RecoverySheet)))  # it is shown, whatever was pressed


def test_an_opening_that_was_stopped_leaves_the_page_as_it_was(
    opened: Shell, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, real = threading.Event(), opening.open_

    def open_(*more: object, **named: object) -> Session:
        goes_on.wait(20)
        return real(*more, **named)  # type: ignore[arg-type]

    folder = session.workspace.folder
    opened.close_session()
    monkeypatch.setattr(opening, "open_", open_)
    opened.go(Place("unlock", str(folder)))
    page = opened.page
    assert isinstance(page, UnlockPage)
    idle(opened, qtbot)
    page.field.setText("not the passphrase at all")
    page.button.click()
    qtbot.waitUntil(lambda: opened.foot.strip.stop.isVisible())
    opened.foot.strip.stop.click()
    goes_on.set()
    qtbot.waitUntil(page.button.isEnabled)
    assert "It was stopped" in page.problem.text()
    assert page.backup.isHidden()


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
    assert page.message_bar.text == "", "what went wrong before is no news any more"
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
    newer = session.assessment.events
    assert f"has {newer} entries, and this copy has {newer - 1}." in page.newest.text()
    idle(shell, qtbot)
    page.look.click()
    assert shell.place.page == "home"
    assert "older copy" in shell.page.message_bar.text
    shell.go(Place("older_copy"))
    page.backup.click()
    assert shell.session is None
    restore = shell.page
    assert isinstance(restore, RestorePage)
    assert restore.choice.count() == 1
    restore.field.setText("wrong")
    restore.button.click()
    qtbot.waitUntil(lambda: bool(restore.message_bar.text))
    monkeypatch.setattr(
        opening, "open_", lambda *more, _open=opening.open_, **named: _open(*more, **{**named, "floor": QUICK})
    )
    real = keeping.restore
    monkeypatch.setattr(keeping, "restore", lambda *more: real(*more, floor=QUICK))
    restore.field.setText(PASSPHRASE)
    restore.button.click()
    qtbot.waitUntil(lambda: shell.session is not None)
    assert shell.session is not None
    assert shell.session.workspace.doubts == ""
    assert shell.session.assessment.comments["DATA-1"].payload == e.CommentSet("DATA-1", "later")
    [kept] = folder.glob("before restoring *")
    assert kept.name in shell.page.message_bar.text
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
    assert page.newest.text() == "This computer has no backup of this workspace."
    assert not page.backup.isEnabled()
    idle(shell, qtbot)
    page.accept.click()
    idle(shell, qtbot)
    qtbot.waitUntil(lambda: shell.place.page == "home")
    assert shell.session is not None
    assert not shell.session.read_only
    assert shell.foot._words.text() != "Open for reading only"


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


class Kept:
    """A good keyring that keeps its items in memory."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, value: str) -> None:
        self.items[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        return self.items.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.items[service, name]


@pytest.fixture
def busy(opened: Shell, session: Session) -> Iterator[Callable[[], None]]:
    """Something runs in the window until it is let go."""
    done = threading.Event()

    async def work(progress: object) -> None:
        await asyncio.to_thread(done.wait, 60)

    opened.context.work.start(
        lambda hear: session.runner.start(work, "A long errand", hear), then=lambda _n: None, failed=lambda _e: None
    )
    yield done.set
    done.set()


def test_what_runs_goes_on_behind_a_curtain_and_then_the_keys_go(
    opened: Shell, session: Session, busy: Callable[[], None], qtbot: QtBot
) -> None:
    opened.go(Place("home"))
    opened.idle.limit_seconds = 0.0
    opened.idle.look()
    assert opened.covered
    assert not opened.page.isVisible()
    assert "Northwind" not in opened.windowTitle()
    curtain = opened.front.currentWidget()
    assert isinstance(curtain, Curtain)
    seen = " ".join(label.text() for label in curtain.findChildren(PlainLabel))
    assert "Northwind" not in seen
    assert "A long errand" not in seen
    QTest.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    session.record(e.CommentSet("DATA-1", "from the job")).result(20)
    qtbot.wait(50)
    assert opened.covered
    assert "Northwind" not in opened.windowTitle()
    opened.idle.look()
    assert session.workspace._key_file.data_keys, "what runs still needs them"
    busy()
    qtbot.waitUntil(lambda: opened.session is None)
    assert not opened.covered
    assert opened.place.page == "unlock"
    assert not session.workspace._key_file.data_keys


def test_the_passphrase_lifts_the_curtain_and_three_misses_lock(
    opened: Shell, session: Session, busy: Callable[[], None], qtbot: QtBot
) -> None:
    opened.idle.limit_seconds = 0.0
    opened.idle.look()
    curtain = opened.front.currentWidget()
    assert isinstance(curtain, Curtain)
    curtain.field.setText("not the passphrase")
    curtain.button.click()
    qtbot.waitUntil(lambda: bool(curtain.problem.text()))
    assert opened.covered
    curtain.field.setText(PASSPHRASE)
    curtain.button.click()
    qtbot.waitUntil(lambda: not opened.covered)
    assert opened.session is session
    assert opened.context.work.running
    assert "Northwind" in opened.windowTitle()
    opened.idle.limit_seconds = 0.0
    opened.idle.look()
    curtain = opened.front.currentWidget()
    assert isinstance(curtain, Curtain)
    for n in range(3):
        curtain.field.setText(f"wrong once more {n}")
        curtain.button.click()
        qtbot.waitUntil(lambda: opened.session is None or curtain.button.isEnabled())
    assert opened.session is None
    assert not session.workspace._key_file.data_keys


def test_a_recovery_key_that_was_never_typed_back_is_asked_for_once_and_tried_out(
    opened: Shell, session: Session, qtbot: QtBot
) -> None:
    assert "never typed back" in opened.page.message_bar.text
    text = session.workspace.new_recovery_key(WithPassphrase(PASSPHRASE))
    opened.page.message_bar.action.click()
    page = opened.page
    assert isinstance(page, PreferencesPage)
    assert page.keys is not None
    form = page.keys.recovery
    assert form.button.is_open
    form.sheet.setText(keeping.new_recovery_text())
    form.check.click()
    qtbot.waitUntil(lambda: bool(page.message_bar.text))
    assert not keeping.written_down(session)
    form.sheet.setText(text.lower())
    form.check.click()
    qtbot.waitUntil(lambda: "opens this vault" in page.message_bar.text)
    assert keeping.written_down(session)
    assert "typed back from its sheet" in form._state.text()


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_key(
    opened: Shell, session: Session, vault: PreferencesPage, qtbot: QtBot
) -> None:
    keys_ = vault.keys
    assert keys_ is not None
    text = session.workspace.new_recovery_key(WithPassphrase(PASSPHRASE))
    keys_.old.setText(text)
    for field in (keys_.new, keys_.again):
        field.setText("another good passphrase")
    keys_.change.click()
    qtbot.waitUntil(lambda: "is changed" in vault.message_bar.text)
    session.workspace.prove(WithPassphrase("another good passphrase"))
    with pytest.raises(WrongPassphrase):
        session.workspace.prove(WithPassphrase(PASSPHRASE))


def test_without_a_keyring_the_passphrase_alone_goes_on_opening_it(vault: PreferencesPage, qtbot: QtBot) -> None:
    keys_ = vault.keys
    assert keys_ is not None
    keys_.proof.setText(PASSPHRASE)
    keys_.turn.click()
    qtbot.waitUntil(lambda: "passphrase alone opens the vault, as before" in vault.message_bar.text)
    assert keys_.remember.isEnabled()


def test_passphrase_and_keyring_together_are_asked_for_and_no_longer(
    vault: PreferencesPage, session: Session, qtbot: QtBot
) -> None:
    keys_ = vault.keys
    assert keys_ is not None
    kept = Kept()
    trusted = frozenset({f"{Kept.__module__}.{Kept.__qualname__}"})
    session.workspace._key_file.keyring = Keyring(lambda: kept, trusted=trusted)
    keys_.proof.setText(PASSPHRASE)
    keys_.turn.click()
    qtbot.waitUntil(lambda: session.workspace.strict)
    qtbot.waitUntil(lambda: "alone again" in keys_.turn.text())
    assert not keys_.remember.isEnabled()
    keys_.proof.setText(PASSPHRASE)
    keys_.turn.click()
    qtbot.waitUntil(lambda: not session.workspace.strict)
    qtbot.waitUntil(keys_.remember.isEnabled)

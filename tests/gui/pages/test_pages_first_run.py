"""The way in: the first run from an empty machine, unlocking, the pause after misses, the list of recent ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.first_run import FirstRunPage
from wizard.gui.pages.recovery_sheet import forget_copied
from wizard.gui.pages.unlock import UnlockPage
from wizard.gui.pages.welcome import WelcomePage, _Ready
from wizard.gui.shell import Shell
from wizard.gui.widgets.passphrase import strength
from wizard.session.session import Session

WORDS = "plum lantern crater violin mosaic"


def first_run(shell: Shell) -> FirstRunPage:
    shell.go(Place("first_run"))
    assert isinstance(shell.page, FirstRunPage)
    return shell.page


def test_hands_that_know_the_form_type_the_passphrase_twice(shell: Shell, qtbot: QtBot) -> None:
    """Tab goes to the second field; what is typed on *Show* does not end up in the field around it."""
    page = first_run(shell)
    first, second = page.vault.first, page.vault.second
    qtbot.keyClicks(first, WORDS)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert shell.focusWidget() is second
    qtbot.keyClicks(second, WORDS[:9])
    assert not shell.foot.deed.isEnabled()
    first.show_button.setFocus()
    assert page.vault.same_words == "Differs from the one above"
    qtbot.keyClicks(first.show_button, "typed on the button")
    assert first.text() == WORDS
    qtbot.keyClick(first.show_button, Qt.Key.Key_Tab)
    assert shell.focusWidget() is second.show_button


@pytest.mark.slow
def test_from_an_empty_machine_to_an_open_assessment(shell: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    page = first_run(shell)
    assert not shell.foot.deed.isEnabled()
    page.vault.place.setText(str(tmp_path / "deep" / "Tailwind bridge"))
    page.vault.tick.click()
    qtbot.keyClicks(page.vault.first, WORDS)
    assert shell.page.foot().why == "Type it once more"
    page.vault.second.setFocus()
    qtbot.keyClick(page.vault.second, Qt.Key.Key_Return)
    assert page.vault.sheet is None, "nothing to go on with yet"
    qtbot.keyClicks(page.vault.second, WORDS)
    qtbot.keyClick(page.vault.second, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.vault.sheet is not None)
    folder = tmp_path / "deep" / "Tailwind bridge.attestry"
    assert (folder / "open.attestry").is_file()
    assert not shell.foot.deed.isEnabled()
    shell.go_back()
    assert shell.place.page == "first_run", "the key is shown once: Back does not leave"
    assert shell.foot.back_button.isHidden()
    assert "This computer has no keyring running. So the passphrase is asked for each time" in page.message_bar.text
    sheet = page.vault.sheet
    assert sheet is not None
    sheet.copy_button.click()
    key = QGuiApplication.clipboard().text()
    assert QGuiApplication.clipboard().mimeData().data("x-kde-passwordManagerHint") == b"secret"
    forget_copied("something else")
    assert QGuiApplication.clipboard().text() == key
    forget_copied(key)
    assert QGuiApplication.clipboard().text() == ""
    for number, field in sheet.fields:
        qtbot.keyClicks(field, key.split("-")[number - 1].lower())
    assert shell.foot.deed.isEnabled()
    shell.foot.deed.click()
    assert shell.windowTitle() == "Who applies · Attestry"
    qtbot.keyClicks(page.who.organisation, "Tailwind GmbH")
    assert not shell.foot.deed.isEnabled()
    qtbot.keyClicks(page.who.integration, "Tailwind bridge")
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: "49 requirements" in page.sentence)
    assert [stop.second for stop in page.side().stops] == ["Complete", "Complete", "In progress"]  # type: ignore[union-attr]
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: shell.place.page == "scope")
    assert shell.session is not None
    assert shell.session.assessment.described.organisation == "Tailwind GmbH"
    assert shell.context.preferences.settings.recent[0].title == "Tailwind bridge"  # type: ignore[union-attr]


def test_two_wrong_groups_do_not_match(shell: Shell, qtbot: QtBot) -> None:
    page = first_run(shell)
    page.vault.show_made("AAAAAA-BBBBBB-CCCCCC-DDDDDD-EEEEEE-FFFFFF", Path("/somewhere"))
    sheet = page.vault.sheet
    assert sheet is not None
    for _number, field in sheet.fields:
        qtbot.keyClicks(field, "ZZZZZZ")
    assert not page.vault.written_down


@pytest.mark.slow
def test_a_place_that_is_taken_is_said_and_nothing_is_lost(shell: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    page = first_run(shell)
    taken = tmp_path / "Taken.attestry"
    taken.mkdir()
    (taken / "thesis.txt").write_text("mine")
    page.vault.place.setText(str(taken))
    for field in (page.vault.first, page.vault.second):
        field.setText(WORDS)
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: "already exists" in page.message_bar.text)
    assert page.vault.first.text() == WORDS
    assert sorted(p.name for p in taken.iterdir()) == ["thesis.txt"]


def test_the_strength_is_said_in_words() -> None:
    assert strength("", 8).level == 0
    assert strength("short", 8).word == "Too short."
    assert strength("password1", 8).level == 1
    assert strength("aaaaaaaaaaaa", 8).level == 1
    six = strength("plum lantern crater violin mosaic hinge", 8)
    assert six.level == 3
    assert six.sentence.startswith("6 words")
    assert strength("kV9#mq2!Lx7$wT4&zR8*", 8).level >= 3


def unlock(shell: Shell, folder: Path, qtbot: QtBot) -> UnlockPage:
    shell.go(Place("unlock", str(folder)))
    qtbot.waitUntil(lambda: not shell.context.work.running)
    assert isinstance(shell.page, UnlockPage)
    return shell.page


@pytest.fixture
def locked(session: Session) -> Path:
    folder = session.workspace.folder
    session.close()
    return folder


def test_a_wrong_passphrase_is_said_and_makes_nothing(
    shell: Shell, locked: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.vault.keys.FLOOR", _quick())
    before = sorted(p.name for p in locked.iterdir())
    page = unlock(shell, locked, qtbot)
    for miss in range(1, 4):
        qtbot.keyClicks(page.field, "wrong horse")
        qtbot.keyClick(page.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.misses == miss)  # noqa: B023 - waited for at once
        assert "does not open this workspace" in page.problem.text()
        page.field.clear()
    assert "wrong 3 times" in page.problem.text()
    qtbot.waitUntil(lambda: page.problem.height() >= page.problem.heightForWidth(page.problem.width()))
    qtbot.keyClicks(page.field, "quiet lamp borrows seven oceans")
    assert not page.button.isEnabled()
    for _second in range(12):
        page._tick()
    assert page.button.isEnabled()
    page.button.click()
    qtbot.waitUntil(lambda: shell.session is not None)
    assert shell.place.page == "home"
    assert sorted(p.name for p in locked.iterdir() if p.name != "writer.lock") >= [n for n in before if "lock" not in n]


def test_a_mistyped_recovery_key_is_told_from_a_wrong_one(shell: Shell, locked: Path, qtbot: QtBot) -> None:
    page = unlock(shell, locked, qtbot)
    page.other_way.click()
    qtbot.keyClicks(page.field, "ABCDEF-GHJKMN")
    page.button.click()
    qtbot.waitUntil(lambda: "not a whole recovery key" in page.problem.text())
    assert page.misses == 0
    assert page.backup.isHidden(), "nothing is wrong with the vault"


class _Keyring:
    """A keyring in memory, in the place of the one of the computer."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.mark.slow
def test_the_keyring_opens_it_once_but_not_after_a_lock(
    shell: Shell, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring as installed

    from wizard.domain.events import AssessmentDescribed
    from wizard.gui.pages import errand
    from wizard.session import opening
    from wizard.vault.keyring import Keyring

    memory = _Keyring()
    monkeypatch.setattr(installed, "get_keyring", lambda: memory)
    name = f"{_Keyring.__module__}.{_Keyring.__qualname__}"
    monkeypatch.setattr(Keyring.__init__, "__kwdefaults__", {"trusted": frozenset({name}), "patience": 4.0})
    monkeypatch.setattr(errand, "opened_here", set())
    preferences = shell.context.preferences
    assert preferences is not None
    folder = tmp_path / "Kept.attestry"
    created = opening.create(
        folder,
        preferences,
        passphrase=WORDS,
        remember=True,
        described=AssessmentDescribed("", ""),
        floor=_quick(),  # type: ignore[arg-type]
    )
    assert created.session.workspace.remembered, created.session.workspace.keyring_said
    created.session.close()
    shell.go(Place("unlock", str(folder)))
    qtbot.waitUntil(lambda: shell.session is not None)
    shell.lock()
    page = shell.page
    assert isinstance(page, UnlockPage)
    qtbot.wait(400)
    assert shell.session is None
    assert page.by_keyring.isVisible()
    page.by_keyring.click()
    qtbot.waitUntil(lambda: shell.session is not None)


def test_leaving_forgets_what_was_typed(shell: Shell, locked: Path, qtbot: QtBot) -> None:
    page = unlock(shell, locked, qtbot)
    qtbot.keyClicks(page.field, "secret words")
    page.field.show_button.click()
    shell.go(Place("welcome"))
    assert page.field.text() == ""
    assert page.field.echoMode() == page.field.EchoMode.Password


def test_a_folder_that_is_no_workspace_is_not_opened(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    shell.go(Place("welcome"))
    page = shell.page
    assert isinstance(page, WelcomePage)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    drop = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(drop)
    assert "is not an Attestry workspace" in page.message_bar.text
    assert shell.place.page == "welcome"


def test_a_recent_one_that_is_gone_can_be_taken_off_the_list(shell: Shell, tmp_path: Path) -> None:
    preferences = shell.context.preferences
    assert preferences is not None
    preferences.remember(tmp_path / "gone.attestry", "Gone")
    shell.go(Place("welcome"))
    page = shell.page
    assert isinstance(page, WelcomePage)
    page.rows[0].click()
    assert "not at" in page.message_bar.text
    page.message_bar.action.click()
    assert preferences.settings.recent == ()
    assert page.rows == []


def _quick() -> object:
    from wizard.vault.keys import Cost

    return Cost(memory_kib=64, iterations=1, lanes=1)


@pytest.mark.slow
def test_the_demonstration_runs_and_opens(shell: Shell, qtbot: QtBot) -> None:
    shell.go(Place("welcome"))
    page = shell.page
    assert isinstance(page, WelcomePage)
    page._demo.button.click()
    qtbot.waitUntil(lambda: page._ready.count() > 0 or bool(page.message_bar.text), timeout=90_000)
    assert page.message_bar.text == ""
    card = page.findChild(_Ready)
    assert card is not None
    card.button.click()
    qtbot.waitUntil(lambda: shell.session is not None)
    assert shell.session is not None
    assert shell.session.assessment.demonstration

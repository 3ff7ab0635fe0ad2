"""Preferences are applied at once and marked; what opens the vault can be changed; About shows what it copies."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.about import AboutPage
from wizard.gui.pages.preferences import PreferencesPage
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.session.session import Session

PASSPHRASE = "quiet lamp borrows seven oceans"


def preferences(shell: Shell) -> PreferencesPage:
    shell.go(Place("preferences"))
    assert isinstance(shell.page, PreferencesPage)
    return shell.page


def test_a_change_is_applied_kept_marked_and_set_back(shell: Shell) -> None:
    page = preferences(shell)
    kept = shell.context.preferences
    assert kept is not None
    page.theme.setCurrentIndex(page.theme.findData("dark"))
    page.theme.activated.emit(page.theme.currentIndex())
    assert theme().scheme == "dark"
    assert kept.settings.theme == "dark"
    assert page._marks["theme"].isVisible()
    assert "1 changed" in page.sentence
    page._marks["theme"].reset.click()
    assert kept.settings.theme == "system"
    assert not page._marks["theme"].isVisible()
    page.lock.setValue(9)
    page.careful.click()
    assert (kept.settings.lock_after_minutes, kept.settings.careful) == (9, True)


def test_the_network_is_one_place_for_every_server_that_is_asked(shell: Shell) -> None:
    from wizard.checks.dependencies.osv import OsvSettings

    page, kept = preferences(shell), shell.context.preferences
    assert kept is not None
    page.proxy.setText("proxy.example:3128")
    page.proxy.editingFinished.emit()
    page.seconds.setValue(30)
    assert (kept.settings.proxy, kept.settings.timeout_seconds) == ("http://proxy.example:3128", 30)
    assert page.proxy.text() == "http://proxy.example:3128"
    assert "2 changed" in page.sentence
    asked = kept.settings.through(OsvSettings())
    assert (asked.proxy, asked.read, asked.whole) == ("http://proxy.example:3128", 60, 120)
    assert kept.settings.way("api.osv.dev") == "api.osv.dev (through the proxy http://proxy.example:3128)"
    assert shell.context.look_options().patience == 3
    page.proxy.setText("me:secret@proxy.example:3128")
    page.proxy.editingFinished.emit()
    assert "password" in page.proxy_problem.text()
    assert kept.settings.proxy == "http://proxy.example:3128"
    page._marks["proxy"].reset.click()
    assert (kept.settings.proxy, page.proxy.text(), page.proxy_problem.isVisible()) == ("", "", False)


@pytest.mark.slow
def test_the_passphrase_is_changed_with_the_old_one(opened: Shell, session: Session, qtbot: QtBot) -> None:
    keys = preferences(opened).keys
    assert keys is not None
    page = opened.page
    keys.passphrase.button.set_open(True)
    for field, text in ((keys.old, "wrong words here"), (keys.new, "brand new words"), (keys.again, "brand new words")):
        field.setText(text)
    keys.change.click()
    qtbot.waitUntil(lambda: "does not open" in page.message_bar.text)
    assert opened.focusWidget() is keys.old, "to be typed again"
    keys.old.setText(PASSPHRASE)
    keys.change.click()
    qtbot.waitUntil(lambda: "The passphrase is changed" in page.message_bar.text)
    assert "from before still open with the old one" in page.message_bar.text, "the restore page says so too"
    assert keys.new.text() == ""


@pytest.mark.slow
def test_a_new_recovery_key_is_shown_once_and_typed_back(opened: Shell, session: Session, qtbot: QtBot) -> None:
    keys = preferences(opened).keys
    assert keys is not None
    keys.recovery.button.set_open(True)
    keys.recovery.proof.setText(PASSPHRASE)
    keys.recovery.make.click()
    qtbot.waitUntil(lambda: keys.recovery._sheet_at.count() == 1)
    sheet = keys.recovery.findChild(RecoverySheet)
    assert sheet is not None
    sheet.copy_button.click()
    groups = QGuiApplication.clipboard().text().split("-")
    for number, field in sheet.fields:
        qtbot.keyClicks(field, groups[number - 1])
    qtbot.waitUntil(lambda: "written down" in opened.page.message_bar.text)


def test_a_computer_without_a_keyring_says_so(opened: Shell, session: Session, qtbot: QtBot) -> None:
    keys = preferences(opened).keys
    assert keys is not None
    keys.remember.click()
    qtbot.waitUntil(lambda: "no keyring" in opened.page.message_bar.text)
    assert not keys.remember.isChecked()


def test_about_copies_what_it_shows(shell: Shell) -> None:
    import logging

    from wizard.session import redact

    redact.start(as_json=False)
    logging.getLogger("wizard.test").warning("something happened: %s", "a secret answer")
    shell.go(Place("about"))
    page = shell.page
    assert isinstance(page, AboutPage)
    page._copy(page.log.toPlainText())
    copied = QGuiApplication.clipboard().text()
    assert "something happened" in copied
    assert "a secret answer" not in copied
    assert "Attestry" in page.versions.text()
    assert page.licence.count() > 1
    for number in range(page.licence.count()):
        page.licence.setCurrentIndex(number)
        assert len(page.licence_text.toPlainText()) > 100

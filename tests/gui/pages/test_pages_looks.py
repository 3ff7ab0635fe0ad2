"""Every page in light and dark at 1280 x 720: nothing is cut off, and everything that takes the focus has a name."""

from __future__ import annotations

import contextlib
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from wizard.domain import language
from wizard.gui.context import Place
from wizard.gui.pages.evidence import EvidencePage
from wizard.gui.pages.scope import ScopePage
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.session.session import Session

CLOSED = ("welcome", "first_run", "unlock", "preferences", "about")
OPEN = ("scope", "checks", "evidence", "review", "sign", "done", "preferences", "about")


def cut_off(root: QWidget) -> Iterator[str]:
    for label in root.findChildren(PlainLabel):
        if not label.isVisible() or isinstance(label, ElidedLabel) or not label.text():
            continue
        box: QRect = label.contentsRect()
        metrics = label.fontMetrics()
        margin = 2 * label.margin()
        if label.wordWrap():
            if label.heightForWidth(label.width()) > label.height() + 2:
                yield f"high: {label.text()[:60]!r} {label.width()}x{label.height()}"
        elif metrics.horizontalAdvance(max(label.text().splitlines(), key=len)) > box.width() - margin + 2:
            yield f"wide: {label.text()[:60]!r} {box.width()}"
        if label.height() < metrics.height() - 1:
            yield f"low: {label.text()[:60]!r} {label.height()}"
    for button in root.findChildren(QAbstractButton):
        if button.isVisible() and button.text() and button.sizeHint().width() > button.width() + 2:
            if type(button).__name__ in ("TwoLineRow", "FindingRow", "TitleButton"):
                continue  # they shorten their own words
            yield f"button: {button.text()!r} {button.width()}"


def unnamed(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or not interface.text(QAccessible.Text.Name):
                yield f"{type(widget).__name__} {widget.objectName()} {widget.toolTip()}"
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit) and widget.isVisible() and widget.isEnabled():
            # arrows reach the others of a group, and a spin box its own field
            one_of_many = isinstance(widget, QAbstractButton) and (widget.autoExclusive() or widget.group() is not None)
            inner = one_of_many or widget.objectName() == "qt_spinbox_lineedit"
            if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
                yield f"cannot be reached: {type(widget).__name__} {widget.accessibleName()}"


def settle(qtbot: QtBot, shell: Shell) -> None:
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=30_000)
    if isinstance(shell.page, ScopePage):
        qtbot.waitUntil(lambda: shell.page.is_whole)  # type: ignore[attr-defined]
    with contextlib.suppress(qtbot.TimeoutError):  # what is still cut off then is said by the assertion
        qtbot.waitUntil(lambda: not list(cut_off(shell)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CLOSED)
def test_a_page_without_an_assessment_is_whole(
    shell: Shell, qtbot: QtBot, qapp: QApplication, tmp_path: Path, name: str, scheme: str
) -> None:
    theme().apply(qapp, scheme)  # type: ignore[arg-type]
    shell.context.preferences.remember(tmp_path / "gone.attestry", "Tailwind bridge")  # type: ignore[union-attr]
    shell.go(Place(name, str(tmp_path / "gone.attestry") if name == "unlock" else ""))
    settle(qtbot, shell)
    assert list(cut_off(shell)) == []
    assert list(unnamed(shell)) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_of_an_assessment_is_whole(
    opened: Shell, contradicted: Session, qtbot: QtBot, qapp: QApplication, tmp_path: Path, scheme: str
) -> None:
    theme().apply(qapp, scheme)  # type: ignore[arg-type]
    note = tmp_path / "threat-model.txt"
    note.write_text("Drawn on Tuesday.\n")
    opened.go(Place("evidence"))
    page = opened.page
    assert isinstance(page, EvidencePage)
    page.add((note,))
    qtbot.waitUntil(lambda: bool(contradicted.assessment.evidence))
    wrong = {}
    for name in OPEN:
        opened.go(Place(name))
        settle(qtbot, opened)
        wrong[name] = [*cut_off(opened), *unnamed(opened)]
    assert wrong == {name: [] for name in OPEN}


@pytest.mark.slow
def test_a_second_window_reads_and_says_so(shell: Shell, contradicted: Session, qtbot: QtBot, tmp_path: Path) -> None:
    from wizard.session import opening
    from wizard.vault.keys import Cost
    from wizard.vault.unlocking import WithPassphrase

    preferences = shell.context.preferences
    assert preferences is not None
    second = opening.open_(
        contradicted.workspace.folder,
        WithPassphrase("quiet lamp borrows seven oceans"),
        preferences,
        floor=Cost(memory_kib=64, iterations=1, lanes=1),
    )
    assert second.read_only
    shell.open_session((second, Place("scope")))
    for name in OPEN:
        shell.go(Place(name))
        settle(qtbot, shell)
        assert list(cut_off(shell)) == []
    shell.go(Place("evidence"))
    page = shell.page
    assert isinstance(page, EvidencePage)
    assert not page.zone.isVisible()
    page.add((tmp_path,))
    assert "reading only" in page.message_bar.text
    shell.go(Place("sign"))
    assert not shell.foot.deed.isEnabled()
    before = contradicted.assessment.events
    for name in OPEN:
        shell.go(Place(name))
    contradicted.flush()
    assert contradicted.assessment.events == before


class _Longer(gettext.NullTranslations):
    """A pseudo-language: brackets and two fifths more, fields kept."""

    def gettext(self, message: str) -> str:
        return f"[{message}{'~' * (len(message) * 2 // 5)}]"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


@pytest.mark.slow
def test_a_longer_language_fits(shell: Shell, contradicted: Session, qtbot: QtBot) -> None:
    language.pretend(_Longer())
    try:
        wrong = {}
        for name in ("welcome", "first_run"):
            shell.go(Place(name))
            settle(qtbot, shell)
            wrong[name] = list(cut_off(shell.page))
        shell.open_session((contradicted, Place("scope")))
        for name in OPEN:
            shell.go(Place(name))
            settle(qtbot, shell)
            wrong[name] = list(cut_off(shell.page))
        assert {name: found for name, found in wrong.items() if found} == {}
    finally:
        language.pretend(gettext.NullTranslations())

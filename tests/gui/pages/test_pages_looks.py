"""Every page in light and dark at 1280 x 720: nothing is cut off, and everything that takes the focus has a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

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
            inner = widget.objectName() == "qt_spinbox_lineedit" or isinstance(widget, QRadioButton)  # by their group
            if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
                yield f"cannot be reached: {type(widget).__name__} {widget.accessibleName()}"


def settle(qtbot: QtBot, shell: Shell) -> None:
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=30_000)
    if isinstance(shell.page, ScopePage):
        qtbot.waitUntil(lambda: shell.page.is_whole)  # type: ignore[attr-defined]
    shell.page.layout().activate()  # type: ignore[union-attr]
    qtbot.wait(60)


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

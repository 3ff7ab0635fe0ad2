"""A screen reader has a name for everything that takes the focus, on every page and with every card open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.section import SectionPage
from wizard.gui.shell import Shell
from wizard.session.session import Session

PAGES = ("home", "keys", "scope", "checks", "evidence", "review", "sign", "preferences", "about")


def unnamed(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if widget.objectName() == "qt_spinbox_lineedit":
            continue  # its spin box is what is heard
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or not interface.text(QAccessible.Text.Name):
                yield f"{type(widget).__name__} {widget.objectName()} {widget.toolTip()}"


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_takes_the_focus_has_a_name(opened: Shell, contradicted: Session, name: str) -> None:
    opened.go(Place(name))
    assert list(unnamed(opened)) == []


@pytest.mark.slow
def test_every_card_opened_has_names(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    for section in contradicted.questionnaire.sections:
        if section.scoping:
            continue
        for requirement in section.requirements:
            opened.go(Place("section", section.id, requirement.id))
            page = opened.page
            assert isinstance(page, SectionPage)
            assert page.cards[requirement.id].is_open
            assert list(unnamed(page.cards[requirement.id])) == [], requirement.id


def test_no_text_area_traps_the_tab_key(opened: Shell, contradicted: Session) -> None:
    from PySide6.QtWidgets import QPlainTextEdit

    opened.go(Place("section", "data-protection", "DATA-2"))
    areas = opened.findChildren(QPlainTextEdit)
    assert areas
    assert all(area.tabChangesFocus() for area in areas)

"""Every page in every scheme, in a language that is 40 % longer, mirrored, and low: nothing is cut off, no foot hidden.

The pictures are left in artefacts/pictures to be looked at.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.exceptions import TimeoutError as QtTimeout
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.shell import Shell
from wizard.gui.theme import Wish, theme
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.session.session import Session
from wizard.session.settings import Preferences

PLACES = {
    "home": Place("home"),
    "section": Place("section", "data-protection"),
    "open": Place("section", "data-protection", "DATA-4"),
    "table": Place("section", "data-protection", "SEC-1"),
    "scope": Place("scope"),
    "checks": Place("checks"),
    "evidence": Place("evidence"),
    "review": Place("review"),
    "sign": Place("sign"),
    "preferences": Place("preferences"),
    "about": Place("about"),
    "keys": Place("keys"),
}
#: a button that is narrower than it would like to be still shows its words while half of its padding is left
PADDING = 16
LOOKS: tuple[tuple[str, Wish, bool, bool, tuple[int, int]], ...] = (
    ("light", "light", False, False, (1280, 800)),
    ("dark", "dark", False, False, (1280, 720)),
    ("contrast", "contrast", False, False, (1280, 800)),
    ("pseudo", "light", True, False, (1280, 720)),
    ("mirrored", "dark", True, True, (1280, 800)),
)


def cut_off(root: QWidget) -> Iterator[str]:
    """Words that do not fit into what they are drawn in."""
    for label in root.findChildren(PlainLabel):
        if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
            continue
        if label.wordWrap():
            if label.height() + 1 < label.heightForWidth(label.width()):
                yield f"{label.text()[:50]!r} needs {label.heightForWidth(label.width())}, has {label.height()}"
        elif label.width() + 1 < label.sizeHint().width():
            yield f"{label.text()[:50]!r} needs {label.sizeHint().width()}, has {label.width()}"
    for button in root.findChildren(QAbstractButton):
        if not button.isVisible() or not isinstance(button, OutlineButton):
            continue
        if button.width() + PADDING < button.sizeHint().width():
            yield f"button {button.text()!r} needs {button.sizeHint().width()}, has {button.width()}"


def outside(page: Page) -> Iterator[str]:
    """What sticks out of the page at its side, where nobody can scroll to."""
    view = page.scroll_area.viewport()
    for widget in page.scroll_area.widget().findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, PlainLabel | OutlineButton):
            left = widget.mapTo(view, widget.rect().topLeft()).x()
            if left < -1 or left + widget.width() > view.width() + 1:
                yield f"{type(widget).__name__} {widget.text()[:40]!r} at {left}, {widget.width()} wide"


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look[0])
@pytest.mark.parametrize("name", list(PLACES))
def test_nothing_is_cut_off(
    drawn: QApplication,
    qtbot: QtBot,
    seeded: tuple[Session, Preferences],
    request: pytest.FixtureRequest,
    artefacts: Callable[[str], Path],
    name: str,
    look: tuple[str, Wish, bool, bool, tuple[int, int]],
) -> None:
    called, scheme, pseudo, mirrored, (width, height) = look
    session, preferences = seeded
    if pseudo:
        request.getfixturevalue("pseudo")
    drawn.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    theme().apply(drawn, scheme)
    shell = Shell(preferences)
    qtbot.addWidget(shell)
    shell.resize(width, height)
    shell.open_session((session, PLACES[name]))
    shell.show()
    qtbot.waitExposed(shell)
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=30_000)
    with contextlib.suppress(QtTimeout):  # long pages are built in pieces
        qtbot.waitUntil(lambda: not any(cut_off(shell)) and not any(outside(shell.page)), timeout=30_000)
    shell.grab().save(str(artefacts(f"{name}-{called}")))
    try:
        assert (shell.width(), shell.height()) == (width, height), "the page is no larger than the window"
        assert shell.foot.geometry().bottom() < height
        assert list(cut_off(shell)) == []
        assert list(outside(shell.page)) == []
    finally:
        shell.page.left()
        shell._stop_listening()
        shell.context.work.stop()
        shell.context.session = None

"""Tab goes as one reads, whatever was made first, and what goes away hands the focus to what stands next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QLayout, QLayoutItem, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import getAllValidWrappers

from wizard.gui.context import Place
from wizard.gui.pages.section import SectionPage
from wizard.gui.reading_order import Ground, neighbour
from wizard.gui.shell import Shell
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.session import Session


def tabbed(window: QWidget, qtbot: QtBot, times: int, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """What has the focus after each press."""
    found = []
    for _press in range(times):
        here = window.focusWidget()
        assert here is not None
        qtbot.keyClick(here, key)
        now = window.focusWidget()
        assert now is not None
        found.append(now)
    return found


def test_what_was_made_late_is_reached_where_it_stands(app: QApplication, qtbot: QtBot) -> None:
    ground = Ground()
    qtbot.addWidget(ground)
    column = QVBoxLayout(ground)
    last, hidden = OutlineButton("last"), OutlineButton("hidden")
    column.addWidget(last)
    column.addWidget(hidden)
    grid = QGridLayout()
    column.insertLayout(0, grid)
    lower, upper = LineField(), LineField()
    grid.addWidget(lower, 1, 1)
    grid.addWidget(PlainLabel("upper"), 0, 0)
    grid.addWidget(upper, 0, 1)
    hidden.hide()
    with qtbot.waitActive(ground):
        ground.show()
        ground.activateWindow()
    upper.setFocus()
    assert tabbed(ground, qtbot, 3) == [lower, last, upper]
    assert tabbed(ground, qtbot, 2, Qt.Key.Key_Backtab) == [last, lower]
    lower.hide()
    assert ground.focusWidget() is last, "what follows the one that went away"
    last.setEnabled(False)
    assert ground.focusWidget() is upper, "nothing follows: what stands before it"


def test_nothing_of_a_layout_is_kept_by_the_bindings(app: QApplication, qtbot: QtBot) -> None:
    """A layout's item that is kept stands for whatever lies at its address after Qt has let it go."""
    ground = Ground()
    qtbot.addWidget(ground)
    row = QVBoxLayout(ground)
    inner = QVBoxLayout()
    row.addLayout(inner)
    row.addStretch()
    first, second = LineField(), LineField()
    row.addWidget(first)
    inner.addWidget(second)
    ground.show()
    before = {id(one) for one in getAllValidWrappers()}
    assert neighbour(ground, forward=True) is second
    kept = [one for one in getAllValidWrappers() if id(one) not in before]
    assert [one for one in kept if isinstance(one, QLayoutItem) and not isinstance(one, QLayout)] == []


def test_tab_reads_a_section_from_its_cards_to_the_foot(opened: Shell, session: Session, qtbot: QtBot) -> None:
    opened.show()
    opened.go(Place("section", "data-protection", "DATA-2"))
    page = opened.page
    assert isinstance(page, SectionPage)
    card = page.cards["DATA-2"]
    page.filters["without-evidence"].setFocus()
    seen = tabbed(opened, qtbot, 60)
    assert card.questions is not None
    question = next(n for n, w in enumerate(seen) if card.questions.isAncestorOf(w))
    assert question < seen.index(card.close_card) < seen.index(page.cards["SEC-1"].head.title)
    card.close_card.setFocus()
    opened.go(Place("review"))
    now = opened.focusWidget()
    assert now is opened.page or opened.page.isAncestorOf(now), "on in the new page"
    assert seen.index(page.cards["SEC-6"].head.title) < seen.index(opened.foot.next_button)

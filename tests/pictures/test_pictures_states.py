"""Every state, button and field in every scheme, compared with the picture that was looked at and kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wizard.domain.finding import Mark
from wizard.gui import words
from wizard.gui.theme import Wish, theme
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import ChipButton, FilledButton, IconButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import Choice, ComboField, LineField, TickBox
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.gui.widgets.tally_bar import Segment, TallyBar
from wizard.gui.widgets.two_line_row import TwoLineRow

KEPT = Path(__file__).parent / "kept"
#: Text is drawn by the system's font library, whose versions differ in the last shade of an edge: as many pixels in a
#: thousand may differ by as much as this.
PIXELS_PER_THOUSAND, SHADES = 2, 48


def sheet() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setSpacing(12)
    column.addWidget(PlainLabel("Data Protection", "title"))
    badges = Flow()
    for mark in Mark:
        badge = Badge()
        badge.set_mark(mark)
        badges.add(badge)
    column.addWidget(badges)
    tally = TallyBar()
    tally.set([Segment(m.value, n + 1, words.word(m), words.sign(m)) for n, m in enumerate(Mark)])
    column.addWidget(tally)
    card = Card("contradicts")
    card.body.addWidget(PlainLabel("DATA-4", "id"))
    card.body.addWidget(PlainLabel("api.northwindsync.example: 1 day instead of 1 year", "contradicts"))
    card.body.addWidget(FactLabel("strict-transport-security: max-age=86400", block=True))
    buttons = QHBoxLayout()
    unusable = OutlineButton("Not yet")
    unusable.setEnabled(False)
    chosen = ChipButton("All 10", checkable=True)
    chosen.setChecked(True)
    for button in (
        FilledButton("Look again"),
        OutlineButton("Copy the line", "copy"),
        unusable,
        chosen,
        ChipButton("Open 3"),
        LinkButton("choose one"),
        IconButton("trash", "Remove"),
    ):
        buttons.addWidget(button)
    card.body.addLayout(buttons)
    column.addWidget(card)
    fields = QHBoxLayout()
    combo = ComboField()
    combo.addItem("The vault's key")
    tick, choice = TickBox("I declare this"), Choice("Yes")
    tick.setChecked(True)
    choice.setChecked(True)
    for field in (LineField("typed"), combo, tick, choice):
        fields.addWidget(field)
    column.addLayout(fields)
    row = TwoLineRow("Incident Response", "24-hour notice, logs, plans", first=True)
    row.set_state("0 of 7", words.complete_sign(), words.complete())
    column.addWidget(row)
    page.setFixedSize(880, 480)
    return page


def differing(one: QImage, other: QImage) -> int:
    count = 0
    for y in range(one.height()):
        for x in range(one.width()):
            a, b = one.pixelColor(x, y), other.pixelColor(x, y)
            if max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) > SHADES:
                count += 1
    return count


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_sheet_of_states_looks_as_it_was_approved(
    drawn: QApplication, qtbot: QtBot, scheme: Wish, direction: str, artefacts: Callable[[str], Path]
) -> None:
    drawn.setLayoutDirection(Qt.LayoutDirection.RightToLeft if direction == "rtl" else Qt.LayoutDirection.LeftToRight)
    theme().apply(drawn, scheme)
    page = sheet()
    qtbot.addWidget(page)
    page.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    page.show()
    drawn.processEvents()
    got = page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    kept = KEPT / f"states-{scheme}-{direction}.png"
    if os.environ.get("KEEP_PICTURES"):
        KEPT.mkdir(exist_ok=True)
        got.save(str(kept))
    expected = QImage(str(kept)).convertToFormat(QImage.Format.Format_RGB32)
    assert expected.size() == got.size()
    if expected == got:
        return
    both = QImage(got.width() * 2, got.height(), QImage.Format.Format_RGB32)
    painter = QPainter(both)
    painter.drawImage(0, 0, expected)
    painter.drawImage(got.width(), 0, got)
    painter.end()
    both.save(str(artefacts(f"states-{scheme}-{direction}-expected-got")))
    off = differing(expected, got)
    assert off * 1000 <= PIXELS_PER_THOUSAND * got.width() * got.height(), (
        f"{off} pixels differ: see artefacts/pictures"
    )

"""The parts of a page, driven by real events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wizard.domain.finding import Mark
from wizard.gui import words
from wizard.gui.pages.card_head import TitleButton
from wizard.gui.widgets import choosing
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import ChipButton, IconButton, LinkButton, OutlineButton
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.drop_zone import DropZone
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.fields import ComboField, SpinField, TickBox
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.folded import FoldButton, Folded
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.message_bar import MessageBar
from wizard.gui.widgets.plain import ElidedLabel, FactLabel, PlainLabel, label_for
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.gui.widgets.tally_bar import Segment, TallyBar
from wizard.gui.widgets.two_line_row import TwoLineRow

Drop = Callable[[QWidget, QMimeData], tuple[bool, bool]]
HOSTILE = '<b>bold</b><img src="file:///etc/passwd"><a href="http://evil.example">x</a>'


@pytest.mark.parametrize("kind", [PlainLabel, FactLabel, ElidedLabel])
def test_untrusted_text_is_never_markup(app: QApplication, qtbot: QtBot, kind: type[PlainLabel]) -> None:
    label = kind(HOSTILE)
    qtbot.addWidget(label)
    label.setTextFormat(Qt.TextFormat.RichText)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == HOSTILE
    label.setWordWrap(False)
    assert label.sizeHint().width() > label.fontMetrics().horizontalAdvance(HOSTILE) - 10


def test_signs_that_turn_a_text_are_written_out(app: QApplication, qtbot: QtBot) -> None:
    """What others wrote (a summary of a weakness, a file's name) reads as what it is."""
    label = PlainLabel("in \u202elodash\u202c", wrap=True)
    qtbot.addWidget(label)
    assert label.text() == "in [U+202E]lodash[U+202C]"
    table = FactTable((Head("Name"),), "Names", most=3)
    qtbot.addWidget(table)
    table.show_lines([Line("a", (Cell("\u2067gpj.exe"),))])
    assert table.model().index(0, 0).data() == "[U+2067]gpj.exe"


def test_a_label_names_its_field_with_every_sign_of_the_words(app: QApplication, qtbot: QtBot) -> None:
    field = GrowingText()
    label = label_for("Terms & conditions", field)
    qtbot.addWidget(label)
    qtbot.addWidget(field)
    assert label.buddy() is field
    assert label.text() == "Terms && conditions", "shown as one &"


def test_a_message_offers_its_deed_and_goes(app: QApplication, qtbot: QtBot) -> None:
    bar, done = MessageBar(), []
    qtbot.addWidget(bar)
    assert bar.text == ""
    bar.say("Removed zap.json.", "Undo", lambda: done.append(True))
    assert bar.text == "Removed zap.json."
    qtbot.mouseClick(bar.action, Qt.MouseButton.LeftButton)
    assert done == [True]
    assert bar.text == ""
    bar.say("Removed zap.json.", "Undo")
    bar._timer.setInterval(1)
    qtbot.waitUntil(lambda: bar.text == "")


def test_a_mistake_stays_until_it_is_closed(app: QApplication, qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.say_mistake(HOSTILE)
    assert bar.text == HOSTILE
    assert not bar._timer.isActive()
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert bar.text == ""


def test_files_are_dropped_and_nothing_else(app: QApplication, qtbot: QtBot, tmp_path: Path, drop: Drop) -> None:
    zone, came = DropZone(), []
    qtbot.addWidget(zone)
    zone.dropped.connect(came.append)
    files = [tmp_path / "a b.json", tmp_path / "ü.pdf"]
    several = QMimeData()
    several.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    assert drop(zone, several) == (True, True)
    assert came == [tuple(files)]
    link = QMimeData()
    link.setUrls([QUrl("https://evil.example/x")])
    assert drop(zone, link) == (False, False)
    words_only = QMimeData()
    words_only.setText("/etc/passwd")
    assert drop(zone, words_only) == (False, False)
    assert len(came) == 1


def test_files_can_be_chosen_instead(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    zone, came = DropZone(), []
    qtbot.addWidget(zone)
    zone.dropped.connect(came.append)
    monkeypatch.setattr(choosing, "choose_files", lambda *_a: (tmp_path / "x",))
    zone.link.click()
    monkeypatch.setattr(choosing, "choose_files", lambda *_a: ())
    zone.link.click()
    assert came == [(tmp_path / "x",)]


def _turn_wheel(widget: QWidget) -> None:
    """Through the window, as the system does it."""
    handle = widget.window().windowHandle()
    at = widget.mapTo(widget.window(), widget.rect().center())
    QTest.wheelEvent(handle, QPointF(at), QPoint(0, -120))


def test_scrolling_never_changes_a_value(app: QApplication, qtbot: QtBot) -> None:
    area, inside = QScrollArea(), QWidget()
    column = QVBoxLayout(inside)
    combo, spin, other = ComboField(), SpinField(), GrowingText()
    combo.addItems(["one", "two", "three"])
    for widget in (combo, spin, other):
        column.addWidget(widget)
    column.addSpacing(2000)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.resize(300, 300)
    area.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    other.setFocus()
    qtbot.waitExposed(area)
    for widget in (combo, spin):
        area.verticalScrollBar().setValue(0)
        _turn_wheel(widget)
        qtbot.waitUntil(lambda: area.verticalScrollBar().value() > 0)
    assert combo.currentText() == "one"
    assert spin.value() == 0


def test_a_text_grows_and_tab_leaves_it(app: QApplication, qtbot: QtBot) -> None:
    host = QWidget()
    column = QVBoxLayout(host)
    text, after = GrowingText(), ChipButton("after")
    column.addWidget(text)
    column.addWidget(after)
    column.addStretch()
    qtbot.addWidget(host)
    host.resize(400, 600)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    low = text.height()
    text.setFocus()
    qtbot.keyClicks(text, "one")
    for _line in range(4):
        qtbot.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text.height() > low + 40)
    text.setPlainText("\n" * 100)
    qtbot.waitUntil(lambda: text.height() < 500)
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert "\t" not in text.text()


def test_pasted_text_brings_no_formatting(app: QApplication, qtbot: QtBot) -> None:
    text = GrowingText()
    qtbot.addWidget(text)
    data = QMimeData()
    data.setHtml("<b>Bold</b>")
    data.setText("Bold")
    text.insertFromMimeData(data)
    assert text.text() == "Bold"


def test_the_tally_says_itself_in_words_and_a_click_filters(app: QApplication, qtbot: QtBot) -> None:
    tally = TallyBar()
    qtbot.addWidget(tally)
    tally.resize(600, 60)
    tally.show()
    marks = (Mark.CONTRADICTED, Mark.SEEN, Mark.NOT_STARTED)
    tally.set([Segment(m.value, n, words.word(m), words.sign(m)) for m, n in zip(marks, (1, 2, 0), strict=True)])
    assert tally.accessibleName() == "1 Contradicted; 2 Seen"
    with qtbot.waitSignal(tally.clicked) as clicked:
        QTest.mouseClick(tally._bar, Qt.MouseButton.LeftButton, pos=QPoint(400, 6))
    assert clicked.args == ["seen"]
    entries = list(tally._entries)
    tally.set([Segment(m.value, n, words.word(m), words.sign(m)) for m, n in zip(marks, (1, 12, 0), strict=True)])
    assert tally._entries == entries, "only the numbers changed"
    assert (entries[1]._count.text(), entries[1]._count.isVisible()) == ("12", True)
    assert entries[1].width() == entries[1].sizeHint().width()
    tally.set([])
    assert not tally._entries
    assert tally.sentence == "nothing to count yet"
    QTest.mouseClick(tally._bar, Qt.MouseButton.LeftButton, pos=QPoint(400, 6))


def test_what_is_folded_opens_in_the_page(app: QApplication, qtbot: QtBot) -> None:
    folded = Folded("Where this comes from")
    inside = PlainLabel("the page")
    folded.body.addWidget(inside)
    qtbot.addWidget(folded)
    folded.show()
    assert not inside.isVisible()
    assert folded.button.accessibleDescription() == "closed"
    qtbot.keyClick(folded.button, Qt.Key.Key_Space)
    assert inside.isVisible()
    assert folded.button.accessibleDescription() == "open"


def test_small_things_go_on_in_the_next_line(app: QApplication, qtbot: QtBot) -> None:
    flow = Flow(gap=8)
    qtbot.addWidget(flow)
    flow.resize(300, 30)
    flow.show()
    for number in range(6):
        flow.add(OutlineButton(f"Button {number}"))
    tops = {item.y() for item in flow.items}
    assert len(tops) > 1
    assert all(item.geometry().right() <= 300 for item in flow.items)
    wide = flow.height()
    flow.resize(900, flow.height())
    assert flow.height() < wide


def test_progress_is_shown_in_place_and_stops(app: QApplication, qtbot: QtBot) -> None:
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    strip.show_progress("Looking at 4 hosts", 1, 4, "api.example.com")
    assert strip.text == "Looking at 4 hosts · api.example.com"
    with qtbot.waitSignal(strip.stopped):
        strip.stop.click()
    strip.finish()
    assert strip.text == ""


def test_a_row_is_heard_and_pressed_by_key(app: QApplication, qtbot: QtBot) -> None:
    row = TwoLineRow("Terms & Privacy", "Least access")
    qtbot.addWidget(row)
    row.set_state("2 of 2", words.sign(Mark.SEEN), "Complete")
    row.show()
    assert row.accessibleName() == "Terms & Privacy, Least access, 2 of 2, Complete"
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        with qtbot.waitSignal(row.clicked):
            qtbot.keyClick(row, key)


def test_return_presses_what_has_the_focus(app: QApplication, qtbot: QtBot) -> None:
    for button in (OutlineButton("a"), TitleButton("APP-1", "a"), FoldButton("a"), LinkButton("a")):
        qtbot.addWidget(button)
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, Qt.Key.Key_Return)


def test_a_button_without_words_has_a_name(app: QApplication, qtbot: QtBot) -> None:
    button = IconButton("trash", "Remove this row")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Remove this row"


def test_an_empty_place_invites(app: QApplication, qtbot: QtBot) -> None:
    place = EmptyState("eye", "No check has looked yet.", "Run the checks")
    qtbot.addWidget(place)
    with qtbot.waitSignal(place.acted):
        place.button.click()
    assert EmptyState("eye", "Nothing.").button.isHidden()


def test_a_day_is_typed_or_picked(app: QApplication, qtbot: QtBot) -> None:
    field = DayField()
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field.line, "30 September 2026")
    assert field.iso() == "2026-09-30"
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert field.line.text() == "2026-09-30"
    field._pick.click()
    assert field._calendar is not None
    assert field._calendar.isVisible()
    field._calendar.clicked.emit(field._calendar.selectedDate().addDays(1))
    assert field.iso() == "2026-10-01"
    assert not field._calendar.isVisible()


def test_a_tick_is_drawn_in_its_box(app: QApplication, qtbot: QtBot) -> None:
    box = TickBox("I declare this")
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    before = box.grab().toImage()
    box.setChecked(True)
    assert box.grab().toImage() != before


def test_a_badge_is_as_wide_as_its_word(app: QApplication, qtbot: QtBot) -> None:
    badge = Badge()
    qtbot.addWidget(badge)
    badge.set_mark(Mark.SEEN)
    narrow = badge.sizeHint().width()
    badge.set_mark(Mark.RECOMMENDATION_NOT_MET)
    assert badge.sizeHint().width() > narrow


@pytest.mark.parametrize(("wide", "shares"), [(800, [100, 500, 200]), (300, [70, 90, 140])])
def test_no_column_of_a_table_stands_outside_a_narrow_window(qtbot, wide, shares):
    table = FactTable((Head("State", 100), Head("What"), Head("When", 200)), "A table")
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    table.resize(wide + table.width() - table.viewport().width(), 200)
    qtbot.waitUntil(lambda: table.viewport().width() == wide)
    assert [table.columnWidth(column) for column in range(3)] == shares

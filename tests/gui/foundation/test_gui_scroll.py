"""A scroll area is asked about by screen readers at any moment: also when its bar has just gone."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from wizard.gui.widgets.beside import Beside
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.scroll import scroll_area


def test_a_part_that_has_just_gone_may_still_be_asked_for(qtbot):
    area = scroll_area()
    qtbot.addWidget(area)
    content = PlainLabel("\n".join("line" for _ in range(200)))
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.resize(300, 200)
    with qtbot.waitExposed(area):
        area.show()
    asked = QAccessible.queryAccessibleInterface(area)
    counted = asked.childCount()
    assert area.verticalScrollBar().isVisible()

    content.setText("one line")
    qtbot.waitUntil(lambda: not area.verticalScrollBar().isVisible())

    # With Qt's own answers each of these ends the program.
    parts = [asked.child(number) for number in (*range(counted), counted, 1000, -1)]
    assert parts[0].object() is area.viewport()
    assert parts[-3:] == [None, None, None]


@pytest.mark.parametrize(
    ("high", "scrolled", "chosen", "at"),
    [
        (100, 0, False, 12),  # stands at the top of the page
        (100, 500, False, 512),  # goes along
        (100, 700, False, 600),  # and stays inside its column
        (500, 100, False, 0),  # what is higher than the page stays while there is something below
        (500, 400, False, 188),  # until its end is seen
        (500, 150, True, 162),  # and begins anew with its head when something else is chosen
    ],
)
def test_what_stands_beside_a_long_list_stays_in_sight(qtbot, high, scrolled, chosen, at):
    area = scroll_area()
    area.setFrameShape(QFrame.Shape.NoFrame)
    qtbot.addWidget(area)
    inside, what = QWidget(), QWidget()
    inside.setFixedHeight(1000)
    what.setFixedHeight(high)
    beside = Beside(what, area)
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    beside.setFixedHeight(700)
    column.addWidget(beside)
    column.addStretch(1)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.resize(300, 300)
    area.show()
    qtbot.waitExposed(area)
    area.verticalScrollBar().setValue(scrolled)
    if chosen:
        beside.show_head()
    assert what.y() == at
    what.updateGeometry()
    QApplication.sendPostedEvents()
    assert what.y() == at

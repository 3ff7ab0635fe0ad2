"""A scroll area is asked about by screen readers at any moment: also when its bar has just gone."""

from PySide6.QtGui import QAccessible

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

"""Fields to type and choose in, with the wheel guarded and marks drawn in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from wizard.gui.icons import draw_icon
from wizard.gui.theme import theme
from wizard.gui.widgets.wheel_guard import FOCUS, WheelGuardedCombo, WheelGuardedSpin


class LineField(QLineEdit):
    """One line of text; `mono` for facts from machines."""

    def __init__(self, text: str = "", hint: str = "", *, mono: bool = False, parent: QWidget | None = None):
        super().__init__(text, parent)
        self.setPlaceholderText(hint)
        if mono:
            self.setObjectName("mono")
        self.setCursorPosition(0)

    def setText(self, text: str | None) -> None:
        """What is longer than its field shows its beginning, unless somebody types in it."""
        super().setText(text)
        if not self.hasFocus():
            self.setCursorPosition(0)


class ComboField(WheelGuardedCombo):
    """One of several; scrolling over it changes nothing."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setFocusPolicy(FOCUS)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        left = 8 if self.isRightToLeft() else self.width() - 26
        draw_icon(painter, QRectF(left, (self.height() - 16) / 2, 16, 16), "chevron-down", "quiet", self)
        painter.end()


class SpinField(WheelGuardedSpin):
    """A small whole number; scrolling over it changes nothing."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setFocusPolicy(FOCUS)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)


class TickBox(QCheckBox):
    """On or off, with a tick."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.checkState() == Qt.CheckState.Unchecked:
            return
        box = _indicator(self, QStyle.SubElement.SE_CheckBoxIndicator)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(
                theme().color("on_accent" if self.isEnabled() else "quiet"),
                1.8,
                c=Qt.PenCapStyle.RoundCap,
                j=Qt.PenJoinStyle.RoundJoin,
            )
        )
        centre = box.center()
        points = [QPointF(-3.4, 0.2), QPointF(-1, 2.6), QPointF(3.6, -2.4)]
        painter.drawPolyline(QPolygonF([centre + p for p in points]))
        painter.end()


class Choice(QRadioButton):
    """One of a few that are all visible."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        box = _indicator(self, QStyle.SubElement.SE_RadioButtonIndicator)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("accent" if self.isEnabled() else "quiet"))
        painter.drawEllipse(box.center(), 4, 4)
        painter.end()


def _indicator(button: QCheckBox | QRadioButton, element: QStyle.SubElement) -> QRectF:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return QRectF(button.style().subElementRect(element, option, button))

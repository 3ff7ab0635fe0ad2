"""A row with a name and a quiet second line, a figure, a state and an arrow; pressed by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from wizard.gui.icons import draw_icon, mirrored, paint_glyph
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import pressed_by_return
from wizard.gui.words import Sign


class TwoLineRow(QAbstractButton):
    """`clicked` when pressed. `first` draws no line above it."""

    def __init__(self, title: str, second: str = "", *, first: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._second, self._first = second, first
        self._figure = ""
        self._sign: Sign | None = None
        self._word = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_texts(title, second)

    def set_texts(self, title: str, second: str) -> None:
        """Change both lines."""
        self.setText(title.replace("&", "&&"))
        self._title, self._second = title, second
        self._name()

    def set_state(self, figure: str, sign: Sign | None, word: str) -> None:
        """Change the figure and the state at the right."""
        self._figure, self._sign, self._word = figure, sign, word
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(", ".join(t for t in (self._title, self._second, self._figure, self._word) if t))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(480, theme().size.two_line_row)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, theme().size.two_line_row)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            painter.fillRect(box.adjusted(1, 1, -1, -1), look.color("ground"))
        if not self._first:
            painter.setPen(look.color("line"))
            painter.drawLine(box.topLeft(), box.topRight())
        right = box.width() - 184
        strong = look.font()
        strong.setWeight(QFont.Weight.Medium)
        painter.setFont(strong)
        painter.setPen(look.color("text"))
        wide = right - 16 - 80
        align = int(Qt.AlignmentFlag.AlignVCenter)
        elide = Qt.TextElideMode.ElideRight
        if self._second:
            title = painter.fontMetrics().elidedText(self._title, elide, int(wide))
            painter.drawText(mirrored(self, QRectF(16, 5, wide, 20)), align, title)
            painter.setFont(look.font())
            painter.setPen(look.color("quiet"))
            second = painter.fontMetrics().elidedText(self._second, elide, int(wide))
            painter.drawText(mirrored(self, QRectF(16, 25, wide, 20)), align, second)
        else:
            painter.drawText(mirrored(self, QRectF(16, 0, wide, box.height())), align, self._title)
        painter.setFont(look.font())
        painter.setPen(look.color("quiet"))
        figure = mirrored(self, QRectF(right - 100, 0, 65, box.height()))
        painter.drawText(figure, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._figure)
        if self._sign is not None:
            top = (box.height() - 16) / 2
            paint_glyph(
                painter, mirrored(self, QRectF(right, top, 16, 16)), self._sign.glyph, look.color(self._sign.color)
            )
            painter.setPen(look.color(self._sign.text))
            painter.setFont(strong)
            painter.drawText(mirrored(self, QRectF(right + 22, 0, 130, box.height())), align, self._word)
        arrow = "chevron-left" if self.isRightToLeft() else "chevron-right"
        end = mirrored(self, QRectF(box.width() - 32, (box.height() - 16) / 2, 16, 16))
        draw_icon(painter, end, arrow, "quiet", self)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 4, 4)
        painter.end()

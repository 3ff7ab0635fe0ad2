"""An icon of the window beside words, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from wizard.gui.icons import draw_icon
from wizard.gui.theme import ColorName


class IconMark(QWidget):
    """Sixteen pixels of a file in assets/icons; the words beside it say the same, so it has no name of its own."""

    def __init__(self, icon_name: str, color: ColorName = "quiet", parent: QWidget | None = None):
        super().__init__(parent)
        self._icon_name, self._color = icon_name, color
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, QRectF(self.rect()), self._icon_name, self._color, self)
        painter.end()

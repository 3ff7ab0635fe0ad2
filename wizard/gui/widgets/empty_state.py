"""A place with nothing in it yet: a picture-sized icon, one sentence and the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.gui.icons import draw_icon
from wizard.gui.widgets.buttons import FilledButton
from wizard.gui.widgets.plain import PlainLabel


class _Picture(QWidget):
    def __init__(self, icon_name: str):
        super().__init__()
        self._icon_name = icon_name
        self.setFixedSize(48, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, QRectF(self.rect()), self._icon_name, "quiet", self)
        painter.end()


class EmptyState(QWidget):
    """`acted` when the one button is pressed; without `action` there is no button."""

    acted = Signal()

    def __init__(self, icon_name: str, sentence: str, action: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 48, 0, 48)
        column.setSpacing(16)
        column.addWidget(_Picture(icon_name), 0, centre)
        self.words = PlainLabel(sentence, "quiet", wrap=True)
        self.words.setAlignment(centre)
        self.words.setFixedWidth(520)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.words)
        row.addStretch()
        column.addLayout(row)
        self.button = FilledButton(action)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        column.addWidget(self.button, 0, centre)

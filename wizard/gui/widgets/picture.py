"""A picture as large as its place allows, sharp on every screen, with a thin line around it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from wizard.gui.theme import theme


class Picture(QWidget):
    """Its height follows its width, up to the height that is asked for."""

    def __init__(self, spoken: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._most = 400
        self.setAccessibleName(spoken)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def pixmap(self) -> QPixmap:
        """What is shown."""
        return self._pixmap

    def show_picture(self, pixmap: QPixmap, most: int) -> None:
        """Show this, at most `most` pixels high; never larger than it is."""
        self._pixmap, self._most = pixmap, most
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._drawn(width, self._most).height()) + 2

    def sizeHint(self) -> QSize:
        return QSize(360, self.heightForWidth(360))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)

    def _drawn(self, width: float, height: float) -> QRectF:
        if self._pixmap.isNull():
            return QRectF(0, 0, width, 120)
        wide, high = self._pixmap.width(), self._pixmap.height()
        scale = min((width - 2) / wide, height / high, 1.0)
        return QRectF(1, 1, wide * scale, high * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self._drawn(self.width(), self.height() - 2)
        if not self._pixmap.isNull():
            ratio = self.devicePixelRatioF()
            target = (box.size() * ratio).toSize()
            scaled = self._pixmap.scaled(
                target, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter.drawPixmap(box, scaled, QRectF(scaled.rect()))
        painter.setPen(theme().color("line"))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()

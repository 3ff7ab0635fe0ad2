"""Draws the glyph of every state and the icons of the window in the colours of the theme, as vectors."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from wizard import resources
from wizard.gui.theme import ColorName, theme


class Glyph(StrEnum):
    """A shape that stands for a state; no two states share shape and colour."""

    DISC = "disc"
    RING = "ring"
    HALF = "half"
    TICK = "tick"
    DIAMOND = "diamond"
    DIAMOND_HOLLOW = "diamond-hollow"
    TRIANGLE = "triangle"
    SQUARE = "square"
    SQUARE_HOLLOW = "square-hollow"
    QUESTION = "question"
    MINUS = "minus"
    FLAG = "flag"
    CLOCK = "clock"


def paint_glyph(painter: QPainter, box: QRectF, glyph: Glyph, color: QColor, inner: QColor | None = None) -> None:
    """Draw `glyph` into `box` (16 units wide whatever its size); `inner` is the colour of a tick on its disc."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16, box.height() / 16)
    pen = QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    centre = QPointF(8, 8)
    match glyph:
        case Glyph.DISC:
            painter.drawEllipse(centre, 5, 5)
        case Glyph.TICK:
            painter.drawEllipse(centre, 7, 7)
            painter.setPen(
                QPen(inner or theme().color("page"), 1.8, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
            )
            painter.drawPolyline(QPolygonF([QPointF(4.9, 8.3), QPointF(7.1, 10.4), QPointF(11.1, 5.8)]))
        case Glyph.DIAMOND:
            painter.drawPolygon(_diamond(6))
        case Glyph.TRIANGLE:
            painter.setPen(QPen(color, 1, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPolygon(QPolygonF([QPointF(8, 2.4), QPointF(14, 13.2), QPointF(2, 13.2)]))
        case Glyph.SQUARE:
            painter.drawRoundedRect(QRectF(2.5, 2.5, 11, 11), 1.5, 1.5)
        case _:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            _paint_line_glyph(painter, glyph, color)
    painter.restore()


def _paint_line_glyph(painter: QPainter, glyph: Glyph, color: QColor) -> None:
    centre = QPointF(8, 8)
    match glyph:
        case Glyph.RING:
            painter.drawEllipse(centre, 4.4, 4.4)
        case Glyph.HALF:
            painter.drawEllipse(centre, 6, 6)
            half = QPainterPath(QPointF(8, 4.4))
            half.arcTo(QRectF(4.4, 4.4, 7.2, 7.2), 90, -180)
            half.closeSubpath()
            painter.fillPath(half, color)
        case Glyph.DIAMOND_HOLLOW:
            painter.drawPolygon(_diamond(5.4))
        case Glyph.SQUARE_HOLLOW:
            painter.drawRoundedRect(QRectF(3.2, 3.2, 9.6, 9.6), 1, 1)
        case Glyph.QUESTION:
            painter.drawEllipse(centre, 6.2, 6.2)
            mark = QPainterPath(QPointF(6.3, 6.5))
            mark.cubicTo(6.3, 4.2, 9.8, 4.2, 9.8, 6.4)
            mark.cubicTo(9.8, 7.7, 8, 7.7, 8, 9.1)
            painter.drawPath(mark)
            painter.drawPoint(QPointF(8, 11.3))
        case Glyph.MINUS:
            painter.drawEllipse(centre, 6.2, 6.2)
            painter.drawLine(QPointF(5.2, 8), QPointF(10.8, 8))
        case Glyph.FLAG:
            points = [(4, 14), (4, 2.8), (12.4, 2.8), (10.6, 6), (12.4, 9.2), (4, 9.2)]
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        case Glyph.CLOCK:
            painter.drawEllipse(centre, 6.2, 6.2)
            painter.drawPolyline(QPolygonF([QPointF(8, 4.6), QPointF(8, 8), QPointF(10.3, 9.4)]))


def _diamond(radius: float) -> QPolygonF:
    return QPolygonF([QPointF(8, 8 - radius), QPointF(8 + radius, 8), QPointF(8, 8 + radius), QPointF(8 - radius, 8)])


@lru_cache(maxsize=256)
def _pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    text = resources.asset("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", color)
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, color: ColorName = "quiet", size: int = 16, ratio: float = 2.0) -> QPixmap:
    """The icon `assets/icons/<name>.svg` in a colour of the theme, `size` device-independent pixels wide."""
    return _pixmap(name, theme().color(color).name(), size, ratio)


def icon(name: str, color: ColorName = "quiet", size: int = 16) -> QIcon:
    """The same as a `QIcon`; ask again after the theme changed."""
    return QIcon(icon_pixmap(name, color, size))


def glyph_icon(glyph: Glyph, color: ColorName, size: int = 16) -> QIcon:
    """A state's glyph as a `QIcon`, the same when its row is selected; ask again after the theme changed."""
    return _glyph_icon(glyph, theme().color(color).name(), size)


@lru_cache(maxsize=256)
def _glyph_icon(glyph: Glyph, color: str, size: int) -> QIcon:
    pixmap = QPixmap(QSize(size, size) * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_glyph(painter, QRectF(0, 0, size * 2, size * 2), glyph, QColor(color))
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    return made


def mirrored(widget: QWidget, box: QRectF, width: float | None = None) -> QRectF:
    """Where `box` lies when the window reads from right to left; `width` of what it lies in, the widget's if None."""
    if not widget.isRightToLeft():
        return box
    whole = widget.width() if width is None else width
    return QRectF(whole - box.right(), box.top(), box.width(), box.height())


def draw_icon(painter: QPainter, box: QRectF, name: str, color: ColorName, widget: QWidget) -> None:
    """Draw an icon sharply into `box` on `widget`'s screen."""
    pixmap = icon_pixmap(name, color, round(box.width()), widget.devicePixelRatioF())
    painter.drawPixmap(box.topLeft(), pixmap)

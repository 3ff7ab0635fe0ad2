"""The state of something as glyph and word, with its colour: on a tint (badge), or alone (mark)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wizard.domain.finding import Mark
from wizard.gui import words
from wizard.gui.icons import Glyph, mirrored, paint_glyph
from wizard.gui.theme import ColorName, theme


class GlyphMark(QWidget):
    """Only the glyph, for a row whose words stand elsewhere; `spoken` is its word."""

    def __init__(self, glyph: Glyph, color: ColorName, spoken: str = "", size: int = 16, parent: QWidget | None = None):
        super().__init__(parent)
        self._glyph, self._color = glyph, color
        self.setFixedSize(size, size)
        self.setAccessibleName(spoken)

    def set(self, glyph: Glyph, color: ColorName, spoken: str) -> None:
        """Show another glyph."""
        self._glyph, self._color = glyph, color
        self.setAccessibleName(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_glyph(painter, QRectF(self.rect()), self._glyph, theme().color(self._color))
        painter.end()


class Badge(QWidget):
    """Glyph and word; `tinted` puts them on a ground of their own."""

    def __init__(self, parent: QWidget | None = None, *, tinted: bool = True):
        super().__init__(parent)
        self._sign = words.sign(Mark.NOT_STARTED)
        self._text = ""
        self._tinted = tinted
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    def set_mark(self, mark: Mark) -> None:
        """Show the state of a requirement."""
        self.set(words.sign(mark), words.word(mark))
        self.setToolTip(words.sentence(mark))

    def set(self, sign: words.Sign, text: str) -> None:
        """Show any sign with any word."""
        if (sign, text) == (self._sign, self._text):
            return
        self._sign, self._text = sign, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def _font(self) -> QFont:
        font = theme().font()
        font.setWeight(QFont.Weight.Medium)
        return font

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self._font()).horizontalAdvance(self._text)
        return QSize((34 if self._tinted else 22) + width + (6 if self._tinted else 0), theme().size.badge)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0.0
        if self._tinted:
            quiet = self._sign.tint == "ground"
            painter.setPen(theme().color("line") if quiet else Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(self._sign.tint))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            left = 8.0
        top = (self.height() - 16) / 2
        paint_glyph(
            painter, mirrored(self, QRectF(left, top, 16, 16)), self._sign.glyph, theme().color(self._sign.color)
        )
        painter.setPen(theme().color(self._sign.text))
        painter.setFont(self._font())
        words_at = QRectF(left + 22, 0, self.width() - left - 22, self.height())
        painter.drawText(mirrored(self, words_at), int(Qt.AlignmentFlag.AlignVCenter), self._text)
        painter.end()

"""How many things are in which state: a bar of coloured segments, and a legend with glyph, number and word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.icons import mirrored
from wizard.gui.theme import theme
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.words import Sign


@dataclass(frozen=True, slots=True)
class Segment:
    """`count` things in one state; `key` is what a click reports; `waiting` ones are drawn as empty track."""

    key: str
    count: int
    word: str
    sign: Sign
    waiting: bool = False


class _Bar(QWidget):
    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._segments: tuple[Segment, ...] = ()
        self.setFixedHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, segments: Sequence[Segment]) -> None:
        self._segments = tuple(s for s in segments if s.count)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._segments else Qt.CursorShape.ArrowCursor)
        self.update()

    def _spans(self) -> list[tuple[Segment, float, float]]:
        total = sum(s.count for s in self._segments)
        spans, left = [], 0.0
        for segment in self._segments:
            width = self.width() * segment.count / total
            spans.append((segment, left, left + width))
            left += width
        if self.isRightToLeft():
            spans = [(s, self.width() - right, self.width() - left) for s, left, right in spans]
        return spans

    def _at(self, x: float) -> Segment | None:
        return next((s for s, left, right in self._spans() if left <= x < right), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = QPainterPath()
        ends.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setClipPath(ends)
        painter.fillRect(self.rect(), theme().color("track"))
        spans = self._spans()
        for segment, left, right in spans:
            gap = 2.0 if right < self.width() - 0.5 else 0.0  # between two, never at the end
            if gap:
                painter.fillRect(QRectF(right - gap, 0, gap, self.height()), theme().color("page"))
            if not segment.waiting:
                quiet = segment.sign.color == "quiet"
                color = theme().color("edge" if quiet else segment.sign.color)
                painter.fillRect(QRectF(left, 0, right - left - gap, self.height()), color)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().x())
        if found and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(found.key)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._at(event.pos().x())
            QToolTip.showText(event.globalPos(), f"{found.count} {found.word}" if found else "", self, QRect())
            return True
        return bool(super().event(event))


class TallyBar(QWidget):
    """The bar with its legend; `clicked(key)` when a segment is clicked. Its accessible name says it in words."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._bar = _Bar()
        self._bar.clicked.connect(self.clicked)
        self._legend = Flow(gap=16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._bar)
        column.addWidget(self._legend)
        self.sentence = ""
        self._shown: list[Segment] | None = None
        self._entries: list[_Entry] = []

    def set(self, segments: Sequence[Segment]) -> None:
        """Show these, in this order; states without things are left out."""
        shown = [s for s in segments if s.count]
        if shown == self._shown:
            return
        self._shown = shown
        self.sentence = "; ".join(f"{s.count} {s.word}" for s in shown) or _("nothing to count yet")
        self.setAccessibleName(self.sentence)
        self._bar.set(shown)
        self._bar.setAccessibleName(self.sentence)
        if [s.key for s in shown] == [entry.key for entry in self._entries]:
            for entry, segment in zip(self._entries, shown, strict=True):
                entry.set(segment)
            self._legend.rearrange()
        else:
            self._entries = [_Entry(s) for s in shown]
            self._legend.replace(self._entries)


class _Entry(QWidget):
    """One entry of the legend: glyph, number, word."""

    def __init__(self, segment: Segment):
        super().__init__()
        self.key = segment.key
        self._mark = GlyphMark(segment.sign.glyph, segment.sign.color, parent=self)
        self._count = PlainLabel("", "strong", parent=self)
        self._word = PlainLabel("", "quiet", parent=self)
        self.set(segment)

    def set(self, segment: Segment) -> None:
        """Another number of the same."""
        self._count.setText(str(segment.count))
        self._word.setText(segment.word)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(21 + self._count.sizeHint().width() + 4 + self._word.sizeHint().width(), 20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        self._mark.setGeometry(mirrored(self, QRectF(0, 2, 16, 16)).toRect())
        left = 20
        for label in (self._count, self._word):
            width = label.sizeHint().width()
            label.setGeometry(mirrored(self, QRectF(left, 0, width, self.height())).toRect())
            left += width + 4

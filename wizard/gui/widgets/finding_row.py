"""One thing to look at: glyph, name, the sentence that says why, and where it leads."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from wizard.domain.language import _
from wizard.gui.icons import paint_glyph
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import pressed_by_return
from wizard.gui.words import Sign

_LEFT, _TOP, _MOST_LINES = 26, 9, 4
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)


class FindingRow(QAbstractButton):
    """`clicked` when the row is pressed by mouse or keyboard. `note` stands in accent behind the name."""

    def __init__(
        self, name: str, because: str, sign: Sign, state: str, *, note: str = "", first: bool = False,
        parent: QWidget | None = None,
    ):  # fmt: skip
        super().__init__(parent)
        self._name, self._because, self._sign, self._note, self._first = name, because, sign, note, first
        self.setText(name.replace("&", "&&"))
        self.setAccessibleName(", ".join(filter(None, (name, state, because, note))))
        self.setAccessibleDescription(_("Go there"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def because(self) -> str:
        """The sentence that says why."""
        return self._because

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, self.heightForWidth(max(420, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 40)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return _TOP + 20 + (self._words_high(width) if self._because else 0) + 9

    def _words_high(self, width: int) -> int:
        metrics = QFontMetrics(theme().font())
        high = metrics.boundingRect(QRect(0, 0, width - _LEFT, 10_000), _WRAP, self._because).height()
        return min(max(20, high), metrics.lineSpacing() * _MOST_LINES)

    def _link(self) -> QFont:
        font = theme().font()
        font.setUnderline(True)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.underMouse():
            painter.fillRect(box.adjusted(0, 1, 0, 0), look.color("ground"))
        if not self._first:
            painter.fillRect(QRectF(0, 0, box.width(), 1), look.color("line"))
        top = float(_TOP)
        paint_glyph(painter, QRectF(0, top + 2, 16, 16), self._sign.glyph, look.color(self._sign.color))
        go = _("Go there")
        painter.setFont(self._link())
        go_wide = QFontMetrics(self._link()).horizontalAdvance(go) + 2
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(look.color("accent"))
        painter.drawText(QRectF(box.width() - go_wide, top, go_wide, 20), flags, go)
        strong = look.font()
        strong.setWeight(QFont.Weight.Medium)
        painter.setFont(strong)
        painter.setPen(look.color("text"))
        metrics = QFontMetrics(strong)
        note_wide = QFontMetrics(look.font()).horizontalAdvance(self._note) + 12 if self._note else 0
        wide = box.width() - _LEFT - go_wide - 12 - note_wide
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, int(wide))
        painter.drawText(QRectF(_LEFT, top, wide, 20), flags, name)
        painter.setFont(look.font())
        if self._note:
            painter.setPen(look.color("accent"))
            at = _LEFT + metrics.horizontalAdvance(name) + 12
            painter.drawText(QRectF(at, top, note_wide, 20), flags, self._note)
        painter.setPen(look.color("quiet"))
        wide = box.width() - _LEFT
        painter.drawText(QRectF(_LEFT, top + 21, wide, self._words_high(self.width())), _WRAP, self._because)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -1), 4, 4)
        painter.end()

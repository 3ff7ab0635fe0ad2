"""A picture on which parts are marked with the mouse or the keyboard, and a text in which words are marked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from wizard.domain.language import _
from wizard.gui.theme import theme

#: A drag that is shorter than this was a click.
_SHORTEST = 4.0
#: One step of an arrow key, as a part of the picture's width; Shift makes ten of it.
_STEP = 0.005


class MarkedPicture(QWidget):
    """`changed` when a part was marked or a mark was taken away. Marks are fractions of the picture.

    Keyboard: arrows move the cross, Shift makes the steps larger, Space sets one corner and then the other, Delete
    takes the last mark away.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._marks: list[QRectF] = []
        self._from: QPointF | None = None
        self._at = QPointF(0.5, 0.5)
        self._cross = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(_("Picture to black out"))
        self.setAccessibleDescription(
            _("Arrow keys move a cross, Space sets one corner and then the other, Delete takes the last mark away.")
        )
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def marks(self) -> tuple[QRectF, ...]:
        """What is marked, as fractions of width and height."""
        return tuple(self._marks)

    def show_picture(self, pixmap: QPixmap) -> None:
        """Begin anew with this picture."""
        self._pixmap, self._from, self._cross = pixmap, None, False
        self._marks.clear()
        self._at = QPointF(0.5, 0.5)
        self.updateGeometry()
        self._tell()

    def mark(self, part: QRectF) -> None:
        """Mark a part, cut to the picture; one without an area is none."""
        part = part.normalized().intersected(QRectF(0, 0, 1, 1))
        if part.width() > 0 and part.height() > 0:
            self._marks.append(part)
        self._tell()

    def take_last(self) -> None:
        """Take the last mark away."""
        if self._marks:
            self._marks.pop()
        self._tell()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._drawn(width).height()) + 2

    def sizeHint(self) -> QSize:
        return QSize(480, self.heightForWidth(480))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def _drawn(self, width: float) -> QRectF:
        if self._pixmap.isNull():
            return QRectF(1, 1, width - 2, 160)
        scale = min((width - 2) / self._pixmap.width(), 1.0)
        return QRectF(1, 1, self._pixmap.width() * scale, self._pixmap.height() * scale)

    def _part(self, position: QPointF) -> QPointF:
        box = self._drawn(self.width())
        return QPointF((position.x() - box.x()) / box.width(), (position.y() - box.y()) / box.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._pixmap.isNull():
            self._from = self._at = self._part(event.position())
            self._cross = False
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and not self._cross:
            self._at = self._part(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None or self._cross:
            return
        begun, self._from = self._from, None
        box = self._drawn(self.width())
        end = self._part(event.position())
        far = max(abs(end.x() - begun.x()) * box.width(), abs(end.y() - begun.y()) * box.height())
        if far >= _SHORTEST:
            self.mark(QRectF(begun, end))
        else:
            self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cross, self._from = False, None
        self.update()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in moves:
            step = _STEP * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            across, down = moves[key]
            ratio = self._pixmap.width() / max(self._pixmap.height(), 1) if not self._pixmap.isNull() else 1
            self._cross = True
            self._at = QPointF(
                min(max(self._at.x() + across * step, 0.0), 1.0),
                min(max(self._at.y() + down * step * ratio, 0.0), 1.0),
            )
            self.update()
        elif key == Qt.Key.Key_Space:
            self._cross = True
            if self._from is None:
                self._from = QPointF(self._at)
                self.update()
            else:
                begun, self._from = self._from, None
                self.mark(QRectF(begun, self._at))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.take_last()
        elif key == Qt.Key.Key_Escape and self._from is not None:
            self._from = None
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self._drawn(self.width())
        if not self._pixmap.isNull():
            painter.drawPixmap(box, self._pixmap, QRectF(self._pixmap.rect()))
        for part in self._marks:
            painter.fillRect(_scaled(part, box), QColor("black"))
        if self._from is not None:
            begun = QRectF(self._from, self._at).normalized().intersected(QRectF(0, 0, 1, 1))
            painter.setPen(QPen(theme().color("accent"), 2, Qt.PenStyle.DashLine))
            painter.drawRect(_scaled(begun, box))
        if self._cross:
            at = QPointF(box.x() + self._at.x() * box.width(), box.y() + self._at.y() * box.height())
            for color, wide in ((QColor("white"), 3), (theme().color("accent"), 1)):
                painter.setPen(QPen(color, wide))
                painter.drawLine(at - QPointF(12, 0), at + QPointF(12, 0))
                painter.drawLine(at - QPointF(0, 12), at + QPointF(0, 12))
        painter.setPen(theme().color("accent" if self.hasFocus() else "line"))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()


def _scaled(part: QRectF, box: QRectF) -> QRectF:
    return QRectF(
        box.x() + part.x() * box.width(),
        box.y() + part.y() * box.height(),
        part.width() * box.width(),
        part.height() * box.height(),
    )


class MarkedText(QPlainTextEdit):
    """`changed` when words were marked or a mark was taken away. Marks are (start, end) in characters."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFont(theme().mono())
        self.setFixedHeight(420)
        self.setAccessibleName(_("Text to black out"))
        self._text = ""
        self._marks: list[tuple[int, int]] = []

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """What is marked, in characters of the text."""
        return tuple(self._marks)

    def show_text(self, text: str) -> None:
        """Begin anew with this text."""
        self._text = text
        self._marks.clear()
        self.setPlainText(text)
        self._draw()

    def mark_selection(self) -> None:
        """Mark the words that are selected."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            start, end = (_characters(self._text, at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
            self._marks.append((start, end))
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self._draw()

    def take_last(self) -> None:
        """Take the last mark away."""
        if self._marks:
            self._marks.pop()
            self._draw()

    def _draw(self) -> None:
        black = QTextCharFormat()
        black.setBackground(QColor("black"))
        black.setForeground(QColor("black"))
        selections = []
        for start, end in self._marks:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(_units(self._text, start))
            cursor.setPosition(_units(self._text, end), QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = black
            selections.append(selection)
        self.setExtraSelections(selections)
        self.changed.emit()


def _characters(text: str, units: int) -> int:
    """How many characters the first so many UTF-16 units are, as Qt counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore"))


def _units(text: str, characters: int) -> int:
    """How many UTF-16 units the first so many characters are."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2

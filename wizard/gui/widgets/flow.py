"""Small things in a row that goes on in the next line when there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Flow(QWidget):
    """Lays its widgets out from left to right (or right to left), in as many lines as needed.

    With `stretch_last` the last widget takes the rest of its line.
    """

    def __init__(self, gap: int = 8, *, stretch_last: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._gap, self._stretch_last = gap, stretch_last
        self._items: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def items(self) -> tuple[QWidget, ...]:
        """What stands in the row now."""
        return tuple(self._items)

    def add(self, widget: QWidget) -> None:
        """Put one more at the end."""
        widget.setParent(self)
        self._items.append(widget)
        widget.show()
        self._arrange()

    def replace(self, widgets: Sequence[QWidget]) -> None:
        """Show exactly these; the earlier ones are let go."""
        for old in self._items:
            if old not in widgets:
                old.hide()
                old.deleteLater()
        self._items = []
        for widget in widgets:
            widget.setParent(self)
            self._items.append(widget)
            widget.show()
        self._arrange()

    def rearrange(self) -> None:
        """Lay out again after some were shown or hidden."""
        self._arrange()

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._items if not item.isHidden()]
        wide = sum(widths) + self._gap * max(0, len(widths) - 1)
        return QSize(wide, self.heightForWidth(self.width() if self.width() > 1 else wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(min((i.minimumSizeHint().width() for i in self._items), default=0), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return bool(super().event(event))

    def _arrange(self) -> None:
        height = self._place(self.width(), move=True)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
            self.updateGeometry()

    def _place(self, width: int, *, move: bool) -> int:
        lines: list[list[tuple[QWidget, QSize]]] = [[]]
        used = 0
        for item in self._items:
            if item.isHidden():
                continue
            size = item.sizeHint().expandedTo(item.minimumSize())
            if lines[-1] and used + size.width() > width:
                lines.append([])
                used = 0
            lines[-1].append((item, size))
            used += size.width() + self._gap
        top = 0
        right_to_left = self.isRightToLeft()
        for number, row in enumerate(lines):
            if not row:
                continue
            height = max(size.height() for _, size in row)
            left = 0
            for place, (item, size) in enumerate(row):
                last = number == len(lines) - 1 and place == len(row) - 1
                wide = max(size.width(), width - left) if self._stretch_last and last else min(size.width(), width)
                if move:
                    x = width - left - wide if right_to_left else left
                    item.setGeometry(x, top + (height - size.height()) // 2, wide, size.height())
                left += wide + self._gap
            top += height + (6 if number < len(lines) - 1 else 0)
        return top

"""A table of facts: quiet heads, thin lines, a glyph or icon in a cell, a tinted selection that stays where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from wizard.gui.icons import Glyph, icon_pixmap, paint_glyph
from wizard.gui.theme import ColorName, theme
from wizard.gui.widgets.plain import without_turns

_Index = QModelIndex | QPersistentModelIndex
#: What a column without a width of its own keeps in a narrow window.
_LEAST = 90


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell. `spoken` is said instead of an empty text; `sort` orders the column, else the text."""

    text: str = ""
    color: ColorName = "text"
    glyph: Glyph | None = None
    glyph_color: ColorName = "quiet"
    icon: str = ""
    mono: bool = False
    tip: str = ""
    spoken: str = ""
    sort: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row, known by its key; `faded` while a newer one is being made."""

    key: str
    cells: tuple[Cell, ...]
    faded: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its words, its width (0: takes what is left), how far they are put in, whether they stand right."""

    text: str
    width: int = 0
    right: bool = False
    indent: int = 0
    sortable: bool = True


class _Model(QAbstractTableModel):
    def __init__(self, heads: Sequence[Head]):
        super().__init__()
        self.heads = tuple(heads)
        self.lines: list[Line] = []
        self._order: tuple[int, Qt.SortOrder] | None = None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.lines[index.row()].cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return without_turns(cell.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return " ".join(filter(None, (cell.spoken, without_turns(cell.text))))
            case Qt.ItemDataRole.ToolTipRole:
                return cell.tip or None
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and section < len(self.heads):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.heads[section].text
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self.heads[section].right else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = (column, order) if 0 <= column < len(self.heads) and self.heads[column].sortable else None
        self.put(self.lines, keep_order=False)

    def put(self, lines: Sequence[Line], *, keep_order: bool) -> None:
        """Show these; the same rows in the same order change in place, so that nothing jumps."""
        wanted = list(lines)
        if keep_order:
            place = {line.key: number for number, line in enumerate(self.lines)}
            wanted.sort(key=lambda line: place.get(line.key, len(place)))
        elif self._order is not None:
            column, order = self._order
            wanted.sort(key=lambda line: _sort_key(line.cells[column]), reverse=order == Qt.SortOrder.DescendingOrder)
        if [line.key for line in wanted] == [line.key for line in self.lines]:
            before, self.lines = self.lines, wanted
            for row, (now, then) in enumerate(zip(wanted, before, strict=True)):
                for column in range(len(self.heads)):
                    if now.cells[column] != then.cells[column] or now.faded != then.faded:
                        self.dataChanged.emit(self.index(row, column), self.index(row, column))
            return
        self.beginResetModel()
        self.lines = wanted
        self.endResetModel()


def _sort_key(cell: Cell) -> tuple[int, Any]:
    return (0, cell.sort) if cell.sort is not None else (1, cell.text.casefold())


class _Header(QHeaderView):
    """Quiet words over a thin line, put in as far as the words below them."""

    def __init__(self, heads: Sequence[Head]):
        super().__init__(Qt.Orientation.Horizontal)
        self._heads = tuple(heads)
        self.setStyleSheet("background: transparent")
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt names it so
        look, head = theme(), self._heads[logicalIndex]
        box = QRectF(rect)
        painter.save()
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), look.color("line"))
        painter.setPen(look.color("quiet"))
        painter.setFont(look.font())
        inside = box.adjusted((12.0 if logicalIndex == 0 else 8.0) + head.indent, 0, -8, -1)
        side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter), head.text)
        painter.restore()


class _Painter(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = option.widget
        assert isinstance(view, FactTable)
        line = view.line_at(index.row())
        cell = line.cells[index.column()]
        box = QRectF(option.rect)
        look = theme()
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look.color("selection"))
        if index.row() < view.model().rowCount() - 1:
            painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), look.color("line"))
        painter.save()
        if line.faded:
            painter.setOpacity(0.5)
        pad = 12.0 if index.column() == 0 else 8.0
        inside = box.adjusted(pad, 0, -8, -1)
        if cell.glyph is not None:
            paint_glyph(painter, _square(inside), cell.glyph, look.color(cell.glyph_color))
            inside.setLeft(inside.left() + 22)
        if cell.icon:
            picture = icon_pixmap(cell.icon, "quiet", 16, view.devicePixelRatioF())
            painter.drawPixmap(_square(inside).topLeft(), picture)
            inside.setLeft(inside.left() + 24)
        font = QFont(look.mono() if cell.mono else look.font())
        painter.setFont(font)
        painter.setPen(look.color(cell.color))
        side = Qt.AlignmentFlag.AlignRight if view.heads[index.column()].right else Qt.AlignmentFlag.AlignLeft
        text = QFontMetrics(font).elidedText(without_turns(cell.text), Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
        if state & QStyle.StateFlag.State_HasFocus and view.hasFocus() and index.column() == 0:
            painter.save()
            painter.setPen(QPen(look.color("accent"), 2))
            row = QRectF(1, box.top() + 1, view.viewport().width() - 2, box.height() - 3)
            painter.setClipRect(row.adjusted(-1, -1, 1, 1))
            painter.drawRect(row)
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(40, theme().size.row)


def _square(inside: QRectF) -> QRectF:
    return QRectF(inside.left(), inside.center().y() - 8, 16, 16)


class FactTable(QTableView):
    """`picked(key)` when another row is chosen, `opened(key)` on Return or a double click.

    As high as its rows; with `most` never higher than so many of them, and then it scrolls inside.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self, heads: Sequence[Head], spoken: str, parent: QWidget | None = None, *, most: int = 0):
        super().__init__(parent)
        self._most = most
        self.heads = tuple(heads)
        self._model = _Model(heads)
        self.setModel(self._model)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(spoken)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().size.row)
        self.verticalHeader().setMinimumSectionSize(theme().size.row)
        header = _Header(heads)
        self.setHorizontalHeader(header)
        header.setFixedHeight(theme().size.row)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.sectionClicked.connect(self._sort)
        self.selectionModel().currentRowChanged.connect(self._picked)
        self.activated.connect(lambda index: self.opened.emit(self.line_at(index.row()).key))
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._quiet = False
        self._fit()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The rows as they stand."""
        return tuple(self._model.lines)

    @property
    def key(self) -> str:
        """The key of the chosen row; "" when none is."""
        index = self.currentIndex()
        return self._model.lines[index.row()].key if index.isValid() else ""

    def line_at(self, row: int) -> Line:
        """The row at that place."""
        return self._model.lines[row]

    def show_lines(self, lines: Sequence[Line], *, keep_order: bool = False) -> None:
        """Show these. The chosen row stays chosen; `keep_order` leaves every known row where it is."""
        chosen = self.key
        self._quiet = True
        self._model.put(lines, keep_order=keep_order)
        self._quiet = False
        self._fit()
        if chosen != self.key:
            self.choose(chosen)

    def choose(self, key: str) -> bool:
        """Choose a row by its key; False when it is not there."""
        for row, line in enumerate(self._model.lines):
            if line.key == key:
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
                return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        fixed, greedy = sum(head.width for head in self.heads), sum(not head.width for head in self.heads)
        whole = self.viewport().width()
        # In a narrow window every column gives way, so that none stands outside.
        share = min(1.0, max(0, whole - _LEAST * greedy) / fixed) if fixed else 1.0
        free = whole - int(fixed * share)
        for column, head in enumerate(self.heads):
            self.setColumnWidth(column, int(head.width * share) if head.width else free // greedy)

    def _fit(self) -> None:
        rows = len(self._model.lines)
        self.setFixedHeight(theme().size.row * (1 + (min(rows, self._most) if self._most else rows)) + 2)

    def _sort(self, column: int) -> None:
        if not self.heads[column].sortable:
            return
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        order = down if self._sorted == (column, up) else up
        self._sorted = (column, order)
        chosen = self.key
        self._quiet = True
        self._model.sort(column, order)
        self._quiet = False
        self.choose(chosen)

    def _picked(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid() and not self._quiet:
            self.picked.emit(self._model.lines[now.row()].key)

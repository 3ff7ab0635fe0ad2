"""The rows of a table question: typed columns, rows that were there from the start, and pasting many lines at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wizard.domain import readable
from wizard.domain.answers import Row, Value
from wizard.domain.language import _
from wizard.domain.questionnaire import AnswerKind, Column, Question
from wizard.gui.models.spelling import stored

Index = QModelIndex | QPersistentModelIndex
#: more rows than any person types; a paste is cut there, and says so
MOST_ROWS = 2000


class AnswerRows(QAbstractTableModel):
    """Cells are kept as text in the spelling of `domain.answers.Row` and shown in words.

    The question's own `rows` stand first; their cells that are filled in from the start cannot be changed.
    """

    def __init__(self, question: Question, parent: QObject | None = None):
        super().__init__(parent)
        self.question = question
        self._columns = question.columns
        self._fixed = question.rows
        self._rows: list[dict[str, str]] = [dict(row) for row in self._fixed]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return self._columns

    def column(self, index: Index) -> Column:
        """The column of a cell."""
        return self._columns[index.column()]

    def is_fixed(self, row: int) -> bool:
        """True for a row that was there from the start and stays."""
        return row < len(self._fixed)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self._given(index) else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        column = self.column(index)
        text = self._rows[index.row()].get(column.id, "")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return readable.cell(text, column.kind, column.options)
            case Qt.ItemDataRole.EditRole:
                return text
            case Qt.ItemDataRole.TextAlignmentRole if column.kind is AnswerKind.NUMBER:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole:
                return column.hint or None
            case Qt.ItemDataRole.AccessibleTextRole:
                shown = readable.cell(text, column.kind, column.options) or _("empty")
                return f"{column.label}: {shown}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._given(index):
            return False
        row, id = self._rows[index.row()], self.column(index).id
        if row.get(id, "") != str(value):
            row[id] = str(value)
            self.dataChanged.emit(index, index)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            column = self._columns[section]
            need = _("needed") if column.required else _("optional")
            return f"{column.label} ({need}). {column.hint}".strip()
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            if 0 <= section < len(self._columns):
                column = self._columns[section]
                return column.label
        elif role == Qt.ItemDataRole.DisplayRole:
            return str(section + 1)
        return None

    def add_row(self) -> int:
        """Put an empty row at the end; its number."""
        at = len(self._rows)
        self.beginInsertRows(QModelIndex(), at, at)
        self._rows.append({})
        self.endInsertRows()
        return at

    def remove_row(self, row: int) -> None:
        """Take a row away that is not there from the start."""
        if 0 <= row < len(self._rows) and not self.is_fixed(row):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()

    def paste(self, text: str, row: int, column: int) -> int:
        """Fill cells from lines of tab-separated text (one column: a line each); how many lines were left out.

        Rows are added as needed. Words of a choice or of yes and no are understood; what is not understood is kept as
        text in text columns and left out of others.
        """
        lines = [line for line in text.splitlines() if line.strip()]
        first = max(0, row)
        while first < len(self._rows) and lines and len(lines) > 1 and self._filled(first, column):
            first += 1
        for number, line in enumerate(lines):
            at = first + number
            if at >= MOST_ROWS:
                return len(lines) - number
            while at >= len(self._rows):
                self.add_row()
            for offset, cell in enumerate(line.split("\t")):
                if column + offset < len(self._columns):
                    index = self.index(at, column + offset)
                    understood = stored(cell.strip(), self.column(index))
                    if understood is not None:
                        self.setData(index, understood)
        return 0

    def value(self) -> Value:
        """The rows that hold anything, as they are recorded."""
        order = [c.id for c in self._columns]
        rows = [
            Row(tuple((id, cells[id].strip()) for id in order if cells.get(id, "").strip())) for cells in self._rows
        ]
        fixed = [Row(row) for row in self._fixed]
        said = any(set(rows[n].cells) != set(fixed[n].cells) for n in range(len(fixed)))
        kept = rows[: len(fixed)] if said or len([r for r in rows[len(fixed) :] if r.cells]) else []
        return tuple(kept) + tuple(row for row in rows[len(fixed) :] if row.cells)

    def show(self, value: Value) -> None:
        """Show what is recorded; changed cells only, so that a selection stays."""
        rows = [dict(r.cells) for r in value if isinstance(r, Row)] if isinstance(value, tuple) else []
        wanted = [dict(row) for row in self._fixed]
        for given in wanted:
            same = next((r for r in rows if all(r.get(id) == text for id, text in given.items())), None)
            if same is not None:
                rows.remove(same)
                given |= same
        wanted += rows
        if self.value() == value and self._rows[: len(wanted)] == wanted:
            return
        self.beginResetModel()
        self._rows = wanted
        self.endResetModel()

    def missing(self) -> Sequence[str]:
        """The labels of required columns that some row leaves empty."""
        begun = [cells for cells in self._rows if any(text.strip() for text in cells.values())]
        return [c.label for c in self._columns if c.required and any(not r.get(c.id, "").strip() for r in begun)]

    def _given(self, index: Index) -> bool:
        return self.is_fixed(index.row()) and bool(dict(self._fixed[index.row()]).get(self.column(index).id))

    def _filled(self, row: int, column: int) -> bool:
        return bool(self._rows[row].get(self._columns[column].id, "").strip())

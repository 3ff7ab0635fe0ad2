"""A question that is answered in rows: a table with typed columns that one types, chooses or pastes into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from wizard.domain import readable
from wizard.domain.answers import Value
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import AnswerKind, Option
from wizard.gui.models.answer_rows import AnswerRows
from wizard.gui.models.spelling import stored
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import ChipButton
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.plain import PlainLabel

Index = QModelIndex | QPersistentModelIndex


#: how wide a column of a kind is at least
_WIDTHS = {AnswerKind.YES_NO: 90, AnswerKind.NUMBER: 90, AnswerKind.DATE: 130, AnswerKind.DURATION: 110}


class _CellEditor(QStyledItemDelegate):
    """The field for a cell of each kind; what makes no sense there is not taken over."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = _rows(index).column(index)
        options = column.options
        if column.kind is AnswerKind.YES_NO:
            options = (Option("yes", _("Yes")), Option("no", _("No")))
        if column.kind in (AnswerKind.YES_NO, AnswerKind.CHOICE):
            combo = ComboField(parent)
            combo.addItem("", "")
            for choice in options:
                combo.addItem(choice.label, choice.id)
            combo.activated.connect(lambda _n: self._take(combo))
            combo.setAccessibleName(column.label)
            return combo
        hints = {AnswerKind.DATE: _("YYYY-MM-DD"), AnswerKind.DURATION: _("90 days")}
        line = LineField(hint=hints.get(column.kind, column.hint), parent=parent)
        line.setAccessibleName(column.label)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(text)))
        elif isinstance(editor, QLineEdit):
            kind = _rows(index).column(index).kind
            editor.setText(readable.duration(text) if kind is AnswerKind.DURATION else text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        rows = _rows(index)
        if isinstance(editor, QComboBox):
            rows.setData(index, str(editor.currentData() or ""))
        elif isinstance(editor, QLineEdit):
            understood = stored(editor.text().strip(), rows.column(index))
            if understood is not None:
                rows.setData(index, understood)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Lines and columns that are pasted into an open cell are for the table, as they are beside it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(editor, QLineEdit):
            view = self.parent()
            text = QGuiApplication.clipboard().text().rstrip("\r\n")
            several = "\n" in text or "\t" in text
            if several and event.matches(QKeySequence.StandardKey.Paste) and isinstance(view, RowsView):
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
                view.take_in(text)
                return True
        return super().eventFilter(editor, event)

    def _take(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)


def _rows(index: Index) -> AnswerRows:
    model = index.model()
    assert isinstance(model, AnswerRows)
    return model


class RowsView(QTableView):
    """As high as its rows; Tab leaves it at the last cell, Delete empties cells, pasting takes many lines."""

    def __init__(self, rows: AnswerRows, parent: QWidget | None = None):
        super().__init__(parent)
        self._rows = rows
        self.left_out = 0
        self.setModel(rows)
        self.setItemDelegate(_CellEditor(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.clicked.connect(self._edit_now)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().size.row)
        self.verticalHeader().setMinimumSectionSize(theme().size.row)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(60)
        head.setSectionsClickable(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for signal in (rows.rowsInserted, rows.rowsRemoved, rows.modelReset):
            signal.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """As high as what it holds, up to twelve rows."""
        count = self._rows.rowCount()
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if count > 12 else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.isVisible() else 0
        self.setFixedHeight(theme().size.row * (1 + max(1, min(12, count))) + 2 + below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Every column as wide as its words need; what is left over is shared, what is too much is scrolled to."""
        head, metrics = self.horizontalHeader(), self.fontMetrics()
        columns = self._rows.columns
        wanted = [max(_WIDTHS.get(c.kind, 110), metrics.horizontalAdvance(c.label) + 26) for c in columns]
        spare = max(0, self.viewport().width() - sum(wanted))
        shares = [8 if n == 0 else 2 if c.kind is AnswerKind.TEXT else 1 for n, c in enumerate(columns)]
        for number, share in enumerate(shares):
            more = spare * share // sum(shares)
            head.resizeSection(number, wanted[number] + more)
        head.resizeSection(0, head.sectionSize(0) + max(0, self.viewport().width() - head.length()))
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.take_in(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(str(here.data() or ""))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for index in self.selectedIndexes():
                self._rows.setData(index, "")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here.isValid():
            self.edit(here)
        else:
            super().keyPressEvent(event)

    def take_in(self, text: str) -> None:
        """Fill cells from lines of text, beginning at the current one."""
        here = self.currentIndex()
        row, column = (here.row(), here.column()) if here.isValid() else (self._rows.rowCount(), 0)
        self.left_out = self._rows.paste(text, row, column)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste):
            event.accept()
            return True
        return bool(super().event(event))

    def _edit_now(self, index: QModelIndex) -> None:
        if self._rows.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)


class TableQuestion(QuestionWidget):
    """Rows with typed cells; rows are added and removed below the table."""

    def build(self) -> QWidget:
        self.rows = AnswerRows(self.question, self)
        self.table = RowsView(self.rows)
        self.table.setAccessibleName(self.question.ask)
        self.rows.dataChanged.connect(self._changed)
        self.rows.rowsRemoved.connect(self._changed)
        self.add = ChipButton(_("Add a row"), "plus")
        self.add.setAccessibleDescription(self.question.ask)
        self.add.clicked.connect(self._add)
        self.remove = ChipButton(_("Remove this row"), "trash")
        self.remove.setAccessibleDescription(self.question.ask)
        self.remove.clicked.connect(self._remove)
        self._hint = PlainLabel("", "quiet", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addWidget(self._hint, 1)
        self.body.addWidget(self.table)
        self.body.addLayout(row)
        self.table.selectionModel().currentChanged.connect(lambda *_a: self._draw())
        self.rows.modelReset.connect(self._draw)
        self.rows.rowsInserted.connect(lambda *_a: self._draw())
        self._draw()
        return self.table

    def value(self) -> Value:
        return self.rows.value()

    def show_value(self, value: Value) -> None:
        self.rows.show(value)
        self._draw()

    def _enable(self, on: bool) -> None:
        for widget in (self.table, self.add, self.remove):
            widget.setEnabled(on)
        if on:
            self._draw()

    def _changed(self, *_args: object) -> None:
        self._draw()
        self.changed()

    def _add(self) -> None:
        row = self.rows.add_row()
        first = next((c for c in range(self.rows.columnCount())), 0)
        self.table.setCurrentIndex(self.rows.index(row, first))
        self.table.setFocus()
        self.table.edit(self.rows.index(row, first))

    def _remove(self) -> None:
        self.rows.remove_row(self.table.currentIndex().row())

    def _draw(self) -> None:
        current = self.table.currentIndex()
        self.remove.setEnabled(current.isValid() and not self.rows.is_fixed(current.row()))
        missing = self.rows.missing()
        if self.table.left_out:
            count = self.table.left_out
            sentence = ngettext("{n} pasted line was left out.", "{n} pasted lines were left out.", count)
            self._hint.setText(sentence.format(n=count))
        elif missing:
            self._hint.setText(_("Some rows still need: {labels}.").format(labels=", ".join(missing)))
        else:
            self._hint.setText(_("Lines can be pasted from a list or a spreadsheet."))

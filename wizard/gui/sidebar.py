"""The left side of the window: what is assessed, the sections with their state, and the places behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from wizard.domain.language import _
from wizard.gui.context import Place
from wizard.gui.icons import draw_icon, mirrored, paint_glyph
from wizard.gui.theme import ColorName, theme
from wizard.gui.widgets.buttons import IconButton, LinkButton
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.page import Side
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.gui.words import Sign

_ROLE = Qt.ItemDataRole.UserRole
#: By how many pixels rows may stand closer where the window is low; two lines need their height.
_CLOSEST, _TWO_LINES_CLOSER = 14, 12


@dataclass(frozen=True, slots=True)
class SideRow:
    """One row: where it leads, its name, its second line with colour, and its glyph (`sign`) or `icon`.

    `ruled` draws a line above it: one of its own would be an empty row for screen readers.
    """

    place: Place | None
    title: str
    second: str = ""
    second_color: ColorName = "quiet"
    sign: Sign | None = None
    word: str = ""
    icon: str = ""
    here: bool = False
    ruled: bool = False

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(dict.fromkeys(filter(None, (self.title, self.second, self.word))))


class _RowPainter(QStyledItemDelegate):
    """Rows are tinted when selected, with a bar of three pixels at the left."""

    def __init__(self, on: QWidget):
        super().__init__(on)
        self._on = on
        #: by how many pixels rows stand closer where the window is low
        self.closer = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row = index.data(_ROLE)
        size = theme().size
        if not isinstance(row, SideRow):
            return QSize(200, 0)
        above = self._above(row)
        if row.second:
            return QSize(200, above + size.two_line_row - min(self.closer, _TWO_LINES_CLOSER))
        return QSize(200, above + size.tool_row - self.closer)

    def _above(self, row: SideRow) -> int:
        """The room for the line above a row."""
        return 17 - min(self.closer, _TWO_LINES_CLOSER) if row.ruled else 0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, row = theme(), index.data(_ROLE)
        if not isinstance(row, SideRow):
            return
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if above := self._above(row):
            middle = round(box.top() + above / 2)
            painter.fillRect(QRectF(box.left() + 12, middle, box.width() - 24, 1), look.color("line"))
            box.setTop(box.top() + above)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected) or row.here
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("selection" if selected else "track"))
            painter.drawRoundedRect(box, 4, 4)
        if selected:
            bar = QRectF(box.left(), box.top() + 4, 3, box.height() - 8)
            painter.fillRect(mirrored(self._on, bar, box.width()), look.color("accent"))
        mark = mirrored(self._on, QRectF(box.left() + 12, box.center().y() - 8, 16, 16), box.width())
        if row.sign is not None:
            inner = look.color("selection" if selected else "ground")
            paint_glyph(painter, mark, row.sign.glyph, look.color(row.sign.color), inner)
        elif row.icon:
            draw_icon(painter, mark, row.icon, "quiet", self._on)
        font = look.font()
        font.setWeight(QFont.Weight.DemiBold if selected else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        wide = box.width() - 42 - 8
        metrics = painter.fontMetrics()
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, int(wide))
        left = box.left() + 42
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        if row.second:
            high = min(20.0, box.height() / 2)
            top = box.center().y() - high
            painter.drawText(mirrored(self._on, QRectF(left, top, wide, high), box.width()), flags, title)
            painter.setFont(look.font())
            painter.setPen(look.color(row.second_color))
            second = painter.fontMetrics().elidedText(row.second, Qt.TextElideMode.ElideRight, int(wide))
            painter.drawText(mirrored(self._on, QRectF(left, top + high, wide, high), box.width()), flags, second)
        else:
            painter.drawText(mirrored(self._on, QRectF(left, box.top(), wide, box.height()), box.width()), flags, title)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setColor(look.color("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()


class _Rows(QListWidget):
    """The list itself; rows change in place, their order does not."""

    entered_row = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._painter = _RowPainter(self)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def fit(self) -> None:
        """Let rows stand closer when they would not all be seen."""
        for closer in range(_CLOSEST + 1):
            self._painter.closer = closer
            if sum(self.sizeHintForRow(row) for row in range(self.count())) <= self.viewport().height():
                break
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.entered_row.emit()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.viewport().update()


class SearchField(LineField):
    """Finds a requirement; the keys that lead here stand in it while it is empty."""

    def __init__(self) -> None:
        super().__init__(hint=_("Find a requirement"))
        self.setAccessibleName(_("Find a requirement"))
        self.setToolTip(_("Ctrl+K"))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.text():
            painter = QPainter(self)
            painter.setPen(theme().color("quiet"))
            flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(QRectF(self.rect()).adjusted(11, 0, -11, 0), flags, _("Ctrl+K"))
            painter.end()


#: Pages that stand under the row of another one.
_ROWS = {"editors": "team"}


class Sidebar(QWidget):
    """`chosen(Place)` when a row is taken; `searched(text)` while one types; `find_next()` for Return or Down there."""

    chosen = Signal(object)
    searched = Signal(str)
    find_entered = Signal()
    link_pressed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        size = theme().size
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(size.sidebar - 1)
        self._name = PlainLabel("Attestry", "heading")
        self._about = ElidedLabel("", "quiet")
        head = QVBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.setSpacing(0)
        for label in (self._name, self._about):
            label.setFixedHeight(20)
            head.addWidget(label)
        self.search = SearchField()
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(self.find_entered)
        self.rows = _Rows()
        self.rows.setAccessibleName(_("Sections"))
        self.rows.itemClicked.connect(self._take)
        self.rows.currentItemChanged.connect(self._moved)
        self.rows.entered_row.connect(lambda: self._take(self.rows.currentItem()))
        self._question = PlainLabel("", "quiet", wrap=True)
        self._link = LinkButton("")
        self._link.clicked.connect(self.link_pressed)
        self.preferences = IconButton("settings", _("Preferences"))
        self.preferences.clicked.connect(lambda: self.chosen.emit(Place("preferences")))
        self.about = IconButton("info", _("About and diagnostics"))
        self.about.clicked.connect(lambda: self.chosen.emit(Place("about")))
        self.lock = IconButton("lock", _("Lock now"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 20, 12, 8)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self.rows, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.setSpacing(2)
        foot.addWidget(self._question)
        foot.addWidget(self._link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)
        tools = QHBoxLayout()
        tools.setContentsMargins(6, 0, 6, 0)
        tools.setSpacing(4)
        for button in (self.preferences, self.about, self.lock):
            tools.addWidget(button)
        tools.addStretch()
        column.addLayout(tools)
        self._filling = False
        self._places: list[Place | None] = []

    def show_side(self, side: Side) -> None:
        """Show the stops of a page while no assessment is open."""
        self._about.setText(side.second)
        rows = [SideRow(None, s.title, s.second, sign=s.sign, word=s.second, here=s.here) for s in side.stops]
        self._fill(rows)  # first: the focus that leaves the search field enters these rows and chooses one
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no row leads anywhere
        self.search.hide()
        self.lock.hide()
        self._foot(side.question, side.link)

    def show_rows(self, about: str, rows: Sequence[SideRow]) -> None:
        """Show sections and places of an assessment. Nothing jumps when only states change."""
        self.rows.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.search.show()
        self.lock.show()
        self._about.setText(about)
        self._fill(rows)
        self._foot("", "")

    def select(self, place: Place) -> None:
        """Mark where one is."""
        at = (_ROWS.get(place.page, place.page), place.item if place.page not in _ROWS else "")
        wanted = next((n for n, p in enumerate(self._places) if p and (p.page, p.item) == at), -1)
        self._filling = True
        if wanted < 0:
            self.rows.setCurrentRow(-1)
            self.rows.clearSelection()
        else:
            self.rows.setCurrentRow(wanted)
        self._filling = False

    def _fill(self, rows: Sequence[SideRow]) -> None:
        self._filling = True
        places = [row.place for row in rows]
        changed = False
        if places != self._places or self.rows.count() != len(rows):
            self.rows.clear()
            for _row in rows:
                self.rows.addItem(QListWidgetItem())
            self._places = places
        for number, row in enumerate(rows):
            item = self.rows.item(number)
            if item.data(_ROLE) == row:
                continue
            changed = True
            item.setData(_ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken)
            usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(usable if row.place else Qt.ItemFlag.NoItemFlags)
        if changed:
            self.rows.fit()
        self._filling = False

    def _foot(self, question: str, link: str) -> None:
        self._question.setText(question)
        self._question.setVisible(bool(question))
        self._link.setText(link)
        self._link.setVisible(bool(link))

    def _take(self, item: QListWidgetItem | None) -> None:
        row = item.data(_ROLE) if item is not None else None
        if isinstance(row, SideRow) and row.place is not None:
            self.chosen.emit(row.place)

    def _moved(self, item: QListWidgetItem | None) -> None:
        if not self._filling and self.rows.hasFocus() and not QApplication.mouseButtons():
            self._take(item)

"""The first line of a requirement's card: id, title, a word in short, where it comes from, its state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.icons import mirrored
from wizard.gui.theme import theme
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import pressed_by_return
from wizard.gui.widgets.folded import FoldButton
from wizard.gui.widgets.plain import ElidedLabel


class TitleButton(QAbstractButton):
    """Id and title; pressing it opens or closes the card."""

    def __init__(self, id: str, title: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._id, self._title = id, title
        self.setText(f"{id} {title}".replace("&", "&&"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _fonts(self) -> tuple[QFont, QFont]:
        return theme().sized(1, bold=True), theme().sized(1.16, bold=True)

    def _id_width(self) -> int:
        return QFontMetrics(self._fonts()[0]).horizontalAdvance(self._id) + 14

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self._id_width() + QFontMetrics(self._fonts()[1]).horizontalAdvance(self._title) + 4, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._id_width() + 60, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self._title if self.width() < self.sizeHint().width() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        small, large = self._fonts()
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(small)
        painter.setPen(look.color("quiet"))
        painter.drawText(mirrored(self, QRectF(0, 0, self._id_width(), self.height())), flags, self._id)
        painter.setFont(large)
        painter.setPen(look.color("text"))
        left = self._id_width()
        wide = self.width() - left
        text = QFontMetrics(large).elidedText(self._title, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(mirrored(self, QRectF(left, 0, wide, self.height())), flags, text)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)
        painter.end()


class CardHead(QWidget):
    """The line itself."""

    def __init__(self, id: str, title: str, source: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self._named = f"{id} {title}"
        self.title = TitleButton(id, title)
        self._short = ElidedLabel("", "quiet")
        self.source = FoldButton(_("Where this comes from"))
        self.source.setVisible(source)
        self.badge = Badge()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.title, 0)
        row.addWidget(self._short, 1)
        row.addWidget(self.source)
        row.addWidget(self.badge)

    def show_state(self, mark: Mark, short: str, open_: bool) -> None:
        """Show the state, and what is known in short while the card is closed."""
        self.badge.set_mark(mark)
        self._short.setText(short)
        state = words.word(mark)
        self.title.setAccessibleName(f"{self._named}, {state}")
        self.title.setAccessibleDescription(_("open") if open_ else _("closed"))

"""A place to drop files on, with a link that opens the system's chooser for people who would rather click."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wizard.domain.language import _
from wizard.gui.icons import draw_icon
from wizard.gui.theme import theme
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.plain import PlainLabel


def dropped_paths(data: QMimeData) -> tuple[Path, ...]:
    """The files of this computer in what is being dragged or pasted; nothing else counts."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile())


class TakesFiles:
    """Stands before the Qt class of a part that takes the files dropped anywhere on it; the part accepts drops."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.take_files(paths)

    def take_files(self, paths: tuple[Path, ...]) -> None:
        """What the part does with them; at least one."""
        raise NotImplementedError


class DropZone(TakesFiles, QWidget):
    """`dropped(tuple of Path)` when files came, by dropping or choosing."""

    dropped = Signal(object)

    def __init__(self, before: str = "", link: str = "", *, tall: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tall = tall
        self.setFixedHeight(56 if tall else theme().size.chip)
        self._words = PlainLabel(before or _("Drop a file here, or"), "quiet")
        self._link = LinkButton(link or _("choose one"))
        self._link.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(36, 0, 10, 0)
        row.setSpacing(4)
        if tall:
            row.addStretch()
        row.addWidget(self._words)
        row.addWidget(self._link)
        row.addStretch()

    @property
    def link(self) -> LinkButton:
        """The link that opens the chooser."""
        return self._link

    def sizeHint(self) -> QSize:
        return QSize(max(240, super().sizeHint().width()), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent" if self._over else "edge"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(theme().color("selection") if self._over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        left = self._words.geometry().right() + 9 if self.isRightToLeft() else self._words.x() - 24
        draw_icon(painter, QRectF(left, (self.height() - 16) / 2, 16, 16), "drop", "quiet", self)
        painter.end()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        super().dragEnterEvent(event)
        self._set_over(bool(dropped_paths(event.mimeData())))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(False)
        super().dropEvent(event)

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.dropped.emit(paths)

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def _choose(self) -> None:
        paths = choosing.choose_files(self, _("Choose files"))
        if paths:
            self.dropped.emit(paths)

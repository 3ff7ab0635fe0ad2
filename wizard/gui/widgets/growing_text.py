"""A text area that grows with its text; Tab leaves it, and pasted text brings no formatting along."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget


class GrowingText(QPlainTextEdit):
    """Between `lines` and `most` lines high. `left` when the focus goes elsewhere."""

    left = Signal()

    def __init__(
        self, text: str = "", hint: str = "", *, lines: int = 1, most: int = 14, parent: QWidget | None = None
    ):
        super().__init__(parent)
        self._lines, self._most = lines, most
        self.setTabChangesFocus(True)
        self.setPlaceholderText(hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self.setPlainText(text)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def text(self) -> str:
        """The text, with plain line ends."""
        return self.toPlainText()

    def setText(self, text: str) -> None:
        """Replace the text unless it is the same already (so that cursor and undo stay)."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.insertPlainText(source.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def sizeHint(self) -> QSize:
        return QSize(360, self.height())

    def _grow(self) -> None:
        line = self.fontMetrics().lineSpacing()
        wanted = max(self._lines, int(self.document().size().height()))
        shown = min(wanted, self._most)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > shown else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != policy:
            self.setVerticalScrollBarPolicy(policy)
        height = max(32, shown * line + 14)
        if self.minimumHeight() != height or self.maximumHeight() != height:
            self.setFixedHeight(height)

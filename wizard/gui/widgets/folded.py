"""Something that is there when one wants it: a heading that opens and closes what stands below it, in the page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.widgets.buttons import LinkButton


class FoldButton(LinkButton):
    """An arrow and words; `turned(bool)` when opened or closed."""

    turned = Signal(bool)

    def __init__(self, text: str, parent: QWidget | None = None):
        super().__init__(text, "chevron-right", quiet=True, parent=parent)
        self._open = False
        self.clicked.connect(lambda: self.set_open(not self._open))
        self._name()

    @property
    def is_open(self) -> bool:
        """True while it shows what belongs to it."""
        return self._open

    def set_open(self, open_: bool) -> None:
        """Open or close."""
        if open_ != self._open:
            self._open = open_
            self.set_icon("chevron-down" if open_ else "chevron-right")
            self._name()
            self.turned.emit(open_)

    def _name(self) -> None:
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(_("open") if self._open else _("closed"))


class Folded(QWidget):
    """A fold button above its own `body`."""

    def __init__(self, text: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.button = FoldButton(text)
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(20, 4, 0, 4)
        self.body.setSpacing(6)
        self._inside.hide()
        self.button.turned.connect(self._inside.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QVBoxLayout()
        row.addWidget(self.button, 0)
        row.setAlignment(self.button, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row)
        column.addWidget(self._inside)

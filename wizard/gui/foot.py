"""The foot of the window: what is saved, what is running, why something cannot be done yet, Back and Next."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.icons import draw_icon
from wizard.gui.theme import ColorName, theme
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.page import Foot
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.gui.widgets.progress_strip import ProgressStrip


class _Icon(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.name, self.color = "check-ring", "supports"
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color: ColorName = "supports" if self.color == "supports" else "contradicts"
        draw_icon(painter, QRectF(self.rect()), self.name, color, self)
        painter.end()


class FootBar(QWidget):
    """`back`, `forward` and `stopped` when their buttons are pressed."""

    back = Signal()
    forward = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        size = theme().size
        self.setFixedHeight(size.foot - 1)
        self._icon = _Icon()
        self._words = ElidedLabel("", "quiet")
        self._saved = ""
        self._trouble = False
        self.strip = ProgressStrip()
        self.strip.stopped.connect(self.stopped)
        self._why = PlainLabel("", "quiet")
        self.back_button = OutlineButton(_("Back"))
        self.back_button.clicked.connect(self.back)
        self.next_button = OutlineButton(_("Next"))
        self.next_button.clicked.connect(self.forward)
        self.filled_button = FilledButton("")
        self.filled_button.clicked.connect(self.forward)
        row = QHBoxLayout(self)
        row.setContentsMargins(size.margin, 0, size.margin, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self.strip, 2)
        row.addWidget(self._why)
        row.addSpacing(2)
        row.addWidget(self.back_button)
        row.addSpacing(2)
        row.addWidget(self.next_button)
        row.addWidget(self.filled_button)

    @property
    def text(self) -> str:
        """What stands at the left."""
        return self._words.text()

    @property
    def deed(self) -> OutlineButton:
        """The button at the right that is shown."""
        return self.filled_button if not self.filled_button.isHidden() else self.next_button

    def set_saved(self, sentence: str, *, trouble: bool = False) -> None:
        """Say what is saved ("Saved 14:02"), or in red what is not."""
        self._saved, self._trouble = sentence, trouble
        self._draw_left(self._left)

    _left = ""

    def show_foot(self, foot: Foot, *, first: bool, last: bool) -> None:
        """Show what the page wants; `first` and `last` say whether there is a place before and behind it."""
        self._draw_left(foot.left)
        self._why.setText(foot.why)
        self._why.setVisible(bool(foot.why))
        self.back_button.setVisible(foot.back_shown)
        self.back_button.setEnabled(not first)
        text = foot.next_text or _("Next")
        self.next_button.setVisible(foot.next_shown and not foot.next_filled)
        self.filled_button.setVisible(foot.next_shown and foot.next_filled)
        for button in (self.next_button, self.filled_button):
            button.setText(text)
            button.setEnabled(foot.next_enabled and (not last or bool(foot.next_text)))

    def _draw_left(self, left: str) -> None:
        self._left = left
        self._words.setText(left or self._saved)
        self._words.set_role("red" if self._trouble and not left else "quiet")
        self._icon.name = "info" if self._trouble else "check-ring"
        self._icon.color = "contradicts" if self._trouble else "supports"
        self._icon.setVisible(bool(self._saved) and not left)
        self._icon.update()
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft)

"""What is running now: its name, how far it is, and a Stop that stops now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from wizard.domain.language import _
from wizard.gui.soon import Soon
from wizard.gui.widgets.buttons import ChipButton
from wizard.gui.widgets.plain import ElidedLabel

_SOON_MS = 100


class ProgressStrip(QWidget):
    """Hidden while nothing runs; `stopped` when the person presses Stop."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._words = ElidedLabel("", "quiet")
        self._words.setMinimumWidth(60)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(120, 4)
        self.stop = ChipButton(_("Stop"), "stop")
        self.stop.clicked.connect(self.stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self.stop)
        # A job may tell more often than anybody can read, and every word costs the window time.
        self._news: tuple[str, int, int] | None = None
        self._soon = Soon(self._show, _SOON_MS, self)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; "" while it is hidden."""
        return self._words.text() if not self.isHidden() else ""

    def show_progress(
        self, title: str, done: int = 0, total: int = 0, text: str = "", *, stoppable: bool = True
    ) -> None:
        """Show how far something is; a total of 0 means that nobody knows. A Stop stands there if it is `stoppable`."""
        self.stop.setVisible(stoppable)
        self._news = (f"{title} · {text}" if text else title, done, max(0, total))
        if not self._soon.isActive():
            self._show()

    def _show(self) -> None:
        if self._news is None:
            return
        words, done, total = self._news
        self._news = None
        self._words.setText(words)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.setAccessibleName(words)
        self.show()
        self._soon.start()

    def finish(self) -> None:
        """Nothing runs any more."""
        self._news = None
        self._soon.stop()
        self.hide()

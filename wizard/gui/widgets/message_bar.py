"""What just happened, in the page, with the way back: a sentence and at most one deed, quietly gone after a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from wizard.domain.language import _
from wizard.gui import a11y
from wizard.gui.icons import Glyph
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import IconButton, LinkButton
from wizard.gui.widgets.plain import PlainLabel

#: how long a sentence with a way back stays
STAYS_MS = 10_000


class MessageBar(QFrame):
    """Hidden while there is nothing to say. A mistake stays until it is closed; the rest goes after ten seconds."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("bar")
        self._glyph = GlyphMark(Glyph.DISC, "quiet", parent=self)
        self._words = PlainLabel(wrap=True)
        self._action = LinkButton()
        self._close = IconButton("cross", _("Close this message"))
        self._do: Callable[[], object] | None = None
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._timer = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now; "" while it is hidden."""
        return self._words.text() if not self.isHidden() else ""

    @property
    def action(self) -> LinkButton:
        """The one deed it offers."""
        return self._action

    def say(self, sentence: str, action: str = "", do: Callable[[], object] | None = None) -> None:
        """Say what happened; `action` ("Undo") does `do`. Gone after ten seconds."""
        self._show(sentence, Glyph.DISC, action, do)
        self._timer.start()

    def say_mistake(self, sentence: str, action: str = "", do: Callable[[], object] | None = None) -> None:
        """Say what went wrong, what it means and what to do; stays until it is closed or replaced."""
        self._timer.stop()
        self._show(sentence, Glyph.TRIANGLE, action, do)

    def clear(self) -> None:
        """Say nothing."""
        self._timer.stop()
        self._do = None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _show(self, sentence: str, glyph: Glyph, action: str, do: Callable[[], object] | None) -> None:
        self._glyph.set(glyph, "quiet" if glyph is Glyph.DISC else "contradicts", "")  # green is for what was seen
        self._words.setText(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._do = do
        self.show()
        a11y.announce(self, sentence)

    def _act(self) -> None:
        do, self._do = self._do, None
        self.clear()
        if do is not None:
            do()

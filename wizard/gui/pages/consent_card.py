"""Shows exactly what would leave this computer, and where it would go, before anything does; or what is to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wizard.domain.language import _
from wizard.gui import a11y
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.plain import PlainLabel

_LINES = 9


class ConsentCard(Card):
    """Hidden until `ask`; nothing happens unless the person presses the deed."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__("accent", parent)
        self._agreed: Callable[[], object] = lambda: None
        self.what = PlainLabel("", "strong", wrap=True)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setFixedHeight(self.list.fontMetrics().lineSpacing() * _LINES + 16)
        self.after = PlainLabel("", "quiet", wrap=True)
        self.agree_button = FilledButton("")
        self.cancel_button = OutlineButton(_("Cancel"))
        self.agree_button.clicked.connect(self._agree)
        self.cancel_button.clicked.connect(self.hide)
        self.body.addWidget(self.what)
        self.body.addWidget(self.list)
        self.body.addWidget(self.after)
        self.body.addLayout(beside(self.agree_button, self.cancel_button))
        self.hide()

    def ask(self, what: str, lines: Sequence[str], after: str, deed: str, agreed: Callable[[], object]) -> None:
        """Show what would leave and wait; `agreed` is called when the person presses `deed`."""
        self._agreed = agreed
        self.what.setText(what)
        self.list.setAccessibleName(what)
        self.list.setPlainText("\n".join(lines))
        self.after.setText(after)
        self.agree_button.setText(deed)
        self.show()
        self.cancel_button.setFocus()  # a key pressed by habit sends nothing
        a11y.announce(self, what)

    def _agree(self) -> None:
        self.hide()
        self._agreed()

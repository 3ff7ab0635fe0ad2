"""The keys that do something everywhere, shown under F1."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from wizard.domain.language import _
from wizard.gui.context import Context
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel


def shortcuts() -> tuple[tuple[str, str], ...]:
    """Each key with what it does."""
    return (
        ("Ctrl+K", _("Find a requirement")),
        ("Ctrl+Return", _("Go to the next place")),
        ("Alt+Left", _("Go back")),
        ("Ctrl+Z", _("Take the last deed back; in a text, the last words")),
        ("F6", _("From the sections to the page to the foot")),
        ("Shift+F6", _("The same the other way round")),
        ("Tab", _("To the next field; never trapped in a text")),
        ("Ctrl+Down, Ctrl+Up", _("To the next and to the one before among the requirements of a section")),
        ("Ctrl+L", _("Lock now")),
        ("Esc", _("Close what is open; no text is ever lost")),
        ("F1", _("This list")),
    )


class KeysPage(Page):
    """The list of keys."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Keys"), _("Everything can be done without a mouse."), parent)
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, (key, what) in enumerate(shortcuts()):
            grid.addWidget(FactLabel(key, wrap=False), row, 0)
            grid.addWidget(PlainLabel(what, wrap=True), row, 1)
        card.body.addLayout(grid)
        self.body.addWidget(card)
        self.body.addStretch(1)

    def foot(self) -> Foot:
        return Foot(next_shown=False)

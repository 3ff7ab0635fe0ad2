"""A piece of configuration or a fact to copy, on its tinted ground."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from wizard.gui.widgets.plain import FactLabel


class CodeText(FactLabel):
    """Selectable; `copy` puts it into the clipboard."""

    def __init__(self, text: str = ""):
        super().__init__(text, block=True)

    def copy(self) -> None:
        """Put the whole text into the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

"""Buttons: one filled a screen for the next best deed, outlined for the rest, links and chips."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from wizard.gui.icons import icon
from wizard.gui.theme import ColorName


def pressed_by_return(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Return presses a button that has the focus, once, as the space bar does; False for every other key."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


class OutlineButton(QPushButton):
    """A deed that is not the next best one. `icon_name` is a file in assets/icons."""

    ICON_COLOR: ColorName = "quiet"

    def __init__(self, text: str = "", icon_name: str = "", parent: QWidget | None = None):
        super().__init__(text, parent)
        self._icon_name = icon_name
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._draw_icon()

    def set_icon(self, icon_name: str) -> None:
        """Show another icon."""
        self._icon_name = icon_name
        self._draw_icon()

    def set_filled(self, filled: bool) -> None:
        """Make this deed the next best one for now, or an ordinary one again."""
        if self.property("filled") != filled:
            self.setProperty("filled", filled)
            self.style().unpolish(self)
            self.style().polish(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def _draw_icon(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self.ICON_COLOR))
            self.setIconSize(QSize(16, 16))


class FilledButton(OutlineButton):
    """The next best deed; at most one a screen."""

    ICON_COLOR = "on_accent"


class LinkButton(OutlineButton):
    """A deed or a place inside a sentence, underlined; `quiet` for asides."""

    def __init__(self, text: str = "", icon_name: str = "", *, quiet: bool = False, parent: QWidget | None = None):
        super().__init__(text, icon_name, parent)
        self.setProperty("quiet", quiet)
        self.setFlat(True)


class ChipButton(OutlineButton):
    """A filter that is on or off, or (`soft`) a small thing such as a file."""

    def __init__(
        self,
        text: str = "",
        icon_name: str = "",
        *,
        checkable: bool = False,
        soft: bool = False,
        parent: QWidget | None = None,
    ):
        super().__init__(text, icon_name, parent)
        self.setProperty("soft", soft)
        self.setCheckable(checkable)

    def sizeHint(self) -> QSize:
        """Room for its words in the heavier letters that it has while it is on."""
        hint = super().sizeHint()
        if self.isCheckable():
            bold = QFont(self.font())
            bold.setWeight(QFont.Weight.Bold)
            more = QFontMetrics(bold).horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(self.text())
            hint.setWidth(hint.width() + max(0, more))
        return hint


class IconButton(OutlineButton):
    """A button without words; `name` is what a screen reader says and what the tooltip shows."""

    def __init__(self, icon_name: str, name: str, parent: QWidget | None = None):
        super().__init__("", icon_name, parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFlat(True)

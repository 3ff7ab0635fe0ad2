"""Speaks to screen readers: what just happened, in a sentence, and names for what has no words on it."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say `sentence` when it next has time."""
    if sentence and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))


def name(widget: QWidget, spoken: str, description: str = "") -> None:
    """Give a widget the name (and the longer description) that a screen reader says."""
    widget.setAccessibleName(spoken)
    if description:
        widget.setAccessibleDescription(description)

"""Boxes that hold things together: a card with an optional coloured edge, a tinted panel, lines."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from wizard.gui.theme import theme

#: red marks the one card that needs a person, accent what has just arrived; no other card has a coloured edge
Edge = Literal["none", "contradicts", "accent"]


class Card(QFrame):
    """A box with a thin line around it; put things into `body`."""

    def __init__(self, edge: Edge = "none", parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("card")
        self.setProperty("edge", edge)
        pad = theme().size.card
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(pad, 12, pad, 12)
        self.body.setSpacing(theme().size.related)

    def set_edge(self, edge: Edge) -> None:
        """Change the colour of the edge."""
        if self.property("edge") != edge:
            self.setProperty("edge", edge)
            self.style().unpolish(self)
            self.style().polish(self)


class Panel(QFrame):
    """A box on a tinted ground, without a line; put things into `body`. `inset` gives a ground and a thin line."""

    def __init__(self, parent: QWidget | None = None, *, inset: bool = False):
        super().__init__(parent)
        self.setObjectName("inset" if inset else "panel")
        pad = theme().size.card
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(pad, 12, pad, 12)
        self.body.setSpacing(theme().size.related)


def line(parent: QWidget | None = None) -> QFrame:
    """A thin level line."""
    made = QFrame(parent)
    made.setObjectName("line")
    made.setFixedHeight(1)
    return made


def upright(parent: QWidget | None = None) -> QFrame:
    """A thin upright line."""
    made = QFrame(parent)
    made.setObjectName("upright")
    made.setFixedWidth(1)
    return made

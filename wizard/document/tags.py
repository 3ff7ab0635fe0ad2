"""What each piece of the document is (heading, table, link), so that a screen reader can read it in order."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Marked:
    """Marked content on a page: the page's number from 0, and the content's number on it."""

    page: int
    number: int


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on a page in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(eq=False, slots=True)
class Link:
    """A link that we made: "#anchor" or an http(s) address, and what a screen reader says of it."""

    page: int
    place: Rectangle
    target: str
    says: str


@dataclass(eq=False, slots=True)
class Widget:
    """Where the signature field stands."""

    page: int
    place: Rectangle
    says: str


@dataclass(eq=False, slots=True)
class Element:
    """A structure element (ISO 32000-1, 14.8.4): its standard role and its children in reading order."""

    role: str
    kids: list[Element | Marked | Link | Widget] = field(default_factory=list)
    alternative: str = ""
    #: for TH: "Column" or "Row"
    scope: str = ""
    #: for Figure: where it stands
    place: Rectangle | None = None
    #: for TD and TH: how many columns it spans
    columns: int = 1
    #: for L: whether its items are counted
    counted: bool = False

    def add(self, role: str, *, alternative: str = "", scope: str = "", columns: int = 1) -> Element:
        """A new last child."""
        child = Element(role, alternative=alternative, scope=scope, columns=columns)
        self.kids.append(child)
        return child

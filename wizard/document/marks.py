"""The small signs beside words: drawn, each different in grey print, and never the only carrier of a meaning."""

from __future__ import annotations

from wizard.document.pen import Pen
from wizard.document.text import Colour
from wizard.document.theme import AMBER, GREEN, INK, QUIET, RED, WHITE
from wizard.document.words import _
from wizard.domain.finding import Mark

#: Worst first, as on page 1; contradicted and not met are one column.
ORDER = (
    Mark.NOT_MET,
    Mark.EXCEPTION,
    Mark.COULD_NOT_LOOK,
    Mark.NOT_STARTED,
    Mark.DOES_NOT_APPLY,
    Mark.SAID,
    Mark.SHOWN,
    Mark.SEEN,
)


def merged(mark: Mark) -> Mark:
    """The mark under which page 1 counts: a contradiction is a duty not met; begun is not yet answered."""
    match mark:
        case Mark.CONTRADICTED:
            return Mark.NOT_MET
        case Mark.IN_PROGRESS:
            return Mark.NOT_STARTED
        case _:
            return mark


def title(mark: Mark) -> str:
    """The word for it."""
    match merged(mark):
        case Mark.NOT_MET:
            return _("Not met")
        case Mark.RECOMMENDATION_NOT_MET:
            return _("Recommendation not met")
        case Mark.EXCEPTION:
            return _("Exception")
        case Mark.COULD_NOT_LOOK:
            return _("Could not look")
        case Mark.NOT_STARTED:
            return _("Open")
        case Mark.SAID:
            return _("Said")
        case Mark.SHOWN:
            return _("Shown")
        case Mark.SEEN:
            return _("Seen")
        case _:
            return _("Not applicable")


def note(mark: Mark) -> str:
    """What stands below the word on page 1."""
    match merged(mark):
        case Mark.NOT_MET:
            return _("not as required")
        case Mark.EXCEPTION:
            return _("known, dated")
        case Mark.COULD_NOT_LOOK:
            return _("no pass, no fail")
        case Mark.NOT_STARTED:
            return _("not answered")
        case Mark.SAID:
            return _("a person, no more")
        case Mark.SHOWN:
            return _("evidence on file")
        case Mark.SEEN:
            return _("by machine")
        case _:
            return _("with reason")


def colour(mark: Mark) -> Colour:
    """The colour of the word: red and amber only for what a reviewer must watch."""
    match merged(mark):
        case Mark.NOT_MET:
            return RED
        case Mark.EXCEPTION | Mark.COULD_NOT_LOOK | Mark.RECOMMENDATION_NOT_MET | Mark.NOT_STARTED:
            return AMBER
        case Mark.SEEN:
            return GREEN
        case _:
            return INK


def paint(pen: Pen, mark: Mark, x: float, y: float, size: float = 6.5) -> None:
    """The sign in a square of `size` points whose left edge is x and whose middle is y."""
    half, ink = size / 2, colour(mark)
    top, bottom, right, middle = y - half, y + half, x + size, x + half
    match merged(mark):
        case Mark.NOT_MET:
            pen.polygon(((middle, top), (right, bottom), (x, bottom)), fill=ink)
        case Mark.RECOMMENDATION_NOT_MET:
            inset = 0.5
            points = ((middle, top + inset), (right - inset, bottom - inset), (x + inset, bottom - inset))
            pen.polygon(points, stroke=ink, thickness=0.9)
        case Mark.EXCEPTION:
            pen.box(x, top, size, size, stroke=ink, thickness=0.9)
            pen.polygon(((x, top), (right, bottom), (x, bottom)), fill=ink)
        case Mark.COULD_NOT_LOOK:
            pen.circle(middle, y, half - 0.45, stroke=ink, thickness=0.9)
            _question(pen, middle, y, size, ink)
        case Mark.NOT_STARTED:
            pen.circle(middle, y, half - 0.45, stroke=ink, thickness=0.9)
        case Mark.SAID:
            pen.circle(middle, y, half - 0.45, stroke=INK, thickness=0.9)
            pen.circle(middle, y, half * 0.32, fill=INK)
        case Mark.SHOWN:
            pen.polygon(((middle, top), (right, y), (middle, bottom), (x, y)), fill=INK)
        case Mark.SEEN:
            pen.circle(middle, y, half, fill=ink)
        case _:
            dash(pen, x, y, size)


def dash(pen: Pen, x: float, y: float, size: float = 6.5) -> None:
    """The sign of what does not apply, or was not looked at."""
    pen.box(x, y - 0.55, size, 1.1, fill=QUIET)


def cell(pen: Pen, mark: Mark, x: float, top: float, width: float, height: float, grey: Colour, seen: Colour) -> None:
    """One duty in the bar of page 1."""
    middle, y = x + width / 2, top + height / 2
    match merged(mark):
        case Mark.NOT_MET:
            pen.box(x, top, width, height, fill=RED)
        case Mark.EXCEPTION:
            pen.box(x, top, width, height, fill=WHITE, stroke=AMBER, thickness=0.75)
            pen.polygon(((x, top), (x + width, top + height), (x, top + height)), fill=AMBER)
        case Mark.COULD_NOT_LOOK:
            pen.box(x, top, width, height, fill=WHITE, stroke=AMBER, thickness=0.75)
            _question(pen, middle, y, min(width, height) * 0.9, AMBER)
        case Mark.NOT_STARTED:
            pen.box(x, top, width, height, fill=WHITE, stroke=AMBER, thickness=0.75)
        case Mark.SAID:
            pen.box(x, top, width, height, fill=WHITE, stroke=INK, thickness=0.9)
        case Mark.SHOWN:
            pen.box(x, top, width, height, fill=grey)
        case Mark.SEEN:
            pen.box(x, top, width, height, fill=seen)
        case _:
            pen.box(x, top, width, height, fill=WHITE, stroke=grey, thickness=0.4)
            dash(pen, x + width * 0.25, y, width * 0.5)


def _question(pen: Pen, x: float, y: float, size: float, ink: Colour) -> None:
    """A question mark as shapes, so that it is a picture and not a letter."""
    k = size / 6.5
    hook = (
        (-1.25, -0.75), (-1.25, -1.15), (-0.75, -1.75), (0.75, -1.75), (1.25, -1.15), (1.25, -0.55), (0.42, 0.1),
        (0.42, 0.65), (-0.38, 0.65), (-0.38, -0.2), (0.45, -0.78), (0.45, -1.05), (-0.45, -1.05), (-0.45, -0.75),
    )  # fmt: skip
    pen.polygon(tuple((x + dx * k, y + dy * k) for dx, dy in hook), fill=ink)
    pen.box(x - 0.42 * k, y + 1.05 * k, 0.85 * k, 0.85 * k, fill=ink)

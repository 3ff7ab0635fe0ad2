"""The look of the document: paper, margins, type and colours, in one place."""

from __future__ import annotations

from wizard.document.fonts import Weight
from wizard.document.text import Colour, Style

#: The mock-ups are drawn in pixels of 1/96 inch; a point is 1/72.
PX = 0.75


def colour(name: str) -> Colour:
    """The red, green and blue of "#1b1f24"."""
    return (int(name[1:3], 16) / 255, int(name[3:5], 16) / 255, int(name[5:7], 16) / 255)


INK = colour("#1b1f24")
QUIET = colour("#57606a")
HAIRLINE = colour("#c8ced6")
TINT = colour("#f6f7f9")
RED = colour("#b42318")
AMBER = colour("#8a5a00")
GREEN = colour("#1a7f37")
BLUE = colour("#0b5cad")
BAR = colour("#6b7480")
SEEN_CELL = colour("#b9d8c2")
WATERMARK = colour("#f3e3e1")
WHITE = (1.0, 1.0, 1.0)

TEXT = Style(Weight.REGULAR, 11 * PX, 16 * PX, INK)
BOLD = Style(Weight.BOLD, 11 * PX, 16 * PX, INK)
MUTED = TEXT.coloured(QUIET)
LABEL = Style(Weight.REGULAR, 9.5 * PX, 16 * PX, QUIET)
NOTE = Style(Weight.REGULAR, 9 * PX, 12 * PX, QUIET)
MONO = Style(Weight.MONO, 9.5 * PX, 16 * PX, INK)
MONO_SMALL = Style(Weight.MONO, 9 * PX, 16 * PX, INK)
MONO_TEXT = Style(Weight.MONO, 11 * PX, 16 * PX, INK)
HEADING = Style(Weight.BOLD, 13 * PX, 16 * PX, INK)
VERDICT = Style(Weight.BOLD, 18 * PX, 24 * PX, INK)
TITLE = Style(Weight.BOLD, 24 * PX, 32 * PX, INK)
TALLY = Style(Weight.REGULAR, 24 * PX, 28 * PX, INK)
TALLY_BOLD = Style(Weight.BOLD, 24 * PX, 28 * PX, INK)
PRINT = Style(Weight.MONO, 22 * PX, 30 * PX, INK)
PRINT_WORDS = Style(Weight.BOLD, 13 * PX, 22 * PX, INK)

#: Width and height in points.
PAPERS = {"A4": (595.28, 841.89), "Letter": (612.0, 792.0)}
MARGIN = 60 * PX
#: The first line of text below the paper's top edge: page 1, and pages with a running head.
TOP_FIRST, TOP = 56 * PX, 76 * PX
HEAD = 36 * PX
#: Above the paper's bottom edge: where text ends, and where the foot's hairline stands.
BOTTOM, FOOT = 76 * PX, 64 * PX
#: The height of the frame that says DEMONSTRATION or Custom questionnaire.
BANNER = 26 * PX

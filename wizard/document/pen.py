"""Draws on pages: text, rules and boxes, each marked with what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from wizard.document.fonts import Fonts, Run
from wizard.document.tags import Element, Link, Marked, Rectangle, Widget
from wizard.document.text import Colour, Fragment, Line, Style

#: Noto Sans, in thousandths of the type size: every line stands on its grid by these, whatever fonts it mixes.
_ASCENT, _DESCENT = 1069, 293


@dataclass(slots=True)
class Drawn:
    """What the finishing pass needs beside the pages: fonts, links and the signature's place."""

    fonts: Fonts
    links: list[tuple[Link, Element]] = field(default_factory=list)
    widget: tuple[Widget, Element] | None = None
    #: how many numbered contents each page has: the owner of each, in order
    owners: list[list[Element]] = field(default_factory=list)


class Pen:
    """A pen over reportlab's canvas. y grows downwards from the paper's top edge; all lengths are points."""

    def __init__(self, fonts: Fonts, width: float, height: float) -> None:
        from reportlab.pdfgen.canvas import Canvas  # heavy, and only needed here

        self.width, self.height = width, height
        self.drawn = Drawn(fonts)
        self._buffer = BytesIO()
        self._canvas: Any = Canvas(self._buffer, pagesize=(width, height), invariant=1, pageCompression=0)
        # No standard font may enter the file: without this, each page begins by choosing Helvetica.
        self._canvas._preamble = ""
        self._open: Element | None = None
        self._font = self._fill = ""
        self.drawn.owners.append([])

    @property
    def page(self) -> int:
        """The number of the page being drawn, from 0."""
        return len(self.drawn.owners) - 1

    def next_page(self) -> None:
        """End this page and begin the next."""
        self._close()
        self._canvas.showPage()
        self._font = self._fill = ""
        self.drawn.owners.append([])

    def finish(self) -> bytes:
        """The pages as reportlab writes them; fonts, tags, links and metadata are added by the finishing pass."""
        self._close()
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration: rules, marks, running heads."""
        self._close()
        self._write("/Artifact BMC")
        yield
        self._write("EMC")

    @contextmanager
    def figure(self, element: Element, left: float, top: float, right: float, bottom: float) -> Iterator[None]:
        """What is drawn inside is one picture with the element's alternative text."""
        self._mark(element)
        element.place = Rectangle(left, self.height - bottom, right, self.height - top)
        yield
        self._close()

    def settle(self) -> None:
        """Close the marked content that is open, if any."""
        self._close()

    # -- text -----------------------------------------------------------------------------------------------------

    def line(self, line: Line, x: float, top: float, element: Element | None) -> None:
        """One line of text with its upper edge at `top`. Without an element the caller has opened an artifact."""
        for fragment in line.fragments:
            size = fragment.style.size
            baseline = top + (line.leading - (_ASCENT + _DESCENT) * size / 1000) / 2 + _ASCENT * size / 1000
            if element is not None:
                self._mark(self._link(fragment, x, baseline, element) if fragment.link else element)
            self._run(fragment.run, fragment.style, x + fragment.x, baseline)

    def _link(self, fragment: Fragment, x: float, baseline: float, element: Element) -> Element:
        """The Link element of this fragment, with its annotation; fragments in a row share the element."""
        last = element.kids[-1] if element.kids else None
        size = fragment.style.size
        left = x + fragment.x
        place = Rectangle(
            left,
            self.height - baseline - 0.25 * size,
            left + fragment.run.width * size / 1000,
            self.height - baseline + 0.85 * size,
        )
        if isinstance(last, Element) and last.role == "Link" and last is self._open:
            before = last.kids[0]
            if isinstance(before, Link):
                place = before.place
                before.place = Rectangle(place.left, place.bottom, left + fragment.run.width * size / 1000, place.top)
                before.says += fragment.run.text
            return last
        own = element.add("Link")
        link = Link(self.page, place, fragment.link, fragment.run.text)
        own.kids.append(link)
        self.drawn.links.append((link, own))
        return own

    def _run(self, run: Run, style: Style, x: float, baseline: float) -> None:
        self._write("BT" + self._typeface(run, style))
        y = self.height - baseline
        if run.simple:
            codes = "".join(f"{glyph.cid:04X}" for glyph in run.glyphs)
            self._write(f"{number(x)} {number(y)} Td <{codes}> Tj ET")
            return
        k = style.size / 1000
        placed = []
        for glyph in run.glyphs:
            placed.append((glyph, x + glyph.dx * k, y + glyph.dy * k))
            x += glyph.advance * k
        # Every glyph has its own place, so the file can hold them in the order in which they are read.
        for glyph, left, base in reversed(placed) if run.right_to_left else placed:
            spanned = not glyph.text or len(glyph.text) > 1
            if spanned:
                spoken = ("FEFF" + glyph.text.encode("utf-16-be").hex()).upper()
                self._write(f"/Span <</ActualText <{spoken}>>> BDC")
            self._write(f"1 0 0 1 {number(left)} {number(base)} Tm <{glyph.cid:04X}> Tj" + (" EMC" if spanned else ""))
        self._write("ET")

    def _typeface(self, run: Run, style: Style) -> str:
        """The operators that choose font and colour, where the page has not chosen them already."""
        operators = ""
        font = f" /{run.font.resource} {number(style.size)} Tf"
        if font != self._font:
            self._font = font
            operators = font
        return operators + self._filled(style.colour)

    def _filled(self, colour: Colour) -> str:
        fill = f" {colour_of(colour)} rg"
        if fill == self._fill:
            return ""
        self._fill = fill
        return fill

    # -- shapes ---------------------------------------------------------------------------------------------------

    def rule(self, left: float, right: float, y: float, thickness: float, colour: Colour) -> None:
        """A horizontal line whose upper edge is at y."""
        self.box(left, y, right - left, thickness, fill=colour)

    def upright(self, x: float, top: float, bottom: float, thickness: float, colour: Colour) -> None:
        """A vertical line whose left edge is at x."""
        self.box(x, top, thickness, bottom - top, fill=colour)

    def box(
        self,
        x: float,
        top: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        thickness: float = 0.75,
    ) -> None:
        """A rectangle; a stroke stands inside its edges."""
        inset = thickness / 2 if stroke else 0.0
        points = (x + inset, self.height - top - height + inset, width - 2 * inset, height - 2 * inset)
        self._shape(" ".join(map(number, points)) + " re", fill, stroke, thickness)

    def polygon(
        self,
        points: tuple[tuple[float, float], ...],
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        thickness: float = 0.75,
    ) -> None:
        """A closed shape through these points."""
        path = [f"{number(x)} {number(self.height - y)} {'l' if i else 'm'}" for i, (x, y) in enumerate(points)]
        self._shape(" ".join(path) + " h", fill, stroke, thickness)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        thickness: float = 0.75,
    ) -> None:
        """A circle around (x, y)."""
        r, k, cy = radius, radius * 0.5523, self.height - y  # four Bézier curves
        curves = (
            (x + k, cy + r, x + r, cy + k, x + r, cy),
            (x + r, cy - k, x + k, cy - r, x, cy - r),
            (x - k, cy - r, x - r, cy - k, x - r, cy),
            (x - r, cy + k, x - k, cy + r, x, cy + r),
        )
        path = f"{number(x)} {number(cy + r)} m " + " ".join(" ".join(map(number, c)) + " c" for c in curves)
        self._shape(path + " h", fill, stroke, thickness)

    def diagonal(self, runs: tuple[Run, ...], style: Style, x: float, y: float, sine: float, cosine: float) -> None:
        """Text along a slope, its first baseline point at (x, y)."""
        for run in runs:
            codes = "".join(f"{glyph.cid:04X}" for glyph in run.glyphs)
            matrix = " ".join(map(number, (cosine, sine, -sine, cosine, x, self.height - y)))
            self._write("BT" + self._typeface(run, style))
            self._write(f"{matrix} Tm <{codes}> Tj ET")
            x += run.width * style.size / 1000 * cosine
            y -= run.width * style.size / 1000 * sine

    def sign_here(self, left: float, top: float, right: float, bottom: float, says: str, element: Element) -> None:
        """The signature field stands here; it belongs to a Form element."""
        widget = Widget(self.page, Rectangle(left, self.height - bottom, right, self.height - top), says)
        element.kids.append(widget)
        self.drawn.widget = (widget, element)

    # -- marked content -------------------------------------------------------------------------------------------

    def _shape(self, path: str, fill: Colour | None, stroke: Colour | None, thickness: float) -> None:
        colours = (self._filled(fill) if fill else "") + (
            f" {colour_of(stroke)} RG {number(thickness)} w" if stroke else ""
        )
        self._write(f"{colours} {path} {'B' if fill and stroke else 'f' if fill else 'S'}")

    def _mark(self, element: Element) -> None:
        if self._open is element:
            return
        self._close()
        owners = self.drawn.owners[-1]
        element.kids.append(Marked(self.page, len(owners)))
        self._write(f"/{element.role} <</MCID {len(owners)}>> BDC")
        owners.append(element)
        self._open = element

    def _close(self) -> None:
        if self._open is not None:
            self._write("EMC")
            self._open = None

    def _write(self, operators: str) -> None:
        self._canvas._code.append(operators)


def number(value: float) -> str:
    """A number as PDF writes it: at most three decimals, no exponent."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def colour_of(colour: Colour) -> str:
    """Three numbers from 0 to 1."""
    return " ".join(map(number, colour))

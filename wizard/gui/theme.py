"""How the window looks: one set of colours and sizes, for light, dark and high contrast, changed while it runs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from wizard.gui.style_sheet import STYLE_SHEET

#: What a person can wish for; "system" follows the computer's own setting.
Wish = Literal["system", "light", "dark", "contrast"]
ColorName = Literal[
    "page",
    "ground",
    "line",
    "edge",
    "text",
    "quiet",
    "accent",
    "on_accent",
    "supports",
    "contradicts",
    "unsure",
    "selection",
    "supports_tint",
    "contradicts_tint",
    "unsure_tint",
    "track",
]


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one scheme as #rrggbb."""

    page: str
    ground: str
    line: str
    edge: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    supports: str
    contradicts: str
    unsure: str
    selection: str
    supports_tint: str
    contradicts_tint: str
    unsure_tint: str
    track: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in device-independent pixels, on a grid of four."""

    sidebar: int
    margin: int
    margin_top: int
    foot: int
    card: int
    related: int
    unrelated: int
    row: int
    two_line_row: int
    tool_row: int
    field: int
    chip: int
    badge: int
    radius_card: int
    radius: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Everything in `tokens.toml`."""

    size: Sizes
    light: Colors
    dark: Colors
    contrast: Colors

    def scheme(self, name: str) -> Colors:
        """The colours called light, dark or contrast."""
        return cast(Colors, getattr(self, name))


@cache
def tokens() -> Tokens:
    """The tokens, read once."""
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "tokens.toml").read_text("utf-8"))
    schemes = {name: Colors(**data[name]) for name in ("light", "dark", "contrast")}
    return Tokens(size=Sizes(**data["size"]), **schemes)


class Theme(QObject):
    """The look in use. `changed` is emitted after colours, palette and style sheet are new."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wish: Wish = "system"
        self.scheme = "light"
        self._base: QFont | None = None
        self._follows = False
        #: The scheme and the sheet that the application wears now.
        self._worn: tuple[str, str] | None = None

    @property
    def size(self) -> Sizes:
        """The lengths."""
        return tokens().size

    def color(self, name: ColorName) -> QColor:
        """A colour of the scheme in use."""
        return QColor(getattr(tokens().scheme(self.scheme), name))

    def apply(self, app: QApplication, wish: Wish) -> None:
        """Dress the whole application; may be called again at any time, and costs nothing where nothing changes."""
        if not self._follows:
            self._follows = True
            self._base = QFont(app.font())
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.wish = wish
        self.scheme = self._system_scheme() if wish == "system" else wish
        sheet = self._style_sheet()
        if (self.scheme, sheet) == self._worn:
            return
        if not self._worn:
            app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(self.font())
        app.setPalette(_palette(tokens().scheme(self.scheme)))
        app.setStyleSheet(sheet)
        self._worn = (self.scheme, sheet)
        self.changed.emit()

    def font(self) -> QFont:
        """The system's own font, at least 13 pixels high, with figures of one width where it has them."""
        font = QFont(self._base) if self._base is not None else QFont(QGuiApplication.font())
        font.setPixelSize(self._pixels())
        return font

    def mono(self) -> QFont:
        """The system's own font for facts from machines: same height as the text around it."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._pixels())
        return font

    def sized(self, factor: float, *, bold: bool = False) -> QFont:
        """The text font, `factor` times as large, demi-bold if wished."""
        font = self.font()
        font.setPixelSize(round(self._pixels() * factor))
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _pixels(self) -> int:
        if self._base is None:
            return 13
        system = self._base.pixelSize()
        if system <= 0:
            screen = QGuiApplication.primaryScreen()
            system = round(self._base.pointSizeF() * (screen.logicalDotsPerInchY() if screen else 96.0) / 72)
        return max(13, system)

    def _style_sheet(self) -> str:
        colors, size, pixels = tokens().scheme(self.scheme), self.size, self._pixels()
        words: dict[str, str | int] = {f.name: getattr(colors, f.name) for f in fields(colors)}
        words |= {f"size_{f.name}": getattr(size, f.name) for f in fields(size)}
        words |= {"text_px": pixels, "title_px": round(pixels * 1.7), "card_px": round(pixels * 1.16)}
        words |= {"mono": self.mono().family(), "inner": size.field - 2, "chip_inner": size.chip - 2}
        edge = self.color("edge")
        words["thumb"] = f"rgba({edge.red()}, {edge.green()}, {edge.blue()}, 60%)"
        return Template(STYLE_SHEET).substitute(words)

    def _system_scheme(self) -> str:
        hints = QGuiApplication.styleHints()
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None and getattr(accessibility(), "contrastPreference", None) is not None:
            high = getattr(Qt, "ContrastPreference", None)
            if high is not None and accessibility().contrastPreference() == high.HighContrast:
                return "contrast"
        return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    def _system_changed(self) -> None:
        app = QApplication.instance()
        if self.wish == "system" and isinstance(app, QApplication) and self._system_scheme() != self.scheme:
            self.apply(app, "system")


@cache
def theme() -> Theme:
    """The one look of this window."""
    return Theme()


def _palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, color in (
        (role.Window, colors.page),
        (role.WindowText, colors.text),
        (role.Base, colors.page),
        (role.AlternateBase, colors.ground),
        (role.Text, colors.text),
        (role.Button, colors.page),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.contradicts),
        (role.ToolTipBase, colors.ground),
        (role.ToolTipText, colors.text),
        (role.PlaceholderText, colors.quiet),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Light, colors.line),
        (role.Midlight, colors.line),
        (role.Mid, colors.edge),
        (role.Dark, colors.edge),
        (role.Shadow, colors.edge),
    ):
        palette.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(colors.quiet))
    return palette

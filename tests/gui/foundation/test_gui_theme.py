"""Colours: enough contrast in every scheme, and a change of scheme while the window is open."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.domain.finding import Mark
from wizard.gui import words
from wizard.gui.icons import icon_pixmap
from wizard.gui.theme import theme, tokens
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import FilledButton
from wizard.gui.widgets.fields import Choice, TickBox

SCHEMES = ("light", "dark", "contrast")
#: what is read as text, on every ground it stands on
TEXTS = ("text", "quiet", "accent", "supports", "contradicts", "unsure")
GROUNDS = ("page", "ground")
ON_TINTS = (
    ("supports", "supports_tint"),
    ("contradicts", "contradicts_tint"),
    ("text", "contradicts_tint"),
    ("quiet", "contradicts_tint"),
    ("unsure", "unsure_tint"),
    ("accent", "selection"),
    ("text", "selection"),
    ("quiet", "selection"),
    ("contradicts", "selection"),
    ("on_accent", "accent"),
)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: the ratio of relative luminances."""

    def luminance(text: str) -> float:
        parts = [int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read_on_every_ground(scheme: str) -> None:
    colors = tokens().scheme(scheme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + list(ON_TINTS)
    for text, ground in pairs:
        ratio = contrast(getattr(colors, text), getattr(colors, ground))
        assert ratio >= 4.5, f"{scheme}: {text} on {ground} has {ratio:.2f}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_fields_and_the_focus_ring_can_be_seen(scheme: str) -> None:
    colors = tokens().scheme(scheme)
    for edge in ("edge", "accent"):
        for ground in ("page", "ground"):
            assert contrast(getattr(colors, edge), getattr(colors, ground)) >= 3.0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_state_can_be_read_on_its_badge(scheme: str) -> None:
    colors = tokens().scheme(scheme)
    signs = [words.sign(mark) for mark in Mark] + [words.complete_sign()]
    for sign in signs:
        assert contrast(getattr(colors, sign.text), getattr(colors, sign.tint)) >= 4.5
        assert contrast(getattr(colors, sign.color), getattr(colors, sign.tint)) >= 3.0


def test_the_scheme_changes_while_the_window_is_open(app: QApplication, qtbot: QtBot) -> None:
    button = FilledButton("Sign")
    qtbot.addWidget(button)
    button.show()
    with qtbot.waitSignal(theme().changed):
        theme().apply(app, "dark")
    assert theme().color("page") == QColor("#1e2227")
    assert app.palette().color(QPalette.ColorRole.Window) == QColor("#1e2227")
    assert button.grab().toImage().pixelColor(20, 6) == QColor("#6cb1ff")
    theme().apply(app, "light")
    assert button.grab().toImage().pixelColor(20, 6) == QColor("#0b5cad")


def test_a_badge_shows_its_tint_in_the_scheme_in_use(app: QApplication, qtbot: QtBot) -> None:
    badge = Badge()
    qtbot.addWidget(badge)
    badge.set_mark(Mark.CONTRADICTED)
    badge.resize(badge.sizeHint())
    assert badge.grab().toImage().pixelColor(4, 12) == QColor("#fdf0ee")
    assert badge.accessibleName() == "Contradicted"


def test_an_unknown_wish_of_the_system_is_light(app: QApplication) -> None:
    theme().apply(app, "system")
    assert theme().scheme in SCHEMES
    theme().apply(app, "light")


def test_icons_are_drawn_in_the_colour_asked_for(app: QApplication) -> None:
    image = icon_pixmap("stop", "contradicts", 16, 1.0).toImage()
    drawn = {
        image.pixelColor(x, y).name() for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha() > 250
    }
    assert "#b42318" in drawn


def test_text_is_at_least_thirteen_pixels_high(app: QApplication) -> None:
    assert theme().font().pixelSize() >= 13
    assert theme().mono().pixelSize() == theme().font().pixelSize()


@pytest.mark.parametrize("kind", [TickBox, Choice])
def test_what_cannot_be_changed_does_not_look_as_if_it_could(
    app: QApplication, qtbot: QtBot, kind: type[TickBox | Choice]
) -> None:
    theme().apply(app, "contrast")
    button = kind("Declared")
    qtbot.addWidget(button)
    button.setChecked(True)

    def colours() -> set[str]:
        picture = button.grab().toImage()
        box = range(min(picture.width(), 18)), range(picture.height())
        return {picture.pixelColor(x, y).name() for x in box[0] for y in box[1]}

    accent = tokens().scheme("contrast").accent
    assert accent in colours()
    button.setEnabled(False)
    assert accent not in colours()
    assert len(colours()) > 1  # it is still there to be read
    theme().apply(app, "light")

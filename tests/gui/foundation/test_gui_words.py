"""The fixed words: every state has one, with a sentence and a shape of its own; times as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from wizard.domain.finding import Mark
from wizard.gui import words

NOW = datetime(2026, 9, 12, 12, 0).astimezone()  # noon where the reader is


def test_every_state_has_its_own_word_sentence_and_sign() -> None:
    assert len({words.word(mark) for mark in Mark}) == len(Mark)
    assert len({words.sentence(mark) for mark in Mark}) == len(Mark)
    signs = [(words.sign(mark).glyph, words.sign(mark).color) for mark in Mark]
    signs.append((words.complete_sign().glyph, words.complete_sign().color))
    assert len(set(signs)) == len(signs)
    assert len({glyph for glyph, _color in signs}) == len(signs), "colour is never alone"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=3), "3 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=3), "9 September"),
        (timedelta(days=400), "8 August 2025"),
    ],
)
def test_times_are_said_as_people_say_them(passed: timedelta, said: str) -> None:
    assert words.ago(NOW - passed, NOW) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 KB"), (620_000, "620 KB"), (1_400_000, "1.4 MB")],
)
def test_sizes_are_said_as_people_say_them(count: int, said: str) -> None:
    assert words.size(count) == said


def test_a_day_has_its_year_only_when_it_is_another() -> None:
    assert words.day(date(2026, 9, 30), NOW.date()) == "30 September"
    assert words.day(date(2025, 9, 30), NOW.date()) == "30 September 2025"

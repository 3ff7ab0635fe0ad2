"""The fixed words of the window: the name, glyph and colour of every state, and times as people say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from wizard.domain.finding import Mark
from wizard.domain.language import _, ngettext
from wizard.gui.icons import Glyph
from wizard.gui.theme import ColorName


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state looks: shape, colour of shape and word, and the tint of its badge."""

    glyph: Glyph
    color: ColorName
    tint: ColorName
    text: ColorName


def sign(mark: Mark) -> Sign:
    """Glyph and colours of a state."""
    match mark:
        case Mark.CONTRADICTED:
            return Sign(Glyph.TRIANGLE, "contradicts", "contradicts_tint", "contradicts")
        case Mark.NOT_MET:
            return Sign(Glyph.SQUARE, "contradicts", "contradicts_tint", "contradicts")
        case Mark.RECOMMENDATION_NOT_MET:
            return Sign(Glyph.SQUARE_HOLLOW, "unsure", "unsure_tint", "unsure")
        case Mark.EXCEPTION:
            return Sign(Glyph.FLAG, "unsure", "unsure_tint", "unsure")
        case Mark.COULD_NOT_LOOK:
            return Sign(Glyph.QUESTION, "unsure", "unsure_tint", "unsure")
        case Mark.NOT_STARTED:
            return Sign(Glyph.RING, "quiet", "ground", "quiet")
        case Mark.IN_PROGRESS:
            return Sign(Glyph.HALF, "accent", "selection", "accent")
        case Mark.SAID:
            return Sign(Glyph.DIAMOND_HOLLOW, "quiet", "ground", "quiet")
        case Mark.SHOWN:
            return Sign(Glyph.DIAMOND, "accent", "selection", "accent")
        case Mark.SEEN:
            return Sign(Glyph.DISC, "supports", "supports_tint", "supports")
        case Mark.DOES_NOT_APPLY:
            return Sign(Glyph.MINUS, "quiet", "ground", "quiet")
        case _:
            assert_never(mark)


def complete_sign() -> Sign:
    """Glyph and colours of a section in which nothing is left to do."""
    return Sign(Glyph.TICK, "supports", "supports_tint", "supports")


def word(mark: Mark) -> str:
    """The word that stands beside a requirement."""
    match mark:
        case Mark.CONTRADICTED:
            return _("Contradicted")
        case Mark.NOT_MET:
            return _("Not met")
        case Mark.RECOMMENDATION_NOT_MET:
            return _("Recommendation not met")
        case Mark.EXCEPTION:
            return _("Exception")
        case Mark.COULD_NOT_LOOK:
            return _("Could not look")
        case Mark.NOT_STARTED:
            return _("Not started")
        case Mark.IN_PROGRESS:
            return _("In progress")
        case Mark.SAID:
            return _("Said")
        case Mark.SHOWN:
            return _("Shown")
        case Mark.SEEN:
            return _("Seen")
        case Mark.DOES_NOT_APPLY:
            return _("Does not apply")
        case _:
            assert_never(mark)


def complete() -> str:
    """The word for a section in which nothing is left to do."""
    return _("Complete")


def sentence(mark: Mark) -> str:
    """What the state means, for a tooltip or a legend."""
    match mark:
        case Mark.CONTRADICTED:
            return _("An answer says yes, a look or a report says otherwise.")
        case Mark.NOT_MET:
            return _("The answer, a look or a report says that this is not the case.")
        case Mark.RECOMMENDATION_NOT_MET:
            return _("Recommended, and not the case. This never stops a signature.")
        case Mark.EXCEPTION:
            return _("A known gap with an owner, something that covers it, and a date.")
        case Mark.COULD_NOT_LOOK:
            return _("Nobody could look. This is neither a pass nor a fail.")
        case Mark.NOT_STARTED:
            return _("Nobody has answered yet.")
        case Mark.IN_PROGRESS:
            return _("Begun; something is still to answer.")
        case Mark.SAID:
            return _("A person says so, and nothing contradicts it.")
        case Mark.SHOWN:
            return _("Evidence or a document shows it.")
        case Mark.SEEN:
            return _("A check looked for itself and agrees.")
        case Mark.DOES_NOT_APPLY:
            return _("Does not apply, for a written reason.")
        case _:
            assert_never(mark)


def month(number: int) -> str:
    """The name of a month, 1 to 12."""
    names = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return names[number - 1]


def day(when: date, today: date | None = None) -> str:
    """A day as people write it; the year only when it is not this one."""
    text = _("{day} {month}").format(day=when.day, month=month(when.month))
    if today is not None and when.year == today.year:
        return text
    return _("{day_month} {year}").format(day_month=text, year=when.year)


def exactly(when: datetime) -> str:
    """The moment in full, in the person's own time zone with its offset, for a tooltip."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def clock(when: datetime) -> str:
    """The time of day, local: 14:02."""
    return when.astimezone().strftime("%H:%M")


def moment(when: datetime) -> str:
    """Day and time of day, local, for people who compare two of them; `exactly` stands in the tooltip."""
    return f"{day(when.astimezone().date())}, {clock(when)}"


def ago(when: datetime, now: datetime, *, short: bool = False) -> str:
    """A past moment as people say it: "3 minutes ago", "yesterday", "10 September"; `short` says "3 min ago"."""
    passed = now - when
    local, today = when.astimezone().date(), now.astimezone().date()
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        if short:
            return _("{n} min ago").format(n=minutes)
        return ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    if local == today:
        hours = int(passed.total_seconds() // 3600)
        return ngettext("{n} hour ago", "{n} hours ago", hours).format(n=hours)
    if today - local == timedelta(days=1):
        return _("yesterday")
    return day(local, today)


def size(count: int) -> str:
    """A number of bytes as people say it: 620 KB, 1.4 MB."""
    if count < 1000:
        return ngettext("{n} byte", "{n} bytes", count).format(n=count)
    amount = float(count)
    for unit in ("KB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5 or unit == "GB":
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "KB" else f"{amount:.1f} {unit}"
    raise AssertionError

"""Reads what people type and paste into the one spelling in which answers are kept."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from wizard.domain.language import _
from wizard.domain.questionnaire import AnswerKind, Column
from wizard.gui import words

#: an ISO 8601 duration of one amount, as answers keep it
_ONE_AMOUNT = re.compile(r"P(?:(\d+)([YMWD])|T(\d+)([HM]))")


def number_text(text: str, minimum: str = "", maximum: str = "") -> str:
    """A typed number as a plain decimal. Raises ValueError with the sentence to show."""
    plain = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    plain = plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain) else plain.replace(",", ".")
    if not plain:
        return ""
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain, re.ASCII):
        raise ValueError(_("This is not a number, so it is not saved yet. Write digits only, such as 90."))
    number = Decimal(plain)
    if (minimum and number < Decimal(minimum)) or (maximum and number > Decimal(maximum)):
        least = _("at least {least}").format(least=minimum) if minimum else ""
        most = _("at most {most}").format(most=maximum) if maximum else ""
        limits = " ".join(filter(None, (least, most)))
        raise ValueError(_("This number must be {limits}, so it is not saved yet.").format(limits=limits))
    return plain


def parse_day(text: str, today: date | None = None) -> date | None:
    """The day in `text` (2026-09-30, 30.9.2026, 30 September 2026, today, tomorrow); None for none.

    Raises ValueError with the sentence to show. Day and month of 3/4/2026 are anybody's guess, so it is refused.
    """
    plain = text.strip().casefold()
    if not plain:
        return None
    today = today or datetime.now().astimezone().date()
    if plain == _("today").casefold():
        return today
    if plain == _("tomorrow").casefold():
        return today + timedelta(days=1)
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain)
    parts = (int(found[1]), int(found[2]), int(found[3])) if found else None
    found = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", plain)
    parts = (int(found[3]), int(found[2]), int(found[1])) if found else parts
    found = re.fullmatch(r"(\d{1,2})\.?\s+(\w{3,})\.?,?\s+(\d{4})", plain)
    if found:
        months = [m for m in range(1, 13) if words.month(m).casefold().startswith(found[2])]
        parts = (int(found[3]), months[0], int(found[1])) if len(months) == 1 else parts
    if parts and parts[0] > 0 and 1 <= parts[1] <= 12 and 1 <= parts[2] <= monthrange(parts[0], parts[1])[1]:
        return date(*parts)
    raise ValueError(_("This is not a day, so it is not saved yet. Write it like 2026-09-30."))


def duration_units() -> tuple[tuple[str, str], ...]:
    """What a length of time counts: the letters of ISO 8601 (T before hours and minutes) and the word."""
    return (
        ("TM", _("minutes")),
        ("TH", _("hours")),
        ("D", _("days")),
        ("W", _("weeks")),
        ("M", _("months")),
        ("Y", _("years")),
    )


def duration_text(amount: str, unit: str) -> str:
    """ISO 8601 for an amount and a unit of `duration_units`; "" without an amount. Raises ValueError."""
    amount = amount.strip()
    if not amount:
        return ""
    if not (amount.isascii() and amount.isdecimal() and len(amount) <= 9):
        raise ValueError(_("This is not a whole number, so it is not saved yet. Write digits only, such as 24."))
    return f"P{unit[:-1]}{int(amount)}{unit[-1]}"


def duration_parts(text: str) -> tuple[str, str] | None:
    """Amount and unit of an ISO 8601 duration that has just one of them."""
    found = _ONE_AMOUNT.fullmatch(text)
    if not found:
        return None
    return (found[1], found[2]) if found[1] else (found[3], f"T{found[4]}")


def stored(text: str, column: Column) -> str | None:
    """A pasted or typed cell in the spelling that is recorded; None when it makes no sense in that column."""
    if not text:
        return ""
    folded = text.casefold()
    match column.kind:
        case AnswerKind.YES_NO:
            yes, no = {"yes", "y", "true", _("Yes").casefold()}, {"no", "n", "false", _("No").casefold()}
            return "yes" if folded in yes else "no" if folded in no else None
        case AnswerKind.CHOICE:
            return next((o.id for o in column.options if folded in (o.id.casefold(), o.label.casefold())), None)
        case AnswerKind.NUMBER | AnswerKind.DATE | AnswerKind.DURATION:
            try:
                if column.kind is AnswerKind.NUMBER:
                    return number_text(text)
                if column.kind is AnswerKind.DATE:
                    day = parse_day(text)
                    return day.isoformat() if day else ""
            except ValueError:
                return None
            return stored_duration(text)
        case _:
            return text


def stored_duration(text: str) -> str | None:
    """ISO 8601 for "90 days", "24 h" or an ISO 8601 duration; None when it is none of them."""

    if duration_parts(text.upper()):
        return text.upper()
    found = re.fullmatch(r"(\d{1,6})\s*([^\W\d]+)\.?", text.strip())
    if not found:
        return None
    units = [unit for unit, word in duration_units() if word.casefold().startswith(found[2].casefold())]
    unit = "TH" if found[2].casefold() == "h" else units[0] if len(units) == 1 else ""
    return duration_text(found[1], unit) if unit else None

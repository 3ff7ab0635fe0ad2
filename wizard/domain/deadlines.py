"""Days, durations and limits: when something is due, how old it is, and how long the page allows.

All days are UTC. A limit that is exactly reached is kept.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Severity(StrEnum):
    """The four severities of the page's table, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of the page's table: from this CVSS v3 score on, a fix may take this many days."""

    severity: Severity
    from_score: float
    days: int


#: The page's table under "Vulnerability Management": 4, 6, 8 and 25 weeks. Read from the top, first match.
LIMITS = (
    Limit(Severity.CRITICAL, 9.0, 28),
    Limit(Severity.HIGH, 7.0, 42),
    Limit(Severity.MEDIUM, 4.0, 56),
    Limit(Severity.LOW, 0.0, 175),
)

#: Apollo is told within this time ("Incident Response").
NOTICE_WITHIN = timedelta(hours=24)
#: Different Apollo teams that must be connected ("Marketplace Requirements").
TEAMS_NEEDED = 3
#: The page recommends to change API keys this often ("Application Security").
API_KEY_DAYS = 90
#: Apollo answers an application within this many business days ("Submit Your Marketplace Application").
ANSWER_BUSINESS_DAYS = 5

#: Our defaults, not Apollo's: the page says "regular" or "periodically", or nothing.
PLAN_MONTHS = 12
ADDRESS_VERIFIED_DAYS = 90
ACTIVE_TEAM_DAYS = 28
LOOK_BACK_MONTHS = 12

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
#: Longer periods than this are no periods: the calendar ends in the year 9999.
_MOST = 9999


def limit_for(score: float) -> Limit:
    """The line of the table for a CVSS v3 score; 9.0, 7.0 and 4.0 belong to the higher class."""
    return next(limit for limit in LIMITS if score >= limit.from_score or limit is LIMITS[-1])


def days_allowed(severity: Severity) -> int:
    """The page's limit for a severity, in days."""
    return next(limit.days for limit in LIMITS if limit.severity is severity)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as a person gives it: whole months, days and minutes, which do not convert into each other."""

    months: int = 0
    days: int = 0
    minutes: int = 0

    def after(self, start: date) -> date:
        """The day that lies this much later; the last day of the calendar when it lies beyond."""
        try:
            return add_months(start, self.months) + timedelta(days=self.days, minutes=self.minutes)
        except OverflowError:
            return date.max


def read_period(text: str) -> Period | None:
    """The period that an ISO 8601 duration spells (P90D, P1Y6M, PT24H), seconds rounded up; None when it is none.

    A period of nothing, and one beyond the calendar, is none either.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()) or text.strip().endswith("T"):
        return None
    if any(len(part or "") > 9 for part in found.groups()):
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    period = Period(years * 12 + months, weeks * 7 + days, hours * 60 + minutes + -(-seconds // 60))
    if period == Period() or period.months > _MOST * 12 or period.days > _MOST * 366:
        return None
    return period if period.minutes <= _MOST * 366 * 24 * 60 else None


def read_date(text: str) -> date | None:
    """The day that ISO 8601 text spells (2025-10-02); None when it is none."""
    try:
        return date.fromisoformat(text.strip()) if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()) else None
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """The moment that ISO 8601 text with a zone spells (2025-10-02T08:30Z); None when it is none or has no zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def add_months(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it is shorter (31 January + 1 = 28 or 29).

    Raises `OverflowError` beyond the calendar.
    """
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def add_business_days(start: date, days: int, holidays: Collection[date] = ()) -> date:
    """The day that lies `days` business days after `start`; Saturdays, Sundays and `holidays` do not count.

    The day of `start` itself does not count either. Ends at the last day of the calendar.
    """
    day = start
    while days > 0 and day < date.max:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def business_days_between(start: date, end: date, holidays: Collection[date] = ()) -> int:
    """How many business days lie after `start`, up to and with `end`; 0 when `end` is not later."""
    days = (end - start).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    count = weeks * 5 + sum((start + timedelta(days=i)).weekday() < 5 for i in range(1, rest + 1))
    return count - sum(start < day <= end and day.weekday() < 5 for day in set(holidays))

"""Dates, durations, business days and the page's limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.domain.deadlines import (
    LIMITS,
    Period,
    Severity,
    add_business_days,
    add_months,
    business_days_between,
    days_allowed,
    limit_for,
    read_date,
    read_moment,
    read_period,
)


def test_the_table_of_the_page() -> None:
    assert [(limit.severity.value, limit.days) for limit in LIMITS] == [
        ("critical", 28),
        ("high", 42),
        ("medium", 56),
        ("low", 175),
    ]
    assert [days_allowed(severity) for severity in Severity] == [4 * 7, 6 * 7, 8 * 7, 25 * 7]


@pytest.mark.parametrize(
    ("score", "severity"),
    [(10, "critical"), (9.0, "critical"), (8.9, "high"), (7.0, "high"), (6.9, "medium"), (4.0, "medium"), (3.9, "low")],
)
def test_a_border_belongs_to_the_higher_class(score: float, severity: str) -> None:
    assert limit_for(score).severity.value == severity
    assert limit_for(0).severity is Severity.LOW


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P90D", Period(days=90)),
        ("P1Y6M", Period(months=18)),
        ("P2W", Period(days=14)),
        ("PT24H", Period(minutes=1440)),
        ("P1DT12H30M", Period(days=1, minutes=750)),
        ("PT1S", Period(minutes=1)),
        (" P90D ", Period(days=90)),
    ],
)
def test_periods(text: str, period: Period) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "90", "90 days", "P-1D", "P1.5D", "p90d", "P0D", "P" + "9" * 5000 + "D", "P99999Y"]
)
def test_what_is_no_period(text: str) -> None:
    assert read_period(text) is None


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months(date(2025, 12, 15), 1) == date(2026, 1, 15)
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)
    assert Period(months=1).after(date(9999, 12, 1)) == date.max


@pytest.mark.parametrize("text", ["", "2025-13-01", "2025-02-30", "20250101", "2025-W01-1", "1 May", "2025-1-1"])
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_moments_need_a_zone() -> None:
    assert read_moment("2025-09-14T08:30Z") == datetime(2025, 9, 14, 8, 30, tzinfo=UTC)
    assert read_moment("2025-09-14T10:30+02:00") == datetime(2025, 9, 14, 8, 30, tzinfo=UTC)
    for text in ("2025-09-14T08:30", "2025-09-14", "", "now", "2025-09-14T25:00Z"):
        assert read_moment(text) is None


def test_business_days() -> None:
    thursday = date(2025, 10, 2)
    assert add_business_days(thursday, 5) == date(2025, 10, 9)
    assert add_business_days(date(2025, 10, 4), 5) == date(2025, 10, 10)  # sent on a Saturday
    assert add_business_days(thursday, 5, [date(2025, 10, 3)]) == date(2025, 10, 10)
    assert add_business_days(thursday, 5, [date(2025, 10, 4)]) == date(2025, 10, 9)  # a holiday on a Saturday
    assert add_business_days(date(9999, 12, 30), 5) == date.max
    assert business_days_between(thursday, date(2025, 10, 9)) == 5
    assert business_days_between(thursday, thursday) == 0


_days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(_days, st.integers(0, 60), st.lists(_days, max_size=5))
def test_business_days_count_back(start: date, days: int, holidays: list[date]) -> None:
    assert business_days_between(start, add_business_days(start, days, holidays), holidays) == days


@given(_days, _days, st.lists(_days, max_size=4))
def test_business_days_are_counted_one_by_one(start: date, end: date, holidays: list[date]) -> None:
    end = min(end, start + timedelta(days=400))
    one_by_one = sum(
        (day := start + timedelta(days=i)).weekday() < 5 and day not in holidays
        for i in range(1, max((end - start).days, 0) + 1)
    )
    assert business_days_between(start, end, holidays) == one_by_one


@given(st.text(max_size=30))
def test_no_text_surprises(text: str) -> None:
    read_period(text)
    read_date(text)
    read_moment(text)

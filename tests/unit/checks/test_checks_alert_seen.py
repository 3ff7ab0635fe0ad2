"""An alert that is handed in: it names a request of ours that was refused, in time, and it is no log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wizard.checks.alert_seen import look_at_alert
from wizard.checks.looks.canary import LogSample, Sent, new_canary, read_log
from wizard.domain.observation import Level, Method, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 28, 20, 14, tzinfo=UTC)
OPEN, SHUT = "atprobe0123456789abcdef", "atprobefedcba9876543210"
SENT = (Sent(OPEN, "/", 200), Sent(SHUT, "/v1/me", 401))
TABLE: dict[str, tuple[str, Verdict]] = {
    "a message": (f"Subject: 403 from a bad address\n\n2026-11-28T20:16:00Z request {SHUT} was refused", P),
    "capitals": (f"2026-11-28T20:16:00Z {SHUT.upper()}", P),
    "the time on another line": (f"raised at 2026-11-28T21:00:00+00:00\nrequest: {SHUT}", P),
    "another zone": (f"2026-11-28T15:20:00-0500 {SHUT}", P),
    "23 hours": (f"2026-11-29T19:14:00Z {SHUT}", P),
    "25 hours": (f"2026-11-29T21:15:00Z {SHUT}", F),
    "the days before": (f"2026-11-27T20:14:00Z {SHUT}", U),
    "no time": (f"refused: {SHUT}", W),
    "another alert": ("2026-11-28T20:16:00Z request atprobe0000000000000000 was refused", U),
    "a piece of the id": (f"2026-11-28T20:16:00Z {SHUT[:-1]}", U),
    "a log": (f"2026-11-28T20:14:01Z {OPEN} 200\n2026-11-28T20:14:01Z {SHUT} 401", U),
    "only what was let in": (f"2026-11-28T20:14:01Z {OPEN}", U),
    "nothing": ("", U),
}


def _sample(text: str, sent: tuple[Sent, ...] = SENT) -> LogSample:
    sample = read_log(text, {"api.example": (new_canary(), [each.probe for each in sent])})["api.example"]
    return replace(sample, requests=sent, sent_at=AT)


@pytest.mark.parametrize("name", TABLE)
def test_what_an_alert_shows(name: str) -> None:
    text, verdict = TABLE[name]
    result = look_at_alert(Host("api.example"), _sample(text), AT)
    assert result.verdict is verdict, result.summary
    assert (result.level, result.method) == (Level.RECOMMENDED, Method.EXAMINE)


def test_where_nothing_was_refused_no_alert_had_to_be_raised() -> None:
    result = look_at_alert(Host("api.example"), _sample(f"2026-11-28T20:16:00Z {OPEN}", SENT[:1]), AT)
    assert result.verdict is U
    assert "none had to raise" in result.summary
    assert look_at_alert(Host("api.example"), replace(_sample(SHUT), sent_at=None), AT).verdict is U

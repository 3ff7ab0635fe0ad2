"""Our own requests in the log that is handed in: nine of ten, at the right time, and refusals marked as refusals."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks.looks import log_lines
from wizard.checks.looks.canary import LogSample, Sent, new_canary, read_log
from wizard.checks.probes_seen import look_at_sample
from wizard.domain.codec import from_json, to_json
from wizard.domain.observation import Level, Method, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 28, 20, 14, tzinfo=UTC)
ONE, TWO = "atprobe0123456789abcdef", "atprobefedcba9876543210"
CANARY = new_canary()
SENT = (Sent(ONE, "/", 200), Sent(TWO, "/v1/me", 401))


def _clf(probe: str, status: int, clock: str = "28/Nov/2026:20:14:05 +0000") -> str:
    return f'10.0.0.1 - - [{clock}] "GET /?attestry-probe={probe} HTTP/1.1" {status} 512'


OTHERS = "\n".join(_clf("x", 200, f"28/Nov/2026:{hour}:00:00 +0000") for hour in (19, 21))
TABLE: dict[str, tuple[str, Verdict]] = {
    "common log": (f"{_clf(ONE, 200)}\n{_clf(TWO, 401)}", P),
    "another zone": (f"{_clf(ONE, 200)}\n{_clf(TWO, 401, '28/Nov/2026:15:14:05 -0500')}", P),
    "no zone, but UTC": (f"2026-11-28 20:14:01 GET /{ONE} 200\n2026/11/28 20:14:01 {TWO} access denied", P),
    "JSON": (f'{{"ts": 1795896845.1, "id": "{ONE}"}}\n{{"@timestamp": "2026-11-28T21:18:00.123+01:00", "id": "{TWO}", '
             '"response": {"status": 403}}', P),
    "the app says it on a line of its own": (
        f"{_clf(ONE, 200)}\n{_clf(TWO, 200)}\n2026-11-28T20:14:05Z request {TWO} refused: no user", P),
    "not marked": (f"{_clf(ONE, 200)}\n{_clf(TWO, 200)}", F),
    "only the size is 401": (f"{_clf(ONE, 200)}\n{_clf(TWO, 200)[:-3]}401", F),
    "one of two": (f"{OTHERS}\n{_clf(ONE, 200)}", F),
    "one of two, the log ends": (_clf(ONE, 200, "28/Nov/2026:20:13:59 +0000"), U),
    "none": (OTHERS, F),
    "none, and the log ends before": (OTHERS.split("\n", maxsplit=1)[0], U),
    "none, and no time at all": ("GET / 200", U),
    "nothing": ("", U),
    "an hour off": (
        f"{_clf(ONE, 200, '28/Nov/2026:21:14:05 +0000')}\n{_clf(TWO, 401, '28/Nov/2026:21:14:05 +0000')}", F),
    "an hour off without a zone": (f"2026-11-28 21:14:05 {ONE}\n2026-11-28 21:14:05 {TWO} 401", U),
    "no time": (f"GET /{ONE} 200\nGET /{TWO} 401", U),
    "a time that does not exist": (
        f"{_clf(ONE, 200, '99/Foo/2026:29:14:05 +0000')}\n{_clf(TWO, 401, '31/Feb/2026:21:14:05 +0000')}", U),
}  # fmt: skip


def _sample(text: str, sent: tuple[Sent, ...] = SENT) -> LogSample:
    sample = read_log(text, {"api.example": (CANARY, [each.probe for each in sent])})["api.example"]
    return replace(sample, requests=sent, sent_at=AT)


@pytest.mark.parametrize("name", TABLE)
def test_what_a_log_shows(name: str) -> None:
    text, verdict = TABLE[name]
    sample = _sample(text)
    result = look_at_sample(Host("api.example"), sample, AT + timedelta(hours=2))
    assert (result.verdict, result.level, result.method) == (verdict, Level.RECOMMENDED, Method.EXAMINE), result.summary
    assert bool(result.fix) is (verdict is F)
    assert bool(result.next_step) is (verdict is U)
    assert from_json(LogSample, to_json(sample)) == sample


def test_where_nothing_was_refused_refusals_are_not_shown() -> None:
    result = look_at_sample(Host("api.example"), _sample(_clf(ONE, 200), SENT[:1]), AT)
    assert result.verdict is W
    assert "none was refused" in result.summary


def test_without_what_was_sent_nothing_is_judged() -> None:
    sample = replace(_sample(_clf(ONE, 200)), requests=(), sent_at=None)
    assert look_at_sample(Host("api.example"), sample, AT).verdict is U


def test_nine_of_ten_are_enough() -> None:
    sent = tuple(Sent(f"atprobe{n:016x}", "/", 403) for n in range(10))
    lines = [_clf(each.probe, 403) for each in sent]
    for kept, verdict in ((9, P), (8, F)):
        text = "\n".join([OTHERS, *lines[:kept]])
        assert look_at_sample(Host("api.example"), _sample(text, sent), AT).verdict is verdict


@given(st.text(max_size=80))
def test_any_line_is_read(text: str) -> None:
    assert all(stamp.at.tzinfo is UTC for stamp in log_lines.stamps(text))
    log_lines.says_refused(text)
    assert log_lines.find(f"{text.lower()} {ONE}", ONE) is not None


@pytest.mark.parametrize("piece", ["2026-11-28 20:14:0", "28/Nov/2026:", f"{ONE} ", "time: "])
def test_a_long_line_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    start = time.process_time()
    read_log(text, {"api.example": (CANARY, [ONE, TWO])})
    assert time.process_time() - start < 4

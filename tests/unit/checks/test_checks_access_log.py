"""Access logs in every common format: credentials in addresses are found, masked, and never missed for a format."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks.access_log import NoAccessLog, look_at_log, read_log
from wizard.checks.every import find
from wizard.checks.recorded import judge_recorded
from wizard.domain.observation import Verdict

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 1, tzinfo=UTC)
KEY = "Zx81Qp0mVb47Kd93"
JWT = "eyJhbGciOiJub25l.eyJhIjoxfQ.c2ln"
COMMON = '192.0.2.1 - - [01/Nov/2026:10:00:00 +0000] "{request}" 200 512'
IIS = "#Software: IIS 10.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(Referer)\n"

FORMATS = {
    "common": COMMON.format(request="GET {address} HTTP/1.1"),
    "combined": COMMON.format(request="GET {address} HTTP/1.1") + ' "-" "Mozilla/5.0"',
    "combined with a host": "app.example:443 " + COMMON.format(request="POST {address} HTTP/2.0") + ' "-" "curl"',
    "load balancer": 'h2 2026-11-01T10:00:00Z lb 200 "GET https://a.example:443{address} HTTP/1.1" "curl" - -',
    "HTTP/1.0 by hand": COMMON.format(request="GET {address}"),
    "JSON, nginx": '{{"time":"x","request":"GET {address} HTTP/1.1","status":200}}',
    "JSON, Caddy": '{{"level":"info","request":{{"method":"GET","uri":"{address}","headers":{{"User-Agent":["x"]}}}}}}',
    "JSON, flat": '{{"http.target":"{address}","status":200}}',
    "JSON in a line": '{{"log":"192.0.2.1 - - [x] \\"GET {address} HTTP/1.1\\" 200 5"}}',
}


def _verdict(text: str) -> Verdict:
    result = look_at_log(text.encode(), AT)
    assert KEY not in str(result)
    assert JWT not in str(result)
    assert result.subject == ""
    return result.verdict


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(name: str) -> None:
    def line(address: str) -> str:
        return FORMATS[name].format(address=address)

    fine = line("/x?page=1") + "\n" + line("/y") + "\n\n"
    assert _verdict(fine) is P
    assert _verdict(fine + line(f"/x?api_key={KEY}&a=b")) is F
    assert _verdict(fine + line("/login?user=a&password=hunter2")) is F
    assert _verdict(fine + line(f"/reset/{JWT}?x=1")) is F
    assert _verdict(fine + line(f"/a;jsessionid={KEY}")) is F
    assert _verdict(fine + line("/x?v=" + KEY * 2)) is W
    assert _verdict(fine + line("/callback?code=" + KEY * 2 + "&state=" + KEY * 2)) is P
    assert _verdict(line("/x")) is U


def test_the_columns_of_w3c_logs() -> None:
    fine = IIS + "2026-11-01 10:00:00 GET /x page=1 192.0.2.1 -\n"
    assert _verdict(fine) is P
    assert _verdict(fine + f"2026-11-01 10:00:00 GET /x token={KEY} 192.0.2.1 -\n") is F
    assert _verdict(fine + f"2026-11-01 10:00:00 GET /x - 192.0.2.1 https://a.example/?token={KEY}\n") is F
    tabs = "#Version: 1.0\n#Fields: date cs-uri-stem cs-uri-query\n2026-11-01\t/x\tapi_key=" + KEY
    assert _verdict(tabs) is F


def test_where_the_visitor_came_from_counts() -> None:
    line = COMMON.format(request="GET /x?a=1 HTTP/1.1") + f' "https://app.example/?access_token={KEY}" "Mozilla"'
    assert _verdict(line) is F


def test_what_is_no_log_is_never_a_pass() -> None:
    for text in ("", "\n\n", "hello\nworld", "{}\n{}", "[1]", '"GET"', "# Fields only", "\x00" * 100):
        with pytest.raises(NoAccessLog):
            look_at_log(text.encode("utf-8", "replace"), AT)
    fine = COMMON.format(request="GET /x?a=1 HTTP/1.1")
    assert _verdict("\n".join([fine] * 5 + ["something else"])) is U
    assert _verdict("\n".join([fine] * 50 + ["something else"])) is P


def test_a_certain_one_is_not_lost_behind_many_guesses() -> None:
    guesses = [COMMON.format(request=f"GET /x?v{i}={KEY * 2} HTTP/1.1") for i in range(60)]
    result = look_at_log("\n".join([*guesses, COMMON.format(request=f"GET /x?token={KEY} HTTP/1.1")]).encode(), AT)
    assert result.verdict is F
    assert result.summary == "1 of 61 requests carries a credential in its address (token)."
    assert result.proof.startswith("token: ")


def test_judge_reads_a_log() -> None:
    check = find("access-log")
    assert check
    (result,) = judge_recorded(check, COMMON.format(request="GET /x?a=1 HTTP/1.1"), AT)
    assert (result.verdict, result.facts["requests"]) == (P, 1)


PIECES = ('"GET ', "/x?token=", KEY, ' HTTP/1.1"', "\n", "{", '"uri":', "}", "#Fields: cs-uri-stem", "\t", '"')
KEYS = st.sampled_from(["request", "uri", "a"])
OBJECTS = st.recursive(st.text(max_size=9), lambda inner: st.dictionaries(KEYS, inner, max_size=2))
LINES = st.lists(
    st.one_of(st.text(max_size=60), st.sampled_from(PIECES), OBJECTS.map(json.dumps)),
    max_size=12,
).map("".join)


@given(LINES)
def test_any_text_is_read_or_refused(text: str) -> None:
    log = read_log(text)
    assert log.queries <= log.requests
    assert KEY not in str(log)
    with suppress(NoAccessLog):
        look_at_log(text.encode("utf-8", "replace"), AT)


def test_a_long_log_is_read_in_time() -> None:
    line = COMMON.format(request="GET /x?a=1&b=2 HTTP/1.1") + ' "https://app.example/" "Mozilla/5.0"\n'
    for text in (line * 20_000, '"GET ' * 100_000, '"' * 500_000, "{" * 500_000, '" 200 5 "https://' * 50_000):
        began = time.process_time()
        read_log(text)
        assert time.process_time() - began < 5

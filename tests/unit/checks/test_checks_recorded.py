"""Recorded facts: the same judgement without looking, and a clear sentence for whatever is no fact."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks import CHECKS, find
from wizard.checks.recorded import UnreadableFacts, judge_recorded
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Verdict

AT = datetime(2026, 11, 1, tzinfo=UTC)


def _facts(*headers: tuple[str, str], url: str = "https://partner.example/", status: int = 200, body: str = "") -> str:
    return json.dumps({"url": url, "status": status, "headers": [list(h) for h in headers], "body": body})


def _judge(name: str, text: str) -> list[Verdict]:
    check = find(name)
    assert check
    return [r.verdict for r in judge_recorded(check, text, AT)]


def test_one_object_one_a_line_and_a_list() -> None:
    good, bad = _facts(("STRICT-transport-security", "max-age=31536000; includeSubDomains")), _facts()
    assert _judge("hsts", good) == [Verdict.PASS]
    assert _judge("hsts", f"{good}\n\n{bad}\n") == [Verdict.PASS, Verdict.FAIL]
    assert _judge("hsts", f"[{good},{bad}]") == [Verdict.PASS, Verdict.FAIL]
    assert _judge("hsts", json.dumps(json.loads(good), indent=2)) == [Verdict.PASS]


def test_hsts_over_plain_http_means_nothing() -> None:
    assert _judge("hsts", _facts(("Strict-Transport-Security", "max-age=31536000"), url="http://a.example/")) == [
        Verdict.FAIL
    ]


def test_other_checks() -> None:
    assert _judge("cookies", _facts(("Set-Cookie", "sid=1"))) == [Verdict.FAIL]
    assert _judge("csp", _facts(("Content-Type", "text/html"), body="<html>")) == [Verdict.FAIL]
    assert _judge("content-type-options", _facts(("X-Content-Type-Options", "nosniff"), body="{}")) == [Verdict.PASS]
    moved = _facts(("Location", "https://a.example/"), url="http://a.example/", status=301)
    assert _judge("https-redirect", moved) == [Verdict.PASS]
    assert _judge("https-redirect", _facts(url="http://a.example/", body="hello")) == [Verdict.FAIL]
    assert _judge("https-redirect", _facts()) == [Verdict.UNKNOWN]


BROKEN = (
    *(
        "",
        " ",
        "nonsense",
        "[]",
        "{}",
        "[1]",
        "1",
        "null",
        '{"url":"x"}',
        '{"url":"ftp://a/","status":200,"headers":[]}',
    ),
    *('{"url":"https://a/","status":"200","headers":[]}', '{"url":"https://a/","status":99,"headers":[]}'),
    *('{"url":"https://a/","status":true,"headers":[]}', '{"url":"https://a/","status":200}'),
    *('{"url":"https://a/","status":200,"headers":[["a"]]}', '{"url":"https://a/","status":200,"headers":[["a",1]]}'),
    *('{"url":"https://a/","status":200,"headers":[],"body":1}', "[" * 100_000, '{"format":"attestry-look/9"}'),
    '{"url":"https://a:99999/","status":200,"headers":[]}',
)


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:40])
def test_no_facts_get_a_sentence(text: str) -> None:
    with pytest.raises(Mistake) as mistake:
        _judge("hsts", text)
    assert str(mistake.value).endswith((".", "…"))


def test_what_needs_a_look_says_so() -> None:
    with pytest.raises(UnreadableFacts, match="tls-versions"):
        _judge("tls-versions", _facts())


@given(st.text(max_size=200))
def test_any_text_is_judged_or_refused(text: str) -> None:
    for check in CHECKS:
        with suppress(Mistake):
            judge_recorded(check, text, AT)

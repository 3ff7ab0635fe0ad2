"""The OAuth flow with Apollo, judged from browser recordings: an expected-verdict table and any JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks.every import find
from wizard.checks.oauth_flow import look_at_recording
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Method, Verdict

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 1, tzinfo=UTC)
ONE, TWO = "kJ8sQ2mVx0Zp4TrW7yBn1C", "Zq7LdF3gHs9Xk2MvP5wRb8"
CODE = "c0dEc0dE8sQ2mVx0Zp4TrW7y"
BACK = "https://partner.example/oauth/callback"


def _entry(url: str, *, to: str = "", status: int = 200, referer: str = "", post: str = "") -> dict[str, object]:
    headers = [{"name": "Referer", "value": referer}] if referer else []
    request: dict[str, object] = {"method": "POST" if post else "GET", "url": url, "headers": headers}
    if post:
        request["postData"] = {"text": post}
    located = [{"name": "location", "value": to}] if to else []
    return {"request": request, "response": {"status": status, "headers": located, "redirectURL": to}}


def _run(
    state: str = ONE,
    *,
    kind: str = "code",
    back: str = BACK,
    returned: str | None = None,
    after: str = "/done",
    code: str = CODE,
) -> list[dict[str, object]]:
    ask = f"https://app.apollo.io/#/oauth/authorize?client_id=abc&redirect_uri={quote(back)}&response_type={kind}&scope=read"
    ask += f"&state={state}" if state else ""
    came = f"{back}{'&' if '?' in back else '?'}code={code}" + (
        f"&state={returned if returned is not None else state}" if state or returned else ""
    )
    return [
        _entry("https://partner.example/connect", to=ask, status=302),
        _entry("https://app.apollo.io/"),
        _entry(came, to=after, status=302) if after else _entry(came),
        _entry("https://partner.example/done"),
    ]


def _telling(policy: str) -> dict[str, object]:
    entry = _entry(f"{BACK}?code={CODE}&state={TWO}")
    entry["response"]["headers"] = [{"name": "Referrer-Policy", "value": policy}]  # type: ignore[index]
    return entry


def _judge(*entries: dict[str, object]) -> Verdict:
    result = look_at_recording(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode(), AT)
    assert (result.check, result.subject, result.method) == ("oauth-flow", "", Method.EXAMINE)
    assert CODE not in str(result)
    assert ONE not in str(result)
    return result.verdict


TOKEN = "https://partner.example/done#access_token=" + CODE
TABLE: dict[str, tuple[list[dict[str, object]], Verdict]] = {
    "two runs": ([*_run(ONE), *_run(TWO)], P),
    "one run": (_run(ONE), W),
    "short state": ([*_run("abc123"), *_run("def456")], W),
    "hexadecimal state of 96 bits": ([*_run("6fd01b8e92a74c35d81f20be"), *_run("7b35c2f8d1604e9ab27c91d4")], W),
    "hexadecimal state of 128 bits": (
        [*_run("6fd01b8e-92a7-4c35-b81f-20be7b35c2f8"), *_run("7b35c2f8d1604e9ab27c91d46fd01b8e")],
        P,
    ),
    "PKCE that proves nothing": ([*_run(f"{ONE}&code_challenge={TWO}{ONE}", returned=ONE), *_run(TWO)], W),
    "page keeps the code": ([*_run(ONE, after=""), *_run(TWO, after="")], W),
    "nothing": ([_entry("https://partner.example/")], U),
    "never came back": (_run(ONE)[:2], U),
    "no entries": ([], U),
    "implicit": (_run(ONE, kind="token"), F),
    "no state": (_run(""), F),
    "same state twice": ([*_run(ONE), *_run(ONE, kind="code", after="/other"), _run(ONE, back=BACK + "2")[0]], F),
    "same state in another run": ([*_run(ONE), *_run(ONE, code="an0therC0dean0therC0de")], F),
    "foreign state": (_run(ONE, returned=TWO), F),
    "no state came back": (_run(ONE, returned=""), F),
    "plain redirect address": (_run(ONE, back="http://partner.example/oauth/callback"), F),
    "token in an address": ([*_run(ONE), *_run(TWO), _entry(TOKEN)], F),
    "token in a redirect": ([*_run(ONE), *_run(TWO), _entry("https://partner.example/x", to=TOKEN, status=302)], F),
    "code told to others": (
        [*_run(ONE), *_run(TWO), _entry("https://metrics.example/p.js", referer=f"{BACK}?code={CODE}")],
        F,
    ),
    "a short code told to others": (
        [
            *_run(ONE, code="sh0rtc0de"),
            *_run(TWO),
            _entry("https://metrics.example/p.js", referer=f"{BACK}?code=sh0rtc0de"),
        ],
        F,
    ),
    "token behind many parameters": (
        [*_run(ONE), *_run(TWO), _entry(f"https://partner.example/done?{'a=b&' * 3000}access_token={CODE}")],
        F,
    ),
    "code told to itself": (
        [*_run(ONE), *_run(TWO), _entry("https://partner.example/a.js", referer=f"{BACK}?code={CODE}")],
        P,
    ),
    "code goes on": ([*_run(ONE), *_run(TWO, after=f"/app?code={CODE}")], W),
    "another code goes on": ([*_run(ONE), *_run(TWO, after="/app?code=voucher-2026")], P),
    "credential in the redirect address": (
        [*_run(ONE, back=f"{BACK}?api_key={TWO}"), *_run(TWO, back=f"{BACK}?api_key={TWO}")],
        F,  # the server hands the browser an address with a credential in it
    ),
    "token in the redirect address": (
        [*_run(ONE, back=f"{BACK}?sig={TWO}"), *_run(TWO, back=f"{BACK}?sig={TWO}")],
        W,
    ),
    "page that tells its address": ([*_run(ONE), *_run(TWO, after="")[:2], _telling("unsafe-url")], F),
    "page that tells nothing": ([*_run(ONE), *_run(TWO, after="")[:2], _telling("unsafe-url, no-referrer")], W),
    "browser fetches the token": (
        [
            *_run(ONE),
            *_run(TWO),
            _entry("https://app.apollo.io/api/v1/oauth/token", post="grant_type=authorization_code&x=y"),
        ],
        F,
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name: str) -> None:
    entries, verdict = TABLE[name]
    assert _judge(*entries) is verdict


def test_what_was_not_read_of_a_recording_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.checks.looks.har_flow._MOST_ENTRIES", 8)
    assert _judge(*_run(ONE), *_run(TWO)) is P
    assert _judge(*_run(ONE), *_run(TWO), _entry(TOKEN)) is U


def test_a_flow_without_pkce_says_so() -> None:
    entries = json.dumps({"log": {"entries": [*_run(ONE), *_run(TWO)]}}).encode()
    assert "PKCE is not used" in look_at_recording(entries, AT).summary


@pytest.mark.parametrize("data", [b"", b"x", b"{}", b"[]", b'{"log":{}}', b'{"log":{"entries":{}}}', b"[" * 9999])
def test_no_recording(data: bytes) -> None:
    with pytest.raises(Mistake):
        look_at_recording(data, AT)


VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=30), st.just([]), st.just({}))


REQUEST = st.one_of(VALUES, st.fixed_dictionaries({"url": VALUES, "headers": VALUES}))
RESPONSE = st.one_of(VALUES, st.fixed_dictionaries({"status": VALUES, "headers": st.lists(VALUES, max_size=2)}))


@pytest.mark.slow
@given(st.lists(st.fixed_dictionaries({"request": REQUEST, "response": RESPONSE}), max_size=3))
def test_any_recording_is_judged(entries: list[dict[str, object]]) -> None:
    assert _judge(*entries) in set(Verdict)


def test_it_is_about_the_assessment() -> None:
    assert find("CHK-OAUTH") is find("oauth-flow")

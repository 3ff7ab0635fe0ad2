"""The canary in a log: absence counts only where the request is logged, and other spellings are found too."""

from __future__ import annotations

import asyncio
import base64
import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.log_canary import look_at_sample
from wizard.checks.looks.canary import Canary, LogSample, UnreadableLog, log_text, new_canary, read_log
from wizard.checks.looks.ground import Endpoint, LookSettings, Run
from wizard.domain.observation import Method, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
CANARY = new_canary()
ONE, TWO = "atprobe0123456789abcdef", "atprobefedcba9876543210"
REQUEST = f'10.0.0.1 - - [28/Nov/2026:20:14:00 +0000] "GET /?attestry-probe={ONE} HTTP/1.1" 200 512'
SECOND = f'{{"path": "/v1/me", "request_id": "{TWO}"}}'
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

TABLE: dict[str, tuple[str, Verdict]] = {
    "both requests, no canary": (f"{REQUEST}\n{SECOND}", P),
    "one of two requests": (REQUEST, W),
    "no request": ("GET /other 200", U),
    "nothing": ("", U),
    "the canary": (f"{REQUEST}\nauthorization: Bearer {CANARY}", F),
    "the canary without the request": (f"authorization: Bearer {CANARY}", F),
    "the canary in capitals": (f"{REQUEST} {CANARY.upper()}", F),
    "the canary cut off": (f"{REQUEST} key={CANARY[:24]}…", F),
    "the end of the canary": (f"{REQUEST} key=…{CANARY[-14:]}", F),
    "a few signs of the canary": (f"{REQUEST}\n{SECOND} key={CANARY[:4]}****", P),
    "the canary in hexadecimal": (f"{REQUEST} {CANARY.encode().hex()}", F),
    "the canary in base64": (f"{REQUEST} {base64.b64encode(f'user:{CANARY}'.encode()).decode()}", F),
    "the header in base64": (f"{REQUEST} {base64.b64encode(f'Bearer {CANARY}'.encode()).decode()}", F),
    "another token": (f"{REQUEST}\n{SECOND}\nsigned in with {JWT}", F),
    "another bearer": (f"{REQUEST}\n{SECOND}\nAuthorization: Bearer 3f1b6ac0ffee4711deadbeef", F),
    "a key": (f'{REQUEST}\n{SECOND}\n{{"x-api-key": "k9f7ab3c11d0"}}', F),
    "a password": (f"{REQUEST}\n{SECOND}\nPOST /login password=hunter2", F),
    "a password in JSON": (f'{REQUEST}\n{SECOND}\n{{"password": "correct horse"}}', F),
    "secrets that were taken out": (
        f'{REQUEST}\n{SECOND}\npassword=******** "password": "[FILTERED]" Authorization: Bearer ***** '
        'x-api-key: <redacted> token=xxxxxxxxxxxxxxxx access_token="REDACTED" pwd={hidden}', P,
    ),
    "words about secrets": (
        f"{REQUEST}\n{SECOND}\npassword: incorrect for user 17. WWW-Authenticate: Bearer realm=api", P,
    ),
    "another token, but no request": (f"signed in with {JWT}", U),
}  # fmt: skip


def _judged(text: str) -> Verdict:
    sample = read_log(text, {"api.example": (CANARY, (ONE, TWO))})["api.example"]
    result = look_at_sample(Host("api.example"), sample, datetime.now(UTC))
    assert result.method is Method.EXAMINE
    assert result.subject == "api.example"
    for secret in (CANARY[8:], CANARY[10:22], JWT, "hunter2", "k9f7ab3c11d0", "deadbeef"):
        assert secret not in repr(result)
    if result.verdict in (F, U):
        assert result.fix or result.next_step
    return result.verdict


@pytest.mark.parametrize("name", TABLE)
def test_what_a_log_shows(name: str) -> None:
    text, verdict = TABLE[name]
    assert _judged(text) is verdict


def test_logs_may_be_compressed_or_of_windows() -> None:
    text = f"{REQUEST}\r\n{SECOND}"
    for data in (text.encode(), gzip.compress(text.encode()), b"\xff\xfe" + text.encode("utf-16-le")):
        assert _judged(log_text(data)) is P


def test_all_parts_of_a_compressed_log_are_read() -> None:
    parts = gzip.compress(f"{REQUEST}\n{SECOND}\n".encode()) + gzip.compress(
        f"Authorization: Bearer {CANARY}\n".encode()
    )
    assert _judged(log_text(parts)) is F
    assert log_text(parts + b"\0" * 512) == log_text(parts)
    for cut in (parts[:-9], parts + b"and more"):
        with pytest.raises(UnreadableLog):
            log_text(cut)


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8b\x08\x00garbage", gzip.compress(b"x" * 1000, mtime=0)[:-20]])
def test_a_damaged_log_is_no_pass(data: bytes) -> None:
    try:
        text = log_text(data)
    except UnreadableLog:
        return
    assert _judged(text) is U


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.checks.looks.canary.MOST_TEXT", 1000)
    with pytest.raises(UnreadableLog):
        log_text(gzip.compress(b"x" * 5000))


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_canary_is_found_wherever_it_stands(before: str, after: str) -> None:
    sample = read_log(before + CANARY + after, {"h": (CANARY, (ONE,))})["h"]
    assert sample.canary


@given(st.text(max_size=400) | st.binary(max_size=400).map(lambda data: data.decode("latin-1")))
def test_any_text_is_read(text: str) -> None:
    sample = read_log(text, {"h": (CANARY, (ONE,))})["h"]
    assert not sample.canary
    assert not sample.found


@pytest.mark.parametrize(
    "text",
    [
        "password=" * 100_000,
        "eyJ" * 200_000,
        "Bearer " * 100_000,
        f"{CANARY}\n" * 50_000,
        "a" * 2_000_000,
        '"' * 500_000,
    ],
)
def test_long_logs_are_read_in_proportion_to_their_length(text: str) -> None:
    start = time.process_time()
    read_log(text, {"h": (CANARY, (ONE, TWO))})
    assert time.process_time() - start < 5


def test_canaries_differ_and_carry_no_sign_that_logs_change() -> None:
    many = {new_canary() for _n in range(50)}
    assert len(many) == 50
    assert all(canary.isalnum() and canary.islower() and len(canary) == 38 for canary in many)


def test_the_canary_is_sent_with_ids_and_never_in_an_address() -> None:
    seen: list[Request] = []

    async def run() -> tuple[Canary, str]:
        async with serve(scripted(lambda r: Page(404 if r.path != "/" else 200, (), b""), seen), certs.good()) as port:
            host = Host("localhost", port.number)
            canary = new_canary()
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), canaries={host.subject: canary},
                endpoints={host.subject: (Endpoint("GET", "/v1/me?x=1"), Endpoint("POST", "/v1/pay"))},
            )  # fmt: skip
            assert canary not in repr(settings)
            looking = Run(settings, [host])
            try:
                return await looking.ground(host).once(Canary), canary
            finally:
                await looking.close()

    found, canary = asyncio.run(run())
    assert [(s.path, s.status) for s in found.sent] == [("/", 200), ("/v1/me?x=1", 404)]
    assert [r.target for r in seen] == [
        f"/?attestry-probe={found.sent[0].probe}", f"/v1/me?x=1&attestry-probe={found.sent[1].probe}",
    ]  # fmt: skip
    for request in seen:
        assert request.fields["authorization"] == f"Bearer {canary}"
        assert canary not in request.target
        assert request.method == "GET"


def test_a_sample_survives_its_record() -> None:
    from wizard.domain.codec import from_json, to_json

    sample = read_log(TABLE["the canary"][0], {"h": (CANARY, (ONE, TWO))})["h"]
    assert from_json(LogSample, to_json(sample)) == sample

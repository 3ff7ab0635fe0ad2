"""Endpoints from YAML and recordings, and a test customer's credential that tells strangers' answers apart."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.web import serve
from wizard.checks import yaml_events
from wizard.checks.endpoints import UnreadableEndpoints, read_openapi
from wizard.checks.every import find
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import HostLook, LookSettings, look
from wizard.checks.record import judge_again
from wizard.checks.recording_endpoints import read_recording
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host
from wizard.formats.malformed import Malformed

YAML = b"""
openapi: 3.0.3
servers: [{url: "https://api.example/v1"}]
security:
  - token: []
paths:
  /users/{id}:
    get:
      parameters:
        - {name: id, in: path, schema: &number {type: integer, example: 7}}
  /open:
    get: {security: []}
  /pay:
    post: {requestBody: {content: {application/json: {schema: *number}}}}
"""


def test_yaml_gives_what_json_gives() -> None:
    api = read_openapi(YAML)
    assert [(e.method, e.path, e.secured) for e in api.endpoints] == [
        ("GET", "/v1/users/7", "yes"),
        ("GET", "/v1/open", "no"),
        ("POST", "/v1/pay", "yes"),
    ]
    assert api.servers == ("api.example",)


LAUGHS = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b", ".join([b"*%c" % (97 + i)] * 9)) for i in range(20)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"a: b: c", b"\t- x", b"? [a]\n: b", b"*nowhere", b"a: &x *x", b"[" * 70,
        b"- " * 3000, b"\x00", b"\xff\xfe\x00",
        b"- x\n" * 400_000, b"%YAML 9.9\n---\na", b"a: !!python/object/apply:os.system [x]", LAUGHS, b"'",
    ],
)  # fmt: skip
def test_hostile_yaml_ends_with_a_sentence_at_once(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(UnreadableEndpoints):
        read_openapi(data)
    assert time.process_time() - start < 5


@pytest.mark.slow
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#? \n\t", max_size=60).map(str.encode))
def test_any_bytes_are_yaml_or_a_mistake(data: bytes) -> None:
    try:
        yaml_events.parse(data)
    except Malformed:
        return


def _entry(url: str, *headers: str, kind: str = "application/json", method: str = "GET") -> dict[str, object]:
    return {
        "request": {"method": method, "url": url, "headers": [{"name": name, "value": "x"} for name in headers]},
        "response": {"status": 200, "content": {"mimeType": kind}},
    }


def test_a_recording_gives_what_was_called_with_a_credential() -> None:
    entries = [
        _entry("https://api.example/me?token=abc", "Authorization"),
        _entry("https://api.example/me", "Authorization"),
        _entry("https://api.example/pay", "X-Api-Key", method="POST"),
        _entry("https://app.example:8443/data", "Cookie"),
        _entry("https://app.example:8443/logo.png", "Cookie", kind="image/png"),
        _entry("https://api.example/open"),
        _entry("http://api.example/plain", "Authorization"),
        {"request": None},
        7,
    ]
    found = read_recording(json.dumps({"log": {"entries": entries}}).encode())
    assert {host: [(e.method, e.path) for e in endpoints] for host, endpoints in found.items()} == {
        "api.example": [("GET", "/me"), ("POST", "/pay")],
        "app.example:8443": [("GET", "/data")],
    }


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"log": 1}', b"[" * 1000])
def test_no_recording(data: bytes) -> None:
    with pytest.raises(Mistake):
        read_recording(data)


SECRET = "own-credential-of-a-test-tenant"


def _called(path: str) -> HostLook:
    check = find("authentication")
    assert check

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            own = f"X-Key: {SECRET}" in head
            target = head.split(" ")[1]
            if target == "/soft":
                status, body = 200, b'{"contacts":[{"id":7}]}' if own else b'{"error":"sign in"}'
            elif target == "/hidden":
                status, body = (200, b'{"contacts":[{"id":7}]}') if own else (404, b"{}")
            elif target == "/open":
                status, body = 200, b'{"contacts":[{"id":7}]}'
            else:
                status, body = 404, b"nothing"
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nX-Echo: %s\r\nContent-Length: %d\r\n\r\n"
                % (status, SECRET.encode() if own else b"-", len(body))
                + body
            )

    async def run() -> HostLook:
        async with serve(handler, certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True,
                ca_file=certs.root_file(),
                endpoints={host.subject: (Endpoint("GET", path),)},
                credentials={host.subject: ("X-Key", SECRET)},
            )
            assert SECRET not in repr(settings)
            (found,) = await look([host], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
            return found

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "verdict"), [("/soft", Verdict.WARN), ("/hidden", Verdict.PASS), ("/open", Verdict.FAIL)]
)
def test_what_a_customer_gets_tells_what_strangers_got(path: str, verdict: Verdict) -> None:
    found = _called(path)
    assert found.results[0].verdict is verdict, found.results[0].summary
    assert SECRET.encode() not in found.record
    assert SECRET not in repr(found)

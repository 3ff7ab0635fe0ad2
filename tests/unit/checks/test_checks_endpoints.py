"""Endpoints: the partner's list is read safely, and strangers are told apart from guests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import certs
from tests.servers.web import Page, Port, serve, site
from wizard.checks.endpoints import MOST_OPERATIONS, Api, UnreadableEndpoints, read_list, read_openapi
from wizard.checks.every import find
from wizard.checks.looks.data_ports import PORTS
from wizard.checks.looks.endpoint_probe import MOST_CALLED
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import Limits, LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.codec import from_json, to_json
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

P, W, F, U, N = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
CHALLENGE = ("WWW-Authenticate", "Bearer")


def _page(status: int, *headers: tuple[str, str], body: bytes = b"") -> Page:
    return Page(status, headers, body)


PAGES = {
    "/": _page(200, HTML, body=b"<html>"),
    "/guarded": _page(401, JSON, CHALLENGE, body=b'{"error":"x"}'),
    "/forbidden": _page(403),
    "/mute": _page(401),
    "/leak": _page(200, JSON, body=b'{"contacts":[{"name":"A"}]}'),
    "/empty": _page(204),
    "/picky": _page(422, JSON, body=b"{}"),
    "/broken": _page(500, JSON, body=b"{}"),
    "/missing": _page(404, JSON, body=b"{}"),
    "/method": _page(405),
    "/busy": _page(429),
    "/moved": _page(302, ("Location", "/login")),
    "/login": _page(200, HTML, body=b"<html><form method=post><input name=p type='password'></form>"),
    "/health": _page(200, JSON, body=b'{"ok":true}'),
}
TABLE = {
    "/guarded": P,
    "/forbidden": P,
    "/mute": W,
    "/leak": F,
    "/empty": W,
    "/picky": W,
    "/broken": W,
    "/missing": U,
    "/method": U,
    "/busy": U,
    "/moved": W,
}


def _look(
    endpoints: tuple[Endpoint, ...], pages: dict[str, Page], missing: Page | None = None
) -> tuple[Result, list[str]]:
    check = find("authentication")
    assert check
    seen: list[tuple[str, dict[str, str]]] = []

    async def run() -> Result:
        async with serve(site(pages, missing, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: endpoints})
            (found,) = await look([host], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.facts, again.summary) == (
                found.results[0].verdict, found.results[0].facts, found.results[0].summary,
            )  # fmt: skip
            assert b"contacts" not in found.record
            return found.results[0]

    return asyncio.run(run()), [line for line, _headers in seen]


@pytest.mark.parametrize("path", TABLE)
def test_one_endpoint(path: str) -> None:
    result, _seen = _look((Endpoint("GET", path),), PAGES)
    assert result.verdict is TABLE[path], result.summary


def test_the_worst_decides_all_are_listed_and_only_get_is_sent() -> None:
    endpoints = (
        Endpoint("GET", "/guarded"),
        Endpoint("GET", "/leak"),
        Endpoint("GET", "/health", anonymous="load balancer"),
        Endpoint("DELETE", "/guarded"),
        Endpoint("POST", "/other"),
        Endpoint("GET", "/moved", page=True),
    )
    result, seen = _look(endpoints, PAGES)
    assert result.verdict is F
    assert "GET /leak" in result.summary
    said = {guard["operation"]: guard["verdict"] for guard in result.facts["operations"]}  # type: ignore[union-attr, index, call-overload]
    assert said == {
        "GET /guarded": "pass",
        "GET /leak": "fail",
        "GET /health": "pass",
        "DELETE /guarded": "warn",
        "POST /other": "unknown",
        "GET /moved": "pass",
    }
    assert {line.split(" ")[0] for line in seen} == {"GET"}
    assert max(seen.count(line) for line in seen) <= 5  # nothing, and four bad credentials


@pytest.mark.parametrize(
    ("said", "verdict", "words"),
    [
        ({"/open": "max-age=31536000; includeSubDomains"}, P, ""),
        ({"/open": "max-age=300"}, F, "300"),
        ({"/open": ""}, F, "missing"),
        ({"/shut": ""}, W, "error answer"),
        ({"/busy": ""}, P, ""),
    ],
)
def test_hsts_is_read_on_every_endpoint_that_was_asked(said: dict[str, str], verdict: Verdict, words: str) -> None:
    check = find("hsts")
    assert check
    fine = "max-age=31536000; includeSubDomains"

    def page(path: str, status: int) -> Page:
        value = said.get(path, fine)
        return _page(status, JSON, *((("Strict-Transport-Security", value),) if value else ()), body=b"{}")

    pages = {path: page(path, status) for path, status in (("/", 200), ("/open", 200), ("/shut", 401), ("/busy", 503))}

    async def run() -> Result:
        async with serve(site(pages, page("", 404)), certs.good()) as port:
            host = Host("localhost", port.number)
            listed = tuple(Endpoint("GET", path) for path in ("/shut", "/open", "/busy"))
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: listed})
            (found,) = await look([host], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
            return found.results[0]

    result = asyncio.run(run())
    assert (result.verdict, words in result.summary) == (verdict, True), result.summary


def _register(endpoints: tuple[Endpoint, ...], missing: Page | None = None) -> Result:
    check = find("CHK-ANON")
    assert check

    async def run() -> Result:
        pages = {**PAGES, "/people": _page(200, JSON, body=b'[{"email":"ada@customer.example"}]')}
        async with serve(site(pages, missing, []), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: endpoints})
            (found,) = await look([host], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.facts) == (found.results[0].verdict, found.results[0].facts)
            assert b"ada@" not in found.record
            return found.results[0]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("endpoints", "verdict"),
    [
        ((), N),
        ((Endpoint("POST", "/pay"),), N),
        ((Endpoint("GET", "/guarded"),), P),
        ((Endpoint("GET", "/health", anonymous="load balancer"), Endpoint("GET", "/guarded")), P),
        ((Endpoint("GET", "/health"), Endpoint("GET", "/guarded")), F),
        ((Endpoint("GET", "/people", anonymous="directory"),), W),
    ],
)
def test_what_is_open_must_be_in_the_register(endpoints: tuple[Endpoint, ...], verdict: Verdict) -> None:
    assert _register(endpoints).verdict is verdict


def test_a_page_for_every_path_says_nothing_of_what_is_open() -> None:
    shell = _page(200, HTML, body=b"<html><body><div id=app></div></html>")
    assert _register((Endpoint("GET", "/api/users"),), shell).verdict is U
    assert _register((Endpoint("GET", "/app", "the sign-in page"), Endpoint("GET", "/guarded")), shell).verdict is P


@pytest.mark.parametrize(
    ("endpoints", "verdict"),
    [
        ((), N),
        ((Endpoint("POST", "/pay"),), U),
        ((Endpoint("GET", "/guarded"), Endpoint("POST", "/pay")), U),
        ((Endpoint("GET", "/mute"), Endpoint("POST", "/pay")), U),
        ((Endpoint("GET", "/leak"), Endpoint("POST", "/pay")), F),
        ((Endpoint("GET", "/guarded"), Endpoint("POST", "/guarded")), W),
        ((Endpoint("GET", "/forbidden"), Endpoint("POST", "/forbidden")), U),  # anything may answer 403
        ((Endpoint("GET", "/guarded"), Endpoint("POST", "/login", anonymous="sign-in")), P),
        ((Endpoint("POST", "/login", anonymous="sign-in"),), N),
        ((Endpoint("GET", "/guarded"),), P),
    ],
)
def test_what_was_not_called_is_no_pass(endpoints: tuple[Endpoint, ...], verdict: Verdict) -> None:
    result, seen = _look(endpoints, PAGES)
    assert result.verdict is verdict, result.summary
    assert result.next_step or verdict in (P, F) or endpoints[0].anonymous
    assert all(line.startswith("GET ") for line in seen)


def test_what_the_document_leaves_open_is_told_of_what_is_not_called_too() -> None:
    result, _seen = _look((Endpoint("GET", "/guarded"), Endpoint("POST", "/guarded", secured="no")), PAGES)
    assert "no credential is needed" in result.proof


def test_only_declared_administration_is_looked_at_and_no_register_opens_it() -> None:
    closed, seen = _look((Endpoint("GET", "/guarded", admin=True),), PAGES)
    assert closed.verdict is P
    asked = {line.split(" ")[1] for line in seen}
    assert {path for path in asked if "attestry-" not in path} == {"/guarded"}  # no path is guessed
    opened, _seen = _look((Endpoint("GET", "/leak", admin=True, anonymous="inside only"),), PAGES)
    assert opened.verdict is F
    assert _register((Endpoint("GET", "/leak", admin=True, anonymous="inside only"),)).verdict is F


def test_a_page_for_every_path_is_no_proof() -> None:
    shell = _page(200, HTML, body=b"<html><body><div id=app></div></html>")
    result, _seen = _look((Endpoint("GET", "/api/users"),), {"/": shell}, shell)
    assert result.verdict is U
    assert "does not exist" in result.summary


def test_a_wrong_credential_that_is_taken_fails() -> None:
    check = find("authentication")
    assert check

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = b'{"a":1}'
            taken = b"Bearer eyJhbGciOiJub25l" in head  # {"alg":"none
            status = b"200 OK" if taken else b"401 No"
            writer.write(b"HTTP/1.1 " + status + b"\r\nWWW-Authenticate: Bearer\r\nContent-Length: 7\r\n\r\n" + body)

    async def run() -> Result:
        async with serve(handler, certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: (Endpoint("GET", "/x"),)}
            )
            (found,) = await look([host], [check], settings)
            return found.results[0]

    result = asyncio.run(run())
    assert result.verdict is F
    assert "unsigned" in result.summary


def test_a_document_that_asks_for_no_credential_is_advice() -> None:
    result, _seen = _look((Endpoint("GET", "/guarded", secured="no"),), PAGES)
    assert result.verdict is W


# -- lists -----------------------------------------------------------------------------------------------------------


def test_a_list() -> None:
    api = read_list(
        "# ours\nGET /users\n/me\nGET /health anonymous: load balancer\nGET /settings page\nPOST /x/{id}\n"
        "GET /contacts/7 of: a\nGET /staff page admin\nGET /find?q=a&page=1\n"
    )
    assert api.endpoints == (
        Endpoint("GET", "/users"),
        Endpoint("GET", "/me"),
        Endpoint("GET", "/health", "load balancer"),
        Endpoint("GET", "/settings", page=True),
        Endpoint("POST", "/x/1", template="/x/{id}"),
        Endpoint("GET", "/contacts/7", of="A"),
        Endpoint("GET", "/staff", page=True, admin=True),
        Endpoint("GET", "/find?q=a&page=1", query=("q", "page")),
    )


@pytest.mark.parametrize(
    "text", ["", "#", "users", "GET users", "BREW /x", "GET /x anonymous:", "GET /a b c", "GET /a of: C", "page"]
)
def test_no_list(text: str) -> None:
    with pytest.raises(UnreadableEndpoints):
        read_list(text)


OPENAPI = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://API.partner.example/v1"}],
    "security": [{"oauth": []}],
    "paths": {
        "/users/{id}": {
            "parameters": [{"$ref": "#/components/parameters/id"}],
            "get": {},
            "delete": {"security": [{"key": []}]},
        },
        "/health": {"get": {"security": []}},
        "/maybe": {"get": {"security": [{}, {"oauth": []}]}},
        "/outside": {"$ref": "https://elsewhere.example/x.json"},
        "/loop": {"$ref": "#/paths/~1loop"},
    },
    "components": {
        "parameters": {"id": {"name": "id", "in": "path", "schema": {"type": "string", "example": "a/b c"}}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}, "oauth": {"type": "oauth2"}},
    },
}


def test_a_document() -> None:
    api = read_openapi(json.dumps(OPENAPI).encode())
    assert api.endpoints == (
        Endpoint("GET", "/v1/users/a%2Fb%20c", secured="yes", template="/v1/users/{id}"),
        Endpoint("DELETE", "/v1/users/a%2Fb%20c", secured="yes", key_in_url="api_key", template="/v1/users/{id}"),
        Endpoint("GET", "/v1/health", secured="no"),
        Endpoint("GET", "/v1/maybe", secured="no"),
    )
    assert api.servers == ("api.partner.example",)


def test_an_old_document_and_a_long_one() -> None:
    key = {"type": "apiKey", "in": "query", "name": "k"}
    old = {"swagger": "2.0", "host": "H.example", "basePath": "/v2/", "paths": {"/a": {"get": {}}}}
    old |= {"securityDefinitions": {"k": key}, "security": [{"k": []}]}
    api = read_openapi(json.dumps(old).encode())
    assert api.endpoints == (Endpoint("GET", "/v2/a", secured="yes", key_in_url="k"),)
    assert api.servers == ("h.example",)
    long = read_openapi(json.dumps({"paths": {f"/p{i}": {"get": {}} for i in range(5200)}}).encode())
    assert len(long.endpoints) == MOST_OPERATIONS > MOST_CALLED


API, SECOND = Host("api.example"), Host("api.example", 8443)
EU, US = Host("eu.example"), Host("us.example")
REGIONS = {
    "url": "https://{region}.example/{version}",
    "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}, "version": {"default": "v3"}},
}


def _paths(hosts: tuple[Host, ...], paths: object, *servers: object) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """By host what is called there, of a document with these servers (addresses, or whole objects)."""
    listed = [server if isinstance(server, dict) else {"url": server} for server in servers]
    api = read_openapi(json.dumps({"paths": paths, "servers": listed}).encode())
    assert from_json(Api, to_json(api)) == api
    shared = api.shared_out(hosts, hosts[0] if len(hosts) == 1 else None)
    return {at: [f"{e.method} {e.path}" for e in found] for at, found in shared.endpoints.items()}, shared.strange


def test_every_operation_is_called_where_its_own_server_is() -> None:
    one = {"/a": {"get": {}}}
    assert _paths((API, SECOND), one, "https://api.example/v1") == ({"api.example": ["GET /v1/a"]}, ())
    assert _paths((API, SECOND), one, "https://API.example:8443/v2/") == ({"api.example:8443": ["GET /v2/a"]}, ())
    both = {"api.example": ["GET /v1/a"], "api.example:8443": ["GET /v2/a"]}
    assert _paths((API, SECOND), one, "https://api.example/v1", "https://api.example:8443/v2") == (both, ())
    # the port that people forget to write, as long as it is clear
    assert _paths((SECOND, EU), one, "https://api.example/v1") == ({"api.example:8443": ["GET /v1/a"]}, ())
    assert _paths((SECOND, Host("api.example", 9443)), one, "https://api.example") == ({}, ("api.example",))
    # each server has a path of its own, and its variables their values
    other = {"eu.example": ["GET /one/a"], "us.example": ["GET /two/a"]}
    assert _paths((EU, US), one, "https://eu.example/one", "https://us.example/two") == (other, ())
    assert _paths((EU, US), one, REGIONS) == ({"eu.example": ["GET /v3/a"], "us.example": ["GET /v3/a"]}, ())
    assert _paths((EU,), one, "https://{tenant}.example/v1") == ({"eu.example": ["GET /v1/a"]}, ())
    # an operation, and a path, may name their own
    own = {"/a": {"get": {}, "post": {"servers": [{"url": "https://us.example/up"}]}},
           "/b": {"servers": [{"url": "https://files.example"}], "get": {}}}  # fmt: skip
    found = _paths((EU, US), own, "https://eu.example")
    assert found == ({"eu.example": ["GET /a"], "us.example": ["POST /up/a"]}, ("files.example",))
    # where no server is one of the hosts, the only host is meant; a developer's own machine is nobody's
    assert _paths((EU,), one, "https://other.example/v1") == ({"eu.example": ["GET /v1/a"]}, ("other.example",))
    assert _paths((EU,), one, "http://localhost:3000/v1") == ({"eu.example": ["GET /v1/a"]}, ())
    assert _paths((EU,), one, "http://localhost:3000", "https://eu.example/v1") == ({"eu.example": ["GET /v1/a"]}, ())
    assert _paths((EU,), one, "/v1") == ({"eu.example": ["GET /v1/a"]}, ())
    assert _paths((EU, US), one, "v1") == ({}, ())


def test_no_operation_is_passed_over_for_how_it_is_written() -> None:
    paths = {
        "a": {"GET": None},
        "/b": {"query": {}, "additionalOperations": {"COPY": {}, "b c": {}}, "x-c": {}},
        "x-d": {"get": {}},
    }
    assert _paths((EU,), paths) == ({"eu.example": ["GET /a", "QUERY /b", "COPY /b"]}, ())
    yaml = b"paths:\n  /a: &a\n    get:\n    post: ~\n  /b: {<<: *a, delete: null}\n  /c: {<<: [*a]}\n"
    assert [f"{e.method} {e.path}" for e in read_openapi(yaml).endpoints] == [
        "GET /a", "POST /a", "GET /b", "POST /b", "DELETE /b", "GET /c", "POST /c",
    ]  # fmt: skip
    many = [f"https://h{i}.example" for i in range(50)]
    long = read_openapi(
        json.dumps(
            {"paths": {f"/p{i}": {"get": {}} for i in range(2000)}, "servers": [{"url": u} for u in many]}
        ).encode()
    )
    assert len(long.servers) == 20
    assert all(len(found) > MOST_CALLED for found in long.shared_out((Host("h7.example"),), None).endpoints.values())


@pytest.mark.parametrize(
    "data", [b"", b"openapi: 3.0.0\n", b"[]", b"{}", b'{"paths":[]}', b"[" * 100_000, b" " * (5 * 1024 * 1024 + 1)]
)
def test_no_document(data: bytes) -> None:
    with pytest.raises(UnreadableEndpoints):
        read_openapi(data)


KEYS = [
    "paths",
    "/a",
    "/{b}",
    "get",
    "post",
    "parameters",
    "in",
    "name",
    "path",
    "schema",
    "$ref",
    "security",
    "servers",
]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.just("#/paths"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "url", "components", "securitySchemes"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(ANY)
def test_any_document_is_read_or_refused(paths: object) -> None:
    try:
        api = read_openapi(json.dumps({"paths": paths, "security": paths, "components": paths}).encode())
    except UnreadableEndpoints:
        return
    assert all(e.path.startswith("/") and e.path.isascii() for e in api.endpoints)


# -- data ports ------------------------------------------------------------------------------------------------------


def test_data_ports_need_consent_and_find_the_open_one(monkeypatch: pytest.MonkeyPatch) -> None:
    check = find("data-ports")
    assert check

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read(1) == b""

    async def run() -> list[Result]:
        async with serve(quiet) as home, serve(quiet) as store:
            monkeypatch.setattr("wizard.checks.looks.data_ports.PORTS", {1: "closed", store.number: "Redis"})
            host = Host("localhost", home.number)
            without = await look([host], [check], LookSettings(allow_private=True))
            assert without[0].results == ()
            assert store.connections == 0
            agreed = LookSettings(
                allow_private=True, data_ports=frozenset({host.subject}), resolve={"localhost": ("127.0.0.1",)},
                limits=Limits(connect=1.0),
            )  # fmt: skip
            (opened,) = await look([host], [check], agreed)
            monkeypatch.setattr("wizard.checks.looks.data_ports.PORTS", {1: "closed"})
            (shut,) = await look([host], [check], agreed)
            elsewhere = {"localhost": ("127.0.0.1", "169.254.169.254")}
            (half,) = await look([host], [check], replace(agreed, resolve=elsewhere))
            many = {"localhost": tuple(f"127.0.0.{n}" for n in range(1, 11))}
            (first,) = await look([host], [check], replace(agreed, resolve=many))
            return [*opened.results, *shut.results, *half.results, *first.results]

    opened, shut, half, first = asyncio.run(run())
    assert (opened.verdict, shut.verdict) == (F, P)
    assert (half.verdict, "169.254.169.254" in half.summary) == (U, True)
    assert (first.verdict, "2 more" in first.summary) == (U, True)
    assert 6379 in PORTS


# -- CORS, caching, well-known files ---------------------------------------------------------------------------------


async def _visit(name: str, port: Port, paths: tuple[str, ...] = ()) -> Result:
    check = find(name)
    assert check
    host = Host("localhost", port.number)
    settings = LookSettings(allow_private=True, ca_file=certs.root_file(), paths={host.subject: paths})
    (found,) = await look([host], [check], settings)
    (again,) = judge_again(found.record, [check])
    assert (again.verdict, again.summary, again.facts) == (
        found.results[0].verdict, found.results[0].summary, found.results[0].facts,
    )  # fmt: skip
    return found.results[0]


def _site_result(name: str, pages: dict[str, Page], paths: tuple[str, ...] = ()) -> Result:
    async def run() -> Result:
        async with serve(site({"/": _page(200, HTML, body=b"<html>"), **pages}), certs.good()) as port:
            return await _visit(name, port, paths)

    return asyncio.run(run())


ALLOW, CREDENTIALS = "Access-Control-Allow-Origin", ("Access-Control-Allow-Credentials", "true")


@pytest.mark.parametrize(
    ("status", "allow", "credentials", "verdict"),
    [
        (200, "", False, P),
        (200, "*", False, P),
        (200, "*", True, P),
        (200, "https://app.apollo.io", True, P),
        (200, "REFLECT", True, F),
        (401, "REFLECT", True, F),
        (200, "null", True, F),
        (401, "REFLECT", False, W),
        (200, "REFLECT", False, P),
        (429, "", False, U),
        (502, "", False, U),
        (429, "REFLECT", True, F),
        (404, "", False, P),
    ],
)
def test_cors(status: int, allow: str, credentials: bool, verdict: Verdict) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            origin = next((line[8:] for line in head.split("\r\n") if line.lower().startswith("origin: ")), "")
            value = origin if allow == "REFLECT" else allow
            lines = [f"HTTP/1.1 {status} X", "Content-Length: 0"]
            lines += [f"{ALLOW}: {value}"] if value else []
            lines += ["Access-Control-Allow-Credentials: true"] if credentials else []
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def run() -> Result:
        async with serve(handler, certs.good()) as port:
            return await _visit("cors", port)

    result = asyncio.run(run())
    assert result.verdict is verdict, result.summary


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (0, "1 path was asked."),
        (3, "4 paths were asked."),
        (5, "5 paths were asked; 1 more that is listed was not."),
        (9, "5 paths were asked; 5 more that are listed were not."),
    ],
)
def test_cors_says_how_many_paths_were_asked(listed: int, words: str) -> None:
    paths = tuple(f"/v1/{n}" for n in range(listed))
    result = _site_result("cors", {path: _page(200, JSON, body=b"{}") for path in ("/", *paths)}, paths)
    assert (result.verdict, result.summary) == (P, f"No other site may read any answer. {words}")


def test_caching() -> None:
    store = ("Cache-Control", "no-store")
    data = _page(200, JSON, body=b"{}")
    assert _site_result("caching", {"/api": data}, ("/api",)).verdict is W
    assert _site_result("caching", {"/api": _page(200, JSON, store, body=b"{}")}, ("/api",)).verdict is P
    assert _site_result("caching", {"/api": _page(401, CHALLENGE)}, ("/api",)).verdict is W
    assert _site_result("caching", {}).verdict is N


TEXT = ("Content-Type", "text/plain; charset=utf-8")
SECURITY = {
    b"Contact: mailto:a@b.example\nExpires: 2027-06-01T00:00:00Z\n": P,
    b"CONTACT: https://b.example/report\r\nexpires: 2027-06-01T00:00:00+02:00\r\n": P,
    b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nContact: mailto:a@b.example\nExpires: 2027-06-01T00:00:00Z\n"
    b"-----BEGIN PGP SIGNATURE-----\nx\n": P,
    b"Contact: a@b.example\nExpires: 2027-06-01T00:00:00Z\n": W,
    b"Expires: 2027-06-01T00:00:00Z\n": W,
    b"Contact: mailto:a@b.example\n": W,
    b"Contact: mailto:a@b.example\nExpires: 2027-06-01T00:00:00Z\nExpires: 2027-06-01T00:00:00Z\n": W,
    b"Contact: mailto:a@b.example\nExpires: 2020-01-01T00:00:00Z\n": W,
    b"Contact: mailto:a@b.example\nExpires: 2099-01-01T00:00:00Z\n": W,
    b"Contact: mailto:a@b.example\nExpires: 2027-99-99T00:00:00Z\n": W,
    b"Contact: mailto:a@b.example\nExpires: tomorrow\n": W,
    b"<html>not found": W,
    b"": W,
}


@pytest.mark.parametrize("body", SECURITY)
def test_security_txt(body: bytes) -> None:
    from datetime import UTC, datetime, timedelta

    soon = (datetime.now(UTC) + timedelta(days=200)).strftime("%Y-%m-%d")
    page = _page(200, TEXT, body=body.replace(b"2027-06-01", soon.encode()))
    assert _site_result("security-txt", {"/.well-known/security.txt": page}).verdict is SECURITY[body]


def test_security_txt_elsewhere() -> None:
    good = b"Contact: mailto:a@b.example\nExpires: 2027-06-01T00:00:00Z\n"
    assert _site_result("security-txt", {"/.well-known/security.txt": _page(200, HTML, body=good)}).verdict is W
    assert _site_result("security-txt", {}).verdict is W


METADATA = {
    "authorization_endpoint": "https://HERE/authorize",
    "token_endpoint": "https://HERE/token",
    "issuer": "https://HERE",
    "grant_types_supported": ["authorization_code", "refresh_token"],
    "response_types_supported": ["code"],
    "code_challenge_methods_supported": ["S256"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
}
OAUTH: list[tuple[dict[str, object], Verdict]] = [
    ({}, P),
    ({"issuer": "http://HERE"}, F),
    ({"issuer": "https://HERE?x=1"}, F),
    ({"issuer": "https://elsewhere.example"}, F),
    ({"issuer": 5}, F),
    ({"token_endpoint": "http://HERE/token"}, F),
    ({"grant_types_supported": ["password"]}, F),
    ({"grant_types_supported": ["implicit"]}, W),
    ({"grant_types_supported": None, "response_types_supported": ["token"]}, W),
    ({"code_challenge_methods_supported": None}, W),
    ({"code_challenge_methods_supported": ["S256", "plain"]}, W),
    ({"token_endpoint_auth_methods_supported": ["none"]}, W),
]


@pytest.mark.parametrize(("change", "verdict"), OAUTH)
def test_oauth_metadata(change: dict[str, object], verdict: Verdict) -> None:
    document = {**METADATA, **change}

    async def run() -> Result:
        pages: dict[str, Page] = {"/": _page(200)}
        async with serve(site(pages), certs.good()) as port:
            body = json.dumps({k: v for k, v in document.items() if v is not None})
            body = body.replace("HERE", f"localhost:{port.number}")
            pages["/.well-known/oauth-authorization-server"] = _page(200, JSON, body=body.encode())
            return await _visit("oauth-metadata", port)

    result = asyncio.run(run())
    assert result.verdict is verdict, result.summary


def test_no_oauth_server() -> None:
    assert _site_result("oauth-metadata", {}).verdict is N
    broken = {"/.well-known/openid-configuration": _page(200, JSON, body=b"[1]")}
    assert _site_result("oauth-metadata", broken).verdict is F
    shell = _page(200, HTML, body=b"<html>app")
    assert _site_result("oauth-metadata", {"/.well-known/openid-configuration": shell}).verdict is N

"""Servers that make strangers hard to tell from customers: every one has its verdict, and none is a wrong pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.base import Facts, Trouble, TroubleKind
from wizard.checks.every import find
from wizard.checks.judging import judge
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.endpoint_probe import (
    ALTERED,
    MALFORMED,
    NOTHING,
    UNSIGNED,
    WRONG,
    Asked,
    EndpointProbe,
    Operation,
    altered,
    bad_credentials,
)
from wizard.checks.looks.ground import Endpoint
from wizard.checks.looks.http import Answer as HttpAnswer
from wizard.checks.looks.https_answers import HttpsAnswers, Visit
from wizard.checks.looks.tenant_probe import FIRST, FOREIGN, SECOND, SHARED, Call, TenantProbe
from wizard.checks.looks.tenant_probe import OWN as OWN_THING
from wizard.checks.plan import LookSettings, look
from wizard.checks.record import judge_again
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
JSON, HTML = ("Content-Type", "application/json"), ("Content-Type", "text/html")
CHALLENGE = ("WWW-Authenticate", "Bearer")
OWN = "the-token-of-a-test-customer"

Answer = Callable[[Request], Page]
X = Endpoint("GET", "/x")


def data(status: int, value: object, *headers: tuple[str, str]) -> Page:
    return Page(status, (JSON, *headers), json.dumps(value).encode())


def html(status: int, body: str, *headers: tuple[str, str]) -> Page:
    return Page(status, (HTML, *headers), f"<!doctype html><html><body>{body}</body></html>".encode())


def goes(to: str, status: int = 302) -> Page:
    return Page(status, (("Location", to),), b"")


CONTACTS = {"contacts": [{"id": 1, "name": "Ada", "mail": "ada@customer.example"}], "next": 2}
REFUSED = data(401, {"error": "unauthorized"}, CHALLENGE)
NOT_FOUND = data(404, {"error": "not found"})
LOGIN = html(200, "<form method=post><input name=u autocomplete=username><input type=password name=p></form>")
HOME = html(200, "<h1>Welcome</h1><p>Buy our product</p>")


def only(path: str, stranger: Answer, customer: Page, elsewhere: Answer | None = None) -> Answer:
    """A server with one endpoint: what strangers get there, what the customer gets, and what is everywhere else."""

    def answer(request: Request) -> Page:
        if request.path != path:
            return elsewhere(request) if elsewhere else NOT_FOUND
        return customer if request.token == OWN else stranger(request)

    return answer


def always(page: Page) -> Answer:
    return lambda request: page


def by_token(**pages: Page) -> Answer:
    """Told apart by what was sent: `nothing`, `malformed`, `jwt` (altered or unsigned), `none` (unsigned), `rest`."""

    def answer(request: Request) -> Page:
        token = request.token
        if not token:
            return pages.get("nothing", REFUSED)
        if token.startswith(","):
            return pages.get("malformed", REFUSED)
        if token.startswith("eyJhbGciOiJub25l") and "none" in pages:
            return pages["none"]
        return pages.get("jwt" if token.startswith("eyJ") else "rest", REFUSED)

    return answer


def ticking(start: dict[str, object]) -> Answer:
    return lambda request: data(200, {**start, "at": f"2026-11-28T20:00:{request.count:02}Z", "request": request.count})


FULL = data(200, CONTACTS)
#: name: (server, with the customer's credential?, verdict, words of the reason)
TABLE: dict[str, tuple[Answer, bool, Verdict, str]] = {
    "refuses": (only("/x", always(REFUSED), FULL), True, P, ""),
    "refuses, nobody's credential": (only("/x", always(REFUSED), FULL), False, P, ""),
    "401 without a challenge": (only("/x", always(data(401, {})), FULL), True, W, "WWW-Authenticate"),
    "open": (only("/x", always(FULL), FULL), True, F, "anybody"),
    "open, nobody's credential": (only("/x", always(FULL), FULL), False, F, "anybody"),
    "soft 401": (only("/x", always(data(200, {"error": "sign in"})), FULL), True, W, "not with what a customer"),
    "soft 401, nobody's credential": (only("/x", always(data(200, {"error": "sign in"})), FULL), False, F, "anybody"),
    "soft 401 in an envelope": (
        only("/x", always(data(200, {"status": 401, "message": "no", "data": None})),
             data(200, {"status": 200, "data": CONTACTS})), True, W, "not with what a customer",
    ),
    "a shorter list": (only("/x", always(data(200, {"contacts": CONTACTS["contacts"]})), FULL), True, F, "anybody"),
    "the list without its pages": (
        only("/x", always(data(200, [{"id": 9, "name": "Bob"}])),
             data(200, [{"id": 1, "name": "Ada", "mail": "a@b.example"}])), True, F, "anybody",
    ),
    "a smaller view of one object": (
        only("/x", always(data(200, {"name": "Ada"})), data(200, {"name": "Ada", "mail": "x@y.example"})), True, F,
        "anybody",
    ),
    "an empty list": (only("/x", always(data(200, {"contacts": []})), FULL), True, F, "anybody"),
    "changes by the second": (only("/x", ticking({"name": "Ada"}), ticking({"name": "Ada"})(Request("", "", {}, 1))),
                              True, F, "anybody"),
    "the app's page everywhere": (
        lambda request: html(200, f"<div id=app data-nonce={request.count}></div>"), False, U, "does not exist",
    ),
    "one JSON everywhere, with the time": (ticking({"ok": True}), False, U, "does not exist"),
    "200 without content": (only("/x", always(Page(204, (), b"")), FULL), True, W, "without content"),
    "login page with 200": (only("/x", always(LOGIN), html(200, "<table><tr><td>Ada</table>")), True, W, "not with"),
    "another page of a table": (
        only("/x", always(html(200, "<table><tr><td>Bob</table>")),
             html(200, "<table><tr><td>Ada<tr><td>Eve</table>")), True, F, "anybody",
    ),
    "403 for everything": (always(data(403, {"message": "Forbidden"})), False, U, "keeps us out"),
    "403 for everything, each with its number": (
        lambda request: data(403, {"message": "Forbidden", "id": str(request.count)}), False, U, "keeps us out",
    ),
    "403 for everything, even customers": (always(Page(403, (), b"")), True, U, "keeps us out"),
    "403 for strangers everywhere": (
        lambda request: FULL if request.token == OWN else data(403, {"message": "Forbidden"}), True, P, "",
    ),
    "403 here, 404 elsewhere": (only("/x", always(data(403, {})), FULL), False, P, ""),
    "401 for everything": (always(REFUSED), False, P, ""),
    "404 for strangers": (only("/x", always(NOT_FOUND), FULL), True, P, ""),
    "404, nobody's credential": (only("/x", always(NOT_FOUND), FULL), False, U, "404"),
    "405": (only("/x", always(Page(405, (), b"")), FULL), True, U, "405"),
    "429": (only("/x", always(data(429, {})), FULL), True, U, "429"),
    "503": (only("/x", always(data(503, {})), FULL), True, U, "503"),
    "500": (only("/x", always(data(500, {})), FULL), True, W, "before it asks"),
    "422": (only("/x", always(data(422, {})), FULL), True, W, "before it asks"),
    "takes no token at all": (only("/x", by_token(malformed=FULL), FULL), True, F, "malformed"),
    "takes any token": (only("/x", by_token(rest=FULL), FULL), True, F, "wrong"),
    "takes unsigned tokens": (only("/x", by_token(none=FULL), FULL), False, F, "unsigned"),
    "takes tokens of long ago": (only("/x", by_token(jwt=FULL, none=REFUSED), FULL), False, F, "altered"),
    "takes an altered token": (
        only("/x", lambda r: FULL if r.token[:5] == OWN[:5] else REFUSED, FULL), True, F, "altered",
    ),
    "400 for what is malformed": (only("/x", by_token(malformed=data(400, {})), FULL), True, P, ""),
    "is busy for one credential": (only("/x", by_token(rest=data(429, {})), FULL), True, U, "429"),
    "breaks on what is malformed": (only("/x", by_token(malformed=data(500, {})), FULL), True, W, "500"),
    "moved, and open there": (
        only("/x", always(goes("/x/", 301)), FULL, lambda r: FULL if r.path == "/x/" else NOT_FOUND), False, F,
        "behind a redirect",
    ),
    "moved, and refused there": (
        only("/x", always(goes("/x/", 301)), FULL, lambda r: REFUSED if r.path == "/x/" else NOT_FOUND), False, W,
        "instead of refusing",
    ),
    "to the login page": (only("/x", always(goes("/login")), FULL, lambda r: LOGIN), False, W, "instead of refusing"),
    "to the start page": (only("/x", always(goes("/")), FULL, lambda r: HOME), False, U, "cannot be told"),
    "redirects without end": (lambda r: goes("/x"), False, W, "instead of refusing"),
    "one credential is sent elsewhere": (
        only("/x", by_token(nothing=goes("/login"), rest=goes("/app"), malformed=goes("/login"), jwt=goes("/login")),
             FULL, lambda r: LOGIN), False, U, "elsewhere",
    ),
    "to another service": (
        only("/x", always(goes("https://sso.example/login")), FULL), False, W, "instead of refusing",
    ),
}  # fmt: skip


def _look(
    answer: Answer, with_own: bool, endpoint: Endpoint = X, name: str = "authentication"
) -> tuple[Result, list[Request]]:
    check = find(name)
    assert check
    seen: list[Request] = []

    async def run() -> Result:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: (endpoint,)},
                credentials={host.subject: ("Authorization", f"Bearer {OWN}")} if with_own else {},
            )  # fmt: skip
            (found,) = await look([host], [check], settings)
            (again,) = judge_again(found.record, [check])
            assert (again.verdict, again.summary, again.facts) == (
                found.results[0].verdict, found.results[0].summary, found.results[0].facts,
            )  # fmt: skip
            for said in (b"ada@", b"Ada", OWN.encode()):
                assert said not in found.record
            return found.results[0]

    return asyncio.run(run()), seen


@pytest.mark.parametrize("name", TABLE)
def test_strangers_are_told_from_customers(name: str) -> None:
    answer, with_own, verdict, why = TABLE[name]
    result, seen = _look(answer, with_own)
    assert result.verdict is verdict, result.summary
    assert why in result.summary, result.summary
    assert {request.method for request in seen} == {"GET"}
    if verdict is not P:
        assert result.fix or result.next_step


PAGES: dict[str, tuple[Answer, Verdict]] = {
    "to the login page": (only("/x", always(goes("/login")), FULL, lambda r: LOGIN), P),
    "to a refusal": (only("/x", always(goes("/login")), FULL, lambda r: REFUSED), P),
    "to the same page with a slash": (
        only("/x", always(goes("/x/", 301)), FULL, lambda r: HOME if r.path == "/x/" else NOT_FOUND), F,
    ),
    "to the same page with a slash, where one changes one's password": (
        only("/x", always(goes("/x/", 301)), FULL, lambda r: LOGIN if r.path == "/x/" else NOT_FOUND), F,
    ),
    "to nothing": (only("/x", always(goes("/gone")), FULL, lambda r: NOT_FOUND), U),
    "to another service": (only("/x", always(goes("https://sso.example/login")), FULL), W),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_may_send_strangers_to_where_one_signs_in(name: str) -> None:
    answer, verdict = PAGES[name]
    result, _seen = _look(answer, False, Endpoint("GET", "/x", page=True))
    assert result.verdict is verdict, result.summary


def test_the_customer_s_credential_does_not_follow_redirects() -> None:
    answer = only("/x", always(goes("/login")), goes("/elsewhere"), lambda r: LOGIN)
    _result, seen = _look(answer, True)
    assert OWN in {request.token for request in seen if request.path == "/x"}
    assert all(not request.token for request in seen if request.path != "/x")


def test_every_bad_credential_is_really_sent_in_the_declared_field() -> None:
    result, seen = _look(only("/x", always(REFUSED), FULL), False, Endpoint("GET", "/x", key_field="X-Key"))
    assert result.verdict is P
    keys = [request.fields["x-key"] for request in seen if "x-key" in request.fields]
    assert len(set(keys)) == 3
    assert sum(request.token.endswith(".") for request in seen) == 1  # the unsigned one goes where tokens go


def test_a_server_that_asks_for_patience_gets_it_once() -> None:
    busy = data(429, {}, ("Retry-After", "0"))
    first: list[bool] = []

    def answer(request: Request) -> Page:
        if request.path == "/x" and not request.token and not first:
            first.append(True)
            return busy
        return REFUSED if request.path == "/x" else NOT_FOUND

    assert _look(answer, False)[0].verdict is P
    assert _look(only("/x", always(busy), FULL), False)[0].verdict is U


def test_a_credential_that_opens_nothing_is_said() -> None:
    said = "The customer's credential opened nothing"
    (refused, *_rest) = _look(only("/x", always(REFUSED), REFUSED), True)
    assert (refused.verdict, said in refused.summary) == (P, True)
    for customer, own in ((FULL, True), (REFUSED, False)):
        assert said not in _look(only("/x", always(REFUSED), customer), own)[0].summary


def test_altered_credentials_differ_where_it_counts() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXNvbWVib2R5"
    changed = altered(token)
    assert changed != token
    assert changed.rpartition(".")[0] == token.rpartition(".")[0]
    made = dict(bad_credentials(("Authorization", f"Bearer {token}")))
    assert made[UNSIGNED][1] == "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIn0."
    assert made[ALTERED][1] == f"Bearer {changed}"
    assert set(made) == {MALFORMED, WRONG, ALTERED, UNSIGNED}
    assert all(field[1] != f"Bearer {token}" for field in made.values())
    assert dict(bad_credentials(("X-Key", "abc")))[ALTERED] == ("X-Key", "aAc")
    # in the place where servers look for it
    for name, before in (("Cookie", "theme=dark; session="), ("X-Auth", ""), ("X-Auth", "Token ")):
        made = dict(bad_credentials((name, before + token)))
        assert made[UNSIGNED] == (name, f"{before}eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIn0.")
        assert made[ALTERED] == (name, before + changed)
        assert all(field[0] == name and field[1].startswith(before) for field in made.values())
    assert dict(bad_credentials(None, "X-Key"))[WRONG][0] == "X-Key"
    assert dict(bad_credentials(None, "X-Key"))[UNSIGNED][0] == "Authorization"


def test_what_is_open_behind_a_redirect_is_missing_from_the_register() -> None:
    answer = only("/x", always(goes("/x/", 301)), FULL, lambda r: FULL if r.path == "/x/" else NOT_FOUND)
    assert _look(answer, False, name="anonymous-register")[0].verdict is F
    shorter = only("/x", always(data(200, {"contacts": CONTACTS["contacts"]})), FULL)
    assert _look(shorter, True, name="anonymous-register")[0].verdict is F
    for everywhere in (always(HOME), lambda request: html(200, f"<div id=app data-nonce={request.count}></div>")):
        (found, *_rest) = _look(everywhere, False, name="anonymous-register")
        assert (found.verdict, "GET /x" in found.summary) == (U, True)


PERSON = {
    "id": "5f2a3b4c5d6e7f8091a2b3c4", "name": "Ada", "linkedin_url": "https://linkedin.example/in/ada",
    "organization_id": "5f2a3b4c5d6e7f8091a2b3c5", "extrapolated_email_confidence": None,
}  # fmt: skip
SCHEMA = {"properties": {"extrapolated_email_confidence": {"type": "number"}, "linkedin_url": {"type": "string"}}}
#: what a stranger gets: (verdict of the register, whose entry says why it is open), words of its summary
APOLLOS: dict[str, tuple[Page, Verdict, str]] = {
    "nothing of Apollo's": (data(200, {"status": "up"}), P, "in the register"),
    "names and ids": (data(200, {"people": [PERSON]}), F, "only Apollo uses, ids of the form"),
    "the program's own spelling": (
        data(200, {"emailStatus": "extrapolated", "linkedinUrl": None, "sanitizedPhone": "+1555"}), F,
        "looks like data",
    ),
    "inside a page": (html(200, f"<script>x={json.dumps(json.dumps(PERSON))}</script>"), F, "looks like data"),
    "a refusal that says all": (data(403, {"error": "no", "for": PERSON}), F, "looks like data"),
    "one name": (data(200, {"sanitized_phone": "+1555"}), W, "has a sign"),
    "a record's address": (
        html(200, "<a href='https://app.apollo.io/#/contacts/5f2a3b4c5d6e7f8091a2b3c4'>"), W, "has a sign",
    ),
    "Apollo's name for its id": (data(200, {"apollo_person_id": "5f2a3b4c5d6e7f8091a2b3c4"}), W, "has a sign"),
    "a description of fields": (data(200, SCHEMA), P, "in the register"),
    "somebody else's ids": (data(200, {"organization_id": "5f2a3b4c5d6e7f8091a2b3c4"}), P, "in the register"),
    "a link to Apollo": (html(200, "<a href='https://app.apollo.io/#/login'>Sign in</a>"), P, "in the register"),
    "too long to be read": (data(200, {"list": "x" * 300_000}), U, "could not look"),
    "not now": (data(503, {}), U, "could not look"),
}  # fmt: skip


@pytest.mark.parametrize("name", APOLLOS)
def test_what_is_open_on_purpose_holds_nothing_of_apollo(name: str) -> None:
    page, verdict, why = APOLLOS[name]
    result, _seen = _look(
        only("/x", always(page), page, always(REFUSED)), False, Endpoint("GET", "/x", "for all"), "anonymous-register"
    )
    assert (result.verdict, why in result.summary.lower() or why in result.summary) == (verdict, True), result.summary


def test_what_lies_behind_a_redirect_holds_nothing_of_apollo_either() -> None:
    open_ = Endpoint("GET", "/x", "for all")
    for there, verdict in ((data(200, PERSON), F), (data(200, {"list": "x" * 300_000}), U), (data(200, {}), P)):
        answer = only("/x", always(goes("/x/", 301)), FULL, lambda r, there=there: there)
        assert _look(answer, False, open_, "anonymous-register")[0].verdict is verdict


def test_one_endpoint_that_did_not_answer_is_no_pass_though_another_did() -> None:
    refused = Asked(NOTHING, "/a", HttpAnswer("https://h.example/a", 401, ()))
    silent = Asked(NOTHING, "/b", trouble=Trouble(TroubleKind.TIMEOUT))
    facts = Facts(
        {EndpointProbe: EndpointProbe(tuple(Operation("GET", a.path, asked=(a,)) for a in (refused, silent)), ())}
    )
    check = find("anonymous-register")
    assert check
    result = judge(check, Host("h.example"), facts, datetime(2026, 11, 29, tzinfo=UTC), ())
    assert result.verdict is U
    assert "GET /b" in result.summary


@pytest.mark.parametrize("name", ["authentication", "anonymous-register"])
def test_endpoints_beyond_those_that_are_called_pass_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.checks.looks.endpoint_probe.MOST_CALLED", 1)
    check = find(name)
    assert check

    async def run() -> Result:
        async with serve(scripted(always(REFUSED)), certs.good()) as port:
            host = Host("localhost", port.number)
            listed = {host.subject: (X, Endpoint("GET", "/y"), Endpoint("GET", "/z"))}
            settings = LookSettings(allow_private=True, ca_file=certs.root_file(), endpoints=listed)
            (found,) = await look([host], [check], settings)
            return found.results[0]

    result = asyncio.run(run())
    assert (result.verdict, "GET /y" in result.summary) == (U, True), result.summary


@pytest.mark.parametrize("name", ["authentication", "anonymous-register", "tenant-separation", "url-secrets"])
def test_a_description_that_was_not_read_lets_nothing_pass_and_hides_no_failure(name: str) -> None:
    check = find(name)
    assert check is not None
    why = ("“openapi.json” was not read. It is cut short.",)

    def verdict(answered: int, unread: tuple[str, ...]) -> Result:
        address = "https://h.example/x"
        answer = HttpAnswer(address, answered, (JSON, CHALLENGE), body="{}", body_length=2)
        probe = EndpointProbe((Operation("GET", "/x", asked=(Asked(NOTHING, "/x", answer),)),), (), unread=unread)
        own = Call(FIRST, OWN_THING, "/x", FIRST, 200, 9, whole="a", values=("v", "w"))
        good = Call(SECOND, SHARED, "/me", "", 200, 9, whole="c", values=("z",))
        other = Call(SECOND, FOREIGN, "/x", FIRST, 404 if answered == 401 else 200, 9, whole="a", values=("v", "w"))
        keys = () if answered == 401 else (("GET /x", "api_key"),)
        facts = Facts(
            {
                EndpointProbe: probe,
                TenantProbe: TenantProbe((own, good, other), unread=unread),
                HttpsAnswers: HttpsAnswers((Visit("root", "/", (answer,)),)),
                Declared: Declared(keys, 1, unread),
            }
        )
        return judge(check, Host("h.example"), facts, datetime(2026, 11, 29, tzinfo=UTC), ())

    assert verdict(401, ()).verdict in (P, W)
    told = verdict(401, why)
    assert (told.verdict, told.summary) == (U, "Could not look at every endpoint. " + why[0])
    assert told.next_step
    assert verdict(200, why).verdict is F


def test_what_its_own_row_calls_open_is_called_and_belongs_into_the_register() -> None:
    for status, verdict in ((200, F), (401, P)):
        answer = only("/x", always(data(status, {"a": 1}, CHALLENGE)), data(200, {"a": 1}))
        said = replace(X, said_open=True)
        (result, *_rest) = _look(answer, False, said, "anonymous-register")
        assert result.verdict is verdict, result.summary
        (signed_in, *_rest) = _look(answer, False, said, "authentication")
        assert signed_in.verdict is Verdict.NOT_APPLICABLE
        (inside, *_rest) = _look(answer, False, replace(said, anonymous="for all"), "anonymous-register")
        assert inside.verdict is P

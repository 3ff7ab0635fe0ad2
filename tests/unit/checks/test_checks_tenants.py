"""Two test customers: what belongs to one is refused to the other, and nothing that only looks so is a pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from tests.servers import certs
from tests.servers.web import Page, Request, scripted, serve
from wizard.checks.endpoints import read_openapi
from wizard.checks.every import find
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import HostLook, LookSettings, look, ready
from wizard.checks.record import judge_again
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
JSON = ("Content-Type", "application/json")
A, B = "token-of-customer-a", "token-of-customer-b"
CHECK = find("CHK-AUTHZ")
assert CHECK

Answer = Callable[[Request], Page]


def data(status: int, value: object, *headers: tuple[str, str]) -> Page:
    return Page(status, (JSON, *headers), json.dumps(value).encode())


THINGS = {
    "/contacts/a-17": (A, {"id": "a-17", "name": "Ada Lovelace", "mail": "ada@first.example", "country": "Norway"}),
    "/contacts/b-23": (B, {"id": "b-23", "name": "Bela Bartok", "mail": "bela@second.example", "country": "Norway"}),
}
REFUSED, NOT_FOUND = data(401, {"error": "unauthorized"}), data(404, {"error": "not found"})


def service(
    foreign: Callable[[Request, object], Page] = lambda request, thing: NOT_FOUND,
    *,
    missing: Answer = lambda request: NOT_FOUND,
    own: Callable[[Request, object], Page] = lambda request, thing: data(200, thing),
    lists: Answer | None = None,
    strangers: Answer = lambda request: REFUSED,
    known: tuple[str, ...] = (A, B),
) -> Answer:
    """Things with owners. `foreign` is what the other customer gets, `missing` what is not there."""

    def answer(request: Request) -> Page:
        if request.token not in known:
            return strangers(request)
        owner, thing = THINGS.get(request.path, ("", {}))
        if owner:
            return own(request, thing) if owner == request.token else foreign(request, thing)
        if request.path == "/me":
            return data(200, {"login": "first-customer" if request.token == A else "second-customer"})
        if request.path == "/contacts" and lists is None:
            return data(200, {"contacts": [thing for owner, thing in THINGS.values() if owner == request.token]})
        if request.path in ("/contacts", "/plans", "/plans/gold") and lists is not None:
            return lists(request)
        return missing(request)

    return answer


BOTH = (Endpoint("GET", "/me"), Endpoint("GET", "/contacts/a-17", of="A"), Endpoint("GET", "/contacts/b-23", of="B"))


def refusing(status: int, *headers: tuple[str, str]) -> Callable[[Request, object], Page]:
    return lambda request, thing: data(status, {"error": "no"}, *headers)


def limited(request: Request, thing: object) -> Page:
    return data(429, {"error": "slow down"})


SHELL = Page(200, (("Content-Type", "text/html"),), b"<html><body><div id=app></div></body></html>")

#: name: (server, endpoints, verdict, words of the reason)
#: Our own pace makes it wait.
MANY = "more functions than are called"

TABLE: dict[str, tuple[Answer, tuple[Endpoint, ...], Verdict, str]] = {
    "404": (service(), BOTH, P, "All 2 attempts"),
    "403": (service(refusing(403)), BOTH, P, "All 2 attempts"),
    "one direction only": (service(), BOTH[:2], W, "Nothing of customer B"),
    "401": (service(refusing(401)), BOTH, W, "401"),
    "redirect": (service(refusing(302, ("Location", "/login"))), BOTH, W, "redirects"),
    "gives it out": (service(lambda r, thing: data(200, thing)), BOTH, F, "exactly what its own gets"),
    "gives it out, with the time": (
        service(lambda r, thing: data(200, {"thing": thing, "at": r.count}),
                own=lambda r, thing: data(200, {"thing": thing, "at": r.count})), BOTH, F, "belongs to its own",
    ),
    "gives it out in another form": (
        service(lambda r, thing: data(200, {"items": [thing]})), BOTH, F, "belongs to its own",
    ),
    "gives out half of it": (
        service(lambda r, thing: data(200, {"name": thing["name"]})), BOTH, F, "belongs to its own",  # type: ignore[index]
    ),
    "gives it out to B only": (
        service(lambda r, thing: data(200, thing) if r.token == B else NOT_FOUND), BOTH, F, "exactly",
    ),
    "404 with 200": (
        service(lambda r, thing: data(200, {"error": "not found"}),
                missing=lambda r: data(200, {"error": "not found"})), BOTH, W, "refuses, though with 200",
    ),
    "answers with the caller's own": (
        service(lambda r, thing: data(200, next(t for o, t in THINGS.values() if o == r.token))), BOTH, U, "cannot",
    ),
    "answers with something else": (service(lambda r, thing: data(200, {"hint": "maybe"})), BOTH, U, "cannot be told"),
    "204": (service(lambda r, thing: Page(204, (), b"")), BOTH, W, "without content"),
    "429": (service(limited), BOTH, U, "429"),
    "500": (service(refusing(500)), BOTH, U, "500"),
    "405": (service(refusing(405)), BOTH, U, "405"),
    "the second credential is no good": (service(known=(A,)), BOTH, U, "proves nothing"),
    "the second credential is no good, and only A's things": (service(known=(A,)), BOTH[:2], U, "proves nothing"),
    "the second credential opens nothing": (service(), BOTH[1:2], U, "proves nothing"),
    "the path is wrong": (service(), (BOTH[0], Endpoint("GET", "/contacts/a-99", of="A")), U, "does not get it (404)"),
    "403 for everybody": (lambda r: data(403, {}), BOTH, U, "does not get it (403)"),
    "one page for every path": (lambda r: SHELL, BOTH, U, "does not exist"),
    "strangers get it too": (
        service(strangers=lambda r: data(200, THINGS[r.path][1]) if r.path in THINGS else NOT_FOUND), BOTH, U,
        "answers strangers too",
    ),
    "says nothing that names it": (
        service(own=lambda r, thing: data(200, {"ok": True}), foreign=lambda r, thing: data(200, {"ok": False})),
        BOTH, U, "cannot be told",
    ),
    "a list holds what is the other's": (
        service(lists=lambda r: data(200, [t for o, t in THINGS.values() if o == r.token or r.token == B])),
        (*BOTH, Endpoint("GET", "/contacts")), F, "lists what belongs to the other customer",
    ),
    "lists of one's own": (service(), (*BOTH, Endpoint("GET", "/contacts")), P, "All 2 attempts"),
    "things of another kind that nobody named": (
        service(), (*BOTH, Endpoint("GET", "/deals/1", template="/deals/{id}")), W, "/deals/{id} was not tried",
    ),
    "described, and named": (
        service(), (*BOTH, Endpoint("GET", "/contacts/1", template="/contacts/{id}")), P, "All 2 attempts",
    ),
    MANY: (
        service(missing=lambda r: data(403, {"role": "user"}) if r.path.startswith("/staff") else NOT_FOUND),
        (*BOTH, *(Endpoint("GET", f"/staff{n}", admin=True) for n in range(27))), W, "/staff25 and 1 more were not",
    ),
    "nothing is named": (service(), BOTH[:1], U, "belongs to one customer only"),
    "administration is refused": (
        service(missing=lambda r: data(403, {"role": "user"}) if r.path == "/staff" else NOT_FOUND),
        (*BOTH, Endpoint("GET", "/staff", admin=True)), P, "All 4 attempts",
    ),
    "administration is open": (
        service(missing=lambda r: data(200, {"users": ["everybody"]}) if r.path == "/staff" else NOT_FOUND),
        (*BOTH, Endpoint("GET", "/staff", admin=True)), F, "ordinary customer",
    ),
    "administration is not there": (
        service(), (*BOTH, Endpoint("GET", "/staff", admin=True)), U, "may not be there at all",
    ),
    "a gateway refuses what it does not know": (
        service(missing=lambda r: data(403, {"message": "Forbidden"})),
        (*BOTH, Endpoint("GET", "/staff", admin=True)), U, "refuses like everything beside it",
    ),
}  # fmt: skip


def _look(answer: Answer, endpoints: tuple[Endpoint, ...]) -> tuple[HostLook, list[Request]]:
    seen: list[Request] = []

    async def run() -> HostLook:
        async with serve(scripted(answer, seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(
                allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: endpoints},
                credentials={host.subject: ("Authorization", f"Bearer {A}")},
                second_credentials={host.subject: ("Authorization", f"Bearer {B}")},
            )  # fmt: skip
            for token in (A, B):
                assert token not in repr(settings)
            assert CHECK
            (found,) = await look([host], [CHECK], settings)
            (again,) = judge_again(found.record, [CHECK])
            result = found.results[0]
            assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)
            return found

    return asyncio.run(run()), seen


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n == MANY else ()) for n in TABLE])
def test_what_belongs_to_one_customer(name: str) -> None:
    answer, endpoints, verdict, why = TABLE[name]
    found, seen = _look(answer, endpoints)
    (result,) = found.results
    assert result.verdict is verdict, (result.summary, result.proof)
    assert why in result.summary, result.summary
    assert {request.method for request in seen} == {"GET"}
    for said in (A, B, "Ada", "Bela", "first.example", "second-customer", "everybody"):
        assert said.encode() not in found.record
        assert said not in repr(found)
    if verdict is not P:
        assert result.next_step or result.fix or verdict is W


def _described(answer: Answer) -> tuple[HostLook, list[Request]]:
    paths = ("/plans", "/contacts", "/me", "/plans/{name}", "/contacts/{id}")
    document = {"openapi": "3.0.0", "paths": {path: {"get": {}} for path in paths}}
    return _look(answer, read_openapi(json.dumps(document).encode()).endpoints)


def _with_plans(leaky: bool) -> Answer:
    plans = {"plans": [{"name": "gold", "price": 4711}]}

    def lists(request: Request) -> Page:
        if request.path == "/plans":
            return data(200, plans)
        if request.path == "/plans/gold":
            return data(200, plans["plans"][0])
        return data(200, {"contacts": [thing for owner, thing in THINGS.values() if owner == request.token]})

    return service((lambda r, thing: data(200, thing)) if leaky else (lambda r, thing: NOT_FOUND), lists=lists)


def test_things_are_found_in_each_customer_s_own_lists_and_what_is_shared_is_left_alone() -> None:
    found, seen = _described(_with_plans(leaky=False))
    assert found.results[0].verdict is P, found.results[0].proof
    asked = {(request.path, request.token) for request in seen}
    assert {("/contacts/a-17", B), ("/contacts/b-23", A)} <= asked
    assert not any(path == "/plans/gold" for path, _token in asked)
    assert _described(_with_plans(leaky=True))[0].results[0].verdict is F


def test_it_needs_two_credentials_and_each_goes_to_its_own_host_only() -> None:
    host, other = Host("a.example"), Host("b.example")
    one = LookSettings(credentials={host.subject: ("X", "1")})
    two = LookSettings(credentials={host.subject: ("X", "1")}, second_credentials={host.subject: ("X", "2")})
    assert CHECK
    assert not ready(CHECK, host, one)
    assert ready(CHECK, host, two)
    assert not ready(CHECK, other, two)


@pytest.mark.slow
def test_redirects_take_no_credential_along() -> None:
    seen_elsewhere: list[Request] = []

    async def run() -> None:
        async with serve(scripted(lambda r: NOT_FOUND, seen_elsewhere), certs.good()) as elsewhere:
            to = ("Location", f"https://localhost:{elsewhere.number}/contacts/a-17")
            async with serve(scripted(lambda r: data(302, {}, to)), certs.good()) as port:
                host = Host("localhost", port.number)
                settings = LookSettings(
                    allow_private=True, ca_file=certs.root_file(), endpoints={host.subject: BOTH},
                    declared=(host, Host("localhost", elsewhere.number)),
                    credentials={host.subject: ("X-Key", A)}, second_credentials={host.subject: ("X-Key", B)},
                )  # fmt: skip
                authentication = find("authentication")
                assert CHECK
                assert authentication
                await look([host], [CHECK, authentication], settings)

    asyncio.run(run())
    assert seen_elsewhere  # the stranger's redirect is followed inside the scope
    assert all("x-key" not in request.fields for request in seen_elsewhere)


def test_no_credential_leaves_without_a_trusted_certificate() -> None:
    seen: list[Request] = []

    async def run() -> Verdict:
        async with serve(scripted(service(), seen), certs.good()) as port:
            host = Host("localhost", port.number)
            settings = LookSettings(  # without the authority that signed
                allow_private=True, endpoints={host.subject: BOTH},
                credentials={host.subject: ("X-Key", A)}, second_credentials={host.subject: ("X-Key", B)},
            )  # fmt: skip
            assert CHECK
            (found,) = await look([host], [CHECK], settings)
            return found.results[0].verdict

    assert asyncio.run(run()) is U
    assert seen == []

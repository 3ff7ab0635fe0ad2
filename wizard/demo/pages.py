"""What the demonstration partner answers on each of its hosts, with the faults that an assessment should find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from wizard.domain.language import _

_YEAR_OF_HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
#: One day, where the requirement asks for a year.
_WEAK_HSTS = ("Strict-Transport-Security", "max-age=86400")
_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
)
_NOSNIFF = ("X-Content-Type-Options", "nosniff")
_FRAMES = ("X-Frame-Options", "DENY")
_REFERRER = ("Referrer-Policy", "no-referrer")
_NO_STORE = ("Cache-Control", "no-store")
_SAFE_COOKIE = ("Set-Cookie", "__Host-session=demonstration; Path=/; Secure; HttpOnly; SameSite=Lax")
#: Sent over plain HTTP too, because Secure is missing.
_UNSAFE_COOKIE = ("Set-Cookie", "session=demonstration; Path=/; HttpOnly; SameSite=Lax")

_HTML = "text/html; charset=utf-8"
_JSON = "application/json"


@dataclass(frozen=True)
class Page:
    """One answer: status, media type, body, and the header fields that matter here, in order."""

    body: bytes
    kind: str = _HTML
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Site:
    """One host of the partner: its name, what it is for, its pages by path, and whether it still accepts TLS 1.1."""

    name: str
    purpose: str
    pages: Mapping[str, Page] = field(default_factory=lambda: MappingProxyType({}))
    missing: Page = Page(b"Not found.\n", "text/plain; charset=utf-8", 404, (_YEAR_OF_HSTS, _NOSNIFF))
    accepts_tls_1_1: bool = False


def sites() -> tuple[Site, ...]:
    """The four hosts of the partner."""
    return (_app(), _api(), _accounts(), _legacy())


def openapi() -> bytes:
    """The partner's own description of its API (OpenAPI 3.0.3, JSON): every operation needs a token, it believes."""

    def get(summary: str) -> dict[str, object]:
        answers = {"200": {"description": "The data."}, "401": {"description": "No valid token."}}
        return {"get": {"summary": summary, "responses": answers, "security": [{"token": []}]}}

    document = {
        "openapi": "3.0.3",
        "info": {"title": "Demonstration partner", "version": "1.0.0"},
        "paths": {"/api/contacts": get("Contacts of the customer"), "/api/me": get("The signed-in person")},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _html(title: str, text: str) -> bytes:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    ).encode()


def _app() -> Site:
    """Three faults: HSTS of one day, a cookie without Secure, and no X-Content-Type-Options."""
    fields = (_WEAK_HSTS, _POLICY, _FRAMES, _REFERRER, _UNSAFE_COOKIE)
    login = Page(_html("Sign in", "DEMONSTRATION: the product of a partner that does not exist."), fields=fields)
    missing = Page(_html("Not found", "There is no such page."), status=404, fields=fields[:-1])
    return Site("app.partner.localhost", _("Web application"), {"/": login, "/login": login}, missing)


def _api() -> Site:
    """One fault: the list of contacts forgets to ask who is calling."""
    common = (_YEAR_OF_HSTS, _NOSNIFF, _NO_STORE)
    contacts = [
        {"name": "Ada Example", "email": "ada@customer.example", "title": "DEMONSTRATION"},
        {"name": "Grace Example", "email": "grace@customer.example", "title": "DEMONSTRATION"},
    ]
    refused = Page(
        b'{"error": "unauthorized"}\n', _JSON, 401, (*common, ("WWW-Authenticate", 'Bearer realm="demonstration"'))
    )
    pages = {
        "/": Page(b'{"service": "demonstration"}\n', _JSON, fields=common),
        "/openapi.json": Page(openapi(), _JSON, fields=common),
        "/api/contacts": Page(json.dumps({"contacts": contacts}).encode() + b"\n", _JSON, fields=common),
        "/api/me": refused,
    }
    return Site("api.partner.localhost", _("Public API"), pages, Page(b'{"error": "not found"}\n', _JSON, 404, common))


def _accounts() -> Site:
    """No fault."""
    fields = (_YEAR_OF_HSTS, _POLICY, _NOSNIFF, _FRAMES, _REFERRER, _NO_STORE, _SAFE_COOKIE)
    page = Page(_html("Accounts", "DEMONSTRATION: nothing is wrong here."), fields=fields)
    return Site("accounts.partner.localhost", _("Sign-in and accounts"), {"/": page})


def _legacy() -> Site:
    """One fault: TLS 1.1 is still accepted."""
    fields = (_YEAR_OF_HSTS, _POLICY, _NOSNIFF, _FRAMES, _REFERRER)
    page = Page(_html("Uploads", "DEMONSTRATION: kept for an old device."), fields=fields)
    return Site("legacy.partner.localhost", _("Uploads from old devices"), {"/": page}, accepts_tls_1_1=True)

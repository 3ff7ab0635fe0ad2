"""Reads in a browser's recording (HAR 1.2) how a customer went to Apollo, came back, and what addresses then held."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.masking import mask_address, value_of
from wizard.formats import json as strict_json

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: Where Apollo asks its customers for permission (the page itself lies behind the hash), and where codes become tokens.
APOLLO = "app.apollo.io"
_AUTHORIZE = re.compile(r"/oauth/authorize/?$")
_TOKEN = re.compile(r"/oauth/token/?$")
_TOKEN_NAMES = re.compile(r"^(access_token|refresh_token|id_token|api_?key)$", re.I)
_MOST_ENTRIES = 20_000
#: Longer addresses and fields are cut: no browser and no server takes them.
_LONGEST = 32 * 1024


@dataclass(frozen=True, slots=True)
class Authorization:
    """One request for permission. `state` is only known by a digest and by how many bits it can hold, 0 for a word."""

    response_type: str
    redirect_uri: str
    scope: str
    state_digest: str
    challenge_method: str
    state_bits: int = 0


@dataclass(frozen=True, slots=True)
class Callback:
    """One return with a code: the address (masked), and digests of the state and the code that came back."""

    address: str
    state_digest: str
    code_digest: str
    #: what the server answered, and where it sent the browser (masked)
    status: int
    went_to: str
    #: the address it was sent to holds the code again
    code_went_on: bool = False
    #: the answer's Referrer-Policy fields, as they stand
    referrer_policy: str = ""


@dataclass(frozen=True)
class HarFlow(Fact):
    """What the recording shows. Addresses are masked already; codes and tokens are never kept."""

    NAME = "har-flow"
    entries: int
    authorizations: tuple[Authorization, ...]
    callbacks: tuple[Callback, ...]
    #: addresses with a token in them, and addresses to whose hosts a Referer carried a code or token
    tokens_in_addresses: tuple[str, ...] = ()
    told_others: tuple[str, ...] = ()
    #: grants that the browser itself asked a token endpoint for
    browser_grants: tuple[str, ...] = ()
    #: entries behind the last one that was read
    left_out: int = 0

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Nothing to look at: a person records it."""
        return False

    @classmethod
    async def look(cls, ground: Ground) -> HarFlow:
        """Never looked at on a host."""
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))


def read_har(data: bytes) -> HarFlow:
    """The flow in a recording. Raises `wizard.formats.malformed.Malformed` for what is no JSON."""
    document = strict_json.parse(data)
    log = document.get("log") if isinstance(document, Mapping) else None
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(entries, list):
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN, "no HAR"))
    found = _Reader()
    for entry in entries[:_MOST_ENTRIES]:
        if isinstance(entry, Mapping):
            found.take(entry)
    return HarFlow(
        min(len(entries), _MOST_ENTRIES),
        tuple(found.authorizations.values()),
        tuple(found.callbacks),
        tuple(dict.fromkeys(found.tokens))[:20],
        tuple(dict.fromkeys(found.told))[:20],
        tuple(dict.fromkeys(found.grants)),
        max(0, len(entries) - _MOST_ENTRIES),
    )


class _Reader:
    def __init__(self) -> None:
        self.authorizations: dict[str, Authorization] = {}
        self.callbacks: list[Callback] = []
        self.tokens: list[str] = []
        self.told: list[str] = []
        self.grants: list[str] = []

    def take(self, entry: Mapping[str, Any]) -> None:
        request, response = _object(entry.get("request")), _object(entry.get("response"))
        url = _text(request.get("url"))
        fields = list(_fields(response, "location"))
        went_to = fields[0] if fields else _text(response.get("redirectURL"))
        for address in (url, *fields, went_to):
            self._authorization(address)
            if any(_TOKEN_NAMES.match(name) and len(value) >= 16 for name, value in _parameters(address)):
                self.tokens.append(mask_address(address)[:300])
        self._callback(url, response, went_to)
        for referer in _fields(request, "referer"):
            codes = {callback.code_digest for callback in self.callbacks}
            names = {name for name, value in _parameters(referer) if len(value) >= 16 or _digest(value) in codes - {""}}
            leaks = "code" in names or any(_TOKEN_NAMES.match(name) for name in names)
            if leaks and _host(referer) != _host(url):
                self.told.append(_host(url))
        self._grant(url, request)

    def _authorization(self, address: str) -> None:
        page, parameters = _behind_hash(address)
        if _host(address) != APOLLO or not _AUTHORIZE.search(page) or "client_id" not in parameters:
            return
        state = parameters.get("state", "")
        self.authorizations.setdefault(
            hashlib.sha256(address.encode("utf-8", "replace")).hexdigest(),
            Authorization(
                parameters.get("response_type", "")[:60],
                mask_address(parameters.get("redirect_uri", ""))[:300],
                parameters.get("scope", "")[:1000],
                _digest(state),
                parameters.get("code_challenge_method", "plain" if "code_challenge" in parameters else "")[:20],
                _bits(state),
            ),
        )

    def _callback(self, url: str, response: Mapping[str, Any], went_to: str) -> None:
        parameters = dict(_parameters(url))
        targets = {a.redirect_uri for a in self.authorizations.values()}
        place = mask_address(url).partition("?")[0]
        if len(parameters.get("code", "")) < 8 or place not in {t.partition("?")[0] for t in targets}:
            return
        status = response.get("status")
        code = _digest(parameters["code"])
        self.callbacks.append(
            Callback(
                mask_address(url)[:300],
                _digest(parameters.get("state", "")),
                code,
                status if isinstance(status, int) and not isinstance(status, bool) else 0,
                mask_address(went_to)[:300],
                any(name == "code" and _digest(value) == code for name, value in _parameters(went_to)),
                ", ".join(_fields(response, "referrer-policy"))[:300],
            )
        )

    def _grant(self, url: str, request: Mapping[str, Any]) -> None:
        if _host(url).endswith("apollo.io") and _TOKEN.search(_path(url)):
            body = _object(request.get("postData"))
            text = _text(body.get("text"))
            grants = re.findall(r"grant_type[\"']?\s*[=:]\s*[\"']?([a-z_:-]{1,60})", text)
            self.grants.append(grants[0] if grants else "unknown")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else ""


def _bits(text: str) -> int:
    """How many random bits a text can hold by its length and by the signs it is made of; 0 when it looks like none."""
    known = value_of(text)
    bare = text.replace("-", "")  # of a UUID
    if not known.random:
        return 0
    if re.fullmatch("[0-9]+", bare):
        return len(bare) * 10 // 3
    if re.fullmatch("[0-9a-f]+|[0-9A-F]+", bare):
        return len(bare) * 4
    return known.length * (5 if re.fullmatch("[0-9a-z]+|[0-9A-Z]+", text) else 6)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _fields(message: Mapping[str, Any], name: str) -> Iterator[str]:
    headers = message.get("headers")
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, Mapping) and _text(header.get("name")).lower() == name:
            yield _text(header.get("value"))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _behind_hash(address: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of an address whose page lies behind the hash, as in https://app.apollo.io/#/path?a=b."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", {}
    path, _mark, query = parts.fragment.partition("?")
    if not path.startswith("/"):
        path, query = parts.path, parts.query
    return path, dict(_pairs(query))


def _parameters(address: str) -> list[tuple[str, str]]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    fragment = parts.fragment.partition("?")[2] or (parts.fragment if "=" in parts.fragment else "")
    return [*_pairs(parts.query), *_pairs(fragment)]


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)

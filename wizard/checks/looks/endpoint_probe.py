"""Calls the declared endpoints as a stranger would: without a credential, and with several that nobody may accept."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.apollo_data import signs_in
from wizard.checks.looks.http import MOST_REDIRECTS, Answer, port_of, target_of
from wizard.checks.looks.http import parts_of as url_parts
from wizard.checks.looks.https_answers import Talks
from wizard.checks.looks.shapes import asks_who, parts_of, shape_of

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Endpoint, Ground, LookSettings
    from wizard.domain.scope import Host

#: So many listed operations are called in one look.
MOST_CALLED = 500
NOTHING, MALFORMED, WRONG, ALTERED, UNSIGNED = "nothing", "malformed", "wrong", "altered", "unsigned"
CONTROL, OWN = "control", "own"
_MAIL = re.compile(r"(?<=[\w.%+-])@[A-Za-z0-9-]{1,63}\.[A-Za-z]{2,24}")

#: A header field.
Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET: with which credential, of which path, and its answer with how its body is built.

    `landing` is where its redirects inside the scope ended, asked for without any credential. `trouble` is why there is
    no answer, or no landing where one was tried.
    """

    credential: str
    path: str
    answer: Answer | None = None
    shape: str = ""
    trouble: Trouble | None = None
    #: how many mail addresses the answer, or its landing, holds
    mail_addresses: int = 0
    #: which kinds of signs of Apollo's data it holds (`apollo_data`)
    apollo: tuple[str, ...] = ()
    parts: tuple[tuple[str, bool], ...] = ()
    asks_who: bool = False
    landing: Answer | None = None
    landing_shape: str = ""
    landing_asks_who: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One declared operation and what strangers got; `asked` is empty where the method is not GET, and where more are
    listed than are called (`beyond`).
    """

    method: str
    path: str
    anonymous: str = ""
    secured: str = ""
    page: bool = False
    asked: tuple[Asked, ...] = ()
    admin: bool = False
    beyond: bool = False
    said_open: bool = False

    @property
    def guest(self) -> str:
        """Why anybody may call it; "" for what is for administrators, whatever a register says (AUTH-06)."""
        return "" if self.admin else self.anonymous


@dataclass(frozen=True)
class EndpointProbe(Fact):
    """Every declared operation; `controls` are GETs of paths beside them that surely do not exist."""

    NAME = "endpoint-probe"
    STEPS = 9
    operations: tuple[Operation, ...]
    controls: tuple[Asked, ...]
    #: host names that redirects of pages may lead to
    declared: tuple[str, ...] = ()
    #: what should list more operations and could not be read, a sentence each
    unread: tuple[str, ...] = ()
    #: a digest of everything that listed them, so that a later list is told from this one
    listed_by: str = ""

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only what the person listed is called; an empty list is one too."""
        return host.subject in settings.endpoints

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """At most seven GETs an operation, five a second, and what servers ask us to wait."""
        many = min(MOST_CALLED, len(settings.endpoints.get(host.subject, ())))
        return 7 * many / 5 + (Patience.MOST if many else 0)

    @classmethod
    async def look(cls, ground: Ground) -> EndpointProbe:
        """GET only: as a stranger, with four bad credentials, as a customer, and paths that surely do not exist."""
        settings = ground.run.settings
        listed = settings.endpoints.get(ground.host.subject, ())
        own = settings.credentials.get(ground.host.subject)
        operations: list[Operation] = []
        controls: dict[str, Asked] = {}
        patience = Patience()
        called = 0
        async with Talks(ground) as talks:
            for endpoint in listed:
                asked: list[Asked] = []
                beyond = endpoint.method == "GET" and called >= MOST_CALLED
                if endpoint.method == "GET" and not beyond:
                    called += 1
                    made_up = f"/attestry-{secrets.token_hex(8)}"
                    folder = endpoint.path.partition("?")[0].rpartition("/")[0]
                    for place in (made_up, folder) if not controls else (folder,):
                        if place not in controls:
                            random_path = f"{place}/attestry-{secrets.token_hex(8)}"
                            controls[place] = await ask_as(talks, CONTROL, random_path, None, patience)
                    asked = await _ask_each(talks, endpoint, own, patience)
                operations.append(
                    Operation(
                        endpoint.method,
                        endpoint.path,
                        endpoint.anonymous,
                        endpoint.secured,
                        endpoint.page,
                        tuple(asked),
                        endpoint.admin,
                        beyond,
                        endpoint.said_open,
                    )
                )
        answers = [a for o in operations for a in o.asked]
        if answers and all(a.answer is None for a in answers):
            raise CouldNotLook(next(a.trouble for a in answers if a.trouble))
        names = tuple(dict.fromkeys(host.name for host in settings.declared))
        unread = settings.unread.get(ground.host.subject, ())
        return cls(tuple(operations), tuple(controls.values()), names, unread, settings.listed_by)

    def masked(self) -> EndpointProbe:
        """Without secret values and without bodies."""
        return replace(
            self,
            operations=tuple(replace(o, asked=tuple(map(_masked, o.asked))) for o in self.operations),
            controls=tuple(map(_masked, self.controls)),
        )


def _masked(asked: Asked) -> Asked:
    if asked.landing is not None:
        asked = replace(asked, landing=replace(asked.landing.masked(), body="<html>" if asked.landing.is_page else ""))
    if asked.answer is None:
        return asked
    # what a customer gets is the customer's: only what it was, never what it said
    kept = asked.answer.masked().headers
    if asked.credential == OWN:
        kept = tuple((name, value) for name, value in kept if name.lower() == "content-type")
    return replace(asked, answer=replace(asked.answer.masked(), body="", headers=kept))


class Patience:
    """How long servers that ask for it (Retry-After) are waited for, in all, at one host."""

    MOST = 60.0

    def __init__(self) -> None:
        self._left = self.MOST

    async def wait(self, answer: Answer) -> bool:
        """Wait as an answer asks; False when it does not, or for too long."""
        wanted = answer.first("retry-after") or ""
        if answer.status not in (429, 503) or not re.fullmatch(r"[0-9]{1,3}", wanted) or int(wanted) > self._left:
            return False
        self._left -= int(wanted)
        await asyncio.sleep(int(wanted))
        return True


async def _ask_each(talks: Talks, endpoint: Endpoint, own: Field | None, patience: Patience) -> list[Asked]:
    first = await ask_as(talks, NOTHING, endpoint.path, None, patience)
    first = await _landed(talks, first)
    is_open = first.answer is not None and 200 <= first.answer.status < 300
    if endpoint.is_open or (is_open and own is None):
        return [first]  # open to strangers already: a wrong credential tells nothing more
    asked = [first]
    for credential, field in bad_credentials(own, endpoint.key_field):
        if not is_open or credential == WRONG:
            asked.append(await ask_as(talks, credential, endpoint.path, field, patience))
    if own is not None:
        asked.append(await ask_as(talks, OWN, endpoint.path, own, patience))
    return asked


async def ask_as(talks: Talks, credential: str, path: str, field: Field | None, patience: Patience) -> Asked:
    """One GET with a header field or none; a server that asks for patience is asked once more."""
    headers = [field] if field else []
    for again in (True, False):
        try:
            answer = await talks.ask(talks.ground, path, headers=headers)
        except CouldNotLook as could_not:
            return Asked(credential, path, trouble=could_not.trouble)
        if not (again and await patience.wait(answer)):
            break
    return Asked(
        credential,
        path,
        answer,
        shape_of(answer),
        mail_addresses=0 if credential == OWN else len(_MAIL.findall(answer.body)),
        apollo=() if credential == OWN else signs_in(answer.body),
        parts=parts_of(answer),
        asks_who=asks_who(answer),
    )


async def _landed(talks: Talks, asked: Asked) -> Asked:
    """Where its redirects end, inside the scope and over HTTPS only; no credential is sent on the way."""
    from wizard.checks.looks.ground import trouble_of

    answer, run = asked.answer, talks.ground.run
    for _hop in range(MOST_REDIRECTS):
        parts = url_parts(answer.redirects_to) if answer is not None and answer.redirects_to else None
        ground = run.declared(parts.hostname or "", port_of(parts)) if parts is not None else None
        if parts is None or parts.scheme != "https" or ground is None:
            break
        try:
            answer = await talks.ask(ground, target_of(parts))
        except (CouldNotLook, OSError) as error:
            return replace(asked, trouble=error.trouble if isinstance(error, CouldNotLook) else trouble_of(error))
    if answer is None or answer is asked.answer or answer.redirects_to:
        return asked
    return replace(
        asked,
        landing=answer,
        landing_shape=shape_of(answer),
        landing_asks_who=asks_who(answer),
        mail_addresses=asked.mail_addresses + len(_MAIL.findall(answer.body)),
        apollo=tuple(sorted({*asked.apollo, *signs_in(answer.body)})),
    )


def bad_credentials(own: Field | None, key_field: str = "") -> Iterator[tuple[str, Field]]:
    """Credentials that no server may accept: no token at all, one that nobody issued, an altered one, an unsigned one.

    From a customer's own credential, where there is one, the last two are made as an attacker would, and sent where it
    stands: behind its scheme ("Bearer "), or as the value of its cookie.
    """
    name, value = own or (key_field or "Authorization", "")
    token = value.rpartition(" ")[2]
    if name.lower() == "cookie":
        token = token.partition("=")[2] or token
    before = value[: len(value) - len(token)] if own or key_field else "Bearer "
    yield MALFORMED, (name, f"{before}, attestry=?")
    yield WRONG, (name, f"{before}{secrets.token_urlsafe(32)}")
    yield ALTERED, (name, f"{before}{altered(token) if own else _expired()}")
    yield (
        UNSIGNED,
        (name, f"{before}{unsigned(token)}") if _is_jwt(token) else ("Authorization", f"Bearer {unsigned()}"),
    )


def altered(token: str) -> str:
    """The same token with one character changed where it counts: in the middle of its signature, or of itself."""
    start = token.rfind(".") + 1 if token.count(".") == 2 else 0
    at = start + max(0, (len(token) - start) // 2)
    if at >= len(token):
        return token + "x"
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def _expired() -> str:
    """A well-formed token of long ago, signed with a key that was made for it and thrown away."""
    claims = {"sub": "attestry", "iat": 1577836800, "exp": 1577840400}
    signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    signature = hmac.new(secrets.token_bytes(32), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def unsigned(token: str = "") -> str:
    """A token that is signed by nobody (RFC 8725 2.1): the claims of a real one, or claims of everything."""
    header = _encoded({"alg": "none", "typ": "JWT"})
    if _is_jwt(token):
        return f"{header}.{token.split('.')[1]}."
    return f"{header}.{_encoded({'sub': 'attestry', 'exp': 4102444800})}."


def _is_jwt(token: str) -> bool:
    return token.count(".") == 2 and token.startswith("eyJ")


def _encoded(value: dict[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

"""Calls the declared endpoints as a stranger would: without a credential, with a wrong one, with an unsigned one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import Talks

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Endpoint, Ground, LookSettings
    from wizard.domain.scope import Host

NOTHING, WRONG, UNSIGNED, CONTROL, OWN = "nothing", "wrong", "unsigned", "control", "own"
#: A server that asks for more patience than this is not waited for.
_MOST_PATIENCE = 10
_MAIL = re.compile(r"(?<=[\w.%+-])@[A-Za-z0-9-]{1,63}\.[A-Za-z]{2,24}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET: with which credential, of which path, and its answer with the shape of its body."""

    credential: str
    path: str
    answer: Answer | None = None
    shape: str = ""
    trouble: Trouble | None = None
    #: how many mail addresses the answer holds
    mail_addresses: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One declared operation and what strangers got; `asked` is empty where the method changes things."""

    method: str
    path: str
    anonymous: str = ""
    secured: str = ""
    page: bool = False
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class EndpointProbe(Fact):
    """Every declared operation; `controls` are GETs of paths beside them that surely do not exist."""

    NAME = "endpoint-probe"
    STEPS = 9
    operations: tuple[Operation, ...]
    controls: tuple[Asked, ...]
    #: host names that redirects of pages may lead to
    declared: tuple[str, ...] = ()

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only what the person listed is called; an empty list is one too."""
        return host.subject in settings.endpoints

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """At most five GETs an operation, five a second."""
        return 5 * len(settings.endpoints.get(host.subject, ())) / 5

    @classmethod
    async def look(cls, ground: Ground) -> EndpointProbe:
        """GET only, four an operation at most, and one control a folder."""
        settings = ground.run.settings
        listed = settings.endpoints.get(ground.host.subject, ())
        own = settings.credentials.get(ground.host.subject)
        operations: list[Operation] = []
        controls: dict[str, Asked] = {}
        async with Talks(ground) as talks:
            for endpoint in listed:
                asked: list[Asked] = []
                if endpoint.method == "GET":
                    folder = endpoint.path.partition("?")[0].rpartition("/")[0]
                    if folder not in controls:
                        random_path = f"{folder}/attestry-{secrets.token_hex(8)}"
                        controls[folder] = await _ask(talks, CONTROL, random_path)
                    asked = await _ask_each(talks, endpoint, own)
                operations.append(
                    Operation(
                        endpoint.method,
                        endpoint.path,
                        endpoint.anonymous,
                        endpoint.secured,
                        endpoint.page,
                        tuple(asked),
                    )
                )
        answers = [a for o in operations for a in o.asked]
        if answers and all(a.answer is None for a in answers):
            raise CouldNotLook(next(a.trouble for a in answers if a.trouble))
        return cls(tuple(operations), tuple(controls.values()), tuple({h.name: 0 for h in settings.declared}))

    def masked(self) -> EndpointProbe:
        """Without secret values and without bodies."""
        return replace(
            self,
            operations=tuple(replace(o, asked=tuple(map(_masked, o.asked))) for o in self.operations),
            controls=tuple(map(_masked, self.controls)),
        )


def _masked(asked: Asked) -> Asked:
    if asked.answer is None:
        return asked
    # what a customer gets is the customer's: only what it was, never what it said
    kept = () if asked.credential == OWN else asked.answer.masked().headers
    return replace(asked, answer=replace(asked.answer.masked(), body="", headers=kept))


async def _ask_each(talks: Talks, endpoint: Endpoint, own: tuple[str, str] | None) -> list[Asked]:
    first = await _ask(talks, NOTHING, endpoint.path)
    is_open = first.answer is not None and 200 <= first.answer.status < 300
    if endpoint.anonymous or (is_open and own is None):
        return [first]  # open to strangers already: a wrong credential tells nothing more
    bearer = ("Authorization", f"Bearer {secrets.token_urlsafe(32)}")
    asked = [first, await _ask(talks, WRONG, endpoint.path, bearer)]
    if not is_open:
        asked.append(await _ask(talks, UNSIGNED, endpoint.path, ("Authorization", f"Bearer {_unsigned()}")))
    if own is not None:
        asked.append(await _ask(talks, OWN, endpoint.path, own))
    return asked


async def _ask(talks: Talks, credential: str, path: str, field: tuple[str, str] | None = None) -> Asked:
    headers = [field] if field else []
    for again in (True, False):
        try:
            answer = await talks.ask(talks.ground, path, headers=headers)
        except CouldNotLook as could_not:
            return Asked(credential, path, trouble=could_not.trouble)
        patience = answer.first("retry-after") or ""
        if answer.status == 429 and again and re.fullmatch(r"[0-9]{1,2}", patience) and int(patience) <= _MOST_PATIENCE:
            await asyncio.sleep(int(patience))
            continue
        break
    addresses = 0 if credential == OWN else len(_MAIL.findall(answer.body))
    return Asked(credential, path, answer, shape_of(answer), mail_addresses=addresses)


def _unsigned() -> str:
    """A token that claims everything and is signed by nobody (RFC 8725 2.1): no server may take it."""
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": "attestry", "exp": 4102444800})
    encoded = [
        base64.urlsafe_b64encode(json.dumps(p, separators=(",", ":")).encode()).rstrip(b"=").decode() for p in parts
    ]
    return ".".join((*encoded, ""))


def shape_of(answer: Answer) -> str:
    """A digest of how a body is built, without its words: the keys of JSON, the tags of HTML, else the body itself."""
    try:
        built = json.dumps(_skeleton(json.loads(answer.body), 0), sort_keys=True)
    except (ValueError, RecursionError):
        tags = re.findall(r"<\s*(/?[a-z][a-z0-9-]*)", answer.body[:65536], re.I)
        built = " ".join(tags).lower() if tags else answer.body_sha256
    return hashlib.sha256(built.encode("utf-8", "replace")).hexdigest()[:32]


def _skeleton(value: Any, depth: int) -> Any:
    if isinstance(value, dict) and depth < 16:
        return {str(key): _skeleton(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and depth < 16:
        return [_skeleton(item, depth + 1) for item in value[:1]]
    return type(value).__name__

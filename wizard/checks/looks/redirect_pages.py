"""Asks the addresses to which Apollo sends customers back, as a visitor without a code would, and keeps no body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.http import parts_of, port_of, target_of
from wizard.checks.looks.https_answers import Talks
from wizard.checks.masking import looks_random

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings, Run
    from wizard.domain.scope import Host

#: A recording that names more addresses than this is no recording of one integration.
MOST_ADDRESSES = 8

_VALUE = r"([A-Za-z0-9+/=_.~%-]{16,2048}+)"
_NAME = r"\b(?:access|refresh|id)_?token"
_TOKENS = (
    re.compile(_NAME + r"""\\?["']?\s{0,8}[:=]\s{0,8}\\?["']""" + _VALUE + r"""\\?["']""", re.I),
    re.compile(_NAME + "=" + _VALUE + r"""(?=[&"'\s<#]|\Z)""", re.I),
    re.compile(_NAME + r"""["'][^<>]{0,200}\bvalue\s{0,8}=\s{0,8}["']""" + _VALUE + "[\"']", re.I),
    re.compile(r"\b(eyJ[A-Za-z0-9_-]{8,2000}+\.[A-Za-z0-9_-]{4,4000}+\.[A-Za-z0-9_-]{4,2000})"),
)


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """One redirect address (its values masked) and what a GET of its path got: the status (0: no answer), and whether
    the body holds what looks like a token. `outside`: the scope does not name its host, so nobody asked.
    """

    address: str
    status: int = 0
    token: bool = False
    outside: bool = False
    trouble: Trouble | None = None


@dataclass(frozen=True)
class RedirectPages(Fact):
    """The https redirect addresses of a recording; `more` counts those beyond the most that are asked."""

    NAME = "redirect-pages"
    pages: tuple[RedirectPage, ...]
    more: int = 0

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """The addresses come from a recording, for the assessment as a whole."""
        return False

    @classmethod
    async def look(cls, ground: Ground) -> RedirectPages:
        """Never looked at for one host alone."""
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))


def not_asked(addresses: Iterable[str], hosts: Iterable[Host]) -> RedirectPages:
    """The https addresses, none asked yet, and whether the scope names the host of each."""
    declared = {(host.name, host.port) for host in hosts}
    pages = []
    for address in dict.fromkeys(addresses):
        parts = parts_of(address)
        if parts is not None and parts.scheme == "https":
            place = ((parts.hostname or "").rstrip("."), port_of(parts))
            pages.append(RedirectPage(address, outside=place not in declared))
    return RedirectPages(tuple(pages[:MOST_ADDRESSES]), max(0, len(pages) - MOST_ADDRESSES))


async def ask(addresses: Iterable[str], hosts: Sequence[Host], settings: LookSettings) -> RedirectPages:
    """One GET of the path of each address whose host is among the hosts; no other host is contacted.

    Redirects are not followed: what is asked is whether this address hands something to somebody without a code.
    """
    from wizard.checks.looks.ground import Run

    run = Run(settings, hosts)
    run.pulse.start()
    try:
        wanted = not_asked(addresses, hosts)
        return RedirectPages(tuple([await _ask(run, page) for page in wanted.pages]), wanted.more)
    finally:
        await run.close()


async def _ask(run: Run, page: RedirectPage) -> RedirectPage:
    from wizard.checks.looks.ground import trouble_of

    parts = parts_of(page.address)
    ground = run.declared(parts.hostname or "", port_of(parts)) if parts is not None else None
    if parts is None or ground is None:
        return page
    try:
        async with ground.limit(ground.limits.probe), Talks(ground) as talks:
            answer = await talks.ask(ground, target_of(parts._replace(query="", fragment="")))
    except CouldNotLook as could_not:
        return RedirectPage(page.address, trouble=could_not.trouble)
    except OSError as error:
        return RedirectPage(page.address, trouble=trouble_of(error))
    return RedirectPage(page.address, answer.status, holds_token(answer.body))


def holds_token(body: str) -> bool:
    """True when a body is a random word and nothing else, holds a signed token, or gives a token by its name."""
    whole = body.strip()
    if re.fullmatch(_VALUE, whole) and _is_random(whole):
        return True
    return any(_is_random(found[1]) for pattern in _TOKENS for found in pattern.finditer(body))


def _is_random(value: str) -> bool:
    return looks_random(value) and bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))

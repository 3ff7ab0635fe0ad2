"""Knocks at the port of plain HTTP: is it closed, does it refuse, or does it send visitors on to HTTPS?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble
from wizard.checks.looks.http import Answer, Talk, parts_of, port_of, target_of
from wizard.checks.looks.https_answers import Visit, visit_from
from wizard.checks.masking import mask_address

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground


@dataclass(frozen=True, slots=True)
class PlainPort:
    """One address: the answer to one GET, or why there was none."""

    address: str
    answer: Answer | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class PlainHttp(Fact):
    """The plain port of every address, and where its redirect leads inside the scope.

    `alive`: the host took a connection on its own port, so a closed plain port means something.
    """

    NAME = "plain-http"
    STEPS = 3
    port: int
    ports: tuple[PlainPort, ...]
    alive: bool = False
    hops: tuple[Answer, ...] = ()
    went_to: str = ""
    hop_trouble: Trouble | None = None
    #: addresses of the name that were not asked, each with the reason
    not_asked: tuple[tuple[str, str], ...] = ()
    #: addresses beyond those that are asked
    more: int = 0

    @classmethod
    async def look(cls, ground: Ground) -> PlainHttp:
        """One GET an address; the first redirect to HTTPS is followed inside the scope, at most five hops."""
        found = await ground.addresses()
        port = ground.run.settings.plain_port
        ports = await asyncio.gather(*(_knock(ground, address, port) for address in found.usable))
        seen = cls(
            port,
            tuple(ports),
            alive=any(p.answer for p in ports) or await _alive(ground, found.usable),
            not_asked=tuple((address, why.value) for address, why in found.refused),
            more=found.more,
        )
        first = next((p.answer for p in ports if p.answer and p.answer.redirects_to), None)
        return await _follow(ground, seen, first.redirects_to) if first else seen

    def masked(self) -> PlainHttp:
        """Without secret values."""
        return replace(
            self,
            ports=tuple(replace(p, answer=p.answer.masked() if p.answer else None) for p in self.ports),
            hops=tuple(a.masked() for a in self.hops),
            went_to=mask_address(self.went_to),
        )


async def _knock(ground: Ground, address: str, port: int) -> PlainPort:
    from wizard.checks.looks.ground import trouble_of

    try:
        async with ground.limit(ground.limits.probe), ground.wire(address, port) as wire:
            return PlainPort(address, await Talk(ground, address, "http", port, wire).ask("/"))
    except CouldNotLook as could_not:
        return PlainPort(address, trouble=could_not.trouble)
    except OSError as error:
        return PlainPort(address, trouble=trouble_of(error))


async def _alive(ground: Ground, addresses: tuple[str, ...]) -> bool:
    if ground.taken:
        return True
    for address in addresses:
        try:
            async with ground.wire(address, ground.host.port):
                return True
        except OSError:
            continue
    return False


async def _follow(ground: Ground, seen: PlainHttp, to: str) -> PlainHttp:
    from wizard.checks.looks.ground import trouble_of

    parts = parts_of(to)
    target = ground.run.declared(parts.hostname or "", port_of(parts)) if parts else None
    if parts is None or parts.scheme != "https" or target is None:
        return replace(seen, went_to=to[:2000])
    try:
        async with ground.limit(ground.limits.probe):
            visit = await visit_from(target, Visit("plain", "/"), target_of(parts))
    except TimeoutError as error:
        return replace(seen, hop_trouble=trouble_of(error))
    return replace(seen, hops=visit.answers, went_to=visit.went_to, hop_trouble=visit.trouble)

"""Knocks, with the person's consent, at the ports of data stores, and says nothing to whoever opens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.patience import Starved

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: Registered or customary ports of stores that are meant for the inside.
PORTS = {
    1433: "SQL Server",
    1521: "Oracle",
    2379: "etcd",
    3306: "MySQL",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    9042: "Cassandra",
    9200: "Elasticsearch",
    11211: "Memcached",
    27017: "MongoDB",
}


@dataclass(frozen=True, slots=True)
class Knock:
    """One port of one address: "open", "closed", "silent", or a word of why it could not be reached."""

    address: str
    port: int
    state: str


@dataclass(frozen=True)
class DataPorts(Fact):
    """Every knock; `alive`: something at the address answers, so silence means a filter. `not_asked` are addresses of
    the host that may not be contacted, `more` counts those beyond the most that are asked.
    """

    NAME = "data-ports"
    knocks: tuple[Knock, ...]
    alive: bool
    not_asked: tuple[str, ...] = ()
    more: int = 0

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Needs the person's consent for this host."""
        return host.subject in settings.data_ports

    @classmethod
    async def look(cls, ground: Ground) -> DataPorts:
        """One connection a port and address, closed at once."""
        found = await ground.addresses()
        addresses = found.usable
        places = [(address, port) for address in addresses for port in PORTS if port != ground.host.port]
        knocks = await asyncio.gather(*(_knock(ground, address, port) for address, port in places))
        home = await asyncio.gather(*(_knock(ground, address, ground.host.port) for address in addresses))
        if not any(k.state == "open" for k in home) and all(k.state == "silent" for k in knocks):
            raise CouldNotLook(Trouble(TroubleKind.TIMEOUT, seconds=ground.limits.connect))
        alive = any(k.state == "open" for k in home)
        return cls(tuple(knocks), alive, tuple(address for address, _why in found.refused), found.more)


async def _knock(ground: Ground, address: str, port: int) -> Knock:
    from wizard.checks.looks.ground import trouble_of

    try:
        async with ground.wire(address, port):
            return Knock(address, port, "open")
    except Starved as error:
        return Knock(address, port, trouble_of(error).kind.value)
    except TimeoutError:
        return Knock(address, port, "silent")
    except OSError as error:
        return Knock(address, port, trouble_of(error).kind.value)

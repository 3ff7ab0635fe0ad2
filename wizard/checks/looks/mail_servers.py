"""Asks the name service who takes mail for a domain; the servers themselves are never contacted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks.base import Fact
from wizard.checks.looks.dns_records import DnsRecords, ask, resolver_of

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host


@dataclass(frozen=True)
class MailServers(Fact):
    """The MX records of a domain and how the answer came ("ok", "empty", "no-name", "failed" or "timeout")."""

    NAME = "mail-servers"
    domain: str
    outcome: str
    values: tuple[str, ...]

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only names that the public name service can know."""
        return DnsRecords.wanted(host, settings)

    @classmethod
    async def look(cls, ground: Ground) -> MailServers:
        """One question."""
        found = await ask(ground, resolver_of(ground), ground.host.name, "MX")
        return cls(found.name, found.outcome, found.values)

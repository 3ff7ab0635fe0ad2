"""Asks the name service what it says about a host: where its name leads, who may certify it, who may send its mail."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.addresses import is_address

if TYPE_CHECKING:
    import dns.asyncresolver

    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: Aliases in a row, and mail policies that include others: more than this is a fault of its own.
MOST_ALIASES = 8
MOST_INCLUDED = 12
#: Name servers of one domain whose addresses are asked for.
MOST_SERVERS = 8
#: How the name begins that nobody made, to see whether a wildcard answers for it.
MADE_UP = "attestry-"
#: Names that no public name service knows (RFC 6761, RFC 8375, and what networks use inside).
_INSIDE = (".localhost", ".local", ".internal", ".test", ".invalid", ".example", ".home.arpa", ".lan", ".onion")


@dataclass(frozen=True, slots=True)
class Records:
    """The answer to one question: "ok", "empty" (the name has none of this kind), "no-name", "failed" or "timeout"."""

    name: str
    kind: str
    outcome: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class DnsRecords(Fact):
    """All questions and answers; `domain` is the registrable domain of the host."""

    NAME = "dns-records"
    domain: str
    answers: tuple[Records, ...]

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only names that the public name service can know."""
        name = host.name.rstrip(".").lower()
        if settings.name_server is not None:
            return "." in name
        # A name that the person pinned to an address is not asked about.
        public = "." in name and not name.endswith(_INSIDE) and host.name not in settings.resolve
        return public and not name.replace(".", "").isdigit() and ":" not in name

    @classmethod
    async def look(cls, ground: Ground) -> DnsRecords:
        """Everything at once; the aliases and included mail policies one after the other."""
        name = ground.host.name
        domain = registrable(name)
        resolver = resolver_of(ground)
        climb = [name]
        while climb[-1] != domain and "." in climb[-1]:
            climb.append(climb[-1].partition(".")[2])
        questions = [(n, "CAA") for n in climb]
        questions.append((f"{MADE_UP}{secrets.token_hex(6)}.{domain}", "A"))
        questions += [(domain, "TXT"), (f"_dmarc.{domain}", "TXT"), (domain, "NS")]
        if name != domain:
            questions.append((f"_dmarc.{name}", "TXT"))
        flat, aliases = await asyncio.gather(
            asyncio.gather(*(ask(ground, resolver, n, kind) for n, kind in questions)),
            _aliases(ground, resolver, name),
        )
        mail = next(r for r in flat if (r.name, r.kind) == (domain, "TXT"))
        servers = _servers(next(r for r in flat if (r.name, r.kind) == (domain, "NS")))
        included, of_servers = await asyncio.gather(
            _included(ground, resolver, mail),
            asyncio.gather(*(ask(ground, resolver, n, kind) for n in servers for kind in ("A", "AAAA"))),
        )
        answers = [*flat, *aliases, *included, *of_servers]
        if all(r.outcome in ("timeout", "failed") for r in flat if not r.name.startswith(MADE_UP)):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, "the name service did not answer"))
        return cls(domain, tuple(answers))

    def get(self, name: str, kind: str) -> Records | None:
        """The answer to a question; None if it was not asked."""
        return next((r for r in self.answers if r.name == name and r.kind == kind), None)

    @property
    def name_servers(self) -> tuple[str, ...]:
        """Who answers for the domain."""
        own = self.get(self.domain, "NS")
        return _servers(own) if own else ()

    @property
    def last_name(self) -> str:
        """Where the chain of the host's aliases ends: the name whose addresses count."""
        aliases = [r for r in self.answers if r.kind == "CNAME"]
        names = [r.values[0].rstrip(".").lower() if r.values else r.name for r in aliases]
        return names[-1] if names else ""

    def addresses_of(self, *names: str) -> tuple[str, ...]:
        """Every address that was found of these names."""
        return tuple(
            v for r in self.answers if r.kind in ("A", "AAAA") and r.name in names for v in r.values if is_address(v)
        )


def _servers(records: Records) -> tuple[str, ...]:
    return tuple(v.rstrip(".").lower() for v in records.values if v.rstrip("."))[:MOST_SERVERS]


@cache
def _suffixes() -> object:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def registrable(name: str) -> str:
    """The domain that somebody can register, by the offline public suffix list; where there is none, the name."""
    found = _suffixes().privatesuffix(name)  # type: ignore[attr-defined]
    return str(found) if found else name


def is_public_suffix(name: str) -> bool:
    """True for a name under which anybody can register or rent one, by the same list; false for a single label."""
    return "." in name and bool(_suffixes().is_public(name))  # type: ignore[attr-defined]


def resolver_of(ground: Ground) -> dns.asyncresolver.Resolver:
    """The system's name service, or the one of the settings. Raises `CouldNotLook`."""
    import dns.asyncresolver
    import dns.exception

    server = ground.run.settings.name_server
    try:
        resolver = dns.asyncresolver.Resolver(configure=server is None)
    except dns.exception.DNSException as error:
        raise CouldNotLook(Trouble(TroubleKind.LOCAL, "no name service is configured")) from error
    if server is not None:
        resolver.nameservers, resolver.port = [server[0]], server[1]
    resolver.lifetime = ground.limits.names
    resolver.timeout = ground.limits.names / 2
    return resolver


async def ask(ground: Ground, resolver: dns.asyncresolver.Resolver, name: str, kind: str) -> Records:
    """One question and its answer; what went wrong is an outcome."""
    import dns.exception
    import dns.resolver

    try:
        async with ground.run.names:
            answer = await resolver.resolve(name, kind, search=False)
    except dns.resolver.NXDOMAIN:
        return Records(name, kind, "no-name")
    except dns.resolver.NoAnswer:
        return Records(name, kind, "empty")
    except dns.resolver.NoNameservers:
        return Records(name, kind, "failed")
    except (dns.exception.Timeout, OSError):
        return Records(name, kind, "timeout")
    except dns.exception.DNSException:
        return Records(name, kind, "failed")
    return Records(name, kind, "ok", tuple(_text(record)[:4096] for record in list(answer)[:50]))


def _text(record: object) -> str:
    strings = getattr(record, "strings", None)
    if strings is not None:  # TXT: the pieces belong together (RFC 7208 3.3)
        return b"".join(strings).decode("utf-8", "replace")
    return str(record)


async def _aliases(ground: Ground, resolver: dns.asyncresolver.Resolver, name: str) -> list[Records]:
    """Each alias of the chain, and what its end says to a question for an address."""
    found: list[Records] = []
    for _step in range(MOST_ALIASES):
        alias = await ask(ground, resolver, name, "CNAME")
        found.append(alias)
        if alias.outcome != "ok" or not alias.values:
            break
        name = alias.values[0].rstrip(".").lower()
    four, six = await asyncio.gather(ask(ground, resolver, name, "A"), ask(ground, resolver, name, "AAAA"))
    return [*found, four, six]


async def _included(ground: Ground, resolver: dns.asyncresolver.Resolver, own: Records) -> list[Records]:
    """The mail policies that a mail policy includes (RFC 7208 5.2 and 6.1)."""
    found: list[Records] = []
    seen = {own.name}
    waiting = [own]
    while waiting and len(found) < MOST_INCLUDED:
        for text in waiting.pop(0).values:
            for word in text.split()[1:] if text.lower().startswith("v=spf1") else ():
                kind, _mark, target = word.lstrip("+-~?").lower().replace("redirect=", "include:").partition(":")
                if kind == "include" and target not in seen and "%" not in target and len(seen) <= MOST_INCLUDED:
                    seen.add(target)
                    record = await ask(ground, resolver, target, "TXT")
                    found.append(record)
                    waiting.append(record)
    return found

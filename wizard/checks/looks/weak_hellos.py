"""Offers a host nothing but weak encryption, one kind a connection, and sees whether it takes any."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from wizard.checks.base import Fact
from wizard.checks.looks.hello import Form, Kind, Reply, Tls, client_hello, handshake_messages, read_hex, read_reply
from wizard.checks.looks.suites import NAMES
from wizard.checks.looks.tls_hellos import LONG_PAUSE, Ended, Exchange, TlsHellos, exchange

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground


class Weakness(StrEnum):
    """A kind of suites that RFC 9325 4.1 and 4.2 forbid or advise against; the first that fits a suite is its kind."""

    NULL = "null"
    ANONYMOUS = "anonymous"
    EXPORT = "export"
    RC4 = "rc4"
    TRIPLE_DES = "3des"
    STATIC = "static"
    CBC = "cbc"
    #: not weak as such: asked for to see the size of the group
    DHE = "dhe"


_WORDS = {
    Weakness.NULL: r"_WITH_NULL_",
    Weakness.ANONYMOUS: r"_anon_",
    Weakness.EXPORT: r"_EXPORT|_WITH_DES_",
    Weakness.RC4: r"_RC4_|_RC2_",
    Weakness.TRIPLE_DES: r"_3DES_|_IDEA_",
    Weakness.STATIC: r"^TLS_RSA_|^TLS_DH_|^TLS_ECDH_",
    Weakness.CBC: r"^TLS_ECDHE.*_CBC_",
    Weakness.DHE: r"^TLS_DHE_",
}


def kind_of(name: str) -> Weakness | None:
    """The kind of a suite by its name; None for a good one."""
    return next((kind for kind, words in _WORDS.items() if re.search(words, name)), None)


@cache
def suites_of(kind: Weakness) -> tuple[int, ...]:
    """The suites that a hello of this kind offers."""
    return tuple(n for n, name in NAMES.items() if n >> 8 != 0x13 and kind_of(name) is kind)[:64]


@dataclass(frozen=True, slots=True)
class WeakExchange:
    """One hello of one kind and what came back, in hexadecimal. `group_bits`: the prime of a DHE key exchange."""

    address: str
    kind: Weakness
    ended: Ended
    reply: str = ""
    group_bits: int = 0

    @property
    def parsed(self) -> Reply:
        """The answer, read."""
        return read_hex(self.reply)

    @property
    def taken(self) -> bool:
        """True when the server took a suite of this kind."""
        reply = self.parsed
        return self.ended is Ended.ANSWERED and reply.kind is Kind.SERVER_HELLO and reply.suite in suites_of(self.kind)


@dataclass(frozen=True)
class WeakHellos(Fact):
    """Every weak hello and its answer; `speaks` names the addresses that answered good hellos."""

    NAME = "weak-hellos"
    exchanges: tuple[WeakExchange, ...]
    speaks: tuple[str, ...]
    #: addresses of the name that were not asked, each with the reason
    not_asked: tuple[tuple[str, str], ...] = ()
    #: addresses beyond those that are asked
    more: int = 0

    @classmethod
    async def look(cls, ground: Ground) -> WeakHellos:
        """All kinds at once on every address; broken connections are asked again, one at a time."""
        found = await ground.addresses()
        each = await asyncio.gather(*(_ask_all(ground, address) for address in found.usable))
        return cls(
            tuple(said for exchanges, _speaks in each for said in exchanges),
            tuple(address for address, (_said, speaks) in zip(found.usable, each, strict=True) if speaks),
            tuple((address, why.value) for address, why in found.refused),
            found.more,
        )


async def _ask_all(ground: Ground, address: str) -> tuple[list[WeakExchange], bool]:
    """The exchanges of one address, and whether it still answers good hellos: only then do broken ones mean "no"."""
    said = list(await asyncio.gather(*(_ask(ground, address, kind) for kind in Weakness)))
    if all(one.ended is Ended.ANSWERED for one in said):
        return said, True
    good = _known_good(await ground.once(TlsHellos), address)
    if good is None:
        return said, False
    hello = client_hello(Tls(good.version), good.form, ground.host.name)
    for pause in (0.0, LONG_PAUSE, LONG_PAUSE):
        await asyncio.sleep(pause)
        # Some servers break off now and then, some every second time: only two in a row may mean "no".
        steady = True
        for place, one in enumerate(said):
            if one.ended not in (Ended.BROKEN_OFF, Ended.NO_CONNECTION):
                continue
            for _again in range(2):
                said[place] = await _ask(ground, address, one.kind)
                if said[place].ended not in (Ended.BROKEN_OFF, Ended.NO_CONNECTION):
                    steady = False
                    break
        controls = [await exchange(ground, address, hello) for _again in range(2)]
        steady = steady and all(ended is Ended.ANSWERED for ended, _reply, _detail in controls)
        if steady or all(one.ended is Ended.ANSWERED for one in said):
            return said, True
    return said, False


def _known_good(hellos: TlsHellos, address: str) -> Exchange | None:
    """A hello that this address answered with a ServerHello."""
    own = (e for e in hellos.exchanges if e.address == address and e.ended is Ended.ANSWERED)
    return next((e for e in own if e.parsed.kind is Kind.SERVER_HELLO), None)


async def _ask(ground: Ground, address: str, kind: Weakness) -> WeakExchange:
    hello = client_hello(Tls.TLS_1_2, Form.FULL, ground.host.name, suites_of(kind))
    until = _key_exchange_is_there if kind is Weakness.DHE else None
    ended, reply, _detail = await exchange(ground, address, hello, until)
    bits = group_bits(reply) if kind is Weakness.DHE else 0
    return WeakExchange(address, kind, ended, reply[: max(read_reply(reply).used + 16, 64)].hex(), bits)


def _key_exchange_is_there(data: bytes) -> bool:
    return read_reply(data).kind is not Kind.SERVER_HELLO or group_bits(data) > 0 or b"\x0e\x00\x00\x00" in data


def group_bits(data: bytes) -> int:
    """The size of the prime in a DHE ServerKeyExchange (RFC 5246 7.4.3), 0 when there is none yet. Never raises."""
    for kind, body in handshake_messages(data):
        if kind == 12:
            size = int.from_bytes(body[:2], "big")
            prime = body[2 : 2 + size]
            return int.from_bytes(prime, "big").bit_length() if len(prime) == size else 0
    return 0

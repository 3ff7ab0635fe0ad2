"""Asks every address of a host, one fresh connection a question, which versions of TLS it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING

from wizard.checks.base import Fact, Trouble, TroubleKind
from wizard.checks.looks.hello import (
    MOST_BYTES,
    PROTOCOL_VERSION,
    Form,
    Kind,
    Reply,
    Tls,
    client_hello,
    forms,
    read_hex,
    read_reply,
    suites_of,
)
from wizard.checks.patience import Starved

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

#: Servers of some languages break off instead of refusing: long pauses would make a look at them take seconds.
SHORT_PAUSE = 0.08
#: A limiter that counts by the second.
LONG_PAUSE = 1.1


class Ended(StrEnum):
    """How an exchange ended."""

    ANSWERED = "answered"
    SILENT = "silent"
    BROKEN_OFF = "broken-off"
    NO_CONNECTION = "no-connection"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One hello and what came back. `reply` is hexadecimal, up to the end of the message that decided.

    `control`: asked again only to see whether the server still answers us at all.
    """

    address: str
    version: int
    form: Form
    ended: Ended
    reply: str = ""
    control: bool = False
    detail: str = ""

    @property
    def parsed(self) -> Reply:
        """The answer, read."""
        return read_hex(self.reply)


class Standing(StrEnum):
    """Where a version stands on one address."""

    OFFERED = "offered"
    REFUSED = "refused"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TlsHellos(Fact):
    """Every hello sent to a host and every first answer, in order."""

    NAME = "tls-hellos"
    STEPS = 3
    exchanges: tuple[Exchange, ...]
    #: addresses of the name that were not asked, each with the reason
    not_asked: tuple[tuple[str, str], ...] = ()
    #: addresses beyond the eight that are asked
    more: int = 0

    @classmethod
    async def look(cls, ground: Ground) -> TlsHellos:
        """Ask each address at the same time."""
        found = await ground.addresses()
        each = await asyncio.gather(*(_Address(ground, address).ask_all() for address in found.usable))
        return cls(
            tuple(exchange for exchanges in each for exchange in exchanges),
            tuple((address, why.value) for address, why in found.refused),
            found.more,
        )


def standings(exchanges: tuple[Exchange, ...]) -> dict[Tls, Standing]:
    """Where each version stands after the exchanges with one address. Pure; the rules of the house for hellos.

    A ServerHello proves the version it names, whichever was asked for. "protocol_version" is final; any other fatal
    alert only when every form got one. Breaking off or silence counts as "not offered" only when the server answered
    others and a control. If no version is offered, nothing is known of any.
    """
    proven = {e.parsed.version for e in exchanges if _proves(e)}
    control_kept = next((e.ended is Ended.ANSWERED for e in reversed(exchanges) if e.control), None)
    return {
        v: _standing(v, [e for e in exchanges if e.version == v and not e.control], proven, control_kept) for v in Tls
    }


def _proves(exchange: Exchange) -> bool:
    reply = exchange.parsed
    if exchange.ended is not Ended.ANSWERED or reply.version is None or reply.version > exchange.version:
        return False
    # A suite that was never offered proves nothing good; that it answers at all with an old version is bad enough.
    offered = reply.suite in suites_of(Tls(exchange.version), exchange.form)
    return offered or reply.version < Tls.TLS_1_2


def _standing(version: Tls, own: list[Exchange], proven: set[Tls | None], control_kept: bool | None) -> Standing:
    if version in proven:
        return Standing.OFFERED
    if not proven or not own:
        return Standing.UNKNOWN
    replies = [e.parsed for e in own if e.ended is Ended.ANSWERED]
    if any(_refuses_version(reply, version) for reply in replies):
        return Standing.REFUSED
    if any(reply.kind is not Kind.ALERT for reply in replies):
        return Standing.UNKNOWN
    last = {form: [e for e in own if e.form is form][-1].ended for form in dict.fromkeys(e.form for e in own)}
    if any(ended in (Ended.BROKEN_OFF, Ended.NO_CONNECTION) for ended in last.values()):
        return Standing.REFUSED if control_kept and Ended.NO_CONNECTION not in last.values() else Standing.UNKNOWN
    if Ended.SILENT in last.values():
        return Standing.SILENT if len(last) > 1 else Standing.UNKNOWN
    return Standing.REFUSED if set(forms(version)) <= set(last) else Standing.UNKNOWN


def _refuses_version(reply: Reply, version: Tls) -> bool:
    lower = reply.kind is Kind.SERVER_HELLO and reply.version is not None and reply.version < version
    return lower or (reply.kind is Kind.ALERT and reply.alert == PROTOCOL_VERSION)


class _Address:
    """The questions to one address."""

    def __init__(self, ground: Ground, address: str) -> None:
        self._ground, self._address = ground, address
        self._exchanges: list[Exchange] = []
        self._one_at_a_time = asyncio.Lock()

    async def ask_all(self) -> tuple[Exchange, ...]:
        # The modern versions first: should a limiter cut in, what they said is known.
        first = await asyncio.gather(*(self._ask(v, Form.FULL) for v in sorted(Tls, reverse=True)))
        if all(e.ended is Ended.NO_CONNECTION for e in first):
            return tuple(self._exchanges)
        await asyncio.gather(*(self._go_on(v) for v in Tls))
        await self._control()
        return tuple(self._exchanges)

    def _own(self, version: Tls) -> list[Exchange]:
        return [e for e in self._exchanges if e.version == version and not e.control]

    def _modern_broken_off(self) -> bool:
        return any(e.version >= Tls.TLS_1_2 and e.ended is not Ended.ANSWERED for e in self._exchanges)

    def _decided(self, version: Tls) -> bool:
        """As `standings` would say: whichever hello proves a version, and its own hellos may refuse it."""
        own = [e.parsed for e in self._own(version) if e.ended is Ended.ANSWERED]
        offered = any(e.parsed.version == version and _proves(e) for e in self._exchanges)
        return offered or any(_refuses_version(reply, version) for reply in own)

    async def _go_on(self, version: Tls) -> None:
        """The other forms of a version until one of them decides, at most 12 s."""
        try:
            async with self._ground.limit(self._ground.limits.version):
                full, bare, *rest = forms(version)
                await self._settle(version, full)
                if self._decided(version):
                    return
                if self._own(version)[-1].ended is Ended.ANSWERED:
                    # It answers, so the other forms may go together: that saves their round trips.
                    await asyncio.gather(*(self._settle(version, form) for form in (bare, *rest)))
                    return
                for form in (bare, *rest):
                    if self._decided(version) or self._hopeless(version):
                        return
                    await self._settle(version, form)
        except TimeoutError as error:
            word = connection_words(error)
            self._exchanges.append(Exchange(self._address, version, Form.BARE, Ended.NO_CONNECTION, detail=word))

    def _hopeless(self, version: Tls) -> bool:
        """True when two forms met nothing but silence or broken connections: more suites change nothing then."""
        own = self._own(version)
        return len({e.form for e in own}) > 1 and all(e.ended is not Ended.ANSWERED for e in own)

    async def _settle(self, version: Tls, form: Form) -> None:
        """Ask one form until it was answered or met with silence; broken connections are asked again, one at a time."""
        mine = [e for e in self._own(version) if e.form is form]
        latest = mine[-1] if mine else await self._ask(version, form)
        pauses = [0.0, SHORT_PAUSE] if form is Form.FULL else [0.0]
        if form is Form.FULL and self._modern_broken_off():
            pauses.append(SHORT_PAUSE if version < Tls.TLS_1_2 else LONG_PAUSE)
        for pause in pauses:
            if latest.ended not in (Ended.BROKEN_OFF, Ended.NO_CONNECTION):
                return
            async with self._one_at_a_time:
                await asyncio.sleep(pause)
                latest = await self._ask(version, form)

    async def _control(self) -> None:
        """Where a version met only broken connections: does the server still answer what it answered before?

        If not, we are being limited: wait a second and ask what is open once more, one at a time.
        """
        for attempt in range(3):
            known = standings(tuple(self._exchanges))
            offered = [v for v in Tls if known[v] is Standing.OFFERED]
            open_ = [v for v in Tls if known[v] is Standing.UNKNOWN]
            if not offered or not open_:
                return
            if attempt:
                await asyncio.sleep(LONG_PAUSE)
                for version in open_:
                    await self._ask(version, Form.FULL)
                    await self._ask(version, Form.BARE)
            proof = next(e for e in self._exchanges if _proves(e) and e.version == e.parsed.version)
            for _again in range(2):
                control = await self._ask(Tls(proof.version), proof.form, control=True)
                if control.ended is Ended.ANSWERED:
                    break

    async def _ask(self, version: Tls, form: Form, *, control: bool = False) -> Exchange:
        hello = client_hello(version, form, self._ground.host.name)
        ended, reply, detail = await exchange(self._ground, self._address, hello)
        said = Exchange(self._address, version, form, ended, reply.hex(), control, detail)
        self._exchanges.append(said)
        return said


async def exchange(
    ground: Ground, address: str, hello: bytes, until: Callable[[bytes], bool] | None = None
) -> tuple[Ended, bytes, str]:
    """Send one hello on a fresh connection; how it ended, the decisive bytes, and the system's word if it failed.

    `until` goes on reading past the first message until it is content.
    """
    data = bytearray()
    try:
        async with ground.wire(address, ground.host.port) as wire:
            deadline = monotonic() + ground.limits.hello
            try:
                async with ground.limit(ground.limits.hello):
                    await wire.send(hello)
                    while monotonic() < deadline:
                        piece = await wire.receive()
                        if not piece:
                            break
                        data += piece
                        reply = read_reply(bytes(data[:MOST_BYTES]))
                        if reply.kind is not Kind.UNFINISHED and until is None:
                            return Ended.ANSWERED, bytes(data[: max(reply.used + 16, 64)]), ""
                        if until is not None and (until(bytes(data)) or len(data) > MOST_BYTES):
                            return Ended.ANSWERED, bytes(data), ""
            except Starved as error:
                return Ended.NO_CONNECTION, b"", connection_words(error)
            except TimeoutError:
                # Half an answer is no silence: whoever sends it speaks something.
                return (Ended.ANSWERED if data else Ended.SILENT), bytes(data[:512]), "timeout"
            except ConnectionError:
                return Ended.BROKEN_OFF, bytes(data[:512]), "reset"
            return Ended.BROKEN_OFF, bytes(data[:512]), "closed"
    except OSError as error:
        return Ended.NO_CONNECTION, b"", connection_words(error)


def connection_words(error: OSError) -> str:
    """Why there was no connection, as a word of `TroubleKind`."""
    from wizard.checks.looks.ground import trouble_of

    return trouble_of(error).kind.value


def trouble_without_tls(exchanges: tuple[Exchange, ...]) -> Trouble:
    """Why not one version is known of any address."""
    ends = {e.ended for e in exchanges}
    if not ends or ends == {Ended.NO_CONNECTION}:
        return Trouble(TroubleKind(exchanges[0].detail) if exchanges else TroubleKind.NO_ADDRESS, seconds=4)
    if ends <= {Ended.NO_CONNECTION, Ended.SILENT}:
        return Trouble(TroubleKind.TIMEOUT, seconds=10)
    if ends <= {Ended.NO_CONNECTION, Ended.BROKEN_OFF}:
        return Trouble(TroubleKind.BROKEN_OFF)
    return Trouble(TroubleKind.NO_TLS)

"""The ground of every look: one host of the confirmed scope, its checked addresses, polite connections to it."""

from __future__ import annotations

import asyncio
import errno
import logging
import secrets
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from wizard.checks.base import CouldNotLook, F, Fact, Facts, Trouble, TroubleKind
from wizard.checks.code.leak import Leak
from wizard.checks.looks.addresses import is_address, refusal
from wizard.checks.looks.wire import Wire
from wizard.checks.patience import Limit, Pulse, Starved, holding
from wizard.checks.politeness import Limits, Politeness
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import Host

log = logging.getLogger(__name__)


class UnreadableAuthority(Mistake):
    """The file with the person's own certificate authority cannot be used."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the partner's own list. `anonymous` is why anybody may call it, "" when nobody may.

    `secured`: what an OpenAPI document says of it ("yes", "no", "" when there is none). `page`: meant for browsers.
    `key_in_url`: the parameter in which it wants a credential, `key_field`: the header field. `of`: "A" or "B" where it
    is something that only that test customer may read; `admin`: a function that ordinary customers may not use.
    `template`: the path as described, with `{names}`; `query`: the parameters that its address may carry. `said_open`:
    its row says that it is open to all, which is no reason yet.
    """

    method: str
    path: str
    anonymous: str = ""
    secured: str = ""
    page: bool = False
    key_in_url: str = ""
    key_field: str = ""
    of: str = ""
    admin: bool = False
    template: str = ""
    query: tuple[str, ...] = ()
    said_open: bool = False

    @property
    def is_open(self) -> bool:
        """Anybody may call it, by the register or by its own row; never what is for administrators only (AUTH-06)."""
        return (bool(self.anonymous) or self.said_open) and not self.admin


@dataclass(frozen=True, slots=True)
class LookSettings:
    """What the person chose for a run.

    `resolve` pins names to addresses that the person typed. `declared` is the whole confirmed scope when fewer hosts
    are looked at: redirects are followed inside it only. `paths` gives API paths by host subject. `plain_port` is
    where http is expected.
    """

    run_id: str = field(default_factory=lambda: secrets.token_hex(8))
    app_version: str = "0"
    ca_file: Path | None = None
    resolve: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allow_private: bool = False
    careful: bool = False
    declared: tuple[Host, ...] = ()
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: Mapping[str, tuple[Endpoint, ...]] = field(default_factory=dict)
    #: by host subject: what should list endpoints and could not be read, a sentence each with its reason
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: a digest of everything that lists endpoints, "" where nobody keeps it
    listed_by: str = ""
    #: by host subject: knock at the ports of data stores (needs the person's consent)
    data_ports: frozenset[str] = frozenset()
    #: by host subject: the token that whoever runs the host was asked to publish
    control: Mapping[str, str] = field(default_factory=dict)
    #: by host subject: the person switched active probes on; they are sent only where control is shown too
    active: frozenset[str] = frozenset()
    #: by host subject: a credential that nobody issued, to be looked for in logs afterwards
    canaries: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: by host subject: a test tenant's header field, sent to that host only, over verified TLS, and never kept
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    #: the same of a second, different test tenant
    second_credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    #: finds secrets in a text, masked, with a sentence for what was not searched; without it nobody looks at scripts
    search: Callable[[str], tuple[tuple[Leak, ...], str]] | None = field(default=None, repr=False)
    #: asks this name server instead of the system's: address and port
    name_server: tuple[str, int] | None = None
    plain_port: int = 80
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a name leads: what may be contacted, what may not with the reason, and how many `more` were left out."""

    usable: tuple[str, ...]
    refused: tuple[tuple[str, TroubleKind], ...] = ()
    more: int = 0


class Run:
    """Everything that the hosts of one run share: settings, trust, name look-ups, and the ground of each host."""

    def __init__(self, settings: LookSettings, hosts: Sequence[Host]) -> None:
        self.settings = settings
        self.names = asyncio.Semaphore(settings.limits.names_at_once)
        self._politeness: dict[str, Politeness] = {}
        self._grounds: dict[tuple[str, int], Ground] = {}
        self._declared = {(h.name, h.port): h for h in (*settings.declared, *hosts)}
        self._probes = 0
        #: beats while a run is on (`plan.look`)
        self.pulse = Pulse()

    def ground(self, host: Host) -> Ground:
        """The one ground of a host in this run."""
        return self._grounds.setdefault((host.name, host.port), Ground(self, host))

    def declared(self, name: str, port: int) -> Ground | None:
        """The ground of a host that the scope names; None for any other, which is never contacted."""
        host = self._declared.get((name.lower().rstrip("."), port))
        return self.ground(host) if host else None

    @property
    def declared_names(self) -> tuple[str, ...]:
        """The names of every host that the scope names."""
        return tuple(dict.fromkeys(name for name, _port in self._declared))

    def politeness(self, host: Host) -> Politeness:
        """One bucket a name, whatever the port."""
        if host.name not in self._politeness:
            self._politeness[host.name] = Politeness(careful=self.settings.careful)
        return self._politeness[host.name]

    async def close(self) -> None:
        """Stop every look of every host, redirect targets included."""
        self.pulse.stop()
        for ground in tuple(self._grounds.values()):
            await ground.close()

    def probe_headers(self) -> tuple[tuple[str, str], ...]:
        """Who we are, for the person's own logs: the run, and a number for each request."""
        self._probes += 1
        run = self.settings.run_id
        return (
            ("User-Agent", f"Attestry/{self.settings.app_version} (self-check; run={run})"),
            ("X-Attestry-Probe", f"{run}-{self._probes}"),
        )

    @cached_property
    def trusting(self) -> ssl.SSLContext:
        """The context of the verdict: public roots and the person's own authority; names in SAN only; TLS 1.2 up."""
        file = self.settings.ca_file
        try:
            own = file.read_text("ascii") if file else ""
            if file and not own.strip():
                raise ValueError("no certificate")
            return _trusting(own)
        except (OSError, ValueError, ssl.SSLError) as error:
            raise UnreadableAuthority(
                _(
                    "“{file}” could not be used as a certificate authority, so nothing was looked at. Give a file with "
                    "one or more certificates in PEM form."
                ).format(file=file.name if file else "certifi")
            ) from error

    @cached_property
    def public_roots(self) -> frozenset[bytes]:
        """The public roots, as DER: what ends at another one is trusted by the person's own authority only."""
        return frozenset(_trusting("").get_ca_certs(binary_form=True))

    @cached_property
    def local(self) -> ssl.SSLContext:
        """Trusts what this computer trusts; only to see whether that differs from the public list. Nothing is asked."""
        context = ssl.create_default_context()
        context.hostname_checks_common_name = False
        return context

    @cached_property
    def explaining(self) -> ssl.SSLContext:
        """Verifies nothing: only to see which certificates a server sends when it was not trusted. Nothing is asked."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with suppress(ssl.SSLError):
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


@lru_cache(maxsize=4)
def _trusting(own_authority: str) -> ssl.SSLContext:
    """Reading 150 roots takes longer than a look, so runs share the context; `own_authority` is PEM."""
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(cafile=certifi.where())
    if own_authority:
        context.load_verify_locations(cadata=own_authority)
    return context


class Ground:
    """One host in one run. Looks ask it for other facts, for addresses and for connections, and for nothing else."""

    def __init__(self, run: Run, host: Host) -> None:
        self.run, self.host = run, host
        self.limits = run.settings.limits
        self._facts: dict[type[Fact], asyncio.Task[Fact | Trouble]] = {}
        self._addresses: asyncio.Task[Addresses | Trouble] | None = None
        self._shared: dict[str, _Shared] = {}
        #: a connection to the host's own port was taken in this run
        self.taken = False

    def limit(self, seconds: float) -> Limit:
        """A time limit for one of the host's answers that does not count how late we are ourselves."""
        return Limit(seconds, self.run.pulse)

    # -- facts ---------------------------------------------------------------------------------------------------

    async def once(self, kind: type[F]) -> F:
        """A fact, looked for once a run whoever needs it; raises `CouldNotLook`."""
        return Facts({kind: await self.outcome(kind)}).get(kind)

    async def outcome(self, kind: type[Fact]) -> Fact | Trouble:
        """The same, with the trouble as a value."""
        return await asyncio.shield(self.looking(kind))

    def looking(self, kind: type[Fact]) -> asyncio.Task[Fact | Trouble]:
        """The look that brings the same; `close` ends it."""
        if kind not in self._facts:
            self._facts[kind] = asyncio.create_task(self._look(kind))
        return self._facts[kind]

    async def _look(self, kind: type[Fact]) -> Fact | Trouble:
        try:
            return await kind.look(self)
        except CouldNotLook as could_not:
            return could_not.trouble
        except OSError as error:
            return trouble_of(error)
        except Mistake:
            raise
        except Exception as error:  # a hostile answer must not end the other hosts' looks
            log.exception("a look failed")
            return Trouble(TroubleKind.OUR_FAULT, type(error).__name__)

    async def close(self) -> None:
        """Stop whatever still runs and wait until it has stopped."""
        tasks = [t for t in (*self._facts.values(), self._addresses) if t is not None and not t.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- addresses -----------------------------------------------------------------------------------------------

    async def addresses(self) -> Addresses:
        """Every address of the host that may be contacted, at most eight; resolved once. Raises `CouldNotLook`."""
        if self._addresses is None:
            self._addresses = asyncio.create_task(self._find_addresses())
        found = await asyncio.shield(self._addresses)
        if isinstance(found, Trouble):
            raise CouldNotLook(found)
        return found

    async def _find_addresses(self) -> Addresses | Trouble:
        settings = self.run.settings
        typed = settings.resolve.get(self.host.name, ())
        literal = (self.host.name,) if is_address(self.host.name) else ()
        try:
            found = typed or literal or await self._ask_system()
        except (OSError, ValueError) as error:
            return Trouble(TroubleKind.NO_ADDRESS, (error.strerror or "") if isinstance(error, OSError) else "")
        except TimeoutError:
            return Trouble(TroubleKind.NO_ADDRESS, _("the name service did not answer"))
        allowed = settings.allow_private or self.host.private_network or bool(typed or literal)
        judged = [(text, refusal(text, private_allowed=allowed)) for text in dict.fromkeys(found)]
        fine = tuple(text for text, why in judged if why is None)
        usable = fine[: self.limits.addresses]
        refused = tuple((text, why) for text, why in judged if why is not None)
        if usable:
            return Addresses(usable, refused, len(fine) - len(usable))
        if refused:
            return Trouble(refused[0][1], refused[0][0])
        return Trouble(TroubleKind.NO_ADDRESS)

    async def _ask_system(self) -> tuple[str, ...]:
        """Ask the operating system, on a thread of its own: a name service that hangs never holds up Stop."""
        loop = asyncio.get_running_loop()
        async with self.run.names:
            answer: asyncio.Future[list[str]] = loop.create_future()

            def settle(names: list[str] | None, error: Exception | None) -> None:
                if not answer.done():
                    answer.set_exception(error) if error else answer.set_result(names or [])

            def ask() -> None:
                names: list[str] | None = None
                failed: Exception | None = None
                try:
                    names = [str(i[4][0]) for i in socket.getaddrinfo(self.host.name, None, type=socket.SOCK_STREAM)]
                except (OSError, UnicodeError, ValueError) as error:
                    failed = error
                with suppress(RuntimeError):  # the loop has closed meanwhile: nobody waits any more
                    loop.call_soon_threadsafe(settle, names, failed)

            threading.Thread(target=ask, name="name-look-up", daemon=True).start()
            async with self.limit(self.limits.names):
                return tuple(await answer)

    # -- connections ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def wire(
        self, address: str, port: int, context: ssl.SSLContext | None = None, begun: asyncio.Event | None = None
    ) -> AsyncIterator[Wire]:
        """A connection to a checked address, counted and paced, with TLS for the host's name when `context` is given.

        `begun` is set when politeness lets it begin. Raises `OSError` or `TimeoutError`.
        """
        async with self.run.politeness(self.host).connection():
            if begun is not None:
                begun.set()
            wire = Wire(address)
            try:
                async with self.limit(self.limits.connect):
                    await wire.connect(port)
                self.taken = self.taken or port == self.host.port
                if context is not None:
                    async with self.limit(self.limits.hello):
                        await wire.shake_hands(context, self.host.name)
                yield wire
            finally:
                wire.close()

    @asynccontextmanager
    async def verified(self, address: str) -> AsyncIterator[Wire]:
        """A connection to the host's own port with TLS that is trusted, shared by whoever asks for it while it is open.

        A handshake is the dearest thing that a look does, for both sides. One of those who share may talk on it; the
        others only see what the handshake showed. Raises as `wire` does.
        """
        shared = self._shared.get(address)
        if shared is None:
            begun = asyncio.Event()
            opened = self.wire(address, self.host.port, self.run.trusting, begun)
            shared = self._shared[address] = _Shared(opened, begun)
        shared.users += 1
        try:
            with holding():  # whoever shares it waits for our own pacing too
                await shared.begins()
            yield await asyncio.shield(shared.opening)
        finally:
            shared.users -= 1
            if not shared.users:
                del self._shared[address]
                await shared.close()


class _Shared:
    """A connection that is closed when its last user has left."""

    def __init__(self, opened: AbstractAsyncContextManager[Wire], begun: asyncio.Event) -> None:
        self.users = 0
        self._begun = begun
        self._stack = AsyncExitStack()
        self.opening = asyncio.create_task(self._stack.enter_async_context(opened))
        self.opening.add_done_callback(lambda _task: begun.set())  # also where it ends before it began

    async def begins(self) -> None:
        """Wait until politeness lets it begin."""
        await self._begun.wait()

    async def close(self) -> None:
        self.opening.cancel()
        await asyncio.gather(self.opening, return_exceptions=True)
        await self._stack.aclose()


def trouble_of(error: OSError) -> Trouble:
    """A system error as the reason why nobody could look."""
    if isinstance(error, Starved):
        return Trouble(TroubleKind.STARVED)
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        seconds = error.args[0] if error.args and isinstance(error.args[0], float) else 10.0
        return Trouble(TroubleKind.TIMEOUT, seconds=seconds)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble(TroubleKind.NOT_TRUSTED, error.verify_message)
    if isinstance(error, ssl.SSLError) and "NO_APPLICATION_PROTOCOL" in (error.reason or ""):
        return Trouble(TroubleKind.HTTP2_ONLY)  # RFC 7301 3.2: we offered HTTP/1.1 and nothing else
    if isinstance(error, ssl.SSLError):
        return Trouble(TroubleKind.NO_TLS, (error.reason or "").replace("_", " ").lower())
    if isinstance(error, ConnectionRefusedError):
        return Trouble(TroubleKind.CLOSED)
    if isinstance(error, ConnectionError):
        return Trouble(TroubleKind.BROKEN_OFF)
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return Trouble(TroubleKind.UNREACHABLE, error.strerror or "")
    return Trouble(TroubleKind.LOCAL, error.strerror or "")

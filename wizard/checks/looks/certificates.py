"""Shakes hands with every address of a host: is the certificate trusted, and which certificates are sent?"""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

#: More certificates than this are no chain.
MOST_CERTIFICATES = 20


@dataclass(frozen=True, slots=True)
class Handshake:
    """One address: what the verifying library said (`code` 0 and `error` "" when it trusts), and the certificates as
    they were sent, base64 of DER, the host's own first.
    """

    address: str
    trusted: bool
    code: int = 0
    error: str = ""
    protocol: str = ""
    suite: str = ""
    chain: tuple[str, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Certificates(Fact):
    """The handshakes with all addresses; `roots` says which public roots were used, `own_authority` whether the
    person's own certificate authority was added.
    """

    NAME = "certificates"
    handshakes: tuple[Handshake, ...]
    not_asked: tuple[tuple[str, str], ...] = ()
    roots: str = ""
    own_authority: bool = False

    @classmethod
    async def look(cls, ground: Ground) -> Certificates:
        """One verifying handshake an address; where it fails, one that verifies nothing, to see what is sent."""
        from importlib.metadata import version

        found = await ground.addresses()
        async with asyncio.timeout(ground.limits.probe):
            hands = await asyncio.gather(*(_shake(ground, address) for address in found.usable))
        if all(h.trouble is not None for h in hands):
            raise CouldNotLook(next(h.trouble for h in hands if h.trouble is not None))
        return cls(
            tuple(hands),
            tuple((address, why.value) for address, why in found.refused),
            roots=f"certifi {version('certifi')}",
            own_authority=ground.run.settings.ca_file is not None,
        )


async def _shake(ground: Ground, address: str) -> Handshake:
    from wizard.checks.looks.ground import trouble_of

    host = ground.host
    try:
        async with ground.stream(address, host.port, ground.run.trusting) as (_reader, writer):
            return _seen(Handshake(address, trusted=True), writer)
    except ssl.SSLCertVerificationError as error:
        refused = Handshake(address, trusted=False, code=error.verify_code, error=error.verify_message)
    except OSError as error:
        return Handshake(address, trusted=False, trouble=trouble_of(error))
    with suppress(OSError):
        async with ground.stream(address, host.port, ground.run.explaining) as (_reader, writer):
            return _seen(refused, writer)
    return refused


def _seen(handshake: Handshake, writer: asyncio.StreamWriter) -> Handshake:
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    cipher = tls.cipher()
    return replace(
        handshake,
        protocol=tls.version() or "",
        suite=cipher[0] if cipher else "",
        chain=tuple(base64.b64encode(der).decode() for der in _chain(tls)[:MOST_CERTIFICATES]),
    )


def _chain(tls: ssl.SSLObject) -> list[bytes]:
    """The certificates as sent. Public since Python 3.13; before that the same method of the wrapped object."""
    public = getattr(tls, "get_unverified_chain", None)
    if public is not None:
        return [bytes(der) for der in public() or ()]
    inner = getattr(tls, "_sslobj", None)
    chain = inner.get_unverified_chain() if inner is not None else None
    if chain is None:
        own = tls.getpeercert(binary_form=True)
        return [own] if own else []
    return [_der(certificate) for certificate in chain]


def _der(certificate: object) -> bytes:
    import _ssl

    der: bytes = certificate.public_bytes(_ssl.ENCODING_DER)  # type: ignore[attr-defined]
    return der

"""Shakes hands with every address of a host: is the certificate trusted, and which certificates are sent?"""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Facts, Trouble
from wizard.checks.looks.stapling import is_stapled

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground
    from wizard.checks.looks.wire import Wire

#: More certificates than this are no chain.
MOST_CERTIFICATES = 20
#: OpenSSL's X509_V_ERR numbers for an issuer that was neither sent nor known, or that nobody vouches for.
NO_ISSUER = (2, 18, 19, 20, 21, 27)
#: The identifier of the TLS feature extension (RFC 7633) as it stands in a certificate.
_MUST_STAPLE = bytes.fromhex("06082b06010505070118")


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
    #: not trusted by the public list, but by this computer's own: something on the way may open the connection
    trusted_here: bool = False
    #: whether an answer of the certificate's authority was stapled; None where nobody asked
    stapled: bool | None = None
    #: trusted only because the person's own authority vouches for it
    by_own: bool = False


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
    #: addresses beyond those that are asked
    more: int = 0

    @classmethod
    async def look(cls, ground: Ground) -> Certificates:
        """One verifying handshake an address; where it fails, one that verifies nothing, to see what is sent."""
        found = await ground.addresses()
        async with ground.limit(ground.limits.probe):
            hands = await asyncio.gather(*(_shake(ground, address) for address in found.usable))
        if all(h.trouble is not None for h in hands):
            raise CouldNotLook(next(h.trouble for h in hands if h.trouble is not None))
        return cls(
            tuple(hands),
            tuple((address, why.value) for address, why in found.refused),
            roots=_roots(),
            own_authority=ground.run.settings.ca_file is not None,
            more=found.more,
        )


@cache
def _roots() -> str:
    from importlib.metadata import version

    return f"certifi {version('certifi')}"


def is_intercepted(facts: Facts) -> bool:
    """True when only this computer trusts a certificate: then whoever answers may not be the host."""
    found = facts.maybe(Certificates)
    return found is not None and any(handshake.trusted_here for handshake in found.handshakes)


def issuer_of(handshake: Handshake) -> str:
    """The organisation that issued a host's certificate; "" where it is not readable or names none."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(handshake.chain[0]))
        names = certificate.issuer.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        return str(names[0].value)
    except Exception:  # hostile bytes, and the library has no common parent for its errors
        return ""


def names_only_by_wildcard(handshake: Handshake, name: str) -> bool:
    """True when the names of a host's certificate hold a wildcard, and not the name itself."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(handshake.chain[0]))
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {str(known).lower() for known in names.get_values_for_type(x509.DNSName)}
    except Exception:  # hostile bytes, and the library has no common parent for its errors
        return False
    return name.lower() not in known and any(each.startswith("*.") for each in known)


async def _shake(ground: Ground, address: str) -> Handshake:
    from wizard.checks.looks.ground import trouble_of

    host = ground.host
    try:
        async with ground.verified(address) as wire:
            seen = _seen(Handshake(address, trusted=True, by_own=_is_private(ground, wire)), wire)
        if seen.chain and _MUST_STAPLE in base64.b64decode(seen.chain[0]):
            return replace(seen, stapled=await is_stapled(ground, address))
        return seen
    except ssl.SSLCertVerificationError as error:
        refused = Handshake(address, trusted=False, code=error.verify_code, error=error.verify_message)
    except OSError as error:
        return Handshake(address, trusted=False, trouble=trouble_of(error))
    if refused.code in NO_ISSUER:
        with suppress(OSError):
            async with ground.wire(address, host.port, ground.run.local):
                refused = replace(refused, trusted_here=True)
    with suppress(OSError):
        async with ground.wire(address, host.port, ground.run.explaining) as wire:
            return _seen(refused, wire)
    return refused


def _seen(handshake: Handshake, wire: Wire) -> Handshake:
    tls = wire.tls
    assert tls is not None
    cipher = tls.cipher()
    return replace(
        handshake,
        protocol=tls.version() or "",
        suite=cipher[0] if cipher else "",
        chain=tuple(base64.b64encode(der).decode() for der in _chain(tls)[:MOST_CERTIFICATES]),
    )


def _is_private(ground: Ground, wire: Wire) -> bool:
    """True when the person gave an authority of their own and the verified chain does not end at a public root."""
    if ground.run.settings.ca_file is None or wire.tls is None:
        return False
    chain = _chains(wire.tls, "get_verified_chain")
    return not chain or chain[-1] not in ground.run.public_roots


def _chain(tls: ssl.SSLObject) -> list[bytes]:
    """The certificates as sent."""
    own = tls.getpeercert(binary_form=True)
    return _chains(tls, "get_unverified_chain") or ([own] if own else [])


def _chains(tls: ssl.SSLObject, which: str) -> list[bytes]:
    """A chain as DER. Public since Python 3.13; before that the same method of the wrapped object."""
    public = getattr(tls, which, None)
    if public is not None:
        return [bytes(der) for der in public() or ()]
    inner = getattr(tls, "_sslobj", None)
    return [_der(certificate) for certificate in (getattr(inner, which)() if inner is not None else None) or ()]


def _der(certificate: object) -> bytes:
    import _ssl

    der: bytes = certificate.public_bytes(_ssl.ENCODING_DER)  # type: ignore[attr-defined]
    return der

"""Answers TLS 1.1 by hand, because the TLS library of this machine no longer speaks it.

It goes as far as a prober needs to see that the version is accepted: ServerHello, Certificate, ServerHelloDone
(RFC 4346 section 7.3, a full handshake with RSA key exchange). No key is ever agreed and no data passes.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence

TLS_1_1 = 0x0302
TLS_1_2 = 0x0303
HANDSHAKE_RECORD = 22
CLIENT_HELLO = 1

#: Record header (5), handshake header (4), client_version (2): enough to know which TLS library is to answer.
ENOUGH_TO_KNOW_THE_VERSION = 11

# RFC 5246 appendix A.5: AES-128-CBC, AES-256-CBC and 3DES with SHA-1, keys exchanged by RSA.
_SUITES = (0x002F, 0x0035, 0x000A)
# RFC 5746: an empty renegotiation_info, asked for by this suite value or by the extension.
_RENEGOTIATION_SCSV = 0x00FF
_RENEGOTIATION_INFO = bytes.fromhex("ff01000100")

_HANDSHAKE_FAILURE = 40
_PROTOCOL_VERSION = 70


class NotAClientHello(ValueError):
    """The bytes do not follow RFC 4346 section 7.4.1.2."""


def version(head: bytes) -> int:
    """The client_version in the first `ENOUGH_TO_KNOW_THE_VERSION` bytes; 0 if this is no ClientHello.

    TLS 1.3 clients write 0x0303 there too (RFC 8446 section 4.1.2).
    """
    if len(head) < ENOUGH_TO_KNOW_THE_VERSION or head[0] != HANDSHAKE_RECORD or head[5] != CLIENT_HELLO:
        return 0
    return int.from_bytes(head[9:11], "big")


def suites(hello: bytes) -> tuple[int, ...]:
    """The cipher suites that a ClientHello offers, given its handshake message with the 4-byte header.

    Raises NotAClientHello when a length points past the end.
    """
    try:
        position = 4 + 2 + 32
        position += 1 + hello[position]
        (length,) = struct.unpack_from(">H", hello, position)
        offered = hello[position + 2 : position + 2 + length]
        if len(offered) != length or length % 2:
            raise NotAClientHello
        return struct.unpack(f">{length // 2}H", offered)
    except (IndexError, struct.error):
        raise NotAClientHello from None


def alert(code: int, record_version: int = TLS_1_1) -> bytes:
    """A record with a fatal alert (RFC 4346 section 7.2)."""
    return struct.pack(">BHHBB", 21, record_version, 2, 2, code)


def answer(hello: bytes, chain: Sequence[bytes]) -> bytes:
    """What a server that still accepts TLS 1.1 says to a ClientHello below TLS 1.2.

    `hello` is the handshake message with its header, `chain` the DER certificates, the server's own first. TLS 1.0 and
    older are refused with protocol_version, a hello without a common suite with handshake_failure.
    """
    offered = suites(hello)
    if int.from_bytes(hello[4:6], "big") != TLS_1_1:
        return alert(_PROTOCOL_VERSION)
    chosen = next((suite for suite in _SUITES if suite in offered), None)
    if chosen is None:
        return alert(_HANDSHAKE_FAILURE)
    body = struct.pack(">H", TLS_1_1) + secrets.token_bytes(32) + b"\0" + struct.pack(">HB", chosen, 0)
    if _RENEGOTIATION_SCSV in offered or _RENEGOTIATION_INFO in hello:
        body += struct.pack(">H", len(_RENEGOTIATION_INFO)) + _RENEGOTIATION_INFO
    certificates = b"".join(_vector(certificate) for certificate in chain)
    return b"".join(
        struct.pack(">BHH", HANDSHAKE_RECORD, TLS_1_1, len(message)) + message
        for message in (
            bytes([2]) + _vector(body),
            bytes([11]) + _vector(_vector(certificates)),
            bytes([14]) + _vector(b""),
        )
    )


def _vector(data: bytes) -> bytes:
    """`data` behind its length in three bytes, as handshake messages and certificates are written."""
    return len(data).to_bytes(3, "big") + data

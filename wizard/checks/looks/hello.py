"""Writes the first message of a TLS connection for any version since SSL 3.0, and reads the first answer to it.

Bytes in, values out; nothing here opens a connection. RFC 6101 (SSL 3.0), 2246, 4346, 5246, 8446; extensions RFC 6066,
8422, 5746; padding RFC 7685.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from wizard.checks.looks.addresses import is_address
from wizard.checks.looks.suites import NAMES


class Tls(IntEnum):
    """A protocol version by its number on the wire."""

    SSL_3_0 = 0x0300
    TLS_1_0 = 0x0301
    TLS_1_1 = 0x0302
    TLS_1_2 = 0x0303
    TLS_1_3 = 0x0304

    @property
    def label(self) -> str:
        """How people write it."""
        return {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}[self]


class Form(StrEnum):
    """How a hello is written. Some servers answer only one of them, so a version gets several."""

    FULL = "full"
    BARE = "bare"
    REST = "rest"
    REST_2 = "rest-2"
    REST_3 = "rest-3"


#: Ciphers by how likely a server is to take them; the first word that fits decides.
_LIKELY = ("_AES_128_GCM_", "_AES_256_GCM_", "_CHACHA20_", "_AES_128_CBC_", "_AES_256_CBC_", "_3DES_", "_RC4_128_")
_RARE = ("_WITH_NULL_", "_EXPORT", "_DES_", "_IDEA_", "_CAMELLIA_", "_SEED_", "_CCM")
_EXCHANGES = ("TLS_ECDHE_RSA", "TLS_ECDHE_ECDSA", "TLS_RSA", "TLS_DHE_RSA")
_RARE_EXCHANGES = ("TLS_DH_anon", "TLS_ECDH_anon", "TLS_DHE_DSS")
_NEEDS_1_2 = ("_GCM_", "_CCM", "_SHA256", "_SHA384", "_POLY1305")


def _rank(number: int) -> tuple[int, int, int]:
    name = NAMES[number]
    cipher = _place(_LIKELY, lambda word: word in name)
    exchange = _place(_EXCHANGES, lambda start: name.startswith(start + "_"))
    if "_EXPORT" not in name and cipher < len(_LIKELY) and exchange < len(_EXCHANGES):
        return 0, cipher, exchange
    rare = _place(_RARE, lambda word: word in name)
    other = _place((*_EXCHANGES, *_RARE_EXCHANGES), lambda start: name.startswith(start + "_"))
    return 1, min(rare, other), rare + other


def _place(words: tuple[str, ...], fits: Callable[[str], bool]) -> int:
    return next((i for i, word in enumerate(words) if fits(word)), len(words))


_MODERN_SUITES = tuple(n for n in NAMES if n >> 8 == 0x13)
_CLASSIC = tuple(sorted((n for n in NAMES if n >> 8 != 0x13), key=_rank))
_BEFORE_1_2 = tuple(n for n in _CLASSIC if not any(word in NAMES[n] for word in _NEEDS_1_2))

#: Servers were seen that read only the first 64 suites, and some that break off above 100.
MOST_SUITES = 64
BARE_SUITES = 32


def forms(version: Tls) -> tuple[Form, ...]:
    """The forms of a version in the order in which they are tried."""
    if version is Tls.TLS_1_3:
        return (Form.FULL, Form.BARE)
    count = -(-len(_suites(version)) // MOST_SUITES)
    return (Form.FULL, Form.BARE, Form.REST, Form.REST_2, Form.REST_3)[: count + 1]


def _suites(version: Tls) -> tuple[int, ...]:
    if version is Tls.TLS_1_3:
        return _MODERN_SUITES
    return _CLASSIC if version is Tls.TLS_1_2 else _BEFORE_1_2


def suites_of(version: Tls, form: Form) -> tuple[int, ...]:
    """What a hello of this version and form offers: at most 64 suites, the likeliest first."""
    every = _suites(version)
    if version is Tls.TLS_1_3:
        return every
    if form is Form.BARE:
        return every[:BARE_SUITES]
    part = {Form.FULL: 0, Form.REST: 1, Form.REST_2: 2, Form.REST_3: 3}[form]
    return every[part * MOST_SUITES : (part + 1) * MOST_SUITES]


# x25519, secp256r1, secp384r1, secp521r1, x448, ffdhe2048, ffdhe3072: the groups of TLS 1.3 (RFC 8446 4.2.7). Strict
# servers refuse a 1.3 hello that names any other.
_GROUPS_1_3 = (0x001D, 0x0017, 0x0018, 0x0019, 0x001E, 0x0100, 0x0101)
_GROUPS_CLASSIC = (
    0x001D,
    0x0017,
    0x0018,
    0x0019,
    0x001E,
    0x001A,
    0x001B,
    0x001C,
    0x0016,
    0x000E,
    0x000D,
    0x0009,
    0x000A,
)
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0402, 0x0302, 0x0203, 0x0201, 0x0202,
)  # fmt: skip
# The base point of P-256 (SEC 2): a valid share whose secret nobody needs, for nothing is ever sent with it.
_P256_BASE = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


#: RFC 6066 8: asks for the authority's answer about the certificate (OCSP), with no preference whose.
STATUS_REQUEST = b"\x00\x05\x00\x05\x01\x00\x00\x00\x00"


def client_hello(version: Tls, form: Form, name: str, suites: tuple[int, ...] = (), extra: bytes = b"") -> bytes:
    """One record with one ClientHello that offers exactly `version` (and, below 1.3, what servers may fall back to).

    `name` is the host's name for SNI; an address is not sent (RFC 6066 3). `suites` replaces those of the form;
    `extra` are extensions, written out, on top of the form's.
    """
    offered = suites or suites_of(version, form)
    legacy = min(version, Tls.TLS_1_2)
    session = secrets.token_bytes(32) if version is Tls.TLS_1_3 else b""
    body = struct.pack("!H", legacy) + secrets.token_bytes(32) + bytes([len(session)]) + session
    body += struct.pack("!H", 2 * len(offered)) + struct.pack(f"!{len(offered)}H", *offered)
    # RFC 3749 2.1: only a hello that offers compression shows whether a server still takes it; TLS 1.3 knows none.
    body += b"\x02\x01\x00" if form is Form.FULL and version is not Tls.TLS_1_3 else b"\x01\x00"
    extensions = _extensions(version, form, name) + (_key_share() if version is Tls.TLS_1_3 else b"") + extra
    if extensions:
        # Some balancers hang on hellos of 256 to 511 bytes (RFC 7685 1): make them 512.
        length = 4 + len(body) + 2 + len(extensions)
        if 256 <= length <= 511:
            extensions += _extension(21, bytes(max(0, 512 - length - 4)))
        body += struct.pack("!H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    record = Tls.SSL_3_0 if version is Tls.SSL_3_0 else Tls.TLS_1_0
    return b"\x16" + struct.pack("!HH", record, len(handshake)) + handshake


@lru_cache(maxsize=256)  # a host gets twenty hellos in a moment, most of them with the same extensions
def _extensions(version: Tls, form: Form, name: str) -> bytes:
    if version is not Tls.TLS_1_3 and form is Form.BARE:
        return b""
    parts = b""
    if form is not Form.BARE and (sni := _server_name(name)):
        parts += _extension(0, sni)
    groups = _GROUPS_1_3 if version is Tls.TLS_1_3 else _GROUPS_CLASSIC
    parts += _extension(10, _list16(groups))
    if version is not Tls.TLS_1_3:
        parts += _extension(11, b"\x01\x00") + _extension(0xFF01, b"\x00")
    if version >= Tls.TLS_1_2:
        parts += _extension(13, _list16(_SIGNATURES))
    if version is Tls.TLS_1_3:
        parts += _extension(43, b"\x02" + struct.pack("!H", version)) + _extension(45, b"\x01\x01")
    return parts


def _key_share() -> bytes:
    share = struct.pack("!HH", 0x001D, 32) + secrets.token_bytes(32)
    share += struct.pack("!HH", 0x0017, len(_P256_BASE)) + _P256_BASE
    return _extension(51, struct.pack("!H", len(share)) + share)


def _extension(number: int, data: bytes) -> bytes:
    return struct.pack("!HH", number, len(data)) + data


def _list16(values: tuple[int, ...]) -> bytes:
    return struct.pack(f"!{1 + len(values)}H", 2 * len(values), *values)


def _server_name(name: str) -> bytes:
    if is_address(name):
        return b""
    host = name.encode("ascii", "ignore")
    return struct.pack("!HBH", len(host) + 3, 0, len(host)) + host


# -- answers -------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What the bytes of an answer are."""

    UNFINISHED = "unfinished"
    SERVER_HELLO = "server-hello"
    ALERT = "alert"
    NOT_TLS = "not-tls"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Reply:
    """The first decisive message of an answer. `used` counts the bytes up to its end.

    For a ServerHello: the version it proves (a HelloRetryRequest proves 1.3), suite, compression method, and whether
    it renegotiates securely (RFC 5746). For an alert: its number.
    """

    kind: Kind
    used: int = 0
    version: Tls | None = None
    suite: int = 0
    compression: int = 0
    secure_renegotiation: bool = False
    alert: int = 0


#: More than this is not the beginning of a handshake (a hello answer is about 100 bytes).
MOST_BYTES = 64 * 1024

#: RFC 8446 6; RFC 6101 5.4.2 for the old ones.
ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure",
    41: "no_certificate", 42: "bad_certificate", 46: "certificate_unknown", 47: "illegal_parameter",
    50: "decode_error", 51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension",
    112: "unrecognized_name", 116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
PROTOCOL_VERSION = 70


def read_reply(data: bytes) -> Reply:
    """The first decisive message in what a server sent so far; `UNFINISHED` while more bytes are needed. Never raises.

    Warnings are skipped; messages are put together across records and pieces; record versions 3.0 to 3.4 are taken.
    """
    at, alerts, handshake = 0, b"", b""
    while len(data) - at >= 1:
        head = data[at : at + 5]
        if head[0] not in (20, 21, 22) or (len(head) > 1 and head[1] != 3):
            return Reply(Kind.NOT_TLS if at == 0 else Kind.GARBLED, at)
        if len(head) < 5:
            break
        length = int.from_bytes(head[3:5], "big")
        if head[2] > 4 or length == 0 or length > 0x4000 + 2048:
            return Reply(Kind.NOT_TLS if at == 0 else Kind.GARBLED, at)
        fragment = data[at + 5 : at + 5 + length]
        if head[0] == 21:
            alerts += fragment
        elif head[0] == 22:
            handshake += fragment
        at += 5 + len(fragment)
        even = len(alerts) & ~1
        decided = (_fatal(alerts[:even], at) if even else None) or _first_message(handshake, at)
        alerts = alerts[even:]
        if decided is not None:
            return decided
        if len(fragment) < length:
            break
    return Reply(Kind.UNFINISHED if len(data) < MOST_BYTES else Kind.GARBLED, at)


@lru_cache(maxsize=4096)
def read_hex(reply: str) -> Reply:
    """The same of a stored answer in hexadecimal: several checks read each of them, and several times."""
    return read_reply(bytes.fromhex(reply))


def _fatal(alerts: bytes, used: int) -> Reply | None:
    for level, number in zip(alerts[0::2], alerts[1::2], strict=True):
        if level == 2:
            return Reply(Kind.ALERT, used, alert=number)
        if level != 1:
            return Reply(Kind.GARBLED, used)
    return None


def _first_message(handshake: bytes, used: int) -> Reply | None:
    while handshake[:4] == bytes(4):  # HelloRequest, to be ignored during a handshake (RFC 5246 7.4.1.1)
        handshake = handshake[4:]
    if len(handshake) < 4:
        return None
    length = int.from_bytes(handshake[1:4], "big")
    if handshake[0] != 2 or not 38 <= length <= MOST_BYTES:
        return Reply(Kind.GARBLED, used)
    return _server_hello(handshake[4 : 4 + length], used) if len(handshake) >= 4 + length else None


def handshake_messages(data: bytes) -> tuple[tuple[int, bytes], ...]:
    """The whole handshake messages in what a server sent in clear, kind and body (RFC 5246 7.4). Never raises."""
    messages, at = b"", 0
    while at + 5 <= min(len(data), MOST_BYTES):
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if data[at] == 22:
            messages += data[at + 5 : at + 5 + length]
        at += 5 + length
    found = []
    while len(messages) >= 4 and len(messages) >= (end := 4 + int.from_bytes(messages[1:4], "big")):
        found.append((messages[0], messages[4:end]))
        messages = messages[end:]
    return tuple(found)


_NUMBERS = frozenset(int(version) for version in Tls)


def _server_hello(body: bytes, used: int) -> Reply:
    garbled = Reply(Kind.GARBLED, used)
    number = int.from_bytes(body[0:2], "big")
    session_end = 35 + body[34]
    if body[34] > 32 or len(body) < session_end + 3:
        return garbled
    suite = int.from_bytes(body[session_end : session_end + 2], "big")
    compression, rest = body[session_end + 2], body[session_end + 3 :]
    extensions: dict[int, bytes] = {}
    if rest:
        if len(rest) < 2 or int.from_bytes(rest[:2], "big") != len(rest) - 2:
            return garbled
        rest = rest[2:]
        while rest:
            if len(rest) < 4 or len(rest) < 4 + int.from_bytes(rest[2:4], "big"):
                return garbled
            end = 4 + int.from_bytes(rest[2:4], "big")
            extensions[int.from_bytes(rest[:2], "big")] = rest[4:end]
            rest = rest[end:]
    if 43 in extensions:
        number = int.from_bytes(extensions[43], "big") if len(extensions[43]) == 2 else 0
        if number != Tls.TLS_1_3:
            return garbled
    if number not in _NUMBERS or (number == Tls.TLS_1_3 and 43 not in extensions):
        return garbled
    return Reply(Kind.SERVER_HELLO, used, Tls(number), suite, compression, 0xFF01 in extensions)

"""Asks whether a server staples its authority's answer about the certificate: only TLS 1.2 shows that in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.checks.looks.hello import STATUS_REQUEST, Form, Kind, Tls, client_hello, handshake_messages, read_reply
from wizard.checks.looks.tls_hellos import Ended, exchange

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground

#: RFC 5246 7.4 and RFC 6066 8: messages of a handshake.
_CERTIFICATE_STATUS, _SERVER_HELLO_DONE = 22, 14


async def is_stapled(ground: Ground, address: str) -> bool | None:
    """True when a TLS 1.2 handshake brings a certificate status, False when it ends without; None when nobody sees."""
    hello = client_hello(Tls.TLS_1_2, Form.FULL, ground.host.name, extra=STATUS_REQUEST)
    ended, data, _detail = await exchange(ground, address, hello, _is_over)
    if ended is not Ended.ANSWERED or read_reply(data).kind is not Kind.SERVER_HELLO:
        return None
    kinds = {kind for kind, _body in handshake_messages(data)}
    if _CERTIFICATE_STATUS in kinds:
        return True
    return False if _SERVER_HELLO_DONE in kinds else None


def _is_over(data: bytes) -> bool:
    reply = read_reply(data)
    if reply.kind is not Kind.SERVER_HELLO:
        return reply.kind is not Kind.UNFINISHED
    return any(kind in (_CERTIFICATE_STATUS, _SERVER_HELLO_DONE) for kind, _body in handshake_messages(data))

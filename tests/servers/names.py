"""A name server on loopback that answers from a table: name and kind → records, "no-name", "failed" or "silence"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], tuple[str, ...] | str]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone, self.asked = zone, 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        if (name, "RRSIG CNAME") in self._zone:  # a signed alias is the answer to every question
            kind = "CNAME"
        parent = "*." + name.partition(".")[2]
        wild = self._zone.get((parent, kind)) if not any(n == name for n, _kind in self._zone) else None
        known = self._zone.get((name, kind), wild)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if known == "silence":
            return
        if known == "failed":
            response.set_rcode(dns.rcode.SERVFAIL)
        elif isinstance(known, tuple):
            response.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *known))
            signatures = self._zone.get((name, f"RRSIG {kind}"))
            if isinstance(signatures, tuple):
                response.answer.append(dns.rrset.from_text(question.name, 300, "IN", "RRSIG", *signatures))
        elif known == "no-name" or not any(n == name for n, _kind in self._zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        assert self._transport
        self._transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator[tuple[str, int]]:
    """Yields address and port."""
    loop = asyncio.get_running_loop()
    transport, _server = await loop.create_datagram_endpoint(lambda: _Server(zone), local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[:2]
    finally:
        transport.close()

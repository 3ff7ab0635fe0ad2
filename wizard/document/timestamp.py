"""Asks a time-stamp authority that the person named (RFC 3161): only a digest of the signature leaves this computer."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from asn1crypto import tsp
from cryptography import x509
from pyhanko.sign.timestamps import TimeStamper

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: An answer with its certificates is a few kilobytes.
_LARGEST_ANSWER = 200_000
_SECONDS = 15.0


class NoTimeStamp(Mistake):
    """The authority gave no usable time stamp; nothing was signed."""


class Authority(TimeStamper):
    """The authority at one address. No redirect is followed, and nothing but that address is contacted."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.address = checked(address)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One request. Raises `NoTimeStamp`."""
        return await asyncio.to_thread(self._ask, req.dump())

    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Those that the authority sends along with a time stamp of nothing. Raises `NoTimeStamp`."""
        try:
            asyncio.run(self.async_dummy_response("sha256"))
        except OSError as error:
            raise NoTimeStamp(_no_stamp(self.address, _("it refused"))) from error
        return tuple(x509.load_der_x509_certificate(one.dump()) for one in self.cert_registry)

    def _ask(self, request: bytes) -> tsp.TimeStampResp:
        data = fetch(self.address, request, "application/timestamp-query", "application/timestamp-reply")
        try:
            answer = tsp.TimeStampResp.load(data)
            if answer.native is None:  # reads all of it, so that what cannot be read is found here
                raise ValueError("empty")
        except (ValueError, TypeError) as error:
            raise NoTimeStamp(_no_stamp(self.address, _("the answer cannot be read"))) from error
        return answer


def checked(address: str) -> str:
    """The address of an authority, http or https. Raises `NoTimeStamp`."""
    try:
        parts = urlsplit(address.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or not address.isprintable() or " " in address.strip():
        raise NoTimeStamp(
            _(
                "“{address}” is not the address of a time-stamp authority. Nothing was signed. It begins with http."
            ).format(address=address[:100])
        )
    return address.strip()


def fetch(address: str, request: bytes | None, sent: str, wanted: str, largest: int = _LARGEST_ANSWER) -> bytes:
    """The answer of one server, at most `largest` bytes within fifteen seconds. Raises `NoTimeStamp`."""
    import httpx

    headers = {"Accept": wanted, "User-Agent": "Attestry"} | ({"Content-Type": sent} if request is not None else {})
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST" if request is not None else "GET", address, content=request, headers=headers) as reply,
        ):
            if reply.status_code != 200:
                raise NoTimeStamp(_no_stamp(address, _("it answered {status}").format(status=reply.status_code)))
            data = b""
            for part in reply.iter_bytes():
                data += part
                if len(data) > largest:
                    raise NoTimeStamp(_no_stamp(address, _("its answer is too long")))
            return data
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        raise NoTimeStamp(_no_stamp(address, type(error).__name__)) from error


def _no_stamp(address: str, why: str) -> str:
    host = urlsplit(address).hostname or address
    return _(
        "{host} gave no usable answer ({why}). Nothing was signed. Try again, or sign without a time stamp: the time "
        "is then the one of this computer’s clock."
    ).format(host=host, why=why)

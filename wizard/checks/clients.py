"""Makes clients for servers that are no host of the scope: lists of weaknesses, code hosts.

Where one is asked through a proxy, the person named it; nothing that the environment says counts.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wizard.checks.looks.addresses import is_address, is_loopback
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import parse_host

if TYPE_CHECKING:
    import httpx

_AT_ONCE = 4


class BadProxy(Mistake):
    """An address that is no proxy's, or one that holds a password."""


def is_guarded(address: str) -> bool:
    """True for https, and for this computer itself: nothing else is sent a name or a token."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def client(
    base: str, *, read: float, connect: float = 5.0, proxy: str = "", headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    """A client for one server (seconds to read and to connect), by way of `proxy` or, for "", directly. It follows
    nothing elsewhere. What is on this computer is asked directly, because that way nothing is guarded by TLS.
    """
    import httpx

    import wizard

    return httpx.AsyncClient(
        base_url=base,
        verify=_trusted(),
        timeout=httpx.Timeout(read, connect=connect),
        limits=httpx.Limits(max_connections=_AT_ONCE),
        follow_redirects=False,
        trust_env=False,
        proxy=proxy if proxy and urlsplit(base).scheme == "https" else None,
        headers={"User-Agent": f"Attestry/{wizard.__version__}", **(headers or {})},
    )


def proxy_address(written: str) -> str:
    """The address of a proxy as it is kept, http://HOST:PORT; "" for none. Raises `BadProxy`."""
    text = written.strip()
    if not text:
        return ""
    if "@" in text:
        raise BadProxy(_("A proxy that wants a password cannot be used: it would have to be kept here in the clear."))
    wrong = BadProxy(_("This is no address of a proxy. Write its host and its port, such as proxy.example:3128."))
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise wrong from None
    known = is_address(host) or parse_host(host) is not None
    if not known or port is None or parts.scheme not in ("http", "https") or parts.path.strip("/") or parts.query:
        raise wrong
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _trusted() -> ssl.SSLContext:
    """The system's own list of authorities, and the one that comes with the program."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context

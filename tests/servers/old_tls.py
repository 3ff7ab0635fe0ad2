"""Real TLS servers of old versions and weak suites, by tlslite-ng on a thread: what OpenSSL can no longer speak."""

from __future__ import annotations

import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from tests.servers import certs


@cache
def _identity() -> tuple[object, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library imports asyncore where there is one
        from tlslite.utils.keyfactory import parsePEMKey
        from tlslite.x509 import X509
        from tlslite.x509certchain import X509CertChain

    certificate, key = certs.leaf(key=certs.rsa_key(2048))
    parsed = X509()
    parsed.parse(certs.pem(certificate).decode())
    return X509CertChain([parsed]), parsePEMKey(certs.key_pem(key).decode(), private=True)


@contextmanager
def old_server(
    oldest: tuple[int, int],
    newest: tuple[int, int],
    ciphers: tuple[str, ...] = ("aes128", "aes256"),
    exchanges: tuple[str, ...] = ("rsa", "ecdhe_rsa"),
    macs: tuple[str, ...] = ("sha", "md5", "sha256", "aead"),
) -> Iterator[int]:
    """A server that speaks (3, minor) from `oldest` to `newest`; yields its port."""
    chain, key = _identity()
    from tlslite.handshakesettings import HandshakeSettings
    from tlslite.tlsconnection import TLSConnection

    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = oldest, newest
    settings.versions = [(3, minor) for minor in range(newest[1], oldest[1] - 1, -1)]
    settings.cipherNames = list(ciphers)
    settings.keyExchangeNames = list(exchanges)
    settings.macNames = list(macs)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.settimeout(0.2)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                sock, _peer = listener.accept()
            except OSError:
                continue
            with sock:
                sock.settimeout(2)
                connection = TLSConnection(sock)
                # Hellos that are never finished are what this server is for.
                with suppress(Exception):
                    if "dh_anon" in exchanges:
                        connection.handshakeServer(settings=settings, anon=True)
                    else:
                        connection.handshakeServer(certChain=chain, privateKey=key, settings=settings)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join(30)
        listener.close()

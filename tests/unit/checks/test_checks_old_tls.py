"""TLS versions against real old servers: what the local OpenSSL cannot speak is found all the same."""

from __future__ import annotations

import asyncio

import pytest

from tests.servers.old_tls import old_server
from wizard.checks.every import find
from wizard.checks.plan import Limits, LookSettings, look
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

VERSIONS = find("tls-versions")
assert VERSIONS
TABLE = {
    "SSL 3.0 only": ((3, 0), (3, 0), ("aes128",), "SSL 3.0"),
    "TLS 1.0 only": ((3, 1), (3, 1), ("aes128",), "TLS 1.0"),
    "TLS 1.0 only with 3DES": ((3, 1), (3, 1), ("3des",), "TLS 1.0"),
    "TLS 1.0 only with RC4": ((3, 1), (3, 1), ("rc4",), "TLS 1.0"),
    "TLS 1.1 only": ((3, 2), (3, 2), ("aes256",), "TLS 1.1"),
    "TLS 1.1 to 1.2": ((3, 2), (3, 3), ("aes256",), "TLS 1.1 TLS 1.2"),
    "TLS 1.2 only": ((3, 3), (3, 3), ("aes128gcm",), "TLS 1.2"),
    "TLS 1.2 and 1.3": ((3, 3), (3, 4), ("aes128gcm",), "TLS 1.2 TLS 1.3"),
    "everything": ((3, 0), (3, 4), ("aes128gcm", "aes128"), "SSL 3.0 TLS 1.0 TLS 1.1 TLS 1.2 TLS 1.3"),
}


@pytest.mark.parametrize("name", TABLE)
def test_versions(name: str) -> None:
    oldest, newest, ciphers, offered = TABLE[name]
    with old_server(oldest, newest, ciphers) as port:
        limits = Limits(hello=2.0)
        settings = LookSettings(allow_private=True, resolve={"localhost": ("127.0.0.1",)}, limits=limits)
        (found,) = asyncio.run(look([Host("localhost", port)], [VERSIONS], settings))  # type: ignore[list-item]
    result = found.results[0]
    assert " ".join(result.facts["offered"]) == offered, result.proof  # type: ignore[arg-type]
    old = any(word in offered for word in ("SSL 3.0", "TLS 1.0", "TLS 1.1"))
    assert result.verdict is (Verdict.FAIL if old else Verdict.PASS if "1.3" in offered else Verdict.WARN)

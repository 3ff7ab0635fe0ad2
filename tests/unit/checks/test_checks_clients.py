"""Servers that are no host of the scope are asked directly, or through the one proxy that the person named."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from wizard.checks.clients import BadProxy, client, is_guarded, proxy_address


@pytest.fixture
def proxy():
    """A server that answers for itself and lets nobody through, and what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(f"GET {self.path}")
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"fine")

        def do_CONNECT(self):
            asked.append(f"CONNECT {self.path} {self.headers.get('Authorization', '')}")
            self.send_error(403)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def get(base, **how):
    async def ask():
        async with client(base, read=5, **how) as web:
            return (await web.get("/v1/x")).text

    return asyncio.run(ask())


def test_the_proxy_that_was_named_is_asked(proxy):
    address, asked = proxy
    with pytest.raises(httpx.ProxyError):
        get("https://api.example", proxy=address, headers={"Authorization": "Bearer canary"})
    assert asked == ["CONNECT api.example:443 "], "it hears a name and a port, never a token"


def test_what_is_on_this_computer_is_asked_directly(proxy):
    address, asked = proxy
    assert get(address, proxy="http://127.0.0.1:9", headers={"Authorization": "Bearer canary"}) == "fine"
    assert asked == ["GET /v1/x"]


def test_what_the_environment_says_of_proxies_does_not_count(proxy, monkeypatch):
    address, asked = proxy
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(address) == "fine"
    assert asked == ["GET /v1/x"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        (" proxy.example:3128 ", "http://proxy.example:3128"),
        ("HTTP://Proxy.example:3128/", "http://proxy.example:3128"),
        ("https://10.0.0.1:8443", "https://10.0.0.1:8443"),
        ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
    ],
)
def test_a_proxy_is_a_host_and_a_port(written, kept):
    assert proxy_address(written) == kept
    assert proxy_address(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["proxy.example", "socks5://proxy.example:1", "http://p.example:99999", "p.example:1/x", "a b:1", "::1"],
)
def test_anything_else_is_refused(written):
    with pytest.raises(BadProxy, match="host and its port"):
        proxy_address(written)


def test_no_password_is_kept_in_the_clear():
    with pytest.raises(BadProxy, match="password") as refused:
        proxy_address("http://me:hunter2@proxy.example:3128")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "guarded"),
    [
        ("https://api.example", True),
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://api.example", False),
        ("ftp://localhost", False),
        ("http://localhost.example", False),
    ],
)
def test_only_https_and_this_computer_are_sent_anything(address, guarded):
    assert is_guarded(address) is guarded

"""A plain threaded TLS web server in a process of its own: OpenSSL's own alerts, keep-alive, nothing else.

    python -m benchmarks.checks.serving [--silent]     prints its port and the file with its root certificate

`--silent` drops every hello below TLS 1.2 without a word, as some firewalls do.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from contextlib import suppress

from tests.servers import certs
from tests.servers.web import Page, render


def _context() -> ssl.SSLContext:
    context = certs.good()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _talk(sock: socket.socket, context: ssl.SSLContext, *, silent: bool) -> None:
    with sock, suppress(OSError):
        sock.settimeout(30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as every web server does
        if silent:
            head = sock.recv(64, socket.MSG_PEEK)
            if len(head) < 64 or head[9:11] < b"\x03\x03":
                sock.recv(65536)
                sock.recv(1)
                return
        with context.wrap_socket(sock, server_side=True) as tls:
            data = b""
            while piece := tls.recv(65536):
                data += piece
                while b"\r\n\r\n" in data:
                    head, _, data = data.partition(b"\r\n\r\n")
                    found = head.split(b" ")[1] == b"/"
                    tls.sendall(render(Page() if found else Page(404, Page().headers, b"no")))


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], certs.root_file(), flush=True)
    context = _context()
    while True:
        sock, _peer = listener.accept()
        threading.Thread(
            target=_talk, args=(sock, context), kwargs={"silent": "--silent" in sys.argv}, daemon=True
        ).start()


if __name__ == "__main__":
    main()

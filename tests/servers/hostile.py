"""A hundred ways to misbehave over HTTP, by family and parameter; each is a handler for `web.serve`.

All send an excellent HSTS header where they send any, so that a careless reader would call them fine.
"""

from __future__ import annotations

import gzip

from tests.servers.web import Handler, bytes_then, endless, hang, reset

OK = b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\nContent-Type: text/html\r\n"
PAGE = b"<html>hi"
END = b"\r\n"


def _full(extra: bytes = b"", body: bytes = PAGE, length: object | None = None) -> bytes:
    return OK + extra + f"Content-Length: {len(body) if length is None else length}\r\n".encode() + END + body


def families() -> dict[str, Handler]:
    """Name of family and parameter → handler."""
    found: dict[str, Handler] = {"silence": hang, "reset": reset}
    for size in (1, 3, 8, 20, 40, 60, len(OK), len(OK) + 10):
        whole = _full(length=8)
        found[f"stops after {size} bytes and holds"] = bytes_then(whole[:size])
        found[f"stops after {size} bytes and closes"] = bytes_then(whole[:size], hold=False)
    for pause in (0.02, 0.2):
        found[f"header byte by byte, {pause} s"] = bytes_then(*[bytes([b]) for b in _full()], pause=pause)
        found[f"endless header line, {pause} s"] = endless(OK + b"X-Long: ", b"x", pause)
        found[f"endless header fields, {pause} s"] = endless(OK, b"X-A: b\r\n", pause)
        found[f"endless body by close, {pause} s"] = endless(OK + END, b"x" * 100, pause)
        found[f"endless chunks, {pause} s"] = endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause)
        found[f"endless 100 Continue, {pause} s"] = endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause)
    for name, again in {
        "header line": b"x" * 4096,
        "header fields": b"X-A: " + b"b" * 100 + b"\r\n",
        "tiny header fields": b"a:b\r\n" * 100,
        "empty header fields": b"X-A:\r\n" * 100,
        "folded header": b" folded\r\n" * 100,
        "cookies": b"Set-Cookie: a=b; Secure\r\n" * 100,
        "the same HSTS": b"Strict-Transport-Security: max-age=31536000\r\n" * 100,
    }.items():
        found[f"flood of {name}"] = endless(OK + (b"X: " if "line" in name else b""), again)
    for name, start, again in (
        ("body by close", OK + END, b"x" * 65536),
        ("body with a length of 10^15", OK + b"Content-Length: 1000000000000000\r\n\r\n", b"x" * 65536),
        ("big chunks", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        ("tiny chunks", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000),
        ("chunk extensions", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"a=b;" * 50 + b"\r\nx\r\n"),
        ("one chunk of 2^60", OK + b"Transfer-Encoding: chunked\r\n\r\n1000000000000000\r\n", b"x" * 65536),
        ("trailers", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-T: t\r\n" * 100),
        ("100 Continue", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("102 Processing", b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("103 Early Hints", b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"),
        ("zeros", b"", bytes(65536)),
        ("line feeds", b"", b"\n" * 65536),
        ("text", b"", b"hello " * 1000),
    ):
        found[f"endless {name}"] = endless(start, again)
    for name, coded in {
        "gzip": gzip.compress(bytes(10_000_000)),
        "deflate": b"x\x9c" + bytes(50),
        "br": b"\x1b" + bytes(50),
        "zstd": b"(\xb5/\xfd" + bytes(50),
        "gzip, gzip": gzip.compress(gzip.compress(PAGE)),
        "x-unknown": PAGE,
        "compress": b"\x1f\x9d" + bytes(50),
        "GZIP": gzip.compress(PAGE),
        "identity, gzip": gzip.compress(PAGE),
    }.items():
        found[f"unasked compression {name}"] = bytes_then(_full(f"Content-Encoding: {name}\r\n".encode(), coded))
    for name, raw in {
        "negative length": _full(length=-1),
        "length in words": _full(length="eight"),
        "length with a plus": _full(length="+8"),
        "two lengths": _full(b"Content-Length: 9\r\n"),
        "huge length, closed": _full(length=10**30),
        "too short for its length": _full(length=10**6),
        "chunk size negative": OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n",
        "chunk size in words": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
        "chunk size of 40 digits": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nx",
        "chunked twice": OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n1\r\nx\r\n",
        "unknown transfer coding": OK + b"Transfer-Encoding: sideways\r\n\r\nx",
        "no last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        "space before the colon": _full(b"X-A : b\r\n"),
        "no colon": _full(b"X-A b\r\n"),
        "NUL in a header": _full(b"X-A: a\x00b\r\n"),
        "carriage return in a header": _full(b"X-A: a\rb\r\n"),
        "control in a name": _full(b"X\x01A: b\r\n"),
        "empty name": _full(b": b\r\n"),
        "status 99": b"HTTP/1.1 99 Low\r\n\r\n",
        "status 1000": b"HTTP/1.1 1000 High\r\n\r\n",
        "status in words": b"HTTP/1.1 OK\r\n\r\n",
        "status without a number": b"HTTP/1.1\r\n\r\n",
        "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/0.9": b"<html>hello</html>",
        "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/3.7": OK.replace(b"HTTP/1.1", b"HTTP/3.7") + END,
        "lower case protocol": OK.replace(b"HTTP/1.1", b"http/1.1") + END,
        "ICY": b"ICY 200 OK\r\n\r\n",
        "an SMTP greeting": b"220 mail.example ESMTP\r\n",
        "a header of 100 KB": _full(b"X-A: " + b"a" * 100_000 + b"\r\n"),
        "10,000 header fields": _full(b"".join(b"X-%d: a\r\n" % i for i in range(10_000))),
        "a body of 300 KB": _full(body=b"<html>" + b"x" * 300_000),
        "status -1": b"HTTP/1.1 -1 Under\r\n\r\n",
        "a list of lengths": _full(length="8, 9"),
        "status with letters": b"HTTP/1.1 20x OK\r\n\r\n",
        "redirect without end": OK.replace(b"200 OK", b"301 Moved") + b"Location: ./a\r\nContent-Length: 0\r\n\r\n",
        "nothing": b"",
        "a blank line": b"\r\n\r\n",
        "four interim replies": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 4 + _full(),
        "limited": b"HTTP/1.1 429 Too Many\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
        "unavailable": b"HTTP/1.1 503 No\r\nRetry-After: 9999999999999999\r\nContent-Length: 0\r\n\r\n",
        "redirect loop": OK.replace(b"200 OK", b"302 Found") + b"Location: /\r\nContent-Length: 0\r\n\r\n",
    }.items():
        found[name] = bytes_then(raw, hold=False)
    return found

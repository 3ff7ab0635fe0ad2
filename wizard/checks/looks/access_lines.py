"""Reads the addresses out of a web server's access log, in the formats in which servers write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: A line longer than this is no line of a log; its beginning is read.
_MOST_LINE = 64 * 1024
#: Common and combined (Apache, nginx, Caddy, HAProxy, Envoy, load balancers): the request line in quotes.
_REQUEST = re.compile(r'"[A-Z]{3,10} ([^\s"]{1,16384})(?: HTTP/[0-9.]{1,3}| -)?"')
_REFERER = re.compile(r'" [0-9]{3} [0-9-]{1,15} "(https?://[^"\s]{1,16384})"')
#: What JSON logs call the address, its query, and where the visitor came from.
_ADDRESSES = frozenset(
    {"uri", "url", "path", "request_uri", "requesturi", "requesturl", "target", "http.url", "url.original", "url.full",
     "http.target", "referer", "referrer", "http_referer", "referer_url", "full_url", "http.request.uri"}
)  # fmt: skip
_QUERIES = frozenset({"query", "query_string", "querystring", "args", "url.query", "http.query"})
_LINES = frozenset({"request", "message", "log", "request_line"})
#: The columns of the W3C format (IIS, CloudFront).
_STEM, _QUERY, _FROM = "cs-uri-stem", "cs-uri-query", "cs(referer)"


@dataclass(frozen=True, slots=True)
class Carrier:
    """One parameter of an address in the log that carries a credential, or looks like one; the address is masked."""

    name: str
    address: str
    certain: bool


@dataclass(frozen=True)
class AccessLog(Fact):
    """What the log shows: requests, how many of them had a query, lines that are no request, and what was found."""

    NAME = "access-log"
    requests: int
    queries: int
    unread: int
    found: tuple[Carrier, ...] = ()
    #: how many requests carried a certain credential
    carriers: int = 0

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Nothing to look at: a person gives the file."""
        return False

    @classmethod
    async def look(cls, ground: Ground) -> AccessLog:
        """Never looked at on a host."""
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))


def addresses(text: str) -> Iterator[tuple[str, ...] | None]:
    """The addresses of each request, None for a line that is none; without blank lines and comments. Never raises."""
    columns: list[str] = []
    for line in text.split("\n"):
        line = line[:_MOST_LINE].strip()
        if not line:
            continue
        if line.startswith("#"):
            if line.lower().startswith("#fields:"):
                columns = line.partition(":")[2].lower().split()
            continue
        if columns:
            yield _of_columns(columns, line)
        elif line.startswith("{"):
            yield _of_json(line)
        else:
            yield _of_quotes(line)


def _of_columns(columns: list[str], line: str) -> tuple[str, ...] | None:
    values = dict(zip(columns, line.split("\t") if "\t" in line else line.split(" "), strict=False))
    stem = values.get(_STEM)
    if stem is None:
        return None
    query, referer = values.get(_QUERY, "-"), values.get(_FROM, "-")
    return (stem + (f"?{query}" if query != "-" else ""), *((referer,) if referer != "-" else ()))


def _of_json(line: str) -> tuple[str, ...] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = tuple(_in_object(entry, 0)) if isinstance(entry, Mapping) else ()
    return found or None


def _in_object(entry: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, value in entry.items():
        name = key.lower()
        if isinstance(value, Mapping):
            if depth < 4:
                yield from _in_object(value, depth + 1)
        elif isinstance(value, list):
            # headers, as Caddy writes them: {"Referer": ["https://…"]}
            yield from (item for item in value[:5] if name in _ADDRESSES and isinstance(item, str))
        elif isinstance(value, str) and value:
            if name in _ADDRESSES:
                yield value
            elif name in _QUERIES:
                yield "?" + value.removeprefix("?")
            elif name in _LINES:
                yield from _of_quotes(value if '"' in value else f'"{value}"') or ()


def _of_quotes(line: str) -> tuple[str, ...] | None:
    request = _REQUEST.search(line)
    if request is None:
        return None
    return (request[1], *_REFERER.findall(line, request.end() - 1))

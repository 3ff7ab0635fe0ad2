"""Finds in a browser's recording (HAR 1.2) the endpoints that were called with a credential, host by host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from wizard.checks.endpoints import MOST_OPERATIONS, UnreadableEndpoints
from wizard.checks.looks.ground import Endpoint
from wizard.checks.looks.http import parts_of, port_of
from wizard.domain.language import _
from wizard.domain.scope import Host
from wizard.formats import json as strict_json

#: fields that carry a credential themselves; a cookie also goes with pictures, so it counts for data answers only
_CREDENTIALS = frozenset({"authorization", "x-api-key", "api-key", "x-auth-token"})


def read_recording(data: bytes) -> dict[str, tuple[Endpoint, ...]]:
    """By host subject: each method and path (without its query) that was called with a credential, once.

    Raises `UnreadableEndpoints` for what is no recording, and `wizard.formats.malformed.Malformed` for no JSON.
    """
    document = strict_json.parse(data)
    log = document.get("log") if isinstance(document, Mapping) else None
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(entries, list):
        raise UnreadableEndpoints(
            _("This file is no browser recording (HAR). In the browser's developer tools, save the network log as HAR.")
        )
    found: dict[str, dict[tuple[str, str], Endpoint]] = {}
    count = 0
    for entry in entries:
        request = entry.get("request") if isinstance(entry, Mapping) else None
        parts = parts_of(str(request.get("url", ""))) if isinstance(request, Mapping) else None
        if not isinstance(request, Mapping) or parts is None or parts.scheme != "https" or not parts.hostname:
            continue
        if not _with_credential(request, entry.get("response")) or count >= MOST_OPERATIONS:
            continue
        method = str(request.get("method", "")).upper()
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        of_host = found.setdefault(Host(parts.hostname.lower(), port_of(parts)).subject, {})
        if method.isascii() and method.isalpha() and (method, path) not in of_host:
            of_host[method, path] = Endpoint(method, path)
            count += 1
    return {host: tuple(endpoints.values()) for host, endpoints in found.items() if endpoints}


def _with_credential(request: Mapping[str, Any], response: object) -> bool:
    names = _names(request)
    if names & _CREDENTIALS:
        return True
    content = response.get("content") if isinstance(response, Mapping) else None
    kind = str(content.get("mimeType", "")) if isinstance(content, Mapping) else ""
    cookies = request.get("cookies")
    return ("cookie" in names or bool(cookies)) and "json" in kind.lower()


def _names(message: Mapping[str, Any]) -> set[str]:
    headers = message.get("headers")
    return {
        str(header.get("name", "")).lower()
        for header in (headers if isinstance(headers, list) else ())
        if isinstance(header, Mapping)
    }

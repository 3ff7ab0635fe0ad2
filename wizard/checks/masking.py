"""Replaces secret values by their length and kind before anything is stored; what a judgement needs stays readable."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Value:
    """What may be known of a secret value: how long it is, and whether it looks random."""

    length: int
    random: bool


#: The white space of header fields (RFC 9110 5.6.3); Python's own strip() takes much more.
BLANK = " \t"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MASK = re.compile(r"^\[masked ([0-9]{1,6}) (random|plain)\][\x00-\x08\x0a-\x1f\x7f]?\Z")


def value_of(text: str) -> Value:
    """What may be known of a value, from itself or from its mask."""
    masked = _MASK.match(text)
    if masked:
        return Value(int(masked[1]), masked[2] == "random")
    return Value(len(text), looks_random(text))


def mask(text: str) -> str:
    """The mask of a value; a mask stays as it is, an empty value stays empty."""
    if not text or _MASK.match(text):
        return text
    value = value_of(text)
    # A control character makes browsers drop a cookie: the stored field must show that too.
    control = _CONTROL.search(text)
    return f"[masked {value.length} {'random' if value.random else 'plain'}]" + (control[0] if control else "")


def looks_random(text: str) -> bool:
    """True for 16 or more characters with at least 3 bits each: tokens and session ids, not words or numbers."""
    if len(text) < 16 or re.search(r"\s", text):
        return False
    counts = Counter(text[:512])
    total = sum(counts.values())
    bits = -sum(n / total * math.log2(n / total) for n in counts.values())
    return bits >= 3.0


def unquoted(text: str) -> str:
    """A cookie's value without the white space and the pair of quotes around it."""
    inner = text.strip(BLANK)
    return inner[1:-1] if len(inner) > 1 and inner[0] == inner[-1] == '"' else inner


_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+([A-Za-z0-9+/=_.~-]{8,})", re.I)
#: header fields whose whole value is a secret
_SECRET_NAME = re.compile(r"token|secret|api-?key|csrf|xsrf|session|password|^authorization$|^cookie$", re.I)
_REFRESH = re.compile(r"([0-9.\s]*[;,]?\s*(?:url\s*=\s*)?['\"]?)(.*)", re.I | re.S)
_IN_BRACKETS = re.compile(r"<([^<>]*)>")


def mask_field(name: str, value: str) -> str:
    """A header field's value without secrets."""
    lower = name.lower()
    if lower == "set-cookie":
        pair, semicolon, rest = value.partition(";")
        key, equals, secret = pair.partition("=")
        if not equals:
            return mask(unquoted(pair)) + semicolon + rest
        return key + equals + mask(unquoted(secret)) + semicolon + rest
    if _SECRET_NAME.search(lower) and not lower.startswith(("access-control-", "x-frame", "content-security")):
        return mask(value)
    match lower:
        case "location" | "content-location":
            return mask_address(value)
        case "refresh":
            before, address = refresh_parts(value)
            return before + mask_address(address)
        case "link":
            return _IN_BRACKETS.sub(lambda found: f"<{mask_address(found[1])}>", value)
    return mask_text(value)


def refresh_parts(value: str) -> tuple[str, str]:
    """A Refresh field or tag: what stands before the address, and the address (HTML standard, 4.2.5.3: “url=” and
    quotes may be left out).
    """
    found = _REFRESH.match(value)
    assert found is not None  # all of it is optional
    return found[1], found[2]


def mask_text(text: str) -> str:
    """Free text without what is certainly a credential."""
    if len(text) < 14:  # shorter than the shortest of either
        return text
    if "eyJ" in text:
        text = _JWT.sub(lambda found: mask(found[0]), text)
    return _BEARER.sub(lambda found: f"{found[1]} {mask(found[2])}", text)


def mask_address(address: str) -> str:
    """A URL without its user's name and password and without the values of its query and fragment; the names stay."""
    try:
        parts = urlsplit(address)
        user, at, host = parts.netloc.rpartition("@")
        netloc = ("user:masked@" if ":" in user else "user@" if at else "") + host
        query, fragment = _mask_pairs(parts.query), _mask_fragment(parts.fragment)
        return urlunsplit((parts.scheme, netloc, _mask_path(parts.path), query, fragment))
    except ValueError:
        return mask(address)


def _mask_path(path: str) -> str:
    if ";" not in path:
        return mask_text(path)
    segments = []
    for segment in path.split("/"):
        own, mark, parameters = segment.partition(";")
        masked = (_mask_pairs(part) for part in parameters.split(";"))
        segments.append(mask_text(own) + mark + ";".join(masked))
    return "/".join(segments)


def _mask_fragment(fragment: str) -> str:
    path, mark, query = fragment.partition("?")
    if mark:
        return f"{mask_text(path)}?{_mask_pairs(query)}"
    return _mask_pairs(fragment) if "=" in fragment else mask_text(fragment)


def _mask_pairs(query: str) -> str:
    pairs = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        pairs.append(f"{name}{equals}{mask(value)}" if equals else mask(part) if looks_random(part) else part)
    return "&".join(pairs)

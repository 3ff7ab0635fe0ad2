"""Reads structured header fields (RFC 9651) as far as the checks need them: is it one token, a list, a dictionary?"""

from __future__ import annotations

import re

_KEY = r"[a-z*][a-z0-9_.*-]*"
_TOKEN = r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"  # noqa: S105 - a grammar rule
_STRING = r'"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"'
_NUMBER = r"-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})"
_BARE = rf"(?:{_NUMBER}|{_STRING}|{_TOKEN}|:[A-Za-z0-9+/=]*:|\?[01])"
_PARAMETERS = rf"(?:; *{_KEY}(?:={_BARE})?)*"
_ITEM = re.compile(rf"({_BARE}){_PARAMETERS}")
_INNER = rf"\( *(?:{_BARE}{_PARAMETERS}(?: +{_BARE}{_PARAMETERS})*)? *\)"
_MEMBER = rf"{_KEY}(?:=(?:{_INNER}|{_BARE}))?{_PARAMETERS}"
_DICTIONARY = re.compile(rf"{_MEMBER}(?:[ \t]*,[ \t]*{_MEMBER})*")


def token_of(value: str) -> str:
    """The bare token of an item field, without its parameters; "" where it is none (RFC 9651 4.2.3). Never raises."""
    found = _ITEM.fullmatch(value.strip(" "))
    return found[1] if found and re.fullmatch(_TOKEN, found[1]) else ""


def is_dictionary(value: str) -> bool:
    """True when a field is a dictionary (RFC 9651 4.2.2), the empty one included. Never raises."""
    text = value.strip(" ")
    return len(text) <= 16384 and (not text or _DICTIONARY.fullmatch(text) is not None)

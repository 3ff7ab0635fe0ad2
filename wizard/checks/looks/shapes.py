"""How an answer is built, without its words: the keys of JSON, the tags of a page, and whether it asks who one is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from wizard.checks.looks.http import Answer

_MOST_PARTS = 200
_DEEPEST = 16
#: A field that a sign-in page has: a password, or what a browser fills in as the user's name (HTML 4.10.18.7).
_LOGIN = re.compile(
    r"""<input\b[^>]*(?:\btype\s*=\s*["']?password\b|\bautocomplete\s*=\s*["']?[^"'>]*"""
    r"""(?:username|current-password)\b)""",
    re.I,
)


def shape_of(answer: Answer) -> str:
    """A digest of how a body is built: the keys of JSON, the tags of HTML, else the body itself."""
    try:
        built = json.dumps(_skeleton(json.loads(answer.body), 0), sort_keys=True)
    except (ValueError, RecursionError):
        tags = re.findall(r"<\s*(/?[a-z][a-z0-9-]*)", answer.body[:65536], re.I)
        built = " ".join(tags).lower() if tags else answer.body_sha256
    return hashlib.sha256(built.encode("utf-8", "replace")).hexdigest()[:32]


def parts_of(answer: Answer) -> tuple[tuple[str, bool], ...]:
    """Each place of a JSON body that holds a value, as a digest of its path and kind; true where it lies inside an
    object or a list. Nothing for other bodies, and for values that are empty.
    """
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ()
    found = dict.fromkeys(_places(value, "", 0))
    parts = [(hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:12], deep) for place, deep in found]
    return tuple(parts[:_MOST_PARTS])


def asks_who(answer: Answer) -> bool:
    """A page on which one signs in."""
    return answer.is_page and _LOGIN.search(answer.body) is not None


def _skeleton(value: Any, depth: int) -> Any:
    if isinstance(value, dict) and depth < _DEEPEST:
        return {str(key): _skeleton(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and depth < _DEEPEST:
        return [_skeleton(item, depth + 1) for item in value[:1]]
    return type(value).__name__


def _places(value: Any, path: str, depth: int) -> Iterator[tuple[str, bool]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, item in value.items():
            yield from _places(item, f"{path}/{key}", depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value[:20]:
            yield from _places(item, f"{path}[]", depth + 1)
    elif value is not None and value != "":
        yield f"{path} {type(value).__name__}", depth > 1

"""Finds in a page the tags of its head that speak for headers: policies, framing, referrer, refresh."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

_EQUIVALENT = frozenset({"content-security-policy", "x-frame-options", "refresh"})
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Tag:
    """A <meta> tag: what it stands for (lower case) and its content."""

    name: str
    content: str

    @property
    def html(self) -> str:
        """The tag, written again."""
        key = "http-equiv" if self.name in _EQUIVALENT else "name"
        return f'<meta {key}="{escape(self.name)}" content="{escape(self.content)}">'


def tags(body: str) -> tuple[Tag, ...]:
    """The tags in the order of the page, those outside comments, scripts and the body only. Never raises."""
    reader = _Head()
    try:
        reader.feed(body)
    except (AssertionError, ValueError):  # the parser gives up on some broken declarations
        return tuple(reader.found)
    return tuple(reader.found)


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag] = []
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._over = True
        if tag != "meta" or self._over or len(self.found) >= _MOST_TAGS:
            return
        named = {key: value or "" for key, value in reversed(attrs)}  # of repeated attributes the first counts
        equivalent, name = named.get("http-equiv", "").strip().lower(), named.get("name", "").strip().lower()
        if equivalent in _EQUIVALENT:
            self.found.append(Tag(equivalent, named.get("content", "")))
        elif name == "referrer":
            self.found.append(Tag(name, named.get("content", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._over = True

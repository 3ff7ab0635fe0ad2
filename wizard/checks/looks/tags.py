"""Finds in a page the tags that judgements read: policies in its head, addresses it hands out, what it loads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

_EQUIVALENT = frozenset({"content-security-policy", "x-frame-options", "refresh"})
#: What a page loads by itself, and by which attribute.
_LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "audio": "src",
    "video": "src",
    "embed": "src",
    "object": "data",
}
_IN_HEAD = frozenset(
    {"html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style",
     "template", "title"}
)  # fmt: skip
#: Their end tags leave the head too (13.2.6.4.4: "br", "body" and "html" act as anything else).
_END_HEAD = frozenset({"head", "body", "html", "br"})
#: What stands in a <script> and is run or changes what is (HTML standard 4.12.1.1); other kinds are data.
_RUNS = re.compile(r"|module|importmap|.*(java|ecma|j|live)script.*", re.I | re.S)
#: Tags inside these are text, or mean nothing where scripts run (13.2.6.4.4).
_INERT = frozenset({"noframes", "noscript", "template", "title"})
#: What closes a comment, behind its "<!--".
_COMMENT = re.compile(r"-?>|.*?--!?>", re.S)
_MOST_TAGS = 50
_MOST_ADDRESSES = 200


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: what it stands for, and its content or address.

    `name` is of a <meta> tag what it stands for (content-security-policy, x-frame-options, refresh, referrer); "link"
    an address that a person may follow and that has parameters; "script" a script from an absolute address without
    integrity; "insecure" something loaded over plain HTTP; "password-form" a form that sends a password by GET.
    `late`: a policy that comes after a script, which it does not bind (CSP3 3.3).
    """

    name: str
    content: str
    late: bool = False

    @property
    def html(self) -> str:
        """The tag, written again so that reading it gives the same."""
        content = escape(self.content)
        match self.name:
            case "link":
                return f'<a href="{content}"></a>'
            case "script":
                return f'<script src="{content}"></script>'
            case "insecure":
                return f'<link rel="stylesheet" href="{content}">'
            case "password-form":
                return f'<form action="{content}"><input type="password"></form>'
            case _:
                key = "http-equiv" if self.name in _EQUIVALENT else "name"
                before = "<script></script>" if self.late else ""
                return f'{before}<meta {key}="{escape(self.name)}" content="{content}">'


def tags(body: str) -> tuple[Tag, ...]:
    """The tags in the order of the page, those in comments and scripts left out. Never raises."""
    reader = _Page()
    try:
        reader.feed(body)
    except (AssertionError, ValueError):  # the parser gives up on some broken declarations
        return tuple(reader.found)
    return tuple(reader.found)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag] = []
        self._in_body = self._has_run = False
        self._inert: list[str] = []
        self._meta = self._addresses = 0
        self._form: str | None = None

    def parse_comment(self, i: int, report: int = 1) -> int:
        """Where a comment ends, as browsers see it (13.2.5.43 on); the library's own rule changes with its version."""
        found = _COMMENT.match(self.rawdata, i + 4)
        return found.end() if found else -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in reversed(attrs)}  # of repeated attributes the first counts
        # HTML standard 13.2.6.4.4: any other tag begins the body, where a policy in a tag means nothing.
        self._in_body = self._in_body or (tag not in _IN_HEAD and not self._inert)
        if tag in _INERT and self._inert[-1:] in ([], ["template"]):  # in the others, tags are text
            self._inert.append(tag)
        if tag == "script" and not self._inert and _RUNS.fullmatch(named.get("type", "").strip()):
            self._has_run = True
        match tag:
            case "meta":
                self._read_meta(named)
            case "a" | "area":
                if re.search(r"[?#].|@", named.get("href", "")):
                    self._keep("link", named["href"])
            case "form":
                self._form = named.get("action", "") if named.get("method", "get").strip().lower() == "get" else None
            case "input" if named.get("type", "").strip().lower() == "password" and self._form is not None:
                self._keep("password-form", self._form)
                self._form = None
            case _ if tag in _LOADED or tag == "link":
                self._read_loaded(tag, named)

    def handle_data(self, data: str) -> None:
        if not self._inert and self.cdata_elem is None and data.strip("\t\n\f\r \ufeff"):
            self._in_body = True

    def handle_endtag(self, tag: str) -> None:
        if self._inert[-1:] == [tag]:
            self._inert.pop()
        if tag in _END_HEAD:
            self._in_body = True
        elif tag == "form":
            self._form = None

    def _read_meta(self, named: dict[str, str]) -> None:
        equivalent, name = named.get("http-equiv", "").lower(), named.get("name", "").lower()
        if self._meta >= _MOST_TAGS:
            return
        if self._inert and equivalent != "refresh":
            return
        content = named.get("content", "")
        if equivalent == "refresh" or (equivalent in _EQUIVALENT and not self._in_body):
            self._meta += 1
            self.found.append(Tag(equivalent, content, self._has_run and equivalent == "content-security-policy"))
        if name == "referrer":  # it counts in the body too, the last of all (4.2.5.1)
            self._meta += 1
            self.found.append(Tag(name, content))

    def _read_loaded(self, tag: str, named: dict[str, str]) -> None:
        if tag == "link" and "stylesheet" not in named.get("rel", "").lower().split():
            return
        address = named.get("href" if tag == "link" else _LOADED[tag], "").strip()
        if address.lower().startswith("http://"):
            self._keep("insecure", address)
        elif tag == "script" and "//" in address[:8] and not named.get("integrity", "").strip():
            self._keep("script", address)

    def _keep(self, name: str, address: str) -> None:
        if self._addresses < _MOST_ADDRESSES:
            self._addresses += 1
            self.found.append(Tag(name, address[:2000]))

"""Reads Content-Security-Policy fields and tags as browsers do, for every check that judges them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.checks.looks.dns_records import is_public_suffix
from wizard.checks.looks.http import Answer

_NONCE = re.compile(r"^'nonce-[A-Za-z0-9+/_-]+={0,2}'$", re.I)
_HASH = re.compile(r"^'sha(256|384|512)-[A-Za-z0-9+/_-]+={0,2}'$", re.I)
#: Every host, or every host of a top-level domain; the last alternative's are not of the public name service.
_ANYWHERE = re.compile(r"\*(\.(?!localhost$|local$|internal$|test$|example$|invalid$)[a-z0-9-]+)?")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:$", re.I)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its directives in order, names lower case, of repeated ones the first (CSP3 2.2.1).

    `origin` is "header", "meta" or "report-only"; `late` as of the tag.
    """

    origin: str
    directives: tuple[tuple[str, tuple[str, ...]], ...]
    late: bool = False

    def get(self, *names: str) -> tuple[str, ...] | None:
        """The sources of the first of these directives that is there; None if none is."""
        there = dict(self.directives)
        return next((there[name] for name in names if name in there), None)


def parse(text: str, origin: str) -> tuple[Policy, ...]:
    """The policies in one field or tag (CSP3 2.2.2: commas separate policies, in fields only). Never raises."""
    found = []
    for serialized in [text] if origin == "meta" else text.split(","):
        directives: dict[str, tuple[str, ...]] = {}
        for part in serialized.split(";"):
            words = re.split(r"[\t\n\f\r ]+", part.strip("\t\n\f\r "))
            # A directive with any other letter is passed over whole (CSP3 2.2.1).
            if words[0] and part.isascii() and words[0].lower() not in directives:
                directives[words[0].lower()] = tuple(words[1:])
        if directives:
            found.append(Policy(origin, tuple(directives.items())))
    return tuple(found)


def of_answer(answer: Answer) -> tuple[Policy, ...]:
    """Every policy of a page: fields, fields that only report, and tags (which cannot set some directives)."""
    return tuple(_of_answer(answer))


def _of_answer(answer: Answer) -> Iterator[Policy]:
    for field in answer.fields("content-security-policy"):
        yield from parse(field, "header")
    for field in answer.fields("content-security-policy-report-only"):
        yield from parse(field, "report-only")
    for tag in answer.tags:
        if tag.name == "content-security-policy":
            for policy in parse(tag.content, "meta"):
                # HTML standard, 4.2.5.3: these three mean nothing in a tag.
                kept = tuple(d for d in policy.directives if d[0] not in ("frame-ancestors", "report-uri", "sandbox"))
                yield Policy("meta", kept, tag.late)


def has_key(sources: tuple[str, ...]) -> bool:
    """True when a nonce or a hash is there: then 'unsafe-inline' is passed over (CSP3 6.7.3.2)."""
    return any(_NONCE.match(s) or _HASH.match(s) for s in sources)


def is_nonce(source: str) -> bool:
    """True for a nonce as browsers take it."""
    return _NONCE.match(source) is not None


def is_broad(source: str) -> bool:
    """True for a source that stands for hosts of anybody: `*`, a bare scheme, a scheme or port with `*`, `*.com`, and
    `*.` before a name under which everybody gets one (`*.co.uk`, `*.github.io`: the public suffix list).
    """
    if _SCHEME.match(source):
        return True
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", source.lower()).partition("/")[0].rpartition(":")
    name = host[0] or host[2]
    return _ANYWHERE.fullmatch(name) is not None or (name.startswith("*.") and is_public_suffix(name[2:]))

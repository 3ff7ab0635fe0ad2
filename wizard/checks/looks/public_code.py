"""Fetches what a host gives to every browser: its page, the scripts that this names, and their source maps.

Only hosts of the confirmed scope are asked. What is found in the files is kept masked; the files are not kept.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections import deque
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from wizard.checks.base import CouldNotLook, Fact
from wizard.checks.code.leak import Leak
from wizard.checks.looks.http import Answer, parts_of, port_of, target_of
from wizard.checks.looks.https_answers import Talks
from wizard.checks.masking import mask_address
from wizard.checks.troubles import sentence
from wizard.domain.language import _

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

PAGE, SCRIPT, MAP = "page", "script", "source-map"
#: A part of a script that it loads when it is needed; what reads like one and is not there was none.
CHUNK = "script-part"
#: Scripts and maps are larger than pages.
MOST_BYTES = 16 * 1024 * 1024
_PIECES = 40_000
_MOST_FILES = 120
_SECONDS = 90.0
_REDIRECTS = 3
#: How bundlers spell the parts: in a call, as a quoted name, or put together from tables of names and hashes.
_IMPORTED = re.compile(r"""\bimport\(\s*(?:/\*[^*]{0,200}\*/\s*)?["'`]([^"'`\s${}]{1,300})["'`]\s*\)""")
_QUOTED = re.compile(r"""["'`]((?:\.{0,2}/)?(?:[\w.@~-]{1,120}/){0,8}[\w.@~-]{1,160}\.m?js)["'`]""")
_TABLES = re.compile(
    r"""["']([\w./-]{0,120})["']\s*\+\s*\(?(?:\(?\{([^{}]{0,60000})\}\[\w+\]\s*\|\|\s*)?\w+\)?\s*\+\s*["']([.-])["']\s*\+\s*"""
    r"""\{([^{}]{1,60000})\}\[\w+\]\s*\+\s*["']([\w.-]{0,40}\.m?js)["']"""
)
_ENTRY = re.compile(r"""["']?([\w~.-]{1,120})["']?\s*:\s*["']([\w~.-]{1,120})["']""")
#: Where webpack says its parts are served from.
_SERVED_FROM = re.compile(r"""\b\w{1,30}\.p\s*=\s*["']([^"'\s]{1,200})["']""")
_MOST_PARTS = 200
_MAP = re.compile(r"//[#@]\s*sourceMappingURL=(\S+)")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file that every browser gets: its address, what it is, its size, and the secrets in it, masked.

    `trouble` says why it could not be read whole, "" when it was.
    """

    address: str
    kind: str
    size: int = 0
    leaks: tuple[Leak, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class PublicCode(Fact):
    """The files of one host. `elsewhere` are scripts of hosts outside the scope; `more` were not asked for any more."""

    NAME = "public-code"
    STEPS = 8
    files: tuple[PublicFile, ...]
    elsewhere: tuple[str, ...] = ()
    more: int = 0

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only in a run that can search for secrets."""
        return settings.search is not None

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """Large files come slowly."""
        return _SECONDS

    @classmethod
    async def look(cls, ground: Ground) -> PublicCode:
        """The root page, then what it names, one after another; at most a hundred and twenty files."""
        name, port = ground.host.name, ground.host.port
        start = f"https://{f'[{name}]' if ':' in name else name}:{port}/"
        waiting, seen = deque([(start, PAGE)]), {start}
        files: list[PublicFile] = []
        elsewhere: dict[str, None] = {}
        async with Talks(ground) as talks:
            while waiting and len(files) < _MOST_FILES:
                address, kind = waiting.popleft()
                try:
                    answer = await _fetched(talks, address)
                except _Elsewhere as away:
                    if kind == PAGE:  # the page lives on another host, which is looked at by itself if it is in scope
                        files.append(PublicFile(mask_address(address), kind, trouble=str(away)))
                    else:
                        elsewhere[str(away)] = None
                    continue
                except (CouldNotLook, OSError) as error:
                    why = sentence(error.trouble) if isinstance(error, CouldNotLook) else type(error).__name__
                    if kind == PAGE and not files and isinstance(error, CouldNotLook):
                        raise
                    files.append(PublicFile(mask_address(address), kind, trouble=why))
                    continue
                if _kept_back(answer, kind):
                    why = _("It was answered with {status}.").format(status=answer.status)
                    files.append(PublicFile(mask_address(address), kind, trouble=why))
                    continue
                if answer.status != 200 and kind in (MAP, CHUNK):
                    continue  # named, and not published; or no part at all
                if kind == CHUNK and answer.body.lstrip()[:1] == "<":
                    continue  # the page that an application gives for every address
                named = await asyncio.to_thread(_named, answer, kind)
                file = await _searched(ground, answer, kind)
                if named is None:
                    file = replace(file, trouble=_("The page is broken, so not all that it loads is known."))
                files.append(file)
                for found, what in named or ():
                    if found not in seen:
                        seen.add(found)
                        waiting.append((found, what))
        return cls(tuple(files), tuple(elsewhere)[:50], len(waiting))


def _kept_back(answer: Answer, kind: str) -> bool:
    """A server in trouble, or one that refuses us what it gives to browsers: nobody knows what they get."""
    return answer.limited or answer.status >= 500 or (kind == SCRIPT and answer.status in (401, 403))


class _Elsewhere(Exception):
    """An address outside the scope; nothing was asked there."""


async def _fetched(talks: Talks, address: str) -> Answer:
    for _hop in range(_REDIRECTS + 1):
        parts = parts_of(address)
        ground = talks.ground.run.declared(parts.hostname or "", port_of(parts)) if parts else None
        if parts is None or parts.scheme != "https" or ground is None:
            raise _Elsewhere(mask_address(address)[:200])
        answer = await talks.ask(ground, target_of(parts), pieces=_PIECES, most=MOST_BYTES)
        if not answer.redirects_to:
            return answer
        address = answer.redirects_to
    raise _Elsewhere(mask_address(address)[:200])


async def _searched(ground: Ground, answer: Answer, kind: str) -> PublicFile:
    search = ground.run.settings.search
    assert search is not None  # `wanted` said so
    leaks, trouble = await asyncio.to_thread(search, answer.body + "\n" + _inline_map(answer.body))
    return PublicFile(mask_address(answer.url), kind, answer.body_length, leaks, trouble)


def _named(answer: Answer, kind: str) -> list[tuple[str, str]] | None:
    """The files that one names, by absolute address; None for a page that cannot be read to its end."""
    found: list[tuple[str, str]] = []
    if kind == PAGE:
        page = _Scripts()
        try:
            page.feed(answer.body)
        except (AssertionError, ValueError):  # the parser gives up on some broken declarations
            return None
        found = [(each, SCRIPT) for each in page.scripts]
    elif kind in (SCRIPT, CHUNK):
        header = answer.first("sourcemap") or answer.first("x-sourcemap") or ""
        named = [header, *_MAP.findall(answer.body[-4096:])]
        found = [(each, MAP) for each in named if each and not each.startswith("data:")]
        found += [(each, CHUNK) for each in _parts(answer.body)]
    out = []
    for each, what in found:
        try:
            out.append((urljoin(answer.url, each.strip()), what))
        except ValueError:
            continue
    return out


def _parts(script: str) -> list[str]:
    """The addresses at which a script may load parts of itself, as it spells them: relative to itself or its root."""
    named = [*_IMPORTED.findall(script), *_QUOTED.findall(script)]
    for before, names, joint, hashes, after in _TABLES.findall(script):
        called = dict(_ENTRY.findall(names))
        named += [f"{before}{called.get(id, id)}{joint}{hash}{after}" for id, hash in _ENTRY.findall(hashes)]
    served = next(iter(_SERVED_FROM.findall(script)), "/")
    places: dict[str, None] = {}
    for each in named[:_MOST_PARTS]:
        if each.startswith((".", "/")) or "://" in each:
            places[each] = None
        elif "/" in each or served != "/":
            places[f"{served.rstrip('/')}/{each}"] = None  # assets/name.js, from where the whole is served
        else:
            places[each] = None
    return [each for each in places if each.partition("?")[0].endswith((".js", ".mjs"))]


def _inline_map(text: str) -> str:
    """The text of a source map that stands in the script itself."""
    named = _MAP.search(text, max(0, text.rfind("sourceMappingURL") - 10))
    head, comma, body = named[1].partition(",") if named else ("", "", "")
    if not comma or not head.startswith("data:"):
        return ""
    try:
        return base64.b64decode(body).decode("utf-8", "replace") if head.endswith(";base64") else unquote(body)
    except (binascii.Error, ValueError):
        return ""


class _Scripts(HTMLParser):
    """The scripts that a page loads or says it will load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in reversed(attrs)}
        relation = named.get("rel", "").lower().split()
        loaded = tag == "link" and ("modulepreload" in relation or named.get("as", "").lower() == "script")
        address = named.get("src", "") if tag == "script" else named.get("href", "") if loaded else ""
        if address.strip() and len(self.scripts) < 500:
            self.scripts.append(address)

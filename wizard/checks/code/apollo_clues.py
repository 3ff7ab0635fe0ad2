"""Finds clues in one file of how it talks to Apollo.io: lexical, in any language; no code is run.

Facts about Apollo's API are those of its published documentation: the authorization-code grant with
`app.apollo.io/#/oauth/authorize` and `/api/v1/oauth/token`, bearer tokens at `api.apollo.io`, and the older API key in
the header `X-Api-Key` or as `api_key`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Clue(StrEnum):
    """What a line shows."""

    HOST = "apollo-host"
    MCP = "apollo-mcp-host"
    AUTHORIZE_URL = "oauth-authorize-url"
    TOKEN_URL = "oauth-token-url"  # noqa: S105
    GRANT = "oauth-grant"
    CLIENT = "oauth-client"
    BEARER = "bearer-token"
    REFRESH = "refresh-token"
    STATE = "oauth-state"
    SCOPE = "oauth-scope"
    KEY_HEADER = "api-key-header"
    KEY_PARAMETER = "api-key-parameter"
    KEY_NAME = "api-key-name"
    KEY_MAYBE = "api-key-header-elsewhere"
    KEY_ASKED = "api-key-asked-for"
    PASSWORD_GRANT = "password-grant"  # noqa: S105
    IMPLICIT_GRANT = "implicit-grant"
    USER_PASSWORD = "user-password"  # noqa: S105
    FRONT_END_SECRET = "front-end-secret"  # noqa: S105
    OTHER_APOLLO = "another-apollo"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue at one line. `aside`: in a test, in documentation or in a comment, so it decides nothing."""

    file: str
    line: int
    what: Clue
    detail: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class FileClues:
    """The clues of one file, and what only the whole repository can settle.

    `calls`: it names an Apollo.io host that is called. `named`: the word Apollo stands in it. `constants`: names that
    it gives to the key's header; `words` are all its identifiers when it calls Apollo, to find such constants in use.
    `loose` are lines with the key's header and no host in the file.
    """

    evidence: tuple[Evidence, ...]
    calls: bool
    named: bool
    constants: tuple[str, ...]
    words: frozenset[str]
    loose: tuple[int, ...]


#: Without these a file is of no interest.
INTERESTING = re.compile(rb"apollo|x[-_]api[-_]key", re.I)

_HOST = re.compile(r"\b(api|app|mcp)\.apollo\.io(?![\w-]|\.[a-z])", re.I)
_PAGE = re.compile(r"app\.apollo\.io/(?!api|#/oauth|oauth|v1)[^\s\"'`<>)]", re.I)
_ANY_HOST = re.compile(r"https?://([a-z0-9][a-z0-9.-]*\.[a-z]{2,})", re.I)
_OTHER = re.compile(
    r"@apollo/|apollo-(?:server|client|link|cache|boost|gateway|angular|rover|federation)|apollographql|"
    r"\bApollo(?:Server|Provider|Gateway|Link)\b|APOLLO_GRAPH_REF|APOLLO_KEY\s*[=:]\s*[\"']?(?:service|user):|"
    r"apollo\.meta\b|ctrip|com\.ctrip|apollo\.bootstrap|ApolloAuto|apollo/cyber|apollo::|baidu",
    re.I,
)
_AUTHORIZE = re.compile(r"oauth2?/authorize|authorize_?ur[li]|authorization_?(?:base_)?(?:ur[li]|endpoint)", re.I)
_TOKEN = re.compile(r"oauth2?/token|access_?token_?ur[li]|token_?(?:ur[li]|endpoint)", re.I)
_GRANT = re.compile(r"authorization[_-]?code|grant_?type[\"'\]\s:=,>]{1,8}[\"']?refresh_token", re.I)
_REFRESH = re.compile(r"refresh_?token", re.I)
_STATE = re.compile(r"\bstate\b|[?&]state=|generate_?state|csrf", re.I)
_CLIENT = re.compile(r"apollo[\w.-]{0,20}?client_?(?:id|secret)|apollo[\w.-]{0,12}oauth|oauth[\w.-]{0,12}apollo", re.I)
_SECRET = re.compile(r"client_?secret", re.I)
_OAUTH_LIBRARY = re.compile(
    r"OAuth2Session|OAuth2Strategy|oauth2\.Config|OAuth2Client|GenericProvider|AbstractProvider|OmniAuth|simple-oauth2|"
    r"AuthorizationCode|auth_mode:\s*[\"']?OAUTH2|\bnango\b|passport-oauth2|authlib|requests_oauthlib",
    re.I,
)
_BEARER = re.compile(r"bearer\b[^,;:?]{0,80}", re.I)
_OUTBOUND = re.compile(r"\.(?:set|add|append|put)\(|(?:set|add)_?(?:Request)?Header|\]\s*=[^=]", re.I)
_KEY_WORD = re.compile(r"api_?-?key|apikey", re.I)
_TOKEN_WORD = re.compile(r"access_?token|oauth|refresh|auth\.token|(?<!api)(?<!api_)\btoken|Token\b", re.I)
_HEADER = re.compile(r"x[-_]api[-_]key", re.I)
_PARAMETER = re.compile(
    r"[?&]api_key=|[\"'\[(,{\s]api_key[\"'\]]?\s*(?:=>|[:=])|\bapiKey\s*:\s*|[\"']api_key[\"']\s*,|[{,]\s*api_?key\s*[,}]",
    re.I,
)
_NAME = re.compile(r"apollo[\w.-]{0,16}?api[_-]?key|api[_-]?key[_-]?(?:for[_-]?)?apollo", re.I)
_ASKED = re.compile(r"apollo(?:\.io)?(?:'s)?\s+api\s+key", re.I)
_INBOUND = re.compile(
    r"\b(?:req|request|ctx|context|event|headers?_in|self\.request|r)\b[\w.()]{0,60}\.?(?:headers?|get|META)\b|getHeader\(|"
    r"HTTP_X_API_KEY|Header\(alias",
    re.I,
)
#: `request.header("X-Api-Key", key)` sends one, and `request.header("X-Api-Key")` reads it.
_HEADER_CALL = re.compile(r"\bheader\(\s*[\"'`]x[-_]api[-_]key\Z", re.I)
_GIVEN = re.compile(r"[\"'`]\s*,\s*[^\s)]")
#: What follows a name that is taken out of what is read: `{ "x-api-key": key } = …`
_UNPACKED = re.compile(r"[\"'\]]?\s*:\s*\w+\s*(?:,[^}]*)?\}\s*=(?!=)")
_SCHEME = re.compile(r"type[\"']?\s*[:=]\s*[\"']?(?:apikey|httpHeaderAuth|httpQueryAuth)\b", re.I)
_PASSWORD_GRANT = re.compile(
    r"grant_?type[\"'\]\s:=,>]{1,8}[\"']?password\b|grant_type=password|PasswordCredentials", re.I
)
_IMPLICIT = re.compile(r"response_?type[\"'\]\s:=,>]{1,8}[\"']?token\b|response_type=token", re.I)
_LOGIN = re.compile(r"/(?:auth/login|users?/sign_in|sessions?|login|sign_in)\b", re.I)
_PASSWORD = re.compile(r"[\"'\s{(,.]password[\"']?\s*(?:=>|[:=,}])", re.I)
_MAIL = re.compile(r"\b(?:e?mail|user(?:name)?|login)\b", re.I)
_FRONT = re.compile(
    r"(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|GATSBY|EXPO_PUBLIC|PUBLIC|VUE_APP|NG_APP)_\w*APOLLO\w*(?:SECRET|KEY|TOKEN)",
    re.I,
)
#: Files that a browser gets, and the marks of those that it does not get after all.
_BROWSER = re.compile(
    r"\.(?:tsx|jsx|vue|svelte|html?)$|(?:^|/)(?:public|static|www|frontend|front-end|browser)/(?:.*/)?[^/]+\.[cm]?[jt]s$",
    re.I,
)
_SERVER = re.compile(r"[\"']use server[\"']|getServerSideProps|server-only|express\(\)|#!/usr/bin/env node")
_SCOPE = re.compile(
    r"\bscopes?[\"']?\s*(?:=>|[:=])\s*[\[(]?\s*[\"'`]([a-z_]+(?:(?:[\s,+]|%20|[\"'`]\s*,\s*[\"'`])+[a-z_]+)*)"
    r"|[?&]scope=([a-z_]+(?:(?:%20|%2C|[+,])[a-z_]+)*)",
    re.I,
)
_CONSTANT = re.compile(r"([A-Za-z_]\w{2,60})[\"'\]]?\s*(?::\s*\w+\s*=|:=|=>|=|:)\s*[\"'`]x[-_]api[-_]key[\"'`]", re.I)
_WORD = re.compile(r"[A-Za-z_]\w{2,60}")

_DOCUMENT = re.compile(
    r"\.(?:md|mdx|rst|adoc|txt|markdown)$|(?:^|/)(?:docs?|documentation|wiki)/|(?:^|/)(?:changelog|readme|license)",
    re.I,
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|fixtures?|testdata|mocks?|__mocks__|cassettes?)(?:/|$)|"
    r"(?:^|/)(?:test_[^/]*|conftest\.py|[^/]*[._-](?:tests?|specs?)\.[a-z]+)$",
    re.I,
)
#: How blocks of comments begin and end. `"*/*"`, `"image/*"` and `src/*` begin none.
_STARRED = (re.compile(r"(?<![\w*\"'`/.)\]}])/\*"), "*/")
_ANGLED = (re.compile("<!--"), "-->")
_TRIPLE = ((re.compile(r'\n(?: {4})?"""'), '"""'), (re.compile(r"\n(?: {4})?'''"), "'''"))
#: Endings of files by the mark of their comments; all others have two slashes. What is a mark in one language is code
#: in another: a JavaScript class has `#headers`, and a line of it may begin with a semicolon.
_MARKS = {
    "#": "py pyi rb rake sh bash zsh fish yml yaml toml env pl pm r jl ex exs tf hcl ps1 psm1 conf cfg ini properties "
    "mk cmake nix coffee cr nim tcl http rest graphql gql php txt dockerfile makefile gemfile rakefile procfile",
    ";": "ini cfg conf clj cljs edn lisp el scm asm s",
    "--": "sql lua hs elm adb ads vhd applescript",
    "%": "erl hrl tex m pro",
    "REM": "bat cmd",
}
_NO_SLASHES = frozenset(_MARKS["#"].split()) - {"php", "tf", "hcl"}
_AT_START = {"#": r"^\s*#.*$|\s#\s.*$", "--": r"^\s*--\s.*$", "REM": r"^\s*(?:REM\b|::).*$"}
_SLASHES = r"^\s*//.*$|(?<![:\"'/\w])//\s.*$"


def clues_in(text: str, file: str) -> FileClues:
    """The clues of one file; `file` is its path inside the repository."""
    aside = bool(_DOCUMENT.search(file) or _TEST.search(file))
    lines = _without_comments(text, file).split("\n")
    whole = "\n".join(lines)
    apollo = [n for n, line in enumerate(lines, 1) if _called(line)]
    hosts = [(n, found[1].lower()) for n, line in enumerate(lines, 1) for found in _ANY_HOST.finditer(line)]
    others = [n for n, host in hosts if not host.endswith("apollo.io")]
    other_apollo = _OTHER.search(whole)
    named = bool(re.search("apollo", whole, re.I)) and not (other_apollo and not apollo)
    evidence = list(_comment_hosts(text, lines, file))
    near = _Near(apollo, others, named)
    for number, line in enumerate(lines, 1):
        for what, detail in _clues_of_line(line, number, near, whole):
            evidence.append(Evidence(file, number, what, detail, aside))
    evidence += [Evidence(file, n, Clue.SCOPE, names, aside) for n, names in _scopes(whole) if near.apollos(n)]
    if _BROWSER.search(file) and not _SERVER.search(whole):
        secrets = (n for n, line in enumerate(lines, 1) if _SECRET.search(line) and apollo and near.apollos(n))
        evidence += [Evidence(file, n, Clue.FRONT_END_SECRET, "", aside) for n in secrets]
    if other_apollo and not apollo:
        evidence.append(Evidence(file, whole.count("\n", 0, other_apollo.start()) + 1, Clue.OTHER_APOLLO, "", True))
    loose = tuple(
        n
        for n, line in enumerate(lines, 1)
        if _HEADER.search(line) and not apollo and not named and not others and not _inbound(line)
    )
    return FileClues(
        evidence=tuple(evidence),
        calls=bool(apollo) and not aside,
        named=named,
        constants=() if aside else tuple(found[1] for found in _CONSTANT.finditer(whole)),
        words=frozenset(_WORD.findall(whole)) if (apollo or named) and not aside else frozenset(),
        loose=() if aside else loose,
    )


@dataclass(frozen=True, slots=True)
class _Near:
    """Which host a line most likely talks to: the nearest one in its file."""

    apollo: list[int]
    others: list[int]
    named: bool

    def apollos(self, line: int) -> bool:
        """True when no other host is nearer than one of Apollo's."""
        if not self.apollo:
            return self.named and not self.others
        return _distance(self.apollo, line) <= _distance(self.others, line)


def _distance(lines: list[int], line: int) -> float:
    """How far the nearest of some ascending lines is."""
    at = bisect_left(lines, line)
    return min((abs(line - n) for n in lines[max(0, at - 1) : at + 1]), default=inf)


def _called(line: str) -> bool:
    """True for a line with an address of Apollo's that a program calls; links to its pages are none."""
    return any(not _PAGE.match(line, found.start()) for found in _HOST.finditer(line))


def _clues_of_line(line: str, number: int, near: _Near, whole: str) -> Iterator[tuple[Clue, str]]:
    if _called(line):
        found = _HOST.search(line)
        yield (Clue.MCP if found and found[1].lower() == "mcp" else Clue.HOST), found[0].lower() if found else ""
    if _NAME.search(line):
        yield Clue.KEY_NAME, ""
    elif _ASKED.search(line):
        yield Clue.KEY_ASKED, ""
    if _FRONT.search(line):
        yield Clue.FRONT_END_SECRET, ""
    if _CLIENT.search(line):
        yield Clue.CLIENT, ""
    ours = near.apollos(number)
    if _HEADER.search(line) and not _inbound(line):
        if ours:  # an annotation of a parameter reads a header in some libraries and sends it in others
            yield (Clue.KEY_MAYBE if "@Header" in line else Clue.KEY_HEADER), ""
    elif ours and near.apollo and (_PARAMETER.search(line) or _SCHEME.search(line)) and not _inbound(line):
        yield Clue.KEY_PARAMETER, ""
    if not ours:
        return
    yield from _oauth_of_line(line, near, whole)


def _oauth_of_line(line: str, near: _Near, whole: str) -> Iterator[tuple[Clue, str]]:
    if _PASSWORD_GRANT.search(line):
        yield Clue.PASSWORD_GRANT, ""
    if _IMPLICIT.search(line):
        yield Clue.IMPLICIT_GRANT, ""
    if _LOGIN.search(line) and near.apollo and _PASSWORD.search(whole) and _MAIL.search(whole) and _called(line):
        yield Clue.USER_PASSWORD, ""
    if _AUTHORIZE.search(line):
        yield Clue.AUTHORIZE_URL, ""
    if _TOKEN.search(line):
        yield Clue.TOKEN_URL, ""
    if _GRANT.search(line):
        yield Clue.GRANT, ""
    if _OAUTH_LIBRARY.search(line):
        yield Clue.CLIENT, ""
    if _REFRESH.search(line):
        yield Clue.REFRESH, ""
    if _STATE.search(line):
        yield Clue.STATE, ""
    if _SECRET.search(line) and near.apollo:
        yield Clue.CLIENT, ""
    if found := _BEARER.search(line):
        if _KEY_WORD.search(found[0]):
            yield Clue.KEY_HEADER, ""
        elif _TOKEN_WORD.search(found[0][6:]) or _TOKEN_WORD.search(line[: found.start()]):
            yield Clue.BEARER, ""


def _scopes(text: str) -> Iterator[tuple[int, str]]:
    """The permissions that are asked for, a list over several lines too, with the line where it begins."""
    for found in _SCOPE.finditer(text):
        words = re.findall(r"[a-z_]{3,}", (found[1] or found[2]).replace("%20", " ").replace("%2C", " "))
        if names := " ".join(dict.fromkeys(word for word in words if "_" in word)):
            yield text.count("\n", 0, found.start()) + 1, names


def _inbound(line: str) -> bool:
    """True for a line that reads a header of a request to the partner's own service.

    `request.get(URL, headers={"X-Api-Key": …})` sends one: between what is read and its name there is no argument.
    """
    found = _HEADER.search(line) or _PARAMETER.search(line)
    if found is None:
        return bool(_INBOUND.search(line[:300])) and not _OUTBOUND.search(line[:300])
    before, after = line[max(0, found.start() - 200) : found.end()], line[found.end() : found.end() + 100]
    if _called(line) or _OUTBOUND.search(before + after) or (_HEADER_CALL.search(before) and _GIVEN.match(after)):
        return False
    name = len(before) - len(found[0])
    read = list(_INBOUND.finditer(before))
    if read:
        return not set("{,:") & set(before[read[-1].end() : name])
    return bool(_UNPACKED.match(after) and _INBOUND.search(after))


def _without_comments(text: str, file: str) -> str:
    """The text with comments blanked out; lines keep their numbers."""
    ending = file.rpartition("/")[2].rpartition(".")[2].lower()
    if ending in ("json", "ipynb", "har", "csv"):
        return text
    blocks = [*(_TRIPLE if ending in ("py", "pyi") else ()), *([] if ending in _NO_SLASHES else [_STARRED]), _ANGLED]
    for opening, closing in blocks:
        text = _without_blocks(text, opening, closing)
    ways = [] if ending in _NO_SLASHES else [_SLASHES]
    ways += [_AT_START.get(mark, rf"^\s*{mark}.*$") for mark, endings in _MARKS.items() if ending in endings.split()]
    comment = re.compile("|".join(ways) or r"(?!)", re.I)
    out = []
    for line in text.split("\n"):
        found = comment.search(line)
        out.append(line[: found.start()] if found else line)
    return "\n".join(out)


def _without_blocks(text: str, opening: re.Pattern[str], closing: str) -> str:
    """The text without what stands between two marks; one search forward, however often the first mark stands there."""
    parts, at = [], 0
    while found := opening.search(text, at):
        end = text.find(closing, found.end())
        if end < 0:
            break
        parts += [text[at : found.start()], "\n" * text.count("\n", found.start(), end)]
        at = end + len(closing)
    return "".join([*parts, text[at:]])


def _comment_hosts(text: str, lines: list[str], file: str) -> Iterator[Evidence]:
    """Hosts that stand in comments only: said, and of no weight."""
    for number, (raw, kept) in enumerate(zip(text.split("\n"), lines, strict=False), 1):
        if _called(raw) and not _called(kept):
            yield Evidence(file, number, Clue.HOST, "", aside=True)

"""Secrets in URLs: do redirects, links or forms put credentials where logs and Referer headers keep them?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.masking import mask_address, refresh_parts, value_of
from wizard.checks.pages import PageTrouble, trouble_of
from wizard.checks.seen import asked
from wizard.checks.unread import not_read
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: RFC 6750 2.3 and what programmers call them.
_NAMES = re.compile(
    r"^((x[_-])?api[_-]?key|apikey|key|token|auth|secret|jwt|sig|signature|credential|bearer|"
    r"(access|refresh|id|auth|user|bearer|private|oauth|api|session|(x-amz-)?security)[_-]?token|"
    r"(client|api|app|consumer)[_-]?secret|password|passwd|pwd|"
    r"session|session[_-]?id|sid|jsessionid|phpsessid|aspsessionid[a-z]*|asp\.net_sessionid)$",
    re.I,
)
#: Values of these are meant for one use on the way through a browser (RFC 6749 4.1): a note, not a fault.
_PASSING = re.compile(r"^(code|state|nonce|request_uri|code_challenge|login_hint)$", re.I)
#: Shorter values are no credentials (CHK-URL).
_SHORTEST = 16
#: A signed token (RFC 7519) or its mask.
_TOKEN_IN_PATH = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|\[masked [0-9]+ random\]")
_PASSWORD = re.compile(r"^(password|passwd|pwd)$", re.I)
_SHORTEST_PASSWORD = 4
#: An address of 64 KiB has no more of them than this.
_MOST_PARAMETERS = 40_000


@dataclass(frozen=True, slots=True)
class Found:
    """One parameter that carries a credential, or looks like one: where, its name, and the address masked."""

    place: str
    name: str
    address: str
    certain: bool


@dataclass(frozen=True, slots=True)
class UrlSecrets:
    """Everything found, each once."""

    found: tuple[Found, ...]
    looked_at: int
    operations: int = 0
    trouble: PageTrouble | None = None
    unread: tuple[str, ...] = ()


def read(facts: Facts) -> UrlSecrets:
    """The addresses in the answers of the host, and what its own documents want in addresses."""
    answers = facts.get(HttpsAnswers)
    found = [Found(operation, name, operation, True) for operation, name in facts.get(Declared).keys_in_urls]
    count = 0
    for seen in asked(answers):
        if any(tag.name == "password-form" for tag in seen.answer.tags):
            found.append(Found("form", "password", mask_address(seen.answer.url), True))
        for place, address in _addresses(seen.answer):
            count += 1
            found += in_address(place, address)
    declared = facts.get(Declared)
    unique = tuple(dict.fromkeys(found))[:20]
    return UrlSecrets(unique, count, declared.operations, trouble_of(answers), declared.unread)


def _addresses(answer: Answer) -> list[tuple[str, str]]:
    found = [("Location", value) for value in answer.fields("location")]
    found += [("Refresh", refresh_parts(value)[1]) for value in answer.fields("refresh")]
    found += [("Link", match) for value in answer.fields("link") for match in re.findall(r"<([^>]*)>", value)]
    found += [("Refresh", refresh_parts(t.content)[1]) for t in answer.tags if t.name == "refresh"]
    found += [("link", t.content) for t in answer.tags if t.name == "link"]
    return found


def in_address(place: str, address: str) -> list[Found]:
    """The parameters of one address that carry a credential or look like one, and tokens in its path. Never raises."""
    try:
        parts = urlsplit(address.strip())
        password = parts.password
    except ValueError:
        return []
    found = []
    if password:
        found.append(Found(place, "user:password@", mask_address(address)[:300], True))
    if any(_TOKEN_IN_PATH.search(segment.partition(";")[0]) for segment in parts.path.split("/")):
        found.append(Found(place, _("a token in the path"), mask_address(address)[:300], True))
    fragment = parts.fragment.partition("?")[2] or (parts.fragment if "=" in parts.fragment else "")
    # A session behind a semicolon of the path, as Java's servers write it.
    path = "&".join(segment.partition(";")[2].replace(";", "&") for segment in parts.path.split("/") if ";" in segment)
    for name, value in [*_pairs(parts.query), *_pairs(fragment), *_pairs(path)]:
        known = value_of(value)
        # Words like “?password=forgotten” stand in links; what a server or a log writes down was typed.
        shortest = _SHORTEST_PASSWORD if place != "link" and _PASSWORD.match(name) else _SHORTEST
        if _PASSING.match(name) or known.length < shortest:
            continue
        if _NAMES.match(name):
            found.append(Found(place, name[:60], mask_address(address)[:300], True))
        elif known.random and known.length >= 32:
            found.append(Found(place, name[:60], mask_address(address)[:300], False))
    return found


def _pairs(query: str) -> list[tuple[str, str]]:
    # Values are read as they stand, so that a mask, which knows only their length as written, says the same.
    pairs = [part.partition("=") for part in query.split("&", _MOST_PARAMETERS)]
    return [(unquote_plus(name), value) for name, equals, value in pairs if equals and value]


def judge(reading: UrlSecrets, context: JudgeContext) -> Judgement:
    """OWASP ASVS 14.2.1; RFC 9700 4.3; RFC 6750 2.3."""
    fix = _("Send credentials in a header or in the body of a POST, never in an address.")
    proof = "\n".join(f"{f.place}: {f.address}" for f in reading.found)
    certain = [f for f in reading.found if f.certain]
    if certain:
        said = _("A credential in an address: {name} ({place}).")
        return Judgement(Verdict.FAIL, said.format(place=certain[0].place, name=certain[0].name), proof, fix=fix)
    if reading.trouble:
        return Judgement(Verdict.UNKNOWN, reading.trouble.said, next_step=reading.trouble.next_step)
    if reading.unread:
        return not_read(reading.unread)
    if reading.found:
        said = _("Is {name} a credential? It is long and random ({place}).")
        first = reading.found[0]
        return Judgement(Verdict.WARN, said.format(place=first.place, name=first.name), proof, fix=fix)
    if not reading.looked_at and not reading.operations:
        said = _("No answer here holds an address with parameters, so nothing could be seen.")
        step = _("Give an API description, a browser recording or an access log, which show more.")
        return Judgement(Verdict.NOT_APPLICABLE, said, next_step=step)
    said = _("None in {n} addresses.").format(n=reading.looked_at)
    if reading.operations:
        said = _("None in {n} addresses and {m} listed operations.").format(n=reading.looked_at, m=reading.operations)
    return Judgement(Verdict.PASS, said)


CHECK = Check(
    id="url-secrets",
    title=lambda: _("Secrets in URLs"),
    level=Level.MUST,
    source="RFC 6750 2.3; RFC 9700 4.3; OWASP ASVS 5.0 14.2.1; Apollo Marketplace, Security Requirements, "
    "Data Protection",
    aliases=("SECR-01", "CHK-URL"),
    needs=(HttpsAnswers, Declared),
    read=read,
    judge=judge,
    version=4,
)

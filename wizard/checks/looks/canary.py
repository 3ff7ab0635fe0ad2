"""Sends a credential that nobody issued, with ids of its own, so that logs can be searched for both afterwards."""

from __future__ import annotations

import base64
import io
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Facts, Trouble, TroubleKind
from wizard.checks.looks import log_lines
from wizard.checks.looks.https_answers import Talks
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

MOST_PATHS = 4
PARAMETER = "attestry-probe"
#: A piece of the canary this long in a log is the canary, cut off or spelt otherwise.
_PIECE = 12
_MOST_HITS = 20
_LONGEST_LINE = 64 * 1024
MOST_TEXT = 256 * 1024 * 1024


def new_canary() -> str:
    """A credential that nobody issued: 38 letters and digits, which no log needs to spell in another way."""
    return "atcanary" + base64.b32encode(secrets.token_bytes(19)).decode().lower()[:30]


@dataclass(frozen=True, slots=True)
class Sent:
    """One request with the canary: its id, the path, and the status of the answer (0: there was none)."""

    probe: str
    path: str
    status: int


@dataclass(frozen=True)
class Canary(Fact):
    """Every request that carried the canary."""

    NAME = "canary"
    sent: tuple[Sent, ...]

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only when the person asked for it."""
        return host.subject in settings.canaries

    @classmethod
    async def look(cls, ground: Ground) -> Canary:
        """A few GETs: the start page and the first declared endpoints. The id stands in the address and in a field
        that logs keep; the canary in the fields that they must not keep.
        """
        settings, subject = ground.run.settings, ground.host.subject
        canary = settings.canaries[subject]
        listed = [e.path for e in settings.endpoints.get(subject, ()) if e.method == "GET"]
        paths = list(dict.fromkeys(("/", *listed)))[:MOST_PATHS]
        sent: list[Sent] = []
        trouble: Trouble | None = None
        async with Talks(ground) as talks:
            for path in paths:
                probe = "atprobe" + secrets.token_hex(8)
                fields = [
                    ("Authorization", f"Bearer {canary}"),
                    ("X-Api-Key", canary),
                    ("Cookie", f"session={canary}"),
                    ("X-Request-Id", probe),
                ]
                target = f"{path}{'&' if '?' in path else '?'}{PARAMETER}={probe}"
                try:
                    answer = await talks.ask(ground, target, headers=fields)
                except CouldNotLook as could_not:
                    trouble = trouble or could_not.trouble
                    continue
                sent.append(Sent(probe, path, answer.status))
        if not sent:
            raise CouldNotLook(trouble or Trouble(TroubleKind.NOT_GIVEN))
        return cls(tuple(sent))


async def send(host: Host, settings: LookSettings) -> Canary:
    """Send the canary of the settings to one host. Raises `CouldNotLook` when no request reached it."""
    from wizard.checks.looks.ground import Run, trouble_of

    run = Run(settings, [host])
    ground = run.ground(host)
    try:
        async with ground.limit(settings.limits.host):
            return await ground.once(Canary)
    except TimeoutError as error:
        raise CouldNotLook(trouble_of(error)) from error
    finally:
        await run.close()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something in a log that should not be there: the line, what it is, and its surroundings without the secret."""

    line: int
    kind: str
    shown: str


@dataclass(frozen=True)
class LogSample(Fact):
    """What a log holds of what was sent: ids that were sent and those that were found, the canary, other secrets."""

    NAME = "log-sample"
    lines: int
    sent: tuple[str, ...]
    found: tuple[str, ...]
    canary: tuple[Hit, ...] = ()
    secrets: tuple[Hit, ...] = ()
    #: where the found ids stand, the first and last time of the log, and (of whoever sent) the requests and when
    entries: tuple[log_lines.Found, ...] = ()
    span: tuple[datetime, datetime] | None = None
    requests: tuple[Sent, ...] = ()
    sent_at: datetime | None = None

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """A log is read when the person hands it in, never in a run."""
        return False

    @classmethod
    async def look(cls, ground: Ground) -> LogSample:
        """There is nothing to look at: logs are handed in."""
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))


#: Clocks of two computers, as the list of requirements gives it.
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Traces:
    """What was sent and when, which of it was found in what was handed in, and from when to when that reaches (None:
    it names no time).
    """

    sent: tuple[Sent, ...]
    at: datetime
    found: tuple[log_lines.Found, ...]
    span: tuple[datetime, datetime] | None


def traces(facts: Facts) -> Traces:
    """The requests beside what a log or an alert holds of them. Raises `CouldNotLook` when nothing was sent."""
    sample = facts.get(LogSample)
    if sample.sent_at is None or not sample.requests:
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))
    return Traces(sample.requests, sample.sent_at, sample.entries, sample.span)


class UnreadableLog(Mistake):
    """A log that cannot be read."""


def log_text(data: bytes) -> str:
    """The words of a log: UTF-8 or UTF-16, plain or gzip, at most 256 MiB of them. Raises `UnreadableLog`."""
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _unpacked(data: bytes) -> bytes:
    """All parts of a gzip file: what appends to a log compresses part after part (RFC 1952 2.2)."""
    import zlib
    from gzip import BadGzipFile, GzipFile

    try:
        whole = GzipFile(fileobj=io.BytesIO(data)).read(MOST_TEXT + 1)
    except EOFError as error:
        raise UnreadableLog(_("This compressed log ends in the middle, so nothing was read from it.")) from error
    except (BadGzipFile, zlib.error) as error:
        raise UnreadableLog(_("This compressed log is damaged, so nothing was read from it.")) from error
    if len(whole) > MOST_TEXT:
        raise UnreadableLog(
            _("This log is longer than 256 MiB, so it was not read. Hand in the minutes around the sending.")
        )
    return whole


def read_log(text: str, canaries: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, LogSample]:
    """By host: what a log holds of its canary and of the ids of its requests, and the secrets in it.

    `canaries` gives for each host the canary and the ids. Takes time in proportion to the length of the log.
    """
    lower = text.lower()
    hidden, span = _secrets(text), log_lines.span(text)
    return {
        host: LogSample(
            text.count("\n") + 1,
            tuple(probes),
            tuple(probe for probe in probes if probe in lower),
            tuple(_places(text, lower, canary)),
            hidden,
            tuple(entry for probe in probes if (entry := log_lines.find(lower, probe)) is not None),
            span,
        )
        for host, (canary, probes) in canaries.items()
    }


def _places(text: str, lower: str, canary: str) -> list[Hit]:
    """The canary as it was sent, cut off, in hexadecimal or in base64."""
    wanted = {"canary": [canary[at : at + _PIECE] for at in range(8, len(canary) - _PIECE + 1)]}
    wanted["canary-hexadecimal"] = [canary.encode().hex()[20:-2]]
    spelt = [base64.b64encode(b"x" * shift + canary.encode()).decode().rstrip("=")[4:-3] for shift in range(3)]
    hits: list[Hit] = []
    seen: set[int] = set()
    for kind, pieces in (*wanted.items(), ("canary-base64", spelt)):
        for piece in pieces:
            within, at = (text, -1) if kind == "canary-base64" else (lower, -1)
            while len(hits) < _MOST_HITS and (at := within.find(piece, at + 1)) >= 0:
                line = text.count("\n", 0, at) + 1
                if line not in seen:
                    seen.add(line)
                    hits.append(Hit(line, kind, _around(text, at)))
                at = within.find("\n", at)
                if at < 0:
                    break
    return sorted(hits, key=lambda hit: hit.line)


def _around(text: str, at: int) -> str:
    """What stands before the place in its line: the name of the field that was logged."""
    start = max(text.rfind("\n", 0, at) + 1, at - 40)
    return re.sub(r"[^\x20-\x7e]", "·", re.sub(r"[A-Za-z0-9+/_-]{12,}", "…", text[start:at]))


_VALUE = r"""["']?\s*[:=]\s*["']?(?:Bearer\s+)?"""
_PATTERNS = (
    ("jwt", re.compile(r"\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,4000}\.([A-Za-z0-9_-]{4,2000})")),
    ("bearer", re.compile(r"\b(?:Bearer|Basic)\s{1,4}([A-Za-z0-9+/=_.~-]{16,4000})", re.I)),
    ("key", re.compile(r"\b(?:x-api-key|api[_-]?key|x-auth-token)" + _VALUE + r"([^\s\"',;&}\]]{12,2000})", re.I)),
    (
        "token",
        re.compile(
            r"\b(?:access_token|refresh_token|id_token|client_secret)" + _VALUE + r"([^\s\"',;&}\]]{12,2000})", re.I
        ),
    ),
    (
        "password",
        re.compile(
            r"\b(?:password|passwd|pwd)[\"']?\s*(?:=|[\"']:|:\s*[\"'])\s*[\"']?([^\s\"',;&}\]]{4,200})", re.I
        ),
    ),
)  # fmt: skip
#: What stands where a secret was taken out: the same sign again and again, or words in brackets.
_TAKEN_OUT = re.compile(r"(.)\1{2,}|.{0,4}(.)\2{3,}.{0,4}|[\[<({%].*|.*(?:\*{3}|\.{3}|…).*", re.S)
_TAKEN_OUT_WORDS = frozenset(
    {"redacted", "filtered", "masked", "hidden", "removed", "null", "none", "true", "false", "undefined", "secret"}
)


def _secrets(text: str) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    for number, line in enumerate(text.split("\n"), 1):
        for start in range(0, len(line), _LONGEST_LINE):
            piece = line[start : start + _LONGEST_LINE + 4096]
            for kind, pattern in _PATTERNS:
                found = next((m for m in pattern.finditer(piece) if _is_secret(kind, m[1])), None)
                if found is not None:
                    hits.append(Hit(number, kind, _around(piece, found.start())))
                    break
        if len(hits) >= _MOST_HITS:
            break
    return tuple(hits[:_MOST_HITS])


def _is_secret(kind: str, value: str) -> bool:
    if _TAKEN_OUT.fullmatch(value) or value.strip("[]<>(){}*").lower() in _TAKEN_OUT_WORDS:
        return False
    if kind in ("jwt", "password"):
        return True
    return bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))

"""Reads from a line of a log when it was written and whether it says that a request was refused. Never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

#: Around a place, and at both ends of a log, this much is read (characters).
_MOST_LINE = 16 * 1024
_MOST_END = 256 * 1024
_MOST_STAMPS = 8
#: One request may stand on several lines: the proxy's, the app's.
_MOST_LINES = 20

_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE = r"\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-][0-9]{2}:?[0-9]{2}\b)?"
_CLOCK = r"(?P<h>[0-9]{2}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2})(?:[.,][0-9]{1,9})?"
_STAMP = re.compile(
    r"\b(?:(?P<d>[0-9]{2})/(?P<mon>[A-Za-z]{3})/(?P<y>[0-9]{4}):"
    r"|(?P<y2>[0-9]{4})[-/](?P<mon2>[0-9]{2})[-/](?P<d2>[0-9]{2})[T\s])" + _CLOCK + _ZONE,
    re.I,
)
#: Seconds or milliseconds since 1970, under a name that says so.
_EPOCH = re.compile(
    r"""\b(?:ts|time|timestamp|start_time|msec)["']?\s{0,4}[:=]\s{0,4}["']?([0-9]{10})(?:[0-9]{3})?\b""", re.I
)
#: The status as servers write it: after the request line, or under its name.
_STATUS = re.compile(
    r"""HTTP/[0-9.]{1,4}"?\s{1,4}([0-9]{3})\b|\b(?:status|status_?code|response_?code|code)["']?\s{0,4}[:=]\s{0,4}"""
    r"""["']?([0-9]{3})\b""",
    re.I,
)
_REFUSED = re.compile(
    r"\b(?:401|403|denied|refused|rejected|forbidden|unauthori[sz]ed|unauthenticated|not allowed)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time in a log, in UTC. Without a zone of its own it was taken for UTC."""

    at: datetime
    zoned: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One request in a log: the times on its lines, and whether one of them says that it was refused."""

    probe: str
    stamps: tuple[Stamp, ...]
    refused: bool


def stamps(text: str) -> Iterator[Stamp]:
    """Every time that a text names."""
    for found in _STAMP.finditer(text):
        part = found.groupdict()
        try:
            month = int(part["mon2"]) if part["mon2"] else _MONTHS.index(part["mon"].lower())
            day = (int(part["y"] or part["y2"]), month, int(part["d"] or part["d2"]))
            at = datetime(*day, int(part["h"]), int(part["m"]), int(part["s"]), tzinfo=_zone(part["zone"]))
            yield Stamp(at.astimezone(UTC), bool(part["zone"]))
        except (ValueError, OverflowError):
            continue
    for found in _EPOCH.finditer(text):
        yield Stamp(datetime.fromtimestamp(int(found[1]), UTC), zoned=True)


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def says_refused(line: str) -> bool:
    """True for a line with the status 401 or 403; where it names no status, for one with a word that says so."""
    statuses = [found[1] or found[2] for found in _STATUS.finditer(line)]
    return any(s in ("401", "403") for s in statuses) if statuses else bool(_REFUSED.search(line))


def find(lower: str, probe: str) -> Found | None:
    """The lines that hold an id; None when there is none. `lower` is the log in small letters."""
    at = lower.find(probe)
    if at < 0:
        return None
    times: list[Stamp] = []
    refused, n = False, 0
    while at >= 0 and n < _MOST_LINES:
        start = max(lower.rfind("\n", max(0, at - _MOST_LINE), at) + 1, at - _MOST_LINE, 0)
        end = lower.find("\n", at, at + _MOST_LINE)
        end = end if end >= 0 else min(len(lower), at + _MOST_LINE)
        line = lower[start:end].replace(probe, "")
        times += [stamp for stamp in stamps(line) if stamp not in times][:_MOST_STAMPS]
        refused = refused or says_refused(line)
        at, n = lower.find(probe, end), n + 1
    return Found(probe, tuple(times[:_MOST_STAMPS]), refused)


def span(text: str) -> tuple[datetime, datetime] | None:
    """The first and the last time that the two ends of a log name; None where they name none."""
    times = [stamp.at for end in (text[:_MOST_END], text[-_MOST_END:]) for stamp in stamps(end)]
    return (min(times), max(times)) if times else None

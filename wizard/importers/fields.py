"""Takes fields out of a parsed report by type: what is missing is empty, what has the wrong type is refused."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Any

from wizard.domain.language import _
from wizard.formats import purl
from wizard.importers.base import Package, UnreadableReport

Object = dict[str, Any]

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]*)?/?>")
_BLANKS = re.compile(r"\s+")
_CWE = re.compile(r"(?i)(?:CWE[-_: ]?|/definitions/)(\d{1,6})\b")
_NAME = re.compile(
    r"(?i)\b(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|(?:PYSEC|RUSTSEC|GO|OSV)-\d{4}-\d{1,9})\b"
)
_JAVA_DATE = re.compile(
    r"[A-Za-z]{3} ([A-Za-z]{3} \d{1,2} \d\d:\d\d:\d\d) (?:([A-Z]{1,5})(?:([+-]\d\d):?(\d\d))? )?(\d{4})"
)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def wrong(field: str, value: object, expected: str) -> UnreadableReport:
    """The mistake of a field that holds something else than it should."""
    kinds = {
        dict: _("an object"),
        list: _("a list"),
        str: _("text"),
        bool: _("true or false"),
        type(None): _("nothing"),
    }
    return UnreadableReport(
        _(
            "The field {field} of this report holds {found} where {expected} was expected. The file was changed, or is "
            "of a version that is not known here; nothing was imported."
        ).format(field=repr(field[:60]), found=kinds.get(type(value), _("a number")), expected=expected)
    )


def get(value: object, *path: str) -> Any:
    """What stands at `path`, or None. A step through something that is no object is refused."""
    if type(value) is dict and len(path) == 1:  # most are so, and a large report asks a million times
        return value.get(path[0])
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return None
        else:
            raise wrong(step, value, _("an object"))
    return value


def text(value: object, *path: str) -> str:
    """Text, "" if missing."""
    found = value.get(path[0]) if type(value) is dict and len(path) == 1 else get(value, *path)
    if type(found) is str:
        return found.strip()
    if found is None:
        return ""
    raise wrong(path[-1] if path else "", found, _("text"))


def label(value: object, *path: str) -> str:
    """Text, or a number as text, "" if missing: for ids that tools write either way."""
    found = value.get(path[0]) if type(value) is dict and len(path) == 1 else get(value, *path)
    if type(found) is str:
        return found.strip()
    if found is None:
        return ""
    if type(found) is int or type(found) is float:
        return str(found)
    raise wrong(path[-1] if path else "", found, _("text"))


def number(value: object, *path: str) -> float | None:
    """A number, also one written as text; None if missing or empty."""
    found = get(value, *path)
    if found is None or found == "":
        return None
    if type(found) is int:
        return float(found)
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            raise wrong(path[-1] if path else "", found, _("a number")) from None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise wrong(path[-1] if path else "", found, _("a number"))
    return float(found)


def whole(value: object, *path: str) -> int:
    """A whole number, 0 if missing."""
    found = number(value, *path)
    return 0 if found is None else int(found)


def count(value: object, *path: str) -> int | None:
    """A whole number, None if missing."""
    found = number(value, *path)
    return None if found is None else int(found)


def flag(value: object, *path: str) -> bool | None:
    """True, false, or None if missing."""
    found = get(value, *path)
    if found is not None and not isinstance(found, bool):
        raise wrong(path[-1] if path else "", found, _("true or false"))
    return found


def table(value: object, *path: str) -> Object:
    """An object, empty if missing."""
    found = get(value, *path)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise wrong(path[-1] if path else "", found, _("an object"))
    return found


def items(value: object, *path: str) -> list[Any]:
    """A list, empty if missing."""
    found = get(value, *path)
    if found is None:
        return []
    if not isinstance(found, list):
        raise wrong(path[-1] if path else "", found, _("a list"))
    return found


def objects(value: object, *path: str) -> list[Object]:
    """A list of objects, empty if missing."""
    found = items(value, *path)
    for item in found:
        if not isinstance(item, dict):
            raise wrong(path[-1] if path else "", item, _("an object"))
    return found


def texts(value: object, *path: str) -> tuple[str, ...]:
    """A list of texts, or one text; empty if missing."""
    found = get(value, *path)
    if isinstance(found, str):
        return (found.strip(),) if found.strip() else ()
    out = items(value, *path)
    for item in out:
        if not isinstance(item, str | int | float):
            raise wrong(path[-1] if path else "", item, _("text"))
    return tuple(str(item).strip() for item in out)


def needed(value: object, *path: str) -> list[Any]:
    """A list that must be there: without it, nobody can say that there are no findings."""
    if get(value, *path) is None:
        raise UnreadableReport(
            _("This report lacks its list {field}, so it cannot be told whether there are findings.").format(
                field=repr(path[-1])
            )
        )
    return items(value, *path)


def plain(marked_up: str) -> str:
    """Text without HTML tags and with its characters resolved, blanks run together."""
    if "<" in marked_up:
        marked_up = _TAG.sub(" ", marked_up)
    if "&" in marked_up:
        marked_up = html.unescape(marked_up)
    return _BLANKS.sub(" ", marked_up).strip()


def cwes(*texts: object) -> tuple[int, ...]:
    """The numbers of the weaknesses (CWE) that stand in texts, in order, each once. Bare numbers count too."""
    found: list[int] = []
    for item in texts:
        if isinstance(item, int) and not isinstance(item, bool):
            found.append(item)
        elif isinstance(item, str):
            found += [int(item)] if item.isdecimal() and len(item) < 7 else [int(n) for n in _CWE.findall(item)]
    return tuple(dict.fromkeys(number for number in found if 0 < number < 1_000_000))


@lru_cache(maxsize=4096)
def names(own: str, *texts: str) -> tuple[str, ...]:
    """The other names (CVE, GHSA, …) that stand in texts, without `own`, each once."""
    found = (name for item in texts for name in _NAME.findall(item))
    tidy = (name if name.upper().startswith("GHSA") else name.upper() for name in found)
    return tuple(name for name in dict.fromkeys(tidy) if name.lower() != own.lower())


#: The names of ecosystems in other lists, as package URL types.
_ECOSYSTEMS = {
    "go": "golang",
    "gomod": "golang",
    "go-module": "golang",
    "go modules": "golang",
    "rubygems": "gem",
    "bundler": "gem",
    "ruby": "gem",
    "crates.io": "cargo",
    "rust": "cargo",
    "rust-crate": "cargo",
    "packagist": "composer",
    "php-composer": "composer",
    "pip": "pypi",
    "python": "pypi",
    "python-pkg": "pypi",
    "pipenv": "pypi",
    "poetry": "pypi",
    "javascript": "npm",
    "node-pkg": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "java-archive": "maven",
    "jar": "maven",
    "pom": "maven",
    "gradle": "maven",
    "gobinary": "golang",
    "actions": "githubactions",
    "github actions": "githubactions",
}


def ecosystem(name: str) -> str:
    """The package URL type of an ecosystem, however a tool calls it."""
    lower = name.strip().lower()
    return _ECOSYSTEMS.get(lower, lower)


def package(ecosystem_name: str, name: str, version: str = "", url: str = "") -> Package | None:
    """The package that a purl names, else the one named apart; None without a name."""
    found = purl.parse(url) if url else None
    if found:
        return Package(found.type, found.name, version or found.version)
    return Package(ecosystem(ecosystem_name), name, version) if name else None


def first(values: Iterable[str]) -> str:
    """The first that is not empty, or ""."""
    return next((value for value in values if value), "")


#: Zones that Java writes by letters; all others are read as UTC.
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}


def moment(written: str) -> datetime | None:
    """A time as tools write it: ISO 8601, RFC 5322 or Java's way, or seconds since 1970; UTC without a zone.

    None for what is no time.
    """
    written = written.strip()[:80]
    try:
        if written.isdecimal() and 9 <= len(written) <= 13:
            return datetime.fromtimestamp(int(written) / (1000 if len(written) > 11 else 1), UTC)
        if java := _JAVA_DATE.fullmatch(written):
            when, letters, hours, minutes, year = java.groups()
            offset = int(f"{hours[0]}{minutes}") if hours else 0
            zone = timezone(timedelta(hours=int(hours or _ZONES.get(letters or "", 0)), minutes=offset))
            return datetime.strptime(f"{when} {year}", "%b %d %H:%M:%S %Y").replace(tzinfo=zone).astimezone(UTC)
        if len(written) >= 8 and written[:4].isdecimal():
            found = datetime.fromisoformat(_FRACTION.sub(r"\1", written.replace(" UTC", "+00:00").replace("/", "-")))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        if parts := parsedate_tz(written):
            return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0))).astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return None


def day(written: str) -> date | None:
    """The day of a time as tools write it, or None."""
    found = moment(written)
    return found.date() if found else None

"""Dates, counts and sentences as the signed document writes them.

The document speaks the language that its data name, not that of the window in which it happens to be made or checked:
otherwise a German window would rebuild other bytes from the same data. Layout 1 knows English.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from wizard.document.direction import has_right_to_left

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _(message: str) -> str:
    """`message` in the document's language."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """The singular or plural for `n` things, in the document's language."""
    return one if n == 1 else many


def day(value: date | datetime) -> str:
    """23 Nov 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def with_release(integration: str, release: str) -> str:
    """What is attested. A name that is read from the right stands last: else the number would be read into it."""
    if has_right_to_left(integration):
        return _("release {release}, {integration}").format(integration=integration, release=release)
    return _("{integration}, release {release}").format(integration=integration, release=release)


def short_day(value: date | datetime) -> str:
    """23 Nov."""
    return day(value).rsplit(" ", 1)[0]


def clock(value: datetime) -> str:
    """09:12, in UTC."""
    return f"{value.astimezone(UTC):%H:%M}"


def moment(value: datetime) -> str:
    """23 Nov 2026, 09:12 UTC."""
    return f"{day(value)}, {clock(value)} UTC"


def month(value: date) -> str:
    """Nov 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def size(count: int) -> str:
    """184,206 bytes."""
    return ngettext("{n} byte", "{n} bytes", count).format(n=f"{count:,}")


def eights(digest: str) -> str:
    """A digest in groups of eight."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def short_digest(digest: str) -> str:
    """The first and the last eight digits: cff5cad3…622ca352."""
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 17 else digest


def listed(names: list[str] | tuple[str, ...]) -> str:
    """A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return _("{most} and {last}").format(most=", ".join(names[:-1]), last=names[-1])


def one_line(text: str) -> str:
    """One line that is not empty, for forms that allow nothing else."""
    return " ".join(text.split()) or "–"


def not_empty(text: str) -> str:
    """The text, or a dash for forms that want one."""
    return text if text.strip() else "–"


def timestamp(value: date | datetime) -> str:
    """A moment with its zone (RFC 3339); a day is its first second, UTC."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""Reminders before an attestation ends, as a calendar file (RFC 5545) that every calendar program reads."""

from __future__ import annotations

from datetime import UTC, date, timedelta

from wizard.document.canonical import canonical, digest
from wizard.domain.attestation import Attestation
from wizard.domain.language import _, ngettext

#: So many days before the last day of validity, and on that day itself.
DAYS_BEFORE = (90, 60, 30, 0)
#: RFC 5545, 3.1: a line holds at most 75 octets, its end not counted.
_LONGEST = 75


def reminders(attestation: Attestation) -> bytes:
    """One all-day entry a reminder, each with an alarm at nine; days before the day of signing are left out.

    The same attestation always makes the same file, so that a second import changes nothing.
    """
    name = digest(canonical(attestation))[:32]
    stamp = f"{attestation.signed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Attestry//Attestry//EN", "CALSCALE:GREGORIAN"]
    for days in DAYS_BEFORE:
        day = attestation.valid_until - timedelta(days=days)
        if day > attestation.signed_at.date():
            lines += _entry(attestation, f"{name}-{days}", stamp, day, days)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _entry(a: Attestation, uid: str, stamp: str, day: date, days: int) -> list[str]:
    what = a.integration or a.organisation
    if days:
        left = ngettext("{n} day left", "{n} days left", days).format(n=days)
        title = _("Attestation of {what}: {left}").format(what=what, left=left)
    else:
        title = _("Attestation of {what} ends today").format(what=what)
    about = _(
        "The attestation of {organisation} for {what}, release {release}, signed on {signed} by {name}, "
        "counts until {end}. Start the next one in Attestry."
    ).format(
        organisation=a.organisation,
        what=what,
        release=a.release or "–",
        signed=a.signed_at.date().isoformat(),
        name=a.signatory.name,
        end=a.valid_until.isoformat(),
    )
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@attestry.invalid",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        "TRANSP:TRANSPARENT",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(about)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(title)}",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): what has a meaning of its own is escaped, control characters are spaces."""
    plain = "".join(c if c.isprintable() else " " for c in value)
    for one in "\\;,":
        plain = plain.replace(one, f"\\{one}")
    return plain


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, no letter cut in two (RFC 5545, 3.1)."""
    out, piece = bytearray(), b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _LONGEST:
            out += piece + b"\r\n"
            piece = b" "
        piece += octets
    return bytes(out + piece + b"\r\n")

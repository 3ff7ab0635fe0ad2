"""The ledger as a file for others: CSV, a spreadsheet, or a calendar of due dates; no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.vulnerability import LedgerState, Vulnerability
from wizard.session.reports import rating_word

Writer = Callable[[Sequence[Vulnerability], date, datetime], bytes]
#: What a spreadsheet program takes for the beginning of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class UnknownFormat(Mistake):
    """A file name that ends in none of the kinds that the ledger is written as."""


class NotWritten(Mistake):
    """The file could not be written where the person said."""


def writer_for(destination: Path) -> Writer:
    """What writes this kind of file, by how its name ends. Raises `UnknownFormat`."""
    writer = {".csv": as_csv, ".xlsx": as_xlsx, ".ics": as_calendar}.get(destination.suffix.lower())
    if writer is None:
        raise UnknownFormat(
            _(
                "The ledger is written as .csv, .xlsx or .ics; {name} ends in none of these. Nothing was written."
            ).format(name=destination.name)
        )
    return writer


def put(destination: Path, data: bytes) -> None:
    """Write the file whole or not at all. Raises `NotWritten`."""
    partly = destination.with_name(f".{destination.name}.part")
    try:
        partly.write_bytes(data)
        partly.replace(destination)
    except OSError as error:
        partly.unlink(missing_ok=True)
        raise NotWritten(
            _("{path} could not be written: {reason}. Choose another place.").format(
                path=destination, reason=error.strerror or type(error).__name__
            )
        ) from None


def state_word(state: LedgerState) -> str:
    """What a weakness is, in words."""
    return {
        LedgerState.OPEN: _("open"),
        LedgerState.ACCEPTED: _("accepted"),
        LedgerState.SET_ASIDE: _("set aside in the tool"),
        LedgerState.FIXED: _("fixed"),
        LedgerState.NOT_AFFECTED: _("not affected"),
        LedgerState.FALSE_POSITIVE: _("false alarm"),
    }[state]


def heads() -> tuple[str, ...]:
    """The columns."""
    return (
        _("Id"),
        _("Weakness"),
        _("Severity"),
        _("Score"),
        _("CVSS version"),
        _("Vector"),
        _("Also called"),
        _("CWE"),
        _("Where"),
        _("Found by"),
        _("Reported on"),
        _("Triaged on"),
        _("Due"),
        _("Days over the limit"),
        _("State"),
        _("Fixed on"),
        _("In release"),
        _("Because"),
        _("Owner"),
        _("What protects meanwhile"),
        _("Accepted until"),
    )


def cells(row: Vulnerability, today: date) -> tuple[str | float | date | None, ...]:
    """One row, in the order of the heads."""
    disposal = row.disposal
    return (
        row.id,
        row.title,
        rating_word(row.rating),
        row.score,
        row.version,
        row.vector,
        ", ".join(row.aliases),
        ", ".join(f"CWE-{cwe}" for cwe in row.cwe),
        row.place,
        row.source,
        row.reported,
        row.triaged,
        row.due,
        row.over(today),
        state_word(row.state),
        row.fixed,
        disposal.release if disposal else "",
        disposal.because if disposal else "",
        disposal.owner if disposal else "",
        disposal.control if disposal else "",
        disposal.until if disposal else None,
    )


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def as_csv(rows: Sequence[Vulnerability], today: date, now: datetime) -> bytes:
    """RFC 4180 in UTF-8 with a mark at its beginning, as spreadsheets expect it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(heads())
    for row in rows:
        writer.writerow([harmless(each) if isinstance(each, str) else _plain(each) for each in cells(row, today)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _plain(value: float | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else f"{value:g}"


def as_xlsx(rows: Sequence[Vulnerability], today: date, now: datetime) -> bytes:
    """A spreadsheet: text is written as text, so that no cell is a formula or a link."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": now.replace(tzinfo=None)})
        sheet = book.add_worksheet(_("Vulnerabilities")[:31])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for column, head in enumerate(heads()):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(cells(row, today)):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif isinstance(value, str):
                    sheet.write_string(number, column, harmless(value)[:32_000])
                elif value is not None:
                    sheet.write_number(number, column, value)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(rows), len(heads()) - 1)
        sheet.set_column(1, 1, 48)
    return out.getvalue()


def as_calendar(rows: Sequence[Vulnerability], today: date, now: datetime) -> bytes:
    """RFC 5545: one day-long entry for each open weakness on its last day in time, with a reminder a week before."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Attestry//Vulnerabilities//EN", "CALSCALE:GREGORIAN"]
    for row in rows:
        due = row.due
        if due is None or not row.is_open:
            continue
        said = _("{id} is due: {title} ({severity})").format(
            id=row.id, title=row.title, severity=rating_word(row.rating)
        )
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(row)}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(said)}",
            f"DESCRIPTION:{_escaped(' · '.join(filter(None, (row.place, row.source, row.vector))))}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-P7D",
            f"DESCRIPTION:{_escaped(said)}",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("utf-8", "replace")


def _uid(row: Vulnerability) -> str:
    import hashlib

    return hashlib.sha256(row.key.encode("utf-8", "replace")).hexdigest()[:32] + "@attestry"


def _escaped(text: str) -> str:
    """Text of a property (RFC 5545 3.3.11), without control characters."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(c for c in text if c.isprintable())


def _folded(line: str) -> str:
    """At most 75 bytes a line, never within a character (RFC 5545 3.1)."""
    out, length = [], 0
    for character in line:
        size = len(character.encode("utf-8", "replace"))
        if length + size > 74:
            out.append("\r\n ")
            length = 1
        out.append(character)
        length += size
    return "".join(out)

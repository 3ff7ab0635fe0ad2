"""`attestry read`: what other tools' reports say, read in a limited child and without a workspace."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from wizard.cli.output import Exit, Output, worst
from wizard.domain import codec
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json
from wizard.formats import xml
from wizard.importers.base import Entry, LeftOut, Report
from wizard.jobs import worker_process

#: A damaged file is refused within five seconds; a large one may take longer to be read.
_SECONDS, _SECONDS_A_MEGABYTE = 3.5, 0.5
#: On a busy machine the same work may take so many times as long.
_WAITING = 5
_MEMORY = 2 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Read:
    """What one file says; `findings` is None where it could not be read, which is never zero findings."""

    file: str
    tool: str
    tool_version: str
    scanned_at: datetime | None
    target: tuple[str, ...]
    findings: int | None
    unit: str
    by_severity: Mapping[str, int]
    stated: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class ReadInFull(Read):
    """The same with every entry of the file, and what a person should know about it."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    active: bool | None
    authenticated: bool | None
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the child counted of the open entries."""

    findings: int
    by_severity: Mapping[str, int]


class UnreadableFile(Mistake):
    """A file that cannot be opened."""


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """One result a file; 2 when one of them could not be read."""
    codes = []
    for file in asked.file:
        try:
            counts, report = read(file, asked.full)
        except Mistake as mistake:
            codes.append(Exit.BAD_INPUT)
            nothing = Read(str(file), "", "", None, (), None, "", {}, {}, (), mistake.sentence)
            output.result(nothing, f"{file}: {mistake.sentence}")
            continue
        codes.append(Exit.FINE)
        result = _result(str(file), counts, report)
        output.result(_in_full(result, report) if asked.full else result, *_lines(result, report, asked.full))
        if asked.json:
            for note in report.notes:
                output.say(f"{file}: {note}")
    return worst(codes)


def read(file: Path, entries: bool) -> tuple[_Counts, Report]:
    """The counts and the report of `file`, with its entries if wanted. Raises a `Mistake` with the sentence to show."""
    try:
        if not file.is_file():
            raise UnreadableFile(_("There is no file of this name."))
        size = file.stat().st_size
        if size > xml.MAX_BYTES:
            raise UnreadableFile(
                _("This file is larger than {n} MB, the most that is read. Export the report in parts.").format(
                    n=xml.MAX_BYTES // 1024 // 1024
                )
            )
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or _("its name is not possible here")
        raise UnreadableFile(_("This file cannot be opened: {reason}.").format(reason=reason)) from None
    seconds = _SECONDS + _SECONDS_A_MEGABYTE * size / 1_000_000
    limits = worker_process.Limits(seconds=_WAITING * seconds, memory=_MEMORY, cpu=seconds)
    asked: dict[str, Json] = {"entries": entries, "end": data[-xml.END :].decode("latin-1")}
    answer = asyncio.run(worker_process.ask("read_report", asked, data, limits))
    try:
        return codec.from_json(_Counts, answer.said), codec.from_json(Report, json.loads(answer.data))
    except ValueError:
        raise worker_process.WorkerFailed(
            _("This could not be read: the reader's answer is damaged. Nothing was changed.")
        ) from None


def _result(file: str, counts: _Counts, report: Report) -> Read:
    return Read(
        file=file,
        tool=report.tool,
        tool_version=report.tool_version,
        scanned_at=report.scanned_at,
        target=report.target,
        findings=counts.findings,
        unit=report.unit,
        by_severity=counts.by_severity,
        stated=report.stated,
        left_out=report.left_out,
        error=None,
    )


def _in_full(result: Read, report: Report) -> ReadInFull:
    told = {field.name: getattr(result, field.name) for field in fields(Read)}
    return ReadInFull(
        **told,
        entries=report.entries,
        notes=report.notes,
        active=report.active,
        authenticated=report.authenticated,
        commits=report.commits,
    )


def _lines(result: Read, report: Report, full: bool) -> list[str]:
    when = report.scanned_at.date().isoformat() if report.scanned_at else _("no date")
    count = result.findings or 0
    lines = [
        ngettext(
            "{file}: {tool}, {when}: {n} finding ({unit})", "{file}: {tool}, {when}: {n} findings ({unit})", count
        ).format(
            file=result.file, tool=f"{report.tool} {report.tool_version}".strip(), when=when, n=count, unit=report.unit
        )
    ]
    by_severity = [f"{count} {severity}" for severity, count in result.by_severity.items() if count]
    if by_severity:
        lines.append("  " + ", ".join(by_severity))
    lines += [f"  {left.count} × {left.reason}" for left in report.left_out]
    lines += [f"  {note}" for note in report.notes]
    if full:
        lines += [
            f"  [{entry.severity.value}] {entry.id}: {entry.title} ({entry.status.value})" for entry in report.entries
        ]
    return lines

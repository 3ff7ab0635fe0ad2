"""Puts stored answers into the words that people read: labels for ids, dates and durations spelt out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Verdict
from wizard.domain.questionnaire import AnswerKind, Column, Option, Question

#: ISO 8601 durations as answers keep them: P90D, PT24H, P1Y6M, P2W.
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def day(when: date) -> str:
    """A date that nobody can read the wrong way round: 5 March 2026."""
    months = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return _("{day} {month} {year}").format(day=when.day, month=months[when.month - 1], year=when.year)


def duration(text: str) -> str:
    """An ISO 8601 duration in words ("90 days"); the text itself when it is none."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return text
    years, months, weeks, days, hours, minutes, seconds = (int(n or 0) for n in found.groups())
    words = [
        ngettext("{n} year", "{n} years", years).format(n=years) if years else "",
        ngettext("{n} month", "{n} months", months).format(n=months) if months else "",
        ngettext("{n} week", "{n} weeks", weeks).format(n=weeks) if weeks else "",
        ngettext("{n} day", "{n} days", days).format(n=days) if days else "",
        ngettext("{n} hour", "{n} hours", hours).format(n=hours) if hours else "",
        ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes) if minutes else "",
        ngettext("{n} second", "{n} seconds", seconds).format(n=seconds) if seconds else "",
    ]
    return " ".join(filter(None, words)) or ngettext("{n} day", "{n} days", 0).format(n=0)


def cell(text: str, kind: AnswerKind, options: Sequence[Option] = (), unit: str = "") -> str:
    """One stored scalar in words; what does not fit its kind is shown as it was written, never dropped."""
    match kind:
        case AnswerKind.YES_NO:
            return {"yes": _("Yes"), "no": _("No"), "n/a": _("Does not apply")}.get(text, text)
        case AnswerKind.CHOICE | AnswerKind.CHOICES:
            return next((o.label for o in options if o.id == text), text)
        case AnswerKind.DATE:
            try:
                return day(date.fromisoformat(text))
            except ValueError:
                return text
        case AnswerKind.DURATION:
            return duration(text)
        case AnswerKind.NUMBER:
            return f"{text} {unit}" if unit and text else text
        case _:
            return text


def lines(question: Question, answer: Answer, files: Mapping[str, str]) -> tuple[str, ...]:
    """An answer that is no table, a line each; `files` names the evidence by its id."""
    value = answer.value
    if isinstance(value, Row):
        return _row_lines(question, value)
    if isinstance(value, str):
        return tuple(cell(value, question.kind, question.options, question.unit).splitlines())
    out: list[str] = []
    for item in value:
        if isinstance(item, Row):
            out.append("; ".join(_row_lines(question, item)))
        elif question.kind is AnswerKind.FILES:
            out.append(files.get(item, item))
        else:
            out.append(cell(item, question.kind, question.options))
    return tuple(out)


def table(question: Question, rows: Sequence[Row]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The heads and the cells of a table answer; cells of columns that are no longer asked keep their id as head."""
    columns = list(question.columns)
    known = {column.id for column in columns}
    for row in rows:
        for id, _text in row.cells:
            if id not in known:
                known.add(id)
                columns.append(Column(id, id))
    heads = tuple(column.label for column in columns)
    return heads, tuple(tuple(cell(row.get(c.id), c.kind, c.options) for c in columns) for row in rows)


def is_table(answer: Answer) -> bool:
    """True for an answer that is given in rows."""
    return isinstance(answer.value, tuple) and any(isinstance(item, Row) for item in answer.value)


def one_line(question: Question | None, answer: Answer, files: Mapping[str, str]) -> str:
    """The whole answer in one line, for places that only mention it; without a question, as it is stored."""
    question = question or Question(answer.question, AnswerKind.TEXT, (), "")
    said = _("Does not apply") if answer.state is AnswerState.NOT_APPLICABLE else ""
    return "; ".join(filter(None, (said, *lines(question, answer, files), answer.reason.strip())))


def verdict(verdict: Verdict) -> str:
    """What a check concluded, in words."""
    match verdict:
        case Verdict.PASS:
            return _("as required")
        case Verdict.WARN:
            return _("as required, with a note")
        case Verdict.FAIL:
            return _("not as required")
        case Verdict.UNKNOWN:
            return _("could not look")
        case Verdict.NOT_APPLICABLE:
            return _("does not apply")


def _row_lines(question: Question, row: Row) -> tuple[str, ...]:
    labels = {
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "role": _("Role"),
        "date": _("Date"),
        "accepted": _("Accepted"),
    }
    kinds = {"date": AnswerKind.DATE, "accepted": AnswerKind.YES_NO}
    out = [question.statement] if question.kind is AnswerKind.DECLARATION and question.statement else []
    for id, text in row.cells:
        column = question.column(id)
        kind = column.kind if column else kinds.get(id, AnswerKind.TEXT)
        label = column.label if column else labels.get(id, id)
        if text:
            out.append(f"{label}: {cell(text, kind, column.options if column else ())}")
    return tuple(out)

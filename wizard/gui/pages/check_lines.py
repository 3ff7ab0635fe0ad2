"""The checks as rows: one row a check, with the worst that it saw on any host, worst first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import assert_never

from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Result, Verdict
from wizard.gui import words
from wizard.gui.icons import Glyph
from wizard.gui.widgets.fact_table import Cell, Line
from wizard.gui.widgets.tally_bar import Segment
from wizard.gui.words import Sign
from wizard.session.summaries import CheckRow


class Look(IntEnum):
    """What a check amounts to on a host, worst first."""

    CONTRADICTS = 0
    NOT_MET = 1
    NOT_RECOMMENDED = 2
    COULD_NOT = 3
    NOTE = 4
    SUPPORTS = 5
    NOT_APPLICABLE = 6
    WAITING = 7

    @classmethod
    def of(cls, row: CheckRow) -> Look:
        """What this row says."""
        return cls.WAITING if row.observation is None else cls.of_result(row.observation.result, row.contradicts)

    @classmethod
    def of_result(cls, result: Result, contradicts: bool = False) -> Look:
        """What a result says; `contradicts` an answer that a person gave."""
        return _look(result.verdict, result.level is Level.MUST, contradicts)

    @property
    def tallied(self) -> Look:
        """Under what it is counted: a note does not make a support less of one."""
        return Look.SUPPORTS if self is Look.NOTE else self

    @property
    def sign(self) -> Sign:
        """Its glyph and colours."""
        match self:
            case Look.CONTRADICTS:
                return Sign(Glyph.TRIANGLE, "contradicts", "contradicts_tint", "contradicts")
            case Look.NOT_MET:
                return Sign(Glyph.SQUARE, "contradicts", "contradicts_tint", "contradicts")
            case Look.NOT_RECOMMENDED:
                return Sign(Glyph.SQUARE_HOLLOW, "unsure", "unsure_tint", "unsure")
            case Look.COULD_NOT:
                return Sign(Glyph.QUESTION, "unsure", "unsure_tint", "unsure")
            case Look.NOTE | Look.SUPPORTS:
                return Sign(Glyph.DISC, "supports", "supports_tint", "supports")
            case Look.NOT_APPLICABLE:
                return Sign(Glyph.MINUS, "quiet", "ground", "quiet")
            case Look.WAITING:
                return Sign(Glyph.RING, "quiet", "ground", "quiet")

    @property
    def word(self) -> str:
        """Its word on a badge."""
        match self:
            case Look.CONTRADICTS:
                return _("Contradicts")
            case Look.NOT_MET:
                return _("Not as required")
            case Look.NOT_RECOMMENDED:
                return _("Not as recommended")
            case Look.COULD_NOT:
                return _("Could not look")
            case Look.NOTE:
                return _("Supports, with a note")
            case Look.SUPPORTS:
                return _("Supports")
            case Look.NOT_APPLICABLE:
                return _("Does not apply")
            case Look.WAITING:
                return _("Has not looked yet")

    def counted(self, n: int) -> str:
        """Its word in the legend of the tally."""
        match self:
            case Look.CONTRADICTS:
                return ngettext("contradicts", "contradict", n)
            case Look.NOT_MET:
                return _("not as required")
            case Look.NOT_RECOMMENDED:
                return _("not as recommended")
            case Look.COULD_NOT:
                return _("could not look")
            case Look.NOTE | Look.SUPPORTS:
                return ngettext("supports", "support", n)
            case Look.NOT_APPLICABLE:
                return ngettext("does not apply", "do not apply", n)
            case Look.WAITING:
                return _("waiting")


@cache  # asked for each of thousands of rows several times a second
def _look(verdict: Verdict, must: bool, contradicts: bool) -> Look:
    match verdict:
        case Verdict.FAIL if not must:
            return Look.NOT_RECOMMENDED
        case Verdict.FAIL:
            return Look.CONTRADICTS if contradicts else Look.NOT_MET
        case Verdict.UNKNOWN:
            return Look.COULD_NOT
        case Verdict.WARN:
            return Look.NOTE if must else Look.NOT_RECOMMENDED
        case Verdict.PASS:
            return Look.SUPPORTS
        case Verdict.NOT_APPLICABLE:
            return Look.NOT_APPLICABLE
    assert_never(verdict)


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """One check on all hosts; `rows` worst first."""

    check: str
    title: str
    rows: tuple[CheckRow, ...]

    @property
    def worst(self) -> CheckRow:
        """The row that needs a person most."""
        return self.rows[0]

    @property
    def look(self) -> Look:
        """What the check amounts to: the worst of its hosts; nothing good while a host waits."""
        worst = Look.of(self.worst)
        return Look.WAITING if worst > Look.COULD_NOT and self.rows[-1].observation is None else worst

    @property
    def waiting(self) -> tuple[CheckRow, ...]:
        """The hosts that it has not looked at."""
        return tuple(row for row in self.rows if row.observation is None)


def turned(row: CheckRow) -> int:
    """How the newest look differs from the one before it: -1 for worse, 1 for better, 0 for no news.

    Nothing is better because nobody could look, and nothing is worse only because somebody could look at last.
    """
    before = row.observation.previous if row.observation else None
    if before is None or row.observation is None:
        return 0
    # What does not apply is as good as what supports.
    results = (row.observation.result, before)
    now, then = (min(Look.of_result(each).tallied, Look.SUPPORTS) for each in results)
    if now < then:
        return 0 if then is Look.COULD_NOT else -1
    return 0 if now in (then, Look.COULD_NOT) else 1


def grouped(rows: Sequence[CheckRow]) -> tuple[CheckGroup, ...]:
    """One group a check, the worst first, else in the order of the catalogue."""
    of: dict[str, list[CheckRow]] = {}
    for row in rows:
        of.setdefault(row.check, []).append(row)
    groups = [CheckGroup(check, some[0].title, tuple(sorted(some, key=Look.of))) for check, some in of.items()]
    return tuple(sorted(groups, key=lambda group: group.look))


def said_of(result: Result) -> str:
    """Its word and its sentence; the sentence alone where it begins with the word, as "Could not look: …" does."""
    word = Look.of_result(result).word
    return result.summary if result.summary.startswith(word) else f"{word}: {result.summary}"


def newest(groups: Sequence[CheckGroup]) -> str:
    """What the last look of all saw: "HSTS on app.example.com · Supports: 730 days."; "" if none."""
    seen = [(row.observation.result, row) for group in groups for row in group.rows if row.observation]
    if not seen:
        return ""
    result, row = max(seen, key=lambda pair: pair[0].at)
    return _("{check} on {host}").format(check=row.title, host=row.subject) + f" · {said_of(result)}"


def sentence(groups: Sequence[CheckGroup]) -> str:
    """What is known: "7 of 11 have run. 1 contradicts an answer." Who could not look has run, and not looked."""
    ran = sum(group.worst.observation is not None for group in groups)
    parts = [_("{n} of {all} have run.").format(n=ran, all=len(groups))]
    if not ran:
        parts.append(_("They only contact the hosts in your scope."))
    count = Counter(group.look for group in groups)
    if n := count[Look.CONTRADICTS]:
        parts.append(ngettext("{n} contradicts an answer.", "{n} contradict an answer.", n).format(n=n))
    if n := count[Look.NOT_MET]:
        parts.append(_("{n} not as required.").format(n=n))
    if n := count[Look.COULD_NOT]:
        parts.append(_("{n} could not look.").format(n=n))
    if ran and (n := len({row.subject for group in groups for row in group.waiting})):
        parts.append(ngettext("{n} host still waits.", "{n} hosts still wait.", n).format(n=n))
    turns = [turned(row) for group in groups for row in group.rows]
    if n := turns.count(-1):
        parts.append(_("{n} got worse since the look before.").format(n=n))
    if n := turns.count(1):
        parts.append(_("{n} got better since the look before.").format(n=n))
    return " ".join(parts)


def segments(groups: Sequence[CheckGroup]) -> tuple[Segment, ...]:
    """The tally bar, worst first."""
    count = Counter(group.look.tallied for group in groups)
    return tuple(
        Segment(look.name, count[look], look.counted(count[look]), look.sign, waiting=look is Look.WAITING)
        for look in Look
        if count[look]
    )


def line(group: CheckGroup, now: datetime, running: Collection[tuple[str, str]]) -> Line:
    """The row of a check; faded while a newer result is on its way."""
    look, worst = group.look, group.worst
    name = Cell(
        group.title, glyph=look.sign.glyph, glyph_color=look.sign.color, spoken=look.word, sort=(look, group.title)
    )
    faded = any((row.check, row.subject) in running for row in group.rows)
    if worst.observation is None:
        text = _("Is looking now") if faded else _("Has not looked yet")
        return Line(group.check, (name, Cell(text, "quiet", sort=""), Cell("–", "quiet", sort=0.0)), faded)
    result = worst.observation.result
    text = result.summary
    bad = look <= Look.COULD_NOT
    looked = len(group.rows) - len(group.waiting)
    if len(group.rows) > 1:
        if bad:
            text = f"{short_host(worst.subject)}: {_without_address(text, worst.subject)}"
        elif group.waiting:
            text += " " + _("({n} of {all} hosts)").format(n=looked, all=len(group.rows))
        else:
            text += " " + ngettext("({n} host)", "({n} hosts)", looked).format(n=looked)
    text = _before(turned(worst), Look.of(worst) is Look.NOTE).format(what=text)
    said = Cell(text, look.sign.text if bad else "text", tip=result.summary)
    latest = min(row.observation.result.at for row in group.rows if row.observation)
    when = Cell(words.ago(latest, now, short=True), "quiet", tip=words.exactly(latest), sort=latest.timestamp())
    return Line(group.check, (name, said, when), faded)


def _before(turn: int, note: bool) -> str:
    """What stands before a summary: its news, and that a support comes with a note, which its green glyph hides."""
    match turn, note:
        case 1, False:
            return _("Better: {what}")
        case 1, True:
            return _("Better, with a note: {what}")
        case -1, False:
            return _("Worse: {what}")
        case -1, True:
            return _("Worse, with a note: {what}")
        case _other, True:
            return _("With a note: {what}")
    return "{what}"


def short_host(subject: str) -> str:
    """A host by its first label, as a team calls it; the whole of an address, whose first number says nothing."""
    first = subject.split(".")[0]
    return subject if first.isdigit() or first.startswith("[") else first


def _without_address(text: str, subject: str) -> str:
    """A summary without the address that the row names already; the path stays unless it is the start page."""
    place = re.compile(rf"https?://{re.escape(subject)}(/[^\s:]*)?:?\s?")
    return place.sub(lambda found: "" if found[1] in (None, "/") else f"{found[1]} ", text)

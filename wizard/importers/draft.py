"""Builds a report while its file is read: texts masked and cut, severity rated, counts compared with the file's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from wizard.domain.language import _, ngettext
from wizard.importers.base import (
    Entry,
    LeftOut,
    Package,
    Place,
    Report,
    Severity,
    Status,
    Vector,
    highest,
    of_word,
    rate,
)
from wizard.importers.masking import masked

#: Words by which a tool itself says that it does not know.
_SAYS_UNKNOWN = frozenset({"unknown", "undefined", "unassigned", "unspecified", "tbd"})
_SHORT, _LONG = 300, 1500
#: A secret at the edge of a cut must still be whole when it is looked for.
_MARGIN = 400
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
#: More different commits in one report say nothing about which one was looked at.
_COMMITS = 20


@lru_cache(maxsize=2048)
def clip(text: str, limit: int = _SHORT) -> str:
    """Text of others as it may be kept: masked first, then cut to `limit` characters."""
    if not text:
        return ""
    text = masked(text[: limit + _MARGIN])
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def entry(
    id: str,
    title: str,
    word: str = "",
    vectors: Sequence[Vector] = (),
    *,
    least: Severity = Severity.UNKNOWN,
    aliases: Sequence[str] = (),
    cwe: tuple[int, ...] = (),
    package: Package | None = None,
    file: str = "",
    line: int = 0,
    url: str = "",
    host: str = "",
    status: Status = Status.OPEN,
    reported_on: date | None = None,
    fixed_on: date | None = None,
    fix: str = "",
    confidence: str = "",
    count: int = 1,
    detail: str = "",
    parts: tuple[Entry, ...] = (),
) -> Entry:
    """An entry with its severity rated from word, vectors and parts; `least` is a severity known in another way."""
    vectors = tuple(dict.fromkeys(vectors)) if len(vectors) > 1 else tuple(vectors)
    severity, score = rate(word, vectors)
    if parts or least is not Severity.UNKNOWN:
        severity = highest((severity, least, *(part.severity for part in parts)))
    return Entry(
        id=clip(id or title, 200),
        title=clip(title or id) or _("(without a name)"),
        severity=severity,
        word=clip(word, 40),
        score=score,
        vectors=vectors,
        aliases=tuple(clip(name, 100) for name in dict.fromkeys(aliases) if name and name != id) if aliases else (),
        cwe=cwe,
        package=package and Package(clip(package.ecosystem, 60), clip(package.name), clip(package.version, 120)),
        place=Place(clip(file, 500), max(line, 0), clip(url, 500)) if file or url or line > 0 else None,
        host=clip(host),
        status=status,
        reported_on=reported_on,
        fixed_on=fixed_on if status is Status.FIXED else None,
        fix=clip(fix, 500),
        confidence=clip(confidence, 40),
        count=max(count, 1),
        detail=clip(detail, _LONG),
        parts=parts,
    )


class Draft:
    """A report in the making."""

    def __init__(self, importer: str, tool: str, unit: str) -> None:
        self.importer = importer
        self.tool = tool
        self.unit = unit
        self.tool_version = ""
        self.scanned_at: datetime | None = None
        self.active: bool | None = None
        self.authenticated: bool | None = None
        self.entries: list[Entry] = []
        self._targets: dict[str, None] = {}
        self._commits: dict[str, None] = {}
        self._totals: dict[str, int] = {}
        self._total: tuple[str, int, int | None] | None = None
        self._left_out: Counter[str] = Counter()
        self._notes: dict[str, None] = {}
        self._gaps: dict[str, None] = {}
        self._blind = False

    def add(self, made: Entry) -> None:
        """One entry of the file, whatever its status."""
        self.entries.append(made)

    def targets(self, *names: str) -> None:
        """What was looked at: hosts, addresses, files, images, repositories."""
        for name in names:
            if name.strip():
                self._targets[clip(name.strip())] = None

    def commit(self, name: str) -> None:
        """A commit of the code that was looked at; what is no hexadecimal name of one is passed over."""
        if _COMMIT.fullmatch(name.strip()):
            self._commits[name.strip().lower()] = None

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Something the file holds that is no finding, and why."""
        if count > 0:
            self._left_out[reason] += count

    def note(self, sentence: str) -> None:
        """Something that a person should know about this file."""
        self._notes[sentence] = None

    def gap(self, sentence: str) -> None:
        """A part that the tool says it did not look at, or that may not be in this file."""
        self.note(sentence)
        self._gaps[sentence] = None

    def blind_spot(self, sentence: str) -> None:
        """Why this file cannot show that there is nothing more: the run did not end, or its list is only a part."""
        self.gap(sentence)
        self._blind = True

    def looked_at(self, count: int | None) -> None:
        """How many files, lines or packages the tool says it looked at; None where it does not say."""
        if count == 0:
            self.blind_spot(_("The tool says that it looked at nothing, so this report shows nothing about anything."))

    def states(self, word: str, count: int) -> None:
        """One of the file's own totals: how many entries it says have this severity word."""
        self._totals[word] = self._totals.get(word, 0) + count

    def states_in_all(self, count: int, name: str = "total", read: int | None = None) -> None:
        """The file's own total of all entries; `read` is what it must agree with, the open entries unless given."""
        self._total = (name, count, read)

    def done(self) -> Report:
        """The report; where the file's own totals disagree with what was read, a note says so."""
        found = [made for made in self.entries if made.status is Status.OPEN]
        words = Counter(made.word for made in found if made.word)
        self._compare(found)
        self._name_unknown(words)
        for made in self.entries:
            if made.status is not Status.OPEN:
                self._left_out[made.status.value] += 1
        stated = dict(self._totals) or dict(sorted(words.items()))
        if self._total:
            stated[self._total[0]] = self._total[1]
        return Report(
            importer=self.importer,
            tool=clip(self.tool),
            unit=self.unit,
            tool_version=clip(self.tool_version, 100),
            scanned_at=self.scanned_at,
            target=tuple(self._targets),
            entries=tuple(self.entries),
            stated={clip(word, 60): count for word, count in stated.items()},
            left_out=tuple(LeftOut(clip(reason), count) for reason, count in sorted(self._left_out.items())),
            notes=tuple(self._notes),
            active=self.active,
            authenticated=self.authenticated,
            commits=tuple(self._commits)[:_COMMITS],
            gaps=tuple(self._gaps),
            blind=self._blind,
        )

    def _compare(self, found: list[Entry]) -> None:
        """Entries must agree with the file's totals, counted one by one or by their instances."""
        said = Counter({word.lower(): count for word, count in self._totals.items()})
        if said:
            single, weighed = Counter[str](), Counter[str]()
            for made in found:
                single[made.word.lower()] += 1
                weighed[made.word.lower()] += made.count
            words = dict.fromkeys((*said, *single))
            if any(said[word] != single[word] for word in words) and any(said[w] != weighed[w] for w in words):
                for word in words:
                    self._disagree(clip(word, 40), said[word], single[word])
        if self._total:
            name, count, read = self._total
            read = len(found) if read is None else read
            if count not in (read, sum(made.count for made in found)):
                self._disagree(name, count, read)

    def _disagree(self, word: str, said: int, read: int) -> None:
        if said != read:
            self.gap(
                _("The file says {said} × {word}, but lists {read}. What it lists was counted.").format(
                    said=said, word=word or _("without a severity"), read=read
                )
            )

    def _name_unknown(self, words: Counter[str]) -> None:
        unknown = {
            word: count
            for word, count in words.items()
            if of_word(word) is Severity.UNKNOWN and word.lower() not in _SAYS_UNKNOWN
        }
        for word, count in sorted(unknown.items()):
            self.note(
                ngettext(
                    "{n} entry has the severity {word}, which is no word known here.",
                    "{n} entries have the severity {word}, which is no word known here.",
                    count,
                ).format(n=count, word=repr(clip(word, 40)))
            )

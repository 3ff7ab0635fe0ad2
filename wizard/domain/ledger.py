"""Makes the one ledger from reports and notes: the same flaw from two tools becomes one row, nothing is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from wizard.domain.deadlines import LOOK_BACK_MONTHS, add_months
from wizard.domain.vulnerability import (
    DAYS,
    RANK,
    SECRETS,
    SETTINGS,
    Decision,
    Disposal,
    Failing,
    Ledger,
    LedgerState,
    Note,
    Rating,
    Reported,
    ReportSummary,
    Sighting,
    Standing,
    Vulnerability,
)

#: Names of flaws that mean the same whoever uses them.
_ADVISORY = re.compile(r"(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})", re.IGNORECASE)
#: Weakness classes so broad that two tools naming one of them at the same place need not mean the same flaw.
_BROAD = frozenset({16, 17, 19, 20, 74, 200, 254, 264, 284, 310, 388, 398, 399, 664, 682, 691, 693, 697, 703, 707, 710})

#: The tag or digest of an image; not a port, a drive or an address.
_TAG = re.compile(r"(?<!:/)(@sha256:[0-9a-f]+|:(?!\d+$)[\w][\w.-]*)$")

#: Tools that share their first word with another and look at something else.
_PRODUCTS = frozenset({"snyk container", "snyk iac"})

#: How our own checks are called among the tools.
OURSELVES = "Attestry"
#: Before the name of a member that a person took out of its row, and what its merging then names.
APART = "apart"

#: A report with its entries.
ReadReport = tuple[ReportSummary, Sequence[Reported]]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a key, by whom and when."""

    disposal: Disposal
    author: str = ""
    at: datetime | None = None


def tool_of(name: str) -> str:
    """A tool by its first word in lower case: "Semgrep OSS" and "Semgrep" are one, so are "OWASP ZAP" and "ZAP"."""
    words = name.lower().replace("owasp", "").split()
    product = " ".join(words[:2])
    return product if product in _PRODUCTS else words[0] if words else ""


def make_ledger(
    found: Iterable[ReadReport | Note],
    decided: Mapping[str, Decided],
    joined: Mapping[str, str],
    failing: Iterable[Failing] = (),
) -> Ledger:
    """The ledger of reports and notes in the order in which they came. Pure; the order of rows is that of numbers.

    What our own checks found stands behind, with numbers of its own.

    Rows are one flaw each: a dependency's flaw by package and any common name (CVE, GHSA …), a flaw in code by the
    tool's rule and file, one of a running app by the tool's rule and host. Flaws of different tools at the very same
    place with the same specific weakness class (CWE) are one. `joined` are keys that a person put together, or (into
    `APART`) members that a person took out.
    """
    making = _Making(frozenset(key.removeprefix(f"{APART}:") for key, into in joined.items() if into == APART))
    notes: list[Note] = []
    for each in found:
        if isinstance(each, Note):
            notes.append(each)
            if each.own and each.title.strip():
                making.add(_note_keys(each), each)
        else:
            making.take(*each)
    for seen in failing:
        making.add((f"check|{seen.check}|{seen.subject}",), seen)
    making.merge_places()
    for key, into in joined.items():
        if key in making.group and into in making.group:
            making.join(key, into)
    for note in notes:
        if not note.own and note.key in making.group:
            making.members[making.find(making.group[note.key])].notes.append(note)
    current = making.current()
    rows = [_row(number, group, making, current, decided) for number, group in making.groups()]
    rows.sort(key=lambda row: row.own_look)
    return Ledger(tuple(rows), tuple(report for report, _entries in making.reports), current)


@dataclass
class _Group:
    """Everything that was said about one flaw."""

    keys: dict[str, None] = field(default_factory=dict)
    entries: list[tuple[ReportSummary, Reported]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    failing: list[Failing] = field(default_factory=list)

    @property
    def own_look(self) -> bool:
        return bool(self.failing) and not self.entries and not any(note.own for note in self.notes)


class _Making:
    """Groups by key, joined where they share one (union-find); a group's number is its place in the order."""

    def __init__(self, apart: frozenset[str]) -> None:
        self.apart = apart
        self.reports: list[ReadReport] = []
        self.parent: list[int] = []
        self.members: dict[int, _Group] = {}
        self.group: dict[str, int] = {}
        #: by place and weakness class: the groups of each tool
        self.places: dict[tuple[object, ...], dict[str, set[int]]] = {}

    def find(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = number = self.parent[self.parent[number]]
        return number

    def join(self, key: str, other: str) -> None:
        self._unite(self.find(self.group[key]), self.find(self.group[other]))

    def _unite(self, one: int, other: int) -> int:
        first, second = min(one, other), max(one, other)
        if first != second:
            self.parent[second] = first
            gone, kept = self.members.pop(second), self.members[first]
            kept.keys.update(gone.keys)
            kept.entries += gone.entries
            kept.notes += gone.notes
            kept.failing += gone.failing
        return first

    def add(self, keys: Sequence[str], said: Note | Failing | tuple[ReportSummary, Reported]) -> int:
        known = {self.find(self.group[key]) for key in keys if key in self.group}
        if known:
            first = min(known)
            for other in known - {first}:
                self._unite(first, other)
        else:
            first = len(self.parent)
            self.parent.append(first)
            self.members[first] = _Group()
        group = self.members[first]
        for key in keys:
            group.keys[key] = None
            self.group[key] = first
        match said:
            case Note():
                group.notes.append(said)
            case Failing():
                group.failing.append(said)
            case _:
                group.entries.append(said)
        return first

    def take(self, report: ReportSummary, entries: Sequence[Reported]) -> None:
        self.reports.append((report, entries))
        tool = tool_of(report.tool)
        for entry in entries:
            keys = _entry_keys(tool, entry)
            if (member := f"{tool}|{keys[0]}") in self.apart:
                self.add((f"{APART}:{member}",), (report, entry))
                continue
            first = self.add(keys, (report, entry))
            for place in _places(entry):
                self.places.setdefault(place, {}).setdefault(tool, set()).add(first)

    def merge_places(self) -> None:
        """Different tools, the very same place, the same weakness class: one flaw, if each tool means one there."""
        for by_tool in self.places.values():
            if len(by_tool) < 2:
                continue
            each = [{self.find(number) for number in numbers} for numbers in by_tool.values()]
            if all(len(numbers) == 1 for numbers in each):
                first = min(min(numbers) for numbers in each)
                for numbers in each:
                    first = self._unite(first, self.find(next(iter(numbers))))

    def current(self) -> frozenset[str]:
        """The reports that no newer one of the same tool about the same targets took the place of."""
        reports = [report for report, _entries in self.reports]
        return frozenset(
            report.evidence
            for number, report in enumerate(reports)
            if not any(
                covers(other, report) and (other.day, at) > (report.day, number) for at, other in enumerate(reports)
            )
        )

    def groups(self) -> Iterable[tuple[int, _Group]]:
        counted = {True: 0, False: 0}
        for _root, group in sorted(self.members.items()):
            counted[group.own_look] += 1
            yield counted[group.own_look], group


def covers(newer: ReportSummary, older: ReportSummary) -> bool:
    """Whether one report says what is still there of what the other listed: the same tool, about all its targets.

    One that cannot show everything takes nobody's place.
    """
    if newer is older or newer.blind or tool_of(newer.tool) != tool_of(older.tool):
        return False
    if newer.unit != older.unit and {SETTINGS, SECRETS} & {newer.unit, older.unit}:
        return False
    wide, narrow = targets_of(newer), targets_of(older)
    return wide >= narrow if narrow else not wide


def targets_of(report: ReportSummary) -> frozenset[str]:
    """What was looked at; of a container image without its tag, which changes with every release."""
    return frozenset(_TAG.sub("", target.strip().lower()) for target in report.target)


def _note_keys(note: Note) -> tuple[str, ...]:
    return (note.key, *(names_in(note.package, note.aliases) if note.package.strip() else ()))


def _entry_keys(tool: str, entry: Reported) -> tuple[str, ...]:
    """What the entry goes by; the first is its own, entries that share any are the same flaw."""
    names = dict.fromkeys((entry.id, *entry.aliases))
    if entry.package:
        return names_in(entry.package, names)
    host = entry.host or (urlsplit(entry.url).netloc if "://" in entry.url else "")
    own = f"{tool}|{entry.id}|{host or entry.file or entry.title}"
    known = (f"{host}|{name.upper()}" for name in names if _ADVISORY.fullmatch(name))
    return (own, *known)


def names_in(package: str, names: Iterable[str]) -> tuple[str, ...]:
    """What a flaw of a package goes by: each of its names, with the last part of the package's name before it, as
    tools spell that differently: org.example:log4j-core, log4j_core.
    """
    short = re.split(r"[/:]", package.strip().lower())[-1].replace("_", "-").replace(".", "-")
    return tuple(dict.fromkeys(f"{short}|{name.upper()}" for name in names if name))


def _places(entry: Reported) -> Iterable[tuple[object, ...]]:
    if entry.package:
        return
    for cwe in entry.cwe:
        if cwe in _BROAD:
            continue
        if entry.file and entry.line:
            yield (cwe, entry.file.replace("\\", "/").removeprefix("./").lower(), entry.line)
        elif "://" in entry.url:
            parts = urlsplit(entry.url)
            yield (cwe, parts.netloc.lower(), parts.path.rstrip("/"))


def _row(
    number: int, group: _Group, making: _Making, current: frozenset[str], decided: Mapping[str, Decided]
) -> Vulnerability:
    keys = tuple(group.keys)
    entries = sorted(group.entries, key=lambda pair: pair[0].day)
    notes = group.notes
    newest = [entry for report, entry in entries if report.evidence in current]
    speaking = newest or [entry for _report, entry in entries]
    rating, score, version, vector = _rated(speaking, notes)
    sightings = (*_sightings(entries, current), *map(_own_sighting, group.failing))
    days = [entry.reported_on or report.day for report, entry in entries]
    days += [note.reported for note in notes if note.reported is not None]
    days += [seen.since for seen in group.failing]
    reported = min(days, default=date.min)
    triaged = min((note.triaged for note in notes if note.triaged is not None), default=None)
    state, gone = _as_reported(sightings, making, group, current)
    fixed_on = _fixed_on(newest, group.failing) if state is LedgerState.FIXED else None
    choice = next((decided[key] for key in keys if key in decided), None)
    back = clock_from = None
    if choice is not None and choice.disposal.valid:
        disposal = choice.disposal
        if disposal.decision is Decision.FIXED and disposal.on is not None:
            back, clock_from = _back(disposal.on, entries, making)
            limit = DAYS.get(rating)
            late = limit is not None and (disposal.on - min(reported, triaged or reported)).days > limit
            if late and clock_from is not None and disposal.on >= add_months(clock_from, -LOOK_BACK_MONTHS):
                clock_from = None  # or coming back would make a late fix forgotten
        still = disposal.decision is Decision.FIXED and any(seen.mended is None for seen in group.failing)
        if back is None and not still:
            state = LedgerState(disposal.decision.value)
            gone = gone if state is LedgerState.ACCEPTED else None
    note_title = next((note.title for note in reversed(notes) if note.title.strip()), "")
    named = _title(speaking)
    words = {entry.word.lower(): entry.word for entry in reversed(speaking) if entry.word}
    return Vulnerability(
        number=number,
        key=keys[0],
        keys=keys,
        title=note_title or named or (group.failing[0].title if group.failing else keys[0]),
        rating=rating,
        score=score,
        version=version,
        vector=vector,
        aliases=tuple(dict.fromkeys(_names(speaking, notes))),
        cwe=tuple(sorted({cwe for entry in speaking for cwe in entry.cwe})),
        package=next((e.package for e in speaking if e.package), next((n.package for n in notes if n.package), "")),
        place=next(filter(None, _places_of(speaking, notes, group.failing)), ""),
        sightings=sightings,
        source=_source(sightings, notes),
        reported=reported,
        triaged=triaged,
        state=state,
        disposal=choice.disposal if choice else None,
        decided_by=choice.author if choice else "",
        decided_at=choice.at if choice else None,
        gone=gone,
        back=back,
        clock_from=clock_from,
        remark="\n".join(note.remark for note in notes if note.remark.strip()),
        fix=next((entry.fix for entry in speaking if entry.fix), ""),
        count=max((entry.count for entry in speaking), default=1) if len(speaking) < 2 else _count(speaking),
        differs=tuple(reversed(words.values())) if len(words) > 1 else (),
        fixed_on=fixed_on,
        own_look=group.own_look,
    )


def _title(entries: Sequence[Reported]) -> str:
    """What the worst entry calls it: in words, where any says more than an identifier; else its CVE name."""
    ranked = sorted(entries, key=lambda entry: RANK[entry.rating]) if len(entries) > 1 else entries
    for entry in ranked:
        if not _ADVISORY.fullmatch(entry.title):
            return entry.title
    names = (name for entry in ranked for name in (entry.title, entry.id, *entry.aliases))
    return next((name for name in names if name.startswith("CVE-")), ranked[0].title if ranked else "")


def _places_of(entries: Sequence[Reported], notes: Sequence[Note], failing: Sequence[Failing]) -> Iterable[str]:
    yield from (entry.place for entry in entries)
    yield from (note.place for note in notes)
    yield from (seen.subject for seen in failing)


def _fixed_on(newest: Sequence[Reported], failing: Sequence[Failing]) -> date | None:
    """The day of the last fix, where every newest report that says "fixed" tells its day."""
    days = [entry.fixed_on for entry in newest if entry.standing is Standing.FIXED]
    days += [seen.mended for seen in failing]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _count(entries: Sequence[Reported]) -> int:
    return max(len(entries), max(entry.count for entry in entries))


def _names(entries: Sequence[Reported], notes: Sequence[Note]) -> Iterable[str]:
    for entry in entries:
        if entry.package or _ADVISORY.fullmatch(entry.id):
            yield entry.id
        yield from entry.aliases
    for note in notes:
        yield from note.aliases


def _rated(entries: Sequence[Reported], notes: Sequence[Note]) -> tuple[Rating, float | None, str, str]:
    """The worst that anyone says, with the score and vector that speak for it; unknown only when nobody knows."""
    said: list[tuple[int, float, Rating, float | None, str, str]] = [
        (RANK[e.rating], -(e.score or 0.0), e.rating, e.score, e.version, e.vectors[0] if e.vectors else "")
        for e in entries
    ]
    said += [(RANK[n.rating], -(n.score or 0.0), n.rating, n.score, n.version, n.vector) for n in notes]
    if not said:
        return Rating.UNKNOWN, None, "", ""
    _rank, _score, rating, score, version, vector = min(said, key=lambda each: each[:2])
    return rating, score, version, vector


def _sightings(entries: Sequence[tuple[ReportSummary, Reported]], current: frozenset[str]) -> tuple[Sighting, ...]:
    """One for each report, the newest last; of several entries of a report an open one speaks."""
    by_report: dict[str, Sighting] = {}
    for report, entry in entries:
        before = by_report.get(report.evidence)
        if before is not None and (before.standing is Standing.OPEN or entry.standing is not Standing.OPEN):
            continue
        tool = tool_of(report.tool)
        keys = _entry_keys(tool, entry)
        by_report[report.evidence] = Sighting(
            report=report.evidence,
            tool=report.name,
            id=entry.id,
            word=entry.word,
            standing=entry.standing,
            aside=entry.aside,
            day=report.day,
            place=entry.place,
            newest=report.evidence in current,
            member=f"{tool}|{keys[0]}",
            keys=keys,
        )
    return tuple(by_report.values())


def _own_sighting(seen: Failing) -> Sighting:
    """What one of our own checks says now."""
    return Sighting(
        report="",
        tool=OURSELVES,
        id=seen.check,
        word="",
        standing=Standing.OPEN if seen.mended is None else Standing.FIXED,
        aside="",
        day=seen.mended or seen.since,
        place=seen.subject,
        newest=True,
    )


def _as_reported(
    sightings: Sequence[Sighting], making: _Making, group: _Group, current: frozenset[str]
) -> tuple[LedgerState, date | None]:
    """What the newest reports say, and since when none lists it any more."""
    standings = {sighting.standing for sighting in sightings if sighting.newest}
    if Standing.OPEN in standings or not sightings:
        return LedgerState.OPEN, None
    if Standing.SET_ASIDE in standings:
        return LedgerState.SET_ASIDE, None
    if Standing.FIXED in standings:
        return LedgerState.FIXED, None
    listed = [report for report, _entry in group.entries]
    later = [
        report.day
        for report, _entries in making.reports
        if report.evidence in current and any(covers(report, older) for older in listed)
    ]
    last = {sighting.standing for sighting in sightings[-1:]}
    state = LedgerState.OPEN if Standing.OPEN in last else LedgerState.SET_ASIDE
    return state, min(later, default=None)


def _back(
    fixed: date, entries: Sequence[tuple[ReportSummary, Reported]], making: _Making
) -> tuple[date | None, date | None]:
    """The day on which a report lists it again after its fix, and where its clock begins then.

    A report in between that no longer listed it proves that the fix held: the clock begins anew. Otherwise the fix
    never held, and the first clock goes on.
    """
    again = [report for report, entry in entries if report.day > fixed and entry.standing is Standing.OPEN]
    if not again:
        return None, None
    first = min(again, key=lambda report: report.day)
    listed = {report.evidence for report, _entry in entries}
    held = any(
        fixed <= report.day <= first.day and report.evidence not in listed and covers(report, first)
        for report, _entries in making.reports
    )
    return first.day, first.day if held else None


def _source(sightings: Sequence[Sighting], notes: Sequence[Note]) -> str:
    said = [sighting.tool for sighting in reversed(sightings)]
    said += [note.source for note in notes if note.source.strip()]
    return ", ".join(dict.fromkeys(said))

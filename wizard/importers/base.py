"""What every report of another tool becomes, whatever its format: the tool, the target, and its entries with severity.

An entry is never read as less severe than its file says: the score is computed again from each CVSS vector, and the
higher of score and the tool's own word counts; both are kept. What cannot be rated stays unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from wizard.domain.mistakes import Mistake
from wizard.formats import cvss


class UnreadableReport(Mistake):
    """A file that is no report, a broken one, or the record of a run that failed; the one mistake of this package."""


class Severity(Enum):
    """How bad an entry is, worst first; UNKNOWN is none of these and blocks a pass."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    UNKNOWN = "unknown"


class Status(Enum):
    """What the file itself says of an entry. Only OPEN ones are counted as findings; the others are shown beside."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    DISMISSED = "dismissed"
    PASSED = "passed"
    FIXED = "fixed"
    FALSE_POSITIVE = "false-positive"
    ACCEPTED = "accepted"
    NOT_AFFECTED = "not-affected"


@dataclass(frozen=True, slots=True)
class Vector:
    """One CVSS vector of an entry: its version, the text, and the base score computed from it here.

    `score` is None when the vector cannot be computed; `stated` is the score that the file gives with it.
    """

    version: str
    vector: str = ""
    score: float | None = None
    stated: float | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A dependency: its ecosystem as a package URL type (npm, pypi, maven, …; empty if untold), name, version."""

    ecosystem: str
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry was seen: a file and line (1 is the first, 0 untold), or a URL. Text only, never opened."""

    file: str = ""
    line: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the tool counts it.

    `word` is the tool's own severity word, `score` the CVSS base score that speaks (versions 3.1, 3.0, 4.0, 2.0 in
    that order). `aliases` are CVE, GHSA and other names of the same flaw, without `id`. `reported_on` and `fixed_on`
    are the days on which the tool first saw it here, and on which it was gone. `fix` is the version or advice that
    mends it. `count` is how many instances, paths or occurrences the tool put under this one entry. `parts` are the
    flaws inside, where one entry of the tool stands for several (npm audit counts packages, a SBOM lists one flaw for
    many components); otherwise empty.
    """

    id: str
    title: str
    severity: Severity
    word: str = ""
    score: float | None = None
    vectors: tuple[Vector, ...] = ()
    aliases: tuple[str, ...] = ()
    cwe: tuple[int, ...] = ()
    package: Package | None = None
    place: Place | None = None
    host: str = ""
    status: Status = Status.OPEN
    reported_on: date | None = None
    fixed_on: date | None = None
    fix: str = ""
    confidence: str = ""
    count: int = 1
    detail: str = ""
    parts: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the file holds and is not counted as a finding: why, and how many."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """One file of another tool, read.

    `importer` names the format, `unit` what the tool counts. `entries` are all of the file, also suppressed, passed or
    fixed ones; `findings` are the open ones. `stated` is what the file itself says, in its own words: its totals where
    it has any, else how often each severity word stands in it. `active` (did it attack, or only watch) and
    `authenticated` (was it signed in) are None when the file does not tell. `commits` are the commits of the code that
    it says it looked at. `gaps` are those of the notes that say what was not looked at or may not be here; `blind`
    means that it cannot show that there is nothing more. Times without a zone are read as UTC.
    """

    importer: str
    tool: str
    unit: str
    tool_version: str = ""
    scanned_at: datetime | None = None
    target: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    stated: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    active: bool | None = None
    authenticated: bool | None = None
    commits: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    blind: bool = False

    @property
    def findings(self) -> tuple[Entry, ...]:
        """The open entries, as the tool itself counts them."""
        return tuple(entry for entry in self.entries if entry.status is Status.OPEN)

    @property
    def by_severity(self) -> dict[Severity, int]:
        """How many open entries of each severity; all six are always there."""
        counted = Counter(entry.severity for entry in self.entries if entry.status is Status.OPEN)
        return {severity: counted[severity] for severity in Severity}


#: The words that tools use (DESIGN: anything else is unknown, and never guessed).
_WORDS: Mapping[str, Severity] = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "error": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "warning": Severity.MEDIUM,
    "low": Severity.LOW,
    "note": Severity.LOW,
    "minor": Severity.LOW,
    "negligible": Severity.LOW,
    "info": Severity.INFO,
    "information": Severity.INFO,
    "informational": Severity.INFO,
    "none": Severity.INFO,
}
_RANK = {severity: number for number, severity in enumerate(Severity)}


def of_word(word: str) -> Severity:
    """The severity that a tool's word means; UNKNOWN for every word that is not in the table."""
    return _WORDS.get(word.strip().lower(), Severity.UNKNOWN)


def of_score(score: float) -> Severity:
    """The band of a CVSS score."""
    return Severity(cvss.band(score))


def highest(severities: Iterable[Severity]) -> Severity:
    """The worst that is known; UNKNOWN only when nothing is known."""
    return min(severities, key=_RANK.__getitem__, default=Severity.UNKNOWN)


def worst_word(words: Iterable[str]) -> str:
    """Of several words for the same entry the one that means the most; the first where none is known, "" for none."""
    said = [word for word in words if word]
    return min(said, key=lambda word: _RANK[of_word(word)], default="")


@lru_cache(maxsize=4096)
def rate(word: str, vectors: tuple[Vector, ...]) -> tuple[Severity, float | None]:
    """The severity and the score that speaks: the highest of the word and every version's score, computed or stated."""
    severities = [of_word(word)]
    speaking: dict[str, float] = {}
    for vector in vectors:
        scores = [score for score in (vector.score, vector.stated) if score is not None]
        severities += [of_score(score) for score in scores]
        if scores:
            best = vector.score if vector.score is not None else scores[0]
            speaking[vector.version] = max(best, speaking.get(vector.version, 0.0))
    score = next((speaking[version] for version in (*cvss.ORDER, "") if version in speaking), None)
    return highest(severities), score


def vector(text: str, stated: float | None = None, version: str = "") -> tuple[Vector, ...]:
    """The CVSS vector `text` with its score computed again, beside the `stated` one; empty when there is neither.

    A stated score of 0 without a vector means "not scored" to the tools that write it, and is left away. Scores
    outside 0 to 10 are none.
    """
    if stated is not None and not 0 <= stated <= 10:
        stated = None
    scored = cvss.score(text) if text else None
    if scored is not None:
        return (Vector(scored.version, scored.vector, scored.score, stated),)
    if not stated:
        return (Vector(version, text[:400]),) if text else ()
    return (Vector(version, text[:400], None, stated),)

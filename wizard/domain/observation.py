"""What was seen: one dated fact about a subject, how it was obtained, and how it was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

#: A value as JSON knows it.
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class Verdict(StrEnum):
    """What a check concluded. "Could not look" is UNKNOWN, never a pass and never a fail."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


#: The order in which results are listed.
WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE)


class Level(StrEnum):
    """Whether the page demands it; a failed advisory check is a note and never red."""

    MUST = "must"
    RECOMMENDED = "recommended"


class Method(StrEnum):
    """How a fact was obtained (OSCAL): a machine looked, a document was examined, a person was asked."""

    TEST = "test"
    EXAMINE = "examine"
    INTERVIEW = "interview"


class Outcome(StrEnum):
    """What an observation does to a claim."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    INCONCLUSIVE = "inconclusive"


#: Live looks count for 30 days: our default, not Apollo's.
LOOK_COUNTS_FOR = timedelta(days=30)
#: Signing offers to repeat looks older than this.
LOOK_IS_FRESH_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Result:
    """One check's judgement of one subject.

    `subject` is a host[:port], an endpoint, a repository, or "" for the assessment as a whole. `facts` is the typed
    reading as JSON. `rule` names the rule with its version ("hsts/1"), `source` where the rule comes from.
    `proof` is a short excerpt of what was received, masked, for the card; the whole proof is in the sealed record.
    """

    check: str
    subject: str
    verdict: Verdict
    level: Level
    summary: str
    rule: str
    source: str
    method: Method
    at: datetime
    facts: Mapping[str, Json] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    proof: str = ""
    next_step: str = ""
    fix: str = ""
    #: two looks of the same run that did not agree
    inconsistent: bool = False
    #: everything that fails here is a known gap with owner, control and date, or an explained one: until this day
    excepted_until: date | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What it does to a claim; None for a note or a check that does not apply."""
        match self.verdict:
            case Verdict.PASS | Verdict.WARN:
                return Outcome.SUPPORTS
            case Verdict.FAIL:
                return Outcome.CONTRADICTS if self.level is Level.MUST else None
            case Verdict.UNKNOWN:
                return Outcome.INCONCLUSIVE if self.level is Level.MUST else None
            case Verdict.NOT_APPLICABLE:
                return None


@dataclass(frozen=True, slots=True)
class Observation:
    """A recorded result: the run it came from, the sealed record that proves it, and what earlier looks said.

    `decided` is the last result that could see, while the newest could not: not being able to look takes back a pass,
    but never a failure.
    """

    result: Result
    run: str
    record: str
    runs: int = 1
    failed_runs: int = 0
    previous: Result | None = None
    decided: Result | None = None
    #: when it began to fail, and when a look that could see found it mended; None where it never failed
    failed_from: datetime | None = None
    mended_at: datetime | None = None

    @property
    def standing(self) -> Result:
        """The result that counts against a claim: the newest one, or the one before it while nobody could look."""
        return self.decided or self.result

    def expired(self, now: datetime) -> bool:
        """True when the newest look no longer counts."""
        return outdated(self.result, now)


def outdated(result: Result, now: datetime) -> bool:
    """True when a live look no longer counts; what people said and documents show expires by other rules.

    A look dated further ahead than a look counts is as far from now as one that is too old: a clock was wrong.
    """
    return result.method is Method.TEST and abs(now - result.at) > LOOK_COUNTS_FOR


def failing(before: Observation | None, result: Result) -> tuple[datetime | None, datetime | None]:
    """When a check began to fail and when it was seen mended; a failure after that begins anew."""
    failed_from, mended_at = (before.failed_from, before.mended_at) if before else (None, None)
    if result.verdict is Verdict.FAIL:
        return (result.at, None) if failed_from is None or mended_at is not None else (failed_from, None)
    if result.verdict is Verdict.NOT_APPLICABLE:
        return None, None
    if failed_from is not None and mended_at is None and result.verdict in (Verdict.PASS, Verdict.WARN):
        return failed_from, result.at
    return failed_from, mended_at


#: Of looks that did not know of each other a failure counts first, and one that could see before one that could not.
_WORST_FIRST = (Verdict.FAIL, Verdict.WARN, Verdict.PASS, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE)


def severity(verdict: Verdict) -> int:
    """How early a verdict counts among those of looks that did not know of each other; 0 is the first."""
    return _WORST_FIRST.index(verdict)

"""No library with a known critical or high vulnerability is used, as far as every manifest tells (APP-8, CHK-DEPS)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wizard.checks.code.base import CodeCheck, Judgement
from wizard.checks.dependencies import wording
from wizard.checks.dependencies.dependency import Reach
from wizard.checks.dependencies.states import FRESH_DAYS, OLD_DAYS, Checked, DataSource, State
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.vulnerability import Rating

if TYPE_CHECKING:
    from wizard.checks.dependencies.listing import Listing

CHECK = CodeCheck(
    id="dependencies",
    title=lambda: _("No library with a serious known vulnerability"),
    level=Level.MUST,
    source="Apollo Marketplace: Feature Your Integration, Application Security",
    aliases=("DEPS-01", "CHK-DEPS-SCAN"),
)

_SERIOUS = frozenset({Rating.CRITICAL, Rating.HIGH})
#: So many are named in a result; the sealed record has all of them.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What a look at the dependencies of one repository amounts to, without places.

    `serious`, `unrated` and `lesser` are the flaws by how bad they are, each as "ecosystem name version id"; `unnamed`
    counts serious and unrated ones beyond those that are named. `unknown` counts dependencies that could not be or
    were not looked up; `blind` are sentences about manifests and folders that do not tell everything. `day` is what
    the data speak of, None when no data were used.
    """

    serious: tuple[str, ...]
    unrated: tuple[str, ...]
    lesser: tuple[str, ...]
    counts: Mapping[str, int]
    manifests: int
    unknown: int
    blind: tuple[str, ...]
    source: str
    day: date | None
    trouble: str
    looked_at: str
    unnamed: int = 0
    #: what cannot be checked, each as "ecosystem name version": a person may say what is known of it
    unchecked: tuple[str, ...] = ()

    @classmethod
    def of(cls, listing: Listing, rows: Sequence[Checked], source: DataSource) -> Reading:
        """The reading of what was listed and looked up."""
        flaws = [(flaw.severity.rating, key(row, flaw.id)) for row in rows for flaw in row.vulnerabilities]
        serious = [name for rating, name in flaws if rating in _SERIOUS]
        unrated = [name for rating, name in flaws if rating is Rating.UNKNOWN]
        lesser = [name for rating, name in flaws if rating not in _SERIOUS and rating is not Rating.UNKNOWN]
        return cls(
            serious=_some(serious),
            unrated=_some(unrated),
            lesser=_some(lesser),
            counts={each.value: sum(row.state is each for row in rows) for each in State},
            manifests=len(listing.manifests),
            unknown=sum(row.state in (State.CANNOT_BE_CHECKED, State.NOT_CHECKED) for row in rows),
            blind=(
                *(wording.manifest(each) for each in listing.manifests if each.reach is not Reach.COMPLETE),
                *listing.gaps,
            )[:_MOST],
            source=source.name,
            day=source.day,
            trouble=source.trouble,
            looked_at=wording.counted(rows, len(listing.manifests)),
            unnamed=sum(max(0, len(set(names)) - _MOST) for names in (serious, unrated)),
            unchecked=_some([package(row) for row in rows if row.state is State.CANNOT_BE_CHECKED]),
        )

    def facts(self) -> dict[str, Json]:
        """The reading as facts of a result."""
        return {
            "serious": list(self.serious),
            "unrated": list(self.unrated),
            "lesser": list(self.lesser),
            "counts": dict(self.counts),
            "manifests": self.manifests,
            "unknown": self.unknown,
            "blind": list(self.blind),
            "source": self.source,
            "day": self.day.isoformat() if self.day else None,
            "trouble": self.trouble,
            "looked_at": self.looked_at,
            "unnamed": self.unnamed,
            "unchecked": list(self.unchecked),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Json]) -> Reading | None:
        """The reading of an earlier result; None when nobody could look then."""
        counts, day = facts.get("counts"), facts.get("day")
        if not isinstance(counts, Mapping):
            return None
        return cls(
            serious=_texts(facts.get("serious")),
            unrated=_texts(facts.get("unrated")),
            lesser=_texts(facts.get("lesser")),
            counts={str(name): n for name, n in counts.items() if isinstance(n, int)},
            manifests=_number(facts.get("manifests")),
            unknown=_number(facts.get("unknown")),
            blind=_texts(facts.get("blind")),
            source=str(facts.get("source") or ""),
            day=date.fromisoformat(day) if isinstance(day, str) else None,
            trouble=str(facts.get("trouble") or ""),
            looked_at=str(facts.get("looked_at") or ""),
            unnamed=_number(facts.get("unnamed")),
            unchecked=_texts(facts.get("unchecked")),
        )


def package(row: Checked) -> str:
    """What a word about a package that cannot be checked names."""
    return f"{row.dependency.ecosystem} {row.dependency.name} {row.dependency.version}".strip()


def key(row: Checked, flaw: str) -> str:
    """What a decision about a flaw of a package names."""
    return f"{row.dependency.ecosystem} {row.dependency.name} {row.dependency.version} {flaw}"


def judge(
    reading: Reading,
    today: date,
    settled: Collection[str] = (),
    accepted: Mapping[str, date] | None = None,
    said: Mapping[str, str] | None = None,
) -> Judgement:
    """Fail with one open serious flaw; unknown while anything is; warn with lesser ones or old data; else pass. Pure.

    `settled` are the keys of flaws that a person has shown not to affect the product (VEX: not affected). `accepted`
    are those that stay for a known time, with owner and control: a known gap, and no pass. `said` is what a person said
    of packages that cannot be checked: it is told as that, and nobody has looked for all that.
    """
    accepted = accepted or {}
    words = {each: (said or {})[each] for each in reading.unchecked if each in (said or {})}
    facts = reading.facts() | ({"said": [f"{each}: {text}" for each, text in words.items()]} if words else {})
    serious = [each for each in reading.serious if each not in settled]
    unrated = [each for each in reading.unrated if each not in settled]
    lesser = [each for each in reading.lesser if each not in settled]
    proof = "\n".join((*serious, *unrated, *lesser)[:20])
    if serious or reading.unnamed:
        covered = [until for each in serious if (until := accepted.get(each)) is not None and until >= today]
        n = len(serious) + reading.unnamed
        return Judgement(
            Verdict.FAIL,
            ngettext(
                "{n} serious known vulnerability in the libraries ({what}).",
                "{n} serious known vulnerabilities in the libraries ({what}).",
                n,
            ).format(n=n, what=reading.looked_at),
            proof,
            next_step=_("Update these libraries, or say for each why it does not affect your product."),
            fix=_("Raise the version to one in which it is fixed, lock again, and scan again."),
            facts=facts,
            excepted_until=min(covered) if covered and len(covered) == n else None,
        )
    if why := _blind(reading, today, unrated):
        summary = why[0]
        if words:
            told = ngettext(
                "A person said of {n} that cannot be checked what is known of it.",
                "A person said of {n} that cannot be checked what is known of each.",
                len(words),
            )
            summary = f"{summary} {told.format(n=len(words))}"
            lines = [_("said of {package}: {text}").format(package=each, text=words[each]) for each in words]
            proof = "\n".join(filter(None, (proof, *lines[:20])))
        return Judgement(Verdict.UNKNOWN, summary, proof, next_step=why[1], facts=facts)
    assert reading.day is not None
    age = (today - reading.day).days
    if lesser or age > FRESH_DAYS:
        notes = [
            ngettext("{n} lesser vulnerability is known.", "{n} lesser vulnerabilities are known.", len(lesser)).format(
                n=len(lesser)
            )
            if lesser
            else "",
            _("The data are {n} days old.").format(n=age) if age > FRESH_DAYS else "",
        ]
        summary = _("No serious vulnerability is known ({what}). {notes}")
        return Judgement(
            Verdict.WARN,
            summary.format(what=reading.looked_at, notes=" ".join(filter(None, notes))),
            proof,
            facts=facts,
        )
    return Judgement(Verdict.PASS, _("No vulnerability is known ({what}).").format(what=reading.looked_at), facts=facts)


def _blind(reading: Reading, today: date, unrated: Sequence[str]) -> tuple[str, str] | None:
    """Why nobody can say that there is none, and what helps."""
    if not reading.manifests and not reading.blind:
        return (
            _("No lockfile or manifest was found, so nobody could look."),
            _("Give the folder of the repository, or a bill of materials (CycloneDX, SPDX)."),
        )
    if unrated:
        return (
            ngettext(
                "{n} known vulnerability has no severity in any list.",
                "{n} known vulnerabilities have no severity in any list.",
                len(unrated),
            ).format(n=len(unrated)),
            _("Read the advisory, and say how bad it is for your product."),
        )
    if reading.blind:
        return (
            ngettext(
                "{n} file does not tell everything: {first}",
                "{n} files do not tell everything: {first}",
                len(reading.blind),
            ).format(n=len(reading.blind), first=reading.blind[0]),
            " ".join(reading.blind[:3]),
        )
    if reading.unknown:
        return (
            _("Not every dependency could be looked up ({what}). {why}")
            .format(what=reading.looked_at, why=reading.trouble)
            .strip(),
            _("Open the list, and see why each could not; a report of another tool about them can be added."),
        )
    if reading.day is None and sum(reading.counts.values()) == 0:
        return (
            _("The manifests name no dependency at all, so there was nothing to look up."),
            _("If that is right, say so in your answer."),
        )
    if reading.day is not None and (reading.day - today).days > 1:
        return (
            _("The data about vulnerabilities are dated {day}, which lies in the future.").format(
                day=reading.day.isoformat()
            ),
            _("Correct the clock of this computer, fetch the data again, and scan again."),
        )
    if reading.day is None or (today - reading.day).days > OLD_DAYS:
        return (
            _("The data about vulnerabilities are more than {n} days old.").format(n=OLD_DAYS),
            _("Fetch newer data, and scan again."),
        )
    return None


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _some(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:_MOST]

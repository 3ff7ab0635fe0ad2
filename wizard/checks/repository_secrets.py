"""No repository holds a usable secret: neither its files nor any commit of its history (CHK-SECRET-GIT)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wizard.checks.code import wording
from wizard.checks.code.base import CodeCheck, Judgement
from wizard.checks.code.coverage import History
from wizard.checks.code.leak import Tier
from wizard.checks.code.scan import SecretScan
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict

CHECK = CodeCheck(
    id="repository-secrets",
    title=lambda: _("No secret in code or its history"),
    level=Level.MUST,
    source="Apollo Marketplace: Feature Your Integration, Data Protection",
    aliases=("SECRET-01", "CHK-SECRET-GIT"),
)

#: So many different secrets are named in a result; a repository with more has other worries.
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scan amounts to, without places: it is kept with the result, so that a disposition can be judged later.

    `breaking` are the fingerprints of the different secrets of tiers A and B, `listed` counts those of tier C.
    `gaps` are the sentences of what was not looked at.
    """

    breaking: tuple[str, ...]
    places: int
    listed: int
    complete: bool
    history: str
    gaps: tuple[str, ...]
    looked_at: str
    #: different secrets beyond those that are named
    unnamed: int = 0

    @classmethod
    def of(cls, scan: SecretScan) -> Reading:
        """The reading of a scan."""
        breaking = [leak for leak in scan.leaks if leak.tier is not Tier.C]
        different = tuple(dict.fromkeys(leak.fingerprint for leak in breaking))
        return cls(
            breaking=different[:_MOST],
            unnamed=max(0, len(different) - _MOST),
            places=len(breaking),
            listed=scan.count(Tier.C),
            complete=scan.coverage.complete,
            history=scan.coverage.history.value,
            gaps=tuple(wording.gap(gap) for gap in scan.coverage.gaps),
            looked_at=wording.looked_at(scan.coverage),
        )

    def facts(self) -> dict[str, Json]:
        """The reading as facts of a result."""
        return {
            "breaking": list(self.breaking),
            "places": self.places,
            "listed": self.listed,
            "complete": self.complete,
            "history": self.history,
            "gaps": list(self.gaps),
            "looked_at": self.looked_at,
            "unnamed": self.unnamed,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Json]) -> Reading | None:
        """The reading of an earlier result; None when nobody could look then."""
        breaking, gaps = facts.get("breaking"), facts.get("gaps")
        places, listed, unnamed = facts.get("places"), facts.get("listed"), facts.get("unnamed")
        if not (isinstance(breaking, list | tuple) and isinstance(gaps, list | tuple)):
            return None
        return cls(
            breaking=tuple(str(each) for each in breaking),
            places=places if isinstance(places, int) else 0,
            listed=listed if isinstance(listed, int) else 0,
            complete=facts.get("complete") is True,
            history=str(facts.get("history", "")),
            gaps=tuple(str(each) for each in gaps),
            looked_at=str(facts.get("looked_at", "")),
            unnamed=unnamed if isinstance(unnamed, int) else 0,
        )


def judge(reading: Reading, settled_secrets: Collection[str]) -> Judgement:
    """Fail with one open secret, unknown with a part nobody could read, else pass. Pure."""
    open_ = [each for each in reading.breaking if each not in settled_secrets]
    closed = len(reading.breaking) - len(open_)
    n = len(open_) + reading.unnamed
    facts = reading.facts() | {"open": n, "settled": closed}
    if n:
        summary = ngettext("{n} secret is open.", "{n} secrets are open.", n).format(n=n)
        step = where_to_say()
        return Judgement(
            Verdict.FAIL,
            summary,
            next_step=" ".join((step, *reading.gaps[:3])),
            fix=_("Revoke the secret first, then replace it, then clean up: a deleted line stays in the history."),
            facts=facts,
        )
    if not reading.complete:
        return Judgement(
            Verdict.UNKNOWN,
            _("Not everything could be looked at: {why}").format(why=" ".join(reading.gaps)),
            next_step=" ".join(reading.gaps),
            facts=facts,
        )
    if reading.history != History.WHOLE.value:
        return Judgement(
            Verdict.UNKNOWN,
            _("There is no Git history here, so nobody could look at it."),
            next_step=_("Give the folder of a full clone of the repository."),
            facts=facts,
        )
    summary = _("No open secret ({what}).").format(what=reading.looked_at)
    if closed:
        summary = ngettext(
            "No open secret ({what}); {n} was dealt with.", "No open secret ({what}); {n} were dealt with.", closed
        ).format(what=reading.looked_at, n=closed)
    return Judgement(Verdict.PASS, summary, facts=facts)


def where_to_say() -> str:
    """The next step for open secrets; the page that it names says it in its own words."""
    return _("Say for each, on the page “Code”, when it was revoked and replaced, or why it is no secret.")


def could_not_look(why: str, next_step: str) -> Judgement:
    """Nobody could look at a repository."""
    return Judgement(Verdict.UNKNOWN, why, next_step=next_step)

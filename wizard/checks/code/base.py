"""The words of every check that looks at code: what it is about, and how its judgement becomes a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wizard.domain.finding import SubjectKind
from wizard.domain.observation import Json, Level, Method, Result, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a look at one repository amounts to. `proof` is a masked excerpt.

    `excepted_until`: each thing that it holds against the claim is a known gap, the first of them until that day.
    """

    verdict: Verdict
    summary: str
    proof: str = ""
    next_step: str = ""
    fix: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    excepted_until: date | None = None


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """A check whose subjects are the repositories of the scope. A new `version` is a new rule."""

    id: str
    title: Callable[[], str]
    level: Level
    source: str
    aliases: tuple[str, ...] = ()
    about: SubjectKind = SubjectKind.REPOSITORY
    method: Method = Method.TEST
    version: int = 1

    def result(self, subject: str, judgement: Judgement, at: datetime) -> Result:
        """The judgement of one repository, named as the scope names it, as it is recorded and shown."""
        return Result(
            check=self.id,
            subject=subject,
            verdict=judgement.verdict,
            level=self.level,
            summary=judgement.summary,
            rule=f"{self.id}/{self.version}",
            source=self.source,
            method=self.method,
            at=at,
            facts=judgement.facts,
            proof=judgement.proof,
            next_step=judgement.next_step,
            fix=judgement.fix,
            excepted_until=judgement.excepted_until,
        )

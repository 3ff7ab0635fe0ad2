"""What the looks at one requirement amount to: who is in scope, whose look counts today, and what nobody could see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wizard.domain.language import _
from wizard.domain.observation import Method, Observation, Outcome, Result, Verdict, outdated
from wizard.domain.questionnaire import Part, Requirement
from wizard.domain.scope import Scope


class SubjectKind(StrEnum):
    """What a check's results are about: the judge wants a result for every subject of that kind in scope."""

    HOST = "host"
    REPOSITORY = "repository"
    ASSESSMENT = "assessment"


_WORST_FIRST = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE]


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of some checks at everything in scope.

    `against`: must-level failures that count today. `outdated`: must-level failures whose look no longer counts; nobody
    looked again. `undecided`: the sentence that says what a deciding check could not see yet, "" when it saw all.
    `decided`: the machine looks and read reports that support every subject in scope, empty when one does not.
    `examined`: supporting results that were read from documents.
    """

    observations: tuple[Observation, ...]
    against: tuple[Result, ...]
    outdated: tuple[Result, ...]
    undecided: str
    decided: tuple[Result, ...]
    examined: tuple[Result, ...]
    #: the read documents support every subject of their checks, and no other look leaves anything open or was left out
    examined_all: bool


@dataclass(frozen=True)
class Looking:
    """All observations of an assessment, ready to be asked for requirement by requirement."""

    scope: Scope
    now: datetime
    kinds: Mapping[str, SubjectKind]
    by_check: Mapping[str, Mapping[str, Observation]]
    #: the hosts in scope, by their subject
    hosts: tuple[str, ...]

    @classmethod
    def at(
        cls,
        observations: Iterable[Observation],
        scope: Scope,
        now: datetime,
        kinds: Mapping[str, SubjectKind],
    ) -> Looking:
        """Sort the observations by check, without those whose subject has left the scope."""
        subjects = tuple(host.subject for host in scope.hosts)
        hosts = set(subjects)
        by_check: dict[str, dict[str, Observation]] = {}
        for observation in observations:
            check, subject = observation.result.check, observation.result.subject
            match kinds.get(check):
                case SubjectKind.HOST:
                    # an endpoint belongs to its host: "api.example.com/v1/users"
                    inside = subject.partition("/")[0] in hosts
                case SubjectKind.REPOSITORY:
                    inside = subject in scope.repositories
                case _:
                    inside = True
            if inside:
                by_check.setdefault(check, {})[subject] = observation
        return cls(scope, now, kinds, by_check, subjects)

    def at_requirement(self, requirement: Requirement, part: Part | None) -> Looks:
        """What the checks of a requirement, or of one part of it, saw."""
        checks, deciding = checks_of(requirement, part), deciding_of(requirement, part)
        observations = sorted(
            (o for check in checks for o in self.by_check.get(check, {}).values()),
            key=lambda o: (_WORST_FIRST.index(o.result.verdict), o.result.check, o.result.subject),
        )
        failed = [o.standing for o in observations if o.standing.outcome is Outcome.CONTRADICTS]
        examined = tuple(
            o.result for o in observations if o.result.method is Method.EXAMINE and o.result.outcome is Outcome.SUPPORTS
        )
        return Looks(
            observations=tuple(observations),
            against=tuple(result for result in failed if not outdated(result, self.now)),
            outdated=tuple(result for result in failed if outdated(result, self.now)),
            undecided=self._undecided(deciding),
            decided=self._support(deciding),
            examined=examined,
            examined_all=bool(self._support({result.check for result in examined}))
            and all(_settled(o.result) for o in observations if o.result.method is not Method.INTERVIEW)
            and all(self._looked(check) for check in checks if self.kinds.get(check) is SubjectKind.HOST),
        )

    def _looked(self, check: str) -> bool:
        """A check of hosts has looked at every host: one document says nothing about those that nobody looked at."""
        subjects = self.subjects(check)
        return bool(subjects) and not any(self._unseen(check, subject) for subject in subjects)

    def subjects(self, check: str) -> tuple[str, ...]:
        """Everything in scope that this check must have looked at."""
        match self.kinds.get(check, SubjectKind.ASSESSMENT):
            case SubjectKind.HOST:
                return self.hosts
            case SubjectKind.REPOSITORY:
                return self.scope.repositories
            case SubjectKind.ASSESSMENT:
                return ("",)

    def _find(self, check: str, subject: str) -> Observation | None:
        return self.by_check.get(check, {}).get(subject)

    def _undecided(self, deciding: Iterable[str]) -> str:
        for check in deciding:
            kind, subjects = self.kinds.get(check, SubjectKind.ASSESSMENT), self.subjects(check)
            if kind is SubjectKind.HOST and self.scope.unreadable:
                return _("“{text}” in the scope is no host name, so nobody could look at it.").format(
                    text=self.scope.unreadable[0]
                )
            if not subjects:
                return (
                    _("No host is in scope, so nobody could look.")
                    if kind is SubjectKind.HOST
                    else _("No repository is in scope, so nobody could look.")
                )
            for subject in subjects:
                if because := self._unseen(check, subject):
                    return because
        return ""

    def _unseen(self, check: str, subject: str) -> str:
        observation = self._find(check, subject)
        where, named = subject or _("the assessment"), check.replace("-", " ")
        if observation is None:
            return _("The check “{check}” has not looked at {subject} yet.").format(check=named, subject=where)
        if observation.expired(self.now):
            return _(
                "The check “{check}” looked at {subject} more than 30 days ago (our default, not Apollo's)."
            ).format(check=named, subject=where)
        if observation.result.verdict is Verdict.UNKNOWN:
            return observation.result.summary or _("The check “{check}” could not look at {subject}.").format(
                check=named, subject=where
            )
        return ""

    def _support(self, checks: Iterable[str]) -> tuple[Result, ...]:
        """The results that support every subject in scope; nothing when one of them is open, said only, or a note.

        A check that does not apply to one subject leaves it to the others; at least one must have been seen.
        """
        found: list[Result] = []
        for check in checks:
            if self.kinds.get(check) is SubjectKind.HOST and self.scope.unreadable:
                return ()
            subjects = self.subjects(check)
            for subject in subjects:
                observation = self._find(check, subject)
                if observation is None or observation.expired(self.now) or not _settled(observation.result):
                    return ()
                found.append(observation.result)
            if not subjects:
                return ()
        return tuple(found) if any(r.outcome is Outcome.SUPPORTS for r in found) else ()


def checks_of(requirement: Requirement, part: Part | None) -> tuple[str, ...]:
    """The checks that look at a requirement, or at one part: its own, and those that no part claims for itself."""
    everything = dict.fromkeys((*requirement.checks, *requirement.deciding))
    if part is None:
        return tuple(dict.fromkeys((*everything, *(check for p in requirement.parts for check in p.checks))))
    claimed = {check for p in requirement.parts for check in p.checks}
    return tuple(dict.fromkeys((*part.checks, *(check for check in everything if check not in claimed))))


def deciding_of(requirement: Requirement, part: Part | None) -> tuple[str, ...]:
    """Those of its checks that must have looked before it can be called seen."""
    checks = checks_of(requirement, part)
    return tuple(check for check in requirement.deciding if check in checks)


def _settled(result: Result) -> bool:
    """A machine saw it or a report was read, and it supports, or does not apply to this subject."""
    supports = result.outcome is Outcome.SUPPORTS or result.verdict is Verdict.NOT_APPLICABLE
    return supports and result.method is not Method.INTERVIEW

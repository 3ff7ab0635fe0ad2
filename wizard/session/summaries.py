"""What lists show: pure functions over an assessment's findings, shared by the window and the shell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wizard.checks.every import CHECKS, find
from wizard.checks.looks.ground import LookSettings
from wizard.domain import readable
from wizard.domain.assessment import Assessment
from wizard.domain.finding import Finding, Mark, State, SubjectKind
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Observation, Verdict
from wizard.domain.questionnaire import Obligation, Questionnaire, Requirement, Section

#: Marks that a person should look at, worst first.
NOT_FINE = (Mark.CONTRADICTED, Mark.NOT_MET, Mark.RECOMMENDATION_NOT_MET, Mark.EXCEPTION, Mark.COULD_NOT_LOOK)
#: Those that have not looked come after what needs a person.
_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, None, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE)
_RANK = {verdict: rank for rank, verdict in enumerate(_WORST_FIRST)}
#: Marks under which nothing is left to answer.
_ANSWERED = frozenset(set(Mark) - {Mark.NOT_STARTED, Mark.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """One row of the task list: how many of its requirements are answered, its worst mark, and the words for it.

    `complete`: everything is answered, nothing is contradicted or not met, and everything could be looked at.
    """

    section: Section
    answered: int
    total: int
    contradicted: int
    not_met: int
    unseen: int
    started: bool
    #: requirements with an answer that was carried over and that nobody has read again
    carried: int = 0

    @property
    def complete(self) -> bool:
        """Everything answered and read, nothing contradicted or not met, and nothing at which nobody could look."""
        return self.answered == self.total and not (self.contradicted or self.not_met or self.unseen or self.carried)

    @property
    def blind(self) -> bool:
        """Everything is answered, and what keeps it from being complete is that nobody could look."""
        return bool(self.unseen) and self.answered == self.total and not (self.contradicted or self.not_met)

    @property
    def count(self) -> str:
        """The second line in the sidebar: "7 of 10 · 1 contradicted"."""
        out = _("{done} of {all}").format(done=self.answered, all=self.total)
        if self.contradicted:
            out += " · " + _("{n} contradicted").format(n=self.contradicted)
        elif self.not_met:
            out += " · " + _("{n} not met").format(n=self.not_met)
        elif self.blind:
            out += " · " + _("{n} not seen").format(n=self.unseen)
        elif self.carried:
            out += " · " + _("{n} to read again").format(n=self.carried)
        return out


class CheckRow(NamedTuple):
    """One row of the checks page: a check on a subject, with what it saw or None. There are thousands of them."""

    check: str
    title: str
    subject: str
    observation: Observation | None
    requirements: tuple[str, ...]
    contradicts: bool

    @property
    def verdict(self) -> Verdict | None:
        """What it concluded; None before it has looked."""
        return self.observation.result.verdict if self.observation else None


@dataclass(frozen=True, slots=True)
class Found:
    """A requirement that a search found."""

    requirement: Requirement
    section: Section


def answered(finding: Finding) -> bool:
    """True when nothing is left to answer for a requirement."""
    return finding.mark in _ANSWERED


def section_summaries(
    questionnaire: Questionnaire, findings: Mapping[str, Finding], carried: Collection[str] = ()
) -> tuple[SectionSummary, ...]:
    """Every section in order; duties that only inform count as answered when they are.

    `carried` are the questions whose answers come from an earlier attestation and were not read again.
    """
    out = []
    for section in questionnaire.sections:
        of = [findings[r.id] for r in section.requirements]
        marks = Counter(f.mark for f in of)
        out.append(
            SectionSummary(
                section=section,
                answered=sum(answered(f) for f in of),
                total=len(of),
                contradicted=marks[Mark.CONTRADICTED],
                not_met=marks[Mark.NOT_MET],
                unseen=marks[Mark.COULD_NOT_LOOK],
                started=any(f.answered or answered(f) for f in of),
                carried=sum(_waits(questionnaire, r.id, carried) for r in section.requirements),
            )
        )
    return tuple(out)


def _waits(questionnaire: Questionnaire, requirement: str, carried: Collection[str]) -> bool:
    return bool(carried) and any(q.id in carried for q in questionnaire.questions_for(requirement))


def tally(questionnaire: Questionnaire, findings: Mapping[str, Finding]) -> dict[Mark, int]:
    """How many duties carry each mark, worst first, marks without any left out."""
    marks = Counter(findings[r.id].mark for r in questionnaire.requirements)
    return {mark: marks[mark] for mark in Mark if marks[mark]}


def sentence(questionnaire: Questionnaire, assessment: Assessment, findings: Mapping[str, Finding]) -> str:
    """What is known now, in numbers and words: "3 of 8 sections complete · 2 things contradict"."""
    sections = section_summaries(questionnaire, findings, assessment.carried)
    done = sum(s.complete for s in sections)
    parts = [_("{done} of {all} sections complete").format(done=done, all=len(sections))]
    waiting = len(assessment.carried)
    if waiting:
        said = ngettext(
            "{n} earlier answer waits to be read again", "{n} earlier answers wait to be read again", waiting
        )
        parts.append(said.format(n=waiting))
    contradictions = sum(f.contradicted for f in findings.values())
    if contradictions:
        parts.append(
            ngettext("{n} thing contradicts", "{n} things contradict", contradictions).format(n=contradictions)
        )
    if assessment.described.target:
        parts.append(_("target {date}").format(date=readable.day(assessment.described.target)))
    return " · ".join(parts)


def next_step(
    questionnaire: Questionnaire, findings: Mapping[str, Finding], after: str = "", carried: Collection[str] = ()
) -> Requirement | None:
    """The next requirement that needs a person: the first open one behind `after`, else the first open one, else the
    first whose answer was carried over and not read again, else the first contradiction that nobody explained."""
    order = list(questionnaire.by_id.values())
    ids = [r.id for r in order]
    start = ids.index(after) + 1 if after in ids else 0
    turned = order[start:] + order[:start]
    unanswered = [r for r in turned if not r.computed and not answered(findings[r.id])]
    if unanswered:
        return unanswered[0]
    waiting = [r for r in turned if _waits(questionnaire, r.id, carried)]
    if waiting:
        return waiting[0]
    return next((r for r in turned if findings[r.id].contradicted and not findings[r.id].explained), None)


def minutes_left(questionnaire: Questionnaire, findings: Mapping[str, Finding]) -> int:
    """About how long the open requirements take, two and a half minutes each, to the next ten minutes."""
    left = sum(not answered(findings[r.id]) for r in questionnaire.by_id.values())
    return -(-left * 5 // 20) * 10


def check_rows(
    questionnaire: Questionnaire, assessment: Assessment, findings: Mapping[str, Finding]
) -> tuple[CheckRow, ...]:
    """Every check on every subject in scope, worst first; those that have not looked come after what needs a person."""
    served: dict[str, list[str]] = {}
    for requirement in questionnaire.by_id.values():
        for name in dict.fromkeys((*requirement.checks, *(c for p in requirement.parts for c in p.checks))):
            served.setdefault(name, []).append(requirement.id)
    ranked: dict[tuple[bool, int], list[CheckRow]] = {}
    # a run calls what is listed, if anything; what needs a consent or a recording is no row until it has looked
    hosts = [(host, host.subject) for host in assessment.scope.hosts]
    settings = LookSettings(endpoints={subject: () for _host, subject in hosts})
    seen = assessment.observations
    for check in CHECKS:
        if check.about is not SubjectKind.HOST:
            continue
        requirements = tuple(served.get(check.id, ()))
        id, title, contradicted = check.id, check.title(), any(findings[each].contradicted for each in requirements)
        for host, subject in hosts:
            observation = seen.get((id, subject))
            if observation is None and not all(need.wanted(host, settings) for need in check.needs):
                continue
            verdict = observation.result.verdict if observation else None
            contradicts = contradicted and verdict is Verdict.FAIL
            row = CheckRow(id, title, subject, observation, requirements, contradicts)
            ranked.setdefault((not contradicts, _RANK[verdict]), []).append(row)
    return tuple(row for rank in sorted(ranked) for row in ranked[rank])


def check_title(id: str) -> str:
    """What a check is called; its id when it is one of answers or of a newer app."""
    check = find(id)
    return check.title() if check else id


def review_groups(
    questionnaire: Questionnaire, findings: Mapping[str, Finding]
) -> tuple[tuple[Mark, tuple[Finding, ...]], ...]:
    """The duties by mark, worst first, each group in the questionnaire's order."""
    groups: dict[Mark, list[Finding]] = {mark: [] for mark in Mark}
    for requirement in questionnaire.requirements:
        groups[findings[requirement.id].mark].append(findings[requirement.id])
    return tuple((mark, tuple(of)) for mark, of in groups.items() if of)


def weakest(questionnaire: Questionnaire, findings: Mapping[str, Finding], count: int = 5) -> tuple[Finding, ...]:
    """What a reviewer will ask about first: not met, gaps, unseen, and must-requirements that rest on words alone."""
    marks = [*NOT_FINE, Mark.NOT_STARTED, Mark.IN_PROGRESS, Mark.SAID]
    weak = [f for r in questionnaire.requirements if (f := findings[r.id]).mark in marks]
    return tuple(sorted(weak, key=lambda f: (marks.index(f.mark), f.obligation is not Obligation.MUST))[:count])


def search(questionnaire: Questionnaire, text: str, limit: int = 20) -> tuple[Found, ...]:
    """The requirements in whose words every word of `text` occurs; ids and titles come first."""
    words = text.casefold().split()
    if not words:
        return ()
    ranked: list[tuple[int, Found]] = []
    for requirement in questionnaire.by_id.values():
        near = f"{requirement.id} {requirement.title}".casefold()
        asks = " ".join(q.ask for q in questionnaire.questions_for(requirement.id))
        far = f"{near} {requirement.explanation} {requirement.why} {asks}".casefold()
        if all(word in far for word in words):
            rank = 0 if near.startswith(words[0]) else 1 if all(word in near for word in words) else 2
            ranked.append((rank, Found(requirement, questionnaire.section_of[requirement.id])))
    ranked.sort(key=lambda pair: pair[0])
    return tuple(found for _rank, found in ranked[:limit])


def not_met(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is not as required, recommendations left out."""
    return tuple(f for f in findings if f.state is State.FAIL and f.obligation is not Obligation.RECOMMENDED)

"""The only judge: what the observations and answers amount to for each requirement. Computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from wizard.domain import asked as ask
from wizard.domain import events as e
from wizard.domain.answers import AnswerState
from wizard.domain.asked import not_asked_because as not_asked_because
from wizard.domain.assessment import Assessment, with_version
from wizard.domain.conditions import holds
from wizard.domain.language import _, ngettext
from wizard.domain.looks import Looking, Looks, deciding_of
from wizard.domain.looks import SubjectKind as SubjectKind
from wizard.domain.observation import Method, Observation, Result
from wizard.domain.questionnaire import Obligation, Part, Question, Questionnaire, Requirement


class State(StrEnum):
    """What a requirement amounts to, worst first: a requirement in parts takes the worst of its parts."""

    FAIL = "FAIL"
    EXC = "EXC"
    INC = "INC"
    OPEN = "OPEN"
    ATT = "ATT"
    PASS = "PASS"  # noqa: S105
    NA = "NA"


class Basis(StrEnum):
    """What a state rests on: a machine saw it, evidence shows it, a person says it, or nothing yet."""

    SEEN = "seen"
    SHOWN = "shown"
    SAID = "said"
    NOTHING = "nothing"


class Mark(StrEnum):
    """The word that stands beside a requirement everywhere: on screen, in the PDF, in the data. Worst first."""

    CONTRADICTED = "contradicted"
    NOT_MET = "not-met"
    RECOMMENDATION_NOT_MET = "recommendation-not-met"
    EXCEPTION = "exception"
    COULD_NOT_LOOK = "could-not-look"
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    SAID = "said"
    SHOWN = "shown"
    SEEN = "seen"
    DOES_NOT_APPLY = "does-not-apply"


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one requirement or part, its basis, and the sentence that says why.

    `contradicted`: an answer says it is fine and a look or report says otherwise. `withdrawn`: why an N/A no longer
    counts. `open_questions` are asked, required and not completely answered (none of what does not apply); `not_asked`
    are hidden, each with its reason. `answered`: a person said something that counts.
    """

    id: str
    state: State
    basis: Basis
    because: str
    obligation: Obligation
    contradicted: bool = False
    explained: bool = False
    withdrawn: str = ""
    observations: tuple[Observation, ...] = ()
    evidence: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    not_asked: tuple[tuple[str, str], ...] = ()
    parts: tuple[Finding, ...] = ()
    answered: bool = False

    @property
    def mark(self) -> Mark:
        """The one word for it."""
        match self.state:
            case State.FAIL if self.obligation is Obligation.RECOMMENDED:
                return Mark.RECOMMENDATION_NOT_MET
            case State.FAIL:
                return Mark.CONTRADICTED if self.contradicted else Mark.NOT_MET
            case State.EXC:
                return Mark.EXCEPTION
            case State.INC:
                return Mark.COULD_NOT_LOOK
            case State.OPEN:
                return Mark.IN_PROGRESS if self.answered else Mark.NOT_STARTED
            case State.NA:
                return Mark.DOES_NOT_APPLY
            case State.PASS:
                return Mark.SEEN if self.basis is Basis.SEEN else Mark.SHOWN
            case State.ATT:
                return Mark.SHOWN if self.basis is Basis.SHOWN else Mark.SAID


@dataclass(frozen=True)
class Judging:
    """What the judge looks at: one questionnaire, one assessment, one moment, and every look that is in scope."""

    questionnaire: Questionnaire
    assessment: Assessment
    now: datetime
    looking: Looking

    @property
    def today(self) -> date:
        """The day of the judgement, UTC."""
        return self.now.date()


def judge(
    questionnaire: Questionnaire, assessment: Assessment, now: datetime, kinds: Mapping[str, SubjectKind]
) -> dict[str, Finding]:
    """The finding of every duty, in the questionnaire's order; scoping questions have findings too.

    While people said different things without having seen each other's, a duty counts as the worse of them.
    """
    out = _judge(questionnaire, assessment, now, kinds)
    for key, versions in assessment.history.conflicts.items():
        if key.partition(":")[0] in ("answer", "not-applicable", "exception", "explanation"):
            for version in versions:
                other = _judge(questionnaire, with_version(assessment, version), now, kinds)
                out = {id: _worse(finding, other[id]) for id, finding in out.items()}
    return out


def _worse(one: Finding, other: Finding) -> Finding:
    order = list(State)
    if one.state is other.state:
        return other if other.contradicted and not one.contradicted else one
    return min(one, other, key=lambda finding: order.index(finding.state))


def _judge(
    questionnaire: Questionnaire, assessment: Assessment, now: datetime, kinds: Mapping[str, SubjectKind]
) -> dict[str, Finding]:
    looking = Looking.at(assessment.observations.values(), assessment.scope, now, kinds)
    judging = Judging(questionnaire, assessment, now, looking)
    requirements = tuple(questionnaire.by_id.values())
    out = {requirement.id: _requirement(judging, requirement, {}) for requirement in requirements}
    # being blocked never makes a requirement "not met", so one round settles chains; what follows from all comes last
    for requirement in requirements:
        if requirement.blocked_by:
            out[requirement.id] = _requirement(judging, requirement, out)
    for requirement in requirements:
        if requirement.computed:
            out[requirement.id] = _computed(judging, requirement, out)
    return out


def valid_exception(noted: object, today: date) -> bool:
    """True for an exception with gap, owner, compensating control and a date that has not passed."""
    payload = getattr(noted, "payload", None)
    return (
        isinstance(payload, e.ExceptionSet)
        and all(text.strip() for text in (payload.gap, payload.owner, payload.control))
        and payload.until is not None
        and payload.until >= today
    )


def _requirement(judging: Judging, requirement: Requirement, others: Mapping[str, Finding]) -> Finding:
    if not requirement.parts:
        return _One(judging, requirement, None, others).finding()
    parts = tuple(_One(judging, requirement, part, others).finding() for part in requirement.parts)
    order = list(State)
    worst = min(parts, key=lambda finding: order.index(finding.state))
    weakest = max((p.basis for p in parts if p.state is worst.state), key=list(Basis).index)
    contradicted = [p for p in parts if p.contradicted]
    return Finding(
        id=requirement.id,
        state=worst.state,
        basis=weakest,
        because=f"{worst.id}: {worst.because}" if worst.because else "",
        obligation=requirement.obligation,
        contradicted=bool(contradicted),
        explained=bool(contradicted) and all(p.explained for p in contradicted),
        withdrawn=next((p.withdrawn for p in parts if p.withdrawn), ""),
        observations=_unique(o for p in parts for o in p.observations),
        evidence=tuple(dict.fromkeys(id for p in parts for id in p.evidence)),
        open_questions=tuple(dict.fromkeys(q for p in parts for q in p.open_questions)),
        not_asked=tuple(dict.fromkeys(q for p in parts for q in p.not_asked)),
        parts=parts,
        answered=any(p.answered for p in parts),
    )


class _One:
    """The judgement of one requirement, or of one part of it: the six rules of the house, first match."""

    def __init__(
        self, judging: Judging, requirement: Requirement, part: Part | None, others: Mapping[str, Finding]
    ) -> None:
        self.judging, self.requirement, self.part, self.others = judging, requirement, part, others
        self.assessment = judging.assessment
        self.answers = judging.assessment.answers
        self.id = part.id if part else requirement.id
        #: notes, claims and files may be about the part or about the whole requirement
        self.ids = tuple(dict.fromkeys((self.id, requirement.id)))
        self.questions = ask.questions(judging.questionnaire, requirement, part)
        self.not_asked = tuple((q.id, reason) for q in self.questions if (reason := not_asked_because(q, self.answers)))
        hidden = dict(self.not_asked)
        self.asked = [q for q in self.questions if q.id not in hidden]
        self.looks: Looks = judging.looking.at_requirement(requirement, part)
        self.deciding = deciding_of(requirement, part)
        self.evidence = tuple(dict.fromkeys(item.id for id in self.ids for item in self.assessment.evidence_for(id)))
        self.reason, self.withdrawn = self._not_applicable()
        # an N/A that no longer counts has answered nothing
        self.given = [q for q in self.asked if q.id in self.answers and self._counts(q)]
        self.open = tuple(
            q.id for q in self.asked if q.required and not (q in self.given and ask.complete(q, self.answers.get(q.id)))
        )
        self.excepted = any(valid_exception(self.assessment.exceptions.get(id), judging.today) for id in self.ids)

    def finding(self) -> Finding:
        """The first rule that matches."""
        return self._does_not_apply() or self._not_met() or self._open() or self._unseen() or self._met()

    def _found(self, state: State, basis: Basis, because: str, contradicted: bool = False) -> Finding:
        return Finding(
            id=self.id,
            state=state,
            basis=basis,
            because=because,
            obligation=self.requirement.obligation,
            contradicted=contradicted,
            explained=contradicted and any(id in self.assessment.explanations for id in self.ids),
            withdrawn=self.withdrawn,
            observations=self.looks.observations,
            evidence=self.evidence,
            open_questions=() if state is State.NA else self.open,
            not_asked=self.not_asked,
            answered=bool(self.given),
        )

    def _does_not_apply(self) -> Finding | None:
        """1: not asked because of a condition, or N/A with a reason that nothing contradicts."""
        return self._found(State.NA, Basis.SAID, self.reason) if self.reason and not self.withdrawn else None

    def _not_met(self) -> Finding | None:
        """2: contradicted by a look or a report, or the answer itself says no."""
        against = self.looks.against
        unmet = [q for q in self.given if ask.says_no(self.requirement, q, self.answers)]
        if not against and not unmet:
            return None
        because = against[0].summary if against else _("The answer itself says that this is not the case.")
        looked = [result for result in against if result.method is not Method.INTERVIEW]
        claimed = bool(self.given) or bool(self.withdrawn)
        known_gaps = not unmet and all(_known_gap(result, self.judging.today) for result in against)
        state = State.EXC if self.excepted or known_gaps else State.FAIL
        return self._found(state, _basis(looked), because, contradicted=bool(looked) and claimed and not unmet)

    def _open(self) -> Finding | None:
        """3: a required question is unanswered, or nobody has said, shown or seen anything at all."""
        silent = not (self.given or self.deciding or self.evidence or self.looks.examined)
        if not self.open and not (silent and not self.requirement.computed):
            return None
        if self.withdrawn:
            because = self.withdrawn
        elif not self.given:
            because = _("Nobody has answered yet.")
        else:
            n = len(self.open)
            because = ngettext("{n} more to answer.", "{n} more to answer.", n).format(n=n)
        return self._found(State.OPEN, Basis.NOTHING, because)

    def _unseen(self) -> Finding | None:
        """4: the deciding check could not see, nobody ran it, its look is too old, or another requirement blocks it."""
        looks = self.looks
        if looks.outdated:
            # waiting makes no failure go away: someone must look again
            because = _("The last look said: {summary} That was more than 30 days ago; look again.")
            return self._found(State.INC, Basis.NOTHING, because.format(summary=looks.outdated[0].summary))
        blocker = next((b for b in self.requirement.blocked_by if _stands_in_the_way(self.others.get(b))), "")
        if looks.examined or not (looks.undecided or (blocker and not self.deciding)):
            return None
        because = _("Waits for {id}, which is not met.").format(id=blocker) if blocker else looks.undecided
        return self._found(State.INC, Basis.NOTHING, because)

    def _met(self) -> Finding:
        """5: a machine look or a read report supports every subject in scope; 6: else a person says so."""
        looks = self.looks
        if looks.decided:
            return self._found(State.PASS, _basis(looks.decided), looks.decided[0].summary)
        if looks.examined:
            state = State.PASS if looks.examined_all and not self.deciding else State.ATT
            return self._found(state, Basis.SHOWN, looks.examined[0].summary)
        if self._shown():
            return self._found(State.ATT, Basis.SHOWN, _("A person says so and attached evidence."))
        if not self.given and self.deciding:
            return self._found(State.ATT, Basis.NOTHING, _("The looks found nothing against it, and nothing for it."))
        return self._found(State.ATT, Basis.SAID, _("A person says so; nothing contradicts it."))

    def _counts(self, question: Question) -> bool:
        answer = self.answers[question.id]
        return answer.given and not (self.withdrawn and answer.state is AnswerState.NOT_APPLICABLE)

    def _shown(self) -> bool:
        """There is evidence that has not expired."""
        items = (self.assessment.evidence[id] for id in self.evidence)
        return any(item.expires is None or item.expires >= self.judging.today for item in items)

    def _not_applicable(self) -> tuple[str, str]:
        """The reason for N/A ("" if it applies), and why that N/A is withdrawn ("" if it stands)."""
        reason = self._reason()
        if not reason:
            return "", ""
        requirement, looks = self.requirement, self.looks
        if requirement.withdrawn_by is not None and holds(requirement.withdrawn_by, self.answers) is True:
            return reason, requirement.withdrawn_because or _("Another answer says otherwise.")
        against = (*looks.against, *looks.outdated)
        if any(result.method is not Method.INTERVIEW for result in against):
            return reason, _("A look says otherwise.")
        return reason, _("Another answer says otherwise.") if against else ""

    def _reason(self) -> str:
        for holder in (self.requirement, self.part):
            if holder and holder.applies is not None and holds(holder.applies, self.answers) is False:
                return holder.otherwise or _("An earlier answer makes this unnecessary.")
        for id in self.ids:
            claimed = self.assessment.not_applicable.get(id)
            if claimed and isinstance(claimed.payload, e.NotApplicableClaimed) and claimed.payload.reason.strip():
                return claimed.payload.reason
        if self.questions and not self.asked and not self.deciding:
            return self.not_asked[0][1]
        needed = [q for q in self.asked if q.required]
        said = [self.answers[q.id] for q in needed if q.id in self.answers]
        if said and len(said) == len(needed) and all(a.state is AnswerState.NOT_APPLICABLE and a.given for a in said):
            return " ".join(dict.fromkeys(a.reason for a in said))
        return ""


def _computed(judging: Judging, requirement: Requirement, others: Mapping[str, Finding]) -> Finding:
    """ELIG-6: met only while no other must-requirement is not met, could not be looked at, or is open.

    A valid exception stands for what it covers, but is named.
    """
    own = _One(judging, requirement, None, {}).finding()
    known = judging.questionnaire.by_id
    duties = [
        (f, leaf)
        for id, f in others.items()
        if f.obligation is Obligation.MUST and not known[id].scoping and not known[id].computed
        for leaf in (f.parts or (f,))
    ]
    covered = [leaf.id for f, leaf in duties if leaf.state is State.EXC or _excepted(judging, f, leaf)]
    bad = [leaf.id for _f, leaf in duties if leaf.state in (State.FAIL, State.INC) and leaf.id not in covered]
    if bad:
        excepted = valid_exception(judging.assessment.exceptions.get(requirement.id), judging.today)
        because = _("Follows from others: {ids}.").format(ids=", ".join(bad))
        return replace(own, state=State.EXC if excepted else State.FAIL, basis=Basis.SAID, because=because)
    if own.state in (State.FAIL, State.EXC, State.INC, State.OPEN):
        return own
    if any(leaf.open_questions or leaf.state is State.OPEN for _f, leaf in duties):
        because = _("Waits for the requirements that are still open.")
        return replace(own, state=State.OPEN, basis=Basis.NOTHING, because=because)
    if covered and own.state is State.ATT:
        return replace(own, because=_("Declared with known gaps: {ids}.").format(ids=", ".join(covered)))
    return own


def _excepted(judging: Judging, finding: Finding, leaf: Finding) -> bool:
    """Nobody could look, and the gap is known, owned and dated."""
    exceptions = judging.assessment.exceptions
    return leaf.state is State.INC and any(
        valid_exception(exceptions.get(id), judging.today) for id in (leaf.id, finding.id)
    )


def _known_gap(result: Result, today: date) -> bool:
    """Each single thing that this look holds against the claim has its own owner, control and date."""
    return result.excepted_until is not None and result.excepted_until >= today


def _stands_in_the_way(finding: Finding | None) -> bool:
    return finding is not None and finding.state in (State.FAIL, State.EXC)


def _basis(results: Iterable[Result]) -> Basis:
    methods = {result.method for result in results}
    return Basis.SEEN if Method.TEST in methods else Basis.SHOWN if Method.EXAMINE in methods else Basis.SAID


def _unique(observations: Iterator[Observation]) -> tuple[Observation, ...]:
    return tuple({(o.result.check, o.result.subject): o for o in observations}.values())

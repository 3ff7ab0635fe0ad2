"""The only judge: what the observations and answers amount to for each requirement. Computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import Assessment
from wizard.domain.conditions import holds
from wizard.domain.language import _
from wizard.domain.observation import Method, Observation, Outcome, Verdict
from wizard.domain.questionnaire import AnswerKind, Obligation, Part, Question, Questionnaire, Requirement


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


class SubjectKind(StrEnum):
    """What a check's results are about: the judge wants a result for every subject of that kind in scope."""

    HOST = "host"
    REPOSITORY = "repository"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one requirement or part, its basis, and the sentence that says why.

    `contradicted`: an answer says it is fine and a look or report says otherwise. `withdrawn`: why an N/A no longer
    counts. `open_questions` are asked, required and not answered; `not_asked` are hidden, each with its reason.
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


@dataclass(frozen=True, slots=True)
class Judging:
    """What the judge looks at: one questionnaire, one assessment, one moment, and what each check is about."""

    questionnaire: Questionnaire
    assessment: Assessment
    now: datetime
    kinds: Mapping[str, SubjectKind] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the judgement, UTC."""
        return self.now.date()


def judge(
    questionnaire: Questionnaire, assessment: Assessment, now: datetime, kinds: Mapping[str, SubjectKind]
) -> dict[str, Finding]:
    """The finding of every duty, in the questionnaire's order; scoping questions have findings too."""
    judging = Judging(questionnaire, assessment, now, kinds)
    out: dict[str, Finding] = {}
    later: list[Requirement] = []
    for requirement in questionnaire.by_id.values():
        if requirement.computed or requirement.blocked_by:
            later.append(requirement)
        out[requirement.id] = _requirement(judging, requirement, {})
    for requirement in later:
        out[requirement.id] = (
            _computed(judging, requirement, out) if requirement.computed else _requirement(judging, requirement, out)
        )
    return out


def not_asked_because(question: Question, answers: Mapping[str, Answer]) -> str:
    """The reason why a question is hidden now; "" while it is asked."""
    if question.when is not None and holds(question.when, answers) is False:
        return question.otherwise or _("An earlier answer makes this question unnecessary.")
    return ""


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
        return _one(judging, requirement, None, others)
    parts = tuple(_one(judging, requirement, part, others) for part in requirement.parts)
    order = list(State)
    worst = min(parts, key=lambda finding: order.index(finding.state))
    weakest = max((p.basis for p in parts if p.state is worst.state), key=list(Basis).index)
    return Finding(
        id=requirement.id,
        state=worst.state,
        basis=weakest,
        because=f"{worst.id}: {worst.because}" if worst.because else "",
        obligation=requirement.obligation,
        contradicted=any(p.contradicted for p in parts),
        explained=all(p.explained for p in parts if p.contradicted),
        withdrawn=next((p.withdrawn for p in parts if p.withdrawn), ""),
        observations=_unique(o for p in parts for o in p.observations),
        evidence=tuple(item.id for item in judging.assessment.evidence_for(requirement.id)),
        open_questions=tuple(dict.fromkeys(q for p in parts for q in p.open_questions)),
        not_asked=tuple(dict.fromkeys(q for p in parts for q in p.not_asked)),
        parts=parts,
        answered=any(p.answered for p in parts),
    )


def _one(judging: Judging, requirement: Requirement, part: Part | None, others: Mapping[str, Finding]) -> Finding:
    assessment, questionnaire = judging.assessment, judging.questionnaire
    answers = assessment.answers
    id = part.id if part else requirement.id
    questions = _questions(questionnaire, requirement, part)
    asked = [q for q in questions if not not_asked_because(q, answers)]
    given = [q for q in asked if q.id in answers and answers[q.id].given]
    open_questions = tuple(q.id for q in asked if q.required and q not in given)
    checks = (part.checks or requirement.checks) if part else requirement.checks
    observations = _in_scope(judging, checks)
    against = [o for o in observations if o.result.outcome is Outcome.CONTRADICTS and not o.expired(judging.now)]
    evidence = tuple(item.id for item in assessment.evidence_for(requirement.id))
    unmet = [q for q in given if _says_no(q, answers)]

    def found(state: State, basis: Basis, because: str, **more: object) -> Finding:
        return Finding(
            id=id,
            state=state,
            basis=basis,
            because=because,
            obligation=requirement.obligation,
            observations=observations,
            evidence=evidence,
            open_questions=open_questions,
            not_asked=tuple((q.id, reason) for q in questions if (reason := not_asked_because(q, answers))),
            answered=bool(given),
            **more,  # type: ignore[arg-type]
        )

    # 1 not asked, or does not apply for a reason that nothing contradicts
    reason, withdrawn = _not_applicable(judging, requirement, part, asked, bool(against))
    if reason and not withdrawn:
        return found(State.NA, Basis.SAID, reason)
    # 2 contradicted by a look or a report, or the answer itself says no
    if against or unmet:
        because = against[0].result.summary if against else _("The answer itself says that this is not the case.")
        looked = [o for o in against if o.result.method is not Method.INTERVIEW]
        contradicted = bool(looked) and bool(given) and not unmet
        more = {
            "contradicted": contradicted,
            "explained": contradicted and requirement.id in assessment.explanations,
            "withdrawn": withdrawn,
        }
        basis = _basis(looked) if looked else Basis.SAID
        if valid_exception(assessment.exceptions.get(requirement.id), judging.today):
            return found(State.EXC, basis, because, **more)
        return found(State.FAIL, basis, because, **more)
    # 3 a required question unanswered
    if open_questions or (questions and not given and not _decided(judging, requirement, part)):
        count = len(open_questions) or 1
        because = withdrawn or (
            _("Nobody has answered yet.") if not given else _("{n} more to answer.").format(n=count)
        )
        return found(State.OPEN, Basis.NOTHING, because, withdrawn=withdrawn)
    # 4 the deciding check could not decide, and no examined evidence
    examined = any(o.result.method is Method.EXAMINE and o.result.outcome is Outcome.SUPPORTS for o in observations)
    deciding = _deciding(requirement, part)
    undecided = _undecided(judging, deciding, observations)
    if deciding and undecided and not examined:
        blocker = next((b for b in requirement.blocked_by if _not_met(others.get(b))), "")
        because = _("Waits for {id}, which is not met.").format(id=blocker) if blocker else undecided
        return found(State.INC, Basis.NOTHING, because, withdrawn=withdrawn)
    # 5 a machine look or a read report supports every subject in scope
    supports = [o for o in observations if _decides(o, deciding) and o.result.outcome is Outcome.SUPPORTS]
    if deciding and supports and not undecided:
        return found(State.PASS, _basis(supports), supports[0].result.summary, withdrawn=withdrawn)
    if examined:
        because = next(o.result.summary for o in observations if o.result.method is Method.EXAMINE)
        return found(State.PASS if not deciding else State.ATT, Basis.SHOWN, because, withdrawn=withdrawn)
    # 6 said, and nothing contradicts
    if evidence:
        return found(State.ATT, Basis.SHOWN, _("A person says so and attached evidence."), withdrawn=withdrawn)
    return found(State.ATT, Basis.SAID, _("A person says so; nothing contradicts it."), withdrawn=withdrawn)


def _computed(judging: Judging, requirement: Requirement, others: Mapping[str, Finding]) -> Finding:
    """ELIG-6: met only while no must-requirement is not met, could not be looked at, or is open."""
    own = _one(judging, requirement, None, {})
    duties = [
        f
        for id, f in others.items()
        if id != requirement.id and f.obligation is Obligation.MUST and not judging.questionnaire.by_id[id].scoping
    ]
    bad = [f.id for f in duties if f.state is State.FAIL]
    unseen = [f.id for f in duties if f.state is State.INC]
    if bad or unseen:
        because = _("Follows from others: {ids}.").format(ids=", ".join((*bad, *unseen)))
        return _with(own, State.FAIL, because)
    if any(f.state is State.OPEN for f in duties):
        return _with(own, State.OPEN, _("Waits for the requirements that are still open."))
    exceptions = [f.id for f in duties if f.state is State.EXC]
    if exceptions and own.state is State.ATT:
        return _with(own, State.ATT, _("Declared with known gaps: {ids}.").format(ids=", ".join(exceptions)))
    return own


def _with(finding: Finding, state: State, because: str) -> Finding:
    return replace(finding, state=state, because=because, basis=Basis.SAID)


def _questions(questionnaire: Questionnaire, requirement: Requirement, part: Part | None) -> tuple[Question, ...]:
    if part is None:
        return questionnaire.questions_for(requirement.id)
    return (*questionnaire.questions_exactly_for(requirement.id), *questionnaire.questions_exactly_for(part.id))


def _says_no(question: Question, answers: Mapping[str, Answer]) -> bool:
    if question.unmet is not None:
        return holds(question.unmet, answers) is True
    answer = answers[question.id]
    return question.kind is AnswerKind.YES_NO and answer.state is AnswerState.GIVEN and answer.value == "no"


def _not_applicable(
    judging: Judging, requirement: Requirement, part: Part | None, asked: list[Question], contradicted: bool
) -> tuple[str, str]:
    """The reason for N/A ("" if it applies), and why that N/A is withdrawn ("" if it stands)."""
    answers = judging.assessment.answers
    reason = ""
    for holder in (requirement, part):
        if holder and holder.applies is not None and holds(holder.applies, answers) is False:
            reason = holder.otherwise
    claimed = judging.assessment.not_applicable.get(requirement.id)
    if not reason and claimed and isinstance(claimed.payload, e.NotApplicableClaimed):
        reason = claimed.payload.reason
    if not reason:
        said = [answers[q.id] for q in asked if q.required and q.id in answers]
        needed = sum(q.required for q in asked)
        if needed and len(said) == needed and all(a.state is AnswerState.NOT_APPLICABLE and a.given for a in said):
            reason = said[0].reason
    if not reason:
        return "", ""
    if requirement.withdrawn_by is not None and holds(requirement.withdrawn_by, answers) is True:
        return reason, requirement.withdrawn_because or _("Another answer says otherwise.")
    if contradicted:
        return reason, _("A look says otherwise.")
    return reason, ""


def _in_scope(judging: Judging, checks: tuple[str, ...]) -> tuple[Observation, ...]:
    """The observations of these checks whose subject is still in scope, worst first."""
    scope = judging.assessment.scope
    subjects = {
        SubjectKind.HOST: {h.subject for h in scope.hosts},
        SubjectKind.REPOSITORY: set(scope.repositories),
    }
    order = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE]
    found = [
        o
        for (check, subject), o in judging.assessment.observations.items()
        if check in checks and (judging.kinds.get(check) not in subjects or subject in subjects[judging.kinds[check]])
    ]
    return tuple(sorted(found, key=lambda o: (order.index(o.result.verdict), o.result.check, o.result.subject)))


def _deciding(requirement: Requirement, part: Part | None) -> tuple[str, ...]:
    if part is None:
        return requirement.deciding
    return tuple(check for check in requirement.deciding if check in part.checks)


def _decides(observation: Observation, deciding: tuple[str, ...]) -> bool:
    return observation.result.check in deciding and observation.result.method is not Method.INTERVIEW


def _decided(judging: Judging, requirement: Requirement, part: Part | None) -> bool:
    deciding = _deciding(requirement, part)
    return bool(deciding) and not _undecided(judging, deciding, _in_scope(judging, deciding))


def _undecided(judging: Judging, deciding: tuple[str, ...], observations: tuple[Observation, ...]) -> str:
    """The sentence that says what nobody could look at yet; "" when every deciding check decided every subject."""
    by_key = {(o.result.check, o.result.subject): o for o in observations}
    scope = judging.assessment.scope
    for check in deciding:
        match judging.kinds.get(check, SubjectKind.ASSESSMENT):
            case SubjectKind.HOST:
                subjects: tuple[str, ...] = tuple(h.subject for h in scope.hosts)
                missing = _("No host is in scope, so nobody could look.")
            case SubjectKind.REPOSITORY:
                subjects = scope.repositories
                missing = _("No repository is in scope, so nobody could look.")
            case SubjectKind.ASSESSMENT:
                subjects, missing = ("",), ""
        if not subjects:
            return missing
        for subject in subjects:
            observation = by_key.get((check, subject))
            if observation is None:
                return _("{check} has not looked at {subject} yet.").format(check=check, subject=subject or _("this"))
            if observation.expired(judging.now):
                return _("{check} looked at {subject} more than 30 days ago (our default, not Apollo's).").format(
                    check=check, subject=subject
                )
            if observation.result.verdict is Verdict.UNKNOWN:
                return observation.result.summary
    return ""


def _not_met(finding: Finding | None) -> bool:
    return finding is not None and finding.state in (State.FAIL, State.EXC)


def _basis(observations: Iterable[Observation]) -> Basis:
    methods = {o.result.method for o in observations}
    return Basis.SEEN if Method.TEST in methods else Basis.SHOWN if Method.EXAMINE in methods else Basis.SAID


def _unique(observations: Iterator[Observation]) -> tuple[Observation, ...]:
    return tuple({(o.result.check, o.result.subject): o for o in observations}.values())

"""Freezes an assessment into the statement that is signed, and says what must be put right before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.asked import complete
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.attestation import (
    FORMAT,
    LAYOUT,
    Attestation,
    Blocker,
    Gap,
    Item,
    ItemGroup,
    Journal,
    Said,
    Seen,
    Signatory,
)
from wizard.domain.finding import Finding, State, not_asked_because
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Observation, Outcome
from wizard.domain.questionnaire import AnswerKind, Obligation, Part, Question, Questionnaire, Requirement
from wizard.domain.scope import HOSTS_QUESTION

#: The requirement whose date says when the next assessment is due (page heading of PROG-1: a duty that lasts).
NEXT_ASSESSMENT = "PROG-1"
#: The scoping question that names the release which is attested.
RELEASE = "SCOPE-9"

_NOBODY: Mapping[str, str] = MappingProxyType({})


def counts_until(questionnaire: Questionnaire, assessment: Assessment, signed_on: date) -> date:
    """The last day of an attestation signed on that day: the next assessment's date, twelve months at most."""
    limit = _a_year_after(signed_on)
    planned = (
        when
        for question in questionnaire.questions_for(NEXT_ASSESSMENT)
        if question.kind is AnswerKind.DATE and (when := _date(assessment.answers.get(question.id))) is not None
    )
    return min([limit, *(when for when in planned if when > signed_on)])


def blockers(
    questionnaire: Questionnaire,
    assessment: Assessment,
    findings: Mapping[str, Finding],
    verification_problems: Collection[str],
    today: date,
) -> tuple[Blocker, ...]:
    """Everything that stops signing, in the order in which a person walks; nothing when it may be signed.

    Not met, could not look and looks that are old never block: page 1 shows them. `verification_problems` are the
    sentences of the journal's and the evidence's verification. `where` is a requirement's id, or the page "scope",
    "evidence", "review" or "sign".
    """
    found: list[Blocker] = []
    described = assessment.described
    if not described.organisation.strip() or not described.integration.strip():
        found.append(
            Blocker("scope", _("The organisation or the integration has no name. Page 1 needs both: write them down."))
        )
    hosts = assessment.answers.get(HOSTS_QUESTION)
    if hosts is not None and hosts.state is AnswerState.GIVEN and hosts.given and not assessment.scope.confirmed:
        found.append(
            Blocker("scope", _("The scope is not confirmed as it stands now. Read the list of hosts and confirm it."))
        )
    for requirement in questionnaire.by_id.values():
        finding = findings.get(requirement.id)
        if finding is not None:
            found += _open(questionnaire, assessment, requirement, finding)
    until = counts_until(questionnaire, assessment, today)
    for id, noted in assessment.exceptions.items():
        if isinstance(noted.payload, e.ExceptionSet) and (sentence := _exception(noted.payload, today, until)):
            found.append(Blocker(id, sentence))
    found += [Blocker("review", problem) for problem in verification_problems]
    signatory = assessment.signatory
    if signatory is None or not all(text.strip() for text in (signatory.name, signatory.role, signatory.authority)):
        found.append(
            Blocker("sign", _("The signatory needs a name, a role and what gives the authority to sign. Fill them in."))
        )
    return tuple(found)


def freeze(
    questionnaire: Questionnaire,
    assessment: Assessment,
    findings: Mapping[str, Finding],
    *,
    signed_at: datetime,
    valid_until: date,
    fingerprint: str,
    journal: Journal,
    generator: str,
    runs: Iterable[tuple[str, tuple[str, ...]]] | None = None,
    custom_questionnaire: bool = False,
    author_names: Mapping[str, str] = _NOBODY,
) -> Attestation:
    """The whole statement as data. Pure, and nothing is lost: what no requirement claims is in its notes.

    `findings` is what the judge said at `signed_at`; it is copied, and nobody judges again. `runs` are the run ids
    with the targets agreed to, the assessment's own unless given. `author_names` turns author key ids into names.
    """
    freezing = _Freezing(questionnaire, assessment, findings, author_names)
    scoping: list[Item] = []
    groups: list[ItemGroup] = []
    for section in questionnaire.sections:
        items = tuple(freezing.item(requirement) for requirement in section.requirements)
        if section.scoping:
            scoping += items
        else:
            groups.append(ItemGroup(section.id, section.title, items))
    described, confirmed, scope = assessment.described, assessment.confirmed, assessment.scope
    agreed = confirmed.payload if confirmed and scope.confirmed else None
    signatory = assessment.signatory or e.SignatoryNamed("", "", "")
    release = _release(questionnaire, assessment)
    days = sorted(_days(assessment)) or [signed_at.astimezone(UTC).date()]
    return Attestation(
        format=FORMAT,
        layout=LAYOUT,
        generator=generator,
        organisation=described.organisation,
        integration=described.integration,
        place=described.place,
        registration=described.registration,
        reference=described.reference,
        release=release,
        demonstration=assessment.demonstration,
        questionnaire=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_title=questionnaire.title,
        questionnaire_digest=questionnaire.digest,
        questionnaire_page=questionnaire.page,
        questionnaire_read_on=questionnaire.read_on,
        custom_questionnaire=custom_questionnaire,
        assessed_from=days[0],
        assessed_to=days[-1],
        signed_at=signed_at,
        valid_until=valid_until,
        declaration=_declaration(questionnaire, assessment, release, signatory, valid_until),
        signatory=Signatory(signatory.name, signatory.role, signatory.authority, fingerprint, signatory.email),
        hosts=scope.hosts,
        addresses=_addresses(assessment),
        repositories=scope.repositories,
        scope_statement=agreed.statement if isinstance(agreed, e.ScopeConfirmed) else "",
        scope_confirmed_by=agreed.confirmed_by if isinstance(agreed, e.ScopeConfirmed) else "",
        scope_confirmed_at=confirmed.at if confirmed and agreed else None,
        runs=tuple(assessment.runs.items() if runs is None else runs),
        scoping=tuple(scoping),
        groups=tuple(groups),
        evidence=tuple(
            replace(item, added_by=author_names.get(item.added_by, item.added_by))
            for item in sorted(assessment.evidence.values(), key=lambda item: (item.added_at or signed_at, item.id))
        ),
        journal=journal,
        notes=(*questionnaire.notes, *freezing.left_over()),
    )


def _open(
    questionnaire: Questionnaire, assessment: Assessment, requirement: Requirement, finding: Finding
) -> Iterable[Blocker]:
    """What is open, does not apply without a reason, or stands against a look without a word, of one requirement."""
    id, name = requirement.id, f"{requirement.id} {requirement.title}"
    binding = requirement.scoping or requirement.obligation is Obligation.MUST
    opened = [part for part in (finding.parts or (finding,)) if part.state is State.OPEN]
    questions = tuple(dict.fromkeys(q for part in opened for q in part.open_questions))
    # ELIG-6 waits for the others, which are named themselves, and a scoping question may be optional: of these two only
    # what they demand themselves is a step to take
    if binding and opened and (questions or not (requirement.computed or requirement.scoping)):
        n = len(questions)
        yield Blocker(
            id,
            ngettext(
                "{name}: a question is still open. Answer it, or say why this does not apply.",
                "{name}: {n} questions are still open. Answer them, or say why this does not apply.",
                max(n, 1),
            ).format(name=name, n=n),
        )
    for question in questionnaire.questions_for(id):
        answer = assessment.answers.get(question.id)
        if (
            answer is not None
            and answer.state is AnswerState.NOT_APPLICABLE
            and not answer.reason.strip()
            and not not_asked_because(question, assessment.answers)
        ):
            yield Blocker(
                id, _("{name}: an answer says “does not apply” without a reason. Write why.").format(name=name)
            )
            break
    if finding.contradicted and not finding.explained:
        yield Blocker(
            id,
            _("{name}: the answer and what was seen disagree. Correct the answer, or explain why it stands.").format(
                name=name
            ),
        )


def _exception(exception: e.ExceptionSet, today: date, until: date) -> str:
    """Why this exception cannot be signed; "" when it is complete and its date lies in the attestation's time."""
    missing = [
        word
        for text, word in (
            (exception.gap, _("the gap")),
            (exception.owner, _("an owner")),
            (exception.control, _("a compensating control")),
            (exception.until, _("a date")),
        )
        if not (text.strip() if isinstance(text, str) else text)
    ]
    if missing:
        return _("The exception for {id} is not complete: it lacks {missing}. Fill it in, or take it back.").format(
            id=exception.requirement, missing=", ".join(missing)
        )
    if exception.until is None or exception.until <= today:
        return _("The exception for {id} is over. Set a date that is still to come, or take it back.").format(
            id=exception.requirement
        )
    if exception.until >= until:
        return _(
            "The exception for {id} lasts until {date}, but the attestation counts only until {until}. "
            "Set an earlier date."
        ).format(id=exception.requirement, date=readable.day(exception.until), until=readable.day(until))
    return ""


@dataclass
class _Freezing:
    """One pass over the questionnaire; remembers what was printed, so that the rest can be named in the notes."""

    questionnaire: Questionnaire
    assessment: Assessment
    findings: Mapping[str, Finding]
    names: Mapping[str, str]
    printed: dict[str, str] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def item(self, requirement: Requirement) -> Item:
        """A requirement with its parts; a finding that nobody computed is open."""
        finding = self.findings[requirement.id]
        inner = {part.id: part for part in finding.parts}
        parts = tuple(self._item(requirement, part, inner[part.id]) for part in requirement.parts if part.id in inner)
        return replace(self._item(requirement, None, finding, but=parts), parts=parts)

    def _item(self, requirement: Requirement, part: Part | None, finding: Finding, but: tuple[Item, ...] = ()) -> Item:
        id = part.id if part else requirement.id
        assessment = self.assessment
        self.subjects.add(id)
        shown = {(seen.result.check, seen.result.subject) for item in but for seen in item.seen}
        claimed = assessment.not_applicable.get(id)
        reason = claimed.payload.reason if claimed and isinstance(claimed.payload, e.NotApplicableClaimed) else ""
        return Item(
            id=id,
            title=part.title if part else requirement.title,
            obligation=requirement.obligation,
            state=finding.state,
            basis=finding.basis,
            mark=finding.mark,
            because=finding.because,
            source=None if part else requirement.source,
            contradicted=finding.contradicted,
            explanation=_text(assessment.explanations.get(id)),
            comment=_text(assessment.comments.get(id)),
            not_applicable_reason=reason or (finding.because if finding.state is State.NA else ""),
            withdrawn=finding.withdrawn,
            exception=self._gap(assessment.exceptions.get(id)),
            said=tuple(self._said(id, question) for question in self.questionnaire.questions_exactly_for(id)),
            seen=tuple(
                seen
                for observation in finding.observations
                if (observation.result.check, observation.result.subject) not in shown
                for seen in self._seen(observation)
            ),
            evidence=tuple(item.id for item in assessment.evidence_for(id)),
        )

    def _said(self, item: str, question: Question) -> Said:
        answer = self.assessment.answers.get(question.id)
        hidden = not_asked_because(question, self.assessment.answers)
        first = self.printed.setdefault(question.id, item)
        if answer is None:
            return Said(question.id, question.ask, not_asked=hidden or _("Not answered."))
        said = Said(
            question.id,
            question.ask,
            reason=answer.reason,
            author=self.names.get(answer.author, answer.author),
            at=answer.at,
        )
        if question.private and answer.given:
            return replace(
                said,
                reason="",
                lines=(_("Answered; left out here because the answer is private to the organisation."),),
            )
        whole = readable.one_line(question, answer, self._files)
        if hidden:
            kept = _("{reason} An earlier answer is kept and does not count: {answer}")
            return replace(said, reason="", not_asked=kept.format(reason=hidden, answer=whole) if whole else hidden)
        match answer.state:
            case AnswerState.NOT_KNOWN:
                return replace(said, not_asked=" ".join(filter(None, (_("Not known yet."), whole))), reason="")
            case AnswerState.NOT_APPLICABLE:
                kept_lines = readable.lines(question, answer, self._files)
                return replace(said, lines=(_("Does not apply"), *kept_lines))
            case AnswerState.GIVEN:
                return self._given(said, question, answer, first, item)

    def _given(self, said: Said, question: Question, answer: Answer, first: str, item: str) -> Said:
        if readable.is_table(answer):
            if first != item:
                return replace(said, lines=(_("The table is printed at {id}.").format(id=first),), reason="")
            value = answer.value if isinstance(answer.value, tuple) else ()
            rows = [row for row in value if isinstance(row, Row)]
            heads, cells = readable.table(question, rows)
            return replace(said, heads=heads, rows=cells)
        lines = readable.lines(question, answer, self._files)
        return replace(said, lines=lines) if any(lines) else replace(said, not_asked=_("Not answered."))

    def _seen(self, observation: Observation) -> tuple[Seen, ...]:
        """The newest look, and the failure before it that stands while nobody could look."""
        self.seen.add((observation.result.check, observation.result.subject))
        newest = Seen(observation.result, observation.runs, observation.failed_runs, observation.record)
        if observation.standing.outcome is not Outcome.CONTRADICTS or observation.decided is None:
            return (newest,)
        return (newest, Seen(observation.decided, observation.runs, observation.failed_runs))

    def _gap(self, noted: Noted | None) -> Gap | None:
        if noted is None or not isinstance(noted.payload, e.ExceptionSet) or noted.payload.until is None:
            return None
        payload = noted.payload
        author = self.names.get(noted.author, noted.author)
        return Gap(payload.gap, payload.owner, payload.control, noted.payload.until, author)

    @property
    def _files(self) -> Mapping[str, str]:
        removed = _("{name} (removed)")
        names = {id: removed.format(name=item.name) for id, item in self.assessment.removed_evidence.items()}
        return names | {id: item.name for id, item in self.assessment.evidence.items()}

    def left_over(self) -> Iterable[str]:
        """A sentence for everything stored that no requirement here claims, and for half exceptions."""
        assessment = self.assessment
        for id, answer in assessment.answers.items():
            question = self.questionnaire.question_by_id.get(id)
            if id not in self.printed and not (question and question.private):
                said = readable.one_line(question, answer, self._files)
                if said:
                    yield _("An answer to {id}, which is asked nowhere: {answer}").format(id=id, answer=said)
        for id, noted in (*assessment.comments.items(), *assessment.explanations.items()):
            if id not in self.subjects:
                yield _("A comment on {id}, which is asked nowhere: {text}").format(id=id, text=_text(noted))
        for id, noted in assessment.not_applicable.items():
            if id not in self.subjects and isinstance(noted.payload, e.NotApplicableClaimed):
                yield _("{id}, which is asked nowhere, was said not to apply: {text}").format(
                    id=id, text=noted.payload.reason
                )
        for id, noted in assessment.exceptions.items():
            if isinstance(noted.payload, e.ExceptionSet) and (id not in self.subjects or noted.payload.until is None):
                words = (noted.payload.gap, noted.payload.owner, noted.payload.control)
                yield _("An exception for {id} that does not count: {text}").format(
                    id=id, text="; ".join(filter(None, words))
                )
        for key, observation in assessment.observations.items():
            if key not in self.seen:
                yield _(
                    "Seen, but part of no requirement in scope now: {check}, {subject}, {date}: {verdict}. {text}"
                ).format(
                    check=key[0],
                    subject=key[1] or _("the assessment"),
                    date=readable.day(observation.result.at.date()),
                    verdict=readable.verdict(observation.result.verdict),
                    text=observation.result.summary,
                )


def _text(noted: Noted | None) -> str:
    match noted.payload if noted else None:
        case e.CommentSet(_requirement, text) | e.ContradictionExplained(_requirement, text):
            return text
        case _:
            return ""


def _date(answer: Answer | None) -> date | None:
    if answer is None or answer.state is not AnswerState.GIVEN or not isinstance(answer.value, str):
        return None
    try:
        return date.fromisoformat(answer.value)
    except ValueError:
        return None


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _release(questionnaire: Questionnaire, assessment: Assessment) -> str:
    for question in questionnaire.questions_for(RELEASE):
        answer = assessment.answers.get(question.id)
        if question.kind is AnswerKind.TEXT and answer and answer.given and isinstance(answer.value, str):
            return answer.value
    return ""


def _days(assessment: Assessment) -> Iterable[date]:
    """The days of everything that the statement rests on."""
    moments = [answer.at for answer in assessment.answers.values()]
    moments += [observation.result.at for observation in assessment.observations.values()]
    moments += [item.added_at for item in assessment.evidence.values()]
    return (moment.astimezone(UTC).date() for moment in moments or [assessment.started_at] if moment is not None)


def _addresses(assessment: Assessment) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, dict[str, None]] = {}
    for (_check, subject), observation in assessment.observations.items():
        for result in (observation.previous, observation.result):
            for address in result.addresses if result else ():
                found.setdefault(subject, {})[address] = None
    return tuple((subject, tuple(sorted(addresses))) for subject, addresses in sorted(found.items()))


def _known(questionnaire: Questionnaire, assessment: Assessment) -> Iterable[str]:
    """What was acknowledged and binds to nothing else (PROG-2): repeated beside the signature."""
    for requirement in questionnaire.requirements:
        if requirement.obligation is Obligation.INFO:
            for question in questionnaire.questions_for(requirement.id):
                if question.statement and complete(question, assessment.answers.get(question.id)):
                    yield question.statement


def _declaration(
    questionnaire: Questionnaire, assessment: Assessment, release: str, signatory: e.SignatoryNamed, valid_until: date
) -> str:
    described = assessment.described
    blank = _("(not named yet)")
    what = described.integration.strip() or blank
    if release:
        what = _("{integration}, release {release}").format(integration=what, release=release)
    sentences = (
        _(
            "I, {name}, {role} of {organisation}, declare that {what} was assessed against “{title}” "
            "as published by {publisher} and read on {date}."
        ).format(
            name=signatory.name.strip() or blank,
            role=signatory.role.strip() or blank,
            organisation=described.organisation.strip() or blank,
            what=what,
            title=questionnaire.title,
            publisher=questionnaire.publisher,
            date=readable.day(questionnaire.read_on),
        ),
        _("The answers are complete and true to the best of my knowledge after reasonable inquiry."),
        _(
            "Every duty that is known not to be met, every exception and everything that nobody could look at "
            "is named on page 1."
        ),
        *_known(questionnaire, assessment),
        _("If any of it changes before {date}, this statement no longer holds and will be made again.").format(
            date=readable.day(valid_until)
        ),
    )
    return " ".join(sentences)

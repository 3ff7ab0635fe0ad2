"""Freezes an assessment into the statement that is signed: everything that was said, seen and shown, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from wizard.domain import events as e
from wizard.domain import ledger_shown, readable
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.approved import approvals
from wizard.domain.asked import complete
from wizard.domain.assessment import Assessment, Noted
from wizard.domain.attestation import (
    FORMAT,
    LAYOUT,
    Approved,
    Attestation,
    Consent,
    Gap,
    Item,
    ItemGroup,
    Journal,
    Said,
    Seen,
    ShownControl,
    Signatory,
)
from wizard.domain.blockers import blockers as blockers
from wizard.domain.blockers import counts_until as counts_until
from wizard.domain.finding import Finding, State, not_asked_because
from wizard.domain.language import _
from wizard.domain.observation import Observation, Outcome
from wizard.domain.questionnaire import AnswerKind, Obligation, Part, Question, Questionnaire, Requirement
from wizard.domain.vulnerability import NO_LEDGER, Ledger

#: The scoping question that names the release which is attested.
RELEASE = "SCOPE-9"

_NOBODY: Mapping[str, str] = MappingProxyType({})


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
    ledger: Ledger = NO_LEDGER,
) -> Attestation:
    """The whole statement as data. Pure, and nothing is lost: what no requirement claims is in its notes.

    `findings` is what the judge said at `signed_at`; it is copied, and nobody judges again. `runs` are the run ids
    with the targets agreed to, the assessment's own unless given. `author_names` turns author key ids into names.
    `ledger` is what the assessment's reports and notes amount to on that day.
    """
    today = signed_at.astimezone(UTC).date()
    freezing = _Freezing(questionnaire, assessment, findings, author_names, ledger, today)
    scoping: list[Item] = []
    groups: list[ItemGroup] = []
    for section in questionnaire.sections:
        items = tuple(freezing.item(requirement) for requirement in section.requirements)
        if section.scoping:
            scoping += items
        else:
            stand = approvals(questionnaire, assessment, section)
            names = tuple(Approved(author_names.get(one.author, one.author), one.at, one.author) for one in stand)
            groups.append(ItemGroup(section.id, section.title, items, names))
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
        notes=(*questionnaire.notes, *freezing.left_over(), *ledger_shown.ledger_notes(ledger, today)),
        ledger=ledger_shown.weaknesses(ledger, today, author_names),
        consents=tuple(_consents(assessment, author_names)),
        controls=tuple(_controls(assessment, author_names)),
    )


def _consents(assessment: Assessment, names: Mapping[str, str]) -> Iterator[Consent]:
    for noted in assessment.active.values():
        agreed = noted.payload
        if isinstance(agreed, e.ActiveAgreed):
            by = agreed.agreed_by or names.get(noted.author, "")
            yield Consent(agreed.run, agreed.probes, agreed.data_ports, agreed.customers, by, noted.at)


def _controls(assessment: Assessment, names: Mapping[str, str]) -> Iterator[ShownControl]:
    for host, noted in sorted(assessment.control.items()):
        shown = noted.payload
        if isinstance(shown, e.ControlShown):
            yield ShownControl(host, shown.how, shown.place, shown.shown_by or names.get(noted.author, ""), noted.at)


@dataclass
class _Freezing:
    """One pass over the questionnaire; remembers what was printed, so that the rest can be named in the notes."""

    questionnaire: Questionnaire
    assessment: Assessment
    findings: Mapping[str, Finding]
    names: Mapping[str, str]
    ledger: Ledger
    today: date
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
            exception=self._gap(assessment.exceptions.get(id))
            or ledger_shown.known_gap(finding, self.ledger, self.today, self.names),
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
            "is named at the head of this document, from page 1 on."
        ),
        *_known(questionnaire, assessment),
        _("If any of it changes before {date}, this statement no longer holds and will be made again.").format(
            date=readable.day(valid_until)
        ),
    )
    return " ".join(sentences)

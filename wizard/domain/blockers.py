"""What stops signing, each as a sentence and the place to put it right, and how long a signature would count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from wizard.domain import events as e
from wizard.domain import newer, readable
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.asked import not_asked_because
from wizard.domain.assessment import Assessment
from wizard.domain.attestation import Blocker
from wizard.domain.finding import Finding, State
from wizard.domain.language import _, ngettext
from wizard.domain.mail import is_mail_address
from wizard.domain.questionnaire import AnswerKind, Obligation, Questionnaire, Requirement
from wizard.domain.scope import HOSTS_QUESTION
from wizard.domain.versions import field_words

#: The requirement whose date says when the next assessment is due (page heading of PROG-1: a duty that lasts).
NEXT_ASSESSMENT = "PROG-1"


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
    "evidence", "team", "review" or "sign".
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
        found += _carried(questionnaire, assessment, requirement)
    until = counts_until(questionnaire, assessment, today)
    for id, noted in assessment.exceptions.items():
        if isinstance(noted.payload, e.ExceptionSet) and (sentence := _exception(noted.payload, today, until)):
            found.append(Blocker(id, sentence))
    found += _conflicts(questionnaire, assessment)
    found += _newer(questionnaire, assessment)
    found += [Blocker("review", problem) for problem in verification_problems]
    signatory = assessment.signatory
    if signatory is None or not all(text.strip() for text in (signatory.name, signatory.role, signatory.authority)):
        found.append(
            Blocker("sign", _("The signatory needs a name, a role and what gives the authority to sign. Fill them in."))
        )
    if signatory is not None and (wrong := wrong_email(signatory.email)):
        found.append(Blocker("sign", wrong))
    return tuple(found)


def wrong_email(text: str) -> str:
    """What is wrong with a signatory's e-mail address; "" when nothing is, or when none is given."""
    if not text.strip() or is_mail_address(text.strip()):
        return ""
    return _("“{text}” is not a mail address. Correct it, or leave it empty.").format(text=text.strip()[:80])


def _conflicts(questionnaire: Questionnaire, assessment: Assessment) -> Iterable[Blocker]:
    """What people said differently without having seen each other's words."""
    for key, versions in assessment.history.conflicts.items():
        yield Blocker(
            "team",
            _("{what}: {n} versions were written apart. Choose the one that counts.").format(
                what=field_words(questionnaire, key), n=len(versions)
            ),
        )


def _newer(questionnaire: Questionnaire, assessment: Assessment) -> Iterable[Blocker]:
    """What a newer version of the app wrote about: it may not be how it is shown here."""
    for item, words, _noted in newer.held_items(questionnaire, assessment):
        requirement = questionnaire.owner_of(newer.answer_items(questionnaire, item)[-1])
        yield newer_blocker(words, requirement.id if requirement else "team")


def newer_blocker(what: str, where: str) -> Blocker:
    """That a newer version wrote about something, which may therefore not be as it is shown here."""
    sentence = _(
        "{what}: an entry by a newer version of Attestry cannot be read here, so this may not be how things stand. "
        "Update Attestry, then sign."
    )
    return Blocker(where, sentence.format(what=what))


def _carried(questionnaire: Questionnaire, assessment: Assessment, requirement: Requirement) -> Iterable[Blocker]:
    """Answers of an earlier attestation that nobody has looked at since; a question stands at its first requirement."""
    waiting = [
        question
        for question in questionnaire.questions_for(requirement.id)
        if question.id in assessment.carried
        and questionnaire.owner_of(question.requirements[0]) is requirement
        and not not_asked_because(question, assessment.answers)
    ]
    if waiting:
        n = len(waiting)
        yield Blocker(
            requirement.id,
            ngettext(
                "{name}: an answer was carried over from {day}. Keep it or change it.",
                "{name}: {n} answers were carried over from {day}. Keep or change them.",
                n,
            ).format(
                name=f"{requirement.id} {requirement.title}", n=n, day=readable.day(assessment.carried[waiting[0].id])
            ),
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

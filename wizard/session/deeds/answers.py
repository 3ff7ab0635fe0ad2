"""What a person says: answers, notes, reasons, exceptions, who applies and who signs."""

from __future__ import annotations

import re
from concurrent.futures import Future

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.session.changes import Change
from wizard.session.session import Session


class LooksLikeASecret(Mistake):
    """A field that must never hold a secret was given something that looks like one."""


class IncompleteException(Mistake):
    """An exception without owner, compensating control or date."""


# A long run of letters and digits without spaces, mixed as keys and tokens are; digests of lower-case hex included.
_SECRET = re.compile(
    r"(?:AKIA|ASIA|gh[pousr]_|github_pat_|xox[abpr]-|sk_live_|eyJ[A-Za-z0-9_-]{8,}\.)[A-Za-z0-9_./+-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|(?=[A-Za-z0-9_+/=-]*[A-Z])(?=[A-Za-z0-9_+/=-]*[a-z])(?=[A-Za-z0-9_+/=-]*\d)[A-Za-z0-9_+/=-]{20,}"
    r"|\b[0-9a-f]{32,}\b"
)


def answer(session: Session, given: Answer, origin: object = None) -> Future[Change]:
    """Record an answer, and in the same transaction what the checks of answers make of it.

    Raises `LooksLikeASecret` before anything is written, for the questions that refuse secrets.
    """
    question = session.questionnaire.question_by_id.get(given.question)
    if question is not None and question.refuses_secrets and _holds_secret(given):
        raise LooksLikeASecret(
            _(
                "This looks like a secret itself. Nothing was saved, because an inventory must never hold the values. "
                "Write what it is called and where it is kept instead."
            )
        )
    title = _("Answered {question}").format(question=given.question)
    return session.record(e.AnswerGiven(given), origin=origin, title=title)


def comment(session: Session, requirement: str, text: str, origin: object = None) -> Future[Change]:
    """Write, change or (empty) remove the note beside a requirement."""
    return session.record(
        e.CommentSet(requirement, text), origin=origin, title=_("Note on {id}").format(id=requirement)
    )


def claim_not_applicable(session: Session, requirement: str, reason: str) -> Future[Change]:
    """Say that a requirement does not apply, and why; an empty reason takes it back."""
    title = _("{id} does not apply").format(id=requirement)
    return session.record(e.NotApplicableClaimed(requirement, reason.strip()), title=title)


def explain(session: Session, requirement: str, text: str) -> Future[Change]:
    """Say why an answer stands although a look says otherwise; the state stays what it is."""
    title = _("Explained {id}").format(id=requirement)
    return session.record(e.ContradictionExplained(requirement, text.strip()), title=title)


def grant_exception(session: Session, exception: e.ExceptionSet) -> Future[Change]:
    """Note a known gap. Raises `IncompleteException` unless gap, owner, control and a future date are all there."""
    texts = {
        _("what is missing"): exception.gap,
        _("what covers it meanwhile"): exception.control,
        _("who owns it"): exception.owner,
        _("until when"): exception.until.isoformat() if exception.until else "",
    }
    if missing := [name for name, text in texts.items() if not text.strip()]:
        sentence = _("An exception needs more: {missing}. Nothing was saved. Fill it in.")
        raise IncompleteException(sentence.format(missing=", ".join(missing)))
    if exception.until is not None and exception.until < session.clock().date():
        raise IncompleteException(
            _("That day has passed, and an exception ends on its day. Nothing was saved. Choose a later one.")
        )
    return session.record(exception, title=_("Exception for {id}").format(id=exception.requirement))


def withdraw_exception(session: Session, requirement: str) -> Future[Change]:
    """Take an exception back."""
    return session.record(e.ExceptionSet(requirement), title=_("Exception for {id} withdrawn").format(id=requirement))


def describe(session: Session, described: e.AssessmentDescribed) -> Future[Change]:
    """Say who applies and with what."""
    return session.record(described, title=_("Changed who applies"))


def name_signatory(session: Session, signatory: e.SignatoryNamed) -> Future[Change]:
    """Say who signs, in which role and with what authority."""
    return session.record(signatory, title=_("Changed who signs"))


def _holds_secret(given: Answer) -> bool:
    if given.state is not AnswerState.GIVEN:
        return False
    value = given.value
    items = (value,) if isinstance(value, str | Row) else value
    texts = [cell for i in items for cell in ((c[1] for c in i.cells) if isinstance(i, Row) else (i,))]
    return any(_SECRET.search(text) for text in texts)

"""Taking a deed back: the event that puts things as they were before."""

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import Assessment


def inverse(payload: e.Payload, before: Assessment) -> tuple[e.Payload, ...]:
    """The payloads that undo `payload`, given the assessment before it; none when it cannot be undone.

    Looks, signatures and clock facts are history and stay.
    """
    match payload:
        case e.AnswerGiven(answer):
            earlier = before.answers.get(answer.question)
            return (e.AnswerGiven(earlier or Answer(answer.question, AnswerState.NOT_KNOWN)),)
        case e.CommentSet(requirement):
            was = before.comments.get(requirement)
            return (was.payload if was else e.CommentSet(requirement, ""),)
        case e.NotApplicableClaimed(requirement):
            was = before.not_applicable.get(requirement)
            return (was.payload if was else e.NotApplicableClaimed(requirement, ""),)
        case e.ContradictionExplained(requirement):
            was = before.explanations.get(requirement)
            return (was.payload if was else e.ContradictionExplained(requirement, ""),)
        case e.ExceptionSet(requirement):
            was = before.exceptions.get(requirement)
            return (was.payload if was else e.ExceptionSet(requirement),)
        case e.EvidenceAdded(evidence):
            back = (e.EvidenceRestored(evidence.replaces),) if evidence.replaces in before.evidence else ()
            return (e.EvidenceRemoved(evidence.id), *back)
        case e.EvidenceRemoved(id):
            return (e.EvidenceRestored(id),) if id in before.evidence else ()
        case e.EvidenceRestored(id):
            return (e.EvidenceRemoved(id),)
        case e.EvidenceFiled(id):
            item = before.evidence.get(id)
            return (e.EvidenceFiled(id, item.requirements, item.note, item.expires),) if item else ()
        case e.AssessmentDescribed():
            return (before.described,)
        case e.SignatoryNamed():
            return (before.signatory or e.SignatoryNamed("", "", ""),)
        case _:
            return ()

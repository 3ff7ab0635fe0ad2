"""Taking a deed back: the event that puts things as they were before."""

from __future__ import annotations

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import Assessment
from wizard.domain.vulnerability import Note

#: What happened and stays: it was seen, signed or measured, or it is the beginning.
HISTORY: tuple[type[e.Payload], ...] = (
    e.AssessmentStarted,
    e.Looked,
    e.Attested,
    e.ClockJumped,
    e.OlderCopyAccepted,
    # what went to others or came from them is out of our hands
    e.MemberAdded,
    e.MemberRemoved,
    e.EvidenceRequested,
    e.RequestClosed,
    e.ReplyAdded,
    e.VersionChosen,
    # a report counts while its evidence is there
    e.ReportRead,
    # the answers that it brought can be changed one by one
    e.Renewed,
    # what was sent was sent
    e.ActiveAgreed,
    e.CanarySent,
    e.Unknown,
)


def inverse(payload: e.Payload, before: Assessment, author: str) -> tuple[e.Payload, ...]:
    """The payloads that undo `payload` of an author, given the assessment before it; none when it cannot be undone
    (`HISTORY`), or when it changed nothing.
    """
    match payload:
        case e.AnswerGiven(answer):
            earlier = before.answers.get(answer.question)
            return (e.AnswerGiven(earlier or Answer(answer.question, AnswerState.GIVEN)),)  # emptied
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
            if evidence.id in before.evidence:
                return (e.EvidenceAdded(before.evidence[evidence.id]),)
            if evidence.id in before.removed_evidence:
                return (e.EvidenceAdded(before.removed_evidence[evidence.id]), e.EvidenceRemoved(evidence.id))
            back = (e.EvidenceRestored(evidence.replaces),) if evidence.replaces in before.evidence else ()
            if evidence.id in before.removed_evidence:  # what was removed under that id comes back as it was, removed
                return (e.EvidenceAdded(before.removed_evidence[evidence.id]), e.EvidenceRemoved(evidence.id), *back)
            return (e.EvidenceRemoved(evidence.id), *back)
        case e.EvidenceRemoved(id):
            return (e.EvidenceRestored(id),) if id in before.evidence else ()
        case e.EvidenceRestored(id):
            return (e.EvidenceRemoved(id),) if id in before.removed_evidence else ()
        case e.EvidenceFiled(id):
            item = before.evidence.get(id)
            return (e.EvidenceFiled(id, item.requirements, item.note, item.expires),) if item else ()
        case e.ScopeConfirmed():
            was = before.confirmed
            return (was.payload if was else e.ScopeConfirmed((), ""),)
        case e.ControlShown(host):
            was = before.control.get(host)
            return (was.payload if was else e.ControlShown(host),)
        case e.AssessmentDescribed():
            return (before.described,)
        case e.AssignmentSet(about):
            return (before.assignments.get(about) or e.AssignmentSet(about),)
        case e.VulnerabilityNoted(note):
            earlier_note = before.ledger.get(note.key)
            return (e.VulnerabilityNoted(earlier_note if isinstance(earlier_note, Note) else Note(note.key)),)
        case e.VulnerabilityDisposed(key):
            was = before.disposals.get(key)
            return (was.payload if was else e.VulnerabilityDisposed(key),)
        case e.VulnerabilityMerged(key):
            return (e.VulnerabilityMerged(key, before.merged.get(key, "")),)
        case e.SecretDisposed(fingerprint):
            was = before.secrets.get(fingerprint)
            return (was.payload if was else e.SecretDisposed(fingerprint),)
        case e.DisclosureSet(about):
            return (e.DisclosureSet(about, before.disclosures.get(about)),)
        case e.SectionApproved(section):
            was = before.approvals.get(section, {}).get(author)
            return (was.payload if was else e.SectionApproved(section),)
        case e.SignatoryNamed():
            return (before.signatory or e.SignatoryNamed("", "", ""),)
        case _:
            return ()

"""Who may do what: leads everything, contributors their part, signatories also sign, reviewers read."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.domain import events as e
from wizard.domain.members import Member, Role

#: What contributors may do; signatories also say who signs, and that it was signed. Leads may do everything.
CONTRIBUTES = (
    e.AnswerGiven,
    e.CommentSet,
    e.NotApplicableClaimed,
    e.Looked,
    e.EvidenceAdded,
    e.EvidenceFiled,
    e.EvidenceRemoved,
    e.EvidenceRestored,
    e.ExceptionSet,
    e.ContradictionExplained,
    e.ClockJumped,
    e.OlderCopyAccepted,
    e.VersionChosen,
    e.ReportRead,
    e.VulnerabilityNoted,
    e.VulnerabilityDisposed,
    e.VulnerabilityMerged,
    e.SecretDisposed,
    e.ControlShown,
    e.ActiveAgreed,
    e.CanarySent,
    e.SectionApproved,
)
ALLOWED: Mapping[Role, tuple[type[e.Payload], ...]] = {
    Role.LEAD: (e.Payload,),
    Role.CONTRIBUTOR: CONTRIBUTES,
    Role.SIGNATORY: (*CONTRIBUTES, e.SignatoryNamed, e.Attested),
    Role.REVIEWER: (),
}


RANK = (Role.REVIEWER, Role.CONTRIBUTOR, Role.SIGNATORY, Role.LEAD)


def role_of(founder: str, members: Mapping[str, Member], author: str) -> Role | None:
    """What someone may do, by their key; None for someone who does not take part."""
    if author == founder or not founder:
        return Role.LEAD
    member = members.get(author)
    return member.role if member else None

"""What each role may do to an assessment."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.domain import events as e
from wizard.domain.members import Role

#: What contributors may do; signatories also say who signs, and that it was signed. Leads may do everything.
_CONTRIBUTES = (
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
    e.VersionChosen,
    e.ReportRead,
    e.VulnerabilityNoted,
    e.VulnerabilityDisposed,
    e.VulnerabilityMerged,
    e.SecretDisposed,
)
ALLOWED: Mapping[Role, tuple[type[e.Payload], ...]] = {
    Role.LEAD: (e.Payload,),
    Role.CONTRIBUTOR: _CONTRIBUTES,
    Role.SIGNATORY: (*_CONTRIBUTES, e.SignatoryNamed, e.Attested),
    Role.REVIEWER: (),
}

"""The plan for incidents was approved and practised within a year (INC-6)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, too_old
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


def _judge(said: Said) -> Judgement | None:
    dates = (
        (_("Plan approved"), said.date("INC-6-approved")),
        (_("Plan practised"), said.date("INC-6-exercised")),
    )
    facts = {
        name: when.isoformat() for (_what, when), name in zip(dates, ("approved", "exercised"), strict=True) if when
    }
    wrong = [w for what, when in dates if when and (w := too_old(said, what, when, "INC-6-period", "INC-6"))]
    if wrong:
        return Judgement(Verdict.FAIL, " ".join(wrong), _("Renew the plan, practise it, and note the days."), facts)
    if len(facts) < len(dates):
        return None
    return Judgement(Verdict.PASS, _("The plan is current and was practised."), facts=facts)


CHECK = AnswerCheck(
    id="incident-plan",
    title=lambda: _("Incident plan is current"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response; twelve months is our default, not Apollo's",
    reads=("INC-6-approved", "INC-6-exercised", "INC-6-period"),
    judge=_judge,
    aliases=("CHK-DOC",),
)

"""The plan for carrying on was renewed within a year (INC-7b)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, too_old
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    when = said.date("INC-7-continuity")
    if when is None:
        return None
    facts = {"renewed": when.isoformat()}
    if stale := too_old(said, _("Plan for carrying on"), when, "INC-7-period", "INC-7"):
        return Judgement(Verdict.FAIL, stale, _("Renew the plan and note the day."), facts)
    return Judgement(Verdict.PASS, _("The plan was renewed on {day}.").format(day=day(when)), facts=facts)


CHECK = AnswerCheck(
    id="continuity-plan",
    title=lambda: _("Continuity plan is current"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response; twelve months is our default, not Apollo's",
    reads=("INC-7-continuity", "INC-7-period"),
    judge=_judge,
)

"""Customers' API keys are changed every 90 days, as the page recommends (APP-2)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import API_KEY_DAYS
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


def _judge(said: Said) -> Judgement | None:
    days = said.number("APP-2-period")
    if days is None:
        return None
    facts = {"days": days, "recommended": API_KEY_DAYS}
    if days > API_KEY_DAYS:
        summary = _("Keys are changed after {n:g} days; {limit} are recommended.").format(n=days, limit=API_KEY_DAYS)
        return Judgement(Verdict.FAIL, summary, _("Shorten the period, or leave it: this is advice."), facts)
    if days <= 0:
        return Judgement(Verdict.UNKNOWN, _("{n:g} days is no period.").format(n=days), facts=facts)
    return Judgement(Verdict.PASS, _("Keys are changed after {n:g} days.").format(n=days), facts=facts)


CHECK = AnswerCheck(
    id="api-key-rotation",
    title=lambda: _("API keys changed every 90 days"),
    # The failure must count for APP-2 to be "recommendation not met"; that APP-2 is advice keeps it amber.
    level=Level.MUST,
    source=f"{PAGE}, Application Security (recommended)",
    reads=("APP-2-period",),
    judge=_judge,
)

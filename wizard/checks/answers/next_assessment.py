"""The next assessment is set, and not later than in twelve months (PROG-1)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import PLAN_MONTHS, Period
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    when = said.date("PROG-1-next")
    if when is None:
        return None
    facts = {"next": when.isoformat()}
    if when < said.today:
        summary = _("The next assessment was due on {day}, which has passed.").format(day=day(when))
        return Judgement(Verdict.FAIL, summary, _("Set a date that lies ahead."), facts)
    if when > Period(months=PLAN_MONTHS).after(said.today):
        summary = _("The next assessment is set for {day}, more than {n} months ahead (our default, not Apollo's).")
        return Judgement(
            Verdict.FAIL, summary.format(day=day(when), n=PLAN_MONTHS), _("Choose an earlier date."), facts
        )
    return Judgement(Verdict.PASS, _("The next assessment is on {day}.").format(day=day(when)), facts=facts)


CHECK = AnswerCheck(
    id="next-assessment",
    title=lambda: _("Next assessment within twelve months"),
    level=Level.MUST,
    source=f"{PAGE}, Security Requirements; twelve months is our default, not Apollo's",
    reads=("PROG-1-next",),
    judge=_judge,
)

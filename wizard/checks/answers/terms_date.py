"""Apollo's terms were accepted on a day that has been (ELIG-5)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import read_date
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    when = read_date(said.row("ELIG-5-accepted").get("date"))
    if when is None:
        return None
    facts = {"accepted": when.isoformat()}
    if when > said.today:
        summary = _("The terms are said to be accepted on {day}, which lies in the future.").format(day=day(when))
        return Judgement(Verdict.FAIL, summary, _("Correct the date."), facts)
    return Judgement(Verdict.PASS, _("The terms were accepted on {day}.").format(day=day(when)), facts=facts)


CHECK = AnswerCheck(
    id="terms-date",
    title=lambda: _("Terms accepted"),
    level=Level.MUST,
    source=f"{PAGE}, Marketplace Requirements",
    reads=("ELIG-5-accepted",),
    judge=_judge,
)

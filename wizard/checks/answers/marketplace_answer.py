"""Counts down the five business days within which Apollo answers an application (SUB-1)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import ANSWER_BUSINESS_DAYS, add_business_days, business_days_between, read_date
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    sent = said.date("SUB-1-submitted")
    if sent is None:
        return None
    lines = said.texts("SUB-1-holidays")
    holidays = {found for line in lines if (found := read_date(line)) is not None}
    unread = [line for line in lines if line.strip() and read_date(line) is None]
    due = add_business_days(sent, ANSWER_BUSINESS_DAYS, holidays)
    facts: dict[str, Json] = {"sent": sent.isoformat(), "due": due.isoformat(), "unreadable_holidays": unread}
    if sent > said.today:
        return Judgement(Verdict.UNKNOWN, _("{day} lies in the future.").format(day=day(sent)), facts=facts)
    if unread:
        summary = _("Not a day like 2025-12-25: {lines}.").format(lines=", ".join(unread))
        return Judgement(Verdict.UNKNOWN, summary, _("Correct the holidays."), facts)
    if said.today > due:
        summary = _("Apollo's five business days ended on {day}.").format(day=day(due))
        return Judgement(Verdict.WARN, summary, _("You may ask Apollo's partner team."), facts)
    left = business_days_between(said.today, due, holidays)
    summary = ngettext(
        "Apollo answers by {day}: {n} business day left.", "Apollo answers by {day}: {n} business days left.", left
    ).format(day=day(due), n=left)
    return Judgement(Verdict.PASS, summary, facts=facts)


CHECK = AnswerCheck(
    id="marketplace-answer",
    title=lambda: _("Apollo's answer to the application"),
    level=Level.RECOMMENDED,
    source=f"{PAGE}, Submit Your Marketplace Application",
    reads=("SUB-1-submitted", "SUB-1-holidays"),
    judge=_judge,
)

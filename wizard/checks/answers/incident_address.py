"""The address for incidents is a mail address that was compared with Apollo's page within 90 days (INC-2)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import ADDRESS_VERIFIED_DAYS
from wizard.domain.language import _
from wizard.domain.mail import is_mail_address
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    address, verified = said.text("INC-2-address"), said.date("INC-2-verified")
    if not address:
        return None
    facts: dict[str, Json] = {"verified": verified.isoformat() if verified else ""}
    step = _("Open Apollo's page, copy the address for incidents, and note today's date.")
    if not is_mail_address(address):
        return Judgement(Verdict.FAIL, _("“{text}” is not a mail address.").format(text=address[:80]), step, facts)
    if verified is None:
        return None
    if verified > said.today:
        summary = _("The address is said to be compared on {day}, which lies in the future.").format(day=day(verified))
        return Judgement(Verdict.FAIL, summary, _("Correct the date."), facts)
    age = (said.today - verified).days
    if age > ADDRESS_VERIFIED_DAYS:
        summary = _("The address was last compared with Apollo's page {n} days ago; {limit} are allowed (our default).")
        return Judgement(Verdict.FAIL, summary.format(n=age, limit=ADDRESS_VERIFIED_DAYS), step, facts)
    summary = _("The address was compared with Apollo's page on {day}.").format(day=day(verified))
    return Judgement(Verdict.PASS, summary, facts=facts)


CHECK = AnswerCheck(
    id="incident-address",
    title=lambda: _("Address for incidents is current"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response; 90 days is our default, not Apollo's",
    reads=("INC-2-address", "INC-2-verified"),
    judge=_judge,
)

"""Threats were thought through within a year, after the last big change, and with Apollo's data in mind (APP-11)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, too_old
from wizard.domain.language import _
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day


def _judge(said: Said) -> Judgement | None:
    when = said.date("APP-11-date")
    if when is None:
        return None
    changed, threats = said.date("APP-11-changed"), said.rows("APP-11-threats")
    wrong = []
    if stale := too_old(said, _("Last threat model"), when, "APP-11-period", "APP-11"):
        wrong.append(stale)
    if changed is not None and changed > when:
        wrong.append(_("The app changed on {day}, after the last threat model.").format(day=day(changed)))
    if threats and not any(row.get("apollo") == "yes" for row in threats):
        wrong.append(_("No threat is about Apollo tokens or Apollo data."))
    facts: dict[str, Json] = {
        "modelled": when.isoformat(),
        "changed": changed.isoformat() if changed else "",
        "threats": len(threats),
    }
    if wrong:
        return Judgement(Verdict.FAIL, " ".join(wrong), _("Think the threats through again and note the day."), facts)
    return Judgement(Verdict.PASS, _("Threats were last thought through on {day}.").format(day=day(when)), facts=facts)


CHECK = AnswerCheck(
    id="threat-model-age",
    title=lambda: _("Threat model is current"),
    level=Level.MUST,
    source=f"{PAGE}, Application Security; twelve months is our default, not Apollo's",
    reads=("APP-11-date", "APP-11-changed", "APP-11-period", "APP-11-threats"),
    judge=_judge,
)

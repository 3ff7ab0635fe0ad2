"""The template of the message to Apollo says all five things that the page asks for (INC-3)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

FIELDS = ("type", "status", "information", "tasks", "contact")


def _judge(said: Said) -> Judgement | None:
    rows = said.rows("INC-3-template")
    filled = {row.get("field") for row in rows if row.get("text").strip()}
    if not filled:
        return None
    words = {
        "type": _("kind of incident"),
        "status": _("how it stands"),
        "information": _("information touched"),
        "tasks": _("done and still to do"),
        "contact": _("whom to talk to"),
    }
    missing = [words[name] for name in FIELDS if name not in filled]
    facts = {"fields": sorted(filled)}
    if missing:
        summary = _("The template says nothing about: {fields}.").format(fields=", ".join(missing))
        return Judgement(Verdict.FAIL, summary, _("Add what is missing to your template."), facts)
    return Judgement(Verdict.PASS, _("The template says all five things."), facts=facts)


CHECK = AnswerCheck(
    id="incident-message",
    title=lambda: _("Message to Apollo is complete"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response",
    reads=("INC-3-template",),
    judge=_judge,
)

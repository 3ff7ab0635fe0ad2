"""Your own limits for fixing weaknesses are no longer than 28, 42, 56 and 175 days (VULN-0)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, read_number
from wizard.domain.deadlines import LIMITS, Severity, days_allowed
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


def severity_word(severity: Severity) -> str:
    """The severity in words."""
    words = {
        Severity.CRITICAL: _("critical"),
        Severity.HIGH: _("high"),
        Severity.MEDIUM: _("medium"),
        Severity.LOW: _("low"),
    }
    return words[severity]


def _judge(said: Said) -> Judgement | None:
    rows = said.rows("VULN-0-limits")
    given: dict[Severity, float] = {}
    for row in rows:
        days = read_number(row.get("days"))
        if row.get("severity") in tuple(Severity) and days is not None and days > 0:
            severity = Severity(row.get("severity"))
            given[severity] = max(days, given.get(severity, 0))
    if not given:
        return None
    facts = {severity.value: days for severity, days in given.items()}
    over = [
        _("{severity}: {n:g} days instead of {limit}").format(
            severity=severity_word(severity), n=days, limit=days_allowed(severity)
        )
        for severity, days in given.items()
        if days > days_allowed(severity)
    ]
    if over:
        summary = _("Longer than Apollo allows: {limits}.").format(limits="; ".join(over))
        return Judgement(Verdict.FAIL, summary, _("Shorten these limits in your policy."), facts)
    missing = [severity_word(limit.severity) for limit in LIMITS if limit.severity not in given]
    if missing:
        summary = _("No limit in days for: {severities}.").format(severities=", ".join(missing))
        return Judgement(Verdict.UNKNOWN, summary, _("Fill in all four limits."), facts)
    return Judgement(Verdict.PASS, _("All four limits are within Apollo's."), facts=facts)


CHECK = AnswerCheck(
    id="own-limits",
    title=lambda: _("Own limits within Apollo's"),
    level=Level.MUST,
    source=f"{PAGE}, Vulnerability Management",
    reads=("VULN-0-limits",),
    judge=_judge,
)

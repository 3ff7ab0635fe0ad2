"""In every drill and every incident Apollo was told within 24 hours of detection (INC-1)."""

from __future__ import annotations

from datetime import timedelta

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.deadlines import NOTICE_WITHIN, read_moment
from wizard.domain.language import _
from wizard.domain.observation import Json, Level, Verdict


def _judge(said: Said) -> Judgement | None:
    rows = said.rows("INC-1-drills")
    if not rows:
        return None
    late, unread, longest = [], [], timedelta()
    for row in rows:
        name = row.get("what").strip() or _("a drill without a name")
        detected, notified = read_moment(row.get("detected")), read_moment(row.get("notified"))
        if detected is None or notified is None or not detected <= notified <= said.now:
            unread.append(name)
            continue
        took = notified - detected
        longest = max(longest, took)
        if took > NOTICE_WITHIN:
            late.append(_("{name} ({hours})").format(name=name, hours=_hours(took)))
    facts: dict[str, Json] = {"drills": len(rows), "late": late, "unreadable": unread}
    facts["longest_minutes"] = int(longest.total_seconds() // 60)
    if late:
        summary = _("Apollo was told later than 24 hours after detection: {drills}.").format(drills=", ".join(late))
        return Judgement(Verdict.FAIL, summary, _("Find out what took so long, then practise it again."), facts)
    if unread:
        summary = _("The moments cannot be read, have no time zone, or are in the wrong order, for: {drills}.")
        step = _("Write day, time and zone, like 2025-09-14T08:30Z.")
        return Judgement(Verdict.UNKNOWN, summary.format(drills=", ".join(unread)), step, facts)
    summary = _("Apollo was told within 24 hours each time, at the longest after {hours}.")
    return Judgement(Verdict.PASS, summary.format(hours=_hours(longest)), facts=facts)


def _hours(took: timedelta) -> str:
    minutes = -(-took // timedelta(minutes=1))
    return _("{h} h {m} min").format(h=minutes // 60, m=minutes % 60)


CHECK = AnswerCheck(
    id="notice-drill",
    title=lambda: _("Apollo told within 24 hours"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response",
    reads=("INC-1-drills",),
    judge=_judge,
    aliases=("CHK-CLOCK",),
)

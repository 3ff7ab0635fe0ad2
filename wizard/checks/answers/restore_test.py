"""Every backup was restored for a test within a year, and it worked (INC-7a)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said, too_old
from wizard.domain.deadlines import read_date
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict


def _judge(said: Said) -> Judgement | None:
    rows = said.rows("INC-7-backups")
    if not rows:
        return None
    wrong = []
    for row in rows:
        what = row.get("what").strip() or _("a backup without a name")
        restored = read_date(row.get("restored"))
        if restored is None:
            wrong.append(_("{what} was never restored.").format(what=what))
        elif stale := too_old(said, _("{what}, last restored").format(what=what), restored, "INC-7-period", "INC-7"):
            wrong.append(stale)
        if row.get("result") == "no":
            wrong.append(_("Restoring {what} did not work.").format(what=what))
    facts: dict[str, Json] = {"backups": len(rows), "wrong": len(wrong)}
    if wrong:
        return Judgement(Verdict.FAIL, " ".join(wrong), _("Restore it for a test and note the day."), facts)
    stores = {row.get("store") for row in said.rows("SCOPE-2")}
    if any(row.get("holds_apollo") == "yes" for row in rows) and "backup" not in stores:
        summary = _("All backups were restored. One holds Apollo data, but SCOPE-2 lists no backup.")
        return Judgement(Verdict.WARN, summary, _("Add the backup to SCOPE-2."), facts)
    summary = ngettext(
        "The backup was restored within the period.", "All {n} backups were restored in time.", len(rows)
    )
    return Judgement(Verdict.PASS, summary.format(n=len(rows)), facts=facts)


CHECK = AnswerCheck(
    id="restore-test",
    title=lambda: _("Backups were restored"),
    level=Level.MUST,
    source=f"{PAGE}, Incident Response; twelve months is our default, not Apollo's",
    reads=("INC-7-backups", "INC-7-period", "SCOPE-2"),
    judge=_judge,
)

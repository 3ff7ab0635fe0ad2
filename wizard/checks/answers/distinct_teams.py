"""At least three different Apollo teams are connected; own test accounts and doubles do not count (ELIG-3)."""

from __future__ import annotations

from datetime import timedelta

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.answers import Row
from wizard.domain.deadlines import ACTIVE_TEAM_DAYS, TEAMS_NEEDED, read_date
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict


def _judge(said: Said) -> Judgement | None:
    count, rows = said.number("ELIG-3-count"), said.rows("ELIG-3-teams")
    if not rows:
        if count is None:
            return None
        facts = {"said": count, "needed": TEAMS_NEEDED}
        if count < TEAMS_NEEDED:
            summary = ngettext(
                "{n:g} team is connected; {needed} are needed.",
                "{n:g} teams are connected; {needed} are needed.",
                1 if count == 1 else 2,  # a count that is no whole number is plural
            ).format(n=count, needed=TEAMS_NEEDED)
            return Judgement(Verdict.FAIL, summary, _("Connect more customers before you apply."), facts)
        return Judgement(Verdict.PASS, _("{n:g} teams are said to be connected.").format(n=count), facts=facts)
    real = [row for row in rows if row.get("own_test") != "yes"]
    teams = {_key(row) for row in real}
    unproven = [row for row in real if not row.get("account").strip()]
    oldest = said.today - timedelta(days=ACTIVE_TEAM_DAYS)
    quiet = {_key(row) for row in real if (last := read_date(row.get("last_call"))) is not None and last < oldest}
    more = {"said": count, "rows": len(rows), "distinct": len(teams), "quiet": len(quiet), "needed": TEAMS_NEEDED}
    if len(teams) < TEAMS_NEEDED:
        summary = ngettext(
            "The table lists {n} team, own test accounts left out; {needed} are needed.",
            "The table lists {n} different teams, own test accounts left out; {needed} are needed.",
            len(teams),
        ).format(n=len(teams), needed=TEAMS_NEEDED)
        return Judgement(Verdict.FAIL, summary, _("Add the missing teams to the table."), more)
    notes = []
    if unproven:
        notes.append(_("Some rows have no account digest, so only their names tell the teams apart."))
    if len(teams - quiet) < TEAMS_NEEDED:
        notes.append(
            _("Fewer than {needed} teams made a call in the last {n} days (our default, not Apollo's).").format(
                needed=TEAMS_NEEDED, n=ACTIVE_TEAM_DAYS
            )
        )
    summary = " ".join([_("The table lists {n} different teams.").format(n=len(teams)), *notes])
    return Judgement(Verdict.WARN if notes else Verdict.PASS, summary, facts=more)


def _key(row: Row) -> tuple[str, str]:
    account = row.get("account").strip().casefold()
    return ("account", account) if account else ("alias", row.get("alias").strip().casefold())


CHECK = AnswerCheck(
    id="distinct-teams",
    title=lambda: _("Three different Apollo teams"),
    level=Level.MUST,
    source=f"{PAGE}, Marketplace Requirements",
    reads=("ELIG-3-count", "ELIG-3-teams"),
    judge=_judge,
)

"""What the code host shows of a repository: open alerts, push protection, and whether libraries are scanned there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from wizard.checks.code.base import CodeCheck, Judgement
from wizard.checks.hosting.posture import AlertKind, Posture, Run
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict
from wizard.domain.readable import day
from wizard.domain.vulnerability import Rating

_PAGE = "Apollo Marketplace: Feature Your Integration"
_SERIOUS = (Rating.CRITICAL, Rating.HIGH)
#: Our default, not Apollo's: the page says "periodically".
SCAN_DAYS = 31
#: Scanners of pipelines that look at libraries.
_OF_LIBRARIES = frozenset(
    {
        "Dependency review",
        "OWASP Dependency-Check",
        "OSV-Scanner",
        "Trivy",
        "Grype",
        "Snyk",
        "npm audit",
        "pip-audit",
        "cargo audit",
        "govulncheck",
        "bundler-audit",
        "composer audit",
    }
)


@dataclass(frozen=True, slots=True)
class HostCheck:
    """A check with its judgement of what the host showed, today. Pure."""

    check: CodeCheck
    judge: Callable[[Posture, date], Judgement]


def _secrets(posture: Posture, today: date) -> Judgement:
    return _alerts(
        posture,
        AlertKind.SECRETS,
        clean=_("{host} has no open alert about a secret.").format(host=_name(posture)),
        bad=lambda n: ngettext(
            "{n} alert about a secret is open at {host}.", "{n} alerts about secrets are open at {host}.", n
        ).format(n=n, host=_name(posture)),
        step=_("Revoke and replace each secret, then close its alert there with the reason."),
        off=posture.secret_scanning is False,
    )


def _dependencies(posture: Posture, today: date) -> Judgement:
    return _alerts(
        posture,
        AlertKind.DEPENDENCIES,
        clean=_("{host} has no open alert about a library.").format(host=_name(posture)),
        bad=lambda n: ngettext(
            "{n} serious alert about a library is open at {host}.",
            "{n} serious alerts about libraries are open at {host}.",
            n,
        ).format(n=n, host=_name(posture)),
        step=_("Update these libraries, or dismiss an alert there with its reason."),
    )


def _code(posture: Posture, today: date) -> Judgement:
    """No alert is open, and the newest analysis that is known of is not old: since then nobody looked."""
    found = _open_code(posture)
    analysed = [run.at.date() for run in posture.runs if run.succeeded and not run.file]
    if found.verdict is not Verdict.PASS or not analysed or (today - max(analysed)).days <= SCAN_DAYS:
        return found
    since = _("The newest analysis is of {day}.").format(day=day(max(analysed)))
    period = _("({n} days is our default, not Apollo's)").format(n=SCAN_DAYS)
    step = _("Let the code be analysed again, and ask again.")
    return Judgement(Verdict.WARN, f"{found.summary} {since} {period}", next_step=step, facts=found.facts)


def _open_code(posture: Posture) -> Judgement:
    return _alerts(
        posture,
        AlertKind.CODE,
        clean=_("{host} has no open alert about the code.").format(host=_name(posture)),
        bad=lambda n: ngettext(
            "{n} serious alert about the code is open at {host}.",
            "{n} serious alerts about the code are open at {host}.",
            n,
        ).format(n=n, host=_name(posture)),
        step=_("Fix them, or dismiss an alert there with its reason."),
    )


def _push(posture: Posture, today: date) -> Judgement:
    match posture.push_protection:
        case True:
            return Judgement(Verdict.PASS, _("Push protection is on: the host refuses commits with known secrets."))
        case False:
            return Judgement(
                Verdict.FAIL,
                _("Push protection is off at {host}.").format(host=_name(posture)),
                next_step=_("Switch it on in the repository's security settings; a secret is then refused."),
            )
        case None:
            return Judgement(
                Verdict.UNKNOWN,
                _("{host} did not show whether push protection is on.").format(host=_name(posture)),
                next_step=_("Add a picture of the setting as evidence, or ask with an administrator's token."),
            )


def _scans(posture: Posture, today: date) -> Judgement:
    """A configuration and two successful runs, no further apart than the period, the newest at most one period old."""
    configured, runs = _scanning(posture)
    facts: dict[str, Json] = {
        "configured": list(configured),
        "runs": [run.at.date().isoformat() for run in runs][-20:],
        "period": SCAN_DAYS,
    }
    period = _("({n} days is our default, not Apollo's)").format(n=SCAN_DAYS)
    if not configured:
        hidden = not posture.branch or any(
            each.call in ("workflows", "dependabot-config", "pipelines-file") for each in posture.not_shown
        )
        summary = (
            _("The host did not show the files in which a scan of libraries is configured.")
            if hidden
            else _("No file of the repository configures a scan of libraries.")
        )
        step = _("Switch on Dependabot or add a scanner to the pipeline, or add two dated reports of another tool.")
        return Judgement(Verdict.UNKNOWN, summary, next_step=step, facts=facts)
    said = ", ".join(configured)
    step = _("Add the reports of the last two runs.")
    days = sorted({run.at.date() for run in runs})
    if len(days) < 2:
        summary = _("A scan of libraries is configured ({what}), and fewer than two successful runs were shown.")
        return Judgement(Verdict.UNKNOWN, summary.format(what=said), next_step=step, facts=facts)
    gap, age = (days[-1] - days[-2]).days, (today - days[-1]).days
    between = _("Libraries are scanned by {what}; the newest two runs are of {one} and {other}.").format(
        what=said, one=day(days[-2]), other=day(days[-1])
    )
    if age < -1:
        clock = _("Set the clock of this computer, then ask again.")
        summary = f"{between} " + _("The newest lies in the future.")
        return Judgement(Verdict.UNKNOWN, summary, next_step=clock, facts=facts)
    if gap > SCAN_DAYS or age > SCAN_DAYS:
        why = _("They are {gap} days apart, and the newest is {age} days old.").format(gap=gap, age=max(0, age))
        return Judgement(Verdict.UNKNOWN, f"{between} {why} {period}", next_step=step, facts=facts)
    return Judgement(Verdict.PASS, f"{between} {period}", facts=facts)


def _scanning(posture: Posture) -> tuple[tuple[str, ...], list[Run]]:
    """What scans libraries there, and the successful runs of exactly that."""
    names = (
        [_("Dependabot ({systems})").format(systems=", ".join(u.ecosystem for u in posture.updates))]
        if (posture.updates)
        else []
    )
    files = set()
    for pipeline in posture.pipelines:
        found = [each for each in pipeline.scanners if each in _OF_LIBRARIES]
        if found:
            names.append(f"{pipeline.file}: {', '.join(found)}")
            files.add(pipeline.file)
    runs = [
        run
        for run in posture.runs
        if run.succeeded and (run.file in files or (posture.updates and run.file.startswith("dynamic/dependabot/")))
    ]
    return tuple(names), runs


def _alerts(
    posture: Posture,
    kind: AlertKind,
    *,
    clean: str,
    bad: Callable[[int], str],
    step: str,
    off: bool = False,
) -> Judgement:
    shown = next((each for each in posture.alerts if each.kind is kind), None)
    if shown is None or shown.open is None:
        because = shown.because if shown and shown.because else _("The host did not show them.")
        return Judgement(Verdict.UNKNOWN, because, next_step=_("Add an export or a picture of the alerts as evidence."))
    counts = dict(shown.ratings)
    facts: dict[str, Json] = {
        "open": shown.open,
        "ratings": {rating.value: n for rating, n in shown.ratings},
        "oldest": shown.oldest.isoformat() if shown.oldest else None,
        "whole": shown.whole,
    }
    serious = sum(counts.get(rating, 0) for rating in _SERIOUS)
    if serious:
        return Judgement(Verdict.FAIL, bad(serious), next_step=step, facts=facts)
    if off:
        summary = _("Secret scanning is off at {host}, so its silence says nothing.").format(host=_name(posture))
        return Judgement(Verdict.UNKNOWN, summary, next_step=_("Switch it on, and ask again."), facts=facts)
    if not shown.whole or counts.get(Rating.UNKNOWN, 0):
        summary = (
            _("There are more alerts than were read.") if not shown.whole else _("Some open alerts have no severity.")
        )
        return Judgement(Verdict.UNKNOWN, summary, next_step=step, facts=facts)
    if shown.open:
        summary = ngettext("{n} lesser alert is open.", "{n} lesser alerts are open.", shown.open)
        return Judgement(Verdict.WARN, summary.format(n=shown.open), facts=facts)
    return Judgement(Verdict.PASS, clean, facts=facts)


def _name(posture: Posture) -> str:
    return {"github": "GitHub", "bitbucket": "Bitbucket"}.get(posture.host, posture.host)


def _check(id: str, title: Callable[[], str], heading: str, alias: str, level: Level = Level.MUST) -> CodeCheck:
    return CodeCheck(id=id, title=title, level=level, source=f"{_PAGE}, {heading}", aliases=(alias,))


#: By hand, in the order of the questionnaire.
HOST_CHECKS: tuple[HostCheck, ...] = (
    HostCheck(
        _check("host-secrets", lambda: _("No open alert about a secret"), "Data Protection", "HOST-01"),
        _secrets,
    ),
    HostCheck(
        _check(
            "push-protection",
            lambda: _("Pushes with secrets are refused"),
            "Data Protection",
            "HOST-02",
            Level.RECOMMENDED,
        ),
        _push,
    ),
    HostCheck(
        _check(
            "host-libraries",
            lambda: _("No serious open alert about a library"),
            "Application Security",
            "HOST-03",
        ),
        _dependencies,
    ),
    HostCheck(
        _check("host-scans", lambda: _("Libraries are scanned regularly there"), "Application Security", "HOST-04"),
        _scans,
    ),
    HostCheck(
        _check(
            "host-code",
            lambda: _("No serious open alert about the code"),
            "Application Security",
            "HOST-05",
        ),
        _code,
    ),
)

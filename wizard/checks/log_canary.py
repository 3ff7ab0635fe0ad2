"""Log canary: does a credential that we sent stand in the logs, although the request itself does?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.judging import judge as result_of
from wizard.checks.looks.canary import Hit, LogSample
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host


@dataclass(frozen=True, slots=True)
class LogCanary:
    """The log, as far as the rule needs it."""

    sample: LogSample


def read(facts: Facts) -> LogCanary:
    """What was found in the log."""
    return LogCanary(facts.get(LogSample))


def judge(reading: LogCanary, context: JudgeContext) -> Judgement:
    """Absence proves something only where the request itself is logged."""
    sample = reading.sample
    fix = _(
        "Remove authorisation headers, cookies and keys in the logging library and in the proxy before a line is "
        "written; then send a new canary."
    )
    seen = _("{n} of {all} requests with the canary are in this log.").format(n=len(sample.found), all=len(sample.sent))
    proof = "\n".join((seen, *map(_line, (*sample.canary, *sample.secrets))))
    if sample.canary:
        n = len(sample.canary)
        said = ngettext(
            "The credential that we sent stands in the log (line {line}).",
            "The credential that we sent stands in the log ({n} lines, the first is {line}).",
            n,
        ).format(n=n, line=sample.canary[0].line)
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if sample.found and sample.secrets:
        first = sample.secrets[0]
        said = _("The log holds what looks like a usable secret (line {line}, {kind}).").format(
            line=first.line, kind=kind_of(first.kind)
        )
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if not sample.found:
        said = _("Could not look: none of the requests that we sent is in this log.")
        step = _(
            "Hand in the log of that host and of the minutes around the sending; if it is the right one, these "
            "requests are not logged, which INC-4 asks for."
        )
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    said = _("The requests are in the log, and the credential that they carried is not.")
    if len(sample.found) < len(sample.sent):
        return Judgement(Verdict.WARN, f"{said} {seen}", proof)
    return Judgement(Verdict.PASS, said, proof)


def _line(hit: Hit) -> str:
    return _("line {line}: {kind} {shown}").format(line=hit.line, kind=kind_of(hit.kind), shown=hit.shown).rstrip()


def kind_of(kind: str) -> str:
    """What was found, in words."""
    words = {
        "canary": _("the canary"),
        "canary-hexadecimal": _("the canary in hexadecimal"),
        "canary-base64": _("the canary in base64"),
        "jwt": _("a signed token"),
        "bearer": _("a credential of a request"),
        "key": _("an API key"),
        "token": _("a token"),
        "password": _("a password"),
    }
    return words.get(kind, kind)


def look_at_sample(host: Host, sample: LogSample, at: datetime) -> Result:
    """What a log says about one host."""
    return result_of(CHECK, host, Facts({LogSample: sample}), at)


CHECK = Check(
    id="log-canary",
    title=lambda: _("Log canary"),
    level=Level.MUST,
    source="OWASP ASVS 5.0 16.2.5; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("CHK-LOGCANARY",),
    needs=(LogSample,),
    read=read,
    judge=judge,
    method=Method.EXAMINE,
)

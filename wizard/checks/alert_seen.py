"""Alert on a refusal: does an alert that is handed in name one of our own requests that was refused, in time?

Recommended, not must: one alert shows one rule, and the page asks for more of them. What is handed in is a text (a
message, a saved mail, an export); a picture of an alert cannot be read and stays evidence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.judging import judge as result_of
from wizard.checks.looks.canary import CLOCKS_APART, LogSample, Traces, traces
from wizard.domain.language import _
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host

#: Own rule: the page gives no time for an alert, but 24 hours for telling Apollo of an incident.
AT_MOST = timedelta(hours=24)
REFUSED = (401, 403)


def judge(reading: Traces, context: JudgeContext) -> Judgement:
    """REQUIREMENTS: our own refused requests raised an alert that carries their id."""
    found = {entry.probe: entry for entry in reading.found}
    named = [sent for sent in reading.sent if sent.status in REFUSED and sent.probe in found]
    others = [sent for sent in reading.sent if sent.status not in REFUSED and sent.probe in found]
    proof = "\n".join(f"{sent.path} → {sent.status}: {sent.probe}" for sent in (*named, *others))
    if not any(sent.status in REFUSED for sent in reading.sent):
        said = _("Could not look: none of our requests was refused, so none had to raise an alert.")
        step = _("List endpoints that want a credential, send a new canary, and hand in the alert that it raises.")
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    if others:
        said = _("Could not look: this names {path} too, which was not refused, so it is a log and no alert.")
        return Judgement(Verdict.UNKNOWN, said.format(path=others[0].path), proof, _("Hand in the alert itself."))
    if not named:
        said = _("Could not look: this names none of our requests that were refused.")
        step = _("Hand in an alert that carries the id of a refused request, as text.")
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    stamps = [stamp.at for sent in named for stamp in found[sent.probe].stamps]
    raised = [at for at in stamps or (reading.span or ()) if at >= reading.at - CLOCKS_APART]
    if not stamps and reading.span is None:
        said = _("An alert names {path}, which was refused; it does not say when it was raised.")
        return Judgement(Verdict.WARN, said.format(path=named[0].path), proof)
    if not raised:
        said = _("Could not look: the alert names {path}, but only times before we asked.")
        step = _("Hand in the alert with the time at which it was raised.")
        return Judgement(Verdict.UNKNOWN, said.format(path=named[0].path), proof, step)
    if min(raised) > reading.at + AT_MOST and not stamps:
        said = _("Could not look: the alert names {path}, but only days after we asked, as a forwarded one would.")
        step = _("Hand in the alert itself as it was raised, or as it first arrived.")
        return Judgement(Verdict.UNKNOWN, said.format(path=named[0].path), proof, step)
    if min(raised) > reading.at + AT_MOST:
        said = _("The alert about {path} came more than 24 hours after we asked.").format(path=named[0].path)
        fix = _("Let the rule run at least once an hour, and let it reach a person.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    return Judgement(Verdict.PASS, _("An alert names {path}, which was refused.").format(path=named[0].path), proof)


def look_at_alert(host: Host, sample: LogSample, at: datetime) -> Result:
    """What an alert says about one host."""
    return result_of(CHECK, host, Facts({LogSample: sample}), at)


CHECK = Check(
    id="alert-seen",
    title=lambda: _("Alert on a refusal"),
    level=Level.RECOMMENDED,
    source="OWASP ASVS 5.0 16.3.2; Apollo Marketplace, Security Requirements, Incident Response",
    aliases=("CHK-ALERT-SEEN",),
    needs=(LogSample,),
    read=traces,
    judge=judge,
    method=Method.EXAMINE,
    version=2,
)

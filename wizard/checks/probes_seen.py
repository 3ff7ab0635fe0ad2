"""Probes in the log: do the requests that we sent stand in it, with the right time, and those refused as refused?

Recommended, not must: whoever hands in the log of another part of the service has not shown that nothing is logged.
"""

from __future__ import annotations

from datetime import datetime

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.judging import judge as result_of
from wizard.checks.looks.canary import CLOCKS_APART, LogSample, Sent, Traces, traces
from wizard.checks.looks.log_lines import Found
from wizard.domain.language import _
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host

#: Own rule, as the list of requirements gives it.
_ENOUGH = 90  # per cent


def judge(reading: Traces, context: JudgeContext) -> Judgement:
    """REQUIREMENTS: nine of ten ids, within five minutes, and what was refused is marked so."""
    found = {entry.probe: entry for entry in reading.found}
    said = _("{n} of {all} requests that we sent are in this log.").format(n=len(found), all=len(reading.sent))
    proof = "\n".join([said, *(_line(sent, found.get(sent.probe)) for sent in reading.sent)])
    again = _("Hand in the log of that host, from five minutes before to five minutes after the sending.")
    if len(found) * 100 < len(reading.sent) * _ENOUGH:
        if not _covers(reading):
            unclear = _("Could not look: it is not clear that this log reaches over the time when we sent.")
            return Judgement(Verdict.UNKNOWN, f"{unclear} {said}", proof, again)
        fix = _("Log every request with its time and id, the refused ones too, or hand in the log where they stand.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    near = [entry for entry in found.values() if _near(reading, entry)]
    if len(near) * 100 < len(reading.sent) * _ENOUGH:
        stamps = [stamp for entry in found.values() for stamp in entry.stamps]
        if not all(entry.stamps for entry in found.values()) or not all(stamp.zoned for stamp in stamps):
            unclear = _("Could not look: the lines do not name a time with its zone, so nobody can compare it.")
            return Judgement(Verdict.UNKNOWN, unclear, proof, _("Write the time with its zone into each line."))
        late = _("The requests are in the log, but with a time more than five minutes away from when we sent.")
        return Judgement(Verdict.FAIL, late, proof, fix=_("Set the clock of the server by a time server (NTP)."))
    refused = [sent for sent in reading.sent if sent.status in (401, 403)]
    unmarked = [sent for sent in refused if sent.probe in found and not found[sent.probe].refused]
    if unmarked:
        mute = _("The log does not say that {path} was refused.").format(path=unmarked[0].path)
        fix = _("Write the status or the outcome of each request into its line.")
        return Judgement(Verdict.FAIL, mute, proof, fix=fix)
    if not any(sent.probe in found for sent in refused):
        untold = _("The requests are in the log with their time; none was refused, so it does not show refusals.")
        return Judgement(Verdict.WARN, untold, proof)
    return Judgement(Verdict.PASS, _("The requests are in the log with their time, and refusals are marked."), proof)


def _covers(reading: Traces) -> bool:
    """The log reaches over the time of the sending, as far as its two ends say."""
    return reading.span is not None and reading.span[0] <= reading.at <= reading.span[1]


def _near(reading: Traces, entry: Found) -> bool:
    return any(abs(stamp.at - reading.at) <= CLOCKS_APART for stamp in entry.stamps)


def _line(sent: Sent, entry: Found | None) -> str:
    if entry is None:
        return _("{path} → {status}: not in the log").format(path=sent.path, status=sent.status)
    at = f"{entry.stamps[0].at:%Y-%m-%d %H:%M:%S} UTC" if entry.stamps else _("no time")
    marked = _(", refused") if entry.refused else ""
    return f"{sent.path} → {sent.status}: {at}{marked}"


def look_at_sample(host: Host, sample: LogSample, at: datetime) -> Result:
    """What a log says about one host."""
    return result_of(CHECK, host, Facts({LogSample: sample}), at)


CHECK = Check(
    id="probes-seen",
    title=lambda: _("Probes in the log"),
    level=Level.RECOMMENDED,
    source="OWASP ASVS 5.0 16.2.1, 16.3.2; Apollo Marketplace, Security Requirements, Incident Response",
    aliases=("CHK-PROBE-SEEN",),
    needs=(LogSample,),
    read=traces,
    judge=judge,
    method=Method.EXAMINE,
)

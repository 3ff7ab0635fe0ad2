"""Control of the host: does whoever runs it show that they do, so that active probes may be sent there?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.control import CONTROL_FILE, CONTROL_RECORD, Control
from wizard.checks.troubles import sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class HostControl:
    """`how`: "dns", "file" or "". What is missing is said of both places."""

    how: str
    word: str
    record: str
    file: str


def read(facts: Facts) -> HostControl:
    """Where the word was found."""
    found = facts.get(Control)
    if found.record is None:
        record = _("not asked, because the public name service does not know this name")
    elif found.record.outcome in ("ok", "empty", "no-name"):
        record = _("another value stands there") if found.record.values else _("there is no such record")
    else:
        record = _("the name service did not answer")
    if found.file is None:
        file = sentence(found.file_trouble) if found.file_trouble else _("not asked")
    elif found.file.redirects_to:
        file = _("it redirects ({status}), which is not followed").format(status=found.file.status)
    elif found.file.status == 200:
        file = _("it is there, without the line")
    else:
        file = _("it answers {status}").format(status=found.file.status)
    return HostControl(found.how, found.word, record, file)


def judge(reading: HostControl, context: JudgeContext) -> Judgement:
    """Shown is shown; anything else proves nothing, and is no fault."""
    name, subject = context.host.name, context.host.subject
    record, address = f"{CONTROL_RECORD}.{name} TXT", f"https://{subject}{CONTROL_FILE}"
    if reading.how == "dns":
        return Judgement(Verdict.PASS, _("Control is shown by the name service."), f'{record} "{reading.word}"')
    if reading.how == "file":
        return Judgement(Verdict.PASS, _("Control is shown by a file on the host."), f"{address} → 200\n{reading.word}")
    fix = f'{CONTROL_RECORD}.{name}. 300 IN TXT "{reading.word}"\n\n{address}\n{reading.word}'
    step = _(
        "Publish the line as a TXT record, or as a plain text file at the address below, then look again. "
        "You can take it away after the run."
    )
    said = _("Control of this host is not shown, so nothing active was sent to it.")
    return Judgement(Verdict.UNKNOWN, said, f"{record}: {reading.record}\n{address}: {reading.file}", step, fix)


CHECK = Check(
    id="host-control",
    title=lambda: _("Control of the host"),
    level=Level.RECOMMENDED,
    source="Our rule: anything active needs the consent of whoever runs the host (as in RFC 8555 8)",
    aliases=("CHK-CONTROL",),
    needs=(Control,),
    read=read,
    judge=judge,
)

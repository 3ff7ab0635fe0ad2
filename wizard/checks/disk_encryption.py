"""This computer's disk: would somebody who takes it away read the files on it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from wizard.checks.base import Check, CouldNotLook, Fact, Facts, JudgeContext, Judgement, Trouble
from wizard.checks.looks.own_disk import DiskState, OwnDisk, Volume, look_here
from wizard.domain.language import _
from wizard.domain.looks import SubjectKind
from wizard.domain.observation import Level, Result, Verdict
from wizard.domain.scope import Host


@dataclass(frozen=True, slots=True)
class Disks:
    """The volumes of this computer."""

    system: str
    volumes: tuple[Volume, ...]


def read(facts: Facts) -> Disks:
    """What the system said."""
    found = facts.get(OwnDisk)
    return Disks(found.system, found.volumes)


def judge(reading: Disks, context: JudgeContext) -> Judgement:
    """The page's “full disk encryption”, for a computer that holds Apollo data itself. The worst volume decides."""
    proof = "\n".join(f"{v.place} ({v.device}): {v.state.value}" for v in reading.volumes)
    fix = {
        "Linux": _("Install again with an encrypted disk (LUKS), or move the files to an encrypted volume."),
        "macOS": _("System Settings → Privacy & Security → FileVault → Turn On"),
        "Windows": _("Settings → Privacy & security → Device encryption, or BitLocker → Turn on"),
    }.get(reading.system, "")
    by_state = {state: next((v.place for v in reading.volumes if v.state is state), "") for state in DiskState}
    if place := by_state[DiskState.CLEAR]:
        said = _("{place} of this computer is not encrypted, unless the drive does it by itself.")
        return Judgement(Verdict.FAIL, said.format(place=place), proof, fix=fix)
    if place := by_state[DiskState.SUSPENDED]:
        said = _("The protection of {place} is suspended: its key lies beside the data.").format(place=place)
        return Judgement(Verdict.FAIL, said, proof, fix=_("Resume BitLocker for this drive."))
    if place := by_state[DiskState.CHANGING]:
        said = _("{place} is being encrypted or decrypted now.").format(place=place)
        return Judgement(Verdict.WARN, said, proof, _("Look again when that has ended."))
    if not reading.volumes or by_state[DiskState.UNKNOWN]:
        said = _("Could not look: this computer does not say what lies below {place}.")
        step = _("Add a picture of the system's own encryption settings as evidence.")
        return Judgement(Verdict.UNKNOWN, said.format(place=by_state[DiskState.UNKNOWN] or "/"), proof, step)
    names = ", ".join(dict.fromkeys(v.place for v in reading.volumes))
    return Judgement(Verdict.PASS, _("Encrypted: {places}.").format(places=names), proof)


async def look_at_this_computer(at: datetime) -> Result:
    """Ask this computer about its disks and judge the answer; about the assessment as a whole."""
    from wizard.checks.judging import judge as result_of

    found: Fact | Trouble
    try:
        found = await look_here()
    except CouldNotLook as could_not:
        found = could_not.trouble
    return replace(result_of(CHECK, Host("computer"), Facts({OwnDisk: found}), at), subject="")


CHECK = Check(
    id="disk-encryption",
    title=lambda: _("This computer's disk"),
    level=Level.RECOMMENDED,
    source="Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("CHK-OWN-DISK",),
    needs=(OwnDisk,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
)

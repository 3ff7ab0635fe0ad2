"""Public code: is there a secret in what a host gives to every browser (CHK-SECRET-JS)?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.code.leak import Leak, Tier
from wizard.checks.looks.public_code import MAP, PublicCode
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict

#: So many places are kept in a result.
_MOST = 500


@dataclass(frozen=True, slots=True)
class PublicSecrets:
    """What was found: secrets of tiers A and B, masked, with their places; how much was read, and what was not."""

    leaks: tuple[Leak, ...]
    files: int
    maps: int
    unread: tuple[str, ...]


def read(facts: Facts) -> PublicSecrets:
    """The secrets of all files."""
    found = facts.get(PublicCode)
    leaks = [replace(leak, file=f.address) for f in found.files for leak in f.leaks if leak.tier is not Tier.C]
    unread = [f"{file.address}: {file.trouble}" for file in found.files if file.trouble]
    unread += [_("{address} lies outside the scope.").format(address=each) for each in found.elsewhere]
    if len(leaks) > _MOST:
        n = len(leaks) - _MOST
        unread.insert(0, ngettext("{n} more secret is not listed.", "{n} more secrets are not listed.", n).format(n=n))
    if found.more:
        unread.append(ngettext("{n} more file is named.", "{n} more files are named.", found.more).format(n=found.more))
    return PublicSecrets(
        tuple(leaks[:_MOST]),
        sum(not file.trouble for file in found.files),
        sum(file.kind == MAP and not file.trouble for file in found.files),
        tuple(unread)[:50],
    )


def where_to_say() -> str:
    """The next step for a secret in public code; the page that it names says it in its own words."""
    return _("Revoke and replace it; or say on the page “Code” why it may be public.")


def judge_with(reading: PublicSecrets, settled: Collection[str]) -> Judgement:
    """The judgement once it is known which secrets a person has settled."""
    open_ = {leak.fingerprint for leak in reading.leaks} - set(settled)
    proof = "\n".join(dict.fromkeys(f"{leak.file}:{leak.line}  {leak.masked}" for leak in reading.leaks[:20]))
    if open_:
        said = ngettext("{n} secret stands in public code.", "{n} secrets stand in public code.", len(open_))
        return Judgement(
            Verdict.FAIL,
            said.format(n=len(open_)),
            proof,
            next_step=where_to_say(),
            fix=_("Call the service from your server: what a browser gets, everyone can read."),
        )
    if reading.unread:
        said = _("Not all public code could be read: {why}")
        return Judgement(Verdict.UNKNOWN, said.format(why=reading.unread[0]), next_step=" ".join(reading.unread[:3]))
    files = ngettext("{n} public file", "{n} public files", reading.files).format(n=reading.files)
    if reading.maps:
        said = _("No secret in {files}. Source maps are public: they show your code as it was written.")
        return Judgement(Verdict.WARN, said.format(files=files), fix=_("Keep source maps off the public host."))
    return Judgement(Verdict.PASS, _("No secret in {files}.").format(files=files))


def judge(reading: PublicSecrets, context: JudgeContext) -> Judgement:
    """CHK-SECRET-JS: no key in the public scripts, source maps and pages."""
    return judge_with(reading, ())


def reading_of(facts: Mapping[str, Json]) -> PublicSecrets | None:
    """The reading of an earlier result; None when nobody could look then."""
    from wizard.domain.codec import Unreadable, from_json

    try:
        return from_json(PublicSecrets, dict(facts))
    except Unreadable:
        return None


CHECK = Check(
    id="public-secrets",
    title=lambda: _("Secrets in public code"),
    level=Level.MUST,
    source="Apollo Marketplace: Feature Your Integration, Data Protection",
    aliases=("SECRET-02", "CHK-SECRET-JS"),
    needs=(PublicCode,),
    read=read,
    judge=judge,
    version=2,
)

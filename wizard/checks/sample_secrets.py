"""Secrets in what was shown as proof: samples of logs (SEC-5), and addresses and recordings (SEC-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wizard.checks.code.base import CodeCheck, Judgement
from wizard.checks.code.leak import Leak
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Method, Verdict

_SOURCE = "Apollo Marketplace: Feature Your Integration, Data Protection"
_MOST = 2_000

LOGS = CodeCheck(
    id="log-secrets",
    title=lambda: _("No secret in samples of logs"),
    level=Level.MUST,
    source=_SOURCE,
    aliases=("LOG-01", "CHK-LOG-SAMPLE"),
    about=SubjectKind.ASSESSMENT,
    method=Method.EXAMINE,
)
ADDRESSES = CodeCheck(
    id="address-secrets",
    title=lambda: _("No secret in samples of addresses"),
    level=Level.MUST,
    source=_SOURCE,
    aliases=("URL-02", "CHK-URL-SAMPLE"),
    about=SubjectKind.ASSESSMENT,
    method=Method.EXAMINE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """All samples so far: the secrets in them by keyed hash, masks with places, and how many samples were read."""

    breaking: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    samples: int = 0
    unread: int = 0

    def with_sample(self, name: str, leaks: Collection[Leak], settled: Collection[str], *, whole: bool) -> Reading:
        """One sample more. A clean one that was read whole shows that what was revoked since no longer comes there."""
        before = self.breaking
        if whole and not leaks:
            before = tuple(each for each in before if each not in settled)
        return Reading(
            tuple(dict.fromkeys((*before, *(leak.fingerprint for leak in leaks))))[:_MOST],
            tuple(dict.fromkeys((*self.places, *(f"{name}:{leak.line}  {leak.masked}" for leak in leaks))))[:50],
            self.samples + 1,
            self.unread + (not whole),
        )

    def facts(self) -> dict[str, Json]:
        """The reading as facts of a result."""
        return {
            "breaking": list(self.breaking),
            "places": list(self.places),
            "samples": self.samples,
            "unread": self.unread,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Json]) -> Reading:
        """The reading of an earlier result."""
        breaking, places = facts.get("breaking"), facts.get("places")
        samples, unread = facts.get("samples"), facts.get("unread")
        return cls(
            tuple(map(str, breaking)) if isinstance(breaking, list | tuple) else (),
            tuple(map(str, places)) if isinstance(places, list | tuple) else (),
            samples if isinstance(samples, int) else 0,
            unread if isinstance(unread, int) else 0,
        )


def judge(reading: Reading, false_alarms: Collection[str]) -> Judgement:
    """Fail with one secret, revoked or not. Samples without one show only themselves, so
    they are neither for nor against the claim. Pure."""
    open_ = [each for each in reading.breaking if each not in false_alarms]
    facts = reading.facts()
    if open_:
        return Judgement(
            Verdict.FAIL,
            ngettext(
                "{n} secret stood in the samples that were shown.",
                "{n} secrets stood in the samples that were shown.",
                len(open_),
            ).format(n=len(open_)),
            proof="\n".join(reading.places[:20]),
            next_step=_(
                "Keep it out of there, revoke and replace it, and add a new sample; or say why it is no secret."
            ),
            fix=_("Leave credentials out where the line is written: a filter behind it misses the next one."),
            facts=facts,
        )
    read = ngettext("{n} sample", "{n} samples", reading.samples).format(n=reading.samples)
    unread = ""
    if reading.unread:
        n = reading.unread
        unread = " " + ngettext("{n} could not be read whole.", "{n} could not be read whole.", n).format(n=n)
    return Judgement(
        Verdict.NOT_APPLICABLE,
        _("No secret in {read}; a sample shows only itself.").format(read=read) + unread,
        next_step=_("Say in the answer how credentials are kept out everywhere."),
        facts=facts,
    )

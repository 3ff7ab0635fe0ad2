"""What `attestry scan secrets` prints: one JSON object or lines for people, and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.checks.code import wording
from wizard.checks.code.coverage import Coverage, History
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.checks.code.scan import SecretScan
from wizard.cli.output import Exit, Output
from wizard.domain.language import _, ngettext


@dataclass(frozen=True, slots=True)
class PrintedGap:
    """A part that was not looked at."""

    kind: str
    places: tuple[str, ...]
    count: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PrintedCoverage:
    """What was looked at; `complete` is true only when nothing was left unread, `because` says why it is not."""

    complete: bool
    because: str
    history: History
    gaps: tuple[PrintedGap, ...]
    left_out: tuple[str, ...]
    files: int
    bytes: int
    versions: int
    commits: int
    refs: int
    links: int


@dataclass(frozen=True, slots=True)
class PrintedLeak:
    """One secret at one place. `breaks` is true for tiers A and B, which the page forbids."""

    rule: str
    tier: Tier
    breaks: bool
    where: Where
    file: str
    line: int
    commit: str
    masked: str
    fingerprint: str
    because: str
    versions: int


@dataclass(frozen=True, slots=True)
class Printed:
    """The whole answer. Fingerprints are made with a key of this run, so they compare within it only."""

    subject: str
    results: tuple[PrintedLeak, ...]
    counts: Mapping[str, int]
    coverage: PrintedCoverage


def say(subject: str, scan: SecretScan, output: Output) -> Exit:
    """Print the result and return the exit code."""
    output.result(_printed(subject, scan), *_lines(scan))
    for gap in scan.coverage.gaps:
        output.say(wording.gap(gap))
    breaking = scan.count(Tier.A) + scan.count(Tier.B)
    looked = wording.looked_at(scan.coverage)
    if breaking:
        output.say(
            ngettext(
                "{n} secret breaks the page's rule. Looked at {what}.",
                "{n} secrets break the page's rule. Looked at {what}.",
                breaking,
            ).format(n=breaking, what=looked)
        )
        return Exit.NOT_AS_REQUIRED
    if not scan.coverage.complete:
        output.say(
            _("Not everything could be looked at, so nobody can say that there is no secret. Looked at {what}.").format(
                what=looked
            )
        )
        return Exit.COULD_NOT_LOOK
    output.say(_("No secret that breaks the page's rule. Looked at {what}.").format(what=looked))
    return Exit.FINE


def _printed(subject: str, scan: SecretScan) -> Printed:
    return Printed(
        subject=subject,
        results=tuple(_leak(leak) for leak in scan.leaks),
        counts={tier.value: scan.count(tier) for tier in Tier} | {"total": len(scan.leaks)},
        coverage=_coverage(scan.coverage),
    )


def _leak(leak: Leak) -> PrintedLeak:
    return PrintedLeak(
        leak.rule,
        leak.tier,
        leak.tier is not Tier.C,
        leak.where,
        leak.file,
        leak.line,
        leak.commit,
        leak.masked,
        leak.fingerprint,
        leak.because,
        leak.versions,
    )


def _coverage(c: Coverage) -> PrintedCoverage:
    gaps = tuple(PrintedGap(g.kind.value, g.places, g.count, wording.gap(g)) for g in c.gaps)
    return PrintedCoverage(
        complete=c.complete,
        because=" ".join(g.sentence for g in gaps),
        history=c.history,
        gaps=gaps,
        left_out=c.left_out,
        files=c.files,
        bytes=c.bytes,
        versions=c.versions,
        commits=c.commits,
        refs=c.refs,
        links=c.links,
    )


def _lines(scan: SecretScan) -> tuple[str, ...]:
    lines = []
    for leak in scan.leaks:
        place = leak.file + (f":{leak.line}" if leak.line else "")
        commit = f" @{leak.commit[:12]}" if leak.commit else ""
        because = wording.because(leak)
        note = f" ({because})" if because else ""
        lines.append(f"{leak.tier}  {place or wording.where(leak)}{commit}  {leak.rule}  {leak.masked}{note}")
    return tuple(lines)

"""Lets a reviewer repeat the public checks of an attestation now, and says what is another since it was signed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import wizard
from wizard.domain.attestation import Attestation, Item
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host
from wizard.session import looking_apart


class NothingToRepeat(Mistake):
    """The attestation names no public host that was looked at."""


class Way(StrEnum):
    """Where a look went since signing."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Drift:
    """One check of one host whose verdict is another now."""

    check: str
    subject: str
    level: Level
    then: Verdict
    now: Verdict
    said_then: str
    said_now: str
    way: Way
    #: the rules by which it was judged then and now, where they differ: then the host may be as it was
    rules: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What it says now, and whether the rule is another one."""
        if not self.rules:
            return self.said_now
        then, now = self.rules
        changed = _("The rule has changed since ({then}, now {now}), so the host may be as it was.")
        return f"{self.said_now} {changed.format(then=then, now=now)}"


@dataclass(frozen=True, slots=True)
class Again:
    """What repeating found: when, how many looks came out as then, what drifted, and which hosts were left alone."""

    at: datetime
    hosts: tuple[str, ...]
    same: int
    drifts: tuple[Drift, ...]
    left_alone: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """How it came out, in one sentence."""
        looks = ngettext("{n} look came out as then", "{n} looks came out as then", self.same).format(n=self.same)
        n = len(self.drifts)
        other = ngettext("{n} came out otherwise", "{n} came out otherwise", n).format(n=n)
        return _("{looks}, {other}.").format(looks=looks, other=other)


@dataclass(frozen=True, slots=True)
class Options:
    """How to look: another authority to trust, names resolved by hand, and whether private addresses may be asked."""

    ca_file: Path | None = None
    resolve: tuple[tuple[str, tuple[str, ...]], ...] = ()
    allow_private: bool = False


def targets(attestation: Attestation, options: Options | None = None) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """The hosts that would be contacted, and the names of those that are not public and are left alone."""
    how = options or Options()
    looked = {result.subject for result in _then(attestation).values()}
    wanted = [host for host in attestation.hosts if host.subject in looked]
    public = [host for host in wanted if how.allow_private or not (host.private_network or _is_near(host.name))]
    left = [host.subject for host in attestation.hosts if host not in public]
    return tuple(replace(host, private_network=how.allow_private) for host in public), tuple(left)


def _is_near(name: str) -> bool:
    """True for an address that is not a public one: a document typed it, not the person at this computer."""
    from wizard.checks.looks.addresses import is_address, refusal

    return is_address(name) and refusal(name, private_allowed=False) is not None


def nothing() -> str:
    """What is said when there is no host to contact."""
    return _("This attestation names no public host that was looked at. Nothing was contacted.")


async def look(
    attestation: Attestation,
    agreed: tuple[Host, ...],
    now: Callable[[], datetime],
    options: Options | None = None,
    said: Callable[[str], None] = lambda host: None,
) -> Again:
    """Repeat the checks on exactly the hosts that the reviewer agreed to (`targets`). Raises `NothingToRepeat`.

    Only checks that need nothing but the host are repeated: no credential, no list of endpoints is known here.
    """
    from wizard.checks import plan
    from wizard.checks.every import CHECKS
    from wizard.domain.finding import SubjectKind

    how = options or Options()
    allowed, left = targets(attestation, how)
    hosts = tuple(host for host in allowed if host in agreed)
    then = _then(attestation)
    settings = plan.LookSettings(
        ca_file=how.ca_file,
        resolve=dict(how.resolve),
        allow_private=how.allow_private,
        careful=True,
        run_id=secrets.token_hex(8),
        app_version=wizard.__version__,
        declared=hosts,
    )
    names = {check for check, _subject in then}
    checks = [
        check
        for check in CHECKS
        if check.about is SubjectKind.HOST
        and check.id in names
        and all(plan.ready(check, host, settings) for host in hosts)
    ]
    if not hosts or not checks:
        raise NothingToRepeat(nothing())
    found: dict[tuple[str, str], Result] = {}

    def report(news: plan.Partial) -> None:
        found.update({(result.check, result.subject): result for result in news.results})
        said(news.host.subject)

    await looking_apart.look(hosts, checks, settings, {}, report)
    drifts, same = [], 0
    for key, result in found.items():
        before = then.get(key)
        if before is None:
            continue
        if before.verdict is result.verdict:
            same += 1
            continue
        drifts.append(
            Drift(
                *key, result.level, before.verdict, result.verdict, before.summary, result.summary,
                _way(before.verdict, result.verdict),
                (before.rule, result.rule) if before.rule != result.rule else (),
            )
        )  # fmt: skip
    drifts.sort(key=lambda one: (list(Way).index(one.way), one.subject, one.check))
    return Again(now(), tuple(host.subject for host in hosts), same, tuple(drifts), left)


#: From worst to best; not being able to look is neither.
_ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.PASS)


def _way(then: Verdict, now: Verdict) -> Way:
    if then not in _ORDER or now not in _ORDER:
        return Way.OTHER
    return Way.BETTER if _ORDER.index(now) > _ORDER.index(then) else Way.WORSE


def _then(attestation: Attestation) -> Mapping[tuple[str, str], Result]:
    """The newest machine look of then, by check and host."""
    found: dict[tuple[str, str], Result] = {}

    def take(item: Item) -> None:
        for seen in item.seen:
            result = seen.result
            key = (result.check, result.subject)
            if result.method is Method.TEST and (key not in found or found[key].at < result.at):
                found[key] = result
        for part in item.parts:
            take(part)

    for group in attestation.groups:
        for item in group.items:
            take(item)
    return found

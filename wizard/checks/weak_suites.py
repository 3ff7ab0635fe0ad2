"""Weak suites: does a host take encryption that encrypts nothing, proves nobody, or is broken?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.certificates import Certificates, is_intercepted
from wizard.checks.looks.hello import Kind
from wizard.checks.looks.suites import NAMES
from wizard.checks.looks.tls_hellos import Ended
from wizard.checks.looks.weak_hellos import WeakExchange, WeakHellos, Weakness
from wizard.checks.troubles import look_at_the_others, next_step, not_asked, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: Traffic that is not encrypted, or encrypted with nobody in particular.
_FORBIDDEN = (Weakness.NULL, Weakness.ANONYMOUS)
#: RFC 9325 4.1 and 4.2: must not or should not be offered any more.
_DISCOURAGED = (Weakness.EXPORT, Weakness.RC4, Weakness.TRIPLE_DES, Weakness.STATIC)
#: RFC 9325 4.1: finite-field groups below this are too small.
_LEAST_GROUP = 2048


@dataclass(frozen=True, slots=True)
class Taken:
    """One weak suite that one address took."""

    address: str
    kind: str
    suite: str
    group_bits: int = 0


@dataclass(frozen=True, slots=True)
class WeakSuites:
    """All that was taken, and the kinds about which nothing is known (address and kind)."""

    taken: tuple[Taken, ...]
    unknown: tuple[str, ...]
    asked: tuple[str, ...]
    intercepted: bool = False
    not_asked: tuple[str, ...] = ()
    more: int = 0


def read(facts: Facts) -> WeakSuites:
    """What each address took of each kind."""
    found = facts.get(WeakHellos)
    taken = [
        Taken(e.address, e.kind.value, NAMES.get(e.parsed.suite, ""), e.group_bits) for e in found.exchanges if e.taken
    ]
    unknown = [f"{e.address} {e.kind.value}" for e in found.exchanges if not _is_known(e, found.speaks)]
    return WeakSuites(
        tuple(taken),
        tuple(unknown),
        tuple(dict.fromkeys(e.address for e in found.exchanges)),
        is_intercepted(facts),
        tuple(address for address, _why in found.not_asked),
        found.more,
    )


def _is_known(exchange: WeakExchange, speaks: tuple[str, ...]) -> bool:
    """Refused, or taken; a finite-field group that was taken counts only when its size was seen."""
    if exchange.taken:
        return exchange.kind is not Weakness.DHE or exchange.group_bits > 0
    return _refused(exchange, speaks)


def _refused(exchange: WeakExchange, speaks: tuple[str, ...]) -> bool:
    if exchange.ended is Ended.ANSWERED:
        return exchange.parsed.kind is Kind.ALERT
    return exchange.ended in (Ended.BROKEN_OFF, Ended.SILENT) and exchange.address in speaks


def judge(reading: WeakSuites, context: JudgeContext) -> Judgement:
    """RFC 9325 4.1 and 4.2; RFC 7465 for RC4."""
    if reading.intercepted:
        opened = Trouble(TroubleKind.INTERCEPTED)
        return Judgement(Verdict.UNKNOWN, sentence(opened), next_step=next_step(opened))
    fix = remedies.strong_suites(context.server)
    proof = "\n".join(
        f"{t.address}: {t.suite}" + (f" ({t.group_bits} bits)" if t.group_bits else "") for t in reading.taken
    )
    worst = [t for t in reading.taken if t.kind in _FORBIDDEN]
    if worst:
        said = _("{suite} taken by {address}: not encrypted or with anybody.")
        return Judgement(Verdict.FAIL, said.format(address=worst[0].address, suite=worst[0].suite), proof, fix=fix)
    if not reading.asked or reading.unknown:
        said = _("Could not look: no clear answer about {kinds}.").format(kinds=", ".join(reading.unknown[:5]))
        step = _("Let this computer through your limiter, then look again, or add evidence instead.")
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    if reading.not_asked:
        said = _("Could not look: {addresses} may not be contacted.").format(addresses=", ".join(reading.not_asked))
        return Judgement(Verdict.UNKNOWN, said, proof, next_step(Trouble(TroubleKind.REFUSED_ADDRESS)))
    weak = [t for t in reading.taken if t.kind in _DISCOURAGED or 0 < t.group_bits < _LEAST_GROUP]
    if weak:
        said = _("Old suites are taken: {suites}.").format(suites=", ".join(dict.fromkeys(t.suite for t in weak)))
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    said = _("Nothing weak is taken.")
    if any(t.kind == Weakness.CBC for t in reading.taken):
        said += " " + _("CBC suites are.")
    if reading.more:
        return Judgement(Verdict.WARN, f"{said} ({not_asked(reading.more)})", proof, look_at_the_others())
    return Judgement(Verdict.PASS, said, proof)


CHECK = Check(
    id="weak-suites",
    title=lambda: _("Weak suites"),
    level=Level.MUST,
    source="RFC 9325 4.1, 4.2; RFC 7465; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("TLS-02",),
    needs=(WeakHellos,),
    uses=(Certificates,),
    read=read,
    judge=judge,
    version=3,
)

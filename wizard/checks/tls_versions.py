"""TLS versions: does every address refuse everything older than TLS 1.2, and speak TLS 1.2 or 1.3?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.certificates import Certificates, is_intercepted
from wizard.checks.looks.hello import ALERTS, Kind, Tls
from wizard.checks.looks.tls_hellos import Exchange, Standing, TlsHellos, standings, trouble_without_tls
from wizard.checks.troubles import look_at_the_others, next_step, not_asked, sentence
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

_OLD = (Tls.SSL_3_0, Tls.TLS_1_0, Tls.TLS_1_1)


@dataclass(frozen=True, slots=True)
class AddressVersions:
    """One address: the versions by where they stand, as people write them."""

    address: str
    offered: tuple[str, ...]
    refused: tuple[str, ...]
    silent: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TlsVersions:
    """All addresses; `offered` is every version that any of them speaks. `proof` quotes the deciding bytes."""

    offered: tuple[str, ...]
    addresses: tuple[AddressVersions, ...]
    not_asked: tuple[str, ...]
    trouble: str = ""
    trouble_next_step: str = ""
    proof: tuple[str, ...] = ()
    intercepted: bool = False
    more: int = 0


def read(facts: Facts) -> TlsVersions:
    """Where each version stands on each address."""
    hellos = facts.get(TlsHellos)
    by_address: dict[str, list[Exchange]] = {}
    for exchange in hellos.exchanges:
        by_address.setdefault(exchange.address, []).append(exchange)
    addresses, offered, proof = [], set(), []
    trouble: Trouble | None = None
    for address, exchanges in by_address.items():
        stand = standings(tuple(exchanges))
        by = {s: tuple(v.label for v in Tls if stand[v] is s) for s in Standing}
        addresses.append(
            AddressVersions(
                address, by[Standing.OFFERED], by[Standing.REFUSED], by[Standing.SILENT], by[Standing.UNKNOWN]
            )
        )
        offered |= {v for v in Tls if stand[v] is Standing.OFFERED}
        if Standing.OFFERED not in stand.values():
            trouble = trouble or trouble_without_tls(tuple(exchanges))
        proof += [line for v in Tls if (line := _line(v, exchanges))]
    if not addresses:
        trouble = Trouble(TroubleKind.NO_ADDRESS)
    return TlsVersions(
        tuple(v.label for v in Tls if v in offered),
        tuple(addresses),
        tuple(address for address, _why in hellos.not_asked),
        sentence(trouble) if trouble else "",
        next_step(trouble) if trouble else "",
        tuple(proof),
        is_intercepted(facts),
        hellos.more,
    )


def _line(version: Tls, exchanges: list[Exchange]) -> str:
    """The proof of one version: the ServerHello that names it, else the last answer to it."""
    proving = [e for e in exchanges if e.parsed.kind is Kind.SERVER_HELLO and e.parsed.version == version]
    asked = proving or [e for e in exchanges if e.version == version and not e.control]
    if not asked:
        return ""
    exchange = asked[0] if proving else asked[-1]
    reply = exchange.parsed
    if proving:
        word = f"ServerHello\n{exchange.reply[:96]}…"
    elif reply.kind is Kind.ALERT:
        word = f"alert {reply.alert} {ALERTS.get(reply.alert, '')}".rstrip() + f" {exchange.reply[:14]}"
    else:
        word = exchange.ended.value if not exchange.reply else f"{exchange.ended.value} {exchange.reply[:32]}"
    return f"{exchange.address} {version.label}: {word}"


def judge(reading: TlsVersions, context: JudgeContext) -> Judgement:
    """RFC 8996 and 7568 on every address: old versions refused or silent, and 1.2 or 1.3 offered."""
    if reading.intercepted:
        opened = Trouble(TroubleKind.INTERCEPTED)
        return Judgement(Verdict.UNKNOWN, sentence(opened), "\n".join(reading.proof), next_step(opened))
    old = [v.label for v in _OLD]
    for address in reading.addresses:
        bad = [v for v in old if v in address.offered]
        if bad:
            said = _("{versions} still offered by {address}.").format(address=address.address, versions=", ".join(bad))
            others = [a for a in reading.addresses if not set(old) & set(a.offered)]
            if others:
                said += " " + _("Other addresses differ.")
            proof = [p for p in reading.proof if any(p.startswith(f"{address.address} {v}:") for v in bad)]
            return Judgement(Verdict.FAIL, said, "\n".join(proof), fix=remedies.tls_versions(context.server))
    proof_text = "\n".join(reading.proof)
    if reading.trouble:
        return Judgement(Verdict.UNKNOWN, reading.trouble, proof_text, reading.trouble_next_step)
    if reading.not_asked:
        said = _("Could not look: {addresses} may not be contacted.").format(addresses=", ".join(reading.not_asked))
        return Judgement(Verdict.UNKNOWN, said, proof_text, next_step(Trouble(TroubleKind.REFUSED_ADDRESS)))
    for address in reading.addresses:
        unsure = [v for v in old if v in address.unknown]
        if unsure:
            said = _("No clear answer to {versions} from {address}.").format(
                address=address.address, versions=", ".join(unsure)
            )
            step = _("Let this computer through your limiter, then look again, or add evidence instead.")
            return Judgement(Verdict.UNKNOWN, said, proof_text, step)
        if not {Tls.TLS_1_2.label, Tls.TLS_1_3.label} & set(address.offered):
            said = _("Neither TLS 1.2 nor TLS 1.3 on {address}.").format(address=address.address)
            return Judgement(Verdict.FAIL, said, proof_text, fix=remedies.tls_versions(context.server))
    count = len(reading.addresses)
    everywhere = ngettext("on {n} address", "on all {n} addresses", count).format(n=count)
    if reading.more:
        everywhere = ngettext("on {n} address ({more})", "on {n} addresses ({more})", count)
        everywhere = everywhere.format(n=count, more=not_asked(reading.more))
    said = _("Only {versions}, {everywhere}.").format(versions=_(" and ").join(reading.offered), everywhere=everywhere)
    if any(a.silent for a in reading.addresses):
        said += " " + _("Older ones get no answer.")
    if any(Tls.TLS_1_3.label in a.unknown for a in reading.addresses):
        said += " " + _("TLS 1.3 could not be seen.")
        return Judgement(Verdict.WARN, said, proof_text)
    if any(Tls.TLS_1_3.label not in a.offered for a in reading.addresses):
        return Judgement(
            Verdict.WARN,
            said + " " + _("TLS 1.3 is not offered."),
            proof_text,
            fix=remedies.tls_versions(context.server),
        )
    if reading.more:
        return Judgement(Verdict.WARN, said, proof_text, look_at_the_others())
    return Judgement(Verdict.PASS, said, proof_text)


CHECK = Check(
    id="tls-versions",
    title=lambda: _("TLS versions"),
    level=Level.MUST,
    source="RFC 8996, 7568, 9325 3.1.1; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("TLS-01", "TLS-04", "CHK-TLS"),
    needs=(TlsHellos,),
    uses=(Certificates,),
    read=read,
    judge=judge,
    version=3,
)

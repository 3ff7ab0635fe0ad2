"""Renegotiation and compression: do old handshakes at least protect what they once lost?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.certificates import Certificates, is_intercepted
from wizard.checks.looks.hello import Form, Kind, Tls
from wizard.checks.looks.tls_hellos import Ended, TlsHellos, trouble_without_tls
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Renegotiation:
    """The answers below TLS 1.3: address and version of those without secure renegotiation, and with compression."""

    seen: int
    #: a version below TLS 1.3 was seen only in answers that cannot show it
    mute: bool
    insecure: tuple[str, ...]
    compressed: tuple[str, ...]


def read(facts: Facts) -> Renegotiation:
    """What the ServerHellos to full hellos said; the bare form asks for no extension, so it proves nothing."""
    seen, old, insecure, compressed = 0, False, [], []
    exchanges = facts.get(TlsHellos).exchanges
    if is_intercepted(facts):
        raise CouldNotLook(Trouble(TroubleKind.INTERCEPTED))
    if not any(e.parsed.kind is Kind.SERVER_HELLO for e in exchanges):
        raise CouldNotLook(trouble_without_tls(exchanges))
    for exchange in exchanges:
        reply = exchange.parsed
        if exchange.ended is not Ended.ANSWERED or reply.kind is not Kind.SERVER_HELLO or reply.version is None:
            continue
        if reply.version is Tls.TLS_1_3:
            continue
        old = True
        if exchange.form is Form.BARE or exchange.control:
            continue
        seen += 1
        where = f"{exchange.address} {reply.version.label}"
        if not reply.secure_renegotiation:
            insecure.append(where)
        if reply.compression:
            compressed.append(where)
    return Renegotiation(seen, old and not seen, tuple(dict.fromkeys(insecure)), tuple(dict.fromkeys(compressed)))


def judge(reading: Renegotiation, context: JudgeContext) -> Judgement:
    """RFC 5746; RFC 9325 3.3 and 3.5."""
    fix = remedies.tls_versions(context.server)
    if reading.compressed:
        said = _("Compresses before it encrypts: {where}.").format(where=reading.compressed[0])
        return Judgement(Verdict.WARN, said, "\n".join(reading.compressed), fix=fix)
    if reading.insecure:
        said = _("No secure renegotiation: {where}.").format(where=reading.insecure[0])
        return Judgement(Verdict.WARN, said, "\n".join(reading.insecure), fix=fix)
    if reading.mute:
        said = _("Could not look: the server answers only hellos without extensions, which cannot show it.")
        return Judgement(Verdict.UNKNOWN, said, next_step=_("Add evidence instead."))
    if not reading.seen:
        return Judgement(Verdict.NOT_APPLICABLE, _("No version below TLS 1.3 answered."))
    return Judgement(Verdict.PASS, _("Secure, and nothing is compressed."))


CHECK = Check(
    id="renegotiation",
    title=lambda: _("Renegotiation"),
    level=Level.RECOMMENDED,
    source="RFC 5746; RFC 9325 3.3, 3.5",
    aliases=("TLS-05",),
    needs=(TlsHellos,),
    uses=(Certificates,),
    read=read,
    judge=judge,
    version=2,
)

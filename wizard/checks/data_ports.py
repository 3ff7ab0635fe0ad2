"""Data ports: can anybody on the internet reach the databases behind the service?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.data_ports import PORTS
from wizard.checks.looks.data_ports import DataPorts as Knocks
from wizard.checks.troubles import next_step, not_asked
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class DataPorts:
    """The ports that opened, those that could not be tried, and addresses at which none was, named or counted."""

    open: tuple[str, ...]
    unknown: tuple[str, ...]
    tried: int
    not_asked: tuple[str, ...] = ()
    more: int = 0


def read(facts: Facts) -> DataPorts:
    """Which port of which address did what."""
    found = facts.get(Knocks)
    knocks = found.knocks
    decided = ("open", "silent", TroubleKind.CLOSED.value, TroubleKind.BROKEN_OFF.value)
    return DataPorts(
        tuple(f"{k.address} {k.port} ({PORTS.get(k.port, '?')})" for k in knocks if k.state == "open"),
        tuple(f"{k.address} {k.port}" for k in knocks if k.state not in decided),
        len(knocks),
        found.not_asked,
        found.more,
    )


def judge(reading: DataPorts, context: JudgeContext) -> Judgement:
    """A data store's port that takes a connection from outside is open to everybody's guesses."""
    if reading.open:
        said = _("Anybody can connect to {ports}.").format(ports=", ".join(reading.open[:5]))
        fix = _("Close these ports in the firewall or security group; let only your own servers in.")
        return Judgement(Verdict.FAIL, said, "\n".join(reading.open), fix=fix)
    if reading.not_asked:
        said = _("Could not look: {addresses} may not be contacted.").format(addresses=", ".join(reading.not_asked))
        return Judgement(Verdict.UNKNOWN, said, next_step=next_step(Trouble(TroubleKind.REFUSED_ADDRESS)))
    if reading.more:
        said = _("Could not look: {more}.").format(more=not_asked(reading.more))
        return Judgement(Verdict.UNKNOWN, said, next_step=_("Add a list of your firewall's open ports as evidence."))
    if reading.unknown or not reading.tried:
        said = _("Could not look: some ports could not be tried ({ports}).").format(
            ports=", ".join(reading.unknown[:5])
        )
        return Judgement(
            Verdict.UNKNOWN, said, next_step=_("Look again from another network, or add evidence instead.")
        )
    return Judgement(
        Verdict.PASS, _("No port of a data store takes a connection."), _("{n} tried").format(n=reading.tried)
    )


CHECK = Check(
    id="data-ports",
    title=lambda: _("Data ports"),
    level=Level.RECOMMENDED,
    source="OWASP ASVS 5.0 13.2; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("CHK-NETEXPOSE",),
    needs=(Knocks,),
    read=read,
    judge=judge,
    version=3,
)

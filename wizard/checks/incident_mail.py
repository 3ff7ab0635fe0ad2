"""Incident mail: does the domain of the address for incidents take mail at all?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.mail_servers import MailServers
from wizard.domain.language import _
from wizard.domain.looks import SubjectKind
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class IncidentMail:
    """The servers that take mail for the domain, "." for one that says that it takes none; `outcome` of the answer."""

    domain: str
    outcome: str
    servers: tuple[str, ...]


def read(facts: Facts) -> IncidentMail:
    """What the name service says of the domain."""
    found = facts.get(MailServers)
    if found.outcome in ("timeout", "failed"):
        raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, found.domain))
    return IncidentMail(found.domain, found.outcome, tuple(v.split()[-1] for v in found.values if v.split()))


def judge(reading: IncidentMail, context: JudgeContext) -> Judgement:
    """RFC 5321 5.1: mail goes to the MX records, without any to the host itself; RFC 7505: "." takes none."""
    proof = "\n".join(f"{reading.domain} MX {server}" for server in reading.servers)
    step = _("Copy the address for incidents from Apollo's page again.")
    if reading.outcome == "no-name":
        return Judgement(Verdict.WARN, _("{domain} does not exist.").format(domain=reading.domain), proof, step)
    if not reading.servers or set(reading.servers) == {"."}:
        return Judgement(Verdict.WARN, _("{domain} takes no mail.").format(domain=reading.domain), proof, step)
    return Judgement(Verdict.PASS, _("{domain} takes mail.").format(domain=reading.domain), proof)


CHECK = Check(
    id="incident-mail",
    title=lambda: _("Incident mail"),
    level=Level.RECOMMENDED,
    source="RFC 5321 5.1; RFC 7505 3; Apollo Marketplace, Security Requirements, Incident Response",
    aliases=("CHK-INCIDENT-MX",),
    needs=(MailServers,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
)

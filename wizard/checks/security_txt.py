"""security.txt: can somebody who finds a hole tell the partner?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.well_known import SECURITY_TXT, WellKnown
from wizard.checks.troubles import next_step, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_YEAR = timedelta(days=366)
_DATE = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """The file as read: its contacts, its expiry dates as written, and whether it came as plain text."""

    status: int
    plain_text: bool
    contacts: tuple[str, ...] = ()
    expires: tuple[str, ...] = ()
    signed: bool = False
    trouble: str = ""
    trouble_next_step: str = ""


def parse(text: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Contacts, expiry dates, and whether it is signed (RFC 9116 2.2 and 2.5). Never raises."""
    contacts: list[str] = []
    expires: list[str] = []
    signed = text.lstrip("\ufeff").startswith("-----BEGIN PGP SIGNED MESSAGE-----")
    for line in re.split(r"\r\n|\n", text[:65536]):
        if line.startswith("-----BEGIN PGP SIGNATURE"):
            break
        name, colon, value = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        match name.strip().lower():
            case "contact":
                contacts.append(value.strip()[:300])
            case "expires":
                expires.append(value.strip()[:60])
    return tuple(contacts), tuple(expires), signed


def read(facts: Facts) -> SecurityTxt:
    """The file at its well-known place."""
    visit = facts.get(WellKnown).visit(SECURITY_TXT)
    if visit is None or not visit.answers or visit.trouble:
        trouble = visit.trouble if visit else None
        return SecurityTxt(
            0,
            False,
            trouble=sentence(trouble) if trouble else _("Could not look: no answer was received."),
            trouble_next_step=next_step(trouble) if trouble else "",
        )
    answer = visit.answers[-1]
    contacts, expires, signed = parse(answer.body) if answer.status == 200 else ((), (), False)
    return SecurityTxt(answer.status, answer.media_type == "text/plain", contacts, expires, signed)


def judge(reading: SecurityTxt, context: JudgeContext) -> Judgement:
    """RFC 9116 2.5.3 and 2.5.5: text/plain over HTTPS, a contact, exactly one expiry within a year."""
    until = (context.at + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    fix = f"# {SECURITY_TXT}\nContact: mailto:security@{context.host.name}\nExpires: {until}"
    if reading.trouble:
        return Judgement(Verdict.UNKNOWN, reading.trouble, next_step=reading.trouble_next_step)
    proof = "\n".join(
        [f"{SECURITY_TXT} → {reading.status}", *(f"Contact: {c}" for c in reading.contacts[:3])]
        + [f"Expires: {e}" for e in reading.expires[:3]]
    )
    if reading.status >= 500:
        said = _("Could not look: the server answers {status}.").format(status=reading.status)
        return Judgement(Verdict.UNKNOWN, said, proof, _("Look again when the server is well."))
    why = _why_not(reading, context.at)
    if why:
        return Judgement(Verdict.WARN, why, proof, fix=fix)
    return Judgement(Verdict.PASS, _("A contact is named, and the file is current."), proof)


def _why_not(reading: SecurityTxt, at: datetime) -> str:
    if reading.status != 200:
        return _("There is no security.txt ({status}).").format(status=reading.status)
    if not reading.plain_text:
        return _("security.txt is not sent as text/plain.")
    valid = [c for c in reading.contacts if re.match(r"(mailto:|https://|tel:)\S", c, re.I)]
    if not valid:
        return _("security.txt names no contact (mailto:, https:// or tel:).")
    if len(reading.expires) != 1 or not _DATE.match(reading.expires[0]):
        return _("security.txt needs exactly one valid expiry date.")
    try:
        expires = datetime.fromisoformat(reading.expires[0].upper().replace(" ", "T").replace("Z", "+00:00"))
    except ValueError:
        return _("security.txt needs exactly one valid expiry date.")
    if expires.astimezone(UTC) <= at:
        return _("security.txt has expired ({date}).").format(date=reading.expires[0])
    if expires.astimezone(UTC) > at + _YEAR:
        return _("security.txt expires more than a year from now.")
    return ""


CHECK = Check(
    id="security-txt",
    title=lambda: _("security.txt"),
    level=Level.RECOMMENDED,
    source="RFC 9116 2.5; Apollo Marketplace, Security Requirements, Incident Response",
    aliases=("DOM-06",),
    needs=(WellKnown,),
    read=read,
    judge=judge,
    version=2,
)

"""Anonymous register: does anything answer strangers that the partner's own register does not name?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.checks.authentication import is_everywhere, only_looks_open
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks import apollo_data
from wizard.checks.looks.endpoint_probe import NOTHING, OWN, Asked, EndpointProbe, Operation
from wizard.checks.masking import mask_address
from wizard.checks.unread import not_read
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

#: What each kind of sign is called.
_SIGNS: dict[str, Callable[[], str]] = {
    apollo_data.FIELDS: lambda: _("names of fields that only Apollo uses"),
    apollo_data.IDS: lambda: _("ids of the form that Apollo's have"),
    apollo_data.MAIL_STATUS: lambda: _("Apollo's words for whether a mail address is good"),
    apollo_data.ADDRESSES: lambda: _("addresses of records or pictures at Apollo"),
}


@dataclass(frozen=True, slots=True)
class Register:
    """Endpoints that answer strangers with content: those in the register, those outside it, those with mail addresses.

    `data` and `a_sign` are those whose answer to a stranger, whatever its status, holds two or more kinds of signs of
    Apollo's data, or one, with the kinds. `unseen` are those of which nobody knows what strangers get, such as those
    that answer like paths that do not exist. `named` counts what the register says of this host; `called` what was
    called at all.
    """

    inside: tuple[str, ...]
    outside: tuple[str, ...]
    with_addresses: tuple[str, ...]
    data: tuple[tuple[str, tuple[str, ...]], ...]
    a_sign: tuple[tuple[str, tuple[str, ...]], ...]
    unseen: tuple[str, ...]
    named: int
    called: int
    unread: tuple[str, ...] = ()
    listed_by: str = ""


def read(facts: Facts) -> Register:
    """What answered a request without any credential."""
    found = facts.get(EndpointProbe)
    inside: list[str] = []
    outside: list[str] = []
    addresses: list[str] = []
    signs: list[tuple[str, tuple[str, ...]]] = []
    unseen: list[str] = []
    for operation in found.operations:
        name = f"{operation.method} {mask_address(operation.path)}"
        stranger = next((asked for asked in operation.asked if asked.credential == NOTHING), None)
        everywhere = stranger is not None and _answers(stranger) and is_everywhere(stranger, found.controls)
        if operation.beyond or (stranger is not None and _unseen(stranger)) or (everywhere and not operation.guest):
            unseen.append(name)
        if kinds := {sign for asked in operation.asked for sign in asked.apollo}:
            signs.append((name, tuple(sorted(kinds))))
        if everywhere or not _open(operation):
            continue
        (inside if operation.guest else outside).append(name)
        if operation.guest and stranger is not None and stranger.mail_addresses:
            addresses.append(name)
    return Register(
        tuple(inside),
        tuple(outside),
        tuple(addresses),
        tuple(each for each in signs if len(each[1]) > 1),
        tuple(each for each in signs if len(each[1]) == 1),
        tuple(unseen),
        sum(bool(o.guest) for o in found.operations),
        sum(bool(o.asked) for o in found.operations),
        found.unread,
        found.listed_by,
    )


def _unseen(stranger: Asked) -> bool:
    """No answer, none behind its redirect, or one that says only "not now"."""
    return stranger.answer is None or stranger.trouble is not None or stranger.answer.limited


def _answers(stranger: Asked) -> bool:
    answer = stranger.answer
    return answer is not None and 200 <= answer.status < 300 and answer.body_length > 0


def _open(operation: Operation) -> bool:
    """A stranger gets content, at once or behind redirects of the same scope."""
    own = next((a for a in operation.asked if a.credential == OWN and a.answer), None)
    for asked in operation.asked:
        if asked.credential != NOTHING or asked.answer is None:
            continue
        if _answers(asked):
            return not only_looks_open(operation.asked, own)
        landing = asked.landing
        return landing is not None and 200 <= landing.status < 300 and landing.is_data and landing.body_length > 0
    return False


def judge(reading: Register, context: JudgeContext) -> Judgement:
    """What is open and not in the register was opened by nobody's decision. OWASP API Security 2023, API2 and API9."""
    if reading.unread and not reading.called:
        return not_read(reading.unread)
    if not reading.called:
        step = _("List its endpoints, or add your API description (OpenAPI) as evidence, then look again.")
        return Judgement(Verdict.NOT_APPLICABLE, _("No endpoint of this host was called."), next_step=step)
    signs = [
        f"{name}: {'; '.join(_SIGNS[kind]() for kind in kinds)}" for name, kinds in (*reading.data, *reading.a_sign)
    ]
    proof = "\n".join((*signs, *reading.outside, *reading.inside, *(f"? {name}" for name in reading.unseen)))
    if reading.data:
        said = _("Gives strangers what looks like data of Apollo's: {name} ({signs})").format(
            name=reading.data[0][0], signs=", ".join(_SIGNS[kind]() for kind in reading.data[0][1])
        )
        fix = _("Ask for a credential there: no reason lets anybody read what comes from Apollo.")
        step = _("If these are made-up examples, write them so that nobody takes them for Apollo's, then look again.")
        return Judgement(Verdict.FAIL, said, proof, step, fix)
    if reading.outside:
        said = _("Open, but not in the register: {name}").format(name=reading.outside[0])
        more = len(reading.outside) - 1
        if more:
            said += " " + ngettext("and {n} more", "and {n} more", more).format(n=more)
        fix = _("Ask for a credential there, or name the endpoint in the register with the reason why it is open.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if reading.unseen:
        n = len(reading.unseen)
        said = ngettext(
            "Could not look: nobody knows what strangers get from {name}.",
            "Could not look: nobody knows what strangers get from {name} and {more} more.",
            n,
        ).format(name=reading.unseen[0], more=n - 1)
        step = _(
            "See whether it answers like paths that do not exist, then list its true path. Look again when the host "
            "answers; an answer longer than 256 KiB is not read, so list a shorter one."
        )
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    if reading.unread:
        return not_read(reading.unread, proof)
    if reading.a_sign:
        said = _("Has a sign of Apollo's data for strangers: {name} ({signs})").format(
            name=reading.a_sign[0][0], signs=_SIGNS[reading.a_sign[0][1][0]]()
        )
        step = _("See whether this comes from Apollo; then this endpoint must not be open.")
        return Judgement(Verdict.WARN, said, proof, step)
    if reading.with_addresses:
        said = _("Gives out mail addresses: {name}").format(name=reading.with_addresses[0])
        step = _("See whether they come from Apollo; then this endpoint must not be open.")
        return Judgement(Verdict.WARN, said, proof, step)
    if reading.inside:
        n = len(reading.inside)
        said = ngettext("{n} is open, and in the register.", "{n} are open, all in the register.", n).format(n=n)
        return Judgement(Verdict.PASS, said, proof)
    return Judgement(Verdict.PASS, _("Nothing that was called is open."), proof)


CHECK = Check(
    id="anonymous-register",
    title=lambda: _("Open endpoints"),
    level=Level.MUST,
    source="OWASP API Security Top 10 2023, API2, API9; Apollo Marketplace, Security Requirements, Authentication & "
    "Authorization",
    aliases=("CHK-ANON",),
    needs=(EndpointProbe,),
    read=read,
    judge=judge,
    version=6,
)

"""Anonymous register: does anything answer strangers that the partner's own register does not name?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.authentication import only_looks_open
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.endpoint_probe import NOTHING, OWN, EndpointProbe, Operation
from wizard.checks.masking import mask_address
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Register:
    """Endpoints that answer strangers with content: those in the register, those outside it, those with mail addresses.

    `named` counts what the register says of this host; `called` what was called at all.
    """

    inside: tuple[str, ...]
    outside: tuple[str, ...]
    with_addresses: tuple[str, ...]
    named: int
    called: int


def read(facts: Facts) -> Register:
    """What answered a request without any credential."""
    found = facts.get(EndpointProbe)
    controls = {(c.answer.status, c.answer.body_sha256) for c in found.controls if c.answer is not None}
    inside: list[str] = []
    outside: list[str] = []
    addresses: list[str] = []
    for operation in found.operations:
        if not _open(operation, controls):
            continue
        name = f"{operation.method} {mask_address(operation.path)}"
        (inside if operation.guest else outside).append(name)
        if operation.guest and any(a.mail_addresses for a in operation.asked if a.credential == NOTHING):
            addresses.append(name)
    return Register(
        tuple(inside),
        tuple(outside),
        tuple(addresses),
        sum(bool(o.guest) for o in found.operations),
        sum(bool(o.asked) for o in found.operations),
    )


def _open(operation: Operation, controls: set[tuple[int, str]]) -> bool:
    """A stranger gets content, at once or behind redirects of the same scope, and not a page that is everywhere."""
    own = next((a for a in operation.asked if a.credential == OWN and a.answer), None)
    for asked in operation.asked:
        answer = asked.answer
        if asked.credential != NOTHING or answer is None:
            continue
        if 200 <= answer.status < 300 and answer.body_length:
            is_everywhere = (answer.status, answer.body_sha256) in controls
            return not is_everywhere and not only_looks_open(operation.asked, own)
        landing = asked.landing
        return landing is not None and 200 <= landing.status < 300 and landing.is_data and landing.body_length > 0
    return False


def judge(reading: Register, context: JudgeContext) -> Judgement:
    """What is open and not in the register was opened by nobody's decision. OWASP API Security 2023, API2 and API9."""
    if not reading.called:
        step = _("List its endpoints, or add your API description (OpenAPI) as evidence, then look again.")
        return Judgement(Verdict.NOT_APPLICABLE, _("No endpoint of this host was called."), next_step=step)
    proof = "\n".join((*reading.outside, *reading.inside))
    if reading.outside:
        said = _("Open, but not in the register: {name}").format(name=reading.outside[0])
        more = len(reading.outside) - 1
        if more:
            said += " " + ngettext("and {n} more", "and {n} more", more).format(n=more)
        fix = _("Ask for a credential there, or name the endpoint in the register with the reason why it is open.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
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
    version=3,
)

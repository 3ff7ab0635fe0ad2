"""Apollo's health call: does the person's own credential open Apollo's REST API?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.apollo_health import HOST, PATH, ApolloHealth
from wizard.domain.language import _
from wizard.domain.looks import SubjectKind
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Level, Result, Verdict
from wizard.domain.scope import Host

#: Apollo's API keys are words of letters, digits, - and _; tokens of its OAuth are too, or have dots in them.
_CREDENTIAL = re.compile(r"[\x21-\x7e]{8,4000}")


class NoCredential(Mistake):
    """What was given is no credential."""


@dataclass(frozen=True, slots=True)
class Health:
    """What Apollo answered."""

    status: int
    healthy: bool | None
    signed_in: bool | None


def read(facts: Facts) -> Health:
    """The answer as it is."""
    found = facts.get(ApolloHealth)
    return Health(found.status, found.healthy, found.signed_in)


def judge(reading: Health, context: JudgeContext) -> Judgement:
    """Apollo's API documentation: 2xx, and the credential is recognised."""
    proof = f"https://{HOST}{PATH} → {reading.status}"
    for name, value in (("healthy", reading.healthy), ("is_logged_in", reading.signed_in)):
        proof += f"\n{name}: {'–' if value is None else str(value).lower()}"
    if 200 <= reading.status < 300 and reading.signed_in:
        return Judgement(Verdict.PASS, _("Apollo's API knows this credential."), proof)
    if reading.status in (401, 403) or reading.signed_in is False:
        said = _("Apollo's API does not know this credential ({status}).").format(status=reading.status)
        return Judgement(Verdict.FAIL, said, proof, _("Copy the credential again from Apollo, then ask again."))
    said = _("Could not look: Apollo answered {status}, and not as documented.").format(status=reading.status)
    return Judgement(Verdict.UNKNOWN, said, proof, _("Ask again later, or show a call of your integration instead."))


def statement() -> str:
    """What asking Apollo contacts and sends, said before it happens."""
    return _(
        "One request goes to https://{host}{path}, with your credential and nothing else. The credential is used once "
        "and kept nowhere."
    ).format(host=HOST, path=PATH)


async def ask(credential: str, *, bearer: bool = False, at: Host | None = None, **more: object) -> Result:
    """Ask Apollo with this credential (an API key, or with `bearer` an OAuth token); about the assessment as a whole.

    `at` and `more` (fields of `LookSettings`) are for a stand-in. Raises `NoCredential` before anything is contacted.
    """
    from wizard.checks import plan

    credential = credential.strip()
    if not _CREDENTIAL.fullmatch(credential):
        raise NoCredential(_("This is no API key and no token, so nothing was contacted. It is not shown here."))
    host = at or Host(HOST)
    field = ("Authorization", f"Bearer {credential}") if bearer else ("X-Api-Key", credential)
    settings = plan.LookSettings(credentials={host.subject: field}, **more)  # type: ignore[arg-type]
    (seen,) = await plan.look([host], [CHECK], settings)
    return replace(seen.results[0], subject="")


CHECK = Check(
    id="apollo-health",
    title=lambda: _("Apollo's API"),
    level=Level.RECOMMENDED,
    source="Apollo API documentation, Authentication; Apollo Marketplace, Marketplace Requirements",
    aliases=("CHK-APOLLO-HEALTH",),
    needs=(ApolloHealth,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
)

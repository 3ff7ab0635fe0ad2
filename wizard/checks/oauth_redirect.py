"""The redirect addresses of the OAuth flow: on hosts of the scope, and with nothing for a visitor without a code.

The recording names the addresses (`oauth_flow` judges how they are written). That TLS and the certificate of their
hosts are fine is what the checks of those hosts say: therefore a host that the scope does not name is told here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.judging import judge as result_of
from wizard.checks.looks.http import parts_of
from wizard.checks.looks.redirect_pages import RedirectPage, RedirectPages
from wizard.checks.troubles import next_step, not_asked, sentence
from wizard.domain.language import _
from wizard.domain.looks import SubjectKind
from wizard.domain.observation import Json, Level, Result, Verdict
from wizard.domain.scope import Host


@dataclass(frozen=True, slots=True)
class OauthRedirect:
    """Every redirect address and what it answered; `more` were not asked."""

    pages: tuple[RedirectPage, ...]
    more: int = 0


def read(facts: Facts) -> OauthRedirect:
    """The answers as they are; without an address there is nothing to judge."""
    found = facts.get(RedirectPages)
    if not found.pages:
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))
    return OauthRedirect(found.pages, found.more)


def judge(reading: OauthRedirect, context: JudgeContext) -> Judgement:
    """RFC 6749 3.1.2.5: the answer at a redirect address must hold no credential; RFC 9700 4.2.4."""
    proof = "\n".join(f"GET {page.address} → {page.status or '–'}" for page in reading.pages)
    for page in reading.pages:
        if page.token and 200 <= page.status < 300:
            said = _("Whoever opens {address} without a code gets what looks like a token.")
            fix = _("Answer 400 where no code and no known state come along, and never write a token into a page.")
            return Judgement(Verdict.FAIL, said.format(address=page.address), proof, fix=fix)
    for page in reading.pages:
        if page.outside:
            parts = parts_of(page.address)
            said = _("Did not look: {host}, where customers come back to, is not in the scope.")
            step = _("Add it to the hosts in scope if it is yours, agree to the list, then look again.")
            host = (parts.netloc.rpartition("@")[2] if parts else "") or page.address
            return Judgement(Verdict.UNKNOWN, said.format(host=host), proof, step)
        if page.trouble is not None:
            said, step = sentence(page.trouble), next_step(page.trouble)
            return Judgement(Verdict.UNKNOWN, f"{said} ({page.address})", proof, step)
        if not page.status:
            said = _("Did not look yet: {address} is known from the recording only.").format(address=page.address)
            return Judgement(Verdict.UNKNOWN, said, proof, _("Look at the hosts; this address is asked then too."))
        if page.status == 429 or page.status >= 500:
            said = _("Could not look: {address} answered {status}, which is the answer of a server in trouble.")
            step = _("See to it that the address refuses a visit without a code with 400, then look again.")
            return Judgement(Verdict.UNKNOWN, said.format(address=page.address, status=page.status), proof, step)
    if reading.more:
        said = _("Could not look: {more}.").format(more=not_asked(reading.more))
        return Judgement(Verdict.UNKNOWN, said, proof, _("Record one way to Apollo and back for each address you use."))
    return Judgement(Verdict.PASS, _("Without a code, no redirect address gives out a token."), proof)


def of_recording(flow: Mapping[str, Json]) -> tuple[str, ...]:
    """The redirect addresses in the facts of the check `oauth-flow`."""
    found = flow.get("flow")
    asked = found.get("authorizations") if isinstance(found, Mapping) else None
    rows: Iterable[Json] = asked if isinstance(asked, Sequence) and not isinstance(asked, str) else ()
    uris = [row.get("redirect_uri") for row in rows if isinstance(row, Mapping)]
    return tuple(dict.fromkeys(uri for uri in uris if isinstance(uri, str)))


def look_at_pages(pages: RedirectPages, at: datetime) -> Result:
    """What the redirect addresses show, about the assessment as a whole."""
    return replace(result_of(CHECK, Host("recording"), Facts({RedirectPages: pages}), at), subject="")


CHECK = Check(
    id="oauth-redirect",
    title=lambda: _("OAuth redirect"),
    level=Level.MUST,
    source="RFC 6749 3.1.2.5; RFC 9700 4.2.4; Apollo Marketplace, Marketplace Requirements",
    aliases=("OAUTH-02",),
    needs=(RedirectPages,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
    version=2,
)

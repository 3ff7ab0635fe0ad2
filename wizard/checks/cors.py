"""CORS: can pages of any foreign site read answers with the visitor's own rights?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.cors_probe import CorsProbe
from wizard.checks.looks.dns_records import registrable
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.masking import mask_address
from wizard.checks.pages import PageTrouble, where
from wizard.checks.troubles import next_step, sentence
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Opening:
    """One answer to a foreign origin: what it allows, and with the visitor's credentials or not."""

    url: str
    method: str
    status: int
    origin: str
    allowed: str
    credentials: bool
    reflected: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class Cors:
    """Every answer to a foreign origin; `more` listed paths were not asked."""

    openings: tuple[Opening, ...]
    trouble: PageTrouble | None = None
    more: int = 0


def read(facts: Facts) -> Cors:
    """What each answer allowed."""
    openings: list[Opening] = []
    trouble: PageTrouble | None = None
    found = facts.get(CorsProbe)
    for asked in found.asked:
        if asked.answer is None:
            if asked.trouble and trouble is None:
                trouble = PageTrouble(sentence(asked.trouble), next_step(asked.trouble))
            continue
        answer = asked.answer
        allowed = ", ".join(answer.fields("access-control-allow-origin")).strip(" \t")
        credentials = (answer.first("access-control-allow-credentials") or "").strip(" \t") == "true"
        if not allowed and _is_no_answer(answer):
            busy = Trouble(TroubleKind.BUSY, str(answer.status))
            trouble = trouble or PageTrouble(sentence(busy), next_step(busy))
            continue
        openings.append(
            Opening(
                mask_address(answer.url),
                answer.method,
                answer.status,
                asked.origin,
                allowed[:200],
                credentials,
                bool(allowed) and allowed == asked.origin,
                asked.private or answer.status in (401, 403),
            )
        )
    return Cors(tuple(openings), trouble, found.more)


def _is_no_answer(answer: Answer) -> bool:
    """A limiter or a failing server says nothing of what the host permits; OPTIONS may fail where only GET counts."""
    return answer.limited or (answer.status >= 500 and answer.method == "GET")


def judge(reading: Cors, context: JudgeContext) -> Judgement:
    """Fetch standard 3.2; OWASP ASVS 3.4.2."""
    fix = remedies.header(context.server, "Access-Control-Allow-Origin", "https://app.example")
    for opening in reading.openings:
        if opening.reflected and opening.credentials and is_foreign(opening):
            said = _("Any site can read answers with the visitor's rights.")
            return Judgement(Verdict.FAIL, said + where(opening.url), _proof(opening), fix=fix)
    for opening in reading.openings:
        if opening.credentials and opening.allowed.lower() == "null":
            said = _("Pages without an origin of their own (null) can read answers with the visitor's rights.")
            return Judgement(Verdict.FAIL, said + where(opening.url), _proof(opening), fix=fix)
    for opening in reading.openings:
        if not is_foreign(opening):  # whoever opens to every site may well say so only when a site asks
            said = _("Could not look: it is not recorded that the request named the Origin of a foreign site.")
            step = _("Ask with the field “Origin: https://anything.invalid”, and add “origin” to the recorded answer.")
            return Judgement(Verdict.UNKNOWN, said, _proof(opening), step)
    if reading.trouble or not reading.openings:
        said = reading.trouble.said if reading.trouble else _("Could not look: no answer was received.")
        return Judgement(Verdict.UNKNOWN, said, next_step=reading.trouble.next_step if reading.trouble else "")
    for opening in reading.openings:
        if opening.reflected and opening.private:
            said = _("Reflects any site, although it wants a credential.")
            return Judgement(Verdict.WARN, said + where(opening.url), _proof(opening), fix=fix)
    opened = [o for o in reading.openings if o.allowed]
    said = _("Other sites may read public answers only.") if opened else _("No other site may read any answer.")
    return Judgement(Verdict.PASS, f"{said} {_how_many(reading)}", _proof((opened or reading.openings)[0]))


def _how_many(reading: Cors) -> str:
    paths = len({opening.url for opening in reading.openings})
    asked = ngettext("{n} path was asked", "{n} paths were asked", paths).format(n=paths)
    if not reading.more:
        return f"{asked}."
    more = ngettext("{n} more that is listed was not", "{n} more that are listed were not", reading.more)
    return f"{asked}; {more.format(n=reading.more)}."


def is_foreign(opening: Opening) -> bool:
    """True when the request came as from another site: "null", or the origin of a name under another domain (RFC 6454
    6.1). Our own look always does; what somebody wrote down may name the host's own site, or nothing that is an origin.
    """
    if opening.origin == "null" or opening.origin.endswith(".invalid"):  # RFC 2606: nobody has such a name
        return True
    theirs, own = parts_of(opening.origin), parts_of(opening.url)
    if theirs is None or own is None or theirs.path or theirs.query or theirs.fragment:
        return False
    return registrable(theirs.hostname or "") != registrable(own.hostname or "")


def _proof(opening: Opening) -> str:
    lines = [f"{opening.method} {opening.url} → {opening.status}", f"Origin: {opening.origin or '–'}"]
    lines.append(f"Access-Control-Allow-Origin: {opening.allowed}" if opening.allowed else _("(no permission)"))
    if opening.credentials:
        lines.append("Access-Control-Allow-Credentials: true")
    return "\n".join(lines)


CHECK = Check(
    id="cors",
    title=lambda: _("Cross-origin reads"),
    level=Level.MUST,
    source="WHATWG Fetch 3.2; OWASP ASVS 5.0 3.4.2; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("HDR-06",),
    needs=(CorsProbe,),
    read=read,
    judge=judge,
    version=3,
)

"""HSTS: does every answer over HTTPS bind browsers to HTTPS for at least one year?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.endpoint_probe import NOTHING, EndpointProbe
from wizard.checks.looks.https_answers import ERROR, HttpsAnswers, Seen
from wizard.checks.masking import mask_address
from wizard.checks.pages import where
from wizard.checks.seen import asked, first_trouble
from wizard.checks.troubles import next_step, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: Why an answer was asked for: the person listed it.
ENDPOINT = "endpoint"
#: “HSTS with a minimum age of one year” (Security Requirements, Data Protection): 365 days in seconds.
ONE_YEAR = 31_536_000

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a grammar rule of RFC 7230, no secret
#: RFC 6797 6.1: directive-name [ "=" directive-value ], with the implied white space of RFC 2616 2.1 around "=".
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\x09\x20-\x7e])*"'
#: Possessive, because a field of 64 KiB of blanks would otherwise take minutes.
_DIRECTIVE = re.compile(rf"[ \t]*+(?:({_TOKEN})[ \t]*+(?:=[ \t]*+({_TOKEN}|{_QUOTED})[ \t]*+)?)?(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class Policy:
    """One Strict-Transport-Security field as a browser takes it. `why` says what is wrong with an invalid one."""

    valid: bool
    max_age: int | None = None
    include_subdomains: bool = False
    preload: bool = False
    why: str = ""


def parse(value: str) -> Policy:
    """One field value by RFC 6797 6.1: names in any case, quoted values, no directive twice, max-age required.

    Unknown directives are passed over; `includeSubDomains` takes no value. Never raises.
    """
    directives: dict[str, str | None] = {}
    at = 0
    while at < len(value):
        found = _DIRECTIVE.match(value, at)
        if not found or found.end() == at:
            return Policy(False, why="grammar")
        at = found.end()
        name = (found[1] or "").lower()
        if not name:
            continue
        if name in directives:
            return Policy(False, why="twice")
        directives[name] = found[2]
    age = directives.get("max-age")
    if age is None:
        return Policy(False, why="no-max-age")
    digits = re.sub(r"\\(.)", r"\1", age[1:-1]) if age.startswith('"') else age
    if not re.fullmatch(r"[0-9]+", digits, re.ASCII):
        return Policy(False, why="max-age")
    if directives.get("includesubdomains") is not None:
        return Policy(False, why="grammar")
    # A browser takes a number of any length, zeros before it too; ours is kept readable.
    digits = digits.lstrip("0") or "0"
    seconds = int(digits) if len(digits) < 16 else 10**15
    return Policy(True, seconds, "includesubdomains" in directives, directives.get("preload", "") is None)


@dataclass(frozen=True, slots=True)
class Place:
    """What one answer said: the field's first value ("" when there is none) and how many there were."""

    url: str
    status: int
    purpose: str
    raw: str
    fields: int
    policy: Policy


@dataclass(frozen=True, slots=True)
class Hsts:
    """The weakest policy of all answers, and each answer's own; `trouble` says what could not be seen."""

    valid: bool
    max_age: int | None
    include_subdomains: bool
    preload: bool
    places: tuple[Place, ...]
    trouble: str = ""
    trouble_next_step: str = ""


def read(facts: Facts) -> Hsts:
    """The Strict-Transport-Security fields of every answer of this host."""
    answers = facts.get(HttpsAnswers)
    places = (*(_place(s) for s in asked(answers)), *_of_endpoints(facts.maybe(EndpointProbe)))
    trouble = first_trouble(answers)
    policies = [p.policy for p in places]
    ages = [p.max_age for p in policies if p.max_age is not None]
    return Hsts(
        valid=bool(policies) and all(p.valid for p in policies),
        max_age=min(ages) if ages else None,
        include_subdomains=bool(policies) and all(p.include_subdomains for p in policies),
        preload=bool(policies) and all(p.preload for p in policies),
        places=places,
        trouble=sentence(trouble) if trouble else "",
        trouble_next_step=next_step(trouble) if trouble else "",
    )


def _of_endpoints(found: EndpointProbe | None) -> tuple[Place, ...]:
    """What declared endpoints answered strangers; of those that say the same only the first."""
    asked = (a for operation in found.operations for a in operation.asked) if found is not None else ()
    # A limiter that answers in place of the service proves nothing about the service.
    answers = (a.answer for a in asked if a.credential == NOTHING and a.answer and not a.answer.limited)
    places = [_place(Seen(ENDPOINT, answer)) for answer in answers]
    return tuple({(place.raw, place.fields, place.status >= 400): place for place in reversed(places)}.values())[::-1]


def _place(seen: Seen) -> Place:
    answer, fields = seen.answer, seen.answer.fields("strict-transport-security")
    if not fields:
        policy = Policy(False, why="missing")
    elif not answer.url.startswith("https:"):
        policy = Policy(False, why="plain")
    else:
        policy = parse(fields[0])
    return Place(
        mask_address(answer.url), answer.status, seen.purpose, fields[0] if fields else "", len(fields), policy
    )


def judge(reading: Hsts, context: JudgeContext) -> Judgement:
    """RFC 6797 6.1 and 8.1, with the page's one year."""
    fix = remedies.header(context.server, "Strict-Transport-Security", f"max-age={ONE_YEAR}")
    present = [p for p in reading.places if p.fields]
    for place in present:
        if not place.policy.valid:
            return Judgement(Verdict.FAIL, _said_invalid(place), _proof(place), fix=fix)
        if (place.policy.max_age or 0) < ONE_YEAR:
            return Judgement(Verdict.FAIL, _said_short(place), _proof(place), fix=fix)
    absent = [p for p in reading.places if not p.fields]
    hard = [p for p in absent if not _is_error(p) or not present]
    if hard:
        said = _("Strict-Transport-Security is missing.") + where(hard[0].url)
        return Judgement(Verdict.FAIL, said, _proof(hard[0]), fix=fix)
    if reading.trouble or not present:
        said = reading.trouble or _("Could not look: no answer was received.")
        return Judgement(Verdict.UNKNOWN, said, next_step=reading.trouble_next_step)
    proof = _proof(present[0])
    if absent:
        said = _("Missing on an error answer.") + where(absent[0].url)
        return Judgement(Verdict.WARN, said, f"{proof}\n{_proof(absent[0])}", fix=fix)
    if any(p.fields > 1 for p in present):
        said = _("Sent more than once; browsers take the first.")
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    if _is_no_name(context.host.name):
        return Judgement(Verdict.WARN, _("Browsers pass over HSTS for an address without a name."), proof)
    if not reading.include_subdomains:
        said = _("{days:,} days, subdomains not included.").format(days=_days(reading))
        return Judgement(Verdict.WARN, said, proof)
    said = _("{days:,} days, subdomains included.").format(days=_days(reading))
    return Judgement(Verdict.PASS, said, proof)


def _is_no_name(host: str) -> bool:
    """RFC 6797 8.1.1: what is reached by its address alone is never noted as a known host. This computer is no matter
    of theirs.
    """
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False


def _is_error(place: Place) -> bool:
    return place.purpose == ERROR or place.status >= 400


def _days(reading: Hsts) -> int:
    return (reading.max_age or 0) // 86400


def _said_short(place: Place) -> str:
    age = place.policy.max_age or 0
    return _("{age:,} s instead of {year:,} s.").format(age=age, year=ONE_YEAR) + where(place.url)


def _said_invalid(place: Place) -> str:
    match place.policy.why:
        case "plain":
            why = _("it came over plain HTTP")
        case "twice":
            why = _("a directive stands twice")
        case "no-max-age":
            why = _("max-age is missing")
        case "max-age":
            why = _("max-age is not a number of seconds")
        case _:
            why = _("it does not follow the grammar")
    return _("Browsers ignore the header: {why}.").format(why=why) + where(place.url)


def _proof(place: Place) -> str:
    line = f"Strict-Transport-Security: {place.raw}" if place.fields else _("(no Strict-Transport-Security)")
    missing = ONE_YEAR - place.policy.max_age if place.policy.valid and place.policy.max_age is not None else 0
    if missing > 0:
        line += "\n" + _("({n:,} s are missing to one year)").format(n=missing)
    return f"{place.url} → {place.status}\n{line}"


CHECK = Check(
    id="hsts",
    title=lambda: _("HSTS"),
    level=Level.MUST,
    source="RFC 6797 6.1, 8.1; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("HSTS-01", "CHK-HSTS"),
    needs=(HttpsAnswers,),
    uses=(EndpointProbe,),
    read=read,
    judge=judge,
    version=2,
)

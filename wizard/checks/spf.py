"""SPF: has the partner said which servers may send mail in its name?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: RFC 7208 4.6.4: terms that ask the name service, at most ten in all, two of them without an answer.
MOST_TERMS = 10
MOST_VOID = 2
_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")
_TERM = re.compile(r"^[+\-~?]?(all|include|a|mx|ptr|ip4|ip6|exists)([:/].*)?$|^[a-z][a-z0-9_.-]*=.*$", re.I)
#: A range with a length of its prefix, that lets pass.
_RANGE = re.compile(
    r"\+?(?:ip4:[^/]+/(?P<ip4>\d{1,3})|ip6:[^/]+/(?P<ip6>\d{1,3})|"
    r"(?:a|mx)(?::[^/]+)?(?:/(?P<four>\d{1,3}))?(?://(?P<six>\d{1,3}))?)",
    re.I | re.ASCII,
)
#: Nobody's own: a range with a shorter prefix is a 256th of all IPv4 addresses, or more than any registry gives out.
_LEAST_4, _LEAST_6 = 8, 16


@dataclass(frozen=True, slots=True)
class Spf:
    """The policy of the registrable domain: how many there are, what becomes of everybody else, and its cost."""

    domain: str
    policies: tuple[str, ...]
    all: str
    terms: int
    void: int
    ptr: bool
    malformed: str = ""
    #: a term that lets nearly every address send
    open: str = ""


def read(facts: Facts) -> Spf:
    """The policy and what it includes."""
    found = facts.get(DnsRecords)
    own = found.get(found.domain, "TXT")
    if own is None or own.outcome in ("timeout", "failed"):
        raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, found.domain))
    policies = tuple(v for v in own.values if _is_policy(v))
    terms = _terms(policies[0]) if policies else ()
    included = [v for r in found.answers if r.kind == "TXT" and r is not own for v in r.values if _is_policy(v)]
    asking = [t for text in (*policies[:1], *included) for t in _terms(text) if _name(t) in _ASKING]
    targets = {re.split(r"[:=]", t, maxsplit=1)[1].lower() for t in asking if _name(t) in ("include", "redirect")}
    for asked in found.answers:
        # what an included policy asks for counts too, and nobody can count what did not come
        if asked.kind == "TXT" and asked.name in targets and asked.outcome in ("timeout", "failed"):
            raise CouldNotLook(Trouble(TroubleKind.NO_ADDRESS, asked.name))
    void = [r for r in found.answers if r.kind == "TXT" and r.name in targets and r.outcome in ("no-name", "empty")]
    everybody = next((t for t in terms if _name(t) == "all"), "")
    if not everybody:
        redirected = next((t.partition("=")[2].lower() for t in terms if _name(t) == "redirect"), "")
        record = found.get(redirected, "TXT") if redirected else None
        other = next((v for v in record.values if _is_policy(v)), "") if record else ""
        everybody = next((t for t in _terms(other) if _name(t) == "all"), "")
    return Spf(
        found.domain,
        tuple(p[:500] for p in policies),
        "" if not everybody else everybody[0] if everybody[0] in "+-~?" else "+",
        len(asking),
        len(void),
        any(_name(t) == "ptr" for t in terms),
        next((t[:100] for t in terms if not _is_term(t)), ""),
        next((t[:100] for t in (*terms, *_followed(found, targets)) if _lets_everybody(t)), ""),
    )


def _followed(found: DnsRecords, targets: set[str]) -> list[str]:
    """The terms of every policy that another one includes or leads to, "all" among them where it lets pass."""
    answers = [r for r in found.answers if r.kind == "TXT" and r.name in targets]
    return [t for r in answers for v in r.values if _is_policy(v) for t in _terms(v)]


def _lets_everybody(term: str) -> bool:
    """A mechanism that passes for a large part of all addresses (RFC 7208 5.1, 5.6 and the prefixes of 5.3 and 5.4)."""
    found = _RANGE.fullmatch(term)
    if found is None:
        return term.lstrip("+").lower() == "all"
    four, six = found["four"] or found["ip4"], found["six"] or found["ip6"]
    return (four is not None and int(four) < _LEAST_4) or (six is not None and int(six) < _LEAST_6)


def _is_policy(text: str) -> bool:
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def _terms(text: str) -> tuple[str, ...]:
    return tuple(text.split()[1:])


def _is_term(term: str) -> bool:
    """RFC 7208 4.6.1 and 5: a mechanism or modifier that receivers can follow."""
    if not _TERM.match(term):
        return False
    name, _mark, target = term.lstrip("+-~?").partition(":")
    match name.lower():
        case "ip4" | "ip6" as kind:
            try:
                return ip_network(target, strict=False).version == int(kind[-1])
            except ValueError:
                return False
        case "include" | "exists":
            return bool(target)
        case _:
            return True


def _name(term: str) -> str:
    return re.split(r"[:/=]", term.lstrip("+-~?"), maxsplit=1)[0].lower()


def judge(reading: Spf, context: JudgeContext) -> Judgement:
    """RFC 7208 3.2, 4.5, 4.6.4, 5.1, 5.5."""
    fix = f'{reading.domain}. IN TXT "v=spf1 mx -all"'
    proof = "\n".join(reading.policies) or _("(no SPF record)")
    why = _why_not(reading)
    if why:
        return Judgement(Verdict.WARN, why, proof, fix=fix)
    return Judgement(Verdict.PASS, _("Only named servers send mail for {domain}.").format(domain=reading.domain), proof)


def _why_not(reading: Spf) -> str:
    if not reading.policies:
        return _("No SPF record for {domain}.").format(domain=reading.domain)
    if len(reading.policies) > 1:
        return _("There are {n} SPF records; receivers then use none.").format(n=len(reading.policies))
    if reading.malformed:
        return _("A term that nobody knows: {term}").format(term=reading.malformed)
    if reading.all == "+":
        return _("Everybody is allowed (+all).")
    if reading.open:
        return _("Nearly everybody is allowed ({term}).").format(term=reading.open)
    if reading.all in ("", "?"):
        return _("Nothing is said about everybody else; end with -all.")
    if reading.terms > MOST_TERMS:
        return _("{n} look-ups; receivers stop at 10.").format(n=reading.terms)
    if reading.void > MOST_VOID:
        return _("{n} names do not exist; receivers stop at 2.").format(n=reading.void)
    if reading.ptr:
        return _("Uses ptr, which receivers pass over.")
    return ""


CHECK = Check(
    id="spf",
    title=lambda: _("SPF"),
    level=Level.RECOMMENDED,
    source="RFC 7208 4, 5; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("DOM-04",),
    needs=(DnsRecords,),
    read=read,
    judge=judge,
    version=3,
)

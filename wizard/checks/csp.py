"""Content-Security-Policy: does every page tell browsers which scripts are its own?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.checks import policies, remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.checks.policies import Policy
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: Hosts whose scripts let anybody run any other: JSONP and old script libraries (from the lists of csp-evaluator), and
#: files of anybody.
_BYPASS_HOSTS = (
    "ajax.googleapis.com",
    "cdnjs.cloudflare.com",
    "cdn.jsdelivr.net",
    "unpkg.com",
    "www.google.com",
    "accounts.google.com",
    "www.gstatic.com",
    "yandex.st",
    "raw.githubusercontent.com",
    "storage.googleapis.com",
    "s3.amazonaws.com",
)
#: Paths on them that still hold what anybody published.
_BYPASS_PATHS = ("", "ajax/", "ajax/libs/", "npm/", "gh/", "combine/")
#: A nonce is new in every answer (CSP3 7.1); csp-evaluator calls shorter ones guessable.
_LEAST_NONCE = 8


@dataclass(frozen=True, slots=True)
class PagePolicies:
    """One page and its policies."""

    place: Place
    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Csp:
    """Every page of the host that was seen."""

    pages: tuple[PagePolicies, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Csp:
    """The policies of every page."""
    answers = facts.get(HttpsAnswers)
    return Csp(
        tuple(PagePolicies(place, policies.of_answer(answer)) for place, answer in places(answers)),
        trouble_of(answers),
    )


def judge(reading: Csp, context: JudgeContext) -> Judgement:
    """CSP Level 3; what makes a policy worth its name is csp-evaluator's and OWASP ASVS 3.4.3's."""
    fix = remedies.header(
        context.server,
        "Content-Security-Policy",
        "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    )
    nonces = Counter(nonce for page in reading.pages for nonce in _nonces(page.policies))
    again = {nonce for nonce, times in nonces.items() if times > 1}
    said = [(page.place, *_page(page.policies, again), _proof(page)) for page in reading.pages]
    return judge_pages(said, reading.trouble, _("Every page keeps foreign scripts out."), fix)


def _nonces(found: Iterable[Policy]) -> set[str]:
    """The nonces of a page's enforced policies, each once."""
    sources = [s for p in found if p.origin != "report-only" for s in _scripts(p) or ()]
    return {s[len("'nonce-") : -1] for s in sources if policies.is_nonce(s)}


def _scripts(policy: Policy) -> tuple[str, ...] | None:
    return policy.get("script-src-elem", "script-src", "default-src")


def _page(found: tuple[Policy, ...], again: set[str]) -> tuple[Verdict, str]:
    enforced = [p for p in found if p.origin != "report-only"]
    reporting = [p for p in found if p.origin == "report-only"]
    if not enforced:
        if reporting:
            return Verdict.FAIL, _("The policy only reports and forbids nothing.")
        return Verdict.FAIL, _("There is no Content-Security-Policy.")
    weakness = _weakness(enforced)
    if weakness:
        if reporting and not _weakness(reporting):
            return Verdict.WARN, _("{weakness} A stricter policy is being tried in report-only mode.").format(
                weakness=weakness
            )
        return Verdict.FAIL, weakness
    note = _late(enforced) or _note(enforced) or _weak_nonce(_nonces(enforced), again)
    return (Verdict.WARN, note) if note else (Verdict.PASS, "")


def _late(found: list[Policy]) -> str:
    early = [p for p in found if not p.late]
    if len(early) < len(found) and (not early or _weakness(early)):
        return _("The tag with the policy comes after a script, which it does not bind: put it first, or send a field.")
    return ""


def _weakness(found: list[Policy]) -> str:
    """Why scripts from anywhere may run; "" when at least one policy forbids each way (all of them are enforced)."""
    sources = [_scripts(p) for p in found]
    for weakness in (_inline_weakness, _broad_weakness):
        elements = [weakness(one) for one in sources]
        if all(elements):
            return elements[0]
    attributes = [_inline_weakness(p.get("script-src-attr", "script-src", "default-src")) for p in found]
    if all(attributes):
        return attributes[0]
    objects = [_object_weakness(p.get("object-src", "default-src")) for p in found]
    return objects[0] if all(objects) else ""


def _broad_weakness(sources: tuple[str, ...] | None) -> str:
    if sources is None:
        return _("The policy says nothing about scripts.")
    if _strict_dynamic(sources):
        return ""
    broad = next((s for s in sources if policies.is_broad(s)), None)
    return _("Scripts from anywhere are allowed ({source}).").format(source=broad[:80]) if broad else ""


def _inline_weakness(sources: tuple[str, ...] | None) -> str:
    if sources is None:
        return _("The policy says nothing about scripts.")
    unsafe = any(s.lower() == "'unsafe-inline'" for s in sources)
    if unsafe and not policies.has_key(sources) and not _strict_dynamic(sources):
        return _("Scripts inside the page are allowed ('unsafe-inline').")
    return ""


def _object_weakness(sources: tuple[str, ...] | None) -> str:
    broad = next((s for s in sources or () if policies.is_broad(s)), None)
    return _("Plug-ins from anywhere are allowed ({source}).").format(source=broad[:80]) if broad else ""


def _strict_dynamic(sources: tuple[str, ...]) -> bool:
    return any(s.lower() == "'strict-dynamic'" for s in sources)


def _note(found: list[Policy]) -> str:
    def nowhere(*names: str) -> bool:
        return all(p.get(*names) is None for p in found)

    if nowhere("base-uri"):
        return _("base-uri is missing: a smuggled <base> moves scripts.")
    if all(any(policies.is_broad(s) for s in p.get("base-uri") or ()) for p in found if p.get("base-uri") is not None):
        return _("base-uri allows any site: a smuggled <base> moves scripts.")
    if nowhere("object-src", "default-src"):
        return _("object-src is missing: plug-ins are not limited.")
    scripts = [_scripts(p) or () for p in found]
    if all(any(s.lower() == "'unsafe-eval'" for s in sources) for sources in scripts):
        return _("'unsafe-eval' lets the page run text as a script.")
    bypass = [next((s for s in sources if _bypass(s)), "") for sources in scripts if not _strict_dynamic(sources)]
    if bypass and all(bypass):
        return _("Scripts from {source} are allowed; known scripts there run anything.").format(source=bypass[0][:80])
    styles = [p.get("style-src-elem", "style-src", "default-src") or () for p in found]
    if all(any(s.lower() == "'unsafe-inline'" for s in y) and not policies.has_key(y) for y in styles):
        return _("Styles inside the page are allowed ('unsafe-inline').")
    return ""


def _weak_nonce(nonces: set[str], again: set[str]) -> str:
    if nonces & again:
        return _("Two answers carry the same nonce: whoever knows it can run scripts. Make a new one for each answer.")
    if any(len(nonce) < _LEAST_NONCE for nonce in nonces):
        return _("The nonce is short enough to be guessed; use at least 128 random bits.")
    return ""


def _bypass(source: str) -> bool:
    host = source.lower().partition("://")[2] or source.lower()
    place, _slash, path = host.partition("/")
    name = place.partition(":")[0]
    there = any(known == name or (name.startswith("*.") and known.endswith(name[1:])) for known in _BYPASS_HOSTS)
    return there and path in _BYPASS_PATHS


def _proof(page: PagePolicies) -> str:
    lines = [
        f"{policy.origin}: " + "; ".join(" ".join((name, *values)) for name, values in policy.directives)
        for policy in page.policies
    ]
    return "\n".join(lines) or _("(no Content-Security-Policy)")


CHECK = Check(
    id="csp",
    title=lambda: _("Content policy"),
    level=Level.MUST,
    source="W3C Content Security Policy Level 3; OWASP ASVS 5.0 3.4.3; Apollo Marketplace, Security Requirements, "
    "Application Security",
    aliases=("HDR-01", "CHK-HDR-CSP"),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=5,
)

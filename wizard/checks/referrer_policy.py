"""Referrer-Policy: do pages keep their own addresses, with what stands in them, from other sites?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_KEEPING = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})
_HALF = frozenset({"origin", "origin-when-cross-origin"})
TELLING = frozenset({"unsafe-url", "no-referrer-when-downgrade"})
#: What a tag may say too (HTML standard 4.2.5.1); “default” is today's default of browsers.
_OLD_WORDS = {
    "never": "no-referrer",
    "default": "strict-origin-when-cross-origin",
    "always": "unsafe-url",
    "origin-when-crossorigin": "origin-when-cross-origin",
}
_KNOWN = _KEEPING | _HALF | TELLING


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """One page and the policy that holds there; "" when it says none that browsers know."""

    place: Place
    policy: str
    raw: str


@dataclass(frozen=True, slots=True)
class ReferrerPolicies:
    """Every page of the host that was seen."""

    pages: tuple[PagePolicy, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> ReferrerPolicies:
    """The policy of every page."""
    answers = facts.get(HttpsAnswers)
    return ReferrerPolicies(tuple(_policy(place, a) for place, a in places(answers)), trouble_of(answers))


def _policy(place: Place, answer: Answer) -> PagePolicy:
    fields = answer.fields("referrer-policy")
    in_tags = [tag.content for tag in answer.tags if tag.name == "referrer"]
    spoken = [t.strip(" \t\n\f\r").lower() for t in in_tags]
    # a tag in the page comes after the field (W3C Referrer Policy 4.2)
    tokens = [*(t for f in fields for t in f.split(",")), *(_OLD_WORDS.get(t, t) for t in spoken)]
    return PagePolicy(place, policy_of(tokens), ", ".join((*fields, *in_tags))[:400])


def policy_of(tokens: Iterable[str]) -> str:
    """W3C Referrer Policy 8.1: of the tokens that are known, the last; "" when none is."""
    known = [token for t in tokens if (token := t.strip(" \t").lower()) in _KNOWN]
    return known[-1] if known else ""


def judge(reading: ReferrerPolicies, context: JudgeContext) -> Judgement:
    """W3C Referrer Policy; without one, today's browsers use strict-origin-when-cross-origin."""
    fix = remedies.header(context.server, "Referrer-Policy", "strict-origin-when-cross-origin")
    said = [(page.place, *_page(page), _proof(page)) for page in reading.pages]
    return judge_pages(said, reading.trouble, _("Pages keep their full addresses private."), fix)


def _page(page: PagePolicy) -> tuple[Verdict, str]:
    if page.policy in _KEEPING:
        return Verdict.PASS, ""
    if page.policy in TELLING:
        return Verdict.FAIL, _("{policy} tells other sites the page's full address.").format(policy=page.policy)
    if page.policy in _HALF:
        return Verdict.WARN, _("{policy} tells the host's name even over plain HTTP.").format(policy=page.policy)
    return Verdict.WARN, _("Missing; only today's browsers are careful by themselves.")


def _proof(page: PagePolicy) -> str:
    return f"Referrer-Policy: {page.raw}" if page.raw else _("(no Referrer-Policy)")


CHECK = Check(
    id="referrer-policy",
    title=lambda: _("Referrer policy"),
    level=Level.MUST,
    source="W3C Referrer Policy 8.1; OWASP ASVS 5.0 3.4.5; Apollo Marketplace, Security Requirements, Data Protection "
    "and Application Security",
    aliases=("HDR-04", "CHK-REFERRER"),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=3,
)

"""Framing: can another site show these pages inside its own and steal clicks?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import policies, remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class PageFraming:
    """One page: the frame-ancestors of each enforced policy field, the X-Frame-Options values, and whether a policy
    only in a tag (which browsers pass over) speaks of framing.
    """

    place: Place
    frame_ancestors: tuple[tuple[str, ...], ...]
    x_frame_options: tuple[str, ...]
    only_in_tag: bool = False


@dataclass(frozen=True, slots=True)
class Framing:
    """Every page of the host that was seen."""

    pages: tuple[PageFraming, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Framing:
    """What every page says about framing."""
    answers = facts.get(HttpsAnswers)
    return Framing(tuple(_framing(place, answer) for place, answer in places(answers)), trouble_of(answers))


def _framing(place: Place, answer: Answer) -> PageFraming:
    fields = [p for f in answer.fields("content-security-policy") for p in policies.parse(f, "header")]
    ancestors = tuple(a for p in fields if (a := p.get("frame-ancestors")) is not None)
    options = [o.strip(" \t").lower() for f in answer.fields("x-frame-options") for o in f.split(",")]
    in_tag = any(
        p.get("frame-ancestors") is not None
        for tag in answer.tags
        if tag.name == "content-security-policy"
        for p in policies.parse(tag.content, "meta")
    ) or any(tag.name == "x-frame-options" for tag in answer.tags)
    return PageFraming(place, ancestors, tuple(dict.fromkeys(o for o in options if o)), in_tag)


def judge(reading: Framing, context: JudgeContext) -> Judgement:
    """CSP3 6.4.2 (frame-ancestors wins over X-Frame-Options); RFC 7034; tags do not count for either."""
    fix = remedies.header(context.server, "Content-Security-Policy", "frame-ancestors 'none'")
    said = [(page.place, *_page(page), _proof(page)) for page in reading.pages]
    return judge_pages(said, reading.trouble, _("No foreign site can frame these pages."), fix)


def _page(page: PageFraming) -> tuple[Verdict, str]:
    if page.frame_ancestors:
        broad = [next((s for s in sources if policies.is_broad(s)), "") for sources in page.frame_ancestors]
        if all(broad):
            return Verdict.FAIL, _("frame-ancestors allows any site ({source}).").format(source=broad[0][:80])
        return Verdict.PASS, ""
    if page.x_frame_options and set(page.x_frame_options) & {"deny", "sameorigin"}:
        return Verdict.WARN, _("Only X-Frame-Options; frame-ancestors is its successor.")
    if any(option.startswith("allow-from") for option in page.x_frame_options):
        return Verdict.FAIL, _("Any site can frame the page: browsers ignore ALLOW-FROM.")
    if page.x_frame_options:
        return Verdict.FAIL, _("X-Frame-Options has a value that browsers do not know.")
    if page.only_in_tag:
        return Verdict.FAIL, _("Forbidden only in a tag, where browsers ignore it.")
    return Verdict.FAIL, _("Nothing keeps other sites from framing the page.")


def _proof(page: PageFraming) -> str:
    lines = [f"frame-ancestors {' '.join(sources)}"[:400] for sources in page.frame_ancestors]
    lines += [f"X-Frame-Options: {option}"[:200] for option in page.x_frame_options]
    return "\n".join(lines) or _("(no frame-ancestors, no X-Frame-Options)")


CHECK = Check(
    id="framing",
    title=lambda: _("Framing"),
    level=Level.MUST,
    source="W3C Content Security Policy Level 3, 6.4.2; RFC 7034; OWASP ASVS 5.0 3.4.6; Apollo Marketplace, Security "
    "Requirements, Application Security",
    aliases=("HDR-03", "CHK-HDR-FRAMING"),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=3,
)

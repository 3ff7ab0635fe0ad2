"""Page sources: does a page load anything over plain HTTP, or foreign scripts that nobody has pinned?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.masking import mask_address
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class PageSources:
    """One page: what it loads over plain HTTP, and foreign scripts without integrity."""

    place: Place
    insecure: tuple[str, ...]
    unpinned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Every page of the host that was seen."""

    pages: tuple[PageSources, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Sources:
    """What every page loads."""
    answers = facts.get(HttpsAnswers)
    return Sources(tuple(_page(place, answer) for place, answer in places(answers)), trouble_of(answers))


def _page(place: Place, answer: Answer) -> PageSources:
    own = parts_of(answer.url)
    insecure, unpinned = [], []
    for tag in answer.tags:
        address = mask_address(tag.content)[:200]
        if tag.name == "insecure":
            insecure.append(address)
        elif tag.name == "script":
            try:
                to = parts_of(urljoin(answer.url, tag.content))
            except ValueError:
                continue
            if to is not None and own is not None and to.hostname != own.hostname:
                unpinned.append(address)
    return PageSources(place, tuple(dict.fromkeys(insecure))[:20], tuple(dict.fromkeys(unpinned))[:20])


def judge(reading: Sources, context: JudgeContext) -> Judgement:
    """W3C Mixed Content 4; W3C Subresource Integrity 3."""
    fix = _("Load over https:// only, and give foreign scripts an integrity attribute.")
    said = [
        (page.place, *_one(page), "\n".join((*page.insecure, *page.unpinned)) or _("(nothing)"))
        for page in reading.pages
    ]
    return judge_pages(said, reading.trouble, _("Nothing insecure, no foreign script unpinned."), fix)


def _one(page: PageSources) -> tuple[Verdict, str]:
    if page.insecure:
        return Verdict.WARN, _("Loaded over plain HTTP: {address}").format(address=page.insecure[0])
    if page.unpinned:
        return Verdict.WARN, _("No integrity attribute: {address}").format(address=page.unpinned[0])
    return Verdict.PASS, ""


CHECK = Check(
    id="page-sources",
    title=lambda: _("Page sources"),
    level=Level.RECOMMENDED,
    source="W3C Mixed Content 4; W3C Subresource Integrity 3; OWASP ASVS 5.0 3.6.1",
    aliases=("HDR-10",),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=2,
)

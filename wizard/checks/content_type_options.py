"""X-Content-Type-Options: are browsers told not to guess what an answer is?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Sniffing:
    """One answer and what its header says; `raw` is None without the header."""

    place: Place
    nosniff: bool
    raw: str | None


@dataclass(frozen=True, slots=True)
class ContentTypeOptions:
    """Every answer with content."""

    answers: tuple[Sniffing, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> ContentTypeOptions:
    """The header of every answer with content."""
    answers = facts.get(HttpsAnswers)
    return ContentTypeOptions(
        tuple(
            _sniffing(place, answer.fields("x-content-type-options")) for place, answer in places(answers, data=True)
        ),
        trouble_of(answers),
    )


def _sniffing(place: Place, fields: tuple[str, ...]) -> Sniffing:
    # Fetch standard, "determine nosniff": the first of all values in any case.
    first = ",".join(fields).split(",")[0].strip(" \t").lower()
    return Sniffing(place, bool(fields) and first == "nosniff", ", ".join(fields) if fields else None)


def judge(reading: ContentTypeOptions, context: JudgeContext) -> Judgement:
    """Fetch standard 3.6: only `nosniff` as the first value counts."""
    fix = remedies.header(context.server, "X-Content-Type-Options", "nosniff")
    said = [(a.place, Verdict.PASS if a.nosniff else Verdict.FAIL, _said(a), _proof(a)) for a in reading.answers]
    if not said and reading.trouble is None:
        return Judgement(Verdict.NOT_APPLICABLE, _("No answer here has content."))
    return judge_pages(said, reading.trouble, _("nosniff on every answer."), fix)


def _said(answer: Sniffing) -> str:
    if answer.raw is None:
        return _("X-Content-Type-Options is missing.")
    return _("X-Content-Type-Options does not say nosniff.")


def _proof(answer: Sniffing) -> str:
    return _("(no X-Content-Type-Options)") if answer.raw is None else f"X-Content-Type-Options: {answer.raw[:300]}"


CHECK = Check(
    id="content-type-options",
    title=lambda: _("Content type"),
    level=Level.MUST,
    source="WHATWG Fetch 3.6; OWASP ASVS 5.0 3.4.4; Apollo Marketplace, Security Requirements, Application Security",
    aliases=("HDR-02", "CHK-HDR-NOSNIFF"),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=2,
)

"""Caching: are private answers kept out of caches that others can read?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import PATH, HttpsAnswers
from wizard.checks.masking import mask_address
from wizard.checks.pages import PageTrouble, Place, judge_pages, trouble_of
from wizard.checks.seen import asked
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_DIRECTIVE = re.compile(r'(?:"(?:[^"\\]|\\.)*+(?:"|\Z)|[^,"])++', re.S)


@dataclass(frozen=True, slots=True)
class Cached:
    """One private answer and its Cache-Control directives."""

    place: Place
    directives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caching:
    """Every answer that is private: it refuses a stranger, sets a session, or is data of a declared path."""

    answers: tuple[Cached, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Caching:
    """The private answers."""
    answers = facts.get(HttpsAnswers)
    private = [
        Cached(Place(mask_address(s.answer.url), s.answer.status, False, "private"), _directives(s.answer))
        for s in asked(answers)
        if _is_private(s.answer, s.purpose)
    ]
    return Caching(tuple(private), trouble_of(answers))


def _is_private(answer: Answer, purpose: str) -> bool:
    if answer.redirects_to:
        return False
    if answer.status in (401, 403):
        return True
    return 200 <= answer.status < 300 and answer.is_data and (purpose == PATH or bool(answer.fields("set-cookie")))


def _directives(answer: Answer) -> tuple[str, ...]:
    # A comma inside a quoted value separates nothing (RFC 9110 5.6.4).
    parts = [p.strip(" \t").lower() for field in answer.fields("cache-control") for p in _DIRECTIVE.findall(field)]
    return tuple(part[:100] for part in parts if part)


def judge(reading: Caching, context: JudgeContext) -> Judgement:
    """RFC 9111 5.2.2.5; OWASP ASVS 14.3.2."""
    fix = remedies.header(context.server, "Cache-Control", "no-store")
    if not reading.answers and reading.trouble is None:
        return Judgement(Verdict.NOT_APPLICABLE, _("No answer here is private."))
    said = [(a.place, *_one(a), "Cache-Control: " + ", ".join(a.directives)) for a in reading.answers]
    return judge_pages(said, reading.trouble, _("no-store on private answers."), fix)


def _one(answer: Cached) -> tuple[Verdict, str]:
    if "no-store" in answer.directives:
        return Verdict.PASS, ""
    return Verdict.WARN, _("no-store is missing on a private answer.")


CHECK = Check(
    id="caching",
    title=lambda: _("Caching"),
    level=Level.RECOMMENDED,
    source="RFC 9111 5.2.2.5; OWASP ASVS 5.0 14.3.2",
    aliases=("HDR-07",),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=2,
)

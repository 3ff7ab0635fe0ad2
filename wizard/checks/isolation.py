"""Isolation headers: where a page asks browsers to keep it apart from others, does it ask in words they know?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.pages import PageTrouble, Place, judge_pages, places, trouble_of
from wizard.checks.structured_fields import is_dictionary, token_of
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: Each field with the values that browsers know (HTML standard 7.1.3 and 7.1.4, Fetch standard 3.7).
_KNOWN = {
    "Cross-Origin-Opener-Policy": (
        "unsafe-none",
        "same-origin",
        "same-origin-allow-popups",
        "noopener-allow-popups",
    ),
    "Cross-Origin-Embedder-Policy": ("unsafe-none", "require-corp", "credentialless"),
    "Cross-Origin-Resource-Policy": ("same-origin", "same-site", "cross-origin"),
}


@dataclass(frozen=True, slots=True)
class PageIsolation:
    """One page: the isolation fields that it sends, and those whose value nobody knows."""

    place: Place
    sent: tuple[str, ...]
    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Isolation:
    """Every page of the host that was seen."""

    pages: tuple[PageIsolation, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Isolation:
    """The fields of every page."""
    answers = facts.get(HttpsAnswers)
    return Isolation(tuple(_page(place, answer) for place, answer in places(answers)), trouble_of(answers))


def _page(place: Place, answer: Answer) -> PageIsolation:
    sent, invalid = [], []
    for name, known in _KNOWN.items():
        if not answer.fields(name):
            continue
        value = ", ".join(answer.fields(name))  # sent twice, neither counts (RFC 9651 4.2; Fetch 3.7)
        sent.append(f"{name}: {value[:200]}")
        token = value.strip(" \t") if name.endswith("Resource-Policy") else token_of(value)
        if token not in known:
            invalid.append(f"{name}: {value[:200]}")
    permissions = ", ".join(answer.fields("permissions-policy"))
    if answer.fields("permissions-policy"):
        sent.append(f"Permissions-Policy: {permissions[:200]}")
        if not is_dictionary(permissions):
            invalid.append(f"Permissions-Policy: {permissions[:200]}")
    return PageIsolation(place, tuple(sent), tuple(invalid))


def judge(reading: Isolation, context: JudgeContext) -> Judgement:
    """Nobody must send them; who sends them should be understood."""
    if reading.pages and reading.trouble is None and not any(page.sent for page in reading.pages):
        return Judgement(Verdict.NOT_APPLICABLE, _("No page here sends one."))
    fix = _("Write the field as its standard does, or leave it out.")
    said = [
        (
            page.place,
            Verdict.WARN if page.invalid else Verdict.PASS,
            _("Browsers do not understand {field}.").format(field=page.invalid[0]) if page.invalid else "",
            "\n".join(page.sent) or _("(none)"),
        )
        for page in reading.pages
    ]
    return judge_pages(said, reading.trouble, _("What is sent is understood by browsers."), fix)


CHECK = Check(
    id="isolation",
    title=lambda: _("Isolation headers"),
    level=Level.RECOMMENDED,
    source="WHATWG HTML 7.1.3, 7.1.4; WHATWG Fetch 3.7; RFC 9651; OWASP ASVS 5.0 3.4.8",
    aliases=("HDR-08",),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=2,
)

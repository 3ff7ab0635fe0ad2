"""What every check of page headers shares: which answers are pages, and how their verdicts add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wizard.checks.base import Judgement, Trouble, TroubleKind
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.looks.https_answers import ERROR, HttpsAnswers
from wizard.checks.masking import mask_address
from wizard.checks.seen import asked, first_trouble
from wizard.checks.troubles import next_step, sentence
from wizard.domain.language import _
from wizard.domain.observation import Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer came from. `error`: asked for as, or answered as, something that is not there."""

    url: str
    status: int
    error: bool
    kind: str


@dataclass(frozen=True, slots=True)
class PageTrouble:
    """Why not everything could be seen."""

    said: str
    next_step: str


def places(answers: HttpsAnswers, *, data: bool = False) -> Iterator[tuple[Place, Answer]]:
    """The host's pages, and with `data` every other answer with content too; redirects never."""
    for seen in asked(answers):
        answer = seen.answer
        if answer.is_page or (data and answer.body_length and not answer.redirects_to):
            error = seen.purpose == ERROR or answer.status >= 400
            kind = "page" if answer.is_page else "data" if answer.is_data else "other"
            yield Place(mask_address(answer.url), answer.status, error, kind), answer


def where(url: str) -> str:
    """The path of an address behind a sentence, " (/login)"; "" for the root, because the host is shown beside it."""
    parts = parts_of(url)
    path = parts.path if parts else url
    return "" if path in ("", "/") else f" ({path[:120]})"


def trouble_of(answers: HttpsAnswers) -> PageTrouble | None:
    """Why not everything could be seen; None when it could.

    Where every answer is a page that refuses or fails, it is mostly a firewall's: its headers are not the service's.
    """
    if trouble := first_trouble(answers):
        return PageTrouble(sentence(trouble), next_step(trouble))
    seen = [each.answer for each in asked(answers) if not each.answer.redirects_to]
    if seen and all(answer.is_page and (answer.status == 403 or answer.status >= 500) for answer in seen):
        text = _("Could not look: every page that was seen refuses or fails ({status}), as a firewall's would.")
        return PageTrouble(text.format(status=seen[0].status), next_step(Trouble(TroubleKind.BUSY)))
    return None


def judge_pages(
    said: Sequence[tuple[Place, Verdict, str, str]], trouble: PageTrouble | None, fine: str, fix: str
) -> Judgement:
    """The worst page decides; on an error page a failure is only a warning. Each: place, verdict, sentence, proof.

    Without any page there is nothing to judge, unless something could not be seen.
    """
    softened = [
        (place, Verdict.WARN if verdict is Verdict.FAIL and place.error else verdict, text, proof)
        for place, verdict, text, proof in said
    ]
    for wanted in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN):
        if trouble and wanted is not Verdict.FAIL:
            return Judgement(Verdict.UNKNOWN, trouble.said, next_step=trouble.next_step)
        for place, verdict, text, proof in softened:
            if verdict is wanted:
                shown = f"{place.url} → {place.status}\n{proof}"
                return Judgement(verdict, text + where(place.url), shown, fix=fix)
    if not softened:
        return Judgement(Verdict.NOT_APPLICABLE, _("No answer here is a page that a browser shows."))
    first = softened[0]
    return Judgement(Verdict.PASS, fine, f"{first[0].url} → {first[0].status}\n{first[3]}")

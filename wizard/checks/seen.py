"""Picks from the visits to a host what a check may judge: the host's own answers, its pages, its data answers."""

from __future__ import annotations

from wizard.checks.base import Trouble
from wizard.checks.looks.https_answers import HttpsAnswers, Seen


def asked(answers: HttpsAnswers) -> tuple[Seen, ...]:
    """Every answer of the host itself, redirects included, each once."""
    return answers.own


def pages(answers: HttpsAnswers) -> tuple[Seen, ...]:
    """The host's answers that a browser shows as a page."""
    return tuple(seen for seen in asked(answers) if seen.answer.is_page)


def first_trouble(answers: HttpsAnswers) -> Trouble | None:
    """What kept us from seeing everything; the first, because later ones mostly follow from it."""
    return next((visit.trouble for visit in answers.visits if visit.trouble), None)

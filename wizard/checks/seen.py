"""Picks from the visits to a host what a check may judge: the host's own answers, its pages, its data answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.checks.base import Trouble
from wizard.checks.looks.http import Answer, parts_of, port_of
from wizard.checks.looks.https_answers import HttpsAnswers


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer and why it was asked for (root, path, error)."""

    purpose: str
    answer: Answer


def asked(answers: HttpsAnswers) -> tuple[Seen, ...]:
    """Every answer of the host itself, redirects included, each once."""
    return tuple(dict.fromkeys(_own(answers)))


def _own(answers: HttpsAnswers) -> Iterator[Seen]:
    home: tuple[str | None, int] | None = None
    for visit in answers.visits:
        for answer in visit.answers:
            parts = parts_of(answer.url)
            where = (parts.hostname, port_of(parts)) if parts else None
            home = home or where
            # A limiter that answers in place of the service proves nothing about the service.
            limited = answer.status in (429, 503)
            if where == home and not limited:
                yield Seen(visit.purpose, answer)


def pages(answers: HttpsAnswers) -> tuple[Seen, ...]:
    """The host's answers that a browser shows as a page."""
    return tuple(seen for seen in asked(answers) if seen.answer.is_page)


def first_trouble(answers: HttpsAnswers) -> Trouble | None:
    """What kept us from seeing everything; the first, because later ones mostly follow from it."""
    return next((visit.trouble for visit in answers.visits if visit.trouble), None)

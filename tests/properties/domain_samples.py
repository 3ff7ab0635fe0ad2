"""Small questionnaires, events and assessments to test the rules with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.assessment import Assessment, Noted, fold
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.finding import Finding, SubjectKind, judge
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.questionnaire import (
    AnswerKind,
    Column,
    Obligation,
    Question,
    Questionnaire,
    Requirement,
    Section,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()

KINDS = {"hsts": SubjectKind.HOST, "tls": SubjectKind.HOST, "secrets": SubjectKind.REPOSITORY}


def requirement(id: str, **more: Any) -> Requirement:
    plain: dict[str, Any] = {
        "obligation": Obligation.MUST,
        "title": f"Title of {id}",
        "explanation": "",
        "why": "",
        "good_evidence": (),
        "bad_evidence": (),
        "fix": "",
        "source": None,
    }
    return Requirement(id=id, **(plain | more))


def question(id: str, *requirements: str, kind: AnswerKind = AnswerKind.YES_NO, **more: Any) -> Question:
    return Question(id=id, kind=kind, requirements=requirements or (id,), ask=f"What about {id}?", **more)


HOSTS = question(
    "SCOPE-1",
    kind=AnswerKind.TABLE,
    columns=(Column("host", "Host", required=True), Column("purpose", "Purpose")),
)
REPOSITORIES = question("SCOPE-6", kind=AnswerKind.TABLE, required=False, columns=(Column("repository", "Repository"),))


def questionnaire(*requirements: Requirement, questions: Iterable[Question] = (), **more: Any) -> Questionnaire:
    """The requirements, behind a scope section that asks for hosts and repositories."""
    scope = (requirement("SCOPE-1", scoping=True), requirement("SCOPE-6", scoping=True))
    return Questionnaire(
        id="sample",
        version="1",
        title="Sample duties",
        publisher="Sample Marketplace",
        page="https://example.com/duties",
        read_on=date(2026, 6, 1),
        digest="ab" * 32,
        sections=(Section("scope", "Scope", "", scope), Section("duties", "Duties", "", requirements)),
        questions=(HOSTS, REPOSITORIES, *questions),
        **more,
    )


def said(id: str, value: Value = "yes", state: AnswerState = AnswerState.GIVEN, reason: str = "") -> Answer:
    return Answer(id, state, value, reason)


def not_applicable(id: str, reason: str) -> Answer:
    return Answer(id, AnswerState.NOT_APPLICABLE, reason=reason)


def hosts(*names: str) -> Answer:
    return said("SCOPE-1", tuple(Row((("host", name), ("purpose", "API"))) for name in names))


def repositories(*places: str) -> Answer:
    return said("SCOPE-6", tuple(Row((("repository", place),)) for place in places))


def result(check: str, subject: str = "", verdict: Verdict = Verdict.PASS, **more: Any) -> Result:
    plain: dict[str, Any] = {
        "level": Level.MUST,
        "summary": f"{check} at {subject or 'all'}: {verdict}",
        "rule": f"{check}/1",
        "source": "a standard",
        "method": Method.TEST,
        "at": NOW,
    }
    return Result(check, subject, verdict, **(plain | more))


def looked(*results: Result, run: str = "run-1") -> e.Looked:
    return e.Looked(run=run, host=results[0].subject if results else "", results=results, record="cd" * 32)


def piece(id: str, *requirements: str, name: str = "", **more: Any) -> Evidence:
    return Evidence(
        id, name or f"{id}.pdf", "application/pdf", Sealed(f"k-{id}", "0" * 64, "1" * 64, 5), requirements, **more
    )


AUTHOR = "ann"


def event(payload: e.Payload, number: int, at: datetime = NOW, author: str = AUTHOR) -> e.Event:
    envelope = e.Envelope(
        v=1,
        workspace="w",
        author=author,
        sequence=number,
        previous=f"{number - 1:064x}" if number > 1 else "",
        parents=(),
        type=payload.TYPE,
        version=payload.VERSION,
        subject=payload.subject,
        commitment="ef" * 32,
        at=at,
        monotonic=number,
        boot="b",
        app="0",
        questionnaire="ab" * 32,
    )
    return e.Event(envelope, f"{number:064x}", b"", b"", payload)


def assessed(*payloads: e.Payload | Answer, start: Assessment | None = None) -> Assessment:
    """The fold of these deeds; a bare answer is an answer given."""
    made = [e.AnswerGiven(payload) if isinstance(payload, Answer) else payload for payload in payloads]
    first = start.events if start else 0
    moments = (NOW - timedelta(minutes=len(made) - n) for n in range(len(made)))
    return fold((event(p, first + n + 1, at) for n, (p, at) in enumerate(zip(made, moments, strict=True))), start)


def finding(sheet: Questionnaire, assessment: Assessment, id: str, now: datetime = NOW) -> Finding:
    return judge(sheet, assessment, now, KINDS)[id]


def content(assessment: Assessment) -> dict[str, object]:
    """What an assessment says: without its place in the journal, who wrote it when, and what undoing leaves behind."""
    left_out = {"events", "head", "last_at", "started_at", "removed_evidence", "history"}
    return {f.name: _said(getattr(assessment, f.name)) for f in fields(assessment) if f.name not in left_out}


def _said(value: object) -> object:
    if isinstance(value, Noted):
        return value.payload
    if isinstance(value, Mapping):
        return {key: _said(item) for key, item in value.items()}
    return value

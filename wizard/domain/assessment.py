"""One partner's pass through a questionnaire: an immutable value, the fold of its journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.evidence import Evidence
from wizard.domain.observation import Observation, Verdict
from wizard.domain.scope import Host, Scope, hosts_in, repositories_in, unreadable_in

_EMPTY: Mapping[Any, Any] = MappingProxyType({})
_NO_SIGNATORY = e.SignatoryNamed("", "", "")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _empty() -> Mapping[Any, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True)
class Noted:
    """A deed of a person about a requirement: the event's payload with author and claimed time."""

    payload: e.Payload
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything known, as of one event. Mappings are read-only; `events` and `head` name the point in the journal."""

    started: e.AssessmentStarted | None = None
    started_at: datetime | None = None
    described: e.AssessmentDescribed = field(default_factory=lambda: e.AssessmentDescribed("", ""))
    answers: Mapping[str, Answer] = field(default_factory=_empty)
    comments: Mapping[str, Noted] = field(default_factory=_empty)
    not_applicable: Mapping[str, Noted] = field(default_factory=_empty)
    exceptions: Mapping[str, Noted] = field(default_factory=_empty)
    explanations: Mapping[str, Noted] = field(default_factory=_empty)
    #: by run: the subjects that the person agreed to
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    #: by (check, subject)
    observations: Mapping[tuple[str, str], Observation] = field(default_factory=_empty)
    evidence: Mapping[str, Evidence] = field(default_factory=_empty)
    removed_evidence: Mapping[str, Evidence] = field(default_factory=_empty)
    confirmed_hosts: tuple[Host, ...] | None = None
    confirmed: Noted | None = None
    signatory: e.SignatoryNamed | None = None
    attestations: tuple[Noted, ...] = ()
    clock_jumps: int = 0
    unknown_events: int = 0
    events: int = 0
    head: str = ""
    last_at: datetime | None = None

    @property
    def demonstration(self) -> bool:
        """True for the throw-away assessment of `attestry demo`."""
        return self.started is not None and self.started.demonstration

    @property
    def scope(self) -> Scope:
        """The scope as listed now; confirmed only while it is exactly what the person agreed to."""
        hosts = hosts_in(self.answers)
        return Scope(
            hosts,
            repositories_in(self.answers),
            confirmed=bool(hosts) and hosts == self.confirmed_hosts,
            unreadable=unreadable_in(self.answers),
        )

    def evidence_for(self, requirement: str) -> tuple[Evidence, ...]:
        """The evidence filed under a requirement, oldest first."""
        found = [item for item in self.evidence.values() if requirement in item.requirements]
        return tuple(sorted(found, key=lambda item: item.added_at or _LONG_AGO))


def apply(assessment: Assessment, event: e.Event) -> Assessment:
    """The assessment after one more event. Pure."""
    return fold((event,), assessment)


def fold(events: Iterable[e.Event], start: Assessment | None = None) -> Assessment:
    """The assessment after all these events, built with mutable containers and frozen once."""
    building = _Building(start or Assessment())
    for event in events:
        building.take(event)
    return building.freeze()


class _Building:
    """Fields being changed: a container is copied when it is first touched, and frozen at the end."""

    def __init__(self, start: Assessment) -> None:
        self._start = start
        self._changed: dict[str, Any] = {}
        self._count = start.events
        self._last: e.Event | None = None

    def freeze(self) -> Assessment:
        if self._last is None:
            return self._start
        changes: dict[str, Any] = {k: MappingProxyType(v) if type(v) is dict else v for k, v in self._changed.items()}
        return replace(self._start, **changes, events=self._count, head=self._last.hash, last_at=self._last.envelope.at)

    def _mapping(self, name: str) -> dict[Any, Any]:
        if name not in self._changed:
            self._changed[name] = dict(getattr(self._start, name))
        mapping: dict[Any, Any] = self._changed[name]
        return mapping

    def _value(self, name: str) -> Any:
        return self._changed[name] if name in self._changed else getattr(self._start, name)

    def _note(self, name: str, key: str, noted: Noted, keep: bool) -> None:
        if keep:
            self._mapping(name)[key] = noted
        else:
            self._mapping(name).pop(key, None)

    def take(self, event: e.Event) -> None:
        self._count += 1
        self._last = event
        noted = Noted(event.payload, event.envelope.author, event.envelope.at)
        match event.payload:
            case e.AnswerGiven(answer):
                self._take_answer(replace(answer, author=noted.author, at=noted.at))
            case e.Looked():
                self._take_look(event.payload)
            case e.CommentSet(requirement, text):
                self._note("comments", requirement, noted, bool(text.strip()))
            case e.NotApplicableClaimed(requirement, reason):
                self._note("not_applicable", requirement, noted, bool(reason.strip()))
            case e.ContradictionExplained(requirement, text):
                self._note("explanations", requirement, noted, bool(text.strip()))
            case e.ExceptionSet(requirement, gap, owner, control, until):
                something = until is not None or bool("".join((gap, owner, control)).strip())
                self._note("exceptions", requirement, noted, something)
            case e.EvidenceAdded(evidence):
                self._take_evidence(replace(evidence, added_at=noted.at, added_by=noted.author))
            case e.EvidenceFiled(id, requirements, note, expires):
                box = self._mapping("evidence")
                if id in box:
                    box[id] = replace(box[id], requirements=requirements, note=note, expires=expires)
            case e.EvidenceRemoved(id):
                if id in self._value("evidence"):
                    self._mapping("removed_evidence")[id] = self._mapping("evidence").pop(id)
            case e.EvidenceRestored(id):
                if id in self._value("removed_evidence"):
                    self._mapping("evidence")[id] = self._mapping("removed_evidence").pop(id)
            case e.ScopeConfirmed(hosts):
                # no hosts: the agreement was taken back
                self._changed["confirmed_hosts"] = hosts or None
                self._changed["confirmed"] = noted if hosts else None
            case e.AssessmentStarted() as started:
                self._take_start(started, noted.at)
            case e.AssessmentDescribed() as described:
                self._changed["described"] = described
            case e.SignatoryNamed() as signatory:
                self._changed["signatory"] = signatory if signatory != _NO_SIGNATORY else None
            case e.Attested():
                self._changed["attestations"] = (*self._value("attestations"), noted)
            case e.ClockJumped():
                self._changed["clock_jumps"] = self._value("clock_jumps") + 1
            case _:
                self._changed["unknown_events"] = self._value("unknown_events") + 1

    def _take_start(self, started: e.AssessmentStarted, at: datetime) -> None:
        earlier = self._value("started")
        if earlier is not None and earlier.demonstration:
            started = replace(started, demonstration=True)  # what began as a demonstration stays one
        self._changed["started"], self._changed["started_at"] = started, at

    def _take_answer(self, answer: Answer) -> None:
        if answer.state is AnswerState.GIVEN and not answer.given:
            # emptied: as if it had never been answered, so that conditions over it are unknown again
            self._mapping("answers").pop(answer.question, None)
        else:
            self._mapping("answers")[answer.question] = answer

    def _take_look(self, looked: e.Looked) -> None:
        if looked.targets:
            self._mapping("runs")[looked.run] = looked.targets
        observations = self._mapping("observations")
        for result in looked.results:
            key = (result.check, result.subject)
            before = observations.get(key)
            blind = result.verdict is Verdict.UNKNOWN
            observations[key] = Observation(
                result=result,
                run=looked.run,
                record=looked.record,
                runs=before.runs + 1 if before else 1,
                failed_runs=(before.failed_runs if before else 0) + (result.verdict is Verdict.FAIL),
                previous=before.result if before else None,
                decided=before.standing
                if before and blind and before.standing.verdict is not Verdict.UNKNOWN
                else None,
            )

    def _take_evidence(self, evidence: Evidence) -> None:
        box = self._mapping("evidence")
        if evidence.replaces in box:
            self._mapping("removed_evidence")[evidence.replaces] = box.pop(evidence.replaces)
        box[evidence.id] = evidence

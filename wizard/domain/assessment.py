"""One partner's pass through a questionnaire: an immutable value, the fold of its journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.disclosure import Disclosure
from wizard.domain.evidence import Evidence
from wizard.domain.members import Member, Role
from wizard.domain.observation import Observation, Verdict, failing, severity
from wizard.domain.rights import ALLOWED, RANK, role_of
from wizard.domain.scope import Host, Scope, scope_of
from wizard.domain.versions import History, Learning, Version, arrange, field_of, is_blank, item_of, standing
from wizard.domain.vulnerability import OWN_LOOK, Note, ReportSummary

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
    #: how much the public summary shows, by requirement (or `disclosure.LEDGER`, `disclosure.THE_REST`)
    disclosures: Mapping[str, Disclosure] = field(default_factory=_empty)
    #: the attestation that this assessment goes on from
    renewed: e.Renewed | None = None
    #: answers that were carried over from it and that nobody has given or kept since: question, the day of signing
    carried: Mapping[str, date] = field(default_factory=_empty)
    #: those who take part besides who began it, by key
    members: Mapping[str, Member] = field(default_factory=_empty)
    #: those who no longer do, and up to which of their entries they counted
    former: Mapping[str, tuple[Member, int]] = field(default_factory=_empty)
    #: by requirement or section
    assignments: Mapping[str, e.AssignmentSet] = field(default_factory=_empty)
    #: requests that were sent and not closed, by their hash
    requests: Mapping[str, Noted] = field(default_factory=_empty)
    replies: tuple[Noted, ...] = ()
    #: reports by their evidence and notes by their key, in the order in which they came
    ledger: Mapping[str, ReportSummary | Note] = field(default_factory=_empty)
    #: what was decided about weaknesses, by key
    disposals: Mapping[str, Noted] = field(default_factory=_empty)
    #: what was decided about secrets in code, by their keyed hash
    secrets: Mapping[str, Noted] = field(default_factory=_empty)
    #: weaknesses that a person put together with another, by key
    merged: Mapping[str, str] = field(default_factory=_empty)
    #: by host: who showed that they run it, and how
    control: Mapping[str, Noted] = field(default_factory=_empty)
    #: by run: what was agreed to beyond plain looks
    active: Mapping[str, Noted] = field(default_factory=_empty)
    #: by host: the newest canary for its logs
    canaries: Mapping[str, Noted] = field(default_factory=_empty)
    #: by section, then by who: that they stand for it (`approved.approvals` says for whom that still holds)
    approvals: Mapping[str, Mapping[str, Noted]] = field(default_factory=_empty)
    clock_jumps: int = 0
    older_copies: int = 0
    unknown_events: int = 0
    #: by what they are about, then by who wrote it: the newest entry that only a newer app can read
    newer: Mapping[str, Mapping[str, Noted]] = field(default_factory=_empty)
    #: entries of people whose role does not let them do that: kept, without effect
    without_effect: int = 0
    history: History = field(default_factory=History)
    #: these are answers to a request: here whoever was asked agrees to looks from their own place; there it counts not
    answering: bool = False
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
        return scope_of(self.answers, self.confirmed_hosts)

    def role_of(self, author: str) -> Role | None:
        """What someone may do here, by their key; None for someone who does not take part."""
        return role_of(self.history.founder, self.members, author)

    def may_write(self, author: str) -> bool:
        """False for someone who does not take part, or who only reads."""
        return self.role_of(author) not in (None, Role.REVIEWER)

    def allows(self, author: str, payload: e.Payload) -> bool:
        """Would this have an effect if that person wrote it now?"""
        return _Building(self).allows(author, payload)

    def evidence_for(self, requirement: str) -> tuple[Evidence, ...]:
        """The evidence filed under a requirement, oldest first."""
        found = [item for item in self.evidence.values() if requirement in item.requirements]
        return tuple(sorted(found, key=lambda item: item.added_at or _LONG_AGO))


def apply(assessment: Assessment, event: e.Event) -> Assessment:
    """The assessment after one more event. Pure."""
    return fold((event,), assessment)


def fold(events: Iterable[e.Event], start: Assessment | None = None) -> Assessment:
    """The assessment after all these events, built with mutable containers and frozen once.

    The events must come after what they name (their parents); `merged` puts those of several people in order.
    """
    building = _Building(start or Assessment())
    for event in events:
        building.take(event)
    return building.freeze()


def merged(events: Iterable[e.Event], start: Assessment | None = None) -> Assessment:
    """The assessment that everyone who holds these events sees, in whichever order they came.

    What someone wrote without having been seen by those who took them out has no effect.
    """
    ordered, start = arrange(events), start or Assessment()
    if any(isinstance(event.payload, e.MemberAdded | e.MemberRemoved) for event in ordered):
        # whoever answers a request writes before anyone could add them: who takes part is found out first
        members = _Building(start)
        for event in ordered:
            members.take_membership(event)
        building = _Building(start, members.freeze())
    else:
        building = _Building(start)
    for event in ordered:
        building.take(event)
    return building.freeze()


def with_version(assessment: Assessment, version: Version) -> Assessment:
    """The assessment as it would be if this version of a field counted."""
    building = _Building(assessment)
    building.write(version.payload, Noted(version.payload, version.said_by, version.at))
    return building.as_if()


class _Building:
    """Fields being changed: a container is copied when it is first touched, and frozen at the end."""

    def __init__(self, start: Assessment, rights: Assessment | None = None) -> None:
        self._start = start
        #: who takes part, where that was found out before; else as the entries say one after the other
        self._rights = rights
        self._changed: dict[str, Any] = {}
        self._count = start.events
        self._last: e.Event | None = None
        self._founder = start.history.founder
        self._learning = Learning(start.history)
        self._versions = dict(start.history.versions)
        #: by entry: what it says about its field, and who said that; what someone chooses must be one of them
        self._said = {v.hash: (v.payload, v.said_by) for many in self._versions.values() for v in many}
        #: by (check, subject): the entry that the observation comes from
        self._looked: dict[tuple[str, str], tuple[str, int]] = {}

    def freeze(self) -> Assessment:
        if self._last is None:
            return self._start
        learning = self._learning
        history = History(
            self._founder,
            MappingProxyType(learning.heads),
            MappingProxyType(learning.steps),
            MappingProxyType(self._versions),
        )
        return replace(
            self.as_if(), history=history, events=self._count, head=self._last.hash, last_at=self._last.envelope.at
        )

    def as_if(self) -> Assessment:
        """What was written, at the same point of the journal."""
        changes: dict[str, Any] = {k: MappingProxyType(v) if type(v) is dict else v for k, v in self._changed.items()}
        return replace(self._start, **changes)

    def _mapping(self, name: str) -> dict[Any, Any]:
        if name not in self._changed:
            self._changed[name] = dict(getattr(self._start, name))
        mapping: dict[Any, Any] = self._changed[name]
        return mapping

    def _value(self, name: str) -> Any:
        return self._changed[name] if name in self._changed else getattr(self._start, name)

    def _note(self, name: str, key: str, noted: Noted | e.AssignmentSet, keep: bool) -> None:
        if keep:
            self._mapping(name)[key] = noted
        else:
            self._mapping(name).pop(key, None)

    def _by_author(self, name: str, key: str, noted: Noted, there: bool = True) -> None:
        others = {by: each for by, each in self._mapping(name).pop(key, _EMPTY).items() if by != noted.author}
        if there or others:
            self._mapping(name)[key] = MappingProxyType({**others, noted.author: noted} if there else others)

    def take(self, event: e.Event) -> None:
        self._count += 1
        self._last = event
        self._learning.take(event)
        payload, envelope = event.payload, event.envelope
        if isinstance(payload, e.AssessmentStarted) and not self._founder:
            self._founder = envelope.author
        author = envelope.author
        version: Version | None = Version(event.hash, author, envelope.sequence, envelope.at, payload, author)
        if isinstance(payload, e.VersionChosen):
            version = self._chosen(payload, event)
        if version is None or not self._may(author, envelope.sequence, version.payload):
            self._changed["without_effect"] = self._value("without_effect") + 1
        elif isinstance(payload, e.Looked):
            self._take_look(payload, event)
        else:
            key = field_of(payload)
            if key:
                self._said[event.hash] = (version.payload, version.said_by)
                version = self._among_others(key, version, event)
            self.write(version.payload, Noted(version.payload, version.said_by, version.at))

    def take_membership(self, event: e.Event) -> None:
        """Who takes part, and nothing else."""
        self._last = event
        self._learning.take(event)
        payload, author = event.payload, event.envelope.author
        if isinstance(payload, e.AssessmentStarted) and not self._founder:
            self._founder = author
        if isinstance(payload, e.MemberAdded | e.MemberRemoved) and self._may(author, 0, payload):
            self._take_member(payload)

    def _may(self, author: str, sequence: int, payload: e.Payload) -> bool:
        """Does it have an effect? Whoever names evidence had seen it, so what is not here yet is another's."""
        rights = self._rights
        members: Mapping[str, Member] = rights.members if rights else self._value("members")
        role = role_of(self._founder, members, author)
        if role is None and rights and author in rights.former:
            member, last = rights.former[author]
            role = member.role if sequence <= last else None
        return self._fits(role, author, payload, False)

    def allows(self, author: str, payload: e.Payload) -> bool:
        """Would this have an effect, as things stand?"""
        return self._fits(role_of(self._founder, self._start.members, author), author, payload, True)

    def _fits(self, role: Role | None, author: str, payload: e.Payload, new: bool) -> bool:
        if role is not Role.LEAD and not self._is_theirs(author, payload, new):
            return False
        if isinstance(payload, e.ScopeConfirmed) and self._start.answering:
            return role is not None
        # of a newer app nobody here knows who may do it: it is kept, and it changes nothing
        return role is not None and isinstance(payload, (*ALLOWED[role], e.Unknown))

    def _is_theirs(self, author: str, payload: e.Payload, new: bool) -> bool:
        """Only leads refile, replace, remove and read evidence that others gave. `new`: what is not here is theirs."""
        match payload:
            case e.EvidenceAdded(evidence) if evidence.replaces:
                id = evidence.replaces
            case e.EvidenceFiled(id) | e.EvidenceRemoved(id) | e.EvidenceRestored(id):
                pass
            case e.ReportRead(report) if report.importer == OWN_LOOK:
                return report.evidence not in self._value("ledger")  # each look is one of its own
            case e.ReportRead(report):
                id = report.evidence
            case _:
                return True
        item = self._value("evidence").get(id) or self._value("removed_evidence").get(id)
        return new if item is None else item.added_by == author

    def _chosen(self, choice: e.VersionChosen, event: e.Event) -> Version | None:
        """The version that someone chose, as they repeated it; None when it is not one of that field.

        It stays the words of who wrote it, where they really did: otherwise they are those of whoever chose.
        """
        try:
            payload = e.read_payload(choice.type, choice.version, json.loads(choice.content))
        except (ValueError, RecursionError):
            return None
        if isinstance(payload, e.Unknown):  # a newer app chose what only it can read: of this field
            payload = replace(payload, about=choice.field)
        elif isinstance(payload, e.VersionChosen) or field_of(payload) != choice.field:
            return None
        at, said = event.envelope, any(self._said.get(hash_) == (payload, choice.author) for hash_ in choice.among)
        return Version(event.hash, at.author, at.sequence, at.at, payload, choice.author if said else at.author)

    def _among_others(self, key: str, version: Version, event: e.Event) -> Version:
        """Put a version beside those that its author had not seen, and return the one that stands."""
        others = [v for v in self._versions.get(key, ()) if not self._learning.knew(event, v.author, v.sequence)]
        if not others:
            self._versions[key] = (version,)
            return version
        self._versions[key] = (*others, version)
        stands = standing(key, self._versions[key])
        if isinstance(stands.payload, e.EvidenceFiled | e.EvidenceRestored):
            self._restore(stands.payload.evidence)  # it was removed by someone who did not know of this
        return stands

    def write(self, payload: e.Payload, noted: Noted) -> None:
        """What a payload changes, as if nobody else had written."""
        keep = not is_blank(payload)
        match payload:
            case e.AnswerGiven(answer):
                self._take_answer(replace(answer, author=noted.author, at=noted.at))
            case e.CommentSet(requirement):
                self._note("comments", requirement, noted, keep)
            case e.NotApplicableClaimed(requirement):
                self._note("not_applicable", requirement, noted, keep)
            case e.ContradictionExplained(requirement):
                self._note("explanations", requirement, noted, keep)
            case e.ExceptionSet(requirement):
                self._note("exceptions", requirement, noted, keep)
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
                self._restore(id)
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
            case e.DisclosureSet(about, level):
                if level is not None:
                    self._mapping("disclosures")[about] = level
                else:
                    self._mapping("disclosures").pop(about, None)
            case e.Renewed() as renewed:
                self._changed["renewed"] = renewed
                self._mapping("carried").update(dict.fromkeys(renewed.carried, renewed.signed_at.date()))
            case e.ClockJumped() | e.OlderCopyAccepted():
                name = "clock_jumps" if isinstance(payload, e.ClockJumped) else "older_copies"
                self._changed[name] = self._value(name) + 1
            case e.MemberAdded() | e.MemberRemoved():
                self._take_member(payload)
            case e.AssignmentSet(about) as assignment:
                self._note("assignments", about, assignment, keep)
            case e.EvidenceRequested(request):
                self._note("requests", request, noted, True)
            case e.RequestClosed(request):
                self._note("requests", request, noted, False)
            case e.ReplyAdded():
                self._changed["replies"] = (*self._value("replies"), noted)
            case e.SecretDisposed(fingerprint):
                self._note("secrets", fingerprint, noted, keep)
            case e.ControlShown(host):
                self._note("control", host, noted, keep)
            case e.ActiveAgreed(run):
                self._note("active", run, noted, True)
            case e.CanarySent(_, host):
                self._note("canaries", host, noted, True)
            case e.SectionApproved(section, content):
                self._by_author("approvals", section, noted, bool(content))
            case e.ReportRead() | e.VulnerabilityNoted() | e.VulnerabilityDisposed() | e.VulnerabilityMerged():
                self._take_weakness(payload, noted)
            case _:
                self._changed["unknown_events"] = self._value("unknown_events") + 1
                if isinstance(payload, e.Unknown) and (item := item_of(payload)):
                    self._by_author("newer", item, noted)

    def _take_weakness(
        self,
        payload: e.ReportRead | e.VulnerabilityNoted | e.VulnerabilityDisposed | e.VulnerabilityMerged,
        noted: Noted,
    ) -> None:
        match payload:
            case e.ReportRead(report):
                self._mapping("ledger")[report.evidence] = report
            case e.VulnerabilityNoted(note):
                self._mapping("ledger")[note.key] = note
            case e.VulnerabilityDisposed(key, disposal):
                self._note("disposals", key, noted, disposal is not None)
            case e.VulnerabilityMerged(key, into):
                if into:
                    self._mapping("merged")[key] = into
                else:
                    self._mapping("merged").pop(key, None)

    def _take_member(self, payload: e.MemberAdded | e.MemberRemoved) -> None:
        members, former = self._mapping("members"), self._mapping("former")
        if isinstance(payload, e.MemberAdded):
            before = members.get(payload.member.author)
            # a role is only ever raised: what someone was allowed to do stays done
            role = max(filter(None, (before and before.role, payload.member.role)), key=RANK.index)
            members[payload.member.author] = replace(payload.member, role=role)
            former.pop(payload.member.author, None)
        elif payload.author in members:
            # what of theirs the one who removes them had seen; the remover's entry is the last that was taken
            last = self._last
            known = self._learning.known_at(last.envelope.author, last.envelope.sequence) if last else _EMPTY
            former[payload.author] = (members.pop(payload.author), known.get(payload.author, 0))

    def _restore(self, id: str) -> None:
        if id in self._value("removed_evidence") and not self._replaced(id):
            self._mapping("evidence")[id] = self._mapping("removed_evidence").pop(id)

    def _replaced(self, id: str) -> bool:
        return any(item.replaces == id for item in self._value("evidence").values())

    def _take_start(self, started: e.AssessmentStarted, at: datetime) -> None:
        earlier = self._value("started")
        if earlier is not None and earlier.demonstration:
            started = replace(started, demonstration=True)  # what began as a demonstration stays one
        self._changed["started"], self._changed["started_at"] = started, at

    def _take_answer(self, answer: Answer) -> None:
        if answer.question in self._value("carried"):
            self._mapping("carried").pop(answer.question)
        if answer.state is AnswerState.GIVEN and not answer.given:
            # emptied: as if it had never been answered, so that conditions over it are unknown again
            self._mapping("answers").pop(answer.question, None)
        else:
            self._mapping("answers")[answer.question] = answer

    def _take_look(self, looked: e.Looked, event: e.Event) -> None:
        if looked.targets:
            self._mapping("runs")[looked.run] = looked.targets
        observations = self._mapping("observations")
        place = (event.envelope.author, event.envelope.sequence)
        for result in looked.results:
            key = (result.check, result.subject)
            before = observations.get(key)
            earlier = self._looked.get(key)
            apart = earlier is not None and not self._learning.knew(event, *earlier)
            if before is not None and apart and severity(result.verdict) > severity(before.result.verdict):
                # two people looked, and neither knew of the other's look: the worse of them counts
                observations[key] = replace(before, runs=before.runs + 1)
                continue
            self._looked[key] = place
            blind = result.verdict is Verdict.UNKNOWN
            failed_from, mended_at = failing(before, result)
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
                failed_from=failed_from,
                mended_at=mended_at,
            )

    def _take_evidence(self, evidence: Evidence) -> None:
        box = self._mapping("evidence")
        there = box.get(evidence.id) or self._value("removed_evidence").get(evidence.id)
        if there is not None and there.added_by not in ("", evidence.added_by):
            return  # ids are random: someone copied another's
        if evidence.replaces in box:
            self._mapping("removed_evidence")[evidence.replaces] = box.pop(evidence.replaces)
        box[evidence.id] = evidence

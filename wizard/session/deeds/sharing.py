"""Working with others: who answers what until when, asking for evidence, adding what they sent, choosing versions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.language import _, ngettext
from wizard.domain.members import Member, Role, as_name
from wizard.domain.mistakes import Mistake
from wizard.domain.versions import Version, field_words
from wizard.domain.vulnerability import Decision, Disposal
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.session import NotYourRole, Session


class BadRequest(Mistake):
    """A request that would ask nothing, or nobody."""


class NoSuchVersion(Mistake):
    """A version that was replaced while someone wanted to choose it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask whom: requirement ids, until when, with which words, and which hosts of the scope to look at."""

    to: str
    requirements: tuple[str, ...]
    due: date | None = None
    message: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone who was asked and has not replied: the request's hash, who, what, until when, and since when."""

    request: str
    to: str
    requirements: tuple[str, ...]
    due: date | None
    since: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class Differing:
    """One of several versions of a field: its entry's hash, what it says, who wrote it and when."""

    hash: str
    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that people wrote apart, in words, with the versions to choose from."""

    field: str
    what: str
    versions: tuple[Differing, ...]


def assign(session: Session, about: str, owner: str, due: date | None = None) -> Future[Change]:
    """Say who answers a requirement or a section, and until when; without an owner it is taken back."""
    owner = owner.strip()
    title = _("{owner} answers {id}").format(owner=owner, id=about) if owner else _("Nobody answers {id}")
    payload = e.AssignmentSet(about, owner, due if owner else None)
    return session.record(payload, title=title.format(id=about))


def assign_all(session: Session, requirements: Collection[str], owner: str, due: date | None = None) -> Future[Change]:
    """Say who answers these requirements, and until when. A whole section is noted as one, instead of its parts."""
    owner, assigned = owner.strip(), session.assessment.assignments
    left, payloads = set(requirements), []
    for section in session.questionnaire.sections:
        parts = {requirement.id for requirement in section.requirements if not requirement.computed}
        if len(parts) > 1 and parts <= left:
            payloads.append(e.AssignmentSet(section.id, owner, due))
            payloads += [e.AssignmentSet(id) for id in sorted(parts) if id in assigned]
            left -= parts
    payloads += [e.AssignmentSet(id, owner, due) for id in session.questionnaire.by_id if id in left]
    title = ngettext("{owner} answers {n} requirement", "{owner} answers {n} requirements", len(requirements))
    return session.record(*payloads, title=title.format(owner=owner, n=len(requirements)))


def about_words(session: Session, about: str) -> str:
    """What an assignment is about: a section's title, or the id of a requirement."""
    section = next((section for section in session.questionnaire.sections if section.id == about), None)
    return section.title if section else about


def ask(session: Session, asking: Ask, out: Path, hear: Hear = lambda event: None) -> Job[str]:
    """Write the request file, then record that it was asked, and who answers. The result is the request's hash.

    The job fails with `BadRequest`, or with what kept the file from being written.
    """

    async def work(progress: Progress) -> str:
        data, hash_, payloads = await asyncio.to_thread(_request, session, asking)
        await asyncio.to_thread(_write_request, out, data)
        await asyncio.wrap_future(session.record(*payloads))
        return hash_

    return session.runner.start(work, _("Writing the request"), hear)


def _request(session: Session, asking: Ask) -> tuple[bytes, str, tuple[e.Payload, ...]]:
    from wizard.exchange import asked, request
    from wizard.vault import foreign

    questionnaire, described = session.questionnaire, session.assessment.described
    wanted = tuple(id for id in questionnaire.by_id if id in asking.requirements)
    if not wanted or not asking.to.strip():
        raise BadRequest(
            _("A request needs a name and at least one requirement. Nothing was written. Say who is asked for what.")
        )
    own = foreign.own_side(session.workspace.secrets)
    signatory = session.assessment.signatory
    lead = Member(
        own.author,
        own.public.hex(),
        as_name(signatory.name if signatory else "", described.organisation),
        Role.LEAD,
        own.recipient,
    )
    heading = request.Heading(
        workspace=session.workspace.shared,
        lead=lead,
        to=asking.to.strip(),
        organisation=described.organisation,
        integration=described.integration,
        made_at=session.clock().replace(microsecond=0),
        questionnaire=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_digest=questionnaire.digest,
        questionnaire_title=questionnaire.title,
        questionnaire_read_on=questionnaire.read_on,
        due=asking.due,
        message=asking.message.strip(),
        hosts=tuple(host for host in session.assessment.scope.hosts if host.subject in asking.hosts),
    )
    data, hash_ = request.write(heading, asked.part(questionnaire, wanted), own.sign)
    payloads = (
        e.EvidenceRequested(hash_, heading.to, wanted, asking.due, tuple(host.subject for host in heading.hosts)),
        *(e.AssignmentSet(id, heading.to, asking.due) for id in wanted),
    )
    return data, hash_, payloads


def _write_request(out: Path, data: bytes) -> None:
    from wizard.vault import files

    try:
        files.replace_file(out, data)
    except OSError as error:
        raise BadRequest(
            _("The request could not be written to {path} ({reason}). Nobody was asked. Choose another folder.").format(
                path=out, reason=files.reason(error)
            )
        ) from None


def close_request(session: Session, request: str) -> Future[Change]:
    """Wait no longer for the reply to a request."""
    return session.record(e.RequestClosed(request))


def waiting(session: Session) -> tuple[Waiting, ...]:
    """Who is waited for, the one who is due first at the top."""
    assessment, today = session.assessment, session.clock().date()
    replied = {noted.payload.request for noted in assessment.replies if isinstance(noted.payload, e.ReplyAdded)}
    out = [
        Waiting(p.request, p.to, p.requirements, p.due, noted.at, p.due is not None and p.due < today)
        for noted in assessment.requests.values()
        if isinstance(p := noted.payload, e.EvidenceRequested) and p.request not in replied
    ]
    return tuple(sorted(out, key=lambda w: (w.due or date.max, w.since)))


def owner_of(session: Session, requirement: str) -> e.AssignmentSet | None:
    """Who answers a requirement, by its own assignment or its section's; None for nobody."""
    assigned = session.assessment.assignments
    section = session.questionnaire.section_of.get(requirement)
    return assigned.get(requirement) or (assigned.get(section.id) if section else None)


def others_who_answered(session: Session, requirement: str, owner: str) -> tuple[str, ...]:
    """Who answered a requirement that somebody else was asked: it is allowed, and marked (SECURITY 6.3)."""
    answers = session.assessment.answers
    authors = (answers[q.id].author for q in session.questionnaire.questions_for(requirement) if q.id in answers)
    names = dict.fromkeys(session.name_of(author) for author in authors if author)
    return tuple(name for name in names if name.casefold().split() != owner.casefold().split())


def editors(session: Session) -> tuple[Member, ...]:
    """Those to whom bundles are sealed, besides this person; who only replied to a request is none of them."""
    own = session.workspace.author
    return tuple(m for m in session.assessment.members.values() if m.author != own and m.recipient)


def unread(events: Iterable[e.Event]) -> Iterator[str]:
    """The sentence about entries that only a newer version can read; none where all can be read here."""
    n = sum(isinstance(event.payload, e.Unknown) for event in events)
    if n:
        yield ngettext(
            "{n} entry was written with a newer version of Attestry, and this one cannot read it. It is kept and "
            "passed on; what it names can be read here and not changed, until you update Attestry.",
            "{n} entries were written with a newer version of Attestry, and this one cannot read them. They are kept "
            "and passed on; what they name can be read here and not changed, until you update Attestry.",
            n,
        ).format(n=n)


def names(session: Session) -> Mapping[str, str]:
    """The names of everyone who takes part or took part, by key."""
    assessment = session.assessment
    return {
        **{author: member.name for author, member in assessment.members.items()},
        **{author: member.name for author, (member, _last) in assessment.former.items()},
    }


# --- versions ----------------------------------------------------------------------------------------------------


def words_of(session: Session, payload: e.Payload, *, alone: bool = False) -> str:
    """What a payload says about its field, in one line; `alone` leaves the question out."""
    match payload:
        case e.AnswerGiven(answer):
            question = session.questionnaire.question_by_id.get(answer.question)
            files = {id: item.name for id, item in session.assessment.evidence.items()}
            said = readable.one_line(question, answer, files) or _("not known yet")
            return said if alone else f"{question.ask if question else answer.question} – {said}"
        case e.CommentSet(id, text) | e.NotApplicableClaimed(id, text) | e.ContradictionExplained(id, text):
            return f"{id} – {text}"
        case e.ExceptionSet(id, gap, owner, control, until):
            return f"{id} – " + "; ".join(filter(None, (gap, owner, control, readable.day(until) if until else "")))
        case e.AssessmentDescribed(organisation, integration):
            return f"{organisation}; {integration}"
        case e.SignatoryNamed(name, role, authority):
            return f"{name}; {role}; {authority}"
        case e.AssignmentSet(about, owner, due):
            return f"{about} – {owner}" + (f", {readable.day(due)}" if due else "")
        case e.MemberAdded(member):
            return f"{member.name} – {member.role.value}"
        case e.MemberRemoved():
            return _("no longer takes part")
        case e.VulnerabilityDisposed(_key, disposal):
            return _disposal_words(disposal)
        case e.VulnerabilityNoted(note):
            return "; ".join(filter(None, (note.title, note.place, note.vector, note.rating.value, note.remark)))
        case e.VulnerabilityMerged(_key, into):
            return _("one with {id}").format(id=into) if into else _("by itself")
        case e.SecretDisposed(_key, verdict, because, revoked, rotated):
            days = (
                _("revoked on {day}").format(day=readable.day(revoked)) if revoked else "",
                _("replaced on {day}").format(day=readable.day(rotated)) if rotated else "",
            )
            word = _("a false alarm") if verdict is e.SecretVerdict.FALSE_POSITIVE else ""
            return "; ".join(filter(None, (word, *days, because))) or _("not decided")
        case e.DisclosureSet(_about, level):
            return level.value if level else _("not decided")
        case _:
            return payload.subject


def _disposal_words(disposal: Disposal | None) -> str:
    if disposal is None:
        return _("not decided")
    word = {
        Decision.FIXED: _("fixed"),
        Decision.NOT_AFFECTED: _("does not affect us"),
        Decision.FALSE_POSITIVE: _("a false alarm"),
        Decision.ACCEPTED: _("accepted for now"),
    }[disposal.decision]
    days = (readable.day(day) for day in (disposal.on, disposal.until) if day)
    return "; ".join(filter(None, (word, *days, disposal.release, disposal.because, disposal.owner, disposal.control)))


def conflicts(session: Session) -> tuple[Conflict, ...]:
    """What people wrote apart, with the versions to choose from."""
    return tuple(
        Conflict(
            key,
            field_words(session.questionnaire, key),
            tuple(
                Differing(v.hash, words_of(session, v.payload, alone=True), session.name_of(v.said_by), v.at)
                for v in versions
            ),
        )
        for key, versions in session.assessment.history.conflicts.items()
    )


def choose(session: Session, conflict: Conflict, version: str) -> Future[Change]:
    """Let one of the versions count from now on; the others stay in the history."""
    versions = session.assessment.history.versions.get(conflict.field, ())
    chosen: Version | None = next((v for v in versions if v.hash == version), None)
    if chosen is None:
        raise NoSuchVersion(_("This version is no longer there to choose. Look at the versions again."))
    payload = chosen.payload
    if not session.assessment.allows(session.workspace.author, payload):
        raise NotYourRole(
            _("What “{what}” says is decided by another role than yours. Nothing was chosen. Ask the lead.").format(
                what=conflict.what
            )
        )
    return session.record(
        e.VersionChosen(
            conflict.field,
            tuple(v.hash for v in versions),
            chosen.said_by,
            payload.TYPE,
            payload.VERSION,
            json.dumps(e.payload_json(payload), ensure_ascii=False),
        )
    )


def add_member(session: Session, member: Member, role: Role) -> Future[Change]:
    """Let someone take part, or raise their role, after their key's fingerprint was compared.

    With the first member the lead's own keys are written down too: others seal to them.
    """
    from wizard.vault import foreign

    added = [e.MemberAdded(replace(member, role=role))]
    own = foreign.own_side(session.workspace.secrets)
    mine = session.assessment.members.get(own.author)
    if session.assessment.role_of(own.author) is Role.LEAD and (mine is None or not mine.recipient):
        name = session.assessment.signatory.name if session.assessment.signatory else ""
        name = as_name(name, session.assessment.described.organisation)
        added.insert(0, e.MemberAdded(Member(own.author, own.public.hex(), name, Role.LEAD, own.recipient)))
    return session.record(*added)


def remove_member(session: Session, author: str) -> Future[Change]:
    """Someone no longer takes part: what they write from now on has no effect here."""
    return session.record(e.MemberRemoved(author))

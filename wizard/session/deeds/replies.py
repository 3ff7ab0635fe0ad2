"""What teammates send back: opened, checked and shown first, then merged as they signed it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.domain import events as e
from wizard.domain import newer
from wizard.domain.assessment import Assessment, merged
from wizard.domain.language import _
from wizard.domain.members import Member, Role, grouped
from wizard.domain.mistakes import Mistake
from wizard.domain.rights import ALLOWED
from wizard.domain.versions import deed_words, field_words, item_of
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.deeds import sharing
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.exchange.packet import Item, Packet
    from wizard.vault.foreign import Checked


class BadReply(Mistake):
    """A reply that is whole and signed, and still cannot be added."""


class KeyNotConfirmed(Mistake):
    """Someone's first reply was to be added before their key was compared."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A reply that was read and checked, and of which nothing was added yet.

    `known` when its key was confirmed before; `again` when everything in it is here already; `outside` are the
    requirements that nobody asked this person about; `conflicts` are the fields that would have several versions.
    """

    path: Path
    sender: Member
    known: bool
    again: bool
    made_at: datetime
    requirements: tuple[str, ...]
    outside: tuple[str, ...]
    answers: tuple[str, ...]
    files: tuple[str, ...]
    looks: tuple[str, ...]
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]
    packet: Packet

    @property
    def fingerprint(self) -> str:
        """The key, as people compare it."""
        return grouped(self.sender.author)


def read(session: Session, path: Path, hear: Hear = lambda event: None) -> Job[Offered]:
    """Open and check a reply; nothing is added. The job fails with a Mistake that names what is wrong with it."""
    stopped = threading.Event()

    async def work(progress: Progress) -> Offered:
        progress(0, 0, path.name)
        try:
            return await asyncio.to_thread(_offered, session, path, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise

    return session.runner.start(work, _("Reading {name}").format(name=path.name), hear)


def _offered(session: Session, path: Path, stopped: threading.Event) -> Offered:
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    own = foreign.own_side(session.workspace.secrets)
    packet = packets.read(path, own.identity, stopped=stopped.is_set)
    manifest, assessment = packet.manifest, session.assessment
    if manifest.kind != "reply" or manifest.workspace != session.workspace.shared:
        raise foreign.OtherWorkspace
    asked = next((p for p in _asked(session) if p.request == manifest.request), None)
    if asked is None:
        raise BadReply(
            _("{name} answers a request that was not sent from here. Nothing was added.").format(name=path.name)
        )
    sender = manifest.sender
    known = sender.author in assessment.members
    if sender.author in assessment.former:
        raise BadReply(
            _("{who} no longer takes part in this assessment, so {name} was not added.").format(
                who=assessment.former[sender.author][0].name, name=path.name
            )
        )
    # the role is ours to give; and who only replied gets nothing else of this assessment: no bundle of the editors is
    # ever sealed to them
    sender = assessment.members[sender.author] if known else replace(sender, role=Role.CONTRIBUTOR, recipient="")
    checked = _checked(session, packet, stopped.is_set)
    _within_their_part(session, sender, checked.events, path.name)
    examine(session, packet.items, checked.events, path.name)
    questionnaire = session.questionnaire
    after = _as_if(session, checked, sender)
    new = after.history.conflicts.keys() - assessment.history.conflicts.keys()
    touched = {id for event in checked.events for id in _requirements(session, event.payload)}
    looks = [event.payload for event in checked.events if isinstance(event.payload, e.Looked)]
    return Offered(
        path=path,
        sender=sender,
        known=known,
        again=not checked.events,
        made_at=manifest.made_at,
        requirements=tuple(id for id in questionnaire.by_id if id in touched),
        outside=tuple(id for id in questionnaire.by_id if id in touched and id not in asked.requirements),
        answers=tuple(dict.fromkeys(_said(session, checked.events))),
        files=tuple(ev.payload.evidence.name for ev in checked.events if isinstance(ev.payload, e.EvidenceAdded)),
        looks=tuple(dict.fromkeys(look.host for look in looks if look.targets)),
        conflicts=tuple(field_words(questionnaire, key) for key in sorted(new)),
        notes=(*_notes(checked), *_unasked(session, looks), *sharing.unread(checked.events)),
        packet=packet,
    )


def _within_their_part(session: Session, sender: Member, events: Collection[e.Event], name: str) -> None:
    """Refuse what no reply holds: what another role decides, and entries that claim to have seen those of others.

    An agreement to look is the teammate's own, at most for hosts that they were asked about; it has no effect here.
    """
    asked = {host for request in _asked(session) for host in request.hosts}
    own = {event.hash for event in events if event.envelope.author == sender.author}
    own |= {h for h, (author, _n) in session.workspace.journal.places().items() if author == sender.author}
    for event in events:
        payload = event.payload
        if isinstance(payload, e.ScopeConfirmed) and asked.issuperset(host.subject for host in payload.hosts):
            continue
        theirs = isinstance(payload, (*ALLOWED[sender.role], e.Unknown))
        if not theirs or isinstance(payload, e.ScopeConfirmed | e.VersionChosen):
            raise BadReply(
                _(
                    "{name} holds something that {who} may not decide here: {what}. Nothing was added. "
                    "Ask {who} what that is, and ask for a new reply."
                ).format(name=name, who=sender.name, what=deed_words(session.questionnaire, payload))
            )
        if not own.issuperset(event.envelope.parents):
            raise BadReply(
                _(
                    "{name} holds entries that claim to replace those of others, which no reply does. Nothing was "
                    "added. Ask {who} for a new reply."
                ).format(name=name, who=sender.name)
            )


def add(session: Session, offered: Offered, *, confirmed: bool = False, hear: Hear = lambda event: None) -> Job[Change]:
    """Add a reply that was read: its evidence into the box, its entries as they were signed.

    `confirmed`: the person compared the fingerprint with its owner, which the first reply of a key needs.
    """
    if not (confirmed or offered.known):
        raise KeyNotConfirmed(
            _("Nothing was added: compare the fingerprint with {who} first, by phone or in person.").format(
                who=offered.sender.name
            )
        )
    stopped = threading.Event()

    async def work(progress: Progress) -> Change:
        progress(0, len(offered.packet.manifest.files), offered.path.name)
        try:
            await asyncio.to_thread(_keep_files, session, offered, progress, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return await asyncio.wrap_future(_merge(session, offered))

    return session.runner.start(work, _("Adding the reply of {who}").format(who=offered.sender.name), hear)


def _keep_files(session: Session, offered: Offered, progress: Progress, stopped: threading.Event) -> None:
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    own = foreign.own_side(session.workspace.secrets)
    count = 0

    came = _checked(session, offered.packet, stopped.is_set).events
    needed = examine(session, offered.packet.items, came, offered.path.name)

    def take(item: Item, stream: BinaryIO) -> None:
        nonlocal count
        if item.name in needed:
            foreign.keep(session.workspace.box, stream, item.sealed)
        else:  # it is here already, or nothing that is new names it
            packets.drain(stream)
        count += 1
        progress(count, len(offered.packet.manifest.files), offered.path.name)

    again = packets.read(offered.path, own.identity, take, stopped.is_set)
    if again.digest != offered.packet.digest:
        raise BadReply(
            _("{name} was changed since it was read. Its entries were not added. Read it again.").format(
                name=offered.path.name
            )
        )


def _merge(session: Session, offered: Offered) -> Future[Change]:
    manifest, sender = offered.packet.manifest, offered.sender

    def take() -> tuple[e.Event, ...]:
        checked = _checked(session, offered.packet)
        session.workspace.journal.store(checked.rows, _keys(offered.packet))
        return checked.events

    added = e.ReplyAdded(manifest.request, sender.author, manifest.entries, len(manifest.files), offered.packet.digest)
    joined = () if sender.author in session.assessment.members else (e.MemberAdded(sender),)
    return session.merge(take, *joined, added)


def _checked(session: Session, packet: Packet, stopped: Callable[[], bool] = lambda: False) -> Checked:
    """The entries of a reply: all of its sender's, without a gap."""
    from wizard.vault import foreign

    workspace = session.workspace
    checked = foreign.check(
        workspace.journal, workspace.shared, workspace.author, packet.entries, _keys(packet), stopped=stopped
    )
    if checked.waiting:
        raise foreign.Gap(packet.manifest.sender.author, len(checked.rows) + checked.known + 1)
    return checked


def _keys(packet: Packet) -> Mapping[str, bytes]:
    sender = packet.manifest.sender
    return {sender.author: bytes.fromhex(sender.public)}


def _asked(session: Session) -> Iterable[e.EvidenceRequested]:
    """Every request that was ever sent from here; closed ones may still be answered."""
    for event in session.workspace.journal.events():
        if isinstance(event.payload, e.EvidenceRequested):
            yield event.payload


def examine(session: Session, came: Mapping[str, Item], events: Collection[e.Event], name: str) -> frozenset[str]:
    """The files that came are those that the entries name, and their names are names; the names of those needed.

    Raises Refused, BadReply; `name` is what the sentences call what came.
    """
    from wizard.exchange.mistakes import Damaged
    from wizard.vault import foreign

    needed: set[str] = set()
    for event in events:
        if isinstance(event.payload, e.EvidenceAdded):
            item = event.payload.evidence
            if not _plain(item.name):
                raise BadReply(
                    _("{name} holds a file whose name is a trick ({shown}). Nothing was added.").format(
                        name=name, shown=ascii(item.name)[:60]
                    )
                )
            sent = came.get(item.sealed.name)
            if sent is None and not foreign.holds(session.workspace.box, item.sealed.name):
                raise Damaged(name)
            if sent is not None and (sent.digest, sent.size) != (item.sealed.digest, item.sealed.size):
                raise Damaged(name)
            needed.add(item.sealed.name)
        elif isinstance(event.payload, e.Looked) and event.payload.record_name:
            needed.add(event.payload.record_name)
        elif isinstance(event.payload, e.ReportRead):
            needed.add(event.payload.report.record.name)
    return frozenset(name for name in needed if name in came)


def _plain(name: str) -> bool:
    """A file name that leads nowhere and shows as what it is."""
    return (
        name.isprintable()
        and 0 < len(name) <= 255
        and not set(name) & set("/\\")
        and name.strip() == name
        and name not in (".", "..")
    )


def _as_if(session: Session, checked: Checked, sender: Member) -> Assessment:
    """The assessment as it would be with these entries of that member."""
    start = session.beginning
    events = (*session.workspace.journal.events(), *checked.events)
    if sender.author in session.assessment.members:
        return merged(events, start)
    return merged(events, replace(start, members={**start.members, sender.author: sender}))


def _requirements(session: Session, payload: e.Payload) -> tuple[str, ...]:
    match payload:
        case e.AnswerGiven(answer):
            question = session.questionnaire.question_by_id.get(answer.question)
            ids: tuple[str, ...] = question.requirements if question else ()
        case e.EvidenceAdded(evidence):
            ids = evidence.requirements
        case e.EvidenceFiled(_, requirements):
            ids = requirements
        case e.CommentSet(id) | e.NotApplicableClaimed(id) | e.ExceptionSet(id) | e.ContradictionExplained(id):
            ids = (id,)
        case e.Unknown():
            ids = newer.answer_items(session.questionnaire, item_of(payload))
        case _:
            ids = ()
    owners = (session.questionnaire.owner_of(id) for id in ids)
    return tuple(owner.id for owner in owners if owner)


def _said(session: Session, events: Iterable[e.Event]) -> Iterable[str]:
    """What the entries say, in the newest version of each field."""
    newest: dict[str, e.Payload] = {}
    for event in events:
        match event.payload:
            case e.AnswerGiven(answer):
                newest[answer.question] = event.payload
            case e.CommentSet(id) | e.NotApplicableClaimed(id) | e.ExceptionSet(id) | e.ContradictionExplained(id):
                newest[f"{event.payload.TYPE} {id}"] = event.payload
            case _:
                pass
    for payload in newest.values():
        yield sharing.words_of(session, payload)


def _unasked(session: Session, looks: Iterable[e.Looked]) -> Iterable[str]:
    """The sentence about hosts that nobody asked them to look at."""
    asked = {host for request in _asked(session) for host in request.hosts}
    hosts = sorted({look.host for look in looks if look.targets} - asked)
    if hosts:
        yield _("Nobody asked them to look at {hosts}.").format(hosts=", ".join(hosts))


def _notes(checked: Checked) -> tuple[str, ...]:
    return (
        (_("Their clock runs ahead of this computer's. Times are shown as they claim them, and decide nothing."),)
        if checked.ahead
        else ()
    )

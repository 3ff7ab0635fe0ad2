"""Several editors: each leaves what is new as sealed packets, and takes what the others left."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count as count_up
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.domain import events as e
from wizard.domain.codec import from_json, to_json
from wizard.domain.language import _, ngettext
from wizard.domain.members import Member, Role, as_name
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import claims, replies, sharing
from wizard.session.deeds.claims import BadBundle
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.exchange.carrier import Carrier
    from wizard.exchange.packet import Item, Packet

_STATE = "sharing/exchanged"
#: The name under which is remembered how far the bundles went that were written to files.
_FILES = "files"
#: A packet for a carrier holds no more entries, and so no more files (each entry names at most one) than
#: `packet.MOST_FILES`: those that read it take all of it, or nothing.
_AT_ONCE = 10_000
#: So many sentences about one exchange are shown and kept; the rest is counted.
_MOST_NOTES = 20


class NotTheirs(Mistake):
    """A packet that lies where somebody else leaves theirs."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} was written by somebody else than whose place it lies in. It was not taken.").format(name=name)
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What this workspace left at one carrier: the last number, how far its journal went then, and for whom."""

    number: int = 0
    position: int = 0
    recipients: tuple[str, ...] = ()
    #: packets of others (author, number) of which everything is here
    taken: tuple[tuple[str, int], ...] = ()
    #: packets of others that were sealed to somebody else, as those are that were left before this member came
    sealed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange did: entries left and taken, and sentences about what did not arrive or does not fit."""

    left: int
    taken: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundle that was written: how many entries are in it, and its files; several when one would hold too much."""

    entries: int
    files: tuple[Path, ...]

    @property
    def also(self) -> str:
        """The sentence about the files besides the first, "" when there are none."""
        if len(self.files) < 2:
            return ""
        return _("It was too much for one file. Send these too; they are taken in this order: {names}").format(
            names=", ".join(file.name for file in self.files[1:])
        )


def exchange_now(
    session: Session,
    carrier: Carrier,
    where: str,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total, text, partial=None: None,
) -> Exchanged:
    """Take what others left, then leave what is new; blocks. `where` names the carrier for this workspace's memory."""
    from wizard.vault import files
    from wizard.vault.mistakes import NotSaved

    session.flush()
    try:
        with contextlib.closing(carrier):
            return _exchanged(session, carrier, where, stopped, progress)
    except OSError as error:  # a full disk, on this side
        raise NotSaved(files.reason(error)) from None


def _exchanged(
    session: Session, carrier: Carrier, where: str, stopped: Callable[[], bool], progress: Progress
) -> Exchanged:
    memory = _memory(session, where)
    notes: list[str] = []
    there = carrier.numbers()
    others = {(a, n) for a, numbers in there.items() if a != session.workspace.author for n in numbers}
    missing, count, memory = _take_all(
        session, carrier, memory, others - {*memory.taken, *memory.sealed}, notes, progress, stopped
    )
    again = others & ({*memory.sealed, *memory.taken} if missing else set(memory.sealed))
    if notes and again:
        # something did not fit: perhaps it is in what could not be opened then, or an old packet stood in its place
        _missing, more, memory = _take_all(session, carrier, memory, again, notes, progress, stopped)
        count += more
    _remember(session, where, memory)  # what was taken stays taken, whatever becomes of leaving
    left = 0
    if not stopped():
        left, memory = _leave(session, carrier, memory, there)
    _remember(session, where, memory)
    told = tuple(dict.fromkeys(notes))
    if len(told) > _MOST_NOTES:
        rest = _("And {n} more that are no better.").format(n=len(told) - _MOST_NOTES)
        told = (*told[:_MOST_NOTES], rest)
    return Exchanged(left, count, told)


def _take_all(
    session: Session,
    carrier: Carrier,
    memory: Left,
    wanted: Iterable[tuple[str, int]],
    notes: list[str],
    progress: Progress,
    stopped: Callable[[], bool],
) -> tuple[bool, int, Left]:
    """Fetch these packets and take what they hold: whether something that they rest on did not come, how many entries
    came, and what is remembered from now on.
    """
    from wizard.exchange import packet as packets
    from wizard.exchange.carrier import Spoiled, Unreachable
    from wizard.exchange.mistakes import NotForYou
    from wizard.vault import files, foreign

    own = foreign.own_side(session.workspace.secrets)
    read: dict[tuple[str, int], tuple[Path, Packet]] = {}
    sealed = set(memory.sealed)
    authors, places = set(claims.own_keys(session)) | {session.assessment.history.founder}, set(wanted)
    with contextlib.ExitStack() as parts:
        # whoever may write there can put any number of packets in the places of people who do not take part
        while now := sorted((place for place in places if place[0] in authors), key=lambda place: (place[1], place[0])):
            places.difference_update(now)
            for done, place in enumerate(now):
                if stopped():
                    break
                progress(done, len(now), "")
                part, stream = parts.enter_context(files.new_part(session.workspace.folder))  # sealed bytes only
                try:
                    with stream:  # thousands may wait: none of them stays open
                        carrier.fetch(*place, stream)
                    packet = packets.read(part, own.identity, stopped=stopped)
                    if packet.manifest.sender.author != place[0]:
                        raise NotTheirs(part.name)
                    read[place] = (part, packet)
                    sealed.discard(place)
                except NotForYou:
                    sealed.add(place)
                except Mistake as mistake:
                    if isinstance(mistake, Unreachable) and not isinstance(mistake, Spoiled):
                        places.clear()  # all the others would be waited for in vain
                        break
                    name = _("Packet {n} of {who}").format(n=place[1], who=session.name_of(place[0]))
                    said_of_it = mistake.sentence.replace(part.name, name)
                    notes.append(said_of_it if name in said_of_it else f"{name}: {said_of_it}")
            authors.update(added for _part, packet in read.values() for added in claims.added(packet))
        said: list[str] = []
        count = _absorb(session, list(read.values()), said, stopped)
        for (author, number), (part, _packet) in read.items():  # nobody knows the name under which it was fetched
            name = _("Packet {n} of {who}").format(n=number, who=session.name_of(author))
            said = [sentence.replace(part.name, name) for sentence in said]
        notes += said
    here = session.workspace.journal.places()
    whole = {place for place, (_path, packet) in read.items() if _all_here(packet, here)}
    waiting = len(read) - len(whole)
    if waiting:
        notes.append(
            _("{n} packets wait for others that have not arrived: they are delayed or withheld.").format(n=waiting)
        )
    taken = tuple(sorted({*memory.taken, *whole}))
    return bool(waiting), count, replace(memory, taken=taken, sealed=tuple(sorted(sealed)))


def _all_here(packet: Packet, here: Mapping[str, tuple[str, int]]) -> bool:
    from wizard.vault.journal import event_hash

    return all(event_hash(one.envelope) in here for one in packet.entries)


def _absorb(session: Session, read: list[tuple[Path, Packet]], notes: list[str], stopped: Callable[[], bool]) -> int:
    """Take what packets hold, all at once; where one of them is not what it claims, each by itself."""
    try:
        return _absorb_all(session, read, notes, stopped)
    except Mistake as mistake:
        if len(read) < 2:
            notes.append(mistake.sentence)
            return 0
    return sum(_absorb(session, [one], notes, stopped) for one in read)


def bundle(session: Session, out: Path, *, since_last: bool = False, hear: Hear = lambda event: None) -> Job[Bundled]:
    """Write one sealed file for all members, of everything or of what is new since the last such file."""

    async def work(progress: Progress) -> Bundled:
        return await asyncio.to_thread(bundle_now, session, out, since_last=since_last)

    return session.runner.start(work, _("Sealing a bundle"), hear)


def bundle_now(session: Session, out: Path, *, since_last: bool = False) -> Bundled:
    """As `bundle`, on this thread. Raises `BadBundle` when there is nothing new, or it cannot be written there.

    Someone who came after the last file could not follow: then everything is written, whatever was asked for.
    """
    from wizard.vault import files

    session.flush()
    memory, now = _memory(session, _FILES), recipients(session)
    count = session.workspace.journal.count
    after = memory.position if since_last and set(now) <= set(memory.recipients) else 0
    entries = tuple(_entries(session, after, frozenset()))
    if not entries:
        raise BadBundle(_("Nothing is new since the last bundle, so none was written."))
    parts = _in_parts(session, entries, out)
    if taken := next((place for place in [*parts][1:] if place.exists()), None):
        raise BadBundle(
            _(
                "The bundle needs {n} files, and {path} is there already. Nothing was written. Choose another name."
            ).format(n=len(parts), path=taken)
        )
    try:
        for place, some in parts.items():
            with files.new_part(out.parent) as (part, stream):
                _write(session, stream, some)
                files.settle(part, stream, place)
    except OSError as error:
        raise BadBundle(
            _("The bundle could not be written to {path} ({reason}). Choose another folder.").format(
                path=out, reason=files.reason(error)
            )
        ) from None
    if not session.workspace.read_only:
        _remember(session, _FILES, replace(memory, position=count, recipients=now))
    return Bundled(len(entries), tuple(parts))


def _in_parts(session: Session, entries: tuple[e.Carried, ...], out: Path) -> dict[Path, tuple[e.Carried, ...]]:
    """The entries for each file: one, unless nobody could take that many entries or files at once."""
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    size = packets.MOST_ENTRIES
    if len(entries) > packets.MOST_FILES:  # each entry names at most one file
        workspace = session.workspace
        if len(foreign.carried_files(workspace.journal.events(), workspace.box)) > packets.MOST_FILES:
            size = packets.MOST_FILES
    return {
        out.with_name(f"{out.stem}-{at // size + 1}{out.suffix}") if at else out: entries[at : at + size]
        for at in range(0, len(entries), size)
    }


def take_bundle_now(session: Session, path: Path, stopped: Callable[[], bool] = lambda: False) -> Exchanged:
    """Take what is new in a bundle that a member sealed for this workspace; blocks.

    Raises what is wrong with it; then nothing of it was taken.
    """
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    packet = packets.read(path, foreign.own_side(session.workspace.secrets).identity, stopped=stopped)
    notes: list[str] = []
    count = _absorb_all(session, [(path, packet)], notes, stopped)
    gap = foreign.missing(session.workspace.journal, packet.entries)
    if gap is not None and not count:
        raise gap
    if gap is not None:
        notes.append(gap.sentence)
    return Exchanged(0, count, tuple(dict.fromkeys(notes)))


def _absorb_all(
    session: Session, read: list[tuple[Path, Packet]], notes: list[str], stopped: Callable[[], bool]
) -> int:
    """Check and take what packets hold: how many entries came. Raises what is wrong, and Cancelled when `stopped`; then
    nothing was taken.
    """
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    workspace = session.workspace
    keys = dict(claims.own_keys(session))
    came: dict[str, Item] = {}
    for _path, packet in read:
        manifest = packet.manifest
        if manifest.kind != "bundle" or manifest.workspace != workspace.shared:
            raise foreign.OtherWorkspace
        keys |= claims.new_keys(session, packet)
        came |= packet.items
    for _path, packet in read:
        if packet.manifest.sender.author not in keys:
            raise foreign.Stranger(packet.manifest.sender.author)
    entries = tuple(one for _path, packet in read for one in packet.entries)

    once: foreign.Read = {}

    def check() -> foreign.Checked:
        return foreign.check(workspace.journal, workspace.shared, workspace.author, entries, keys, once, stopped)

    checked = check()
    needed = replies.examine(session, came, checked.events, read[0][0].name if read else "")
    identity = foreign.own_side(workspace.secrets).identity

    def take(item: Item, stream: BinaryIO) -> None:
        if item.name in needed:
            foreign.keep(workspace.box, stream, item.sealed)
        else:
            packets.drain(stream)

    for path, packet in read:
        if needed.intersection(packet.items):
            packets.read(path, identity, take)

    def store() -> tuple[e.Event, ...]:
        now = check()
        workspace.journal.store(now.rows, {row["author"]: keys[row["author"]] for row in now.rows})
        return now.events

    idle = session.assessment.without_effect
    if checked.events:
        session.merge(store).result()
    if (more := session.assessment.without_effect - idle) > 0:
        notes.append(
            ngettext(
                "{n} entry has no effect: whoever wrote it may not do that here. It is kept as it is.",
                "{n} entries have no effect: whoever wrote them may not do that here. They are kept as they are.",
                more,
            ).format(n=more)
        )
    notes += sharing.unread(checked.events)
    if checked.ahead:
        people = ", ".join(session.name_of(author) for author in checked.ahead)
        notes.append(
            _(
                "The clock of {who} runs ahead of this computer's. Times are shown as claimed, and decide nothing."
            ).format(who=people)
        )
    for _path, packet in read:
        notes += claims.compare_heads(session, packet.manifest)
    return len(checked.events)


def _entries(session: Session, after: int, but: frozenset[str]) -> Iterable[e.Carried]:
    """What this journal holds after that position, without the entries of authors who leave them themselves."""
    for row in session.workspace.journal.rows(after):
        if row.author not in but:
            yield e.Carried(row.envelope, row.signature, row.salt, row.payload)


def recipients(session: Session) -> tuple[str, ...]:
    """The age recipients of everyone who takes part now, this workspace included."""
    from wizard.exchange.request import can_seal_to
    from wizard.vault import foreign

    others = (m.recipient for m in session.assessment.members.values() if can_seal_to(m.recipient))
    return tuple(sorted({foreign.own_side(session.workspace.secrets).recipient, *others}))


def _leave(session: Session, carrier: Carrier, memory: Left, there: Mapping[str, tuple[int, ...]]) -> tuple[int, Left]:
    """Leave what is new. Someone new cannot open what was left before, so then everything is left once more."""
    from wizard.exchange.carrier import Taken
    from wizard.vault import files

    workspace = session.workspace
    now, own = recipients(session), workspace.author
    anew = not set(now) <= set(memory.recipients)
    count = workspace.journal.count
    assessment = session.assessment
    others = frozenset(there).intersection({*assessment.members, assessment.history.founder}) - {own}
    entries = tuple(_entries(session, 0 if anew else memory.position, frozenset() if anew else others))
    if not entries:
        return 0, replace(memory, position=count)
    number, used = memory.number, frozenset(there.get(own, ()))
    for at in range(0, len(entries), _AT_ONCE):
        with files.new_part(workspace.folder) as (_part, stream):
            _write(session, stream, entries[at : at + _AT_ONCE])
            while True:
                # never past the highest: anyone who may add could put the last number there is in this author's place
                number = next(free for free in count_up(number + 1) if free not in used)
                stream.seek(0)
                try:
                    carrier.leave(own, number, stream)
                    break
                except Taken:
                    continue
    return len(entries), replace(memory, number=number, position=count, recipients=now)


def _write(session: Session, out: BinaryIO, entries: tuple[e.Carried, ...]) -> None:
    """A packet of these entries and the files that they name, sealed to everyone who takes part."""
    from wizard.exchange import packet as packets
    from wizard.vault import foreign
    from wizard.vault.journal import event_hash

    workspace, assessment = session.workspace, session.assessment
    own = foreign.own_side(workspace.secrets)
    hashes = {event_hash(one.envelope) for one in entries}
    named = (event for event in workspace.journal.events() if event.hash in hashes)
    items = {item.name: item for item in foreign.carried_files(named, workspace.box)}
    sender = Member(
        own.author,
        own.public.hex(),
        as_name(session.name_of(own.author)),
        assessment.role_of(own.author) or Role.REVIEWER,
        own.recipient,
    )
    heads = tuple((author, sequence, hash_) for author, (sequence, hash_) in sorted(assessment.history.heads.items()))
    manifest = packets.Manifest(
        kind="bundle",
        workspace=workspace.shared,
        sender=sender,
        made_at=session.clock().replace(microsecond=0),
        entries=len(entries),
        entries_size=0,
        entries_digest="",
        files=tuple(packets.Item(s.name, s.digest, s.size) for s in items.values()),
        keys=tuple(sorted((author, key.hex()) for author, key in workspace.journal.public_keys().items())),
        heads=heads,
        founder=assessment.history.founder,
    )

    def give(item: Item, stream: BinaryIO) -> None:
        workspace.box.open(items[item.name], stream)

    packets.write(out, manifest, packets.entries_bytes(entries), give, own.sign, recipients(session))


def _memory(session: Session, where: str) -> Left:
    kept = session.workspace.secrets.get(f"{_STATE}/{where}")
    return from_json(Left, json.loads(kept)) if kept else Left()


def _remember(session: Session, where: str, memory: Left) -> None:
    session.workspace.secrets.put(f"{_STATE}/{where}", json.dumps(to_json(memory)).encode("ascii"))

"""Takes in what others wrote: signed entries exactly as they are, and their evidence under the names they gave it.

An entry is taken only when its author's key signed it, it follows that author's entry before, and everything that it
names is here. Nothing that is here already is ever changed by it.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import pyrage
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wizard.domain.bulk import many_values
from wizard.domain.codec import from_json
from wizard.domain.events import (
    Attested,
    Carried,
    Envelope,
    Event,
    EvidenceAdded,
    Looked,
    Payload,
    Renewed,
    ReportRead,
    read_payload,
)
from wizard.domain.evidence import Sealed
from wizard.domain.language import _
from wizard.domain.members import grouped
from wizard.domain.mistakes import Mistake
from wizard.vault import evidence_box, files
from wizard.vault.building import own_keys
from wizard.vault.journal import Journal, commitment, event_hash, signed_bytes
from wizard.vault.mistakes import Cancelled, DamagedEvidence, NotSaved, ReadOnly
from wizard.vault.secrets import Secrets

if TYPE_CHECKING:
    from wizard.vault.workspace import Workspace

_SHARED = "sharing/workspace"
_IDENTITY = "sharing/identity"

#: The contents of one entry are never larger.
LARGEST_ENTRY = 1024 * 1024
#: So many signatures are checked in one go: a Stop waits for no more.
_AT_ONCE = 500
#: How far ahead of this computer's clock an entry may claim to be before it is pointed out.
_AHEAD = timedelta(minutes=5)


class RefusedEntries(Mistake):
    """Entries of others that are not what they claim. Nothing of them was taken."""


class Forged(RefusedEntries):
    """An entry does not bear its author's signature, or was changed after it was signed."""

    def __init__(self, author: str) -> None:
        super().__init__(
            _(
                "An entry that claims to be by the key {key} was not signed by it, or was changed afterwards. "
                "Nothing was added. Ask for the file again, and compare the key with its owner."
            ).format(key=grouped(author))
        )


class Forked(RefusedEntries):
    """One key signed two different entries under the same number."""

    def __init__(self, author: str, number: int) -> None:
        super().__init__(
            _(
                "The key {key} signed two different entries number {n}: an older copy of their workspace was written "
                "to, or the key was copied. Nothing was added. Ask its owner which copy is the right one."
            ).format(key=grouped(author), n=number)
        )


class Gap(RefusedEntries):
    """Entries are missing between those that are here and those that came."""

    def __init__(self, author: str, number: int) -> None:
        super().__init__(
            _(
                "Entry {n} of the key {key}, or one that it rests on, is missing. Nothing was added. "
                "Ask for a complete file."
            ).format(key=grouped(author), n=number)
        )


class Stranger(RefusedEntries):
    """Entries of someone who does not take part."""

    def __init__(self, author: str) -> None:
        super().__init__(
            _("The file holds entries by the key {key}, who does not take part here. Nothing was added.").format(
                key=grouped(author)
            )
        )


class OtherWorkspace(RefusedEntries):
    """Entries that belong to another assessment."""

    def __init__(self) -> None:
        super().__init__(
            _("The file holds entries of another assessment. Nothing was added. Open the one that it belongs to.")
        )


class OlderCopy(RefusedEntries):
    """Others hold entries of this workspace's own key that are not here."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Others hold entries that were written with this workspace's key and that are not here: this is an "
                "older copy of the workspace. Nothing was added. Open the newest copy, and do not write to this one."
            )
        )


class UnreadableEntry(RefusedEntries):
    """Something that is no entry."""

    def __init__(self) -> None:
        super().__init__(
            _("The file holds something that is no entry of an assessment. Nothing was added. Ask for it again.")
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """What a workspace is a part of: the id that entries bear, and the key of who began it."""

    workspace: str
    founder: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Entries that may be taken, in an order in which each follows what it names.

    `waiting` came before something that they rest on; `known` were here already; `ahead` are the authors whose clock
    runs ahead of this computer's.
    """

    events: tuple[Event, ...]
    rows: tuple[dict[str, Any], ...]
    known: int
    waiting: int
    ahead: tuple[str, ...]


def shared_id(kept: Secrets) -> str:
    """The id that the entries of this workspace bear when it is a part of another one, else ""."""
    found = _shared(kept)
    return found.workspace if found else ""


def founder(kept: Secrets, author: str) -> str:
    """The key of who began the assessment: this workspace's own author, unless it is a part of another one."""
    found = _shared(kept)
    return found.founder if found else author


def become_part(workspace: Workspace, shared: Shared) -> None:
    """Make a new workspace, without an entry yet, a part of another one. Raises ReadOnly, NotSaved."""
    assert not workspace.journal.count
    workspace.secrets.put(_SHARED, json.dumps([shared.workspace, shared.founder]).encode("ascii"))
    workspace.shared = workspace.journal.workspace = shared.workspace


def _shared(kept: Secrets) -> Shared | None:
    found = kept.get(_SHARED)
    return Shared(*json.loads(found)) if found else None


@dataclass(frozen=True, slots=True)
class OwnSide:
    """This workspace's side of every exchange: it signs with its author's key, and opens what is sealed to it."""

    author: str
    public: bytes
    recipient: str
    identity: pyrage.x25519.Identity
    sign: Callable[[bytes], bytes]

    def __repr__(self) -> str:
        return f"OwnSide({self.author})"


def own_side(kept: Secrets) -> OwnSide:
    """The keys for exchanges; the age identity is made when it is first needed. Raises ReadOnly, NotSaved."""
    author = own_keys(kept).author
    secret = kept.get(_IDENTITY)
    if secret is None:
        secret = str(pyrage.x25519.Identity.generate()).encode("ascii")
        kept.put(_IDENTITY, secret)
    identity = pyrage.x25519.Identity.from_str(secret.decode("ascii"))
    return OwnSide(author.id, author.public, str(identity.to_public()), identity, author.key.sign)


def entries(journal: Journal, known: Mapping[str, int]) -> Iterator[Carried]:
    """The entries that someone does not have who knows each author up to that number, each after what it names."""
    for row in journal.rows():
        if row.sequence > known.get(row.author, 0):
            yield Carried(row.envelope, row.signature, row.salt, row.payload)


#: Entries that were read and found to bear their author's signature: nobody needs to do that twice.
Read = dict[Carried, tuple[Envelope, str, Payload]]


@many_values()
def check(
    journal: Journal,
    workspace: str,
    own: str,
    came: Iterable[Carried],
    keys: Mapping[str, bytes],
    read: Read | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Checked:
    """Check entries of others against this journal; nothing is written.

    `keys` are the public keys of those who take part, `own` is this workspace's author; `read` remembers what was
    found between two checks of the same entries. Raises RefusedEntries; Cancelled as soon as `stopped`.
    """
    read = {} if read is None else read
    soon = journal.now + _AHEAD  # by the clock that stamps the entries of this side: another one might accuse falsely
    here = journal.places()
    at = {place: hash_ for hash_, place in here.items()}
    last: dict[str, int] = {}
    for author, sequence in at:
        last[author] = max(last.get(author, 0), sequence)
    signers = {**journal.public_keys(), **keys}
    known = 0
    new: list[tuple[Carried, str, Envelope]] = []
    unread: list[tuple[Carried, str, Envelope]] = []
    for one in came:
        if stopped():
            raise Cancelled
        if max(len(one.envelope), len(one.payload)) > LARGEST_ENTRY:
            raise UnreadableEntry
        hash_ = event_hash(one.envelope)
        if hash_ in here:  # byte for byte what was checked when it was taken
            known += 1
            continue
        found = read.get(one)
        envelope = found[0] if found else _envelope(one)
        if envelope.workspace != workspace:
            raise OtherWorkspace
        if envelope.author not in signers:
            raise Stranger(envelope.author)
        new.append((one, hash_, envelope))
        if found is None:
            unread.append(new[-1])
    # first of all: who has not the key can make this accuse nobody, and call nothing an older copy
    read.update(_read_signed(unread, signers, stopped))
    queues: dict[str, dict[int, tuple[Event, dict[str, Any]]]] = {}
    ahead: set[str] = set()
    for one, hash_, envelope in new:
        author, place = envelope.author, (envelope.author, envelope.sequence)
        if place in at:
            raise Forked(author, envelope.sequence)
        if author == own:
            raise OlderCopy
        if author not in keys:
            raise Stranger(author)
        if envelope.at > soon:
            ahead.add(author)
        queue = queues.setdefault(author, {})
        row = {
            "hash": hash_,
            "author": author,
            "sequence": envelope.sequence,
            "envelope": one.envelope,
            "signature": one.signature,
            "salt": one.salt,
            "payload": one.payload,
        }
        event = Event(envelope, hash_, one.signature, one.salt, read[one][2])
        if queue.setdefault(envelope.sequence, (event, row))[1]["hash"] != hash_:
            raise Forked(author, envelope.sequence)
    taken = _in_order(queues, last, at, set(here))
    waiting = sum(map(len, queues.values()))
    events, rows = tuple(event for event, _row in taken), tuple(row for _event, row in taken)
    return Checked(events, rows, known, waiting, tuple(sorted(ahead)))


def missing(checked_against: Journal, came: Iterable[Carried]) -> Gap | None:
    """The first entry of those that came that is not here and has not what it rests on; None when there is none."""
    here = checked_against.places()
    for one in came:
        if event_hash(one.envelope) not in here:
            envelope = _envelope(one)
            return Gap(envelope.author, envelope.sequence)
    return None


def _in_order(
    queues: dict[str, dict[int, tuple[Event, dict[str, Any]]]],
    last: dict[str, int],
    at: dict[tuple[str, int], str],
    here: set[str],
) -> list[tuple[Event, dict[str, Any]]]:
    """Take from the queues what can be taken, each author's next entry as soon as all that it names is there."""
    out: list[tuple[Event, dict[str, Any]]] = []
    turn = deque(sorted(queues))
    stuck = 0
    while turn and stuck < len(turn):
        author = turn[0]
        number = last.get(author, 0) + 1
        found = queues[author].get(number)
        if found is None or not here.issuperset(found[0].envelope.parents):
            turn.rotate(-1)
            stuck += 1
            continue
        envelope, row = found[0].envelope, found[1]
        before = at.get((author, number - 1), "")
        if envelope.previous != before or (before and before not in envelope.parents):
            raise Forked(author, number)
        out.append(found)
        here.add(row["hash"])
        at[author, number] = row["hash"]
        last[author] = number
        del queues[author][number]
        stuck = 0
    return out


def _envelope(one: Carried) -> Envelope:
    try:
        data = _decode(str(one.envelope, "utf-8"))
        if not _is_canonical(data, one.envelope):
            raise UnreadableEntry
        envelope = from_json(Envelope, data)
    except (ValueError, TypeError, RecursionError):
        raise UnreadableEntry from None
    if envelope.v != 1 or envelope.sequence < 1 or len(envelope.parents) > 1000:
        raise UnreadableEntry
    return envelope


_decode = json.JSONDecoder().decode
_QUICK = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _is_canonical(data: Any, written: bytes) -> bool:
    """Are these the one spelling of the data (RFC 8785)? The standard library finds most of them, four times faster."""
    return _QUICK.encode(data).encode("utf-8", "replace") == written or rfc8785.dumps(data) == written


def _public(author: str, key: bytes) -> Ed25519PublicKey:
    if len(key) != 32 or hashlib.sha256(key).hexdigest() != author:
        raise Forged(author)
    return Ed25519PublicKey.from_public_bytes(key)


def _read_signed(
    entries: Sequence[tuple[Carried, str, Envelope]], signers: Mapping[str, bytes], stopped: Callable[[], bool]
) -> Read:
    """What the entries say, once every signature, commitment and spelling holds.

    Where they are many, signatures are checked beside the rest: the library lets go of the interpreter meanwhile.
    """
    public = {author: _public(author, signers[author]) for author in {envelope.author for _o, _h, envelope in entries}}
    out: Read = {}
    pool = ThreadPoolExecutor(2, thread_name_prefix="check signatures")
    try:
        parts = [entries[at : at + _AT_ONCE] for at in range(0, len(entries), _AT_ONCE)]
        later = [pool.submit(_first_unsigned, part, public).result for part in parts] if len(parts) > 1 else []
        # of one part: a thread would take longer to begin
        signed = later or [partial(_first_unsigned, entries, public)]
        for one, hash_, envelope in entries:
            if stopped():
                raise Cancelled
            out[one] = (envelope, hash_, _content(one, envelope))
        for first_unsigned in signed:
            if stopped():
                raise Cancelled
            if author := first_unsigned():
                raise Forged(author)
    finally:
        pool.shutdown(cancel_futures=True)
    return out


def _first_unsigned(entries: Iterable[tuple[Carried, str, Envelope]], public: Mapping[str, Ed25519PublicKey]) -> str:
    """The author of the first entry that does not bear their signature, "" when all do."""
    for one, hash_, envelope in entries:
        try:
            public[envelope.author].verify(one.signature, signed_bytes(hash_))
        except (InvalidSignature, ValueError):
            return envelope.author
    return ""


def _content(one: Carried, envelope: Envelope) -> Payload:
    """What the entry says, once its commitment and its spelling hold."""
    if len(one.salt) != 16 or commitment(one.salt, one.payload) != envelope.commitment:
        raise Forged(envelope.author)
    try:
        content = _decode(str(one.payload, "utf-8"))
        if not _is_canonical(content, one.payload):
            raise UnreadableEntry
        payload = read_payload(envelope.type, envelope.version, content, envelope.subject)
    except (ValueError, TypeError, RecursionError):
        raise UnreadableEntry from None
    if payload.subject and payload.subject != envelope.subject:
        raise UnreadableEntry
    return payload


# --- evidence of others ----------------------------------------------------------------------------------------------


def holds(box: evidence_box.EvidenceBox, name: str) -> bool:
    """Is a sealed file of that name here?"""
    try:
        return box._path(name).is_file()
    except DamagedEvidence:
        return False


def keep(box: evidence_box.EvidenceBox, stream: BinaryIO, wanted: Sealed) -> None:
    """Seal evidence of someone else for this workspace, under the name that its entry gives it.

    What is not exactly what the entry says is not kept. Raises DamagedEvidence, ReadOnly, NotSaved, Cancelled.
    """
    if box.read_only:
        raise ReadOnly(box.read_only)
    place = box._path(wanted.name)
    try:
        if place.is_file():
            # kept before its entry was, or it came by two ways: what is sent now must still be read to its end
            box._decrypt(wanted, None, evidence_box._never, evidence_box._quiet)
            while stream.read(1024 * 1024):
                pass
            return
        with files.new_part(box.folder) as (part, target):
            reading = evidence_box._Reading(stream, b"", evidence_box._never, evidence_box._quiet)
            writing = evidence_box._Writing(target)
            box._encrypt(reading, writing)
            if (reading.digest.hexdigest(), reading.size) != (wanted.digest, wanted.size):
                raise DamagedEvidence(
                    _("A file in it is not the one that its entry names. It was not kept; ask for it again.")
                )
            evidence_box._read_back(target, writing.digest.hexdigest(), evidence_box._never)
            if not place.parent.exists():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                files.sync_folder(box.folder)
            files.settle(part, target, place)
    except OSError as error:
        raise NotSaved(files.reason(error)) from None


def files_of(payload: Payload) -> tuple[str, ...]:
    """The names of the sealed files that an entry names: evidence, or the record of a look or of a read report."""
    match payload:
        case EvidenceAdded(evidence):
            return (evidence.sealed.name,)
        case ReportRead(report):
            return (report.record.name,)
        case Looked(record_name=name) if name:
            return (name,)
        case Attested(data=Sealed(name=name)) | Renewed(data=Sealed(name=name)):
            return (name,)
        case _:
            return ()


def carried_files(events: Iterable[Event], box: evidence_box.EvidenceBox) -> tuple[Sealed, ...]:
    """The sealed files that these events name and that are here, each once: evidence, and the records of looks."""
    out: dict[str, Sealed] = {}
    for event in events:
        match event.payload:
            case EvidenceAdded(evidence) if holds(box, evidence.sealed.name):
                out[evidence.sealed.name] = evidence.sealed
            case ReportRead(report) if holds(box, report.record.name):
                out[report.record.name] = report.record
            case Looked(record_name=name) if name and name not in out and holds(box, name):
                out[name] = box.measure(name)  # digest and size are told to whoever gets it
            case Attested(data=Sealed() as data) | Renewed(data=Sealed() as data) if holds(box, data.name):
                out[data.name] = data
            case _:
                pass
    return tuple(out.values())

"""Goes through the whole journal and says whether it is what was written, entry by entry."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wizard.domain.events import Envelope, read_payload
from wizard.domain.language import _
from wizard.vault.database import Database
from wizard.vault.heads import Memory
from wizard.vault.journal import CHUNK, commitment, event_hash, signed_bytes
from wizard.vault.merkle import Tree
from wizard.vault.mistakes import DamagedJournal, NotRead
from wizard.vault.tables import AUTHORS, EVENTS

#: After this many problems the rest is not worth a sentence each.
_ENOUGH = 20
#: Threads that read entries and compute signatures, how many entries each takes at once, and how many parts wait.
_THREADS, _PART, _AHEAD = 2, 100, 8
#: The type of each field of an envelope, as JSON.
_SHAPE = {field.name: {"int": int, "tuple[str, ...]": list}.get(str(field.type), str) for field in fields(Envelope)}


@dataclass(frozen=True, slots=True)
class Verification:
    """What the check of the journal found: `ok` when it is whole, else `problems`, sentences, the first one first.

    `events` and `head` (hash, hex) say how far the journal goes; `root` is the Merkle root (RFC 6962, hex) over the
    hashes of all entries in their order. `notes` are sentences that are no problem.
    """

    ok: bool
    events: int
    head: str
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    root: str = ""


def verify(
    database: Database,
    workspace: str,
    memories: Sequence[Memory],
    header_revision: int,
    progress: Callable[[int, int], None] | None = None,
    *,
    every: bool = True,
) -> Verification:
    """Check pages, chain, commitments, signatures and remembered heads. Raises only what `progress` raises.

    Without `every`, each author's newest signature is computed only. It covers the hash of that author's entry before,
    which covers the one before that, and so on to the first: what each of them wrote is proven by it, byte for byte.
    The signatures of the earlier entries themselves are not looked at then, unless something is wrong: then all are,
    so that the entry can be named.
    """
    walk = _Walk(workspace, {memory.head.count for memory in memories if memory.head is not None})
    try:
        walk.pages(database)
        walk.entries(database, progress, every)
        if not every and (walk.problems or not walk.newest_signed()):
            return verify(database, workspace, memories, header_revision, progress)
    except (DamagedJournal, NotRead) as mistake:
        walk.problem(mistake.sentence)
    problems = (*walk.problems, *compare(memories, walk.count, walk.at, header_revision))
    return Verification(not problems, walk.count, walk.head, problems, root=walk.tree.root())


def pages_whole(database: Database) -> bool:
    """Every page bears its authentication code, and the file its structure. Raises NotRead."""
    walk = _Walk("", set())
    try:
        walk.pages(database)
    except DamagedJournal:
        return False
    return not walk.problems


def count(database: Database) -> int:
    """How many events the file holds. Raises DamagedJournal, NotRead."""
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(EVENTS)).scalar_one())


def last_hash(database: Database) -> str:
    """The hash of the last event, "" when there is none. Raises DamagedJournal, NotRead."""
    newest = sa.select(EVENTS.c.hash).order_by(EVENTS.c.position.desc()).limit(1)
    with database.read() as connection:
        return str(connection.execute(newest).scalar_one_or_none() or "")


def with_notes(found: Verification, notes: tuple[str, ...]) -> Verification:
    """The same finding with sentences beside it."""
    return replace(found, notes=notes)


def compare(memories: Iterable[Memory], count: int, at: dict[int, str], header_revision: int) -> tuple[str, ...]:
    """What the remembered heads say against a journal of `count` events with those hashes by number."""
    problems: list[str] = []
    for memory in memories:
        head = memory.head
        if head is None:
            sentence = _(
                "What {where} remembers about this workspace was changed by something else, "
                "so an older copy might not be noticed."
            ).format(where=memory.where)
        elif head.count > count:
            sentence = _(
                "This is an older copy of the workspace: {where} knows of {theirs} entries, and this copy has {ours}. "
                "What was saved after that is not in it. Put back the newest copy, or accept this one."
            ).format(where=memory.where, theirs=head.count, ours=count)
        elif head.count and at.get(head.count) != head.hash:
            sentence = _(
                "The journal is not the one that was written on this computer: entry {n} differs from what {where} "
                "remembers. Put back the newest copy, or accept this one."
            ).format(where=memory.where, n=head.count)
        elif head.header > header_revision:
            sentence = _(
                "The file open.attestry is an older copy: {where} remembers a newer one. A passphrase or recovery key "
                "that was replaced since opens the workspace again. Change the passphrase and make a new recovery key."
            ).format(where=memory.where)
        else:
            continue
        problems.append(sentence)
    return tuple(dict.fromkeys(problems))


@dataclass(slots=True)
class _Walk:
    """What was seen so far."""

    workspace: str
    wanted: set[int]
    count: int = 0
    head: str = ""
    at: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    _public: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    #: by author: their last entry
    _last: dict[str, _Alone] = field(default_factory=dict)

    def problem(self, sentence: str) -> None:
        if len(self.problems) < _ENOUGH and sentence not in self.problems:
            self.problems.append(sentence)

    def pages(self, database: Database) -> None:
        """Every page's own authentication code, and the structure of the file."""
        with database.read() as connection:
            damaged = connection.exec_driver_sql("PRAGMA cipher_integrity_check").all()
            if damaged:
                self.problem(
                    _(
                        "The file journal.db is damaged in {n} places. "
                        "Keep it, and put back journal.db from a backup of this workspace."
                    ).format(n=len(damaged))
                )
                return
        with database.read() as connection:  # apart, so that an answer can be saved in between
            structure = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if structure != "ok":
            self.problem(DamagedJournal().sentence)

    def entries(self, database: Database, progress: Callable[[int, int], None] | None, every: bool) -> None:
        total = count(database)
        with database.read() as connection:
            authors = {row.author: row.public for row in connection.execute(sa.select(AUTHORS))}
        self._public = {
            author: Ed25519PublicKey.from_public_bytes(key)
            for author, key in authors.items()
            if len(key) == 32 and hashlib.sha256(key).hexdigest() == author
        }
        alone = partial(_alone, workspace=self.workspace, public=self._public, every=every)
        # the library lets go of the interpreter while it computes a signature: a thread reads an entry meanwhile
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="verify")
        waiting: deque[Future[list[_Alone]]] = deque()
        try:
            for rows in _chunks(database):
                waiting.extend(pool.submit(alone, rows[at : at + _PART]) for at in range(0, len(rows), _PART))
                while len(waiting) > (_AHEAD if rows else 0):
                    for entry in waiting.popleft().result():
                        self._entry(entry)
                    if progress is not None:
                        progress(self.count, total)
        finally:
            pool.shutdown(cancel_futures=True)

    def newest_signed(self) -> bool:
        """Each author's last entry bears its signature."""
        return all(_bears_signature(self._public[author], entry) for author, entry in self._last.items())

    def _entry(self, entry: _Alone) -> None:
        number, hash_, envelope, wrong = entry.number, entry.hash, entry.envelope, entry.wrong
        if number != self.count + 1:
            self.problem(
                _("Between entries {a} and {b} of the journal something is missing.").format(a=self.count, b=number)
            )
        if envelope is not None:
            wrong = wrong or self._place_wrong(envelope)
            self._last[envelope["author"]] = entry
        if wrong:
            self.problem(_("Entry {n} of the journal is not what was written: {wrong}.").format(n=number, wrong=wrong))
        self._seen.add(hash_)
        self.tree.add(b"" if envelope is None else bytes.fromhex(hash_))
        self.count, self.head = number, hash_
        if number in self.wanted:
            self.at[number] = hash_

    def _place_wrong(self, envelope: Mapping[str, Any]) -> str:
        """The entry must follow its author's entry before, and name only parents that stand before it."""
        last = self._last.get(envelope["author"])
        sequence, hash_ = (last.envelope["sequence"], last.hash) if last and last.envelope else (0, "")
        if envelope["sequence"] != sequence + 1 or envelope["previous"] != hash_:
            return _("it does not follow its author's entry before")
        # an author's first entry may follow nothing: whoever answers a request has seen no entry of others
        parents = envelope["parents"]
        if not self._seen.issuperset(parents) or (sequence and hash_ not in parents):
            return _("it does not follow the entry before it")
        return ""


class _Alone(NamedTuple):
    """An entry by itself: its number, stored hash and signature, its envelope when that can be read, what is wrong."""

    number: int
    hash: str
    signature: bytes
    envelope: Mapping[str, Any] | None
    wrong: str


def _chunks(database: Database) -> Iterator[Sequence[Any]]:
    """All entries in their order, some at a time, so that an answer can be saved in between, and at the end none."""
    rows: Sequence[Any] = ()
    while True:
        after = rows[-1].position if rows else 0
        chunk = sa.select(EVENTS).where(EVENTS.c.position > after).order_by(EVENTS.c.position).limit(CHUNK)
        with database.read() as connection:
            rows = connection.execute(chunk).all()
        yield rows
        if not rows:
            return


def _alone(rows: Iterable[Any], *, workspace: str, public: Mapping[str, Ed25519PublicKey], every: bool) -> list[_Alone]:
    """What each of these entries is by itself; without `every` no signature is computed."""
    out = []
    for row in rows:
        number, hash_, author, _sequence, _envelope, signature, *_rest = row
        envelope, wrong = _read_entry(row, workspace)
        entry = _Alone(number, str(hash_), signature, envelope, wrong)
        if author not in public:
            entry = entry._replace(wrong=wrong or _("its author is not known"))
        elif every and not _bears_signature(public[author], entry):
            entry = entry._replace(wrong=wrong or _("it does not bear its author's signature"))
        out.append(entry)
    return out


def _bears_signature(key: Ed25519PublicKey, entry: _Alone) -> bool:
    try:
        key.verify(entry.signature, signed_bytes(entry.hash))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _read_entry(row: Any, workspace: str) -> tuple[Mapping[str, Any] | None, str]:
    """The entry's envelope when it can be read, and what is wrong with the entry by itself, "" when nothing is."""
    _number, hash_, author, sequence, written, _signature, salt, payload = row
    try:
        if event_hash(written) != hash_:
            return None, _("its hash does not match")
        envelope = json.loads(written)
        # what reads the journal does not look at types, because ten thousand entries are read at once
        if {name: type(value) for name, value in envelope.items()} != _SHAPE:
            return None, _("it cannot be read")
        parents, at = envelope["parents"], datetime.fromisoformat(envelope["at"])
        if at.tzinfo is None or not set(map(type, parents)) <= {str}:
            return None, _("it cannot be read")
        read_payload(envelope["type"], envelope["version"], json.loads(payload))
        if (envelope["author"], envelope["sequence"], envelope["workspace"]) != (author, sequence, workspace):
            return envelope, _("it belongs to another place or workspace")
        if len(salt) != 16 or commitment(salt, payload) != envelope["commitment"]:
            return envelope, _("its contents were changed")
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None, _("it cannot be read")
    return envelope, ""

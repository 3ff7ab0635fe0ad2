"""Goes through the whole journal and says whether it is what was written, entry by entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wizard.domain.events import Envelope
from wizard.domain.language import _
from wizard.vault.database import Database
from wizard.vault.heads import Memory, Signed
from wizard.vault.journal import CHUNK, commitment, event_hash, read_event, signed_bytes
from wizard.vault.merkle import Tree
from wizard.vault.mistakes import DamagedJournal, NotRead
from wizard.vault.tables import AUTHORS, EVENTS

#: After this many problems the rest is not worth a sentence each.
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What the check of the journal found: `ok` when it is whole, else `problems`, sentences, the first one first.

    `events` and `head` (hash, hex) say how far the journal goes; `root` is the Merkle root (RFC 6962, hex) over the
    hashes of all entries in their order. `notes` are sentences that are no problem. `signed` is what can be remembered
    of the signatures once all of this is whole.
    """

    ok: bool
    events: int
    head: str
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    root: str = ""
    signed: Signed | None = None


def verify(
    database: Database,
    workspace: str,
    memories: Sequence[Memory],
    header_revision: int,
    progress: Callable[[int, int], None] | None = None,
    known: Signed | None = None,
) -> Verification:
    """Check pages, chain, commitments, signatures and remembered heads. Raises only what `progress` raises.

    The signatures that are `known` to be good are not computed again where every byte that they depend on is the one
    that was seen then: hash and signature of the entry by the digest, the author's key by its id. All else is checked
    every time, and all signatures are when a single one of these bytes differs.
    """
    begun = datetime.now(UTC).replace(microsecond=0)
    walk = _Walk(workspace, {memory.head.count for memory in memories if memory.head is not None}, known)
    try:
        walk.pages(database)
        walk.entries(database, progress)
        if known is not None and walk.digest_there != known.digest:
            return verify(database, workspace, memories, header_revision, progress)
    except (DamagedJournal, NotRead) as mistake:
        walk.problem(mistake.sentence)
    problems = (*walk.problems, *compare(memories, walk.count, walk.at, header_revision))
    signed = Signed(walk.count, walk.digest.hexdigest(), known.at if known else begun)
    return Verification(not problems, walk.count, walk.head, problems, root=walk.tree.root(), signed=signed)


def pages_whole(database: Database) -> bool:
    """Every page bears its authentication code, and the file its structure. Raises NotRead."""
    walk = _Walk("", set(), None)
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
                "This is an older copy of the workspace: {where} remembers {theirs} entries, and this journal has "
                "{ours}. What was saved after that is not in it. Put back the newest copy, or accept this one."
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
    known: Signed | None
    count: int = 0
    head: str = ""
    at: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    #: over the hash and the signature of each entry so far, and what it was at the last entry that is known
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    digest_there: str = ""
    _seen: set[str] = field(default_factory=set)
    #: by author: the sequence and hash of their last entry
    _last: dict[str, tuple[int, str]] = field(default_factory=dict)

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

    def entries(self, database: Database, progress: Callable[[int, int], None] | None) -> None:
        total = count(database)
        with database.read() as connection:
            authors = {row.author: row.public for row in connection.execute(sa.select(AUTHORS))}
        public = {
            author: Ed25519PublicKey.from_public_bytes(key)
            for author, key in authors.items()
            if len(key) == 32 and hashlib.sha256(key).hexdigest() == author
        }
        known = self.known.count if self.known else 0
        # signatures are checked beside the rest: the library lets go of the interpreter while it computes
        with ThreadPoolExecutor(2, thread_name_prefix="verify") as pool:
            for rows in _chunks(database):
                parts = [rows[i : i + 250] for i in range(0, len(rows), 250)]
                for part, bad in zip(parts, pool.map(lambda part: _unsigned(part, public, known), parts), strict=True):
                    for row in part:
                        self._entry(row, row.author in public, row.position in bad)
                    if progress is not None:
                        progress(min(self.count, total), total)

    def _entry(self, row: Any, known: bool, badly_signed: bool) -> None:
        number = row.position
        envelope, wrong = _read_entry(row, self.workspace)
        if number != self.count + 1:
            self.problem(
                _("Between entries {a} and {b} of the journal something is missing.").format(a=self.count, b=number)
            )
        if not known:
            wrong = wrong or _("its author is not known")
        elif badly_signed:
            wrong = wrong or _("it does not bear its author's signature")
        if envelope is not None:
            wrong = wrong or self._place_wrong(envelope)
        if wrong:
            self.problem(_("Entry {n} of the journal is not what was written: {wrong}.").format(n=number, wrong=wrong))
        signature = row.signature if isinstance(row.signature, bytes) else b""
        self.digest.update(f"{row.hash} {signature.hex()}\n".encode("utf-8", "replace"))
        if self.known and number == self.known.count:
            self.digest_there = self.digest.hexdigest()
        self._seen.add(row.hash)
        self.tree.add(b"" if envelope is None else bytes.fromhex(row.hash))
        if envelope is not None:
            self._last[envelope.author] = (envelope.sequence, row.hash)
        self.count, self.head = number, str(row.hash)
        if number in self.wanted:
            self.at[number] = str(row.hash)

    def _place_wrong(self, envelope: Envelope) -> str:
        """The entry must follow its author's entry before, and name only parents that stand before it."""
        sequence, hash_ = self._last.get(envelope.author, (0, ""))
        if envelope.sequence != sequence + 1 or envelope.previous != hash_:
            return _("it does not follow its author's entry before")
        # an author's first entry may follow nothing: whoever answers a request has seen no entry of others
        if not self._seen.issuperset(envelope.parents) or (sequence and hash_ not in envelope.parents):
            return _("it does not follow the entry before it")
        return ""


def _chunks(database: Database) -> Iterator[Sequence[Any]]:
    """All entries in their order, some at a time, so that an answer can be saved in between."""
    last = 0
    while True:
        chunk = sa.select(EVENTS).where(EVENTS.c.position > last).order_by(EVENTS.c.position).limit(CHUNK)
        with database.read() as connection:
            rows = connection.execute(chunk).all()
        yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].position


def _unsigned(rows: Iterable[Any], public: dict[str, Ed25519PublicKey], known: int) -> set[int]:
    """The numbers of the entries after number `known` whose signature does not hold."""
    bad = set()
    for row in rows:
        try:
            if row.position > known and row.author in public:
                public[row.author].verify(row.signature, signed_bytes(row.hash))
        except (InvalidSignature, ValueError, TypeError):
            bad.add(row.position)
    return bad


def _read_entry(row: Any, workspace: str) -> tuple[Envelope | None, str]:
    """The entry's envelope when it can be read, and what is wrong with the entry by itself, "" when nothing is."""
    try:
        if event_hash(row.envelope) != row.hash:
            return None, _("its hash does not match")
        envelope = read_event(row.hash, row.signature, row.salt, row.envelope, row.payload).envelope
        if not _well_formed(envelope):
            return None, _("it cannot be read")
        if (envelope.author, envelope.sequence, envelope.workspace) != (row.author, row.sequence, workspace):
            return envelope, _("it belongs to another place or workspace")
        if len(row.salt) != 16 or commitment(row.salt, row.payload) != envelope.commitment:
            return envelope, _("its contents were changed")
    except (DamagedJournal, ValueError, TypeError, RecursionError):
        return None, _("it cannot be read")
    return envelope, ""


def _well_formed(envelope: Envelope) -> bool:
    """Every field has its type: what reads the journal does not look, because ten thousand entries are read at once."""
    texts = (
        envelope.workspace, envelope.author, envelope.previous, envelope.type, envelope.subject,
        envelope.commitment, envelope.boot, envelope.app, envelope.questionnaire, *envelope.parents,
    )  # fmt: skip
    numbers = (envelope.v, envelope.sequence, envelope.version, envelope.monotonic)
    typed = all(type(text) is str for text in texts) and all(type(number) is int for number in numbers)
    return typed and envelope.at.tzinfo is not None

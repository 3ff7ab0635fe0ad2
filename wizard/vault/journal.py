"""The journal: everything that happened, in order, each entry chained to the one before and signed by its author.

Nothing is ever changed or removed in it. An entry is durable when `append` returns, and what `append` could not make
durable did not happen.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wizard import __version__
from wizard.domain.codec import to_json
from wizard.domain.events import (
    COMMITMENT_PREFIX,
    PREFIX,
    SIGNATURE_PREFIX,
    ClockJumped,
    Envelope,
    Event,
    Payload,
    Unknown,
    payload_json,
    read_payload,
)
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.vault.clock import Clock, Moment
from wizard.vault.database import Database
from wizard.vault.mistakes import CannotRecord, DamagedJournal, NotSaved, ReadOnly
from wizard.vault.tables import AUTHORS, EVENTS

#: Rows that are fetched at once: reading never keeps the file from being written for longer than this takes.
CHUNK = 2000
_COLUMNS = tuple(column.name for column in EVENTS.columns)
_PLACES = ", ".join("?" for _name in _COLUMNS)
_INSERT = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608  nothing of a person in it
#: `json.loads` without its guessing of encodings: a hundred thousand entries are read on opening.
_decode = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes on this computer: the Ed25519 key, and its id, the SHA-256 of the raw public key (hex)."""

    key: Ed25519PrivateKey
    id: str
    public: bytes

    def __repr__(self) -> str:
        return f"Author({self.id})"


def author_of(seed: bytes) -> Author:
    """The author with this 32-byte private key (RFC 8032)."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Author(key, hashlib.sha256(public).hexdigest(), public)


def introduce(database: Database, author: Author) -> None:
    """Write the author's public key beside the journal, once."""
    with database.write() as connection:
        connection.execute(sa.insert(AUTHORS).values(author=author.id, public=author.public))


def event_hash(envelope: bytes) -> str:
    """The hash of an entry (hex) from the canonical bytes of its envelope."""
    return hashlib.sha256(PREFIX + envelope).hexdigest()


def commitment(salt: bytes, payload: bytes) -> str:
    """What the envelope says about the payload (hex); the salt keeps a payload that was taken out unguessable."""
    return hashlib.sha256(COMMITMENT_PREFIX + salt + payload).hexdigest()


def signed_bytes(hash_: str) -> bytes:
    """What the author signs for an entry."""
    return SIGNATURE_PREFIX + bytes.fromhex(hash_)


@dataclass(frozen=True, slots=True)
class _End:
    """Where the next entry goes."""

    count: int
    head: str
    sequence: int
    previous: str
    #: the time of this author's newest entry
    at: datetime | None
    #: what the next entry follows: this author's newest entry, and those of others that came after it
    parents: tuple[str, ...] = ()


class Journal:
    """The journal of one open workspace. Every method may be called from any thread and blocks until it is done.

    `workspace` is the id that its entries bear, `read_only` the sentence that says why nothing may be appended, "" when
    it may; `moved(count, head)` is told
    after each durable append.
    """

    def __init__(
        self,
        database: Database,
        workspace: str,
        author: Author,
        *,
        read_only: str,
        clock: Clock | None = None,
        moved: Callable[[int, str], None] = lambda count, head: None,
    ) -> None:
        self._database = database
        self.workspace = workspace
        self._author = author
        self._clock = clock or Clock()
        self._moved = moved
        self._writing = threading.Lock()
        self.read_only = read_only
        self._end = self._find_end()

    @property
    def count(self) -> int:
        """How many events this journal holds, as far as this process knows."""
        return self._end.count

    @property
    def head(self) -> str:
        """The hash of the last event, "" for an empty journal."""
        return self._end.head

    @property
    def now(self) -> datetime:
        """The time that an entry would claim if it were written now, UTC."""
        return self._clock.claimed

    def append(self, *payloads: Payload, questionnaire: str) -> tuple[Event, ...]:
        """Record what happened, in one transaction: all of it is durable when this returns, or none of it.

        `questionnaire` names the questionnaire's version as it is written into each envelope. Returns the events in
        their order; when the computer's clock was moved by more than five minutes, a `ClockJumped` comes first.
        Raises ReadOnly, NotSaved, CannotRecord, DamagedJournal.
        """
        with self._writing:
            if self.read_only:
                raise ReadOnly(self.read_only)
            if not payloads:
                return ()
            moment = self._clock.now(self._end.at)
            if moment.jumped:
                payloads = (ClockJumped(moment.jumped), *payloads)
            end, events, rows = self._end, [], []
            for payload in payloads:
                event, row = self._make(end, payload, moment, questionnaire)
                end = _End(end.count + 1, event.hash, end.sequence + 1, event.hash, moment.at, (event.hash,))
                events.append(event)
                rows.append({"position": end.count, **row})
            with self._database.write() as connection:
                connection.execute(sa.insert(EVENTS), rows)
            self._read_back(rows)
            self._end = end
            self._moved(end.count, end.head)
            return tuple(events)

    def store(self, rows: Sequence[Mapping[str, Any]], authors: Mapping[str, bytes]) -> None:
        """Keep checked entries of other authors as they are, and their public keys; all of it is durable, or none.

        `rows` are rows of the table without their position; `vault.foreign` checks them. Raises ReadOnly, NotSaved.
        """
        with self._writing:
            if self.read_only:
                raise ReadOnly(self.read_only)
            if not rows:
                return
            end = self._end
            placed = [{"position": end.count + n, **row} for n, row in enumerate(rows, 1)]
            with self._database.write() as connection:
                known = set(connection.execute(sa.select(AUTHORS.c.author)).scalars())
                new = [{"author": a, "public": public} for a, public in authors.items() if a not in known]
                if new:
                    connection.execute(sa.insert(AUTHORS), new)
                # in the driver: SQLAlchemy would wrap each of 40,000 values
                connection.exec_driver_sql(_INSERT, [tuple(row[name] for name in _COLUMNS) for row in placed])
            self._read_back(placed)
            newest = {row["author"]: row["hash"] for row in rows}
            parents = tuple(dict.fromkeys((*end.parents, *newest.values())))
            self._end = replace(end, count=end.count + len(rows), head=rows[-1]["hash"], parents=parents)
            self._moved(self._end.count, self._end.head)

    def rows(self, after: int = 0) -> Iterator[sa.Row[Any]]:
        """The entries in order as they lie in the table, from the one after number `after`. Raises NotRead."""
        chunk = sa.select(EVENTS).order_by(EVENTS.c.position).limit(CHUNK)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(chunk.where(EVENTS.c.position > after)).all()
            yield from rows
            if len(rows) < CHUNK:
                return
            after = rows[-1].position

    def places(self) -> dict[str, tuple[str, int]]:
        """Author and sequence of every entry, by its hash. Raises NotRead."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(EVENTS.c.hash, EVENTS.c.author, EVENTS.c.sequence)).all()
        return {row.hash: (row.author, row.sequence) for row in found}

    def public_keys(self) -> dict[str, bytes]:
        """The raw Ed25519 public key of every author of an entry, by its SHA-256 (hex). Raises NotRead."""
        with self._database.read() as connection:
            return {row.author: row.public for row in connection.execute(sa.select(AUTHORS))}

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events in order, from the one after number `after`. Raises DamagedJournal, NotRead."""
        columns = (EVENTS.c.hash, EVENTS.c.signature, EVENTS.c.salt, EVENTS.c.envelope, EVENTS.c.payload)
        chunk = sa.select(*columns, EVENTS.c.position).order_by(EVENTS.c.position).limit(CHUNK)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(chunk.where(EVENTS.c.position > after)).all()
            for hash_, signature, salt, envelope, payload, _position in rows:
                yield read_event(hash_, signature, salt, envelope, payload)
            if len(rows) < CHUNK:
                return
            after = rows[-1].position

    def hash_at(self, position: int) -> str:
        """The stored hash of the event with that number, "" when there is none."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(EVENTS.c.hash).where(EVENTS.c.position == position))
            return str(found.scalar_one_or_none() or "")

    def _make(self, end: _End, payload: Payload, moment: Moment, questionnaire: str) -> tuple[Event, dict[str, Any]]:
        salt = secrets.token_bytes(16)
        type_, version = (
            (payload.type, payload.version) if isinstance(payload, Unknown) else (payload.TYPE, payload.VERSION)
        )
        try:
            content = rfc8785.dumps(payload_json(payload))
            # what is handed back is what will be read back: a payload that cannot be is refused now
            payload = read_payload(type_, version, json.loads(content), payload.subject)
            envelope = Envelope(
                v=1,
                workspace=self.workspace,
                author=self._author.id,
                sequence=end.sequence + 1,
                previous=end.previous,
                parents=end.parents,
                type=type_,
                version=version,
                subject=payload.subject,
                commitment=commitment(salt, content),
                at=moment.at,
                monotonic=moment.monotonic,
                boot=moment.boot,
                app=__version__,
                questionnaire=questionnaire,
            )
            canonical = rfc8785.dumps(to_json(envelope))
        except (ValueError, RecursionError):
            raise CannotRecord from None
        hash_ = event_hash(canonical)
        signature = self._author.key.sign(signed_bytes(hash_))
        row = {
            "hash": hash_,
            "author": envelope.author,
            "sequence": envelope.sequence,
            "envelope": canonical,
            "signature": signature,
            "salt": salt,
            "payload": content,
        }
        return Event(envelope, hash_, signature, salt, payload), row

    def _read_back(self, rows: list[dict[str, Any]]) -> None:
        """Read what was just written from the file, by each of its indexes, before anyone is told that it is saved.

        When the disk gave back something else, this journal takes no more. Raises NotSaved.
        """
        names = ("position", "hash", "signature", "salt", "envelope", "payload")
        written = [tuple(row[name] for name in names) for row in rows]
        query, last = f"SELECT {', '.join(names)} FROM events WHERE ", rows[-1]  # noqa: S608  nothing of a person in it
        try:
            with self._database.fresh() as connection:
                found = connection.execute(query + "position >= ? ORDER BY position", (rows[0]["position"],)).fetchall()
                found += connection.execute(query + "hash = ?", (last["hash"],)).fetchall()
                found += connection.execute(
                    query + "author = ? AND sequence = ?", (last["author"], last["sequence"])
                ).fetchall()
        except Mistake as mistake:
            self.read_only = mistake.sentence
        else:
            if found == [*written, written[-1], written[-1]]:
                return
            self.read_only = DamagedJournal().sentence
        raise NotSaved(_("the disk gave back other bytes than were written"))

    def _find_end(self) -> _End:
        last = sa.select(EVENTS).order_by(EVENTS.c.position.desc()).limit(1)
        own = EVENTS.c.author == self._author.id
        with self._database.read() as connection:
            row = connection.execute(last).one_or_none()
            mine = connection.execute(last.where(own)).one_or_none()
            # every entry of this author follows all that was here then: only what came after it is new to the next
            came = sa.select(EVENTS.c.author, EVENTS.c.hash).where(~own).order_by(EVENTS.c.position)
            others = connection.execute(came.where(EVENTS.c.position > (mine.position if mine else 0))).all()
        if row is None:
            return _End(0, "", 0, "", None)
        newest: dict[str, str] = {row.author: row.hash for row in others}
        if mine is None:
            return _End(row.position, row.hash, 0, "", None, tuple(newest.values()))
        at = read_event(mine.hash, mine.signature, mine.salt, mine.envelope, mine.payload).envelope.at
        parents = (mine.hash, *newest.values())
        return _End(row.position, row.hash, mine.sequence, mine.hash, at, parents)


def read_event(hash_: str, signature: bytes, salt: bytes, envelope: bytes, payload: bytes) -> Event:
    """An event from its stored parts, without checking chain and signature. Raises DamagedJournal."""
    try:
        data = _decode(str(envelope, "utf-8"))
        data["at"] = datetime.fromisoformat(data["at"])
        data["parents"] = tuple(data["parents"])
        read = Envelope(**data)
        content = _decode(str(payload, "utf-8"))
        return Event(read, hash_, signature, salt, read_payload(read.type, read.version, content, read.subject))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DamagedJournal from None

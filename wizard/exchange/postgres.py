"""A PostgreSQL server as the carrier: one table to which sealed packets are only ever added.

The server sees who left how much and when. It can keep something from arriving, which the others' packets show; it
can read nothing, and it cannot change anything unseen. Its certificate is always verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.exchange.carrier import AUTHOR, Spoiled, Taken, Unreachable

#: A packet travels in parts of this size, so that neither side holds a large one in memory.
PART = 1024 * 1024
_SECONDS = 10
#: No packet has more parts: 64 GiB.
_MOST_PARTS = 65_536
#: So many packets behind the one that is asked for come along with it, when they are no larger than this.
_AHEAD, _SMALL = 64, 64 * 1024

ENVELOPES = sa.Table(
    "attestry_envelopes",
    sa.MetaData(),
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("author", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)


class Untrusted(Mistake):
    """The server did not show a certificate that can be trusted."""


class Refusing(Mistake):
    """The server does not let this user in, or has no table for packets."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is and as whom it is used; `ca_file` is its certificate authority, "" for the system's."""

    host: str
    database: str
    user: str
    port: int = 5432
    ca_file: str = ""


class PostgresCarrier:
    """Packets of one workspace in a table, over one connection that is made when it is first needed; `close` it.

    The password is nowhere but in memory.
    """

    def __init__(self, server: Server, workspace: str, password: str) -> None:
        self.server = server
        self.workspace = workspace
        #: small packets that came along with one that was asked for, by author and number
        self._ahead: dict[tuple[str, int], bytes] = {}
        self._engine = sa.create_engine(
            sa.URL.create("postgresql+psycopg", server.user, password, server.host, server.port, server.database),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
            connect_args={
                "sslmode": "verify-full",
                "sslrootcert": server.ca_file or "system",
                "connect_timeout": _SECONDS,
                "application_name": "attestry",
                "options": f"-c statement_timeout={60_000}",
                # a server that goes silent is noticed
                "keepalives_idle": _SECONDS,
                "tcp_user_timeout": 6 * _SECONDS * 1000,
            },
        )
        #: reading needs no transaction, which would be two more answers to wait for
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def __repr__(self) -> str:
        return f"PostgresCarrier({self.server!r}, {self.workspace!r})"

    def close(self) -> None:
        """Let the connection go; the next use makes another one."""
        self._ahead.clear()
        self._engine.dispose()

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """By author: what is there whole."""
        t = ENVELOPES
        whole = (
            sa.select(t.c.author, t.c.sequence)
            .where(t.c.workspace == self.workspace)
            .group_by(t.c.author, t.c.sequence)
            .having(sa.func.count() == sa.func.max(t.c.parts))
            .order_by(t.c.author, t.c.sequence)
        )
        out: dict[str, list[int]] = {}
        with self._connected(self._reading) as connection:
            for author, sequence in connection.execute(whole):
                if AUTHOR.fullmatch(author) and sequence > 0:  # whoever may add rows can write anything there
                    out.setdefault(author, []).append(sequence)
        return {author: tuple(sequences) for author, sequences in out.items()}

    def fetch(self, author: str, number: int, out: BinaryIO) -> None:
        """Write a packet's parts one after the other; each must be what its hash says."""
        kept = self._ahead.pop((author, number), None)
        if kept is not None:
            out.write(kept)
            return
        with self._connected(self._reading) as connection:
            first = self._from(connection, author, number)
            if first is None:  # it is one of several parts
                parts = self._part(connection, author, number, 0, out)
                for part in range(1, parts):
                    self._part(connection, author, number, part, out)
            else:
                out.write(first)

    def _from(self, connection: sa.Connection, author: str, number: int) -> bytes | None:
        """That packet, and the small ones behind it, which are wanted next: asking for each would take as long as it
        takes to hear from the server. None when it has several parts.
        """
        t = ENVELOPES
        small = sa.or_(t.c.sequence == number, sa.func.length(t.c.ciphertext) <= _SMALL)
        wanted = (
            sa.select(t.c.sequence, t.c.ciphertext, t.c.hash)
            .where(t.c.workspace == self.workspace, t.c.author == author, t.c.part == 0, t.c.parts == 1)
            .where(t.c.sequence >= number, t.c.sequence < number + _AHEAD, small)
            .where(sa.func.length(t.c.ciphertext) <= PART)
        )
        found: bytes | None = None
        for sequence, data, hash_ in connection.execute(wanted):
            if sequence == number:
                self._whole(data, hash_)
                found = data
            elif hashlib.sha256(data).hexdigest() == hash_:  # a damaged one is told when it is its turn
                self._ahead[author, sequence] = data
        return found

    def _part(self, connection: sa.Connection, author: str, number: int, part: int, out: BinaryIO) -> int:
        """Write one part; how many there are."""
        t = ENVELOPES
        one = sa.select(t.c.parts, t.c.ciphertext, t.c.hash).where(
            t.c.workspace == self.workspace, t.c.author == author, t.c.sequence == number, t.c.part == part
        )
        one = one.where(sa.func.length(t.c.ciphertext) <= PART)  # nothing larger was left by anybody of good will
        row = connection.execute(one).one_or_none()
        if row is None or row.parts > _MOST_PARTS:
            raise Spoiled(self.server.host)
        self._whole(row.ciphertext, row.hash)
        out.write(row.ciphertext)
        return int(row.parts)

    def _whole(self, data: bytes, hash_: str) -> None:
        if hashlib.sha256(data).hexdigest() != hash_:
            raise Spoiled(self.server.host)

    def leave(self, author: str, number: int, packet: BinaryIO) -> None:
        """Add all parts in one transaction: another reader sees the whole packet, or nothing of it."""
        start = packet.tell()
        length = packet.seek(0, 2) - start
        packet.seek(start)
        parts = max(1, -(-length // PART))
        try:
            with self._connected(self._engine) as connection:
                for part in range(parts):
                    data = packet.read(PART)
                    row = {
                        "workspace": self.workspace,
                        "author": author,
                        "sequence": number,
                        "part": part,
                        "parts": parts,
                        "ciphertext": data,
                        "hash": hashlib.sha256(data).hexdigest(),
                    }
                    connection.execute(sa.insert(ENVELOPES), row)
        except IntegrityError:
            raise Taken from None

    def try_out(self) -> bool:
        """Connect once, and see that packets can be read and added. True when this user may do more than that."""
        allowed = sa.text(
            "SELECT has_table_privilege(:t, 'SELECT'), has_table_privilege(:t, 'INSERT'), "
            "has_table_privilege(:t, 'UPDATE,DELETE,TRUNCATE')"
        )
        with self._connected(self._reading) as connection:
            read, add, more = connection.execute(allowed, {"t": ENVELOPES.name}).one()
        if not (read and add):
            raise self._no_table()
        return bool(more)

    @contextmanager
    def _connected(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except ProgrammingError:
            raise self._no_table() from None
        except DBAPIError as error:
            raise self._said(str(error.orig)) from None
        except SQLAlchemyError as error:
            raise Unreachable(self.server.host, type(error).__name__) from None

    def _no_table(self) -> Mistake:
        return Refusing(
            _(
                "{where} has no table for packets, or {user} may not use it. Nothing is lost. "
                "Ask whoever runs the server to follow docs/team-server.md."
            ).format(where=self.server.host, user=self.server.user)
        )

    def _said(self, words: str) -> Mistake:
        where, answer = self.server.host, words.partition("FATAL:")[2]
        # the server's own words come first: that it has no rule for someone mentions their SSL too
        if any(said in answer for said in ("authentication", "no pg_hba.conf", "permission denied")):
            return Refusing(
                _(
                    "{where} does not let {user} into {database}: check the names and the password. Nothing is lost."
                ).format(where=where, user=self.server.user, database=self.server.database)
            )
        if "does not exist" in answer:
            return Refusing(
                _("{where} has no database {name}. Nothing is lost. Check its name.").format(
                    where=where, name=self.server.database
                )
            )
        if answer:
            return Unreachable(where, _("it takes nobody in just now"))
        if "certificate" in words or "SSL" in words:
            return Untrusted(
                _(
                    "{where} showed no certificate that can be trusted, so no password and nothing else was sent. "
                    "Check its name, and the file of its certificate authority."
                ).format(where=where)
            )
        return Unreachable(where, _("no answer"))

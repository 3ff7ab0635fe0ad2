"""A PostgreSQL server as the carrier: one table to which sealed packets are only ever added.

The server sees who left how much and when. It can keep something from arriving, which the others' packets show; it
can read nothing, and it cannot change anything unseen. Its certificate is always verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.exchange.carrier import Taken, Unreachable

#: A packet travels in parts of this size, so that neither side holds a large one in memory.
PART = 1024 * 1024
_SECONDS = 10
#: No packet has more parts: 64 GiB.
_MOST_PARTS = 65_536

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


@dataclass(frozen=True)
class PostgresCarrier:
    """Packets of one workspace in a table. The password is nowhere but in memory."""

    server: Server
    workspace: str
    password: str = field(repr=False)

    @cached_property
    def _engine(self) -> sa.Engine:
        server = self.server
        url = sa.URL.create("postgresql+psycopg", server.user, self.password, server.host, server.port, server.database)
        return sa.create_engine(
            url,
            poolclass=NullPool,
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
        out: dict[str, tuple[int, ...]] = {}
        with self._connected() as connection:
            for author, sequence in connection.execute(whole):
                out[author] = (*out.get(author, ()), sequence)
        return out

    def fetch(self, author: str, number: int, out: BinaryIO) -> None:
        """Write a packet's parts one after the other; each must be what its hash says."""
        t = ENVELOPES
        parts = (
            sa.select(t.c.part, t.c.ciphertext, t.c.hash)
            .where(t.c.workspace == self.workspace, t.c.author == author, t.c.sequence == number)
            .order_by(t.c.part)
        )
        with self._connected() as connection:
            streamed = connection.execution_options(stream_results=True, max_row_buffer=4)
            with streamed.execute(parts) as rows:
                for expected, (part, data, hash_) in enumerate(rows):
                    if part != expected or part >= _MOST_PARTS or hashlib.sha256(data).hexdigest() != hash_:
                        raise Unreachable(self.server.host, _("a packet came damaged"))
                    out.write(data)

    def leave(self, author: str, number: int, packet: BinaryIO) -> None:
        """Add all parts in one transaction: another reader sees the whole packet, or nothing of it."""
        start = packet.tell()
        length = packet.seek(0, 2) - start
        packet.seek(start)
        parts = max(1, -(-length // PART))
        try:
            with self._connected() as connection:
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
        with self._connected() as connection:
            read, add, more = connection.execute(allowed, {"t": ENVELOPES.name}).one()
        if not (read and add):
            raise self._no_table()
        return bool(more)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
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
        where = self.server.host
        if "certificate" in words or "SSL" in words:
            return Untrusted(
                _(
                    "{where} showed no certificate that can be trusted, so no password and nothing else was sent. "
                    "Check its name, and the file of its certificate authority."
                ).format(where=where)
            )
        if "authentication" in words or "no pg_hba.conf" in words:
            return Refusing(
                _("{where} does not let {user} in: check name and password. Nothing is lost.").format(
                    where=where, user=self.server.user
                )
            )
        return Unreachable(where, _("no answer"))

"""Keeps what OSV answered for 24 hours, and its records until they change, so that nothing is asked twice."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from wizard.checks.dependencies.advisory import Advisory

#: What OSV names for a package: ids with the time of their last change.
Named: TypeAlias = "tuple[tuple[str, str], ...]"

KEPT_FOR = timedelta(hours=24)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (question TEXT PRIMARY KEY, at TEXT NOT NULL, named TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  id TEXT NOT NULL, modified TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, modified));
"""


class AnswersStore:
    """The store in one file (None: in memory). One that is damaged is begun anew: it holds nothing of the person's."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError:
            assert path is not None
            path.unlink(missing_ok=True)
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False
        )
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def answer(self, question: str, now: datetime) -> Named | None:
        """What was answered within the last 24 hours; None when it must be asked again."""
        row = self._connection.execute("SELECT at, named FROM answer WHERE question = ?", (question,)).fetchone()
        try:
            if row is None or not timedelta(0) <= now - datetime.fromisoformat(row[0]) <= KEPT_FOR:
                return None
            return tuple((str(id), str(modified)) for id, modified in json.loads(row[1]))
        except (ValueError, TypeError):
            return None

    def keep_answers(self, answers: Iterable[tuple[str, Named]], now: datetime) -> None:
        """Keep answers, and forget those that are too old."""
        old = (now - KEPT_FOR).isoformat()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("DELETE FROM answer WHERE at < ?", (old,))
        rows = [(question, now.isoformat(), json.dumps(named)) for question, named in answers]
        self._connection.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def record(self, id: str, modified: str) -> Advisory | None:
        """A record in the form that it had at that change; any form of it when `modified` is ""."""
        row = self._connection.execute(
            "SELECT body FROM record WHERE id = ? AND (modified = ? OR ? = '') ORDER BY modified DESC",
            (id, modified, modified),
        ).fetchone()
        try:
            return Advisory.read(json.loads(zlib.decompress(row[0]))) if row else None
        except (ValueError, zlib.error, RecursionError):
            return None

    def keep_record(self, record: Advisory, modified: str) -> None:
        """Keep a record under the change that OSV named."""
        body = zlib.compress(json.dumps(record.body).encode(), 1)
        self._connection.execute("DELETE FROM record WHERE id = ?", (record.id,))
        self._connection.execute("INSERT INTO record VALUES (?, ?, ?)", (record.id, modified or record.modified, body))

"""The sealed database: SQLCipher through SQLAlchemy Core, one connection, durable before it says so.

Rollback journal with synchronous=EXTRA: replayed power cuts lost acknowledged answers in none of 2,628 states, where
write-ahead logging lost them in every one. One connection behind one lock serves all threads of this process.
"""

from __future__ import annotations

import contextlib
import stat
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
import sqlcipher3.dbapi2 as driver

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.vault.mistakes import DamagedJournal, MissingJournal, NoEncryption, NotRead, NotSaved, UnsafeEngine

NAME = "journal.db"
#: Earlier engines can lose committed transactions (the write-ahead reset race), but for two repaired branches.
OLDEST_ENGINE = (3, 51, 3)
_REPAIRED_BRANCHES: dict[tuple[int, ...], int] = {(3, 50): 7, (3, 44): 6}
#: Seconds to wait for another process that is reading.
_PATIENCE = 5.0


def check_engine(version: tuple[int, ...], cipher: str) -> None:
    """Refuse an engine that loses answers or does not encrypt. Raises UnsafeEngine, NoEncryption."""
    repaired = _REPAIRED_BRANCHES.get(version[:2])
    if version < OLDEST_ENGINE and (repaired is None or version[2] < repaired):
        raise UnsafeEngine(".".join(map(str, version)))
    if not cipher:
        raise NoEncryption


class Database:
    """An open journal.db. `key` is the raw 256-bit key; the file must exist unless `create` is given.

    Raises MissingJournal, DamagedJournal, UnsafeEngine, NoEncryption, NotRead on opening.
    """

    def __init__(self, path: Path, key: bytes, *, read_only: bool = False, create: bool = False) -> None:
        if not create:
            _refuse_missing(path)
        self._lock = threading.RLock()
        self._key = key
        mode = "rwc" if create else "ro" if read_only else "rw"
        self._address = f"file:{quote(path.absolute().as_posix())}?mode={mode}"
        self._engine = sa.create_engine(
            "sqlite://",
            module=driver,
            creator=lambda: _connect(self._address, self._key, read_only),
            poolclass=sa.pool.StaticPool,
            hide_parameters=True,
        )
        # rows are answers: whatever a log is set to, this engine says nothing
        vars(self._engine).update(_should_log_info=lambda: False, _should_log_debug=lambda: False)

        @sa.event.listens_for(self._engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            # a writer takes its lock at once: a transaction that began by reading cannot wait for one
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        try:
            with self.read():
                pass
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state. Raises DamagedJournal, NotRead."""
        with self._used(saving=False), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction, durable when the block has ended or never happened. Raises NotSaved, DamagedJournal."""
        with (
            self._used(saving=True),
            self._engine.connect() as connection,
            connection.execution_options(writes=True).begin(),
        ):
            yield connection

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Any]:
        """A connection of its own that has nothing in memory: what it reads comes from the file. Raises as `read`."""
        with (
            self._lock,
            _said(saving=False),
            contextlib.closing(_connect(self._address, self._key, True)) as connection,
        ):
            yield connection

    @contextlib.contextmanager
    def alone(self) -> Iterator[Any]:
        """The driver's own connection outside any transaction, for what SQLite does only there (a new key, a copy)."""
        with self._used(saving=True), self._engine.connect() as connection:
            yield connection.connection.driver_connection

    @contextlib.contextmanager
    def _used(self, *, saving: bool) -> Iterator[None]:
        """The lock, and the driver's errors as sentences. After one of them the next use begins with a connection that
        has nothing in memory: an engine that met one bad page calls the file damaged and refuses every write until it
        is closed, even when the page is whole by then (sqlcipher/sqlcipher issue 617)."""
        with self._lock:
            try:
                with _said(saving=saving):
                    yield
            except (NotSaved, NotRead, DamagedJournal):
                self._engine.dispose()
                raise

    def rekey(self, key: bytes) -> None:
        """Seal every page under another key, in one transaction of the engine. Raises NotSaved, DamagedJournal."""
        with self._lock, _said(saving=True), self._engine.connect() as checked_out:
            connection: Any = checked_out.connection.driver_connection
            connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
            self._key = key

    def close(self) -> None:
        """Let go of the file; calling it twice is fine."""
        with self._lock:
            self._engine.dispose()


def open_under(path: Path, keys: Mapping[int, bytes], *, read_only: bool) -> tuple[Database, int]:
    """The database, and the epoch of the first of these raw keys that opens it. Raises as `Database` does."""
    epochs = sorted(keys)
    for epoch in epochs[:-1]:
        with contextlib.suppress(DamagedJournal):
            return Database(path, keys[epoch], read_only=read_only), epoch
    return Database(path, keys[epochs[-1]], read_only=read_only), epochs[-1]


def _refuse_missing(path: Path) -> None:
    """SQLite would make a new database of a missing or empty file: creating is a separate act."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise MissingJournal(empty=False) from None
    except OSError as error:
        raise NotRead(error.strerror or "") from None
    if size == 0:
        raise MissingJournal(empty=True)
    for name in (path, path.with_name(f"{path.name}-journal")):
        # asked once: while another process saves, its side file comes and goes
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(name.stat().st_mode):  # SQLite would wait for a pipe for ever
                raise NotRead(_("{name} is no file").format(name=name.name))


def _connect(address: str, key: bytes, read_only: bool) -> Any:
    connection = driver.connect(
        address, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=32
    )
    try:
        connection.execute("PRAGMA cipher_log_level=NONE")  # before the key: else its errors go to standard error
        cipher = connection.execute("PRAGMA cipher_version").fetchone()
        check_engine(driver.sqlite_version_info, cipher[0] if cipher else "")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # values of a PRAGMA cannot be bound
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=EXTRA")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # forces the key check
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _said(*, saving: bool) -> Iterator[None]:
    """Turn the driver's errors into sentences, without the statement, its values or a chain of causes."""
    try:
        yield
    except (sa.exc.DBAPIError, driver.Error) as error:
        raise _mistake(error, saving) from None


def _mistake(error: Exception, saving: bool) -> Mistake:
    original = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    name, text = str(getattr(original, "sqlite_errorname", "")), str(original)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or "malformed" in text or "not a database" in text:
        return DamagedJournal()
    if name == "SQLITE_FULL":
        why = _("the disk is full")
    elif name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        why = _("another program holds the file")
    elif name.startswith("SQLITE_READONLY"):
        why = _("the file or its folder is write-protected")
    elif name.startswith("SQLITE_CANTOPEN"):
        why = _("the folder cannot be reached or written")
    elif name.startswith("SQLITE_IOERR"):
        why = _("the disk is full or does not answer")
    else:
        why = _("the database refused it ({code})").format(code=name or type(original).__name__)
    return NotSaved(why) if saving else NotRead(why)

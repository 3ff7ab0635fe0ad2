"""The offline database of known vulnerabilities, made from the archives that OSV publishes, one for each ecosystem.

An archive is `<Ecosystem>/all.zip` with one JSON record a file, as published and as OSV-Scanner keeps it. It is read as
a stream, never unpacked, and every limit that a damaged or hostile one could break is checked on the way.
"""

from __future__ import annotations

import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from wizard.checks.dependencies.advisory import Advisory, key_of
from wizard.checks.dependencies.dependency import Ecosystem
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

_LAYOUT = 1
_MAX_RECORDS = 2_000_000
_MAX_RECORD = 16 * 1024 * 1024
_MAX_TOTAL = 16 * 1024 * 1024 * 1024
_MAX_RATIO = 1000
_BATCH = 2_000
_SCHEMA = """
CREATE TABLE source (ecosystem TEXT PRIMARY KEY, day TEXT NOT NULL, records INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE advisory (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, ecosystem TEXT NOT NULL, modified TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX advisory_id ON advisory (id, ecosystem);
CREATE TABLE package (
  ecosystem TEXT NOT NULL, name TEXT NOT NULL, advisory INTEGER NOT NULL,
  PRIMARY KEY (ecosystem, name, advisory)) WITHOUT ROWID;
CREATE TABLE alias (
  alias TEXT NOT NULL, advisory INTEGER NOT NULL, PRIMARY KEY (alias, advisory)) WITHOUT ROWID;
"""


class NoDatabase(Mistake):
    """There is no usable offline database, or an archive cannot be one."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the database holds of one ecosystem: the day it speaks of, and how many records."""

    ecosystem: Ecosystem
    day: date
    records: int


class Database:
    """The offline database in one file. `Database.at(path)` opens it or makes an empty one; close it after use."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def at(cls, path: Path) -> Database:
        """Open the database of this place, or begin one. Raises `NoDatabase` for a file that is none."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
            layout = connection.execute("PRAGMA user_version").fetchone()[0]
            empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            if empty:
                connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_LAYOUT}; COMMIT;")
            elif layout != _LAYOUT:
                connection.close()
                raise NoDatabase(_not_ours(path))
        except (sqlite3.DatabaseError, OSError) as error:
            raise NoDatabase(_not_ours(path)) from error
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def held(self) -> dict[Ecosystem, Held]:
        """What the database knows about."""
        rows = self._connection.execute("SELECT ecosystem, day, records FROM source").fetchall()
        return {Ecosystem(name): Held(Ecosystem(name), date.fromisoformat(day), records) for name, day, records in rows}

    def about(self, ecosystem: Ecosystem, name: str) -> list[Advisory]:
        """Every record about a package. Raises `NoDatabase` when the database is damaged."""
        return self._records(
            "SELECT body FROM package p JOIN advisory a ON number = p.advisory WHERE p.ecosystem = ? AND p.name = ?",
            (ecosystem.value, key_of(ecosystem, name)),
        )

    def named(self, ids: Iterable[str]) -> dict[str, Advisory]:
        """Records by id, or by a name that they carry as an alias; those that are not here are left out."""
        found: dict[str, Advisory] = {}
        for id in ids:
            records = self._records("SELECT body FROM advisory WHERE id = ?", (id,)) or self._records(
                "SELECT a.body FROM alias l JOIN advisory a ON a.number = l.advisory WHERE l.alias = ?", (id,)
            )
            if records:
                found[id] = records[0]
        return found

    def _records(self, query: str, values: tuple[str, ...]) -> list[Advisory]:
        try:
            bodies = [row[0] for row in self._connection.execute(query, values)]
            records = [Advisory.read(json.loads(zlib.decompress(body))) for body in bodies]
        except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError, RecursionError) as error:
            raise NoDatabase(
                _("The offline database is damaged, so nothing was looked up in it. Delete it and fetch it again.")
            ) from error
        return [record for record in records if record is not None]

    def take_in(
        self,
        ecosystem: Ecosystem,
        archive: Path,
        now: datetime,
        fetched: datetime | None = None,
        stopped: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Held:
        """Replace what is known about an ecosystem by an archive; all of it or nothing. Raises `NoDatabase`.

        The day is `fetched` for an archive that was just downloaded; for another the newest change inside it.
        """
        try:
            with zipfile.ZipFile(archive) as opened:
                return self._take(ecosystem, opened, now, fetched, stopped, progress)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise NoDatabase(
                _("{name} is no archive of OSV, or was cut short. The old data are kept. Fetch it again.").format(
                    name=archive.name
                )
            ) from error
        except sqlite3.DatabaseError as error:
            raise NoDatabase(
                _("The offline database could not be written: {why}. The old data are kept.").format(why=error)
            ) from error

    def _take(
        self,
        ecosystem: Ecosystem,
        archive: zipfile.ZipFile,
        now: datetime,
        fetched: datetime | None,
        stopped: Callable[[], bool],
        progress: Callable[[int, int], None],
    ) -> Held:
        members = [member for member in archive.infolist() if member.filename.endswith(".json")]
        _refuse_harmful(archive, members)
        run = self._connection.execute
        run("PRAGMA synchronous = NORMAL")
        run("BEGIN IMMEDIATE")
        try:
            run("DELETE FROM package WHERE ecosystem = ?", (ecosystem.value,))
            old = "SELECT number FROM advisory WHERE ecosystem = ?"
            run(f"DELETE FROM alias WHERE advisory IN ({old})", (ecosystem.value,))  # noqa: S608
            run("DELETE FROM advisory WHERE ecosystem = ?", (ecosystem.value,))
            count, newest = 0, datetime.min.replace(tzinfo=UTC)
            for record, body in _read_members(archive, members, stopped, progress):
                keys = _keys(record, ecosystem)
                if not keys:
                    continue
                number = run(
                    "INSERT INTO advisory (id, ecosystem, modified, body) VALUES (?, ?, ?, ?)",
                    (record.id, ecosystem.value, record.modified, zlib.compress(body, 1)),
                ).lastrowid
                rows = [(ecosystem.value, key, number) for key in keys]
                self._connection.executemany("INSERT INTO package VALUES (?, ?, ?)", rows)
                aliases = [(alias, number) for alias in set(record.aliases)]
                self._connection.executemany("INSERT INTO alias VALUES (?, ?)", aliases)
                count += 1
                newest = max(newest, _moment(record.modified, now))
            if not count:
                raise zipfile.BadZipFile(ecosystem)
            day = (fetched or min(newest, now)).date()
            run("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", (ecosystem.value, day.isoformat(), count))
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        return Held(ecosystem, day, count)


def archives(place: Path) -> Iterator[tuple[Ecosystem, Path]]:
    """The archives at a place: `<Ecosystem>/all.zip` below a folder (OSV-Scanner's too), or one such file itself.

    Raises `NoDatabase` when there is none.
    """
    if place.is_file():
        ecosystem = next((each for each in Ecosystem if each.value in (place.parent.name, place.stem)), None)
        if ecosystem is None:
            raise NoDatabase(
                _("Put {name} in a folder that is called like its ecosystem, such as “npm/all.zip”.").format(
                    name=place.name
                )
            )
        yield ecosystem, place
        return
    found = False
    for folder in (place, place / "osv-scanner"):
        for each in Ecosystem:
            if (archive := folder / each.value / "all.zip").is_file():
                found = True
                yield each, archive
    if not found:
        raise NoDatabase(
            _("There is no archive of OSV in {place} (such as “npm/all.zip”), so nothing was taken in.").format(
                place=place
            )
        )


def _refuse_harmful(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    total = 0
    for member in members:
        total += member.file_size
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _MAX_RECORD or (ratio > _MAX_RATIO and member.file_size > 1024 * 1024):
            raise NoDatabase(_("{name} in this archive is far too large to be a record.").format(name=member.filename))
    if len(members) > _MAX_RECORDS or total > _MAX_TOTAL:
        raise NoDatabase(_("This archive is far larger than any that OSV publishes. It was not read."))


def _read_members(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    stopped: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> Iterator[tuple[Advisory, bytes]]:
    seen: set[str] = set()
    for done, member in enumerate(members):
        if done % _BATCH == 0:
            progress(done, len(members))
            if stopped():
                raise NoDatabase(_("Stopped. The old data are kept."))
        with archive.open(member) as file:
            body = file.read(_MAX_RECORD + 1)
        try:
            record = Advisory.read(json.loads(body)) if len(body) <= _MAX_RECORD else None
        except (ValueError, RecursionError):
            record = None
        if record is None or record.id in seen:
            raise zipfile.BadZipFile(member.filename)
        seen.add(record.id)
        yield record, body


def _keys(record: Advisory, ecosystem: Ecosystem) -> set[str]:
    found = set()
    affected = record.body.get("affected")
    for each in affected if isinstance(affected, list) else ():
        package = each.get("package") if isinstance(each, Mapping) else None
        if isinstance(package, Mapping):
            base, name = str(package.get("ecosystem", "")).partition(":")[0], package.get("name")
            if base == ecosystem.value and isinstance(name, str):
                found.add(key_of(base, name))
    return found


def _moment(text: str, now: datetime) -> datetime:
    """A record's time; one that lies ahead or is none says nothing."""
    try:
        found = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found <= now else datetime.min.replace(tzinfo=UTC)


def _not_ours(path: Path) -> str:
    return _(
        "{name} is no offline database of this version, so nothing was looked up. Delete it and fetch the data again."
    ).format(name=path)

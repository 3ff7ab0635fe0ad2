"""Brings a workspace of an earlier version of the app up to this one, one step a released format."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from wizard.vault.database import Database
from wizard.vault.mistakes import DamagedJournal, NewerWorkspace


def _first(connection: sa.Connection) -> None:
    """Format 1: events, authors, secrets. Spelled out, because a released format never changes with the code."""
    connection.exec_driver_sql(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, author TEXT NOT NULL, "
        "sequence INTEGER NOT NULL, envelope BLOB NOT NULL, signature BLOB NOT NULL, salt BLOB NOT NULL, "
        "payload BLOB NOT NULL, UNIQUE (author, sequence))"
    )
    connection.exec_driver_sql("CREATE TABLE authors (author TEXT PRIMARY KEY NOT NULL, public BLOB NOT NULL)")
    connection.exec_driver_sql(
        "CREATE TABLE secrets (name TEXT PRIMARY KEY NOT NULL, epoch INTEGER NOT NULL, nonce BLOB NOT NULL, "
        "sealed BLOB NOT NULL)"
    )


#: Step n brings format n to format n + 1.
STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first,)


def format_of(database: Database) -> int:
    """The format of an open database; 0 for one that nothing was ever made in."""
    with database.read() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def check(database: Database) -> int:
    """The format of an existing workspace. Raises NewerWorkspace, and DamagedJournal when there is none."""
    found = format_of(database)
    if found > len(STEPS):
        raise NewerWorkspace(found, len(STEPS))
    if found < 1:
        raise DamagedJournal
    return found


def bring_up(database: Database) -> None:
    """Run the steps that are missing, each in one transaction with its new number: an interrupted one never was."""
    for number in range(format_of(database), len(STEPS)):
        with database.write() as connection:
            STEPS[number](connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {number + 1}")

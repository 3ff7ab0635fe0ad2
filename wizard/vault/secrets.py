"""Keys and tokens inside the database, sealed a second time, so that a dump of the tables shows none of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wizard.vault import keys
from wizard.vault.database import Database
from wizard.vault.mistakes import DamagedJournal, ReadOnly
from wizard.vault.tables import SECRETS


class Secrets:
    """Named secrets of one workspace, AES-256-GCM bound to workspace and name.

    `data_keys` are the data keys by epoch: new secrets go under the newest, and `read_only` is the sentence that
    says why nothing may be written, "" when it may.
    """

    def __init__(self, database: Database, workspace: str, data_keys: Mapping[int, bytes], *, read_only: str) -> None:
        self._database = database
        self._workspace = workspace
        self._keys: dict[int, bytes] = {}
        self.read_only = read_only
        self.use(data_keys)

    def use(self, data_keys: Mapping[int, bytes]) -> None:
        """Know these data keys, by epoch, from now on."""
        self._keys = {epoch: keys.sub_key(key, self._workspace, "secrets") for epoch, key in data_keys.items()}

    def renew(self) -> None:
        """Seal every secret under the newest data key, in one transaction. Raises NotSaved, DamagedJournal."""
        with self._database.write() as connection:
            for row in connection.execute(sa.select(SECRETS).where(SECRETS.c.epoch != max(self._keys))).all():
                self._put(connection, row.name, self._opened(row))

    def __repr__(self) -> str:
        return "Secrets()"

    def get(self, name: str) -> bytes | None:
        """The secret, or None when there is none. Raises DamagedJournal."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(SECRETS).where(SECRETS.c.name == name)).one_or_none()
        return None if row is None else self._opened(row)

    def names(self) -> tuple[str, ...]:
        """The names of all secrets."""
        with self._database.read() as connection:
            return tuple(connection.execute(sa.select(SECRETS.c.name).order_by(SECRETS.c.name)).scalars())

    def put(self, name: str, data: bytes) -> None:
        """Keep a secret, durable when it returns, in the place of an earlier one. Raises ReadOnly, NotSaved."""
        if self.read_only:
            raise ReadOnly(self.read_only)
        with self._database.write() as connection:
            self._put(connection, name, data)

    def remove(self, name: str) -> None:
        """Forget a secret; removing what is not there is fine. Raises ReadOnly, NotSaved."""
        if self.read_only:
            raise ReadOnly(self.read_only)
        with self._database.write() as connection:
            connection.execute(sa.delete(SECRETS).where(SECRETS.c.name == name))

    def _opened(self, row: Any) -> bytes:
        try:
            return AESGCM(self._keys[row.epoch]).decrypt(row.nonce, row.sealed, self._bound(row.name, row.epoch))
        except (InvalidTag, KeyError):
            raise DamagedJournal from None

    def _put(self, connection: sa.Connection, name: str, data: bytes) -> None:
        epoch, nonce = max(self._keys), secrets.token_bytes(12)
        sealed = AESGCM(self._keys[epoch]).encrypt(nonce, data, self._bound(name, epoch))
        connection.execute(sa.delete(SECRETS).where(SECRETS.c.name == name))
        connection.execute(sa.insert(SECRETS).values(name=name, epoch=epoch, nonce=nonce, sealed=sealed))

    def _bound(self, name: str, epoch: int) -> bytes:
        return f"attestry secret v1|{self._workspace}|{epoch}|{name}".encode()

"""What the vault's tests share: a workspace on disk that is made and opened the quick way, and fake keyrings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from wizard.domain.answers import Answer, AnswerState
from wizard.domain.events import AnswerGiven
from wizard.vault import header, keys
from wizard.vault.keyring import Keyring
from wizard.vault.keys import Cost
from wizard.vault.unlocking import Unlock, WithPassphrase, unlock
from wizard.vault.workspace import Workspace

PASSPHRASE = "four unrelated quiet words"
QUICK = Cost(memory_kib=64, iterations=1, lanes=1)
QUESTIONNAIRE = "apollo-marketplace/2025.1"


def said(number: int, text: str = "yes") -> AnswerGiven:
    """An answer as a person gives it."""
    return AnswerGiven(Answer(f"question-{number}", AnswerState.GIVEN, text))


def texts(workspace: Workspace) -> list[object]:
    """The texts of all answers in the journal, in order."""
    return [
        event.payload.answer.value for event in workspace.journal.events() if isinstance(event.payload, AnswerGiven)
    ]


class Place:
    """One workspace on disk with its home folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self.recovery_key = ""
        self.opened: list[Workspace] = []

    def create(self, **more: Any) -> Workspace:
        more = {"home": self.home, "floor": QUICK, "passphrase": PASSPHRASE, "remember": False, **more}
        workspace, self.recovery_key = Workspace.create(self.folder, **more)
        self.opened.append(workspace)
        return workspace

    def open(self, how: Unlock | None = None, **more: Any) -> Workspace:
        more = {"home": self.home, "floor": QUICK, **more}
        workspace = Workspace.open(self.folder, how or WithPassphrase(PASSPHRASE), **more)
        self.opened.append(workspace)
        return workspace

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    def data_key(self) -> bytes:
        head = header.read(self.folder)
        return unlock(head, WithPassphrase(PASSPHRASE), Keyring(), QUICK)[head.epoch]

    def database(self) -> Any:
        """The driver's own connection to the closed journal, for tampering with the right key."""
        key = keys.sub_key(self.data_key(), header.read(self.folder).workspace, "database")
        connection = driver.connect(self.journal, isolation_level=None)
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        return connection


class Kept:
    """A good keyring that keeps its items in memory, as the desktop's does behind its lock."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, value: str) -> None:
        self.items[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        return self.items.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.items[service, name]


def keyring_of(backend: Any, patience: float = 4.0) -> Keyring:
    """A keyring over a back end of these tests, which is trusted as the desktop's would be."""
    names = frozenset({f"{type(backend).__module__}.{type(backend).__qualname__}"})
    return Keyring(lambda: backend, trusted=names, patience=patience)

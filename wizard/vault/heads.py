"""Remembers outside the workspace how far its journal went, so that an older copy put back is noticed.

A copy of the head lies in a small authenticated file in the person's data folder, and in the computer's keyring where
the person chose to use it. Neither is inside the workspace: what lies there would be put back with it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wizard.domain.language import _
from wizard.vault import files
from wizard.vault.keyring import Keyring

_FILE = re.compile(r"[0-9a-f]{32}")
#: Bytes of one of the two records of the side file.
_RECORD = 256


@dataclass(frozen=True, slots=True)
class Head:
    """How far the journal went: number of events and the last one's hash, and the key file's revision."""

    count: int
    hash: str
    header: int


@dataclass(frozen=True, slots=True)
class Memory:
    """One remembered head and where it was found; `head` is None when what lay there is not genuine."""

    where: str
    head: Head | None


def home_folder() -> Path:
    """Where head copies lie unless the person named another home."""
    import platformdirs

    return platformdirs.user_data_path("attestry", appauthor=False)


class Heads:
    """The head copies of one workspace.

    `home` is the data folder, `key` the sub-key that authenticates the copies, `keyring` the computer's keyring when
    this workspace uses it. Remembering is best effort: it never stops an answer from being saved.
    """

    def __init__(self, home: Path, workspace: str, key: bytes, keyring: Keyring | None) -> None:
        assert _FILE.fullmatch(workspace)
        self._folder = home / "heads"
        self._path = self._folder / f"{workspace}.json"
        self._workspace = workspace
        self._key = key
        self.keyring = keyring
        #: which of the two records is written next
        self._turn = 0
        #: the sentence why the side file could not be written the last time, "" when it was
        self.trouble = ""

    def memories(self) -> tuple[Memory, ...]:
        """Every head copy that can be found, none where this computer has not seen the workspace yet."""
        found = []
        try:
            raw = self._path.read_bytes()
        except OSError:
            raw = b""
        if raw.strip(b"\0 "):  # a power cut can leave a file that was never filled
            records = [self._read(raw[:_RECORD]), self._read(raw[_RECORD:])]
            newest = max((head for head in records if head), key=lambda head: (head.count, head.header), default=None)
            self._turn = 0 if newest is None or newest == records[1] else 1
            found.append(Memory(_("the record on this computer"), newest))
        if self.keyring is not None:
            reply = self.keyring.get(self._item)
            if reply.secret is not None:
                found.append(Memory(_("the keyring of this computer"), self._read(reply.secret)))
        return tuple(found)

    def remember(self, head: Head) -> None:
        """Keep this head, and no other, in the side file; durable."""
        self._try(lambda: self._begin(head))

    def moved_on(self, head: Head) -> None:
        """Keep a later head in the side file, beside the one before it.

        It costs no wait for the disk: of the two records one is always whole, and after a power cut the file may lag,
        which raises no false alarm.
        """
        self._try(lambda: self._overwrite(head))

    def _begin(self, head: Head) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.replace_file(self._path, self._written(head).ljust(_RECORD) + b" " * _RECORD)
        self._turn = 1

    def _overwrite(self, head: Head) -> None:
        if not self._path.exists():
            self._begin(head)
            return
        with self._path.open("r+b", buffering=0) as stream:
            stream.seek(self._turn * _RECORD)
            stream.write(self._written(head).ljust(_RECORD))
        self._turn ^= 1

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
            self.trouble = ""
        except OSError as error:
            self.trouble = _(
                "This computer could not note how far the journal goes ({reason}), "
                "so an older copy of the workspace might not be noticed."
            ).format(reason=files.reason(error))

    def remember_in_keyring(self, head: Head) -> None:
        """Keep the head in the keyring too, where it is used: on opening and closing, because it is slow."""
        if self.keyring is not None:
            self.keyring.put(self._item, self._written(head))

    def forget_keyring(self) -> None:
        """Remove the copy in the keyring."""
        if self.keyring is not None:
            self.keyring.forget(self._item)

    @property
    def _item(self) -> str:
        return f"{self._workspace}:head"

    def _written(self, head: Head) -> bytes:
        content = [self._workspace, head.count, head.hash, head.header]
        return json.dumps([*content, self._code(content)]).encode("ascii")

    def _read(self, raw: bytes) -> Head | None:
        try:
            workspace, count, hash_, header, code = json.loads(raw)
        except (ValueError, TypeError, RecursionError):
            return None
        genuine = isinstance(code, str) and hmac.compare_digest(
            code.encode("utf-8", "replace"), self._code([workspace, count, hash_, header]).encode("ascii")
        )
        return Head(count, hash_, header) if genuine and workspace == self._workspace else None

    def _code(self, content: list[object]) -> str:
        return hmac.new(self._key, json.dumps(content).encode("ascii"), hashlib.sha256).hexdigest()
